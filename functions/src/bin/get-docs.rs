//! `GET /docs`

use muster_functions::routes::Route;
use muster_functions::routes::about::docs;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http_alone(Route::of("get-docs"), docs).await
}
