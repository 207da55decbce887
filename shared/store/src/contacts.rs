//! Looking contacts up: all of them, or by the beginnings of their words.

use crate::Store;
use crate::cursor::Cursor;
use crate::error::StoreError;
use crate::items::{Entity as _, Item};
use crate::keys::{self, Key};
use crate::lists::{Page, Range};
use muster_domain::search::matches;
use muster_domain::{Contact, OrganizationId};
use std::collections::BTreeSet;

/// Index items that are read for a row of the page: the other terms leave some out, and one person has several.
const READ_A_ROW: usize = 2;

impl Store {
    /// Contacts, in the order of their ids.
    ///
    /// # Errors
    /// [`StoreError`], here and below.
    pub async fn contacts(
        &self,
        organization: OrganizationId,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page<Contact>, StoreError> {
        self.page(
            Range::within(organization, keys::CONTACT, after, limit),
            Contact::from_item,
        )
        .await
    }

    /// Contacts of whom each of these terms begins a word, in the order of the words that the longest of them begins.
    ///
    /// One query, whatever is found: a page can be shorter than `limit`, even empty, with more behind it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn contacts_by(
        &self,
        organization: OrganizationId,
        terms: &BTreeSet<String>,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page<Contact>, StoreError> {
        // The longest one leaves the fewest to look at.
        let Some(longest) = terms.iter().max_by_key(|term| term.chars().count()) else {
            return self.contacts(organization, after, limit).await;
        };
        let Page { items: rows, mut next } = self
            .page(
                Range::within(
                    organization,
                    &keys::contact_words_prefix(longest),
                    after,
                    limit * READ_A_ROW,
                ),
                indexed,
            )
            .await?;
        let mut items = Vec::new();
        for (at, (key, contact)) in rows.iter().enumerate() {
            let words = contact.words();
            // Under which of their words a person is shown: the first that the term begins, so that they are shown once.
            let first = words.iter().find(|word| word.starts_with(longest.as_str()));
            let shown = first.is_some_and(|word| Key::contact_word(organization, word, &contact.id) == *key);
            if !shown || !matches(&words, terms) {
                continue;
            }
            items.push(contact.clone());
            if items.len() == limit && at + 1 < rows.len() {
                next = Some(Cursor::after(key.sk.clone()));
                break;
            }
        }
        Ok(Page { items, next })
    }
}

/// An index item, which holds the whole contact.
fn indexed(item: Item) -> Result<(Key, Contact), StoreError> {
    let key = Key::of(&item);
    let contact = Contact::from_item(item)?;
    Ok((key.unwrap_or_else(|| contact.key()), contact))
}
