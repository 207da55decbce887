//! `GET /v1/organizations/{org}/exports/{export}`

use muster_functions::routes::Route;
use muster_functions::routes::exports::get;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http(Route::of("get-export"), get).await
}
