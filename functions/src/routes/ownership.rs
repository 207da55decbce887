//! Ownership: transferring it, and naming the billing owner.

use super::members::view;
use crate::api::member::MemberResponse;
use crate::api::organization::{
    NamePayingOwnerRequest, OrganizationResponse, TransferOwnershipRequest, TransferOwnershipResponse,
};
use crate::api::resource::ResourceNames;
use crate::routes::lookup::{resource_keys, resources_found};
use muster_domain::rules::offer::RequestedOffer;
use muster_domain::rules::ownership;
use muster_domain::{Member, OrganizationId};
use muster_edge::{Call, OrgContext, Outcome, Reply, User};
use muster_store::Key;

/// Transfers ownership to another member; the previous owner gets the role they ask for (`coaching-site`).
pub async fn transfer(call: Call, user: User) -> Outcome {
    let id: OrganizationId = call.path("org")?;
    let body: TransferOwnershipRequest = call.body()?;
    let resources = resource_keys(body.resources.as_deref().unwrap_or_default())?;
    let to = body.to.id(call.issuer());
    let mut keys = vec![Key::member(id, to)];
    keys.extend(resources.iter().map(|key| Key::resource(id, key)));
    call.change_in_org(&user, id, keys, |org, read, ids| {
        let found = resources_found(read, id, &resources)?;
        let then = RequestedOffer {
            role: &body.then,
            resources: &found,
            term: body.duration,
        };
        let (owner, changes) =
            ownership::transfer(&org.decision_context()?, read.member(id, to)?.as_ref(), &then, ids)?;
        let later = org.after(&changes);
        let view = view(&later, ResourceNames::of(read)?);
        let shown = |member: &Member| -> MemberResponse { view.member(member, |_| true) };
        let giver = changes
            .members
            .iter()
            .filter_map(|pair| pair.after.as_ref())
            .find(|m| m.id == user.id);
        let reply = TransferOwnershipResponse {
            owner: shown(&owner),
            giver: giver.map(shown),
        };
        let reply = Reply::json(200, &reply)?;
        Ok(org.commit(changes, reply))
    })
    .await
}

/// Names the billing owner (`client-practice`).
pub async fn paying_owner(call: Call, user: User) -> Outcome {
    let id: OrganizationId = call.path("org")?;
    let body: NamePayingOwnerRequest = call.body()?;
    let owner = body.member.id(call.issuer());
    let keys = vec![Key::member(id, owner)];
    call.change_in_org(&user, id, keys, |org: &OrgContext, read, ids| {
        let (after, changes) =
            ownership::name_paying_owner(&org.decision_context()?, read.member(id, owner)?.as_ref(), ids)?;
        call.precondition(Some(&org.seen(&org.organization)))?;
        let reply = Reply::json(200, &OrganizationResponse::of(&after, org))?.showing(&org.seen(&after));
        Ok(org.commit(changes, reply))
    })
    .await
}
