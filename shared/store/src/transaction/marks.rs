//! Marking an address, as long as the mail that came back is there.

use super::parts::{Condition, Edit, number};
use super::{Position, Transaction};
use crate::error::StoreError;
use crate::items::Item;
use crate::keys::Key;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

impl Transaction<'_> {
    /// Notes at an address, with what it is, the instant of this name, unless one is there that is not earlier.
    pub(crate) fn mark(
        &mut self,
        mail: &Key,
        address: &Key,
        about: Item,
        name: &str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.check(Position::Mail, mail, Condition::new("attribute_exists(PK)"))?;
        let earlier = Condition::new("(attribute_not_exists(#at) OR #at < :at)");
        let mut edit = Edit::when(earlier.name("#at", name).value(":at", instant(at)));
        edit.set(name, instant(at));
        for (name, value) in about {
            edit.set(&name, value);
        }
        self.update(Position::Address, address, &edit)
    }
}

/// An instant as a number of milliseconds, so that conditions can compare it.
fn instant(at: Timestamp) -> AttributeValue {
    number(at.as_millisecond())
}
