//! `POST /access/v1/evaluation`

use muster_functions::routes::Route;
use muster_functions::routes::access::evaluate;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http(Route::of("evaluate-access"), evaluate).await
}
