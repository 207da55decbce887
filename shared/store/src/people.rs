//! The list of people, page by page, at a cost that does not grow with the organization.
//!
//! A page is one round of queries of entries, side by side, and one read of the rows they name. What is read is bounded, whatever
//! is asked for:
//!
//! - **Along an index.** No filter, or one that has entries in the order asked for: as many entries as the page has rows.
//! - **Gathered.** Of several filters, or of one in another order, one at least names few people: all of these are read, and
//!   those meant are put in order.
//! - **Searched.** All filters name many: the order's own entries are gone along, a bounded number a page, and rows that are not
//!   meant are left out. Such a page can be short, even empty, with more behind it.
//!
//! All three give the same order, so a list may go from one to another between two pages.

mod place;
mod plan;
mod span;

use crate::Store;
use crate::cursor::Cursor;
use crate::error::StoreError;
use crate::keys::Key;
use crate::read::Snapshot;
use muster_domain::people::{Filter, Order};
use muster_domain::{OrganizationId, Person, PersonId, ResourceRef};
use place::{Block, Place};
use plan::Plan;
use span::{Found, Hit};
use std::collections::BTreeSet;

/// Most people of one filter that are read to put them in order.
pub const GATHERED: usize = 400;
/// Most people that are looked at for a page of those meant among them.
pub const SEARCHED: usize = 200;

/// What list of people is asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The organization.
    pub organization: OrganizationId,
    /// Who is meant.
    pub filter: Filter,
    /// In which order; where none is asked for, the one of the index that serves the filter.
    pub order: Option<Order>,
    /// Only who has to do with one of these resources; all people, if absent.
    pub within: Option<Vec<ResourceRef>>,
}

/// A page of people.
#[derive(Debug, Clone)]
pub struct People {
    /// The rows.
    pub rows: Vec<Person>,
    /// Where the next page begins, if there may be one.
    pub next: Option<Cursor>,
}

/// What the queries found: who may be on the page. Whether they are, their own items say.
pub struct Candidates(Vec<Sought>);

/// Candidates of one block.
struct Sought {
    plan: Plan,
    after: Option<String>,
    found: Found,
    /// Whether these are all there are, to be put in order, and not the next ones in order.
    gathered: bool,
}

impl Store {
    /// A page of people, in one round of queries and one read.
    ///
    /// # Errors
    /// [`StoreError`] if DynamoDB does not answer.
    pub async fn people(
        &self,
        asked: &Asked,
        after: Option<&Cursor>,
        limit: usize,
        means: impl Fn(&Person) -> bool,
    ) -> Result<People, StoreError> {
        let candidates = self.candidates(asked, after, limit).await?;
        self.people_of(asked, candidates, limit, means).await
    }

