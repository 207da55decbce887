//! A change: read, decide, write. After a conflict it starts over from a fresh read, a bounded number of times.

use crate::call::Call;
use crate::ids::Ids;
use crate::metrics::Metric;
use crate::next_action::{NextAction, PendingChange};
use crate::org_context::{OrgContext, standing_keys};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::{Outcome, User};
use muster_domain::{Changes, Organization, RoleSet};
use muster_store::once::KEPT_SECONDS;
use muster_store::{Commit, CommitError, IdempotencyKey, Key, Obstacle, ReadSet, Standing, Tries};

/// The number of attempts at a change that conflicts with others.
const MAX_ATTEMPTS: u32 = 10;
/// The number of attempts at a change that the table throttles. With the pauses between them, that is a second and a half. By then
/// a partition has fresh throughput, and another request would only take it from others.
const MAX_THROTTLED_ATTEMPTS: u32 = 5;

/// The most rounds of further reads that one decision may ask for.
const MAX_READ_ROUNDS: usize = 3;

/// The stored response to a request.
enum StoredReply {
    /// A response for the caller.
    Again(Reply),
    /// A response for another standing, which a new one may replace.
    Stale(String),
    /// No response that is still valid.
    Nothing,
}

/// The attempts at one change, counted by obstacle.
struct Attempts {
    conflicts: Tries,
    throttles: Tries,
}

impl Attempts {
    const fn new() -> Self {
        Self {
            conflicts: Tries::new(MAX_ATTEMPTS),
            throttles: Tries::new(MAX_THROTTLED_ATTEMPTS),
        }
    }
}

impl Call {
    /// Reads `keys`, decides, and makes the change in one transaction.
    ///
    /// # Errors
    /// The refusals of `decide`; 409 if every attempt ran into a conflict; 503 if the table throttles or does not answer.
    pub async fn change(
        &self,
        caller: &User,
        keys: Vec<Key>,
        decide: impl FnMut(&ReadSet, &mut Ids) -> Result<NextAction, Problem>,
    ) -> Outcome {
        self.change_if(caller, keys, |_| Ok(Vec::new()), decide).await
    }

    /// Like [`Call::change`], but only for callers that `admit` admits, even to a stored response. `admit` may return keys that
    /// must be read first to decide that.
    pub(crate) async fn change_if(
        &self,
        caller: &User,
        mut keys: Vec<Key>,
        admit: impl Fn(&ReadSet) -> Result<Vec<Key>, Problem>,
        mut decide: impl FnMut(&ReadSet, &mut Ids) -> Result<NextAction, Problem>,
    ) -> Outcome {
        let once = self.once(caller)?;
        keys.extend(once.iter().map(|o| o.key.clone()));
        let mut attempts = Attempts::new();
        loop {
            let mut read = self.app.store().read(&keys).await?;
            let more = admit(&read)?;
            if !more.is_empty() {
                read = read.and(self.app.store().read(&more).await?);
                admit(&read)?;
                keys.extend(more);
            }
            let stale = match self.answered(caller, once.as_ref(), &read).await? {
                StoredReply::Again(reply) => return Ok(reply),
                StoredReply::Stale(standing) => Some(standing),
                StoredReply::Nothing => None,
            };
            let pending = match self.decided(read, &mut keys, &mut decide).await {
                Ok(NextAction::Commit(pending)) => pending,
                Ok(NextAction::Reply(reply)) => return Ok(reply),
                Ok(NextAction::Read(_)) => return Err(Problem::internal()),
                Err(problem) => return self.refused(caller, once.as_ref(), problem).await,
            };
            let error = match self.commit(once.as_ref(), &pending, stale).await {
                Ok(()) => return Ok(pending.reply),
                Err(error) => error,
            };
            tracing::debug!(%error, "a change was not made");
            self.try_again(error, &mut attempts).await?;
        }
    }

    /// Pauses before the next attempt. Returns the problem if no attempt is left.
    async fn try_again(&self, error: CommitError, attempts: &mut Attempts) -> Result<(), Problem> {
        let metrics = self.app.metrics();
        let obstacle = match error {
            CommitError::Failed(error) => return Err(error.into()),
            CommitError::Lost(_) | CommitError::Busy => Obstacle::Conflict,
            CommitError::Throttled => Obstacle::Throttle,
        };
        let (tries, problem) = match obstacle {
            Obstacle::Conflict => (&mut attempts.conflicts, Problem::conflict()),
            Obstacle::Throttle => (&mut attempts.throttles, Problem::throttled()),
        };
        if tries.again(obstacle).await {
            metrics.count(Metric::retried(obstacle), 1);
            return Ok(());
        }
        metrics.count(Metric::CommitsRefused, usize::from(obstacle == Obstacle::Conflict));
        Err(problem)
    }

