//! What many stories do in passing.

use crate::bench::Bench;
use crate::harness::{Answer, Harness, Organization, invitation};
use crate::personas::Persona;
use aws_sdk_dynamodb::Client;
use jiff::SignedDuration;
use muster_domain::feedback::RecentMail;
use muster_domain::{Deliverability, MailId};
use muster_local::SentMail;
use muster_store::Key;
use muster_store::items::StoredEntity as _;
use reqwest::Method;
use serde_json::{Value, json};

impl Organization {
    /// How far the mail of an invitation has come, as its owner is told.
    pub async fn mail_state(&self, h: &Harness, invitation: &str) -> String {
        let read = self.owner.get(h, &self.invitation(invitation, "")).await.expect(200);
        read.text("/mail")
    }

    /// Takes the subject off a member's item, as items of before have none.
    pub async fn forget_subject(&self, h: &Harness, who: &Persona) {
        let key = Key::member(self.id.parse().expect("an id"), who.id().parse().expect("an id"));
        let update = Client::new(&h.quiet_sdk()).update_item().table_name(h.backend.table());
        let update = update
            .set_key(Some(key.attributes()))
            .update_expression("REMOVE subject")
            .condition_expression("attribute_exists(subject)");
        update.send().await.expect("a member with a subject");
    }
}

impl Harness {
    /// Moves the clock on by whole days.
    pub fn advance_days(&self, days: i64) {
        self.advance(SignedDuration::from_hours(24 * days));
    }

    /// Moves the clock on to just after an instant that the API told.
    pub fn advance_past(&self, instant: &str) {
        let end: jiff::Timestamp = instant.parse().expect("an instant");
        let left = end.duration_since(self.backend.clock().now());
        self.advance(left + SignedDuration::from_millis(1));
    }

    /// All mail to an address so far, oldest first.
    pub async fn mail_to(&self, email: &str) -> Vec<SentMail> {
        self.backend.drained().await;
        let mut mail = self.backend.mail();
        mail.retain(|m| m.to == email);
        mail
    }

    /// What the link of an invitation shows to anybody.
    pub async fn preview(&self, token: &str) -> Answer {
        self.send(None, Method::GET, &format!("/v1/invitations/{token}"), None, &[])
            .await
    }

    /// Runs the schedule, and all that follows from it.
    pub async fn run_schedule(&self) -> Value {
        let done = self.expire().await;
        self.backend.drained().await;
        done
    }
}

impl Persona {
    /// Accepts the invitation of a token.
    pub async fn accept(&self, h: &Harness, token: &str) -> Answer {
        self.post(h, &format!("/v1/invitations/{token}/accept"), &Value::Null)
            .await
    }

    /// Declines the invitation of a token.
    pub async fn decline(&self, h: &Harness, token: &str) -> Answer {
        self.post(h, &format!("/v1/invitations/{token}/decline"), &Value::Null)
            .await
    }
}

impl Organization {
    /// The owner invites, with whatever comes of it.
    pub async fn try_invite(&self, h: &Harness, body: &Value) -> Answer {
        self.owner.post(h, &self.path("/invitations"), body).await
    }

    /// Makes an outside helper for a month, `name@partner.example`.
    pub async fn helper(&self, h: &Harness, name: &str) -> Persona {
        let helper = h.person(name).with_email(&format!("{name}@partner.example"), true);
        self.invite(h, helper.email(), "implementation_admin", &[]).await;
        let token = h.invitation_token(helper.email()).await;
        helper.accept(h, &token).await.expect(200);
        helper
    }

    /// Lets helpers from `partner.example` in.
    pub async fn allow_helpers(&self, h: &Harness) {
        self.plan(h, None, &["partner.example"]).await;
        self.optional_roles(h, &["implementation_admin"]).await;
    }

    /// A member as the owner sees them.
    pub async fn member(&self, h: &Harness, id: &str) -> Value {
        let path = self.path(&format!("/members/{id}"));
        self.owner.get(h, &path).await.expect(200).body
    }

    /// Pending invitations as the owner sees them.
    pub async fn pending(&self, h: &Harness) -> Vec<Value> {
        let page = self.owner.get(h, &self.path("/invitations")).await.expect(200);
        page.body["items"].as_array().cloned().unwrap_or_default()
    }

    /// An invitation's path, with what follows.
    pub fn invitation(&self, id: &str, rest: &str) -> String {
        self.path(&format!("/invitations/{id}{rest}"))
    }

    /// Everything that was recorded, newest first.
    pub async fn events(&self, h: &Harness) -> Vec<Value> {
        let mut all = Vec::new();
        let mut cursor = String::new();
        loop {
            let path = self.path(&format!("/events?limit=100{cursor}"));
            let page = self.owner.get(h, &path).await.expect(200);
            all.extend(page.body["items"].as_array().cloned().unwrap_or_default());
            match page.body["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return all,
            }
        }
    }

    /// The kinds of what was recorded, newest first.
    pub async fn event_kinds(&self, h: &Harness) -> Vec<String> {
        let events = self.events(h).await;
        events
            .iter()
            .map(|e| e["kind"].as_str().unwrap_or_default().to_owned())
            .collect()
    }

    /// How often something of this kind was recorded.
    pub async fn recorded(&self, h: &Harness, kind: &str) -> usize {
        self.event_kinds(h).await.iter().filter(|k| *k == kind).count()
    }
}

/// The body of an invitation for many addresses, for participants without a program.
pub fn participants(emails: &[String]) -> Value {
    json!({ "emails": emails, "role": "participant" })
}

/// The body of an invitation, with one field more.
pub fn invitation_with(emails: &str, role: &str, programs: &[&str], field: &str, value: Value) -> Value {
    let mut body = invitation(emails, role, programs);
    body[field] = value;
    body
}

/// Pairs of place and code, as a problem names them.
pub fn named(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(p, c)| ((*p).to_owned(), (*c).to_owned())).collect()
}

/// What each row of a bulk action was told: its status, and the kind of problem if it was refused.
pub fn verdicts(body: &Value) -> Vec<(String, String)> {
    let rows = body["results"].as_array().into_iter().flatten();
    rows.map(|r| {
        let kind = r["problem"]["type"].as_str().unwrap_or_default();
        let kind = kind.rsplit('/').next().unwrap_or_default();
        (r["status"].as_str().unwrap_or_default().to_owned(), kind.to_owned())
    })
    .collect()
}

/// Notes five mails of this instant to an address, which are as many as it gets a day.
pub async fn note_mailed(b: &Bench, organization: &Organization, email: &str) {
    let now = b.h.backend.clock().now();
    let sending = |n: u8| RecentMail {
        mail: MailId::from_bytes([n; 16]),
        at: now,
    };
    let noted = Deliverability {
        organization: organization.id.parse().expect("an id"),
        email: email.parse().expect("an address"),
        bounced_at: None,
        complained_at: None,
        reached_at: None,
        declined_at: None,
        wanted_at: None,
        mailed: (1..=5).map(sending).collect(),
    };
    let item = noted.to_item().expect("an item");
    let put = Client::new(b.quiet.sdk()).put_item().table_name(b.h.backend.table());
    put.set_item(Some(item)).send().await.expect("it is noted");
}