    /// The queries of a page. They need to know nothing of the caller, so they can go side by side with the read that tells.
    ///
    /// # Errors
    /// [`StoreError`] if DynamoDB does not answer.
    pub async fn candidates(
        &self,
        asked: &Asked,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Candidates, StoreError> {
        let after = after.and_then(|cursor| Place::read(cursor.sort_key()));
        let blocks = Block::of(asked).into_iter();
        let left = blocks.filter(|block| after.as_ref().is_none_or(|place| place.block <= *block));
        let sought = left.map(|block| {
            let here = after
                .as_ref()
                .filter(|place| place.block == block && !place.text.is_empty());
            self.sought(asked, block, here.map(|place| place.text.clone()), limit)
        });
        futures::future::try_join_all(sought).await.map(Candidates)
    }

    async fn sought(
        &self,
        asked: &Asked,
        block: Block,
        after: Option<String>,
        limit: usize,
    ) -> Result<Sought, StoreError> {
        let plan = Plan::of(asked, block);
        let pk = asked.organization;
        let from = after.as_deref();
        let (walk, facets) = if plan.exact {
            (
                self.along(pk, &plan.walk, plan.backwards, from, limit).await?,
                Vec::new(),
            )
        } else {
            let gather = plan
                .facets
                .iter()
                .map(|spans| self.along(pk, spans, false, None, GATHERED));
            futures::try_join!(
                self.along(pk, &plan.walk, plan.backwards, from, SEARCHED.max(limit)),
                futures::future::try_join_all(gather)
            )?
        };
        let complete = facets.iter().filter(|found| !found.more).map(Found::ids);
        let few = complete.reduce(|some, others| some.intersection(&others).copied().collect::<BTreeSet<PersonId>>());
        let (mut found, gathered) = match few {
            Some(ids) => (Found::of(ids), true),
            None => (walk, false),
        };
        found.hits.retain(|hit| plan.takes(&asked.filter, hit.id));
        Ok(Sought {
            plan,
            after,
            found,
            gathered,
        })
    }

    /// The rows of a page: whoever of the candidates is meant, by what their own items say now.
    ///
    /// # Errors
    /// [`StoreError`] if DynamoDB does not answer, or an item is malformed.
    pub async fn people_of(
        &self,
        asked: &Asked,
        candidates: Candidates,
        limit: usize,
        means: impl Fn(&Person) -> bool,
    ) -> Result<People, StoreError> {
        let Candidates(blocks) = candidates;
        let (wanted, read) = wanted(asked.organization, &blocks, limit);
        let seen = self.read(&wanted).await?;
        let mut rows: Vec<Person> = Vec::with_capacity(limit);
        for (at, sought) in blocks.into_iter().enumerate() {
            let block = sought.plan.block;
            let room = limit - rows.len();
            if room == 0 || at >= read {
                if sought.found.is_empty() {
                    continue;
                }
                let next = Some(Place::start_of(block).cursor());
                return Ok(People { rows, next });
            }
            let (more, last) = (sought.found.more && !sought.gathered, sought.found.last.clone());
            let mut placed = sought.placed(asked, &seen, &means)?;
            let next = if placed.len() > room {
                placed.truncate(room);
                placed.last().map(|(text, _)| text.clone())
            } else if more {
                last
            } else {
                None
            };
            rows.extend(placed.into_iter().map(|(_, person)| person));
            if let Some(text) = next {
                let next = Some(Place { block, text }.cursor());
                return Ok(People { rows, next });
            }
        }
        Ok(People { rows, next: None })
    }
}

/// Whose own items are read, and those of how many blocks: what comes after rows enough for the page is left for the next one.
fn wanted(organization: OrganizationId, blocks: &[Sought], limit: usize) -> (Vec<Key>, usize) {
    let mut wanted = Vec::new();
    for (at, sought) in blocks.iter().enumerate() {
        let unread = sought.found.hits.iter().filter(|hit| hit.item.is_none());
        wanted.extend(unread.map(|hit| Key::person(organization, hit.id)));
        if sought.plan.exact && sought.found.hits.len() >= limit {
            return (wanted, at + 1);
        }
    }
    (wanted, blocks.len())
}

impl Sought {
    /// The rows of this block that are meant and not behind us, in order, each with the text of its place.
    fn placed(
        self,
        asked: &Asked,
        seen: &Snapshot,
        means: impl Fn(&Person) -> bool,
    ) -> Result<Vec<(String, Person)>, StoreError> {
        let mut rows = Vec::new();
        for hit in self.found.hits {
            let Hit { text, id, .. } = &hit;
            let Some(person) = hit.person(asked.organization, seen)? else {
                continue;
            };
            let Some(place) = self.plan.place(&person).filter(|_| means(&person)) else {
                continue;
            };
            let own = format!("{place}{}", crate::keys::person_id(*id));
            if self.gathered {
                let behind = |after: &String| {
                    if self.plan.backwards {
                        own >= *after
                    } else {
                        own <= *after
                    }
                };
                if !self.after.as_ref().is_some_and(behind) {
                    rows.push((own, person));
                }
            } else if own == *text || self.plan.passes(text, &own) {
                rows.push((text.clone(), person));
            }
        }
        if self.gathered {
            rows.sort_by(|(a, _), (b, _)| if self.plan.backwards { b.cmp(a) } else { a.cmp(b) });
        }
        Ok(rows)
    }
}
