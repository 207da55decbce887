//! Suspending an organization, and resuming it. Both are for the platform only.

use crate::api::organization::{OrganizationResponse, SuspendOrganizationRequest};
use muster_domain::rules::suspension::{self, SuspensionRequest};
use muster_domain::violation::Violation;
use muster_domain::{Instant, OrganizationId, Timestamp};
use muster_edge::{Call, Outcome, Problem, Reply, User};

/// The instant that a body names; none for now.
fn instant(body: &SuspendOrganizationRequest) -> Result<Option<Timestamp>, Problem> {
    match body.at {
        Some(Instant::Never) => {
            let violation = Violation::field("at", "out_of_range", "must be an actual time");
            Err(Problem::invalid([violation]))
        }
        at => Ok(at.and_then(Instant::end)),
    }
}

/// Suspends an organization, now or from an instant on: its members are refused from then on (`client-practice`).
pub async fn suspend(call: Call, user: User) -> Outcome {
    let id: OrganizationId = call.path("org")?;
    let body: SuspendOrganizationRequest = call.body()?;
    let at = instant(&body)?;
    call.change_as_platform(&user, id, |org, ids| {
        call.precondition(Some(&org.seen(&org.organization)))?;
        let wanted = SuspensionRequest {
            reason: body.reason.clone(),
            at,
        };
        let (after, changes) = suspension::suspend(&org.organization, wanted, user.id, call.now, ids);
        let reply = Reply::json(200, &OrganizationResponse::of(&after, org))?.showing(&org.seen(&after));
        Ok(org.commit(changes, reply))
    })
    .await
}

/// Resumes a suspended organization. One that is not suspended stays as it is.
pub async fn resume(call: Call, user: User) -> Outcome {
    let id: OrganizationId = call.path("org")?;
    call.change_as_platform(&user, id, |org, ids| {
        call.precondition(Some(&org.seen(&org.organization)))?;
        let (_, changes) = suspension::resume(&org.organization, user.id, call.now, ids);
        Ok(org.commit(changes, Reply::empty()))
    })
    .await
}
