//! `GET /.well-known/authzen-configuration`

use muster_functions::routes::access::configuration;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_edge::serve::http_alone(configuration).await
}
