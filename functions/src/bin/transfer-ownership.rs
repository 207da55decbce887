//! `POST /v1/organizations/{org}/transfer-ownership`

use muster_functions::routes::Route;
use muster_functions::routes::ownership::transfer;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http(Route::of("transfer-ownership"), transfer).await
}
