//! `POST /v1/organizations/{org}/invitations/resend`

use muster_functions::routes::Route;
use muster_functions::routes::invitations::bulk::resend_some;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http(Route::of("resend-invitations"), resend_some).await
}
