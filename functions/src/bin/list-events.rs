//! `GET /v1/organizations/{org}/events`

use muster_functions::routes::Route;
use muster_functions::routes::events::list;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http(Route::of("list-events"), list).await
}
