//! The table's stream: mail in the outbox

use muster_functions::streams::deliver_mail;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_edge::serve::mail(async |app, event, _| deliver_mail(app, event).await).await
}
