//! Counters: sums over rows that others keep changing. The module above explains why the fixes made here are correct.

use super::subject::RepairSubject;
use super::{Difference, DifferenceKind, MAX_ATTEMPTS, Repair, RepairOutcome, backoff, came_to};
use crate::counts::attributes_in;
use crate::error::StoreError;
use crate::items::{Item, StoredEntity as _};
use crate::keys::{self, Key};
use crate::transaction::Transaction;
use aws_sdk_dynamodb::types::AttributeValue;
use muster_domain::{Organization, Person, RoleSet, Timestamp};
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// Notes of one read.
const NOTES: usize = 1_000;

/// The seats and owners counted, and their holders.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    seats: u64,
    owners: u64,
    /// A sum of hashes, one per holder: the same for the same holders in any order.
    holders: u64,
}

impl Tally {
    pub(super) fn add(&mut self, person: &Person, set: &RoleSet) {
        let (seat, owner) = match person {
            Person::Member(member) => (member.seat, member.is_active_owner(set)),
            Person::Invitation(invitation) => (invitation.seat, false),
        };
        if seat || owner {
            let mut hasher = DefaultHasher::new();
            (person.id(), came(person), seat, owner).hash(&mut hasher);
            self.and(Self {
                seats: u64::from(seat),
                owners: u64::from(owner),
                holders: hasher.finish(),
            });
        }
    }

    fn and(&mut self, more: Self) {
        self.seats += more.seats;
        self.owners += more.owners;
        self.holders = self.holders.wrapping_add(more.holders);
    }
}

/// The time of joining: a person who joins again counts as another.
fn came(person: &Person) -> Timestamp {
    match person {
        Person::Member(member) => member.joined_at,
        Person::Invitation(invitation) => invitation.created_at,
    }
}

/// Sums of notes, by the attribute of the counts that holds them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sums(BTreeMap<String, u64>);

impl Sums {
    /// Adds a note.
    pub(super) fn add(&mut self, note: &Item) -> Result<(), StoreError> {
        for name in attributes_in(note)? {
            *self.0.entry(name).or_default() += 1;
        }
        Ok(())
    }

    /// The stored counts, without empty ones.
    fn recorded(item: Option<&Item>) -> Self {
        let number = |(name, value): (&String, &AttributeValue)| {
            let value: u64 = value.as_n().ok()?.parse().ok()?;
            (name.as_str() != keys::MOVES && value > 0).then(|| (name.clone(), value))
        };
        Self(item.into_iter().flatten().filter_map(number).collect())
    }
}

/// The number of changes to counters of this item.
fn moves(item: Option<&Item>) -> Option<AttributeValue> {
    item.and_then(|item| item.get(keys::MOVES)).cloned()
}

/// Prefixes of member keys, so that all can be read in parallel: ids are spread evenly, and none begins higher.
const PARTS: [&str; 8] = ["0", "1", "2", "3", "4", "5", "6", "7"];

