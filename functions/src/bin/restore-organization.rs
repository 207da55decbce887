//! `POST /v1/organizations/{org}/restore`

use muster_functions::routes::Route;
use muster_functions::routes::deletion::restore;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http(Route::of("restore-organization"), restore).await
}
