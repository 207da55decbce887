//! `DELETE /v1/organizations/{org}/suspension`

use muster_functions::routes::Route;
use muster_functions::routes::suspension::resume;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http(Route::of("resume-organization"), resume).await
}
