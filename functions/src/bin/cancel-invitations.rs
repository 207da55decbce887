//! `POST /v1/organizations/{org}/invitations/cancel`

use muster_functions::routes::Route;
use muster_functions::routes::invitations::bulk::cancel;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http(Route::of("cancel-invitations"), cancel).await
}
