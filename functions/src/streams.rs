//! Work that events start instead of requests. From the table's stream, mail is delivered and long work is done: always after the
//! write, never instead of it. From SES comes feedback about mail that was sent.

mod counts;
mod deliver;
mod feedback;
mod work;

pub use feedback::note_feedback;

use muster_domain::EmailAddress;
use muster_edge::{App, Metric};
use muster_store::{Key, Obstacle, Tries};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Maximum number of attempts at a mail while the table is throttled, before its record returns to the stream.
const MAX_ATTEMPTS: u32 = 6;

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
}

/// The part of an item's image that says what else to read together with the item.
#[derive(Deserialize)]
struct Image {
    to: Option<Text>,
}

impl Change {
    /// The address of a mail.
    fn recipient(&self) -> Option<EmailAddress> {
        let email = self.new_image.as_ref()?.to.as_ref()?;
        email.s.parse().ok()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "UPPERCASE")]
struct Keys {
    pk: Text,
    sk: Text,
}

#[derive(Deserialize)]
#[serde(rename_all = "UPPERCASE")]
struct Text {
    s: String,
}

/// A record's key and its number in the stream. Only the part of its image that never changes is used: the item itself is read in
/// its current state.
struct RecordRef {
    key: Key,
    sequence_number: String,
    recipient: Option<EmailAddress>,
}

fn records_of(event: Value) -> Result<Vec<RecordRef>, serde_json::Error> {
    let batch: Batch = serde_json::from_value(event)?;
    let name = |record: Record| {
        let recipient = record.dynamodb.recipient();
        let Change {
            keys, sequence_number, ..
        } = record.dynamodb;
        RecordRef {
            recipient,
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
/// The event is not one of a table's stream.
pub async fn deliver_mail(app: &App, event: Value) -> Result<Value, lambda_runtime::Error> {
    let mut failed = Vec::new();
    let post = muster_edge::post::Post::new(app);
    for RecordRef {
        key,
        sequence_number,
        recipient,
        ..
    } in records_of(event)?
    {
        let (Some(organization), Some(mail)) = (key.organization_of(), key.mail_of()) else {
            continue;
        };
        let mut tries = Tries::new(MAX_ATTEMPTS);
        let delivered = loop {
            // Boxed: the compiler gives up on futures nested as deep as the SDK's in here.
            let delivered = Box::pin(deliver::deliver(app, &post, organization, mail, recipient.as_ref())).await;
            let is_throttled = delivered.as_ref().is_err_and(deliver::DeliverError::is_throttled);
            if !is_throttled || !tries.again(Obstacle::Throttle).await {
                break delivered;
            }
            app.metrics().count(Metric::Throttled, 1);
        };
        if let Err(error) = delivered {
            tracing::warn!(%error, %mail, "a mail was not delivered; it will be tried again");
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
