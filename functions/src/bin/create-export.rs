//! `POST /v1/organizations/{org}/exports`

use muster_functions::routes::Route;
use muster_functions::routes::exports::create;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http(Route::of("create-export"), create).await
}
