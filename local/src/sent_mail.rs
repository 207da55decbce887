//! A sent mail, and the events that SES sends about it.

use jiff::Timestamp;
use muster_domain::feedback::DeliveryEvent;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// An email as one recipient received it.
#[derive(Debug, Clone, Serialize)]
pub struct SentMail {
    /// The recipient's address.
    pub to: String,
    /// The subject, decoded.
    pub subject: String,
    /// The plain-text body, decoded.
    pub text: String,
    /// The HTML body, decoded.
    pub html: String,
    /// When it was sent, by the backend's clock.
    pub sent_at: Timestamp,
    /// The sender's address.
    #[serde(skip)]
    pub from: String,
    /// The configuration set it was sent under.
    #[serde(skip)]
    pub configuration_set: Option<String>,
    /// The tags it was sent with.
    #[serde(skip)]
    pub tags: BTreeMap<String, String>,
    /// The whole message as it was passed to SES.
    #[serde(skip)]
    pub raw: Vec<u8>,
}

impl SentMail {
    /// The event with which EventBridge delivers SES feedback about this email.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "EventBridge gives events their ids")]
    pub fn event(&self, told: DeliveryEvent, at: Timestamp) -> Value {
        let to = &self.to;
        let recipient = json!([{ "emailAddress": to }]);
        let bounce = |kind| json!({ "bounceType": kind, "bounceSubType": "General", "bouncedRecipients": recipient, "timestamp": at });
        let (title, kind, name, part) = match told {
            DeliveryEvent::Sent => ("Email Sent", "Send", "send", json!({})),
            DeliveryEvent::Rejected => ("Email Rejected", "Reject", "reject", json!({ "reason": "Bad content" })),
            DeliveryEvent::Delivered => {
                let part = json!({ "timestamp": at, "recipients": [to], "smtpResponse": "250 OK" });
                ("Email Delivered", "Delivery", "delivery", part)
            }
            DeliveryEvent::Returned => ("Email Bounced", "Bounce", "bounce", bounce("Transient")),
            DeliveryEvent::Bounced => ("Email Bounced", "Bounce", "bounce", bounce("Permanent")),
            DeliveryEvent::Complained => {
                let part =
                    json!({ "complainedRecipients": recipient, "complaintFeedbackType": "abuse", "timestamp": at });
                ("Email Complaint Received", "Complaint", "complaint", part)
            }
        };
        let mut tags = json!(
            self.tags
                .iter()
                .map(|(name, value)| (name, [value]))
                .collect::<BTreeMap<_, _>>()
        );
        if let (Some(tags), Some(set)) = (tags.as_object_mut(), &self.configuration_set) {
            tags.insert("ses:configuration-set".to_owned(), json!([set]));
        }
        let mail = json!({
            "timestamp": self.sent_at,
            "source": self.from,
            "sendingAccountId": "000000000000",
            "destination": [to],
            "headersTruncated": false,
            "tags": tags,
        });
        json!({
            "version": "0",
            "id": uuid::Uuid::new_v4().to_string(),
            "detail-type": title,
            "source": "aws.ses",
            "account": "000000000000",
            "time": at,
            "region": "us-east-1",
            "resources": [],
            "detail": { "eventType": kind, "mail": mail, name: part },
        })
    }
}
