//! `POST /v1/organizations/{org}/members/remove`

use muster_functions::routes::Route;
use muster_functions::routes::members::bulk::remove;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http(Route::of("remove-members"), remove).await
}
