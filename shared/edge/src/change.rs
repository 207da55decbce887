//! A change: read, decide, write; and when somebody was faster, again from a fresh read, a bounded number of times.

use crate::call::Call;
use crate::ids::Ids;
use crate::metrics::Metric;
use crate::org_context::{OrgContext, standing_keys};
use crate::problem::{Problem, ProblemType};
use crate::reply::Reply;
use crate::{Outcome, User};
use muster_domain::rules::Violation;
use muster_domain::{Changes, Organization, RoleSet};
use muster_store::once::KEPT_SECONDS;
use muster_store::{Commit, CommitError, Footing, IdempotencyKey, Key, Obstacle, ReadSet, Tries};

/// How often a change is tried that others are faster with.
const MAX_ATTEMPTS: u32 = 10;
/// How often a change is tried that the table has no throughput for. With the pauses between that is a second and a half: a partition
/// has had its throughput anew by then, and a request more would only keep others from it.
const MAX_THROTTLED_ATTEMPTS: u32 = 5;

/// How often one decision asks for more to be read at most.
const READS: usize = 3;

/// What the edge does after a decision.
pub enum NextAction {
    /// Writes this change, and answers once it is written.
    Commit(Box<PendingChange>),
    /// Reads these keys and decides again. Only rare requests need this.
    Read(Vec<Key>),
    /// Answers, without a change.
    Reply(Reply),
}

/// A change that was decided and is not written yet.
pub struct PendingChange {
    /// What changes.
    pub changes: Changes,
    /// The organization as it was read; none while it is being made.
    pub organization: Option<Organization>,
    /// Its role set.
    pub set: &'static RoleSet,
    /// The answer once it has changed.
    pub reply: Reply,
    /// The standing that the answer is kept for; none if it is not kept.
    pub footing: Option<Footing>,
}

/// What is kept for a request.
enum Kept {
    /// An answer for the caller.
    Again(Reply),
    /// An answer of another standing, which a new one may replace.
    Stale(String),
    /// No answer that still counts.
    Nothing,
}

/// The tries of one change, whatever stands in its way.
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
    /// What `decide` refuses; 409 when others were faster every time; 503 when the table has no throughput for it, or does not answer.
    pub async fn change(
        &self,
        caller: &User,
        keys: Vec<Key>,
        decide: impl FnMut(&ReadSet, &mut Ids) -> Result<NextAction, Problem>,
    ) -> Outcome {
        self.change_if(caller, keys, |_| Ok(Vec::new()), decide).await
    }

    /// As [`Call::change`], for those whom `admit` lets in: a kept answer too is for nobody else. `admit` may name what must be
    /// read first to tell who they are.
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
                Kept::Again(reply) => return Ok(reply),
                Kept::Stale(standing) => Some(standing),
                Kept::Nothing => None,
            };
            let made = match self.decided(read, &mut keys, &mut decide).await {
                Ok(NextAction::Commit(made)) => made,
                Ok(NextAction::Reply(reply)) => return Ok(reply),
                Ok(NextAction::Read(_)) => return Err(Problem::internal()),
                Err(problem) => return self.refused(caller, once.as_ref(), problem).await,
            };
            let error = match self.commit(once.as_ref(), &made, stale).await {
                Ok(()) => return Ok(made.reply),
                Err(error) => error,
            };
            tracing::debug!(%error, "a change was not made");
            self.try_again(error, &mut attempts).await?;
        }
    }

    /// Pauses before a change is tried again; the problem if it is not.
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

    /// Returns the refusal, unless an earlier attempt of the same request has succeeded. `BatchGetItem` is not atomic, so a retry can
    /// see the changes of the first attempt before it sees the response that was stored with them.
    async fn refused(&self, caller: &User, once: Option<&IdempotencyKey>, problem: Problem) -> Outcome {
        let Some(once) = once else { return Err(problem) };
        let read = self.app.store().read(std::slice::from_ref(&once.key)).await?;
        match self.answered(caller, Some(once), &read).await? {
            Kept::Again(reply) => Ok(reply),
            Kept::Stale(_) | Kept::Nothing => Err(problem),
        }
    }

    /// Decides, after more reads where the decision asks for them.
    async fn decided(
        &self,
        read: ReadSet,
        keys: &mut Vec<Key>,
        decide: &mut impl FnMut(&ReadSet, &mut Ids) -> Result<NextAction, Problem>,
    ) -> Result<NextAction, Problem> {
        let mut read = read;
        for _ in 0..READS {
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
        made: &PendingChange,
        stale: Option<String>,
    ) -> Result<(), CommitError> {
        let ttl = self.now.as_second() + KEPT_SECONDS;
        let commit = Commit {
            changes: &made.changes,
            set: made.set,
            organization: made.organization.as_ref(),
            once: once.zip(made.footing.as_ref()).map(|(once, footing)| {
                let answered = made.reply.kept(&once.fingerprint, footing, ttl);
                (once, answered.replacing(stale))
            }),
            now: self.now,
        };
        self.app.store().commit(commit).await
    }

    /// Makes a change in a transaction of its own, beside the answer: nothing is kept for a repeat. False if others were faster.
    ///
    /// # Errors
    /// 503 if the table has no throughput for it, or does not answer.
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

    /// The answer that was kept for the same request, if the caller's standing is still the one it was given in. Otherwise the
    /// request is a new one.
    async fn answered(&self, caller: &User, once: Option<&IdempotencyKey>, read: &ReadSet) -> Result<Kept, Problem> {
        let Some(once) = once else { return Ok(Kept::Nothing) };
        let Some(answered) = read.answered(once)?.filter(|a| a.is_valid(self.now)) else {
            return Ok(Kept::Nothing);
        };
        let Some(given) = answered.footing() else {
            return Ok(Kept::Stale(String::new()));
        };
        if self.footing(caller, &given, read).await?.as_ref() != Some(&given) {
            return Ok(Kept::Stale(given.standing));
        }
        if answered.fingerprint == once.fingerprint {
            return Ok(Kept::Again(Reply::again(answered)));
        }
        let detail = "this key was already used with a different body";
        Err(
            Problem::new(ProblemType::IdempotencyKeyReused).violations([Violation::field(
                "Idempotency-Key",
                "reused",
                detail,
            )]),
        )
    }

    /// The caller's present standing in the organization of a kept answer. It has been read already, except where the answer tells
    /// of the organization that its request made.
    async fn footing(&self, caller: &User, given: &Footing, read: &ReadSet) -> Result<Option<Footing>, Problem> {
        let keys = standing_keys(caller, given.organization);
        let reread;
        let read = if read.covers(&keys) {
            read
        } else {
            reread = self.read_standing(caller, given.organization, &keys).await?;
            &reread
        };
        let org = OrgContext::new(caller, given.organization, read, self.now);
        Ok(org.ok().and_then(|org| org.footing()))
    }
}
