//! `POST /v1/organizations/{org}/members`

use muster_functions::routes::Route;
use muster_functions::routes::invitations::create::add;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http(Route::of("add-member"), add).await
}
