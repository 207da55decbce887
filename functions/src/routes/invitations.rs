//! Invitations, from the side of those who invite.

use super::people::List;
use crate::shapes::invitation::{InvitationBody, JobBody, UpdateInvitation};
use crate::shapes::{Items, ResourceName};
use muster_domain::address::Rejected;
use muster_domain::people::{Filter, InviteStatus};
use muster_domain::rules::invitations::{
    Change, InvitationRefusal, Revival, cancel as take_back, change, may_see, resend as send_again, resend_all,
};
use muster_domain::rules::invite::Holder;
use muster_domain::rules::members::may_see as sees_member;
use muster_domain::rules::offer::Wanted;
use muster_domain::rules::pace::day;
use muster_domain::rules::{Fault, Scene};
use muster_domain::{
    Address, Changes, Invitation, InvitationId, InvitationState, OrganizationId, Person, PersonId, Resource,
    ResourceKey, ResourceRef, permission,
};
use muster_edge::inside::Sight;
use muster_edge::{Call, Field, Ids, Inside, Outcome, Problem, Reply, Standing, Step, User};
use muster_store::items::ClaimHolder;
use muster_store::{Asked, Cursor, Key, Page, Snapshot};
use std::collections::BTreeMap;

/// How many resources a request may name; what one invitation can hold is the domain's business.
const MAX_NAMED: usize = 60;

/// The keys of resources that a request names.
pub(super) fn named(resources: &[ResourceName]) -> Result<Vec<ResourceKey>, Problem> {
    if resources.len() > MAX_NAMED {
        return Err(Problem::invalid([Fault::field(
            "resources",
            "too_many",
            format!("must be at most {MAX_NAMED}"),
        )]));
    }
    Ok(resources.iter().cloned().map(Into::into).collect())
}

/// The resources with what was found under their names.
pub(super) fn found(
    seen: &Snapshot,
    organization: OrganizationId,
    keys: &[ResourceKey],
) -> Result<Vec<(ResourceKey, Option<Resource>)>, Problem> {
    keys.iter()
        .map(|key| Ok((key.clone(), seen.resource(organization, key)?)))
        .collect()
}

pub(super) type Holders = BTreeMap<Address, Holder>;

/// The holder of each address; or what else must be read to tell. That is an invitation that has lapsed and that no job has ended
/// yet, and, for an actor who does not see everybody, the holder's own item.
pub(super) fn holders(
    scene: &Scene<'_>,
    seen: &Snapshot,
    addresses: &[Result<Address, Rejected>],
) -> Result<Result<Holders, Vec<Key>>, Problem> {
    let id = scene.organization.id;
    let authority = scene.authority();
    let sees_all = authority.allows(permission::MEMBERS_READ, None);
    let mut holders = Holders::new();
    let mut more = Vec::new();
    for address in addresses.iter().flatten() {
        let Some(claim) = seen.claim(id, address)? else {
            continue;
        };
        let lapsed = matches!(&claim.holder, ClaimHolder::Invitation { expires_at, .. } if *expires_at <= scene.now);
        let (holder, person) = match claim.holder {
            ClaimHolder::Member { holder } => (Holder::Member(holder), PersonId::Member(holder)),
            ClaimHolder::Invitation { holder, .. } => (Holder::Invitation(holder), PersonId::Invitation(holder)),
        };
        if sees_all && !lapsed {
            holders.insert(address.clone(), holder);
            continue;
        }
        let key = Key::person(id, person);
        if !seen.has_asked(std::slice::from_ref(&key)) {
            more.push(key);
            continue;
        }
        let holder = match seen.person(id, person)? {
            // Gone between the two reads: the address is free, or the condition on its claim says otherwise.
            None => continue,
            Some(Person::Invitation(invitation)) if lapsed => Holder::Lapsed(invitation),
            Some(Person::Invitation(invitation)) if may_see(&authority, &invitation) => holder,
            Some(Person::Invitation(_)) => Holder::OutOfSight,
            Some(Person::Member(member)) if sees_member(scene, &member) => holder,
            Some(Person::Member(member)) => Holder::Unseen(member),
        };
        holders.insert(address.clone(), holder);
    }
    Ok(if more.is_empty() { Ok(holders) } else { Err(more) })
}

