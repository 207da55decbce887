//! Items that follow from contacts: one for their address, and index items for their words.

use super::{Transaction, WriteCondition};
use crate::error::StoreError;
use crate::items::{Item, StoredEntity};
use crate::keys::{self, Key};
use crate::position::Position;
use aws_sdk_dynamodb::types::AttributeValue;
use muster_domain::{Contact, Pair};
use std::collections::BTreeSet;

impl Transaction<'_> {
    /// A contact is stored under its id, completely again under its address, and by each of its words.
    pub(super) fn contacts(&mut self, pairs: &[Pair<Contact>]) -> Result<(), StoreError> {
        for pair in pairs {
            self.versioned(Position::Contact, pair, |c| c.version)?;
            self.contact_words(pair)?;
            // A transaction writes an item once: a contact that replaces another takes over its address.
            match (&pair.before, &pair.after) {
                (Some(gone), None) if pairs.iter().any(|other| comes_after(gone, other)) => {}
                (None, Some(new)) => match pairs.iter().find_map(|other| replaced_by(new, other)) {
                    Some(gone) => self.put(Position::Contact, at_email(new)?, held(gone))?,
                    None => self.contact_email(pair)?,
                },
                _ => self.contact_email(pair)?,
            }
        }
        Ok(())
    }

    fn contact_email(&mut self, pair: &Pair<Contact>) -> Result<(), StoreError> {
        let moved = match (&pair.before, &pair.after) {
            (Some(before), Some(after)) => before.email != after.email,
            _ => true,
        };
        if let Some(before) = pair.before.as_ref().filter(|_| moved) {
            let key = Key::contact_at(before.organization, &before.email);
            self.delete(Position::Contact, &key, held(before))?;
        }
        let Some(after) = &pair.after else { return Ok(()) };
        let item = at_email(after)?;
        if moved {
            self.put(Position::Contact, item, WriteCondition::nothing_there())
        } else {
            self.put(Position::Contact, item, held(after))
        }
    }

    /// Index items hold the displayed contact, so that a lookup is one query.
    fn contact_words(&mut self, pair: &Pair<Contact>) -> Result<(), StoreError> {
        let words = |contact: &Option<Contact>| contact.iter().flat_map(Contact::words).collect::<BTreeSet<String>>();
        let (old, new) = (words(&pair.before), words(&pair.after));
        if let Some(before) = &pair.before {
            for word in old.difference(&new) {
                let key = Key::contact_word(before.organization, word, &before.id);
                self.delete(Position::Index, &key, WriteCondition::none())?;
            }
        }
        let Some(after) = &pair.after else { return Ok(()) };
        for word in &new {
            self.put(Position::Index, at_word(after, word)?, WriteCondition::none())?;
        }
        Ok(())
    }
}

fn held(contact: &Contact) -> WriteCondition {
    WriteCondition::new("id = :id").text(":id", &contact.id)
}

/// Whether this contact is new at the address of a deleted one.
fn comes_after(gone: &Contact, pair: &Pair<Contact>) -> bool {
    let new = pair.after.as_ref().filter(|_| pair.before.is_none());
    new.is_some_and(|new| new.email == gone.email)
}

/// The contact of this pair, if it is deleted and leaves its address to a new one.
fn replaced_by<'c>(new: &Contact, pair: &'c Pair<Contact>) -> Option<&'c Contact> {
    let gone = pair.before.as_ref().filter(|_| pair.after.is_none())?;
    (gone.email == new.email).then_some(gone)
}

fn at_email(contact: &Contact) -> Result<Item, StoreError> {
    let mut item = contact.to_item()?;
    item.extend(Key::contact_at(contact.organization, &contact.email).attributes());
    Ok(item)
}

fn at_word(contact: &Contact, word: &str) -> Result<Item, StoreError> {
    let mut item = contact.to_item()?;
    item.insert(keys::KIND.to_owned(), AttributeValue::S("index".to_owned()));
    item.extend(Key::contact_word(contact.organization, word, &contact.id).attributes());
    Ok(item)
}

/// The items of a contact besides its own: under its address, and under each of its words.
pub(crate) fn contact_items(contact: &Contact) -> Result<Vec<Item>, StoreError> {
    let words = contact.words();
    let at_words = words.iter().map(|word| at_word(contact, word));
    std::iter::once(at_email(contact)).chain(at_words).collect()
}
