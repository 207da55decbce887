//! `GET /.well-known/authzen-configuration`

use muster_functions::routes::Route;
use muster_functions::routes::access::configuration;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http_alone(Route::of("get-authzen-configuration"), configuration).await
}
