//! `DELETE /v1/organizations/{org}/members/{member}`

use muster_functions::routes::Route;
use muster_functions::routes::members::remove;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http(Route::of("remove-member"), remove).await
}
