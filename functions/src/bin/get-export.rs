//! `GET /v1/organizations/{org}/exports/{export}`

use muster_functions::routes::exports::get;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http("get-export", get).await
}
