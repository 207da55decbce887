//! The list of people, page by page, at a cost that does not grow with the organization.
//!
//! A page is one round of parallel queries of entries, and one read of the rows that they name. Whatever the query, the number of
//! items read is bounded:
//!
//! - **Along an index.** No filter, or filters that all have entries in the requested order: as many rows as the page has. With
//!   several filters, their entries are read in parallel, and a person in all of them matches.
//! - **Gathered.** At least one filter matches few people: all of these are read, and the matching ones sorted.
//! - **Searched.** All filters match many people, and not all have entries in the requested order: the order's own entries are
//!   read, a bounded number a page, and rows that do not match are left out. Such a page can be short, even empty, with more after
//!   it.
//!
//! All of them give the same order, so a list may switch from one to another between two pages.

mod block;
mod plan;
mod span;

use crate::cursor::Cursor;
use crate::error::StoreError;
use crate::keys::Key;
use crate::read::ReadSet;
use crate::store::Store;
use block::{Block, PageEnd};
use muster_domain::people::{Filter, Order};
use muster_domain::{OrganizationId, Person, PersonId, ResourceRef};
use plan::PagePlan;
use span::{Hit, KeyRange, Matches};
use std::collections::BTreeSet;

/// Most people of one filter that are read to sort them, and most entries of one filter that are compared with others'.
pub const GATHERED: usize = 400;
/// Most people that are examined for a page of matches; fewer for a short page.
pub const SEARCHED: usize = 200;

/// The number of people examined for a page of `limit` rows.
fn searched(limit: usize) -> usize {
    (4 * limit).clamp(SEARCHED / 2, SEARCHED)
}

/// A query for a list of people.
#[derive(Debug, Clone)]
pub struct PeopleQuery {
    /// The organization.
    pub organization: OrganizationId,
    /// The filter.
    pub filter: Filter,
    /// The order; by default that of the index that serves the filter.
    pub order: Option<Order>,
    /// Only people related to one of these resources; all people, if absent.
    pub within: Option<Vec<ResourceRef>>,
    /// Whether roles are filtered by row and not by their entries. Those include roles that the caller may not see, and the length
    /// of a page would reveal them.
    pub roles_by_row: bool,
}

impl PeopleQuery {
    /// Everyone in an organization who matches, in the natural order.
    #[must_use]
    pub fn of(organization: OrganizationId, filter: Filter) -> Self {
        Self {
            organization,
            filter,
            order: None,
            within: None,
            roles_by_row: false,
        }
    }
}

/// A page of people.
#[derive(Debug, Clone)]
pub struct People {
    /// The rows.
    pub rows: Vec<Person>,
    /// Where the next page begins, if there may be one.
    pub next: Option<Cursor>,
}

/// The people that the queries found for the page. Their own items decide whether they match.
struct Candidates(Vec<BlockCandidates>);

/// The results of the queries of one block.
struct BlockQueries {
    plan: PagePlan,
    after: Option<String>,
    aligned: Vec<Matches>,
    others: Vec<Matches>,
    base: Vec<Matches>,
}

impl BlockQueries {
    /// The block's candidates, given the people found by words.
    fn with(self, asked: &PeopleQuery, words: &[Matches], limit: usize) -> BlockCandidates {
        let Self {
            plan,
            after,
            aligned,
            others,
            base,
        } = self;
        let words = words.iter().filter(|_| plan.needs_words);
        let (few, many): (Vec<_>, Vec<_>) = aligned.into_iter().partition(|found| !found.more);
        let sets: Vec<&Matches> = others.iter().chain(words).collect();
        let small = sets.iter().filter(|found| !found.more).map(|found| found.ids());
        let small = small.reduce(|some, others| some.intersection(&others).copied().collect::<BTreeSet<PersonId>>());
        let all_small = sets.iter().all(|found| !found.more);
        let (mut found, sure, gathered) = match (few.is_empty(), small) {
            // Few, and already sorted.
            (false, small) => {
                let mut found = Matches::common(few.into_iter(), plan.backwards);
                found
                    .hits
                    .retain(|hit| small.as_ref().is_none_or(|ids| ids.contains(&hit.id)));
                (found, many.is_empty() && all_small && !plan.by_row, false)
            }
            // Few, still to be sorted.
            (true, Some(ids)) => (Matches::of(ids), false, true),
            // The order's own range is read only if no filter has entries in that order.
            (true, None) => {
                let found = Matches::common(base.into_iter().chain(many), plan.backwards);
                (found, plan.exact, false)
            }
        };
        found.hits.retain(|hit| plan.takes(&asked.filter, hit.id));
        if !gathered {
            found.cut(if sure { limit } else { searched(limit) });
        }
        BlockCandidates {
            plan,
            after,
            found,
            sure,
            gathered,
        }
    }
}

/// Candidates of one block.
struct BlockCandidates {
    plan: PagePlan,
    after: Option<String>,
    found: Matches,
    /// Whether all people found match, as far as entries show.
    sure: bool,
    /// Whether these are all the candidates, still to be sorted, and not the next ones in order.
    gathered: bool,
}

impl Store {
    /// A page of people, in one round of queries and one read.
    ///
    /// # Errors
    /// [`StoreError`] if DynamoDB does not answer, or an item is malformed.
    pub async fn people(
        &self,
        asked: &PeopleQuery,
        after: Option<&Cursor>,
        limit: usize,
        matches: impl Fn(&Person) -> bool,
    ) -> Result<People, StoreError> {
        let candidates = self.candidates(asked, after, limit).await?;
        self.people_of(asked, candidates, limit, matches).await
    }

