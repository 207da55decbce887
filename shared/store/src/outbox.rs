//! The outbox: picking up an email, and recording its outcome.

use crate::cursor::Cursor;
use crate::error::{CommitError, StoreError, was_made};
use crate::items::{Item, StoredEntity as _};
use crate::keys::{self, Key};
use crate::lists::{Page, Range};
use crate::position::Position;
use crate::store::Store;
use crate::transaction::Transaction;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use muster_domain::feedback::{Deliverability, RecentMail};
use muster_domain::invitation::Delivery;
use muster_domain::mail::{Late, MailState};
use muster_domain::{InvitationId, Mail, MailId, Organization, OrganizationId};

/// Seconds that a finished email stays in the table, for questions about what was sent: 30 days.
const KEPT_SECONDS: i64 = 30 * 24 * 60 * 60;

/// Emails examined for held ones in one query.
const LOOKED_AT: usize = 200;

impl Store {
    /// Moves an email from one state to another; false if it was not in the first.
    ///
    /// # Errors
    /// [`StoreError`] if DynamoDB does not answer.
    pub async fn move_mail(
        &self,
        mail: &Mail,
        from: MailState,
        to: MailState,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.record_outbox_state(mail, &[from], to, now).await
    }

    /// Moves an email from any of these states to another; false if it was in none of them.
    ///
    /// # Errors
    /// [`StoreError`] if DynamoDB does not answer.
    pub async fn record_outbox_state(
        &self,
        mail: &Mail,
        from: &[MailState],
        to: MailState,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let done = matches!(to, MailState::Sent | MailState::Skipped | MailState::Failed);
        let mut update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(Key::mail(mail.organization, mail.id).attributes()))
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":to", AttributeValue::S(to.as_str().into()));
        let (condition, values) = any_of("#state", from.iter().map(|state| state.as_str()));
        for (name, value) in values {
            update = update.expression_attribute_values(name, value);
        }
        // An email that waits for the schedule can be sent by the schedule only.
        update = match to {
            MailState::Sending => update
                .condition_expression(format!("{condition} AND attribute_not_exists(#due)"))
                .expression_attribute_names("#due", keys::DUE_PK),
            _ => update.condition_expression(condition),
        };
        update = if done {
            update
                // SES may report on a waiting email if the outcome of an earlier attempt at it was unknown.
                .update_expression("SET #state = :to, #ttl = :ttl REMOVE #due_pk, #due_sk")
                .expression_attribute_names("#due_pk", keys::DUE_PK)
                .expression_attribute_names("#due_sk", keys::DUE_SK)
                .expression_attribute_names("#ttl", keys::TTL)
                .expression_attribute_values(":ttl", AttributeValue::N((now.as_second() + KEPT_SECONDS).to_string()))
        } else {
            update.update_expression("SET #state = :to")
        };
        was_made(update.send().await)
    }

    /// Postpones an email in this state until the schedule picks it up; false if it is no longer in the state, or waits already.
    ///
    /// # Errors
    /// [`StoreError`] if DynamoDB does not answer.
    pub async fn put_off(&self, mail: &Mail, from: MailState, late: Late) -> Result<bool, StoreError> {
        let mut update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(mail.key().attributes()))
            .condition_expression("#state = :from AND attribute_not_exists(#due_pk)")
            .expression_attribute_names("#state", "state")
            .expression_attribute_names("#due_pk", keys::DUE_PK)
            .expression_attribute_values(":from", AttributeValue::S(from.as_str().into()))
            .expression_attribute_values(":queued", AttributeValue::S(MailState::Queued.as_str().into()));
        let mut sets = vec!["#state = :queued".to_owned()];
        for (name, value) in waiting(mail, late)? {
            sets.push(format!("#{name} = :{name}"));
            update = update
                .expression_attribute_names(format!("#{name}"), &name)
                .expression_attribute_values(format!(":{name}"), value);
        }
        was_made(
            update
                .update_expression(format!("SET {}", sets.join(", ")))
                .send()
                .await,
        )
    }

    /// Puts an email that is being sent back into the queue, where it waits for the schedule if it is late, and takes it out of the
    /// emails sent by hand to its address; false if it is no longer being sent.
    ///
    /// `known` is the address's record as it was read, `mailed` the emails sent to it without this one.
    ///
    /// # Errors
    /// [`CommitError`], also if the emails to the address are no longer as they were read.
    pub async fn put_back(
        &self,
        mail: &Mail,
        late: Option<Late>,
        known: &Deliverability,
        mailed: &[RecentMail],
    ) -> Result<bool, CommitError> {
        let attributes = late.map(|late| waiting(mail, late)).transpose()?.unwrap_or_default();
        let mut transaction = Transaction::empty(&self.table);
        transaction.put_back(&mail.key(), attributes)?;
        transaction.recent_mail(mail, Some(known), mailed)?;
        was_open(self.write(transaction).await)
    }

    /// Picks up a queued email that a member sends by hand, and records it among those sent by hand to its address; false if it is
    /// no longer queued.
    ///
    /// `known` is the address's record as it was read, `mailed` the emails sent to it, including this one.
    ///
    /// # Errors
    /// [`CommitError`], also if another email to the address was picked up at the same moment.
    pub async fn take_up(
        &self,
        mail: &Mail,
        known: Option<&Deliverability>,
        mailed: &[RecentMail],
    ) -> Result<bool, CommitError> {
        let mut transaction = Transaction::empty(&self.table);
        transaction.take_up(&mail.key())?;
        transaction.recent_mail(mail, known, mailed)?;
        was_open(self.write(transaction).await)
    }

    /// Holds an unsent email until its organization is restored or resumed; false if the mail has its outcome meanwhile.
    ///
    /// One transaction checks both: either the end of the deletion or suspension finds the mail held, or the mail finds the organization changed.
    ///
    /// # Errors
    /// [`CommitError`], also if the organization is not as it was read.
    pub async fn hold_mail(&self, mail: &Mail, organization: &Organization) -> Result<bool, CommitError> {
        let mut transaction = Transaction::empty(&self.table);
        transaction.hold(&mail.key(), &organization.key(), organization.version)?;
        was_open(self.write(transaction).await)
    }

    /// Held mail of an organization after this one, at most `limit` of it, in the order in which it was queued; and the mail after
    /// which there may be more.
    ///
    /// # Errors
    /// [`StoreError`] if DynamoDB does not answer.
    pub async fn held_mail(
        &self,
        organization: OrganizationId,
        after: Option<MailId>,
        limit: usize,
    ) -> Result<(Vec<Mail>, Option<MailId>), StoreError> {
        let after = after.map(|id| Cursor::after(Key::mail(organization, id).sk));
        let range = Range::within(organization, keys::MAIL, after.as_ref(), LOOKED_AT);
        let Page { items, next } = self.page(range, Mail::from_item).await?;
        let last = items.last().map(|mail| mail.id).filter(|_| next.is_some());
        let mut held: Vec<Mail> = items.into_iter().filter(|mail| mail.state == MailState::Held).collect();
        if held.len() > limit {
            held.truncate(limit);
            let last = held.last().map(|mail| mail.id);
            return Ok((held, last));
        }
        Ok((held, last))
    }

    /// Records on a pending invitation the progress of its current link's mail, unless later progress is already recorded.
    ///
    /// # Errors
    /// [`StoreError`] if DynamoDB does not answer.
    pub async fn note_delivery(
        &self,
        organization: OrganizationId,
        id: InvitationId,
        generation: u32,
        delivery: Delivery,
    ) -> Result<(), StoreError> {
        let (earlier, values) = any_of("mail", delivery.after().map(Delivery::as_str));
        if values.is_empty() {
            return Ok(());
        }
        let mut update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(Key::pending_invitation(organization, id).attributes()))
            .update_expression("SET mail = :delivery")
            .condition_expression(format!("generation = :generation AND {earlier}"))
            .expression_attribute_values(":delivery", AttributeValue::S(delivery.as_str().into()))
            .expression_attribute_values(":generation", AttributeValue::N(generation.to_string()));
        for (name, value) in values {
            update = update.expression_attribute_values(name, value);
        }
        // The invitation has ended, was sent again since, or has later progress: there is nothing to record.
        was_made(update.send().await).map(drop)
    }
}

