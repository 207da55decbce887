//! `GET /v1/organizations/{org}/invitations/{invitation}`

use muster_functions::routes::Route;
use muster_functions::routes::invitations::get;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http(Route::of("get-invitation"), get).await
}
