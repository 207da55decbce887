//! Deleting an organization, and restoring it.

use crate::api::organization::OrganizationResponse;
use muster_domain::OrganizationId;
use muster_domain::rules::deletion;
use muster_edge::{Call, Outcome, Reply, User};

/// Deletes an organization: members lose access at their next request (`client-practice`). Its data is deleted in the background.
pub async fn delete(call: Call, user: User) -> Outcome {
    call.change_in_org(&user, call.path("org")?, Vec::new(), |org, _, ids| {
        let changes = deletion::delete(&org.decision_context()?, ids)?;
        call.precondition(Some(&org.seen(&org.organization)))?;
        Ok(org.commit(changes, Reply::empty()))
    })
    .await
}

/// Restores a deleted organization. For the platform only.
pub async fn restore(call: Call, user: User) -> Outcome {
    let id: OrganizationId = call.path("org")?;
    call.change_as_platform(&user, id, |org, ids| {
        let (after, changes) = deletion::restore(&org.organization, user.id, call.now, ids)?;
        let reply = Reply::json(200, &OrganizationResponse::of(&after, org))?.showing(&org.seen(&after));
        Ok(org.commit(changes, reply))
    })
    .await
}
