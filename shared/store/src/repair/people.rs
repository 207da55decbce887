//! First look at people: rows, entries, and count notes; and reconciling the counts.

use super::counters::{Sums, Tally};
use super::subject::RepairSubject;
use super::{Difference, DifferenceKind, Repair, RepairOutcome, Suspects};
use crate::counts::CountState;
use crate::error::{CommitError, StoreError};
use crate::keys::{self, Key};
use muster_domain::{Person, PersonId};
use std::collections::BTreeMap;

/// Rows of one read: each has a dozen items.
const ROWS: usize = 50;
/// Entries, or notes, of one read.
const ENTRIES: usize = 400;

impl Repair<'_> {
    /// Examines all people; returns the seats and owners among them.
    pub(super) async fn look_at_people(&self, suspects: &mut Suspects) -> Result<Tally, StoreError> {
        let mut tally = Tally::default();
        let mut pages = self.pages(keys::TEAM, ROWS);
        while let Some(items) = pages.next().await? {
            let subjects = self.look_at_rows(&items, suspects).await?;
            let mut ids = Vec::with_capacity(subjects.len());
            for subject in subjects {
                let RepairSubject::Person(person) = subject else {
                    continue;
                };
                tally.add(&person, self.set);
                if let Person::Member(member) = &person
                    && member.keys > 0
                {
                    suspects.key_owners.insert(member.id);
                }
                ids.push(person.id());
            }
            self.suspect_counts(&ids, suspects).await?;
        }
        Ok(tally)
    }

    pub(super) async fn look_at_entries(&self, suspects: &mut Suspects) -> Result<(), StoreError> {
        for prefix in keys::ENTRIES {
            let mut pages = self.pages(prefix, ENTRIES);
            while let Some(items) = pages.next().await? {
                self.look_at_followers(&items, suspects).await?;
            }
        }
        Ok(())
    }

    /// Looks for notes of people who no longer exist; returns the sums of all notes.
    pub(super) async fn look_at_notes(&self, suspects: &mut Suspects) -> Result<Sums, StoreError> {
        let mut sums = Sums::default();
        let mut pages = self.pages(keys::COUNTED, ENTRIES);
        while let Some(items) = pages.next().await? {
            let mut ids = Vec::with_capacity(items.len());
            for item in &items {
                sums.add(item)?;
                ids.extend(Key::of(item).and_then(|key| key.person_of()));
            }
            self.suspect_counts(&ids, suspects).await?;
        }
        Ok(sums)
    }

    async fn suspect_counts(&self, ids: &[PersonId], suspects: &mut Suspects) -> Result<(), StoreError> {
        for CountState { person, actual, .. } in self.store.count_states(self.id, ids).await? {
            suspects.count(person, actual);
        }
        Ok(())
    }

    /// The people who were counted incorrectly throughout the pause: the stream has missed the change.
    pub(super) async fn reconcile_notes(
        &self,
        suspects: BTreeMap<PersonId, Option<String>>,
    ) -> Result<Vec<Difference>, StoreError> {
        let ids: Vec<PersonId> = suspects.keys().copied().collect();
        let mut differences = Vec::new();
        for state in self.store.count_states(self.id, &ids).await? {
            if suspects.get(&state.person) != Some(&state.actual) {
                continue;
            }
            let outcome = if self.options.fix {
                let reconciled = self.store.reconcile_counts(self.id, &[state.person]).await;
                match reconciled.map_err(|failed| failed.error) {
                    Ok(_) => RepairOutcome::Fixed,
                    Err(CommitError::Lost(_) | CommitError::Busy | CommitError::Throttled) => RepairOutcome::Busy,
                    Err(CommitError::Failed(error)) => return Err(error),
                }
            } else {
                RepairOutcome::Found
            };
            let told = |mark: Option<String>| mark.unwrap_or_else(|| "nobody".to_owned());
            differences.push(Difference {
                kind: DifferenceKind::Note,
                key: Key::counted(self.id, state.person).sk,
                actual: told(state.counted),
                expected: told(state.actual),
                outcome,
            });
        }
        Ok(differences)
    }
}
