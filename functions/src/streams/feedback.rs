//! Feedback from SES about an email, through EventBridge. It is recorded on the mail, its invitation and its address.
//!
//! Events may arrive late, twice and in any order. Each step is one write whose condition makes a repeat harmless, and no step
//! depends on the reads of another, so a process that dies between two steps is simply started again.

use super::insist::{Obstructed, insist};
use jiff::Timestamp;
use muster_domain::feedback::{DeliveryEvent, Mark};
use muster_domain::{MailId, OrganizationId};
use muster_edge::{App, Metric, post};
use muster_store::{CommitError, Obstacle, StoreError};
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashMap;

/// Maximum number of attempts at an event before Lambda delivers it again. With pauses for throttling, about three seconds.
const MAX_ATTEMPTS: u32 = 6;

/// The content of one event.
#[derive(Debug, PartialEq, Eq)]
struct Notification {
    organization: OrganizationId,
    mail: MailId,
    event: DeliveryEvent,
    at: Timestamp,
}

/// The reason why an event contains nothing to record.
#[derive(Debug, thiserror::Error)]
enum IgnoredEvent {
    #[error("not an SES event: {0}")]
    Form(#[from] serde_json::Error),
    #[error("the tag `{0}` is missing or not an id")]
    Tag(&'static str),
    #[error("irrelevant event type")]
    Irrelevant,
}

#[derive(Deserialize)]
struct Event {
    detail: Detail,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    event_type: String,
    mail: MailObject,
    bounce: Option<Bounce>,
    complaint: Option<Complaint>,
    delivery: Option<Dated>,
}

#[derive(Deserialize)]
struct MailObject {
    timestamp: Timestamp,
    #[serde(default)]
    tags: HashMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bounce {
    bounce_type: String,
    #[serde(default)]
    bounce_sub_type: String,
    timestamp: Timestamp,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Complaint {
    complaint_feedback_type: Option<String>,
    timestamp: Timestamp,
}

#[derive(Deserialize)]
struct Dated {
    timestamp: Timestamp,
}

/// The bounce subtypes of addresses on the account's suppression list or on that of SES.
const SUPPRESSED: [&str; 2] = ["OnAccountSuppressionList", "Suppressed"];

impl Detail {
    /// The reported event, and when it happened.
    fn event(&self) -> Option<(DeliveryEvent, Timestamp)> {
        match (self.event_type.as_str(), &self.bounce, &self.complaint, &self.delivery) {
            ("Send", ..) => Some((DeliveryEvent::Sent, self.mail.timestamp)),
            ("Reject", ..) => Some((DeliveryEvent::Rejected, self.mail.timestamp)),
            ("Delivery", _, _, Some(delivery)) => Some((DeliveryEvent::Delivered, delivery.timestamp)),
            ("Bounce", Some(bounce), ..) => match bounce.bounce_type.as_str() {
                // The mail was not sent at all because of mail from others. The organization must not learn about those.
                "Permanent" if SUPPRESSED.contains(&bounce.bounce_sub_type.as_str()) => {
                    Some((DeliveryEvent::Rejected, bounce.timestamp))
                }
                "Permanent" => Some((DeliveryEvent::Bounced, bounce.timestamp)),
                // This includes `Undetermined`: a bounce that may be temporary is not held against an address.
                _ => Some((DeliveryEvent::Returned, bounce.timestamp)),
            },
            // The recipient moves an email out of the spam folder.
            ("Complaint", _, Some(complaint), _)
                if complaint.complaint_feedback_type.as_deref() == Some("not-spam") =>
            {
                None
            }
            ("Complaint", _, Some(complaint), _) => Some((DeliveryEvent::Complained, complaint.timestamp)),
            _ => None,
        }
    }

    fn tag<T: std::str::FromStr>(&self, name: &'static str) -> Result<T, IgnoredEvent> {
        let value = self.mail.tags.get(name).and_then(|values| values.first());
        value
            .and_then(|value| value.parse().ok())
            .ok_or(IgnoredEvent::Tag(name))
    }
}

impl Notification {
    fn of(event: Value) -> Result<Self, IgnoredEvent> {
        let Event { detail } = serde_json::from_value(event)?;
        let (event, at) = detail.event().ok_or(IgnoredEvent::Irrelevant)?;
        Ok(Self {
            organization: detail.tag(post::ORGANIZATION)?,
            mail: detail.tag(post::MAIL)?,
            event,
            at,
        })
    }
}

/// The reason why an event could not be recorded now.
#[derive(Debug, thiserror::Error)]
enum NoteError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Commit(#[from] CommitError),
}

impl Obstructed for NoteError {
    fn obstacle(&self) -> Option<Obstacle> {
        match self {
            Self::Store(error) => error.obstacle(),
            Self::Commit(error) => error.obstacle(),
        }
    }
}

/// Records feedback from SES. Events that cannot be parsed, or whose mail no longer exists, are skipped: a retry would not help.
///
/// # Errors
/// The table did not answer. The event is delivered again.
pub async fn note_feedback(app: &App, event: Value) -> Result<Value, lambda_runtime::Error> {
    match Notification::of(event) {
        Ok(notification) => insist(app, MAX_ATTEMPTS, || Box::pin(note(app, &notification)) as _).await?,
        Err(reason) => tracing::warn!(%reason, "an event was ignored"),
    }
    Ok(Value::Null)
}

async fn note(app: &App, notification: &Notification) -> Result<(), NoteError> {
    let Notification {
        organization,
        mail: id,
        event,
        at,
    } = *notification;
    let store = app.store();
    let Some(mail) = store.record_delivery(organization, id, event, at).await? else {
        tracing::info!(mail = %id, ?event, "an event is about mail that no longer exists");
        return Ok(());
    };
    // Usually the sending attempt finishes the mail. An email whose result was unknown is finished here, and not sent again.
    let (open, finished) = event.outbox_states();
    if open.contains(&mail.state) {
        store
            .record_outbox_state(&mail, open, finished, app.clock().now())
            .await?;
    }
    super::deliver::outcome::show_delivery(app, &mail, event.delivery()).await?;
    let Some(mark) = event.mark().filter(|_| mail.marks()) else {
        return Ok(());
    };
    let is_news = store.mark(&mail, mark, at).await?;
    match mark {
        Mark::Bounced if is_news => app.metrics().count(Metric::MailBounced, 1),
        Mark::Complained if is_news => app.metrics().count(Metric::MailComplained, 1),
        Mark::Reached | Mark::Bounced | Mark::Complained | Mark::Declined | Mark::Wanted => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ORGANIZATION: &str = "org_0351gb06UonDD6Qk3DjTVL";
    const MAIL: &str = "mail_0351gb06UonDD6Qk3DjTVL";

    fn event(kind: &str, part: &str, about: Value) -> Value {
        let mut event = json!({
            "source": "aws.ses",
            "detail": {
                "eventType": kind,
                "mail": {
                    "timestamp": "2026-03-10T12:00:00.000Z",
                    "destination": ["ann@x.example"],
                    "tags": { "organization": [ORGANIZATION], "mail": [MAIL], "ses:configuration-set": ["muster"] },
                },
            },
        });
        event["detail"][part] = about;
        event
    }

    fn parsed(event: Value) -> Option<(DeliveryEvent, String)> {
        let notification = Notification::of(event).ok()?;
        Some((notification.event, notification.at.to_string()))
    }

    #[test]
    fn each_kind_of_event_tells_what_it_says_and_when() {
        let later = "2026-03-10T12:00:09Z";
        let bounce = |kind: &str| event("Bounce", "bounce", json!({ "bounceType": kind, "timestamp": later }));
        let suppressed = |kind: &str| {
            let about = json!({ "bounceType": "Permanent", "bounceSubType": kind, "timestamp": later });
            event("Bounce", "bounce", about)
        };
        let complaint = |kind: Value| {
            let about = json!({ "complaintFeedbackType": kind, "timestamp": later });
            event("Complaint", "complaint", about)
        };
        let sent = "2026-03-10T12:00:00Z";
        let cases = [
            (event("Send", "send", json!({})), Some((DeliveryEvent::Sent, sent))),
            (
                event("Reject", "reject", json!({ "reason": "Bad content" })),
                Some((DeliveryEvent::Rejected, sent)),
            ),
            (
                event("Delivery", "delivery", json!({ "timestamp": later })),
                Some((DeliveryEvent::Delivered, later)),
            ),
            (bounce("Permanent"), Some((DeliveryEvent::Bounced, later))),
            (
                suppressed("OnAccountSuppressionList"),
                Some((DeliveryEvent::Rejected, later)),
            ),
            (suppressed("Suppressed"), Some((DeliveryEvent::Rejected, later))),
            (suppressed("General"), Some((DeliveryEvent::Bounced, later))),
            (bounce("Transient"), Some((DeliveryEvent::Returned, later))),
            (bounce("Undetermined"), Some((DeliveryEvent::Returned, later))),
            (complaint(json!("abuse")), Some((DeliveryEvent::Complained, later))),
            (complaint(Value::Null), Some((DeliveryEvent::Complained, later))),
            (complaint(json!("not-spam")), None),
            (event("Open", "open", json!({})), None),
            (event("Bounce", "delivery", json!({ "timestamp": later })), None),
        ];
        for (event, expected) in cases {
            let expected = expected.map(|(event, at)| (event, at.to_owned()));
            assert_eq!(parsed(event.clone()), expected, "{event:#}");
        }
    }

    #[test]
    fn an_event_without_tags_or_of_another_form_says_nothing() {
        let good = event("Send", "send", json!({}));
        assert!(Notification::of(good.clone()).is_ok());
        for (pointer, value) in [
            ("/detail/mail/tags", json!({})),
            ("/detail/mail/tags/mail", json!([])),
            ("/detail/mail/tags/mail", json!(["org_0351gb06UonDD6Qk3DjTVL"])),
            ("/detail/mail/tags/organization", json!(["../x"])),
            ("/detail/mail/tags", json!("text")),
            ("/detail/mail/timestamp", json!("yesterday")),
            ("/detail/mail", Value::Null),
            ("/detail", json!([])),
        ] {
            let mut event = good.clone();
            *event.pointer_mut(pointer).unwrap() = value;
            assert!(Notification::of(event).is_err(), "{pointer}");
        }
        for event in [Value::Null, json!([]), json!({ "detail": "{}" })] {
            assert!(Notification::of(event).is_err());
        }
    }
}
