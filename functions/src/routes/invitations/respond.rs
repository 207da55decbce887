//! Invitations, from the invitee's side.

use crate::api::PageResponse;
use crate::api::invitation::{
    AcceptInvitationResponse, InvitationPreviewResponse, PreviewedResource, WaitingInvitationResponse,
};
use crate::api::person::PeopleView;
use crate::api::resource::ResourceNames;
use crate::offers::Offers;
use crate::routes::lookup::{name_keys, resource_names};
use muster_domain::link::Link;
use muster_domain::rules::DecisionContext;
use muster_domain::rules::invitations::respond::{self, InvitationReply, Invitee, ResponseRefusal};
use muster_domain::rules::sources::SourceViewer;
use muster_domain::{
    Changes, Invitation, InvitationState, Member, Organization, OrganizationId, ResourceRef, RoleId, RoleSet,
};
use muster_edge::mail::NAMED_RESOURCES;
use muster_edge::next_action::PendingChange;
use muster_edge::org_context::role_set;
use muster_edge::{Call, Ids, NextAction, Outcome, Problem, Reply, User};
use muster_store::items::ClaimHolder;
use muster_store::{Backoff, Key, ReadSet, Standing};

fn no_invitation() -> Problem {
    Problem::not_found("invitation")
}

async fn link(call: &Call) -> Result<Link, Problem> {
    let token: String = call.path("token")?;
    call.app.links().await?.open(&token).ok_or_else(no_invitation)
}

fn link_keys(link: &Link) -> [Key; 3] {
    [
        Key::organization(link.organization),
        Key::pending_invitation(link.organization, link.invitation),
        Key::past_invitation(link.organization, link.invitation),
    ]
}

/// Shows what the link's page may show, to anyone who has the link.
pub async fn preview(call: Call) -> Outcome {
    call.query(&[])?;
    let link = link(&call).await?;
    let read = call.app.store().read(&link_keys(&link)).await?;
    let organization = existing_organization(&read, link.organization)?;
    let invitation = read
        .invitation(link.organization, link.invitation)?
        .ok_or_else(no_invitation)?;
    if invitation.generation != link.generation {
        return Err(ResponseRefusal::LinkReplaced.into());
    }
    let state = invitation.state_at(call.now);
    // The link alone tells what its mail told, and no more once the invitation has ended: a resource may have another name by then.
    let is_open = state == InvitationState::Pending;
    let offered = invitation.resources.iter().filter(|_| is_open);
    let named: Vec<&ResourceRef> = offered.clone().take(NAMED_RESOURCES).collect();
    let names = resource_names(
        call.app.store(),
        &name_keys(named.iter().map(|on| (organization.id, *on))),
    )
    .await?;
    let shown = named.into_iter().filter_map(|on| names.get(on));
    let is_for_me = reader(&call).await.map(|user| is_for(&user, &invitation));
    let body = InvitationPreviewResponse {
        role_name: role_name(&organization, &invitation.role),
        organization_name: organization.name,
        email: invitation.email.masked(),
        state,
        expires_at: invitation.expires_at,
        resources: shown.map(|name| PreviewedResource { name }).collect(),
        more_resources: offered.skip(NAMED_RESOURCES).count(),
        duration: invitation.term.filter(|_| is_open),
        message: invitation.message.clone().filter(|_| is_open),
        is_for_me,
        inviter: invitation.inviter_name,
    };
    Reply::json(200, &body)
}

/// The signed-in user whose token a public request has, if it has a valid one.
async fn reader(call: &Call) -> Option<User> {
    call.header("authorization")?;
    call.user().await.ok()
}

/// Whether the invitation is for this user's verified address.
fn is_for(user: &User, invitation: &Invitation) -> bool {
    user.email_verified && user.email.as_ref() == Some(&invitation.email)
}

/// The display name of a role; its id if the role set no longer has it.
fn role_name(organization: &Organization, id: &RoleId) -> String {
    let role = role_set(organization).ok().and_then(|set| set.role(id));
    role.map_or_else(|| id.to_string(), |role| role.name.clone())
}

/// Maximum number of attempts to end an invitation that the caller cannot accept.
const MAX_ATTEMPTS: usize = 3;

