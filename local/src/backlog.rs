//! The work in progress, and waiting for its end.

use crate::feedback::Feedback;
use crate::streams::Pump;

/// The records of the stream and the feedback of SES that are not handled yet.
#[derive(Clone)]
pub(crate) struct Backlog {
    pump: Pump,
    feedback: Feedback,
}

impl Backlog {
    /// What the pump and the feedback have yet to pass on.
    pub(crate) fn new(pump: Pump, feedback: Feedback) -> Self {
        Self { pump, feedback }
    }

    /// Waits for the stream, for the feedback of SES about the mail it caused, and for all that this causes in turn.
    pub(crate) async fn drained(&self) {
        self.pump.drained().await;
        while self.feedback.drained().await {
            self.pump.drained().await;
        }
    }
}