    /// Returns the refusal, unless an earlier attempt of the same request has succeeded. `BatchGetItem` is not atomic, so a retry
    /// can see the changes of the first attempt before it sees the response that was stored with them.
    async fn refused(&self, caller: &User, once: Option<&IdempotencyKey>, problem: Problem) -> Outcome {
        let Some(once) = once else { return Err(problem) };
        let read = self.app.store().read(std::slice::from_ref(&once.key)).await?;
        match self.answered(caller, Some(once), &read).await? {
            StoredReply::Again(reply) => Ok(reply),
            StoredReply::Stale(_) | StoredReply::Nothing => Err(problem),
        }
    }

    /// Decides, after further reads if the decision asks for them.
    async fn decided(
        &self,
        read: ReadSet,
        keys: &mut Vec<Key>,
        decide: &mut impl FnMut(&ReadSet, &mut Ids) -> Result<NextAction, Problem>,
    ) -> Result<NextAction, Problem> {
        let mut read = read;
        for _ in 0..MAX_READ_ROUNDS {
            match decide(&read, &mut Ids::at(self.now))? {
                NextAction::Read(more) => {
                    read = read.and(self.app.store().read(&more).await?);
                    keys.extend(more);
                }
                step => return Ok(step),
            }
        }
        decide(&read, &mut Ids::at(self.now))
    }

    async fn commit(
        &self,
        once: Option<&IdempotencyKey>,
        pending: &PendingChange,
        stale: Option<String>,
    ) -> Result<(), CommitError> {
        let ttl = self.now.as_second() + KEPT_SECONDS;
        let commit = Commit {
            changes: &pending.changes,
            set: pending.set,
            organization: pending.organization.as_ref(),
            once: once.zip(pending.standing.as_ref()).map(|(once, standing)| {
                let answered = pending.reply.kept(&once.fingerprint, standing, ttl);
                (once, answered.replacing(stale))
            }),
            now: self.now,
        };
        self.app.store().commit(commit).await
    }

    /// Makes a change in a transaction of its own, separate from the reply, and stores nothing for a retry. Returns false if an
    /// item is no longer as it was read.
    ///
    /// # Errors
    /// 409 if other transactions held its items at every attempt; 503 if the table throttles, or does not answer.
    pub async fn commit_apart(
        &self,
        organization: &Organization,
        set: &RoleSet,
        changes: &Changes,
    ) -> Result<bool, Problem> {
        let mut attempts = Attempts::new();
        loop {
            let commit = Commit {
                changes,
                set,
                organization: Some(organization),
                once: None,
                now: self.now,
            };
            match self.app.store().commit(commit).await {
                Ok(()) => return Ok(true),
                Err(CommitError::Lost(_)) => return Ok(false),
                Err(error) => self.try_again(error, &mut attempts).await?,
            }
        }
    }

    /// The response that was stored for the same request, if the caller's standing is still the one it was given in. Otherwise the
    /// request counts as new.
    async fn answered(
        &self,
        caller: &User,
        once: Option<&IdempotencyKey>,
        read: &ReadSet,
    ) -> Result<StoredReply, Problem> {
        let Some(once) = once else {
            return Ok(StoredReply::Nothing);
        };
        let Some(answered) = read.answered(once)?.filter(|a| a.is_valid(self.now)) else {
            return Ok(StoredReply::Nothing);
        };
        let Some(given) = answered.standing() else {
            return Ok(StoredReply::Stale(String::new()));
        };
        if self.standing(caller, &given, read).await?.as_ref() != Some(&given) {
            return Ok(StoredReply::Stale(given.text));
        }
        if answered.fingerprint == once.fingerprint {
            return Ok(StoredReply::Again(Reply::again(answered)));
        }
        Err(Problem::idempotency_key_reused())
    }

    /// The caller's present standing in the organization of a stored response. It has been read already, unless the response is
    /// about an organization that its own request created.
    async fn standing(&self, caller: &User, given: &Standing, read: &ReadSet) -> Result<Option<Standing>, Problem> {
        let keys = standing_keys(caller, given.organization);
        let reread;
        let read = if read.covers(&keys) {
            read
        } else {
            reread = self.read_caller(caller, given.organization, &keys).await?;
            &reread
        };
        let org = OrgContext::new(caller, given.organization, read, self.now, self.open_to);
        Ok(org.ok().and_then(|org| org.standing()))
    }
}
