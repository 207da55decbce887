//! `GET /v1/organizations/{org}`

use muster_functions::routes::organizations::get;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_edge::serve::http(get).await
}
