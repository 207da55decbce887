//! `PUT /v1/organizations/{org}/paying-owner`

use muster_functions::routes::Route;
use muster_functions::routes::ownership::paying_owner;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http(Route::of("name-paying-owner"), paying_owner).await
}
