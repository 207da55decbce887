//! Feedback from SES about each sent mail, passed to its function as EventBridge does: one event at a time, with retries.
//!
//! Every mail is delivered, except to the addresses with which SES itself simulates other cases (`bounce@…`, `complaint@…`,
//! `ooto@…`, also with a label such as `bounce+1@…`). Here, they work in any domain.
//!
//! With a data folder, each event is kept in a file until its function has it, so no event is lost in a restart.

use crate::data::{DataError, DataFolder, Journal};
use crate::functions::{self, Functions, NOTE_FEEDBACK};
use crate::sent_mail::SentMail;
use muster_domain::feedback::DeliveryEvent;
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// The file of events that their function has not taken yet.
const KEPT: &str = "ses-events";

/// Maximum number of attempts at an event before it is given up; as in the template.
const TRIES: u32 = 3;
/// The pause before the second attempt; doubled before the next.
const FIRST_BACKOFF: Duration = Duration::from_millis(25);

/// The events that SES reports about a mail to this address, in this order.
fn reported_events(email: &str) -> &'static [DeliveryEvent] {
    let local = email.rsplit_once('@').map_or(email, |(local, _)| local);
    match local.split('+').next().unwrap_or(local) {
        "bounce" => &[DeliveryEvent::Sent, DeliveryEvent::Bounced],
        "complaint" => &[DeliveryEvent::Sent, DeliveryEvent::Delivered, DeliveryEvent::Complained],
        // The recipient is out of the office: the mail has arrived, and a note came back.
        "ooto" => &[DeliveryEvent::Sent, DeliveryEvent::Delivered, DeliveryEvent::Returned],
        _ => &[DeliveryEvent::Sent, DeliveryEvent::Delivered],
    }
}

/// Takes the feedback of SES.
#[derive(Clone)]
pub(crate) struct Feedback {
    events: mpsc::UnboundedSender<Value>,
    /// The number of events to handle.
    waiting: watch::Sender<usize>,
    /// Those events. The lock is held while `waiting` changes, so the journal is cleared only when there are none.
    kept: Arc<Mutex<Journal>>,
}

/// The events that SES has reported but the function has not taken yet.
pub(crate) struct PendingEvents(mpsc::UnboundedReceiver<Value>);

impl Feedback {
    /// Begins with the events that an earlier run kept.
    ///
    /// # Errors
    /// Their file cannot be used.
    pub(crate) fn new(data: &DataFolder) -> Result<(Self, PendingEvents), DataError> {
        let (events, pending) = mpsc::unbounded_channel();
        let (journal, lines) = data.journal(KEPT)?;
        let mut waiting = 0;
        for line in lines {
            match serde_json::from_str(&line) {
                // The receiver is still here.
                Ok(event) => waiting += usize::from(events.send(event).is_ok()),
                Err(error) => tracing::warn!(%error, "the end of an event was never written"),
            }
        }
        let feedback = Self {
            events,
            waiting: watch::Sender::new(waiting),
            kept: Arc::new(Mutex::new(journal)),
        };
        Ok((feedback, PendingEvents(pending)))
    }

