//! `POST /access/v1/search/resource`

use muster_functions::routes::access::search_resources;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http("search-resources", search_resources).await
}
