//! Writing: one transaction makes the whole change or none of it.

use crate::error::{CommitError, StoreError, is_throttle, was_made};
use crate::items::StoredEntity as _;
use crate::keys::{self, Key};
use crate::once::{IdempotencyKey, StoredResponse};
use crate::position::Position;
use crate::store::Store;
use crate::transaction::{Entries, Gone, Transaction, Weight, weight};
use aws_sdk_dynamodb::config::Config;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{AttributeValue, CancellationReason};
use aws_smithy_runtime_api::http::Response;
use jiff::Timestamp;
use muster_domain::{ApiKey, Changes, Member, Organization, RoleSet, Subject};

/// Most items in one transaction.
pub const MAX_ITEMS: usize = 100;

/// A change with what the decision was based on.
pub struct Commit<'a> {
    /// The changes.
    pub changes: &'a Changes,
    /// The organization's role set.
    pub set: &'a RoleSet,
    /// The organization as it was read; `None` while it is being created.
    pub organization: Option<&'a Organization>,
    /// The response to store for the request's `Idempotency-Key`.
    pub once: Option<(&'a IdempotencyKey, StoredResponse)>,
    /// The instant of the decision.
    pub now: Timestamp,
}

impl Store {
    /// Makes the change if everything it depends on is still as it was read.
    ///
    /// # Errors
    /// [`CommitError`]. If the response to an attempt gets lost, the change is not made twice: the SDK repeats the transaction
    /// under the same client token.
    pub async fn commit(&self, commit: Commit<'_>) -> Result<(), CommitError> {
        let mut transaction = Transaction::of(&self.table, commit.changes, commit.set, commit.organization)?;
        if let Some((once, answered)) = &commit.once {
            transaction.once(once, answered, commit.now)?;
        }
        let Entries { new, gone } = transaction.take_entries(MAX_ITEMS)?;
        // New entries that do not fit are written before the transaction, obsolete ones deleted after it. Rows are read from their
        // own items, so an entry without a row, or of a row that has moved, shows no one.
        for part in new.chunks(MAX_ITEMS) {
            self.write(Transaction::of_new(&self.table, part)?).await?;
        }
        self.write(transaction).await?;
        for part in gone.chunks(MAX_ITEMS) {
            self.clear(part).await;
        }
        Ok(())
    }

    pub(crate) async fn write(&self, transaction: Transaction<'_>) -> Result<(), CommitError> {
        let Transaction { positions, items, .. } = transaction;
        if items.is_empty() {
            return Ok(());
        }
        let call = self
            .client
            .transact_write_items()
            .set_transact_items(Some(items))
            .send()
            .await;
        call.map(|_| ()).map_err(|e| refused(&positions, e))
    }

    /// Deletes leftover entries, except those that a later change has written again. The change itself is made by now, so a failure
    /// here does not fail it.
    async fn clear(&self, gone: &[Gone]) {
        let all = Transaction::of_gone(&self.table, gone);
        let Err(error) = async { self.write(all?).await }.await else {
            return;
        };
        tracing::info!(%error, "deleting entries one by one");
        for entry in gone {
            let one = Transaction::of_gone(&self.table, std::slice::from_ref(entry));
            if let Err(error) = async { self.write(one?).await }.await {
                tracing::info!(%error, "an entry could not be deleted");
            }
        }
    }

    /// What these changes take; a transaction holds [`MAX_ITEMS`] items.
    ///
    /// # Errors
    /// [`StoreError::Malformed`] if something cannot be stored.
    pub fn weight(&self, changes: &Changes, set: &RoleSet, organization: &Organization) -> Result<Weight, StoreError> {
        weight(changes, set, organization)
    }

    /// Records that the member was seen at `now`, unless another request has just done so, and their subject if it was not known.
    /// There is no retry.
    ///
    /// # Errors
    /// [`StoreError`] if DynamoDB does not answer.
    pub async fn touch(&self, member: &Member, subject: Option<&Subject>, now: Timestamp) -> Result<(), StoreError> {
        let seen = Member {
            last_active_at: Some(now),
            ..member.clone()
        };
        let place = seen.activity().map(AttributeValue::S);
        let learned = subject.filter(|_| member.subject.is_none());
        let beside = [
            (keys::BY_ACTIVITY_SK, place),
            ("subject", learned.map(|subject| AttributeValue::S(subject.to_string()))),
            (keys::NOTED, Some(AttributeValue::Bool(true))),
        ];
        self.note_instant(&member.key(), "last_active_at", member.last_active_at, now, beside)
            .await
    }

    /// Records that the API key was used at `now`, unless another request has just done so. There is no retry.
    ///
    /// # Errors
    /// [`StoreError`] if DynamoDB does not answer.
    pub async fn touch_key(&self, key: &ApiKey, now: Timestamp) -> Result<(), StoreError> {
        self.note_instant(&key.key(), "last_used_at", key.last_used_at, now, [])
            .await
    }

    async fn note_instant(
        &self,
        key: &Key,
        name: &str,
        read: Option<Timestamp>,
        now: Timestamp,
        beside: impl IntoIterator<Item = (&'static str, Option<AttributeValue>)>,
    ) -> Result<(), StoreError> {
        let text = |at: Timestamp| AttributeValue::S(at.to_string());
        let mut expression = "SET #name = :now".to_owned();
        let mut update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key.attributes()));
        for (attribute, value) in beside {
            let Some(value) = value else { continue };
            expression += &format!(", #{attribute} = :{attribute}");
            update = update
                .expression_attribute_names(format!("#{attribute}"), attribute)
                .expression_attribute_values(format!(":{attribute}"), value);
        }
        let call = update
            .update_expression(expression)
            .condition_expression("attribute_exists(PK) AND #name = :read")
            .expression_attribute_names("#name", name)
            .expression_attribute_values(":now", text(now))
            .expression_attribute_values(":read", read.map_or(AttributeValue::Null(true), text))
            .customize()
            // The caller waits for this note, and their next request makes it again.
            .config_override(Config::builder().retry_config(RetryConfig::disabled()))
            .send()
            .await;
        // Another request recorded it first, or the item is gone: there is nothing to record.
        was_made(call).map(drop)
    }
}

fn refused(positions: &[Position], error: SdkError<TransactWriteItemsError, Response>) -> CommitError {
    let reasons: &[CancellationReason] = match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => cancelled.cancellation_reasons(),
        _ => &[],
    };
    let lost: Vec<Position> = reasons
        .iter()
        .zip(positions)
        .filter(|(reason, _)| reason.code() == Some("ConditionalCheckFailed"))
        .map(|(_, position)| *position)
        .collect();
    if !lost.is_empty() {
        return CommitError::Lost(lost);
    }
    let any = |is: fn(&str) -> bool| reasons.iter().filter_map(CancellationReason::code).any(is);
    if any(is_throttle) {
        return CommitError::Throttled;
    }
    if any(|code| code == "TransactionConflict") {
        return CommitError::Busy;
    }
    match StoreError::call("TransactWriteItems", error) {
        e if e.is_busy() => CommitError::Busy,
        e => e.into(),
    }
}
