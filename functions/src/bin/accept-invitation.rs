//! `POST /v1/invitations/{token}/accept`

use muster_functions::routes::Route;
use muster_functions::routes::invitations::respond::accept;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http(Route::of("accept-invitation"), accept).await
}
