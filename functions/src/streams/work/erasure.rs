//! Erasing a deleted organization: owners are notified, thirty days pass, then everything is deleted, slice by slice.

use super::{JobRunner, Progress, with_job};
use jiff::Timestamp;
use muster_domain::job::Erasure;
use muster_domain::mail::Recipient;
use muster_domain::organization::gone_at;
use muster_domain::rules::deletion::{self, MAX_FAREWELLS};
use muster_domain::rules::work::{self, SLICE_SIZE};
use muster_domain::{Changes, Job, Member, Pair, Work};
use muster_edge::Ids;
use muster_store::erasure::Remains;
use muster_store::{Cursor, StoreError};

impl JobRunner<'_> {
    /// One slice. An organization that was restored meanwhile stays as it is.
    pub(super) async fn erase(
        &self,
        job: &Job,
        deleted_at: Timestamp,
        stage: &Erasure,
    ) -> Result<Progress, StoreError> {
        if self.organization.deleted_at != Some(deleted_at) {
            return Ok(Progress::Last(Changes::default()));
        }
        let at = |stage| Work::EraseOrganization { deleted_at, stage };
        match stage {
            Erasure::Tell { after } => self.tell_owners(job, deleted_at, after.as_ref()).await,
            Erasure::Wait if self.now < gone_at(deleted_at) => Ok(Progress::Later),
            Erasure::Wait => {
                let next = Erasure::Note {
                    after: None,
                    owners: Vec::new(),
                };
                let changes = Changes {
                    organization: deletion::begin(self.organization),
                    ..Changes::default()
                };
                Ok(self.advance(job, at(next), changes))
            }
            Erasure::Note { after, owners } => {
                let next = self.note_owners(after.as_ref(), owners).await?;
                Ok(self.advance(job, at(next), Changes::default()))
            }
            Erasure::Items { owners } => {
                let remains = self.store.remains(self.organization.id, job.id).await?;
                let next = if remains.is_empty() {
                    Erasure::Record { owners: owners.clone() }
                } else {
                    stage.clone()
                };
                Ok(self.erase_items(job, at(next), remains))
            }
            Erasure::Record { owners } => {
                let remains = self.store.remaining_events(self.organization.id).await?;
                if remains.is_empty() {
                    let ids = &mut Ids::at(self.now);
                    let changes = deletion::end(self.organization, deleted_at, owners, self.now, ids);
                    return Ok(Progress::Last(changes));
                }
                Ok(self.erase_items(job, at(stage.clone()), remains))
            }
        }
    }

    async fn tell_owners(
        &self,
        job: &Job,
        deleted_at: Timestamp,
        after: Option<&String>,
    ) -> Result<Progress, StoreError> {
        let (members, next) = self.owners(after).await?;
        let ids = &mut Ids::at(self.now);
        let changes = deletion::notify_owners(self.organization, self.set, &members, deleted_at, self.now, ids);
        let at = |stage| Work::EraseOrganization { deleted_at, stage };
        Ok(match next {
            Some(last) => self.advance(job, at(Erasure::Tell { after: Some(last) }), changes),
            None => {
                let waiting = job.waiting(at(Erasure::Wait), gone_at(deleted_at));
                Progress::More(with_job(changes, Pair::change(job.clone(), waiting)))
            }
        })
    }

    /// The stage after these owners are noted, whom the last mail goes to.
    async fn note_owners(&self, after: Option<&String>, owners: &[Recipient]) -> Result<Erasure, StoreError> {
        let (members, next) = self.owners(after).await?;
        let active = members
            .iter()
            .filter(|m| m.is_active_owner(self.set))
            .map(Recipient::of);
        let owners: Vec<Recipient> = owners.iter().cloned().chain(active).take(MAX_FAREWELLS).collect();
        Ok(match next {
            Some(last) if owners.len() < MAX_FAREWELLS => Erasure::Note {
                after: Some(last),
                owners,
            },
            _ => Erasure::Items { owners },
        })
    }

    /// Holders of the protected role after this position, and the position of the last one if there may be more.
    pub(super) async fn owners(&self, after: Option<&String>) -> Result<(Vec<Member>, Option<String>), StoreError> {
        let Some(role) = self.set.protected_role() else {
            return Ok((Vec::new(), None));
        };
        let id = self.organization.id;
        let cursor = after.cloned().map(Cursor::after);
        let page = self
            .store
            .role_holders(id, &role.id, cursor.as_ref(), SLICE_SIZE)
            .await?;
        let last = page.next.map(|next| next.sort_key().to_owned());
        Ok((self.members(&page.items).await?, last))
    }

    /// Erases these items, and then advances the job to this work.
    fn erase_items(&self, job: &Job, work: Work, gone: Remains) -> Progress {
        let job = work::moved_on(job, work, self.now);
        Progress::Erase(with_job(Changes::default(), job), gone)
    }
}
