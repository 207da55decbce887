//! `DELETE /v1/organizations/{org}/invitations/{invitation}`

use muster_functions::routes::invitations::cancel;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_edge::serve::http(cancel).await
}
