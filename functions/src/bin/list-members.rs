//! `GET /v1/organizations/{org}/members`

use muster_functions::routes::people::list;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http("list-members", list).await
}
