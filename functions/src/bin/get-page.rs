//! `GET /team`

use muster_functions::routes::Route;
use muster_functions::routes::page::page;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http_alone(Route::of("get-page"), page).await
}