/// Lists invitations: pending ones by default, or those that have ended, the latest first.
pub async fn list(call: Call) -> Outcome {
    let user = call.caller().await?;
    let id: OrganizationId = call.path("org")?;
    let query = call.query(&["status", "limit", "cursor"])?;
    let status = query.one_of("status", &["pending", "ended"])?;
    let (cursor, limit) = (query.cursor()?, query.limit()?);
    let (inside, seen) = call.inside(&user, id, Vec::new()).await?;
    let sight = inside.sight(permission::MEMBERS_READ)?;
    let store = call.app.store();
    let after = cursor.as_ref();
    let Page { items, next } = match (status, &sight) {
        ("pending", Sight::All) => store.pending_invitations(id, after, limit).await?,
        ("pending", Sight::Some(_)) => in_sight_of(&call, &inside, &seen, after, limit).await?,
        _ => store.past_invitations(id, after, limit).await?,
    };
    let in_sight = |r: &ResourceRef| sight.reaches(permission::MEMBERS_READ, [r]);
    let items = items
        .iter()
        .filter(|i| sight.reaches(permission::MEMBERS_READ, &i.resources))
        // One that has lapsed stands here until the schedule has moved it, within a minute.
        .filter(|i| (i.state_at(call.now) == InvitationState::Pending) == (status == "pending"))
        .map(|i| InvitationBody::seen(i, call.now, in_sight))
        .collect();
    Reply::json(
        200,
        &Items {
            items,
            next_cursor: query.seal(next.as_ref()),
        },
    )
}

