//! `POST /v1/api-keys/verify`

use muster_functions::routes::Route;
use muster_functions::routes::api_keys::verify;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http(Route::of("verify-api-key"), verify).await
}
