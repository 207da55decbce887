//! `PATCH /v1/organizations/{org}/members/{member}`

use muster_functions::routes::Route;
use muster_functions::routes::members::update;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http(Route::of("update-member"), update).await
}
