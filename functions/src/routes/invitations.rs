//! Invitations, from the side of those who invite.

use super::people::List;
use crate::shapes::invitation::{InvitationBody, JobBody, UpdateInvitation};
use crate::shapes::{Items, ResourceName};
use muster_domain::address::Rejected;
use muster_domain::people::{Filter, InviteStatus};
use muster_domain::rules::invitations::{self, Change, InvitationRefusal, Revival};
use muster_domain::rules::invite::Holder;
use muster_domain::rules::members;
use muster_domain::rules::offer::Wanted;
use muster_domain::rules::pace;
use muster_domain::rules::{DecisionContext, Violation};
use muster_domain::{
    Address, Changes, Invitation, InvitationId, InvitationState, OrganizationId, Person, PersonId, Resource,
    ResourceKey, ResourceRef, permission,
};
use muster_edge::org_context::Visibility;
use muster_edge::{Call, CallerKind, Field, Ids, NextAction, OrgContext, Outcome, Problem, Reply, User};
use muster_store::items::ClaimHolder;
use muster_store::{Cursor, Key, Page, PeopleQuery, ReadSet};
use std::collections::BTreeMap;

/// How many resources a request may name; what one invitation can hold is the domain's business.
const MAX_NAMED: usize = 60;

/// The keys of resources that a request names.
pub(super) fn named(resources: &[ResourceName]) -> Result<Vec<ResourceKey>, Problem> {
    if resources.len() > MAX_NAMED {
        return Err(Problem::invalid([Violation::field(
            "resources",
            "too_many",
            format!("must be at most {MAX_NAMED}"),
        )]));
    }
    Ok(resources.iter().cloned().map(Into::into).collect())
}

/// The resources with what was found under their names.
pub(super) fn found(
    read: &ReadSet,
    organization: OrganizationId,
    keys: &[ResourceKey],
) -> Result<Vec<(ResourceKey, Option<Resource>)>, Problem> {
    keys.iter()
        .map(|key| Ok((key.clone(), read.resource(organization, key)?)))
        .collect()
}

pub(super) type Holders = BTreeMap<Address, Holder>;