/// A page of pending invitations for an asker with limited sight. The entries of visible resources find them, so the length of a
/// page reveals nothing of other invitations.
async fn in_sight_of(
    call: &Call,
    inside: &Inside,
    seen: &Snapshot,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Page<Invitation>, Problem> {
    let pending = Filter {
        invite_status: Some(InviteStatus::Pending),
        ..Filter::default()
    };
    let list = List::of(inside, seen, Asked::of(inside.organization.id, pending))?;
    let page = list.page(call.app.store(), after, limit).await?;
    let invitation = |person| match person {
        Person::Invitation(invitation) => Some(*invitation),
        Person::Member(_) => None,
    };
    Ok(Page {
        items: page.rows.into_iter().filter_map(invitation).collect(),
        next: page.next,
    })
}

/// The two places of an invitation: pending, or ended.
pub(super) fn both(organization: OrganizationId, id: InvitationId) -> Vec<Key> {
    vec![
        Key::pending_invitation(organization, id),
        Key::past_invitation(organization, id),
    ]
}

/// Shows one invitation.
pub async fn get(call: Call) -> Outcome {
    call.query(&[])?;
    let user = call.caller().await?;
    let (organization, id) = (call.path("org")?, call.path("invitation")?);
    let (inside, seen) = call.inside(&user, organization, both(organization, id)).await?;
    let sight = inside.sight(permission::MEMBERS_READ)?;
    let visible = |i: &Invitation| match (&sight, &inside.standing) {
        (Sight::All, _) => true,
        (Sight::Some(authority), Standing::Member(_)) => may_see(authority, i),
        (Sight::Some(_), Standing::Platform) => false,
    };
    let invitation = seen
        .invitation(organization, id)?
        .filter(visible)
        .ok_or_else(|| Problem::not_found("invitation"))?;
    let in_sight = |r: &ResourceRef| sight.reaches(permission::MEMBERS_READ, [r]);
    Ok(Reply::json(200, &InvitationBody::seen(&invitation, call.now, in_sight))?.showing(&invitation))
}

/// Changes what a pending invitation offers.
pub async fn update(call: Call) -> Outcome {
    let user = call.caller().await?;
    let (organization, id) = (call.path("org")?, call.path("invitation")?);
    let body: UpdateInvitation = call.body()?;
    let mut keys = both(organization, id);
    let resources = named(body.resources.as_deref().unwrap_or_default())?;
    keys.extend(resources.iter().map(|key| Key::resource(organization, key)));
    call.change_inside(&user, organization, keys, |inside, seen, ids| {
        let before = seen.invitation(organization, id)?;
        let scene = inside.scene()?;
        let Some(known) = before.as_ref().filter(|i| may_see(&scene.authority(), i)) else {
            // The rule says which of 403 and 404 it is.
            return Err(change(
                &scene,
                None,
                Change {
                    offer: None,
                    message: None,
                },
                ids,
            )
            .err()
            .unwrap_or(InvitationRefusal::NotFound)
            .into());
        };
        let kept: Vec<ResourceKey> = known.resources.iter().map(|r| r.key.clone()).collect();
        let keys = if body.resources.is_some() { &resources } else { &kept };
        let touched = body.role.is_some() || body.resources.is_some() || body.duration != Field::Absent;
        let more: Vec<Key> = keys.iter().map(|key| Key::resource(organization, key)).collect();
        if touched && !seen.has_asked(&more) {
            return Ok(Step::Read(more));
        }
        let resources = found(seen, organization, keys)?;
        let role = body.role.as_ref().unwrap_or(&known.role);
        let term = match body.duration.clone() {
            Field::Absent => known.term,
            given => given.value(),
        };
        let offer = touched.then_some(Wanted {
            role,
            resources: &resources,
            term,
        });
        let wanted = Change {
            offer,
            message: body.message.clone().named(),
        };
        let (after, changes) = change(&scene, Some(known), wanted, ids)?;
        call.precondition(Some(known))?;
        Ok(inside.commit(
            changes,
            Reply::json(200, &InvitationBody::of(&after, call.now))?.showing(&after),
        ))
    })
    .await
}

/// Takes a pending invitation back.
pub async fn cancel(call: Call) -> Outcome {
    let user = call.caller().await?;
    call.no_body()?;
    let (organization, id) = (call.path("org")?, call.path("invitation")?);
    call.change_inside(&user, organization, both(organization, id), |inside, seen, ids| {
        let found = seen.invitation(organization, id)?;
        let changes = take_back(&inside.scene()?, found.as_ref(), ids)?;
        call.precondition(found.as_ref())?;
        Ok(inside.commit(changes, Reply::empty()))
    })
    .await
}

/// What must be read to revive this invitation if it has ended: who has its address, and what it was offered on.
pub(super) fn revival_keys(scene: &Scene<'_>, seen: &Snapshot, id: InvitationId) -> Result<Vec<Key>, Problem> {
    let organization = scene.organization.id;
    let Some(ended) = ended(seen, organization, id)? else {
        return Ok(Vec::new());
    };
    let named = ended.resources.iter().map(|r| Key::resource(organization, &r.key));
    let keys: Vec<Key> = named.chain([Key::claim(organization, &ended.email)]).collect();
    if !seen.has_asked(&keys) {
        return Ok(keys);
    }
    Ok(holders(scene, seen, &[Ok(ended.email)])?.err().unwrap_or_default())
}

fn ended(seen: &Snapshot, organization: OrganizationId, id: InvitationId) -> Result<Option<Invitation>, Problem> {
    let found = seen.invitation(organization, id)?;
    Ok(found.filter(|i| i.state != InvitationState::Pending))
}

/// Decides to send it again, once what [`revival_keys`] names is read.
pub(super) fn sent_again(
    scene: &Scene<'_>,
    seen: &Snapshot,
    id: InvitationId,
    ids: &mut Ids,
) -> Result<(Invitation, Changes), Problem> {
    let organization = scene.organization.id;
    let mut holder = None;
    let mut resources = Vec::new();
    if let Some(ended) = ended(seen, organization, id)? {
        let mut found_holders = holders(scene, seen, &[Ok(ended.email.clone())])?.unwrap_or_default();
        holder = found_holders.remove(&ended.email);
        let named: Vec<ResourceKey> = ended.resources.iter().map(|r| r.key.clone()).collect();
        let found = found(seen, organization, &named)?;
        resources = found.into_iter().filter_map(|(_, resource)| resource).collect();
    }
    let revival = Revival {
        holder: holder.as_ref(),
        resources: &resources,
    };
    let before = seen.invitation(organization, id)?;
    let (after, changes) = send_again(scene, before.as_ref(), &revival, ids)?;
    let sent = seen.sent(organization, scene.now)?;
    sent.fits(scene.organization, &changes)
        .map_err(InvitationRefusal::MailLimit)?;
    Ok((after, changes))
}

/// Sends an invitation again, with a new link.
pub async fn resend(call: Call) -> Outcome {
    let user = call.caller().await?;
    call.no_body()?;
    let (organization, id) = (call.path("org")?, call.path("invitation")?);
    let mut keys = both(organization, id);
    keys.push(Key::sent_on(organization, day(call.now)));
    call.change_inside(&user, organization, keys, |inside, seen, ids| {
        let scene = inside.scene()?;
        let more = revival_keys(&scene, seen, id)?;
        if !more.is_empty() {
            return Ok(Step::Read(more));
        }
        let (after, changes) = sent_again(&scene, seen, id, ids)?;
        Ok(inside.commit(
            changes,
            Reply::json(200, &InvitationBody::of(&after, call.now))?.showing(&after),
        ))
    })
    .await
}

/// Sends chosen invitations again, or without a body every pending one, in the background.
pub async fn resend_some(call: Call) -> Outcome {
    let user = call.caller().await?;
    let organization: OrganizationId = call.path("org")?;
    match call.body_if_any()? {
        Some(chosen) => super::chosen_invitations::resend(call, user, organization, chosen).await,
        None => resend_every(&call, &user, organization).await,
    }
}

async fn resend_every(call: &Call, user: &User, organization: OrganizationId) -> Outcome {
    call.change_inside(user, organization, Vec::new(), |inside, _, ids| {
        let (job, changes) = resend_all(&inside.scene()?, ids)?;
        let body = JobBody {
            job: job.id,
            status: "accepted".into(),
        };
        Ok(inside.commit(changes, Reply::json(202, &body)?))
    })
    .await
}
