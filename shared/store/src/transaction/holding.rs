//! Picking up mail, holding it while its organization is deleted or suspended, and releasing it.

use super::Transaction;
use super::parts::{Edit, WriteCondition};
use crate::error::StoreError;
use crate::items::Item;
use crate::keys::{self, Key};
use crate::position::Position;
use aws_sdk_dynamodb::types::AttributeValue;
use muster_domain::mail::MailState;

/// The attribute of an email that holds its state.
const STATE: &str = "state";

fn value(state: MailState) -> AttributeValue {
    AttributeValue::S(state.as_str().to_owned())
}

impl Transaction<'_> {
    /// Picks up a queued email.
    pub(crate) fn take_up(&mut self, mail: &Key) -> Result<(), StoreError> {
        let queued = WriteCondition::new("#state = :queued AND attribute_not_exists(#due)").name("#state", STATE);
        let queued = queued.name("#due", keys::DUE_PK);
        let mut edit = Edit::when(queued.value(":queued", value(MailState::Queued)));
        edit.set(STATE, value(MailState::Sending));
        self.update(Position::Mail, mail, edit)
    }

    /// Puts an email that is being sent back into the queue, with these attributes.
    pub(crate) fn put_back(&mut self, mail: &Key, attributes: Item) -> Result<(), StoreError> {
        let sending = WriteCondition::new("#state = :sending").name("#state", STATE);
        let mut edit = Edit::when(sending.value(":sending", value(MailState::Sending)));
        edit.set(STATE, value(MailState::Queued));
        for (name, value) in attributes {
            edit.set(&name, value);
        }
        self.update(Position::Mail, mail, edit)
    }

    /// Holds an unsent email, if the organization still has this version.
    pub(crate) fn hold(&mut self, mail: &Key, organization: &Key, version: u64) -> Result<(), StoreError> {
        // INVARIANT 12: a restoration finds the held mail, or this email finds the restored organization.
        self.check(Position::Organization, organization, WriteCondition::version(version))?;
        let open = WriteCondition::new("#state IN (:queued, :sending)").name("#state", STATE);
        let open = open
            .value(":queued", value(MailState::Queued))
            .value(":sending", value(MailState::Sending));
        let mut edit = Edit::when(open);
        edit.set(STATE, value(MailState::Held));
        self.update(Position::Mail, mail, edit)
    }

    /// Deletes an email that waits in this state, unless that was done before.
    pub(crate) fn release(&mut self, mail: &Key, state: MailState) -> Result<(), StoreError> {
        let waits = WriteCondition::new("#state = :state").name("#state", STATE);
        self.delete(Position::Mail, mail, waits.value(":state", value(state)))
    }
}
