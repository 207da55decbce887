//! `GET /v1/organizations/{org}/roles`

use muster_functions::routes::Route;
use muster_functions::routes::view::roles;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http(Route::of("list-roles"), roles).await
}
