//! `GET /openapi.json`

use muster_functions::routes::about::openapi;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http_alone("get-openapi", openapi).await
}
