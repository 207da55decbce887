//! `GET /docs`

use muster_functions::routes::about::docs;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_edge::serve::http_alone(docs).await
}
