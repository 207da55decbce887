//! `GET /v1/invitations`

use muster_functions::routes::Route;
use muster_functions::routes::invitations::respond::waiting;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http(Route::of("list-my-invitations"), waiting).await
}
