//! `PUT /v1/organizations/{org}/contacts/{contact}`

use muster_functions::routes::Route;
use muster_functions::routes::contacts::put;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http(Route::of("put-contact"), put).await
}
