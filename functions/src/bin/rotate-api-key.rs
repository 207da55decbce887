//! `POST /v1/organizations/{org}/members/{member}/api-keys/{key}/rotate`

use muster_functions::routes::Route;
use muster_functions::routes::api_keys::rotate;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http(Route::of("rotate-api-key"), rotate).await
}
