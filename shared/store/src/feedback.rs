//! What is told of mail, as it is noted: each write repeats in its condition what makes it harmless to come late, twice or
//! in another order.

use crate::Store;
use crate::error::{CommitError, StoreError};
use crate::items::Entity as _;
use crate::keys::Key;
use crate::transaction::{Transaction, about};
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use jiff::Timestamp;
use muster_domain::feedback::{DeliveryEvent, Mark};
use muster_domain::{Mail, MailId, OrganizationId};

/// The attribute of a mail that holds when this was told.
const fn told_at(told: DeliveryEvent) -> &'static str {
    match told {
        DeliveryEvent::Sent => "sent_at",
        DeliveryEvent::Rejected => "rejected_at",
        DeliveryEvent::Returned => "returned_at",
        DeliveryEvent::Delivered => "delivered_at",
        DeliveryEvent::Bounced => "bounced_at",
        DeliveryEvent::Complained => "complained_at",
    }
}

/// The attribute of a marked address that holds when it was last so.
pub(crate) const fn marked_at(mark: Mark) -> &'static str {
    match mark {
        Mark::Reached => "reached_at",
        Mark::Bounced => "bounced_at",
        Mark::Complained => "complained_at",
        Mark::Declined => "declined_at",
        Mark::Wanted => "wanted_at",
    }
}

impl Store {
    /// Notes on a mail what is told of it, and gives the mail; none if there is no such mail any more.
    ///
    /// # Errors
    /// [`StoreError`] if DynamoDB does not answer.
    pub async fn record_delivery(
        &self,
        organization: OrganizationId,
        id: MailId,
        told: DeliveryEvent,
        at: Timestamp,
    ) -> Result<Option<Mail>, StoreError> {
        let call = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(Key::mail(organization, id).attributes()))
            .update_expression("SET #told = :at")
            .condition_expression("attribute_exists(PK)")
            .expression_attribute_names("#told", told_at(told))
            .expression_attribute_values(":at", AttributeValue::S(at.to_string()))
            .return_values(ReturnValue::AllNew)
            .send()
            .await;
        match call {
            Ok(reply) => reply.attributes.map(Mail::from_item).transpose(),
            Err(e)
                if e.as_service_error()
                    .is_some_and(UpdateItemError::is_conditional_check_failed_exception) =>
            {
                Ok(None)
            }
            Err(e) => Err(StoreError::call("UpdateItem", e)),
        }
    }

    /// Notes of the address of a mail what came of it; whether that was news. What is older than what is known changes nothing.
    ///
    /// An address is marked only while the mail is there, in one transaction: so nothing is left behind of an organization
    /// that is being erased: each of its slices looks from the beginning, until it finds neither mail nor note. That mail reached it is noted as well, whether something is known against it
    /// or not: a bounce of an older mail may be told later.
    ///
    /// # Errors
    /// [`CommitError`], but for lost races: they mean that there is nothing to note.
    pub async fn mark(&self, mail: &Mail, mark: Mark, at: Timestamp) -> Result<bool, CommitError> {
        let key = Key::deliverability(mail.organization, &mail.to);
        let about = about(mail.organization, &mail.to);
        let mut transaction = Transaction::empty(&self.table);
        transaction.mark(&Key::mail(mail.organization, mail.id), &key, about, marked_at(mark), at)?;
        match self.write(transaction).await {
            Ok(()) => Ok(true),
            Err(CommitError::Lost(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
