//! Recording delivery events of mail. The condition of each write makes it harmless if the event comes late, twice or out of order.

use crate::error::{CommitError, StoreError};
use crate::items::StoredEntity as _;
use crate::keys::Key;
use crate::store::Store;
use crate::transaction::Transaction;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use jiff::Timestamp;
use muster_domain::feedback::{DeliveryEvent, Mark};
use muster_domain::{Mail, MailId, OrganizationId};

/// The attribute of an email that holds the instant of this event.
const fn attribute_of(told: DeliveryEvent) -> &'static str {
    match told {
        DeliveryEvent::Sent => "sent_at",
        DeliveryEvent::Rejected => "rejected_at",
        DeliveryEvent::Returned => "returned_at",
        DeliveryEvent::Delivered => "delivered_at",
        DeliveryEvent::Bounced => "bounced_at",
        DeliveryEvent::Complained => "complained_at",
    }
}

impl Store {
    /// Records a delivery event on an email, and returns the mail; `None` if it no longer exists.
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
            .expression_attribute_names("#told", attribute_of(told))
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

    /// Records the outcome of an email on its address; returns whether that was news. An outcome older than the recorded one
    /// changes nothing.
    ///
    /// One transaction marks the address and requires that the mail still exists. So nothing is left behind of an organization that
    /// is being erased: each slice of the erasure starts over, until it finds neither mail nor note. A delivery is recorded too,
    /// whether or not there is a problem with the address: the bounce of an older email may be reported later.
    ///
    /// # Errors
    /// [`CommitError`], except for lost races: then there is nothing to record.
    pub async fn mark(&self, mail: &Mail, mark: Mark, at: Timestamp) -> Result<bool, CommitError> {
        let mut transaction = Transaction::empty(&self.table);
        transaction.mark(mail, mark, at)?;
        match self.write(transaction).await {
            Ok(()) => Ok(true),
            Err(CommitError::Lost(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
