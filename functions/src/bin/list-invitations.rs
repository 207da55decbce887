//! `GET /v1/organizations/{org}/invitations`

use muster_functions::routes::invitations::list;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http("list-invitations", list).await
}
