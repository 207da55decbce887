//! The schedule: work that is due

use muster_functions::schedule::expire;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_edge::serve::events(async |app, event, deadline| expire(app, event, deadline).await).await
}
