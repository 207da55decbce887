//! `GET /v1/invitations`

use muster_functions::routes::invitations::respond::waiting;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_edge::serve::http(waiting).await
}
