//! `POST /v1/invitations/{token}/decline`

use muster_functions::routes::Route;
use muster_functions::routes::invitations::respond::decline;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http(Route::of("decline-invitation"), decline).await
}