/// The holder of each address; or what else must be read to tell. That is an invitation that has lapsed and that no job has ended
/// yet, and, for an actor who does not see everybody, the holder's own item.
pub(super) fn holders(
    ctx: &DecisionContext<'_>,
    read: &ReadSet,
    addresses: &[Result<Address, Rejected>],
) -> Result<Result<Holders, Vec<Key>>, Problem> {
    let id = ctx.organization.id;
    let authority = ctx.authority();
    let sees_all = authority.allows(permission::MEMBERS_READ, None);
    let mut holders = Holders::new();
    let mut more = Vec::new();
    for address in addresses.iter().flatten() {
        let Some(claim) = read.claim(id, address)? else {
            continue;
        };
        let lapsed = matches!(&claim.holder, ClaimHolder::Invitation { expires_at, .. } if *expires_at <= ctx.now);
        let (holder, person) = match claim.holder {
            ClaimHolder::Member { holder } => (Holder::Member(holder), PersonId::Member(holder)),
            ClaimHolder::Invitation { holder, .. } => (Holder::Invitation(holder), PersonId::Invitation(holder)),
        };
        if sees_all && !lapsed {
            holders.insert(address.clone(), holder);
            continue;
        }
        let key = Key::person(id, person);
        if !read.covers(std::slice::from_ref(&key)) {
            more.push(key);
            continue;
        }
        let holder = match read.person(id, person)? {
            // Gone between the two reads: the address is free, or the condition on its claim says otherwise.
            None => continue,
            Some(Person::Invitation(invitation)) if lapsed => Holder::Lapsed(invitation),
            Some(Person::Invitation(invitation)) if invitations::may_see(&authority, &invitation) => holder,
            Some(Person::Invitation(_)) => Holder::OutOfSight,
            Some(Person::Member(member)) if members::may_see(ctx, &member) => holder,
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
    let (org, read) = call.read_in_org(&user, id, Vec::new()).await?;
    let visibility = org.visibility(permission::MEMBERS_READ)?;
    let store = call.app.store();
    let after = cursor.as_ref();
    let Page { items, next } = match (status, &visibility) {
        ("pending", Visibility::All) => store.pending_invitations(id, after, limit).await?,
        ("pending", Visibility::Some(_)) => in_sight_of(&call, &org, &read, after, limit).await?,
        _ => store.past_invitations(id, after, limit).await?,
    };
    let is_visible = |r: &ResourceRef| visibility.reaches(permission::MEMBERS_READ, [r]);
    let items = items
        .iter()
        .filter(|i| visibility.reaches(permission::MEMBERS_READ, &i.resources))
        // One that has lapsed stands here until the schedule has moved it, within a minute.
        .filter(|i| (i.state_at(call.now) == InvitationState::Pending) == (status == "pending"))
        .map(|i| InvitationBody::seen(i, call.now, is_visible))
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
    org: &OrgContext,
    read: &ReadSet,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Page<Invitation>, Problem> {
    let pending = Filter {
        invite_status: Some(InviteStatus::Pending),
        ..Filter::default()
    };
    let list = List::of(org, read, PeopleQuery::of(org.organization.id, pending))?;
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
    let (org, read) = call.read_in_org(&user, organization, both(organization, id)).await?;
    let visibility = org.visibility(permission::MEMBERS_READ)?;
    let visible = |i: &Invitation| match (&visibility, &org.caller_kind) {
        (Visibility::All, _) => true,
        (Visibility::Some(authority), CallerKind::Member(_)) => invitations::may_see(authority, i),
        (Visibility::Some(_), CallerKind::Platform) => false,
    };
    let invitation = read
        .invitation(organization, id)?
        .filter(visible)
        .ok_or_else(|| Problem::not_found("invitation"))?;
    let is_visible = |r: &ResourceRef| visibility.reaches(permission::MEMBERS_READ, [r]);
    Ok(Reply::json(200, &InvitationBody::seen(&invitation, call.now, is_visible))?.showing(&invitation))
}

/// Changes what a pending invitation offers.
pub async fn update(call: Call) -> Outcome {
    let user = call.caller().await?;
    let (organization, id) = (call.path("org")?, call.path("invitation")?);
    let body: UpdateInvitation = call.body()?;
    let mut keys = both(organization, id);
    let resources = named(body.resources.as_deref().unwrap_or_default())?;
    keys.extend(resources.iter().map(|key| Key::resource(organization, key)));
    call.change_in_org(&user, organization, keys, |org, read, ids| {
        let before = read.invitation(organization, id)?;
        let ctx = org.decision_context()?;
        let Some(known) = before.as_ref().filter(|i| invitations::may_see(&ctx.authority(), i)) else {
            // The rule says which of 403 and 404 it is.
            return Err(invitations::change(
                &ctx,
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
        if touched && !read.covers(&more) {
            return Ok(NextAction::Read(more));
        }
        let resources = found(read, organization, keys)?;
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
        let (after, changes) = invitations::change(&ctx, Some(known), wanted, ids)?;
        call.precondition(Some(known))?;
        Ok(org.commit(
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
    call.change_in_org(&user, organization, both(organization, id), |org, read, ids| {
        let found = read.invitation(organization, id)?;
        let changes = invitations::cancel(&org.decision_context()?, found.as_ref(), ids)?;
        call.precondition(found.as_ref())?;
        Ok(org.commit(changes, Reply::empty()))
    })
    .await
}

/// What must be read to revive this invitation if it has ended: who has its address, and what it was offered on.
pub(super) fn revival_keys(ctx: &DecisionContext<'_>, read: &ReadSet, id: InvitationId) -> Result<Vec<Key>, Problem> {
    let organization = ctx.organization.id;
    let Some(ended) = ended(read, organization, id)? else {
        return Ok(Vec::new());
    };
    let named = ended.resources.iter().map(|r| Key::resource(organization, &r.key));
    let keys: Vec<Key> = named.chain([Key::claim(organization, &ended.email)]).collect();
    if !read.covers(&keys) {
        return Ok(keys);
    }
    Ok(holders(ctx, read, &[Ok(ended.email)])?.err().unwrap_or_default())
}

fn ended(read: &ReadSet, organization: OrganizationId, id: InvitationId) -> Result<Option<Invitation>, Problem> {
    let found = read.invitation(organization, id)?;
    Ok(found.filter(|i| i.state != InvitationState::Pending))
}

/// Decides to send it again, once what [`revival_keys`] names is read.
pub(super) fn sent_again(
    ctx: &DecisionContext<'_>,
    read: &ReadSet,
    id: InvitationId,
    ids: &mut Ids,
) -> Result<(Invitation, Changes), Problem> {
    let organization = ctx.organization.id;
    let mut holder = None;
    let mut resources = Vec::new();
    if let Some(ended) = ended(read, organization, id)? {
        let mut found_holders = holders(ctx, read, &[Ok(ended.email.clone())])?.unwrap_or_default();
        holder = found_holders.remove(&ended.email);
        let named: Vec<ResourceKey> = ended.resources.iter().map(|r| r.key.clone()).collect();
        let found = found(read, organization, &named)?;
        resources = found.into_iter().filter_map(|(_, resource)| resource).collect();
    }
    let revival = Revival {
        holder: holder.as_ref(),
        resources: &resources,
    };
    let before = read.invitation(organization, id)?;
    let (after, changes) = invitations::resend(ctx, before.as_ref(), &revival, ids)?;
    let sent = read.sent(organization, ctx.now)?;
    sent.fits(ctx.organization, &changes)
        .map_err(InvitationRefusal::MailLimit)?;
    Ok((after, changes))
}

/// Sends an invitation again, with a new link.
pub async fn resend(call: Call) -> Outcome {
    let user = call.caller().await?;
    call.no_body()?;
    let (organization, id) = (call.path("org")?, call.path("invitation")?);
    let mut keys = both(organization, id);
    keys.push(Key::sent_on(organization, pace::day(call.now)));
    call.change_in_org(&user, organization, keys, |org, read, ids| {
        let ctx = org.decision_context()?;
        let more = revival_keys(&ctx, read, id)?;
        if !more.is_empty() {
            return Ok(NextAction::Read(more));
        }
        let (after, changes) = sent_again(&ctx, read, id, ids)?;
        Ok(org.commit(
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
    call.change_in_org(user, organization, Vec::new(), |org, _, ids| {
        let (job, changes) = invitations::resend_all(&org.decision_context()?, ids)?;
        let body = JobBody {
            job: job.id,
            status: "accepted".into(),
        };
        Ok(org.commit(changes, Reply::json(202, &body)?))
    })
    .await
}
