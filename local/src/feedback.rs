//! Feedback from SES about each sent mail, passed to its function as EventBridge does: one event at a time, with retries.
//!
//! Every mail is delivered, except to the addresses with which SES itself simulates other cases (`bounce@…`, `complaint@…`,
//! `ooto@…`, also with a label such as `bounce+1@…`). Here, they work in any domain.
//!
//! With a data folder, each event is kept in a file until its function has it, so no event is lost in a restart.

use crate::data::{DataError, DataFolder, Journal};
use crate::functions::{self, Functions, NOTE_FEEDBACK};
use crate::patience::Patience;
use crate::sent_mail::SentMail;
use muster_domain::feedback::DeliveryEvent;
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{mpsc, watch};

/// The file of events that their function has not taken yet.
const KEPT: &str = "ses-events";

/// The events that SES reports about an email to this address, in this order.
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
    patience: Patience,
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
            patience: Patience::with(data),
        };
        Ok((feedback, PendingEvents(pending)))
    }

    /// Reports that SES has taken this email, and what follows.
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
            if !self.deliver(&*functions, &event, &mut stopped).await {
                break;
            }
            self.note_handled();
        }
        // The remaining events are left to the next run, so no one waits for them.
        self.waiting.send_replace(0);
    }

    /// Passes one event to its function until it is taken, or abandoned. Returns false if the stop came first.
    async fn deliver(&self, functions: &dyn Functions, event: &Value, stopped: &mut watch::Receiver<bool>) -> bool {
        for tries in 1..=self.patience.tries() {
            match functions::invoke(functions, NOTE_FEEDBACK, event.clone()).await {
                Ok(_) => return true,
                Err(error) => tracing::warn!(%error, tries, "what SES tells was not noted, and all else waits for it"),
            }
            if tries < self.patience.tries() {
                tokio::select! {
                    () = tokio::time::sleep(Patience::pause(tries)) => {}
                    _ = stopped.wait_for(|stopped| *stopped) => return false,
                }
            }
        }
        tracing::error!("gave up on what SES tells");
        true
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::{Failure, Running};
    use crate::streams::matches;
    use crate::template::{API, Template};
    use jiff::Timestamp;
    use serde_json::json;
    use std::sync::atomic::{AtomicU32, Ordering};

    /// A disk that is full for this many attempts.
    struct FullDisk {
        failures: AtomicU32,
        taken: Mutex<Vec<Value>>,
    }

    impl FullDisk {
        fn for_attempts(failures: u32) -> Arc<Self> {
            Arc::new(Self {
                failures: failures.into(),
                taken: Mutex::default(),
            })
        }
    }

    impl Functions for FullDisk {
        fn invoke(&self, _: &'static str, event: Value) -> Running {
            let less = |failures: u32| failures.checked_sub(1);
            let failed = self.failures.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less);
            if failed.is_err() {
                self.taken.lock().unwrap().push(event);
            }
            Box::pin(std::future::ready(match failed {
                Ok(_) => Err(Failure::Failed("the disk is full".to_owned())),
                Err(_) => Ok(Value::Null),
            }))
        }
    }

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

    #[tokio::test(start_paused = true)]
    async fn an_event_outlasts_a_disk_that_is_full_for_minutes_and_a_stop_meanwhile() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataFolder::open(Some(folder.path())).unwrap();
        let (feedback, pending) = Feedback::new(&data).unwrap();
        feedback.report(&mail("ann@x.example"));
        let kept = data.journal(KEPT).unwrap().1;
        assert_eq!(kept.len(), 2);
        let stop = watch::Sender::new(false);
        let full = FullDisk::for_attempts(u32::MAX);
        let running = feedback.run(pending, full.clone(), stop.subscribe());
        let stopping = async {
            tokio::time::sleep(std::time::Duration::from_secs(10 * 60)).await;
            stop.send_replace(true);
        };
        tokio::join!(running, stopping);
        let tries = u32::MAX - full.failures.load(Ordering::SeqCst);
        assert!(tries > 20, "{tries}");

        // The next run takes both events, in their order.
        stop.send_replace(false);
        let (feedback, pending) = Feedback::new(&data).unwrap();
        let full = FullDisk::for_attempts(30);
        let running = feedback.clone().run(pending, full.clone(), stop.subscribe());
        tokio::select! {
            () = running => {}
            busy = feedback.drained() => assert!(busy),
        }
        let taken: Vec<_> = full.taken.lock().unwrap().iter().map(Value::to_string).collect();
        assert_eq!(taken, kept);
        assert!(data.journal(KEPT).unwrap().1.is_empty());
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
