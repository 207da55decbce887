//! Marking an address: with the outcome of an email, while that email exists; with the recipient's own choice; and with the
//! emails sent to it.

use super::Transaction;
use super::parts::{Edit, WriteCondition, incomplete, number};
use crate::error::StoreError;
use crate::items::{Item, StoredEntity as _};
use crate::keys::{self, Key};
use crate::position::Position;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use muster_domain::feedback::{Deliverability, Mark, RecentMail};
use muster_domain::{EmailAddress, Mail, OrganizationId};

impl Transaction<'_> {
    /// Marks the address of an email that still exists, with the address's own fields, unless a recorded instant is not earlier.
    pub(crate) fn mark(&mut self, mail: &Mail, mark: Mark, at: Timestamp) -> Result<(), StoreError> {
        self.check(Position::Mail, &mail.key(), WriteCondition::new("attribute_exists(PK)"))?;
        let name = marked_at(mark);
        let earlier = WriteCondition::new("(attribute_not_exists(#at) OR #at < :at)");
        let mut edit = Edit::when(earlier.name("#at", name).value(":at", instant(at)));
        edit.set(name, instant(at));
        for (name, value) in about(mail.organization, &mail.to) {
            edit.set(&name, value);
        }
        let key = Key::deliverability(mail.organization, &mail.to);
        self.update(Position::Deliverability, &key, edit)
    }

    /// Records the choice of an address's owner. The change that makes it is made once, so it is the latest.
    pub(super) fn mark_address(
        &mut self,
        organization: OrganizationId,
        email: &EmailAddress,
        mark: Mark,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut edit = Edit::default();
        edit.set(marked_at(mark), instant(at));
        for (name, value) in about(organization, email) {
            edit.set(&name, value);
        }
        self.update(
            Position::Deliverability,
            &Key::deliverability(organization, email),
            edit,
        )
    }

    /// Records the emails sent to an email's address, if nothing was recorded since it was read.
    pub(crate) fn recent_mail(
        &mut self,
        mail: &Mail,
        known: Option<&Deliverability>,
        mailed: &[RecentMail],
    ) -> Result<(), StoreError> {
        const MAILED: &str = "mailed";
        let list = |recent_mail: &[RecentMail]| -> Result<AttributeValue, StoreError> {
            serde_dynamo::to_attribute_value(recent_mail).map_err(|e| incomplete(&e))
        };
        let before = known.map_or(&[][..], |known| known.mailed.as_slice());
        let read = WriteCondition::new("(attribute_not_exists(#mailed) OR #mailed = :read)").name("#mailed", MAILED);
        let read = read.value(":read", list(before)?);
        let mut edit = Edit::when(read);
        edit.set(MAILED, list(mailed)?);
        for (name, value) in about(mail.organization, &mail.to) {
            edit.set(&name, value);
        }
        let key = Key::deliverability(mail.organization, &mail.to);
        self.update(Position::Deliverability, &key, edit)
    }
}

/// The attribute of a marked address that holds the latest instant of this mark.
const fn marked_at(mark: Mark) -> &'static str {
    match mark {
        Mark::Reached => "reached_at",
        Mark::Bounced => "bounced_at",
        Mark::Complained => "complained_at",
        Mark::Declined => "declined_at",
        Mark::Wanted => "wanted_at",
    }
}

/// The identifying fields of an item about an address.
fn about(organization: OrganizationId, email: &EmailAddress) -> Item {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    Item::from([
        (keys::KIND.to_owned(), text(Deliverability::KIND)),
        ("organization".to_owned(), text(&organization.to_string())),
        ("address".to_owned(), text(email.as_str())),
    ])
}

/// An instant as a number of milliseconds, so that conditions can compare it.
fn instant(at: Timestamp) -> AttributeValue {
    number(at.as_millisecond())
}
