//! `POST /access/v1/search/subject`

use muster_functions::routes::Route;
use muster_functions::routes::access::search_subjects;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http(Route::of("search-subjects"), search_subjects).await
}
