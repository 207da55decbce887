//! Second look at a person or a contact, and fixing differences.

use super::pages::MAX_SNAPSHOT_ITEMS;
use super::subject::{Expected, RepairSubject, RepairTarget};
use super::{Difference, DifferenceKind, MAX_ATTEMPTS, Repair, RepairOutcome, backoff, came_to};
use crate::entries::MARK;
use crate::error::StoreError;
use crate::items::Item;
use crate::keys::{Key, person_id};
use crate::transaction::{RowEffect, Transaction};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Findings that one transaction fixes: some need another item, to repeat what they rest on.
const MAX_FIXES: usize = 45;
/// The age at which no part of a change is still under way. Requests take seconds.
const OVER: SignedDuration = SignedDuration::from_hours(1);

/// A subject and what concerns it, at one instant.
struct Seen {
    own: Option<Item>,
    subject: Option<RepairSubject>,
    findings: Vec<Finding>,
}

/// One incorrect item.
struct Finding {
    kind: DifferenceKind,
    key: Key,
    actual: Option<Item>,
    expected: Option<Item>,
}

impl Finding {
    fn difference(&self, outcome: RepairOutcome) -> Difference {
        let shown = |item: &Option<Item>| match (item, self.kind) {
            (None, _) => "nothing".to_owned(),
            (Some(_), DifferenceKind::Entry) => "an entry".to_owned(),
            (Some(item), _) => {
                let fields = ["holder", "id", "version"]
                    .into_iter()
                    .filter_map(|name| item.get(name));
                let text = fields.filter_map(|value| value.as_s().or_else(|_| value.as_n()).ok());
                text.map(String::as_str).collect::<Vec<_>>().join(" ")
            }
        };
        let (actual, expected) = match (shown(&self.actual), shown(&self.expected)) {
            (actual, expected) if actual == expected => (format!("{actual}, with other attributes"), expected),
            both => both,
        };
        let is_claim = self.kind == DifferenceKind::Claim;
        Difference {
            kind: self.kind,
            key: if is_claim {
                self.key.pk.clone()
            } else {
                self.key.sk.clone()
            },
            actual,
            expected,
            outcome,
        }
    }
}

