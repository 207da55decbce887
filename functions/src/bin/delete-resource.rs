//! `DELETE /v1/organizations/{org}/resources/{type}/{id}`

use muster_functions::routes::resources::delete;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_edge::serve::http(delete).await
}
