//! Repair: comparing what follows from people and contacts with the table, and fixing it on request while everyone works on.
//!
//! **What is compared.** Of each member and pending invitation: the claim on the address, the entries, the index attributes of
//! their item, the number of API keys, and the note of their share in the counts; of each contact: its items by address and by
//! word; of the organization: `seats_used`, `active_owners`, and the counts by role and status. A claim without a holder is not
//! found: claims are stored under their addresses.
//!
//! **First look.** All rows are read page by page, each page with one read of what should follow from it. Then all that follows is
//! read page by page, each page with one read of the rows it follows from. These reads are not of one instant, so they only raise
//! suspicions.
//!
//! **Second look**, after a pause. One transaction reads a suspect and all that concerns it, so a difference is real. Two kinds of
//! entries are correct although they follow from no row. A change too large for one transaction leaves the first kind for moments;
//! these are gone after the pause. It writes the second kind before the people are added; these are left alone until they are an
//! hour old. Requests take seconds.
//!
//! **Fixing** is one transaction that repeats all it rests on: the row is still at the version that was read, and what is replaced
//! or deleted is what was read. An entry of a later version than its row's may belong to a change that is under way and rests on
//! that row. Deleting it raises the row's version, so that the change is decided again, and writes its entries again.
//!
//! **Counters** are sums over rows that others change meanwhile, and a scan does not read all rows at one instant. The sum that
//! a repair writes is exact all the same. A *holder* is a member or an invitation that holds a seat, or an active owner.
//!
//! 1. Every transaction that changes `seats_used` or `active_owners` also raises `moves` on the organization. So does one that
//!    leaves both as they are, if an invitation begins to hold a seat by it, or a member who stays begins or ceases to be a
//!    holder of either kind (`Transaction::organization`, `passes`). Only an erasure deletes holders otherwise, and an
//!    organization that is being erased is not repaired.
//! 2. By 1, a transaction that leaves `moves` as it is can only exchange holders: as many cease to be holders as begin, and each
//!    who begins is a new member. No rule adds and removes members in one change. So each who ceases is an invitation, and no
//!    owner begins or ceases. Such a transaction accepts an invitation, or adds a person where an invitation has expired.
//! 3. By 1, while `moves` stays the same, the new member keeps the seat, and the ended invitation does not get one again. So the
//!    seat that changed hands has one holder at every instant: the invitation before the transaction, the member after it.
//! 4. A scan may meet both of them, or neither, since it reads one before the transaction and the other after it. Take two
//!    scans, one after the other, that meet the same holders. If the transaction came before the second scan began, the second
//!    scan meets the member alone. If it came later, the first scan had ended, and met the invitation alone. The scans meet the
//!    same holders, so each of them met exactly one of the two. (Reads are strongly consistent. The step takes a transaction as
//!    one instant, and neglects the moment in which DynamoDB makes its items visible one by one.)
//! 5. A holder who neither begins nor ceases is met once by each scan. By 3 and 4, the sum of each scan is therefore the number
//!    of holders at every instant from the beginning of the first scan to the end of the second.
//! 6. A repair reads `moves` and the counters before the first scan and after the second. If they differ, or the scans meet
//!    different holders, it tries again, and in the end reports "busy". So where seats come and go all the time, it says that it
//!    does not know, rather than something wrong.
//! 7. By 5, the sum stays exact as long as `moves` stays the same. That is the condition of the transaction that writes the sum.
//!
//! The counts by role and status need one scan. Their notes change only in transactions that raise `moves` of the counts
//! themselves. So if `moves` and the counts are the same before and after a scan of the notes, no note has changed meanwhile.

mod api_keys;
mod contacts;
mod counters;
mod fix;
mod pages;
mod people;
mod subject;

use crate::backoff::Backoff;
use crate::error::{CommitError, StoreError};
use crate::keys::Key;
use crate::store::Store;
use muster_domain::{Organization, OrganizationId, PersonId, RoleSet, Timestamp, UserId, roleset};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;
use subject::RepairTarget;

/// Most people and contacts that one run examines again.
pub const MAX_SUSPECTS: usize = 2_000;
/// The number of attempts to examine items that others are changing.
const MAX_ATTEMPTS: usize = 4;

/// The pauses between these attempts. They are long enough for a throttled partition, which gets fresh throughput each second.
const fn backoff() -> Backoff {
    Backoff::new(Duration::from_millis(250), Duration::from_secs(2))
}

/// The options of a repair.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// The present instant.
    pub now: Timestamp,
    /// The time between the first and the second look; longer than counting by the stream takes.
    pub pause: Duration,
    /// Whether to fix differences.
    pub fix: bool,
}

/// The kind of difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DifferenceKind {
    /// The organization's number of seats in use.
    Seats,
    /// The organization's number of active owners.
    Owners,
    /// A claim on an address.
    Claim,
    /// An entry of the lists of people.
    Entry,
    /// The index attributes of a person's own item.
    Index,
    /// A contact's item by address or by word.
    Contact,
    /// A member's number of API keys.
    Keys,
    /// The note of a person's share in the counts.
    Note,
    /// A number of people by role or status.
    Counts,
}