    /// Reports that SES has taken this mail, and what follows.
    pub(crate) fn report(&self, mail: &SentMail) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        for told in reported_events(&mail.to) {
            let event = mail.event(*told, mail.sent_at);
            if let Err(error) = kept.append(&event.to_string()) {
                tracing::warn!(%error, "an event is lost if the process ends now");
            }
            // An error means that there is no receiver: a test feeds this backend's functions itself, or the backend stops.
            if self.events.send(event).is_ok() {
                self.waiting.send_modify(|waiting| *waiting += 1);
            }
        }
    }

    /// Waits until all reported events are handled. Returns whether there were any.
    pub(crate) async fn drained(&self) -> bool {
        let mut waiting = self.waiting.subscribe();
        let busy = *waiting.borrow_and_update() > 0;
        // This cannot fail, since the sender is here.
        let _ = waiting.wait_for(|waiting| *waiting == 0).await;
        busy
    }

    /// Passes events to their function until `stopped`.
    pub(crate) async fn run(
        self,
        PendingEvents(mut events): PendingEvents,
        functions: Arc<dyn Functions>,
        mut stopped: watch::Receiver<bool>,
    ) {
        loop {
            let event = tokio::select! {
                event = events.recv() => event,
                _ = stopped.wait_for(|stopped| *stopped) => None,
            };
            let Some(event) = event else { break };
            deliver(&*functions, &event).await;
            self.note_handled();
        }
        // The remaining events are left to the next run, so no one waits for them.
        self.waiting.send_replace(0);
    }

    fn note_handled(&self) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        self.waiting.send_modify(|waiting| *waiting -= 1);
        if *self.waiting.borrow() == 0
            && let Err(error) = kept.clear()
        {
            tracing::warn!(%error, "SES tells these events again after a restart");
        }
    }
}

/// Passes one event to its function until it is taken.
async fn deliver(functions: &dyn Functions, event: &Value) {
    for turn in 0..TRIES {
        if turn > 0 {
            tokio::time::sleep(FIRST_BACKOFF * 2_u32.pow(turn - 1)).await;
        }
        match functions::invoke(functions, NOTE_FEEDBACK, event.clone()).await {
            Ok(_) => return,
            Err(error) => tracing::warn!(%error, turn, "what SES tells was not noted"),
        }
    }
    tracing::error!("gave up on what SES tells");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::streams::matches;
    use crate::template::{API, Template};
    use jiff::Timestamp;
    use serde_json::json;

    fn mail(to: &str) -> SentMail {
        SentMail {
            to: to.to_owned(),
            subject: String::new(),
            text: String::new(),
            html: String::new(),
            sent_at: Timestamp::UNIX_EPOCH,
            from: "no-reply@muster.example".to_owned(),
            configuration_set: Some("muster".to_owned()),
            tags: [("mail".to_owned(), "mail_1".to_owned())].into(),
            raw: Vec::new(),
        }
    }

    #[test]
    fn the_template_has_a_rule_that_takes_each_of_these_events_of_its_own_mail_and_no_others() {
        let text = API.replace(r#"{"Fn::GetAtt": [Mail, Outputs.ConfigurationSet]}"#, "muster");
        let template = Template::parse(&text).unwrap();
        let function: Value = template.properties("NoteFeedbackFunction").unwrap();
        let rule = &function["Events"]["Told"];
        assert_eq!(rule["Type"], "EventBridgeRule");
        let pattern = &rule["Properties"]["Pattern"];
        for told in DeliveryEvent::ALL {
            let event = mail("ann@x.example").event(told, Timestamp::UNIX_EPOCH);
            assert!(matches(pattern, &event), "{told:?}");
            for (pointer, other) in [
                ("/source", "team.acme"),
                ("/detail-type", "Email Opened"),
                ("/detail/mail/tags/ses:configuration-set/0", "another"),
            ] {
                let mut event = event.clone();
                *event.pointer_mut(pointer).unwrap() = json!(other);
                assert!(!matches(pattern, &event), "{told:?} {pointer}");
            }
        }
    }

    #[test]
    fn the_addresses_to_try_things_with_are_those_of_ses() {
        for (email, last) in [
            ("ann@x.example", DeliveryEvent::Delivered),
            ("bounce@x.example", DeliveryEvent::Bounced),
            ("bounce+7@simulator.amazonses.com", DeliveryEvent::Bounced),
            ("complaint@x.example", DeliveryEvent::Complained),
            ("ooto@x.example", DeliveryEvent::Returned),
            ("bouncer@x.example", DeliveryEvent::Delivered),
        ] {
            assert_eq!(reported_events(email).last(), Some(&last), "{email}");
        }
    }
}
