//! `GET /v1/organizations/{org}`

use muster_functions::routes::organizations::get;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http("get-organization", get).await
}
