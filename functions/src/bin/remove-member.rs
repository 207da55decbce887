//! `DELETE /v1/organizations/{org}/members/{member}`

use muster_functions::routes::members::remove;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http("remove-member", remove).await
}
