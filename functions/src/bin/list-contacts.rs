//! `GET /v1/organizations/{org}/contacts`

use muster_functions::routes::Route;
use muster_functions::routes::contacts::list;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http(Route::of("list-contacts"), list).await
}