/// The attributes by which the schedule finds an email, and what it waits for.
fn waiting(mail: &Mail, late: Late) -> Result<Item, StoreError> {
    let waiting = Mail {
        state: MailState::Queued,
        late: Some(late),
        ..mail.clone()
    };
    let mut item = waiting.to_item()?;
    let names = ["late", keys::DUE_PK, keys::DUE_SK];
    let named = names.into_iter().filter_map(|name| item.remove_entry(name));
    Ok(named.collect())
}

/// Whether an email was as a transaction expected: false if it has moved on, so that a retry would find nothing to do.
fn was_open(result: Result<(), CommitError>) -> Result<bool, CommitError> {
    match result {
        Ok(()) => Ok(true),
        Err(CommitError::Lost(lost)) if lost.contains(&Position::Mail) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The condition that an attribute is one of these texts, with the values it names.
fn any_of<'t>(attribute: &str, texts: impl Iterator<Item = &'t str>) -> (String, Vec<(String, AttributeValue)>) {
    let values: Vec<_> = texts
        .enumerate()
        .map(|(n, text)| (format!(":from{n}"), AttributeValue::S(text.to_owned())))
        .collect();
    let names: Vec<&str> = values.iter().map(|(name, _)| name.as_str()).collect();
    (format!("{attribute} IN ({})", names.join(", ")), values)
}
