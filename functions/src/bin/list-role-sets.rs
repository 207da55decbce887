//! `GET /v1/role-sets`

use muster_functions::routes::Route;
use muster_functions::routes::view::role_sets;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_functions::entry::http_alone(Route::of("list-role-sets"), role_sets).await
}
