//! Ranges of entries, and reading several as one.

use crate::error::StoreError;
use crate::items::{Item, StoredEntity as _};
use crate::keys::{self, Key};
use crate::read::ReadSet;
use crate::store::Store;
use aws_sdk_dynamodb::types::AttributeValue;
use muster_domain::people::{Period, instant};
use muster_domain::{Invitation, OrganizationId, Person, PersonId};
use std::collections::BTreeSet;

/// A range of entries with one prefix. The rest of their key is the person's place in it.
#[derive(Debug, Clone)]
pub(super) struct KeyRange {
    /// The text before a place.
    prefix: String,
    /// The lowest key in it.
    low: String,
    /// The highest key in it.
    high: String,
    /// The shard of the index by activity, if the range is in that index.
    shard: Option<u8>,
}

impl KeyRange {
    /// All keys with a prefix.
    pub(super) fn of(prefix: impl Into<String>) -> Self {
        let prefix = prefix.into();
        Self {
            high: format!("{prefix}{}", char::MAX),
            low: prefix.clone(),
            prefix,
            shard: None,
        }
    }

    /// Everyone with a word that begins so; a place begins with the word itself.
    pub(super) fn word(beginning: &str) -> Self {
        Self {
            prefix: keys::WORD.to_owned(),
            ..Self::of(format!("{}{beginning}", keys::WORD))
        }
    }

    /// Members who joined in a period.
    pub(super) fn joined(period: Period) -> Self {
        let all = Self::of(keys::JOINED);
        Self {
            low: format!("{}{}", keys::JOINED, instant(period.from)),
            // Keys continue after the instant, so this instant itself is excluded.
            high: period
                .until
                .map_or(all.high, |until| format!("{}{}", keys::JOINED, instant(until))),
            ..Self::of(keys::JOINED)
        }
    }

    /// Members by last activity: as many ranges as the index has shards.
    pub(super) fn by_activity() -> Vec<Self> {
        let shard = |shard| Self {
            // A key is never empty.
            low: "0".to_owned(),
            shard: Some(shard),
            ..Self::of("")
        };
        (0..keys::ACTIVITY_SHARDS).map(shard).collect()
    }
}

/// A person found in a range.
pub(super) struct Hit {
    /// The text of the place, which ends in the id.
    pub(super) text: String,
    /// Their id.
    pub(super) id: PersonId,
    /// Their own item, if the range consists of those.
    pub(super) item: Option<Item>,
}

impl Hit {
    /// The row, if it still exists.
    pub(super) fn person(&self, organization: OrganizationId, read: &ReadSet) -> Result<Option<Person>, StoreError> {
        match &self.item {
            Some(item) => Invitation::from_item(item.clone()).map(|i| Some(Person::Invitation(Box::new(i)))),
            None => read.person(organization, self.id),
        }
    }
}

/// The people found.
#[derive(Default)]
pub(super) struct Matches {
    pub(super) hits: Vec<Hit>,
    /// Whether there may be more after them.
    pub(super) more: bool,
    /// The last place that was examined.
    pub(super) last: Option<String>,
}

impl Matches {
    /// These people, unsorted.
    pub(super) fn of(ids: BTreeSet<PersonId>) -> Self {
        let hit = |id| Hit {
            text: String::new(),
            id,
            item: None,
        };
        Self {
            hits: ids.into_iter().map(hit).collect(),
            ..Self::default()
        }
    }

    pub(super) fn ids(&self) -> BTreeSet<PersonId> {
        self.hits.iter().map(|hit| hit.id).collect()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.hits.is_empty() && !self.more
    }

    /// The people in all of these, as far as all of them are known; all have the same order.
    pub(super) fn common(all: impl Iterator<Item = Self>, backwards: bool) -> Self {
        let precedes = |a: &str, b: &str| if backwards { a > b } else { a < b };
        all.reduce(|one, other| {
            let ends = [&one, &other].into_iter().filter(|found| found.more);
            let ends = ends.filter_map(|found| found.last.clone());
            let end = ends.reduce(|a, b| if precedes(&a, &b) { a } else { b });
            let both: BTreeSet<String> = other.hits.into_iter().map(|hit| hit.text).collect();
            let known =
                |hit: &Hit| both.contains(&hit.text) && end.as_ref().is_none_or(|end| !precedes(end, &hit.text));
            Self {
                hits: one.hits.into_iter().filter(known).collect(),
                more: end.is_some(),
                last: end,
            }
        })
        .unwrap_or_default()
    }

