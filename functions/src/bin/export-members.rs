//! `GET /v1/organizations/{org}/members/export`

use muster_functions::routes::Route;
use muster_functions::routes::exports::at_once;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http(Route::of("export-members"), at_once).await
}
