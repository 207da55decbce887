//! Erasing a deleted organization: owners are notified, thirty days pass, then everything is deleted, slice by slice.

use super::{JobRunner, Progress};
use jiff::Timestamp;
use muster_domain::job::Erasure;
use muster_domain::organization::gone_at;
use muster_domain::rules::deletion::{self, MAX_FAREWELLS};
use muster_domain::rules::work::{self, SLICE};
use muster_domain::{Address, Changes, Job, Member, Pair, Work};
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
                let organization = deletion::begin(self.organization);
                Ok(self.moved(
                    job,
                    at(next),
                    Changes {
                        organization,
                        ..Changes::default()
                    },
                ))
            }
            Erasure::Note { after, owners } => {
                let (members, next) = self.owners(after.as_ref()).await?;
                let active = members
                    .iter()
                    .filter(|m| m.is_active_owner(self.set))
                    .map(|m| m.email.clone());
                let owners: Vec<Address> = owners.iter().cloned().chain(active).take(MAX_FAREWELLS).collect();
                let next = match next {
                    Some(last) if owners.len() < MAX_FAREWELLS => Erasure::Note {
                        after: Some(last),
                        owners,
                    },
                    _ => Erasure::Items { owners },
                };
                Ok(self.moved(job, at(next), Changes::default()))
            }
            Erasure::Items { owners } => {
                let remains = self.store.remains(self.organization.id, job.id).await?;
                let next = if remains.is_empty() {
                    Erasure::Record { owners: owners.clone() }
                } else {
                    stage.clone()
                };
                Ok(self.erased(job, at(next), remains))
            }
            Erasure::Record { owners } => {
                let remains = self.store.remaining_events(self.organization.id).await?;
                if remains.is_empty() {
                    let ids = &mut Ids::at(self.now);
                    return Ok(Progress::Last(deletion::end(
                        self.organization,
                        deleted_at,
                        owners,
                        self.now,
                        ids,
                    )));
                }
                Ok(self.erased(job, at(stage.clone()), remains))
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
            Some(last) => self.moved(job, at(Erasure::Tell { after: Some(last) }), changes),
            None => {
                let waiting = job.waiting(at(Erasure::Wait), gone_at(deleted_at));
                Progress::More(changes.and(Changes {
                    jobs: vec![Pair::change(job.clone(), waiting)],
                    ..Changes::default()
                }))
            }
        })
    }

    /// Holders of the protected role after this position, and the position of the last one if there may be more.
    async fn owners(&self, after: Option<&String>) -> Result<(Vec<Member>, Option<String>), StoreError> {
        let Some(role) = self.set.protected_role() else {
            return Ok((Vec::new(), None));
        };
        let id = self.organization.id;
        let cursor = after.cloned().map(Cursor::after);
        let page = self.store.role_holders(id, &role.id, cursor.as_ref(), SLICE).await?;
        let last = page.next.map(|next| next.sort_key().to_owned());
        Ok((self.members(&page.items).await?, last))
    }

    fn moved(&self, job: &Job, work: Work, changes: Changes) -> Progress {
        Progress::More(changes.and(Changes {
            jobs: vec![work::moved_on(job, work, self.now)],
            ..Changes::default()
        }))
    }

    fn erased(&self, job: &Job, work: Work, gone: Remains) -> Progress {
        let changes = Changes {
            jobs: vec![work::moved_on(job, work, self.now)],
            ..Changes::default()
        };
        Progress::Erase(changes, gone)
    }
}
