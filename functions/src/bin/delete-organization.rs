//! `DELETE /v1/organizations/{org}`

use muster_functions::routes::Route;
use muster_functions::routes::deletion::delete;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http(Route::of("delete-organization"), delete).await
}
