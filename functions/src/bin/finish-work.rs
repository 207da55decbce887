//! The table's stream: background work

use muster_functions::streams::finish_work;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_edge::serve::events(async |app, event, _| finish_work(app, event).await).await
}
