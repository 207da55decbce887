//! Looking up contacts: all of them, or by the beginnings of their words.

use crate::cursor::Cursor;
use crate::error::StoreError;
use crate::items::{Item, StoredEntity as _};
use crate::keys::{self, Key};
use crate::lists::{Page, Range};
use crate::store::Store;
use muster_domain::search::matches;
use muster_domain::{Contact, OrganizationId};
use std::collections::BTreeSet;

/// Index items that are read per row of the page: other terms exclude some, and one person has several.
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

    /// Contacts with a word that begins with each of these terms, in the order of the words that match the longest term.
    ///
    /// It makes one query, whatever that finds: a page can be shorter than `limit`, even empty, with more after it.
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
        // The longest term leaves the fewest to examine.
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
            // The word under which a contact is listed: the first that begins with the term, so that each is listed once.
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
