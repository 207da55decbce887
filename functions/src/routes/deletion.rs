//! Deleting an organization, and bringing it back.

use crate::shapes::organization::OrganizationBody;
use muster_domain::OrganizationId;
use muster_domain::rules::deletion::{delete as end, restore as bring_back};
use muster_edge::{Call, Outcome, Reply};

/// Deletes an organization: every member is out at the next request (001). Its data goes in the background.
pub async fn delete(call: Call) -> Outcome {
    let user = call.caller().await?;
    call.no_body()?;
    call.change_inside(&user, call.path("org")?, Vec::new(), |inside, _, ids| {
        inside.in_person()?;
        let changes = end(&inside.scene()?, ids)?;
        call.precondition(Some(&inside.organization))?;
        Ok(inside.commit(changes, Reply::empty()))
    })
    .await
}

/// Brings a deleted organization back. For the platform alone.
pub async fn restore(call: Call) -> Outcome {
    let user = call.caller().await?;
    call.no_body()?;
    let id: OrganizationId = call.path("org")?;
    call.change_as_platform(&user, id, |inside, ids| {
        let (after, changes) = bring_back(&inside.organization, user.id, call.now, ids)?;
        let reply = Reply::json(200, &OrganizationBody::from(&after))?.showing(&after);
        Ok(inside.commit(changes, reply))
    })
    .await
}
