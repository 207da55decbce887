//! Work that events start instead of requests. From the table's stream, mail is delivered and long work is done: always after the
//! write, never instead of it. From SES comes feedback about mail that was sent.

mod counts;
mod deliver;
mod feedback;
mod insist;
mod work;

pub use feedback::note_feedback;

use insist::insist;
use jiff::{SignedDuration, Timestamp};
use muster_domain::EmailAddress;
use muster_edge::App;
use muster_store::Key;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::time::Instant;

/// Maximum number of attempts at an email while something holds it up, before its record returns to the stream.
const MAX_ATTEMPTS: u32 = 6;
/// How long an email waits in the stream for its turn before it is left to the schedule. The records behind it get old as well,
/// and a record that is too old is a dead letter.
const MAX_AGE: SignedDuration = SignedDuration::from_hours(1);
/// How long the mail of a batch waits for its turns. The rest is left to the schedule: beyond the function's time limit, the batch
/// would fail as a whole.
const TURNS_BUDGET: Duration = Duration::from_secs(200);

#[derive(Deserialize)]
struct Batch {
    #[serde(rename = "Records")]
    records: Vec<Record>,
}

#[derive(Deserialize)]
struct Record {
    dynamodb: Change,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Change {
    keys: Keys,
    sequence_number: String,
    new_image: Option<Image>,
    /// Seconds since 1970. Events that were not made by Lambda may have it in other forms, or not at all.
    #[serde(default)]
    approximate_creation_date_time: Value,
}

/// The part of an item's image that says what else to read together with the item.
#[derive(Deserialize)]
struct Image {
    to: Option<StringAttribute>,
}

impl Change {
    /// The address of an email.
    fn recipient(&self) -> Option<EmailAddress> {
        let email = self.new_image.as_ref()?.to.as_ref()?;
        email.s.parse().ok()
    }

    /// Whether its record has been in the stream for long at this time of the system's clock.
    fn is_old(&self, now: Timestamp) -> bool {
        let written_at = self.approximate_creation_date_time.as_f64();
        let written_at = written_at.and_then(|seconds| SignedDuration::try_from_secs_f64(seconds).ok());
        written_at.is_some_and(|since_1970| now.duration_since(Timestamp::UNIX_EPOCH) - since_1970 > MAX_AGE)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "UPPERCASE")]
struct Keys {
    pk: StringAttribute,
    sk: StringAttribute,
}

#[derive(Deserialize)]
#[serde(rename_all = "UPPERCASE")]
struct StringAttribute {
    s: String,
}

/// A record's key and its number in the stream. Only the part of its image that never changes is used: the item itself is read in
/// its current state.
struct RecordRef {
    key: Key,
    sequence_number: String,
    recipient: Option<EmailAddress>,
    is_old: bool,
}

#[expect(clippy::disallowed_methods, reason = "DynamoDB dates records by the system's clock")]
fn records_of(event: Value) -> Result<Vec<RecordRef>, serde_json::Error> {
    let batch: Batch = serde_json::from_value(event)?;
    let now = Timestamp::now();
    let name = |record: Record| {
        let (recipient, is_old) = (record.dynamodb.recipient(), record.dynamodb.is_old(now));
        let Change {
            keys, sequence_number, ..
        } = record.dynamodb;
        RecordRef {
            recipient,
            is_old,
            key: Key {
                pk: keys.pk.s,
                sk: keys.sk.s,
            },
            sequence_number,
        }
    };
    Ok(batch.records.into_iter().map(name).collect())
}

/// The answer that names the failed records, so that only those are retried.
fn failures(failed: &[String]) -> Value {
    let items: Vec<Value> = failed
        .iter()
        .map(|number| json!({ "itemIdentifier": number }))
        .collect();
    json!({ "batchItemFailures": items })
}

/// Sends the mail of these records.
///
/// # Errors
/// The event is not one of a table's stream, or a mail template of the deployment is not valid.
#[expect(clippy::disallowed_methods, reason = "only how long the batch works depends on it")]
pub async fn deliver_mail(app: &App, event: Value) -> Result<Value, lambda_runtime::Error> {
    let mut failed = Vec::new();
    let stationery = app.stationery()?;
    let post = muster_edge::post::Post::new(app, Instant::now() + TURNS_BUDGET);
    for RecordRef {
        key,
        sequence_number,
        recipient,
        is_old,
    } in records_of(event)?
    {
        let (Some(organization), Some(mail)) = (key.organization_of(), key.mail_of()) else {
            continue;
        };
        let (recipient, has_turn) = (recipient.as_ref(), !is_old && post.has_turn());
        let delivery = || {
            Box::pin(deliver::deliver(
                app,
                &post,
                &stationery,
                organization,
                mail,
                recipient,
                has_turn,
            )) as _
        };
        if let Err(error) = insist(app, MAX_ATTEMPTS, delivery).await {
            tracing::warn!(%error, %mail, "an email was not delivered; it will be tried again");
            failed.push(sequence_number);
        }
    }
    Ok(failures(&failed))
}

/// Continues the jobs of these records, and counts the people among them.
///
/// # Errors
/// The event is not one of a table's stream.
pub async fn finish_work(app: &App, event: Value) -> Result<Value, lambda_runtime::Error> {
    let records = records_of(event)?;
    let mut failed = counts::reconcile(app, &records).await;
    // Each slice of a job writes a record. Continuing the job once per record would delay the records behind it that many times.
    // And if the first record is retried, so are those behind it.
    let mut resumed = BTreeSet::new();
    for RecordRef {
        key, sequence_number, ..
    } in records
    {
        let (Some(organization), Some(job)) = (key.organization_of(), key.job_of()) else {
            continue;
        };
        if !resumed.insert((organization, job)) {
            continue;
        }
        if let Err(error) = work::resume_job(app, organization, job).await {
            tracing::warn!(%error, %job, "work was not done; it will be tried again");
            failed.push(sequence_number);
        }
    }
    Ok(failures(&failed))
}
