//! `PUT /v1/organizations/{org}/plan`

use muster_functions::routes::Route;
use muster_functions::routes::organizations::set_plan;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http(Route::of("set-plan"), set_plan).await
}
