//! Taking mail up, holding it while its organization is deleted, and letting it go.

use super::parts::{Condition, Edit};
use super::{Position, Transaction};
use crate::error::StoreError;
use crate::keys::Key;
use aws_sdk_dynamodb::types::AttributeValue;

/// The attribute of a mail that says where it stands.
const STATE: &str = "state";

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

impl Transaction<'_> {
    /// Takes up a mail that is queued.
    pub(crate) fn take_up(&mut self, mail: &Key) -> Result<(), StoreError> {
        let queued = Condition::new("#state = :queued").name("#state", STATE);
        let mut edit = Edit::when(queued.value(":queued", text("queued")));
        edit.set(STATE, text("sending"));
        self.update(Position::Mail, mail, &edit)
    }

    /// Holds a mail that is not sent yet, if the organization has this version still.
    pub(crate) fn hold(&mut self, mail: &Key, organization: &Key, version: u64) -> Result<(), StoreError> {
        self.check(Position::Organization, organization, Condition::version(version))?;
        let open = Condition::new("#state IN (:queued, :sending)").name("#state", STATE);
        let open = open.value(":queued", text("queued")).value(":sending", text("sending"));
        let mut edit = Edit::when(open);
        edit.set(STATE, text("held"));
        self.update(Position::Mail, mail, &edit)
    }

    /// Takes a held mail away, unless that was done before.
    pub(crate) fn release(&mut self, mail: &Key) -> Result<(), StoreError> {
        let held = Condition::new("#state = :held").name("#state", STATE);
        self.delete(Position::Mail, mail, held.value(":held", text("held")))
    }
}
