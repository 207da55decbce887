//! Invitations: list, get, update, cancel and resend.

pub mod bulk;
pub mod create;
pub mod respond;

use crate::api::PageResponse;
use crate::api::invitation::{InvitationResponse, InvitationView, UpdateInvitationRequest};
use crate::api::resource::ResourceNames;
use crate::offers::Offers;
use crate::openapi::query::{INVITATION_STATUS, PENDING};
use crate::routes::lookup::{
    Lookup, email_holders, invitation_keys, name_keys, names_beside, resource_keys, resource_names, resources_found,
};
use crate::routes::people::List;
use muster_domain::people::{Filter, InviteStatus};
use muster_domain::rules::invitations::{self, InvitationRefusal, InvitationUpdate, Revival};
use muster_domain::rules::offer::RequestedOffer;
use muster_domain::rules::{DecisionContext, pace};
use muster_domain::{
    Changes, Invitation, InvitationId, InvitationState, OrganizationId, Person, ResourceKey, ResourceRef, permission,
};
use muster_edge::org_context::Visibility;
use muster_edge::{Call, CallerKind, Field, Ids, NextAction, OrgContext, Outcome, Problem, Reply, User};
use muster_store::{Cursor, Key, Page, PeopleQuery, ReadSet};

/// Lists invitations: pending ones by default, or those that have ended, the latest first.
pub async fn list(call: Call, user: User) -> Outcome {
    let id: OrganizationId = call.path("org")?;
    let query = call.query(&[INVITATION_STATUS.name, "limit", "cursor"])?;
    let is_pending = INVITATION_STATUS.word(&query)? == PENDING;
    let (cursor, limit) = (query.cursor()?, query.limit()?);
    let (org, read) = call.read_in_org(&user, id, Vec::new()).await?;
    let visibility = org.visibility(permission::MEMBERS_READ)?;
    let store = call.app.store();
    let after = cursor.as_ref();
    let page = async {
        Ok::<Page<Invitation>, Problem>(match (is_pending, &visibility) {
            (true, Visibility::All) => store.pending_invitations(id, after, limit).await?,
            (true, Visibility::Some(_)) => visible_invitations(&call, &org, &read, after, limit).await?,
            (false, _) => store.past_invitations(id, after, limit).await?,
        })
    };
    let beside = async { Ok(names_beside(store, &org, &visibility).await?) };
    let (Page { items, next }, beside) = futures::try_join!(page, beside)?;
    let is_visible = |r: &ResourceRef| visibility.includes(permission::MEMBERS_READ, [r]);
    let mut shown = items;
    // An expired invitation stays among the pending ones until the schedule moves it, within a minute.
    shown.retain(|i| (i.state_at(call.now) == InvitationState::Pending) == is_pending);
    shown.retain(|i| visibility.includes(permission::MEMBERS_READ, &i.resources));
    let offered = shown.iter().flat_map(|i| &i.resources).filter(|on| is_visible(on));
    let view = InvitationView {
        offers: Offers::to(&org),
        names: beside.completed(store, id, offered.collect()).await?,
        now: call.now,
    };
    let items = shown
        .iter()
        .map(|i| InvitationResponse::seen(i, &view, is_visible))
        .collect();
    Reply::json(
        200,
        &PageResponse {
            items,
            next_cursor: query.seal(next.as_ref()),
        },
    )
}

