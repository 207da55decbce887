//! `GET /v1/organizations/{org}/members/export`

use muster_functions::routes::exports::at_once;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_edge::serve::http(at_once).await
}