impl Repair<'_> {
    async fn item(&self, key: &Key) -> Result<Option<Item>, StoreError> {
        let read = self.store.read(std::slice::from_ref(key)).await?;
        Ok(read.item(key).cloned())
    }

    /// Counts all people anew, as fast as possible.
    async fn tally(&self) -> Result<Tally, StoreError> {
        let bound = |part: &str| format!("{}usr_{part}", keys::TEAM_MEMBER);
        let starts = PARTS.iter().enumerate();
        let parts = starts.map(|(at, part)| {
            // Invitations come before the first member.
            let low = if at == 0 { keys::TEAM.to_owned() } else { bound(part) };
            let high = PARTS
                .get(at + 1)
                .map_or_else(|| format!("{}{}", keys::TEAM, char::MAX), |next| bound(next));
            self.tally_between(low, high)
        });
        let mut tally = Tally::default();
        for part in futures::future::try_join_all(parts).await? {
            tally.and(part);
        }
        Ok(tally)
    }

    async fn tally_between(&self, low: String, high: String) -> Result<Tally, StoreError> {
        let mut tally = Tally::default();
        let mut after = None;
        loop {
            let query = self
                .store
                .client
                .query()
                .table_name(&self.store.table)
                .consistent_read(true)
                .key_condition_expression("PK = :pk AND SK BETWEEN :low AND :high")
                .expression_attribute_values(":pk", AttributeValue::S(keys::organization_pk(self.id)))
                .expression_attribute_values(":low", AttributeValue::S(low.clone()))
                .expression_attribute_values(":high", AttributeValue::S(high.clone()))
                .set_exclusive_start_key(after);
            let reply = query.send().await.map_err(|e| StoreError::call("Query", e))?;
            for item in reply.items.unwrap_or_default() {
                if let RepairSubject::Person(person) = RepairSubject::read(&item)? {
                    tally.add(&person, self.set);
                }
            }
            after = reply.last_evaluated_key;
            if after.is_none() {
                return Ok(tally);
            }
        }
    }

    /// Compares the organization's counters with the actual rows.
    pub(super) async fn reconcile_counters(&self, first: &Tally) -> Result<Vec<Difference>, StoreError> {
        let key = Key::organization(self.id);
        let mut found = Vec::new();
        let mut backoff = backoff();
        for round in 0..MAX_ATTEMPTS {
            if round > 0 {
                backoff.pause().await;
            }
            let Some(before) = self.item(&key).await? else {
                return Ok(Vec::new());
            };
            let organization = Organization::from_item(before.clone())?;
            let told = (organization.seats_used, organization.active_owners);
            if round == 0 && told == (first.seats, first.owners) {
                return Ok(Vec::new());
            }
            let tally = self.tally().await?;
            let still = self.tally().await? == tally;
            let after = self.item(&key).await?;
            let unmoved = |name: &&str| before.get(*name) == after.as_ref().and_then(|item| item.get(*name));
            if !still || !["seats_used", "active_owners", keys::MOVES].iter().all(unmoved) {
                found = vec![
                    self.unsure(DifferenceKind::Seats, &key, told.0),
                    self.unsure(DifferenceKind::Owners, &key, told.1),
                ];
                continue;
            }
            let both = [
                (DifferenceKind::Seats, told.0, tally.seats),
                (DifferenceKind::Owners, told.1, tally.owners),
            ];
            let differ = both.into_iter().filter(|(_, actual, expected)| actual != expected);
            found = differ
                .map(|(kind, actual, expected)| Difference {
                    kind,
                    key: key.sk.clone(),
                    actual: actual.to_string(),
                    expected: expected.to_string(),
                    outcome: RepairOutcome::Found,
                })
                .collect();
            if found.is_empty() || !self.options.fix {
                return Ok(found);
            }
            let mut transaction = Transaction::empty(&self.store.table);
            transaction.recounted(&organization, moves(Some(&before)), tally.seats, tally.owners)?;
            let outcome = came_to(self.store.write(transaction).await)?;
            for difference in &mut found {
                difference.outcome = outcome.unwrap_or(RepairOutcome::Busy);
            }
            if outcome.is_some() {
                return Ok(found);
            }
        }
        Ok(found)
    }

    /// Compares the counts with the sums of the notes; first with those of the first look, if they are still valid.
    pub(super) async fn reconcile_sums(&self, first: Option<Sums>) -> Result<Vec<Difference>, StoreError> {
        let key = Key::counts(self.id);
        let mut found = Vec::new();
        let mut backoff = backoff();
        for round in 0..MAX_ATTEMPTS {
            if round > 0 {
                backoff.pause().await;
            }
            let before = self.item(&key).await?;
            let told = Sums::recorded(before.as_ref());
            if round == 0 && first.as_ref() == Some(&told) {
                return Ok(Vec::new());
            }
            let mut sums = Sums::default();
            let mut pages = self.pages(keys::COUNTED, NOTES);
            while let Some(notes) = pages.next().await? {
                for note in &notes {
                    sums.add(note)?;
                }
            }
            let after = self.item(&key).await?;
            let outcome = if moves(before.as_ref()) != moves(after.as_ref()) || told != Sums::recorded(after.as_ref()) {
                None
            } else if told == sums {
                return Ok(Vec::new());
            } else if self.options.fix {
                let mut transaction = Transaction::empty(&self.store.table);
                transaction.summed(&key, &sums.0, before.as_ref())?;
                came_to(self.store.write(transaction).await)?
            } else {
                Some(RepairOutcome::Found)
            };
            found = differences(&key, &told, &sums, outcome.unwrap_or(RepairOutcome::Busy));
            if outcome.is_some() {
                return Ok(found);
            }
        }
        Ok(found)
    }

    /// A counter that could not be determined, since the rows kept changing.
    fn unsure(&self, kind: DifferenceKind, key: &Key, actual: u64) -> Difference {
        Difference {
            kind,
            key: key.sk.clone(),
            actual: actual.to_string(),
            expected: "unknown".to_owned(),
            outcome: RepairOutcome::Busy,
        }
    }
}

fn differences(key: &Key, told: &Sums, sums: &Sums, outcome: RepairOutcome) -> Vec<Difference> {
    let mut names: Vec<&String> = told.0.keys().chain(sums.0.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let of = |sums: &Sums, name: &String| sums.0.get(name).copied().unwrap_or_default();
    let differ = names.into_iter().filter(|name| of(told, name) != of(sums, name));
    differ
        .map(|name| Difference {
            kind: DifferenceKind::Counts,
            key: format!("{} {name}", key.sk),
            actual: of(told, name).to_string(),
            expected: of(sums, name).to_string(),
            outcome,
        })
        .collect()
}
