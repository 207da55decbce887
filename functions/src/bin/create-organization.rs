//! `POST /v1/organizations`

use muster_functions::routes::Route;
use muster_functions::routes::organizations::create;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http(Route::of("create-organization"), create).await
}
