//! `PUT /v1/organizations/{org}/resources/{type}/{id}`

use muster_functions::routes::Route;
use muster_functions::routes::resources::put;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http(Route::of("put-resource"), put).await
}