/// Accepts an invitation: the caller becomes a member. A caller who is already a member, with another address, is refused, and the
/// invitation ends, since no one else could accept it.
pub async fn accept(call: Call, user: User) -> Outcome {
    let link = link(&call).await?;
    let mut backoff = Backoff::after_conflict();
    for _ in 0..MAX_ATTEMPTS {
        let mut end_of_invitation = None;
        let outcome = answer(&call, &user, &link, |answer, ids| {
            end_of_invitation = None;
            let (member, changes) = match respond::accept(answer, ids) {
                Err(refusal @ ResponseRefusal::AlreadyMember) => {
                    end_of_invitation = Some((
                        answer.organization.clone(),
                        respond::end_invitation_of_member(answer, ids),
                    ));
                    return Err(refusal.into());
                }
                joined => joined?,
            };
            let (organization, set) = (answer.organization, role_set(answer.organization)?);
            let ctx = DecisionContext {
                organization,
                set,
                actor: &member,
                key: None,
                now: answer.now,
                known: None,
            };
            let view = PeopleView {
                organization,
                set,
                now: answer.now,
                with_subjects: false,
                viewer: SourceViewer::of(&ctx),
                offers: Offers::member(ctx),
                names: ResourceNames::default(),
            };
            let body = AcceptInvitationResponse {
                organization: organization.id,
                member: view.member(&member, |_| true),
            };
            Ok((changes, Reply::json(200, &body)?))
        });
        let outcome = outcome.await;
        match end_of_invitation {
            // Another request was faster, so the current state is read again.
            Some((organization, changes))
                if !call
                    .commit_apart(&organization, role_set(&organization)?, &changes)
                    .await? =>
            {
                backoff.pause().await;
            }
            _ => return outcome,
        }
    }
    Err(ResponseRefusal::AlreadyMember.into())
}

/// Declines an invitation.
pub async fn decline(call: Call, user: User) -> Outcome {
    let link = link(&call).await?;
    answer(&call, &user, &link, |answer, ids| {
        Ok((respond::decline(answer, ids)?, Reply::empty()))
    })
    .await
}

