//! `POST /v1/organizations/{org}/invitations/{invitation}/resend`

use muster_functions::routes::Route;
use muster_functions::routes::invitations::resend;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http(Route::of("resend-invitation"), resend).await
}