/// A page of pending invitations for a caller with limited visibility. They are found through the entries of visible resources, so
/// the length of a page reveals nothing about other invitations.
async fn visible_invitations(
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

/// Shows one invitation.
pub async fn get(call: Call, user: User) -> Outcome {
    call.query(&[])?;
    let (organization, id) = (call.path("org")?, call.path("invitation")?);
    let (org, read) = call
        .read_in_org(&user, organization, invitation_keys(organization, id))
        .await?;
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
    let is_visible = |r: &ResourceRef| visibility.includes(permission::MEMBERS_READ, [r]);
    let offered = invitation.resources.iter().filter(|on| is_visible(on));
    let view = InvitationView {
        offers: Offers::to(&org),
        names: resource_names(call.app.store(), &name_keys(offered.map(|on| (organization, on)))).await?,
        now: call.now,
    };
    let shown = InvitationResponse::seen(&invitation, &view, is_visible);
    Ok(Reply::json(200, &shown)?.showing(&invitation))
}

/// Changes what a pending invitation offers.
pub async fn update(call: Call, user: User) -> Outcome {
    let (organization, id) = (call.path("org")?, call.path("invitation")?);
    let body: UpdateInvitationRequest = call.body()?;
    let mut keys = invitation_keys(organization, id);
    let resources = resource_keys(body.resources.as_deref().unwrap_or_default())?;
    keys.extend(resources.iter().map(|key| Key::resource(organization, key)));
    call.change_in_org(&user, organization, keys, |org, read, ids| {
        let before = read.invitation(organization, id)?;
        let ctx = org.decision_context()?;
        let Some(known) = before.as_ref().filter(|i| invitations::may_see(&ctx.authority(), i)) else {
            // The rule decides between 403 and 404.
            return Err(invitations::change(
                &ctx,
                None,
                InvitationUpdate {
                    offer: None,
                    message: None,
                    language: None,
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
        let resources = if touched {
            resources_found(read, organization, keys)?
        } else {
            Vec::new()
        };
        let role = body.role.as_ref().unwrap_or(&known.role);
        let term = match body.duration.clone() {
            Field::Absent => known.term,
            given => given.value(),
        };
        let offer = touched.then_some(RequestedOffer {
            role,
            resources: &resources,
            term,
        });
        let wanted = InvitationUpdate {
            offer,
            message: body.message.clone().as_change(),
            language: body.language.clone().as_change(),
        };
        let (after, changes) = invitations::change(&ctx, Some(known), wanted, ids)?;
        call.precondition(Some(known))?;
        Ok(org.commit(
            changes,
            Reply::json(200, &InvitationResponse::of(&after, &changed(org, read)?))?.showing(&after),
        ))
    })
    .await
}

/// The view of a caller who changes an invitation, with the names of the resources that the decision read.
fn changed<'a>(org: &'a OrgContext, read: &ReadSet) -> Result<InvitationView<'a>, Problem> {
    Ok(InvitationView {
        offers: Offers::to(org),
        names: ResourceNames::of(read)?,
        now: org.now,
    })
}

/// Cancels a pending invitation.
pub async fn cancel(call: Call, user: User) -> Outcome {
    let (organization, id) = (call.path("org")?, call.path("invitation")?);
    call.change_in_org(
        &user,
        organization,
        invitation_keys(organization, id),
        |org, read, ids| {
            let found = read.invitation(organization, id)?;
            let changes = invitations::cancel(&org.decision_context()?, found.as_ref(), ids)?;
            call.precondition(found.as_ref())?;
            Ok(org.commit(changes, Reply::empty()))
        },
    )
    .await
}

/// The keys to read before this invitation is revived if it has ended: the holder of its address, and the resources it offered.
pub(super) fn revival_keys(ctx: &DecisionContext<'_>, read: &ReadSet, id: InvitationId) -> Result<Vec<Key>, Problem> {
    let organization = ctx.organization.id;
    let Some(ended) = ended_invitation(read, organization, id)? else {
        return Ok(Vec::new());
    };
    let named = ended.resources.iter().map(|r| Key::resource(organization, &r.key));
    let keys: Vec<Key> = named.chain([Key::claim(organization, &ended.email)]).collect();
    if !read.covers(&keys) {
        return Ok(keys);
    }
    Ok(match email_holders(ctx, read, &[Ok(ended.email)])? {
        Lookup::Ready(_) => Vec::new(),
        Lookup::Needs(more) => more,
    })
}

fn ended_invitation(
    read: &ReadSet,
    organization: OrganizationId,
    id: InvitationId,
) -> Result<Option<Invitation>, Problem> {
    let found = read.invitation(organization, id)?;
    Ok(found.filter(|i| i.state != InvitationState::Pending))
}

/// Decides whether to resend an invitation, after the keys of [`revival_keys`] are read.
pub(super) fn sent_again(
    ctx: &DecisionContext<'_>,
    read: &ReadSet,
    id: InvitationId,
    ids: &mut Ids,
) -> Result<(Invitation, Changes), Problem> {
    let organization = ctx.organization.id;
    let mut holder = None;
    let mut resources = Vec::new();
    if let Some(ended) = ended_invitation(read, organization, id)? {
        if let Lookup::Ready(mut holders) = email_holders(ctx, read, &[Ok(ended.email.clone())])? {
            holder = holders.remove(&ended.email);
        }
        let named: Vec<ResourceKey> = ended.resources.iter().map(|r| r.key.clone()).collect();
        let found = resources_found(read, organization, &named)?;
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

/// Resends an invitation, with a new link.
pub async fn resend(call: Call, user: User) -> Outcome {
    let (organization, id) = (call.path("org")?, call.path("invitation")?);
    let mut keys = invitation_keys(organization, id);
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
            Reply::json(200, &InvitationResponse::of(&after, &changed(org, read)?))?.showing(&after),
        ))
    })
    .await
}
