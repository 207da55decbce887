//! The record of changes: a page of it, newest first, filtered.

use crate::cursor::Cursor;
use crate::error::StoreError;
use crate::items::StoredEntity;
use crate::keys::{self, Key};
use crate::lists::Page;
use crate::store::Store;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use muster_domain::{Event, EventId, OrganizationId};

/// Most events read for one page of a filtered list.
const MAX_EVENTS_READ: usize = 250;

/// A filter for events; a criterion that is `None` or empty matches all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Ids, one of which is the actor's.
    pub actor: Vec<String>,
    /// Ids, one of which is the subject's.
    pub subject: Vec<String>,
    /// The kind, or a family of kinds, as [`EventKind::is_in`](muster_domain::EventKind::is_in) reads it.
    pub kind: Option<String>,
    /// Not before this instant.
    pub since: Option<Timestamp>,
    /// Before this instant.
    pub until: Option<Timestamp>,
}

impl EventFilter {
    /// Whether every event of the period matches.
    fn is_open(&self) -> bool {
        self.actor.is_empty() && self.subject.is_empty() && self.kind.is_none()
    }

    fn takes(&self, event: &Event) -> bool {
        let one_of = |ids: &[String], id: &String| ids.is_empty() || ids.contains(id);
        one_of(&self.actor, &event.actor.id)
            && one_of(&self.subject, &event.subject.id)
            && self.kind.as_ref().is_none_or(|wanted| event.kind.is_in(wanted))
            && self.since.is_none_or(|since| event.at >= since)
            && self.until.is_none_or(|until| event.at < until)
    }

    /// The range of keys: ids begin with the millisecond they were made in.
    fn span(&self) -> (String, String) {
        let at = |instant: Timestamp, after: u128| {
            let ms = u128::try_from(instant.as_millisecond()).unwrap_or_default() + after;
            EventId::from_bytes((ms << 80).to_be_bytes()).to_string()
        };
        let from = self
            .since
            .map_or_else(|| EventId::PREFIX.to_owned(), |since| at(since, 0));
        // `~` comes after every digit.
        let to = self
            .until
            .map_or_else(|| format!("{}~", EventId::PREFIX), |until| at(until, 1));
        (from, to)
    }
}

impl Store {
    /// Events that match the filter, newest first. Time is a range of the key. For the other criteria a bounded number is read, so
    /// a page may be short, or empty, and still have a next one.
    ///
    /// # Errors
    /// [`StoreError`] if DynamoDB does not answer.
    pub async fn events(
        &self,
        organization: OrganizationId,
        filter: &EventFilter,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page<Event>, StoreError> {
        let read = if filter.is_open() { limit } else { MAX_EVENTS_READ };
        let (from, to) = filter.span();
        if from > to {
            return Ok(Page {
                items: Vec::new(),
                next: None,
            });
        }
        let pk = keys::events_pk(organization);
        // A cursor stays within its list: it never leads out of the period.
        let start = after
            .map(Cursor::sort_key)
            .filter(|sk| (from.as_str()..to.as_str()).contains(sk))
            .map(|sk| {
                Key {
                    pk: pk.clone(),
                    sk: sk.to_owned(),
                }
                .attributes()
            });
        let reply = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("PK = :pk AND SK BETWEEN :from AND :to")
            .expression_attribute_values(":pk", AttributeValue::S(pk))
            .expression_attribute_values(":from", AttributeValue::S(from.clone()))
            .expression_attribute_values(":to", AttributeValue::S(to.clone()))
            .scan_index_forward(false)
            .limit(i32::try_from(read).unwrap_or(i32::MAX))
            .set_exclusive_start_key(start)
            .send()
            .await
            .map_err(|e| StoreError::call("Query", e))?;
        let mut items = Vec::new();
        let mut next = reply.last_evaluated_key.as_ref().and_then(Key::of);
        for item in reply.items.unwrap_or_default() {
            let event = Event::from_item(item)?;
            if !filter.takes(&event) {
                continue;
            }
            if items.len() == limit {
                // There is one more: the next page begins after the last one shown.
                next = items.last().map(StoredEntity::key);
                break;
            }
            items.push(event);
        }
        let next = next.map(|key| Cursor::after(key.sk));
        Ok(Page { items, next })
    }
}
