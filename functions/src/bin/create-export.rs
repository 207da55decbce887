//! `POST /v1/organizations/{org}/exports`

use muster_functions::routes::exports::create;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http("create-export", create).await
}
