//! `POST /access/v1/search/action`

use muster_functions::routes::Route;
use muster_functions::routes::access::search_actions;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http(Route::of("search-actions"), search_actions).await
}
