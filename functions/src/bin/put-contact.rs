//! `PUT /v1/organizations/{org}/contacts/{contact}`

use muster_functions::routes::contacts::put;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http("put-contact", put).await
}
