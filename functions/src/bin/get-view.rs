//! `GET /v1/organizations/{org}/view`

use muster_functions::routes::Route;
use muster_functions::routes::view::get;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http(Route::of("get-view"), get).await
}
