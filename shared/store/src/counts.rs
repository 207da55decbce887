//! The number of people by status and role, derived from the table's stream, so that a change of a person need not write an item
//! that all changes write.
//!
//! A note (`COUNTED#…`) holds each person's share in the counts, and is written in the same transaction as the counts. So a stream
//! record that comes twice, late, or never does no harm: the counts change by the difference between the note and the person's own
//! item.

use crate::backoff::{Obstacle, Tries};
use crate::entries::mark;
use crate::error::{CommitError, StoreError};
use crate::items::Item;
use crate::keys::{self, Key};
use crate::read::ReadSet;
use crate::store::Store;
use crate::transaction::Transaction;
use aws_sdk_dynamodb::types::AttributeValue;
use muster_domain::people::InviteStatus;
use muster_domain::{OrganizationId, Person, PersonId, RoleId, Status};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// People whose counts one transaction reconciles: an item each, and the counts themselves.
const BATCH_PEOPLE: usize = 90;
/// The number of attempts. With the pauses after throttles that is about ten seconds, since only a stream record brings a person
/// here: a person whose record is abandoned is not counted until the person changes again, or a repair finds it.
const MAX_ATTEMPTS: u32 = 9;

/// People who could not be counted.
#[derive(Debug, thiserror::Error)]
#[error("people are not counted: {error}")]
pub struct ReconcileError {
    /// The index of the first of them among the given people.
    pub from: usize,
    /// The reason.
    #[source]
    pub error: CommitError,
}

/// The number of people in an organization, seconds behind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Active members.
    pub active: u64,
    /// Inactive members.
    pub inactive: u64,
    /// Pending invitations.
    pub pending: u64,
    /// Members who hold a role anywhere, and invitations that offer it.
    pub roles: BTreeMap<RoleId, u64>,
}

/// A person's share in the counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Counted {
    status: String,
    roles: BTreeSet<RoleId>,
    mark: String,
}

const ACTIVE: &str = Status::Active.as_str();
const INACTIVE: &str = Status::Inactive.as_str();
const PENDING: &str = InviteStatus::Pending.as_str();

impl Counted {
    fn of(person: &Person) -> Self {
        let status = match person {
            Person::Member(member) => member.status.as_str(),
            Person::Invitation(_) => PENDING,
        };
        Self {
            status: status.to_owned(),
            roles: person.roles(),
            mark: mark(person),
        }
    }

    fn attributes(&self) -> impl Iterator<Item = String> {
        let roles = self.roles.iter().map(|role| format!("{ROLE}{role}"));
        [format!("{STATUS}{}", self.status)].into_iter().chain(roles)
    }

    fn counts_as(&self, other: &Self) -> bool {
        self.status == other.status && self.roles == other.roles
    }
}

const STATUS: &str = "status:";
const ROLE: &str = "role:";

/// A person's actual share in the counts, and the one that is counted.
struct CountDifference {
    person: PersonId,
    counted: Option<Counted>,
    actual: Option<Counted>,
}

/// The marks of a person's two states: the counted one, and the actual one.
pub(crate) struct CountState {
    pub(crate) person: PersonId,
    pub(crate) counted: Option<String>,
    pub(crate) actual: Option<String>,
}

/// The attributes of the counts to which a note adds.
pub(crate) fn attributes_in(note: &Item) -> Result<Vec<String>, StoreError> {
    let key = Key::of(note).unwrap_or_else(|| Key {
        pk: String::new(),
        sk: String::new(),
    });
    Ok(read(&key, note)?.attributes().collect())
}

impl ReadSet {
    /// The number of people, as last counted.
    #[must_use]
    pub fn counts(&self, organization: OrganizationId) -> Counts {
        let mut counts = Counts::default();
        for (name, value) in self.item(&Key::counts(organization)).into_iter().flatten() {
            let number = value
                .as_n()
                .ok()
                .and_then(|n| n.parse::<i64>().ok())
                .unwrap_or_default();
            let number = u64::try_from(number).unwrap_or_default();
            match (name.strip_prefix(STATUS), name.strip_prefix(ROLE).map(str::parse)) {
                (Some(ACTIVE), _) => counts.active = number,
                (Some(INACTIVE), _) => counts.inactive = number,
                (Some(PENDING), _) => counts.pending = number,
                (_, Some(Ok(role))) if number > 0 => drop(counts.roles.insert(role, number)),
                _ => {}
            }
        }
        counts
    }

    fn difference(
        &self,
        organization: OrganizationId,
        person: PersonId,
    ) -> Result<Option<CountDifference>, StoreError> {
        let key = Key::counted(organization, person);
        let counted: Option<Counted> = self.item(&key).map(|item| read(&key, item)).transpose()?;
        let actual = self.person(organization, person)?.as_ref().map(Counted::of);
        let same = match (&counted, &actual) {
            (Some(counted), Some(actual)) => counted.counts_as(actual),
            (None, None) => true,
            _ => false,
        };
        Ok((!same).then_some(CountDifference {
            person,
            counted,
            actual,
        }))
    }
}