    /// The queries of a page.
    async fn candidates(
        &self,
        asked: &PeopleQuery,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Candidates, StoreError> {
        let after = after.and_then(|cursor| PageEnd::read(cursor.sort_key()));
        let blocks = Block::of(asked).into_iter();
        let left = blocks.filter(|block| after.as_ref().is_none_or(|place| place.block <= *block));
        let plans: Vec<(PagePlan, Option<String>)> = left
            .map(|block| {
                let here = after
                    .as_ref()
                    .filter(|place| place.block == block && !place.text.is_empty());
                (PagePlan::of(asked, block), here.map(|place| place.text.clone()))
            })
            .collect();
        // The same words find members and invitations, so one lookup serves both.
        let by_words = plans.iter().any(|(plan, _)| plan.needs_words);
        let words = async {
            let words = asked.filter.terms.iter().filter(|_| by_words);
            let found = words.map(|term| async {
                let span = [KeyRange::word(term)];
                self.along(asked.organization, &span, false, None, GATHERED).await
            });
            futures::future::try_join_all(found).await
        };
        let apart = plans
            .into_iter()
            .map(|(plan, after)| self.apart(asked, plan, after, limit));
        let (words, apart) = futures::try_join!(words, futures::future::try_join_all(apart))?;
        let sought = apart.into_iter().map(|apart| apart.with(asked, &words, limit));
        Ok(Candidates(sought.collect()))
    }

    /// The queries of one block.
    async fn apart(
        &self,
        asked: &PeopleQuery,
        plan: PagePlan,
        after: Option<String>,
        limit: usize,
    ) -> Result<BlockQueries, StoreError> {
        let (id, from) = (asked.organization, after.as_deref());
        let most = match plan.aligned.len() {
            _ if !plan.exact => searched(limit),
            0 | 1 => limit,
            _ => GATHERED,
        };
        let aligned = plan.aligned.iter().map(|spans| async move {
            let most = if plan.exact { most } else { GATHERED };
            self.along(id, spans, plan.backwards, from, most).await
        });
        let others = plan
            .others
            .iter()
            .map(|spans| self.along(id, spans, false, None, GATHERED));
        let base = plan
            .base
            .iter()
            .map(|spans| self.along(id, spans, plan.backwards, from, most));
        let (aligned, others, base) = futures::try_join!(
            futures::future::try_join_all(aligned),
            futures::future::try_join_all(others),
            futures::future::try_join_all(base),
        )?;
        Ok(BlockQueries {
            plan,
            after,
            aligned,
            others,
            base,
        })
    }

    /// The rows of a page: the candidates that match, by their own present items.
    async fn people_of(
        &self,
        asked: &PeopleQuery,
        candidates: Candidates,
        limit: usize,
        matches: impl Fn(&Person) -> bool,
    ) -> Result<People, StoreError> {
        let Candidates(blocks) = candidates;
        let (wanted, blocks_read) = wanted(asked.organization, &blocks, limit);
        let read = self.read(&wanted).await?;
        let mut rows: Vec<Person> = Vec::with_capacity(limit);
        for (at, sought) in blocks.into_iter().enumerate() {
            let block = sought.plan.block;
            let room = limit - rows.len();
            if room == 0 || at >= blocks_read {
                if sought.found.is_empty() {
                    continue;
                }
                let next = Some(PageEnd::start_of(block).cursor());
                return Ok(People { rows, next });
            }
            let (more, last) = (sought.found.more && !sought.gathered, sought.found.last.clone());
            let mut placed = sought.rows_in_order(asked, &read, &matches)?;
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
                let next = Some(PageEnd { block, text }.cursor());
                return Ok(People { rows, next });
            }
        }
        Ok(People { rows, next: None })
    }
}

/// The people whose own items are read, and the number of blocks read: once there are enough rows, the rest is left for the next
/// page.
fn wanted(organization: OrganizationId, blocks: &[BlockCandidates], limit: usize) -> (Vec<Key>, usize) {
    let mut wanted = Vec::new();
    for (at, sought) in blocks.iter().enumerate() {
        let unread = sought.found.hits.iter().filter(|hit| hit.item.is_none());
        wanted.extend(unread.map(|hit| Key::person(organization, hit.id)));
        if sought.sure && sought.found.hits.len() >= limit {
            return (wanted, at + 1);
        }
    }
    (wanted, blocks.len())
}

impl BlockCandidates {
    /// The matching rows of this block ahead of the cursor, in order, each with the text of its place.
    fn rows_in_order(
        self,
        asked: &PeopleQuery,
        read: &ReadSet,
        matches: impl Fn(&Person) -> bool,
    ) -> Result<Vec<(String, Person)>, StoreError> {
        let (mut rows, mut moved) = (Vec::new(), Vec::new());
        for hit in &self.found.hits {
            let Hit { text, id, .. } = hit;
            let Some(person) = hit.person(asked.organization, read)? else {
                continue;
            };
            let Some(place) = self.plan.place(&person).filter(|_| matches(&person)) else {
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
            } else if own == *text {
                rows.push((own, person));
            } else if self.plan.passes(text, &own, self.found.more) {
                moved.push((text.clone(), person));
            }
        }
        // A person found at both places is shown at their own.
        moved.retain(|(_, person)| !rows.iter().any(|(_, shown)| shown.id() == person.id()));
        let sorts = self.gathered || !moved.is_empty();
        rows.append(&mut moved);
        if sorts {
            rows.sort_by(|(a, _), (b, _)| if self.plan.backwards { b.cmp(a) } else { a.cmp(b) });
        }
        Ok(rows)
    }
}
