//! `PUT /v1/organizations/{org}/members/{member}/grants/{type}/{id}`

use muster_functions::routes::Route;
use muster_functions::routes::members::grants::put;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http(Route::of("put-grant"), put).await
}