fn read(key: &Key, item: &Item) -> Result<Counted, StoreError> {
    serde_dynamo::from_item(item.clone()).map_err(|e| StoreError::Malformed {
        pk: key.pk.clone(),
        sk: key.sk.clone(),
        detail: e.to_string(),
    })
}

impl Store {
    /// Updates the counts to what these people are now; returns how many of them had been counted differently.
    ///
    /// A busy partition has room for little at a time, and a large request waits until the others are done. So a throttled batch is
    /// halved: in the end it asks for less than any change of a person does.
    ///
    /// # Errors
    /// [`ReconcileError`] if the table does not answer, or every attempt ran into a conflict.
    pub async fn reconcile_counts(
        &self,
        organization: OrganizationId,
        people: &[PersonId],
    ) -> Result<usize, ReconcileError> {
        let (mut reconciled, mut from, mut most) = (0, 0, BATCH_PEOPLE);
        let mut tries = Tries::new(MAX_ATTEMPTS);
        while let Some(left) = people.get(from..).filter(|left| !left.is_empty()) {
            let part = left.get(..most).unwrap_or(left);
            let error = match self.reconcile_batch(organization, part).await {
                Ok(count) => {
                    reconciled += count;
                    from += part.len();
                    tries = Tries::new(MAX_ATTEMPTS);
                    continue;
                }
                Err(error) => error,
            };
            let obstacle = error.obstacle();
            if obstacle == Some(Obstacle::Throttle) {
                most = part.len().div_ceil(2);
            }
            match obstacle {
                Some(obstacle) if tries.again(obstacle).await => {}
                _ => return Err(ReconcileError { from, error }),
            }
        }
        Ok(reconciled)
    }

    /// Whether any of these people is counted differently from what they are now.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn miscounted(
        &self,
        organization: OrganizationId,
        people: &[PersonId],
    ) -> Result<Vec<PersonId>, StoreError> {
        let found = self.differences(organization, people).await?;
        Ok(found.iter().map(|difference| difference.person).collect())
    }

    /// The people among these who are counted differently from what they are now.
    pub(crate) async fn count_states(
        &self,
        organization: OrganizationId,
        people: &[PersonId],
    ) -> Result<Vec<CountState>, StoreError> {
        let found = self.differences(organization, people).await?.into_iter();
        let mark = |counted: Option<Counted>| counted.map(|counted| counted.mark);
        let state = |difference: CountDifference| CountState {
            person: difference.person,
            counted: mark(difference.counted),
            actual: mark(difference.actual),
        };
        Ok(found.map(state).collect())
    }

    async fn reconcile_batch(&self, organization: OrganizationId, people: &[PersonId]) -> Result<usize, CommitError> {
        let found = self.differences(organization, people).await?;
        if !found.is_empty() {
            self.write(self.counting(organization, &found)?).await?;
        }
        Ok(found.len())
    }

    async fn differences(
        &self,
        organization: OrganizationId,
        people: &[PersonId],
    ) -> Result<Vec<CountDifference>, StoreError> {
        let both = |person: &PersonId| [Key::person(organization, *person), Key::counted(organization, *person)];
        let mut keys: Vec<Key> = people.iter().flat_map(both).collect();
        keys.push(Key::organization(organization));
        let read = self.read(&keys).await?;
        // Nothing may be added to an organization that is being erased.
        if read.organization(organization)?.is_none_or(|known| known.erasing) {
            return Ok(Vec::new());
        }
        let unique: BTreeSet<&PersonId> = people.iter().collect();
        let found = unique.into_iter().map(|person| read.difference(organization, *person));
        found.filter_map(Result::transpose).collect()
    }

    fn counting(&self, organization: OrganizationId, found: &[CountDifference]) -> Result<Transaction<'_>, StoreError> {
        let mut change: BTreeMap<String, i64> = BTreeMap::new();
        let mut transaction = Transaction::empty(&self.table);
        for CountDifference {
            person,
            counted,
            actual,
        } in found
        {
            for (side, by) in [(counted, -1), (actual, 1)] {
                for name in side.iter().flat_map(Counted::attributes) {
                    *change.entry(name).or_default() += by;
                }
            }
            let key = Key::counted(organization, *person);
            let item = actual.as_ref().map(|actual| item(&key, actual)).transpose()?;
            let before = counted.as_ref().map(|counted| counted.mark.as_str());
            transaction.counted(&key, item, before)?;
        }
        let mut change: Vec<_> = change.into_iter().filter(|(_, by)| *by != 0).collect();
        // Always written, so that a recount notices the change even if the sums stay the same.
        change.push((keys::MOVES.to_owned(), 1));
        transaction.add(&Key::counts(organization), &change)?;
        Ok(transaction)
    }
}

/// The note of a person's share in the counts.
fn item(key: &Key, counted: &Counted) -> Result<Item, StoreError> {
    let mut item: Item = serde_dynamo::to_item(counted).map_err(|e| StoreError::Malformed {
        pk: key.pk.clone(),
        sk: key.sk.clone(),
        detail: e.to_string(),
    })?;
    item.insert(keys::KIND.to_owned(), AttributeValue::S("counted".to_owned()));
    item.extend(key.attributes());
    Ok(item)
}
