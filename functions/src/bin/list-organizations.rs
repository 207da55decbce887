//! `GET /v1/organizations`

use muster_functions::routes::organizations::list;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_edge::serve::http(list).await
}
