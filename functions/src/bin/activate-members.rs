//! `POST /v1/organizations/{org}/members/activate`

use muster_functions::routes::Route;
use muster_functions::routes::members::bulk::activate;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http(Route::of("activate-members"), activate).await
}
