//! `POST /access/v1/search/resource`

use muster_functions::routes::access::search_resources;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_edge::serve::http(search_resources).await
}
