//! `GET /openapi.json`

use muster_functions::routes::about::openapi;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_edge::serve::http_alone(openapi).await
}
