//! `GET /v1/organizations/{org}/resources`

use muster_functions::routes::resources::list;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_edge::serve::http(list).await
}
