//! Whatever no other route takes

use muster_functions::routes::about::not_found;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_edge::serve::http_alone(not_found).await
}
