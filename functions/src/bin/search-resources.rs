//! `POST /access/v1/search/resource`

use muster_functions::routes::Route;
use muster_functions::routes::access::search_resources;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http(Route::of("search-resources"), search_resources).await
}
