//! `POST /v1/invitations/{token}/decline`

use muster_functions::routes::invitations::respond::decline;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http("decline-invitation", decline).await
}
