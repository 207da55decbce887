//! `GET /v1/organizations`

use muster_functions::routes::organizations::list;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http("list-organizations", list).await
}