/// Reads the data that an answer depends on, and makes the change that `decide` returns.
async fn answer(
    call: &Call,
    user: &User,
    link: &Link,
    mut decide: impl FnMut(&InvitationReply<'_>, &mut Ids) -> Result<(Changes, Reply), Problem>,
) -> Outcome {
    let id = link.organization;
    let keys = link_keys(link)
        .into_iter()
        .chain([Key::member(id, link.inviter), Key::member(id, user.id)])
        .chain([Key::former_member(id, user.id)])
        .chain(user.email.as_ref().map(|email| Key::deliverability(id, email)))
        .collect();
    let mut looked_again = false;
    call.change(user, keys, |read, ids| {
        let organization = existing_organization(read, id)?;
        let set = role_set(&organization)?;
        let Some(invitation) = read.invitation(id, link.invitation)? else {
            // A read of several items is not a snapshot: an invitation that ends meanwhile moves, and may be seen in neither place.
            if std::mem::replace(&mut looked_again, true) {
                return Err(no_invitation());
            }
            return Ok(NextAction::Read(link_keys(link).into_iter().collect()));
        };
        // The link names the sender. A member who changed the invitation since then answers for it instead.
        let inviters: Vec<Key> = invitation.answerable().map(|member| Key::member(id, member)).collect();
        if !read.covers(&inviters) {
            return Ok(NextAction::Read(inviters));
        }
        let (inviters, member) = members(read, &invitation, user)?;
        let former = read.former_member(id, user.id)?;
        let answer = InvitationReply {
            organization: &organization,
            set,
            invitation: &invitation,
            generation: link.generation,
            inviters: &inviters,
            member: member.as_ref(),
            former: former.as_ref(),
            invitee: Invitee {
                id: user.id,
                subject: user.subject.as_ref(),
                email: user.email.as_ref(),
                email_verified: user.email_verified,
                name: user.name.as_ref(),
            },
            now: call.now,
        };
        let (changes, reply) = decide(&answer, ids)?;
        let known = user.email.as_ref().map(|email| read.deliverability(id, email));
        let changes = respond::record_wants_mail(changes, known.transpose()?.flatten().as_ref(), call.now);
        commit(user, (organization, set), changes, reply)
    })
    .await
}

/// The change that an answer makes, if any.
fn commit(
    user: &User,
    (organization, set): (Organization, &'static RoleSet),
    changes: Changes,
    reply: Reply,
) -> Result<NextAction, Problem> {
    if changes.is_empty() {
        return Ok(NextAction::Reply(reply));
    }
    user.in_own_name()?;
    // The answer to an acceptance is stored for the new member. Declining stores no answer, since a retry gets the same one.
    let joins = changes.members.iter().find_map(|pair| pair.after.as_ref());
    let standing = joins.map(|member| Standing::new(organization.id, Some(member.joined_at), false));
    Ok(NextAction::Commit(Box::new(PendingChange {
        changes,
        organization: Some(organization),
        set,
        reply,
        standing,
    })))
}

fn members(
    read: &ReadSet,
    invitation: &muster_domain::Invitation,
    user: &User,
) -> Result<(Vec<Member>, Option<Member>), Problem> {
    let mut inviters = Vec::new();
    for id in invitation.answerable() {
        inviters.extend(read.member(invitation.organization, id)?);
    }
    Ok((inviters, read.member(invitation.organization, user.id)?))
}

/// The organization. A deleted one no longer invites anyone.
fn existing_organization(read: &ReadSet, id: OrganizationId) -> Result<Organization, Problem> {
    let found = read.organization(id)?.filter(|o| !o.is_deleted());
    found.ok_or_else(no_invitation)
}

/// Lists the invitations that wait for the caller's verified address, in any organization.
pub async fn waiting(call: Call, user: User) -> Outcome {
    let query = call.query(&["limit", "cursor"])?;
    let email = user
        .email
        .as_ref()
        .filter(|_| user.email_verified)
        .ok_or_else(Problem::email_not_verified)?;
    let store = call.app.store();
    let page = store.claims_on(email, query.cursor()?.as_ref(), query.limit()?).await?;
    let claims = page.items.iter().filter_map(|claim| match claim.holder {
        ClaimHolder::Invitation { holder, expires_at } if expires_at > call.now => Some((claim.organization, holder)),
        _ => None,
    });
    let claims: Vec<_> = claims.collect();
    let keys: Vec<Key> = claims
        .iter()
        .flat_map(|(o, i)| [Key::organization(*o), Key::pending_invitation(*o, *i)])
        .collect();
    let read = store.read(&keys).await?;
    let links = call.app.links().await?;
    let mut waiting = Vec::with_capacity(claims.len());
    for (organization, id) in claims {
        let (Some(organization), Some(invitation)) = (
            read.organization(organization)?.filter(|o| !o.is_deleted()),
            read.pending_invitation(organization, id)?,
        ) else {
            continue;
        };
        if invitation.state_at(call.now) != InvitationState::Pending {
            continue;
        }
        waiting.push((organization, invitation));
    }
    let offered = waiting.iter().flat_map(|(organization, invitation)| {
        let resources = invitation.resources.iter();
        resources.map(|on| (organization.id, on))
    });
    let names = resource_names(store, &name_keys(offered)).await?;
    let shown = |(organization, invitation): (Organization, Invitation)| {
        let token = links.token(&Link {
            organization: organization.id,
            invitation: invitation.id,
            inviter: invitation.invited_by,
            generation: invitation.generation,
        });
        WaitingInvitationResponse {
            id: invitation.id,
            token,
            organization: organization.id,
            role_name: role_name(&organization, &invitation.role),
            organization_name: organization.name,
            role: invitation.role,
            resources: names.all(&invitation.resources),
            duration: invitation.term,
            inviter: invitation.inviter_name,
            message: invitation.message,
            expires_at: invitation.expires_at,
        }
    };
    let items = waiting.into_iter().map(shown).collect();
    Reply::json(
        200,
        &PageResponse {
            items,
            next_cursor: query.seal(page.next.as_ref()),
        },
    )
}
