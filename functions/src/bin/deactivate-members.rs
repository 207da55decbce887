//! `POST /v1/organizations/{org}/members/deactivate`

use muster_functions::routes::Route;
use muster_functions::routes::members::bulk::deactivate;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http(Route::of("deactivate-members"), deactivate).await
}
