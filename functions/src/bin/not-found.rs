//! `ANY $default`

use muster_functions::routes::Route;
use muster_functions::routes::about::not_found;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http_alone(Route::of("not-found"), not_found).await
}