impl Repair<'_> {
    /// Examines one suspect again, and fixes differences.
    pub(super) async fn reconcile(
        &self,
        who: &RepairTarget,
        left: &BTreeSet<Key>,
    ) -> Result<Vec<Difference>, StoreError> {
        let mut found = vec![unsure(who)];
        let mut backoff = backoff();
        for round in 0..MAX_ATTEMPTS {
            if round > 0 {
                backoff.pause().await;
            }
            let Some(read) = self.look_again(who, left).await? else {
                continue;
            };
            let differences = |outcome| read.findings.iter().map(|f| f.difference(outcome)).collect::<Vec<_>>();
            if read.findings.is_empty() {
                return Ok(Vec::new());
            }
            if !self.options.fix {
                return Ok(differences(RepairOutcome::Found));
            }
            found = differences(RepairOutcome::Busy);
            if let Some(outcomes) = self.fix(&read, who).await? {
                for (difference, outcome) in found.iter_mut().zip(outcomes) {
                    difference.outcome = outcome;
                }
                return Ok(found);
            }
        }
        Ok(found)
    }

    /// The suspect and what concerns it, at one instant; `None` if they kept changing.
    async fn look_again(&self, who: &RepairTarget, left: &BTreeSet<Key>) -> Result<Option<Seen>, StoreError> {
        let own_key = who.key(self.id);
        let own = match &own_key {
            Some(key) => self.store.read(std::slice::from_ref(key)).await?.item(key).cloned(),
            None => None,
        };
        let subject = own.as_ref().map(RepairSubject::read).transpose()?;
        let expected = subject
            .as_ref()
            .map(RepairSubject::expected)
            .transpose()?
            .unwrap_or_default();
        let concerned = expected.iter().map(|e| &e.key).chain(left);
        let concerned: BTreeSet<&Key> = concerned.filter(|key| Some(*key) != own_key.as_ref()).collect();
        let concerned: Vec<Key> = concerned.into_iter().cloned().collect();
        let mut read = HashMap::new();
        for part in concerned.chunks(MAX_SNAPSHOT_ITEMS - 1) {
            let wanted: Vec<Key> = own_key.iter().chain(part).cloned().collect();
            let Some(mut found) = self.store.together(&wanted).await? else {
                return Ok(None);
            };
            if own_key.as_ref().and_then(|key| found.remove(key)) != own {
                return Ok(None);
            }
            read.extend(found);
        }
        let findings = self.findings(who, (own.as_ref(), subject.as_ref()), &expected, &read, left);
        Ok(Some(Seen { own, subject, findings }))
    }

    fn findings(
        &self,
        who: &RepairTarget,
        (own, subject): (Option<&Item>, Option<&RepairSubject>),
        expected: &[Expected],
        read: &HashMap<Key, Item>,
        left: &BTreeSet<Key>,
    ) -> Vec<Finding> {
        let mut findings = Vec::new();
        for wanted in expected {
            let actual = if wanted.kind == DifferenceKind::Index {
                own
            } else {
                read.get(&wanted.key)
            };
            if !actual.is_some_and(|actual| wanted.is(actual)) {
                findings.push(Finding {
                    kind: wanted.kind,
                    key: wanted.key.clone(),
                    actual: actual.cloned(),
                    expected: Some(wanted.item.clone()),
                });
            }
        }
        let known: BTreeSet<&Key> = expected.iter().map(|e| &e.key).collect();
        for key in left.iter().filter(|key| !known.contains(key)) {
            let Some(actual) = read.get(key) else { continue };
            let is_entry = !key.sk.starts_with("CONTACT");
            // By now the address or word may belong to another.
            let may_come = is_entry && matches!(who, RepairTarget::Person(_)) && self.may_be_coming(actual, subject);
            if may_come || RepairTarget::of(key, actual) != *who {
                continue;
            }
            findings.push(Finding {
                kind: if is_entry {
                    DifferenceKind::Entry
                } else {
                    DifferenceKind::Contact
                },
                key: (*key).clone(),
                actual: Some(actual.clone()),
                expected: None,
            });
        }
        findings
    }

    /// Whether the entry may have been written before the row of a person who is still being added.
    fn may_be_coming(&self, entry: &Item, subject: Option<&RepairSubject>) -> bool {
        let came = |mark: &str| mark.split_once('#').map(|(came, _)| came.to_owned());
        let of_entry = mark(entry).and_then(|mark| came(&mark));
        let of_row = subject.and_then(RepairSubject::mark).and_then(|mark| came(&mark));
        let instant = of_entry.as_ref().and_then(|came| came.parse::<Timestamp>().ok());
        of_entry != of_row && instant.is_some_and(|came| self.options.now.duration_since(came) < OVER)
    }

    /// Fixes all findings; `None` on a conflict.
    async fn fix(&self, read: &Seen, who: &RepairTarget) -> Result<Option<Vec<RepairOutcome>>, StoreError> {
        let mut rivals = BTreeMap::new();
        for finding in read
            .findings
            .iter()
            .filter(|f| f.expected.is_some() && f.kind != DifferenceKind::Index)
        {
            if let Some(actual) = &finding.actual {
                rivals.insert(&finding.key, self.rival(&finding.key, actual, who).await?);
            }
        }
        let is_claimed = |finding: &&Finding| rivals.get(&finding.key).is_some_and(|rival| rival.is_right);
        let (claimed, free): (Vec<&Finding>, Vec<&Finding>) = read.findings.iter().partition(is_claimed);
        for part in free.chunks(MAX_FIXES) {
            let mut transaction = Transaction::empty(&self.store.table);
            if let Some(key) = who.key(self.id) {
                let newer = part.iter().any(|f| f.expected.is_none() && read.is_older_than(f));
                let index = part
                    .iter()
                    .find(|f| f.kind == DifferenceKind::Index)
                    .and_then(|f| f.expected.as_ref());
                transaction.rest_on(&key, read.own.as_ref(), RowEffect { again: newer, index })?;
            }
            for finding in part.iter().filter(|f| f.kind != DifferenceKind::Index) {
                match &finding.expected {
                    Some(expected) => transaction.replace(expected.clone(), finding.actual.as_ref())?,
                    None => transaction.remove(&finding.key, finding.actual.as_ref())?,
                }
            }
            let rows = part.iter().filter_map(|finding| rivals.get(&finding.key));
            let rows = rows.filter_map(|rival| Some((rival.key.as_ref()?, rival.own.as_ref())));
            // Each once, since a transaction cannot contain an item twice.
            for (key, own) in rows.collect::<BTreeMap<_, _>>() {
                transaction.rest_on(key, own, RowEffect::default())?;
            }
            if came_to(self.store.write(transaction).await)?.is_none() {
                return Ok(None);
            }
        }
        let outcome = |f: &Finding| {
            let is_claimed = claimed.iter().any(|claimed| claimed.key == f.key);
            if is_claimed {
                RepairOutcome::Undecided
            } else {
                RepairOutcome::Fixed
            }
        };
        Ok(Some(read.findings.iter().map(outcome).collect()))
    }

    /// The present holder of what should be another's.
    async fn rival(&self, key: &Key, actual: &Item, who: &RepairTarget) -> Result<Rival, StoreError> {
        let holder = || actual.get("holder")?.as_s().ok().cloned();
        let other = match holder() {
            Some(holder) => Key {
                sk: holder,
                ..key.clone()
            }
            .person_of()
            .map(RepairTarget::Person),
            None => Some(RepairTarget::of(key, actual)),
        };
        let other_key = other.filter(|other| other != who).and_then(|other| other.key(self.id));
        let own = match &other_key {
            Some(key) => self.store.read(std::slice::from_ref(key)).await?.item(key).cloned(),
            None => None,
        };
        let follows = own.as_ref().map(|own| RepairSubject::read(own)?.keys()).transpose()?;
        Ok(Rival {
            is_right: follows.is_some_and(|keys| keys.contains(key)),
            key: other_key,
            own,
        })
    }
}

/// The holder, if any, of what should be another's.
struct Rival {
    key: Option<Key>,
    own: Option<Item>,
    /// Whether it follows from the holder as well.
    is_right: bool,
}

impl Seen {
    /// Whether the entry is of a later version than the row: a change that rests on the row may be under way.
    fn is_older_than(&self, finding: &Finding) -> bool {
        let of_row = self.subject.as_ref().and_then(RepairSubject::mark);
        let of_entry = finding.actual.as_ref().and_then(mark);
        self.own.is_some() && of_entry > of_row
    }
}

/// A suspect that others kept changing.
fn unsure(who: &RepairTarget) -> Difference {
    let (kind, key) = match who {
        RepairTarget::Person(id) => (DifferenceKind::Entry, person_id(*id)),
        RepairTarget::Contact(id) => (DifferenceKind::Contact, id.to_string()),
        RepairTarget::Nobody(key) => (DifferenceKind::Entry, key.sk.clone()),
    };
    Difference {
        kind,
        key,
        actual: "unknown".to_owned(),
        expected: "unknown".to_owned(),
        outcome: RepairOutcome::Busy,
    }
}

fn mark(entry: &Item) -> Option<String> {
    entry.get(MARK)?.as_s().ok().cloned()
}
