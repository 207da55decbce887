//! `POST /access/v1/evaluations`

use muster_functions::routes::Route;
use muster_functions::routes::access::evaluate_batch;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http(Route::of("evaluate-access-batch"), evaluate_batch).await
}