    /// Keeps only the first of them.
    pub(super) fn cut(&mut self, limit: usize) {
        if self.hits.len() > limit {
            self.hits.truncate(limit);
            self.more = true;
            self.last = self.hits.last().map(|hit| hit.text.clone());
        }
    }
}

impl Store {
    /// The next people of these ranges combined, in order; a person in several appears once.
    pub(super) async fn along(
        &self,
        organization: OrganizationId,
        spans: &[KeyRange],
        backwards: bool,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Matches, StoreError> {
        let read = spans
            .iter()
            .map(|span| self.in_span(organization, span, backwards, after, limit));
        let parts = futures::future::try_join_all(read).await?;
        let precedes = |a: &str, b: &str| if backwards { a > b } else { a < b };
        // Beyond the first end of an incomplete range, the other people there are unknown.
        let ends = parts
            .iter()
            .filter(|part| part.more)
            .filter_map(|part| part.last.clone());
        let end = ends.reduce(|a, b| if precedes(&a, &b) { a } else { b });
        let mut found = Matches {
            more: end.is_some(),
            ..Matches::default()
        };
        let known = |hit: &Hit| end.as_ref().is_none_or(|end| !precedes(end, &hit.text));
        found.hits = parts.into_iter().flat_map(|part| part.hits).filter(known).collect();
        found.hits.sort_by(|a, b| {
            if backwards {
                b.text.cmp(&a.text)
            } else {
                a.text.cmp(&b.text)
            }
        });
        found.hits.dedup_by(|a, b| a.text == b.text);
        found.cut(limit);
        found.last = found.hits.last().map(|hit| hit.text.clone());
        Ok(found)
    }

    async fn in_span(
        &self,
        organization: OrganizationId,
        span: &KeyRange,
        backwards: bool,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Matches, StoreError> {
        let (pk, partition, sort) = match span.shard {
            Some(shard) => (
                keys::activity_shard(organization, shard),
                keys::BY_ACTIVITY_PK,
                keys::BY_ACTIVITY_SK,
            ),
            None => (keys::organization_pk(organization), keys::PK, keys::SK),
        };
        let (mut low, mut high) = (span.low.clone(), span.high.clone());
        // The place itself is read again, and left out: a start outside the range would be refused.
        if let Some(after) = after.map(|text| format!("{}{text}", span.prefix)) {
            if backwards {
                high = high.min(after);
            } else {
                low = low.max(after);
            }
        }
        if low > high {
            return Ok(Matches::default());
        }
        let extra = usize::from(after.is_some());
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("#pk = :pk AND #sk BETWEEN :low AND :high")
            .expression_attribute_names("#pk", partition)
            .expression_attribute_names("#sk", sort)
            .expression_attribute_values(":pk", AttributeValue::S(pk))
            .expression_attribute_values(":low", AttributeValue::S(low))
            .expression_attribute_values(":high", AttributeValue::S(high))
            .scan_index_forward(!backwards)
            .limit(i32::try_from(limit + extra).unwrap_or(i32::MAX));
        let query = if span.shard.is_some() {
            query.index_name(keys::BY_ACTIVITY)
        } else {
            query.consistent_read(true)
        };
        let reply = query.send().await.map_err(|e| StoreError::call("Query", e))?;
        let more = reply.last_evaluated_key.is_some();
        let hits = reply.items.unwrap_or_default().into_iter();
        let hits: Vec<Hit> = hits
            .filter_map(|item| span.hit(item))
            .filter(|hit| after != Some(hit.text.as_str()))
            .collect();
        Ok(Matches {
            last: hits.last().map(|hit| hit.text.clone()),
            hits,
            more,
        })
    }
}

impl KeyRange {
    fn hit(&self, item: Item) -> Option<Hit> {
        let key = Key::of(&item)?;
        let sort = if self.shard.is_some() {
            item.get(keys::BY_ACTIVITY_SK)?.as_s().ok()?
        } else {
            &key.sk
        };
        let text = sort.strip_prefix(&self.prefix)?.to_owned();
        let is_person = key.sk.starts_with(keys::TEAM_INVITATION);
        Some(Hit {
            text,
            id: key.person_of()?,
            item: is_person.then_some(item),
        })
    }
}
