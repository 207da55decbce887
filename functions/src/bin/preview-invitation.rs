//! `GET /v1/invitations/{token}`

use muster_functions::routes::invitations::respond::preview;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_edge::serve::http(preview).await
}
