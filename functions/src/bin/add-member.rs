//! `POST /v1/organizations/{org}/members`

use muster_functions::routes::invitations::create::add;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http("add-member", add).await
}
