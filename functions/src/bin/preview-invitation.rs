//! `GET /v1/invitations/{token}`

use muster_functions::routes::Route;
use muster_functions::routes::invitations::respond::preview;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http(Route::of("preview-invitation"), preview).await
}
