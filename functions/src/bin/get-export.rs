//! `GET /v1/organizations/{org}/exports/{export}`

use muster_functions::routes::exports::get;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_edge::serve::http(get).await
}