impl fmt::Display for DifferenceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Seats => "seats in use",
            Self::Owners => "active owners",
            Self::Claim => "claim",
            Self::Entry => "entry",
            Self::Index => "index",
            Self::Contact => "contact",
            Self::Keys => "API keys",
            Self::Note => "count record",
            Self::Counts => "counts",
        })
    }
}

/// The outcome of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RepairOutcome {
    /// It was only to be reported.
    Found,
    /// It is fixed.
    Fixed,
    /// Others kept changing it: try again.
    Busy,
    /// Two rows claim the same item: a person must decide.
    Undecided,
}

impl fmt::Display for RepairOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Found => "found",
            Self::Fixed => "fixed",
            Self::Busy => "busy, try again",
            Self::Undecided => "two rows claim it; decide by hand",
        })
    }
}

/// A difference between the actual and the expected state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Its kind.
    pub kind: DifferenceKind,
    /// Its key.
    pub key: String,
    /// The actual state.
    pub actual: String,
    /// The expected state.
    pub expected: String,
    /// The outcome.
    pub outcome: RepairOutcome,
}

/// The result of a repair.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The differences.
    pub differences: Vec<Difference>,
    /// Whether there are more: run the repair again.
    pub more: bool,
}

impl Report {
    /// Whether no difference is left.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        !self.more && self.differences.iter().all(|d| d.outcome == RepairOutcome::Fixed)
    }
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum RepairError {
    /// There is no organization with this id.
    #[error("there is no such organization")]
    Unknown,
    /// The organization is being erased, so nothing may be added to it.
    #[error("the organization is being erased")]
    Erasing,
    /// The table did not answer, or holds an unreadable item.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The suspects that the first look leaves for the second.
#[derive(Default)]
struct Suspects {
    /// People and contacts, with the possibly leftover keys of each.
    who: BTreeMap<RepairTarget, BTreeSet<Key>>,
    /// People who may be counted incorrectly, with the mark of their state at the first look.
    miscounted: BTreeMap<PersonId, Option<String>>,
    /// Members who have, or may have, API keys.
    key_owners: BTreeSet<UserId>,
    more: bool,
}

impl Suspects {
    fn add(&mut self, who: RepairTarget, left: Option<Key>) {
        if self.who.len() >= MAX_SUSPECTS && !self.who.contains_key(&who) {
            self.more = true;
            return;
        }
        self.who.entry(who).or_default().extend(left);
    }

    fn count(&mut self, person: PersonId, mark: Option<String>) {
        if self.miscounted.len() >= MAX_SUSPECTS {
            self.more = true;
            return;
        }
        self.miscounted.insert(person, mark);
    }
}

/// A repair of one organization.
struct Repair<'a> {
    store: &'a Store,
    id: OrganizationId,
    set: &'static RoleSet,
    options: Options,
}

impl Store {
    /// Looks for differences in an organization, and fixes them if requested.
    ///
    /// # Errors
    /// [`RepairError`]; earlier fixes are kept.
    pub async fn repair(&self, id: OrganizationId, options: Options) -> Result<Report, RepairError> {
        let known = self.read(&[Key::organization(id)]).await?.organization(id)?;
        let known: Organization = known.ok_or(RepairError::Unknown)?;
        if known.erasing {
            return Err(RepairError::Erasing);
        }
        let set = roleset::find(&known.role_set).ok_or_else(|| StoreError::Malformed {
            pk: Key::organization(id).pk,
            sk: Key::organization(id).sk,
            detail: format!("there is no role set `{}`", known.role_set),
        })?;
        let repair = Repair {
            store: self,
            id,
            set,
            options,
        };
        Ok(repair.run().await?)
    }
}

impl Repair<'_> {
    async fn run(&self) -> Result<Report, StoreError> {
        let mut suspects = Suspects::default();
        let tally = self.look_at_people(&mut suspects).await?;
        self.look_at_entries(&mut suspects).await?;
        let sums = self.look_at_notes(&mut suspects).await?;
        self.look_at_contacts(&mut suspects).await?;
        self.look_at_keys(&mut suspects).await?;
        let mut report = Report {
            more: suspects.more,
            ..Report::default()
        };
        if !suspects.who.is_empty() || !suspects.miscounted.is_empty() {
            tokio::time::sleep(self.options.pause).await;
        }
        for (who, left) in &suspects.who {
            report.differences.extend(self.reconcile(who, left).await?);
        }
        for owner in suspects.key_owners {
            report.differences.extend(self.reconcile_keys(owner).await?);
        }
        let notes = self.reconcile_notes(suspects.miscounted).await?;
        report.differences.extend(self.reconcile_counters(&tally).await?);
        // Reconciling notes changes their sums, so those of the first look are obsolete.
        let sums = Some(sums).filter(|_| notes.is_empty());
        report.differences.extend(notes);
        report.differences.extend(self.reconcile_sums(sums).await?);
        Ok(report)
    }
}

/// The outcome of a fix; `None` if it lost to others or was throttled, and may be tried again.
fn came_to(written: Result<(), CommitError>) -> Result<Option<RepairOutcome>, StoreError> {
    match written {
        Ok(()) => Ok(Some(RepairOutcome::Fixed)),
        Err(CommitError::Lost(_) | CommitError::Busy | CommitError::Throttled) => Ok(None),
        Err(CommitError::Failed(error)) => Err(error),
    }
}
