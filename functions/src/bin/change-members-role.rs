//! `POST /v1/organizations/{org}/members/change-role`

use muster_functions::routes::Route;
use muster_functions::routes::members::bulk::change_role;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http(Route::of("change-members-role"), change_role).await
}
