//! EventBridge: feedback from SES about mail

use muster_functions::streams::note_feedback;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    muster_edge::serve::events(async |app, event, _| note_feedback(app, event).await).await
}
