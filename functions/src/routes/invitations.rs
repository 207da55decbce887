//! Invitations, from the side of those who invite.

use crate::shapes::invitation::{
    CreateInvitations, DryRunBody, InvitationBody, InvitedBody, JobBody, UpdateInvitation, VerdictBody,
};
use crate::shapes::{Items, ResourceName};
use muster_domain::address::{Rejected, parse_list};
use muster_domain::rules::Fault;
use muster_domain::rules::invitations::{
    Change, InvitationRefusal, cancel as take_back, change, may_see, resend as send_again, resend_all,
};
use muster_domain::rules::invite::{Holder, Invite, invite};
use muster_domain::rules::offer::Wanted;
use muster_domain::{Address, Invitation, InvitationId, OrganizationId, Resource, ResourceKey, permission};
use muster_edge::inside::Sight;
use muster_edge::problem::NeededSeats;
use muster_edge::{Call, Field, Inside, Outcome, Problem, Reply, Standing, Step};
use muster_store::items::ClaimHolder;
use muster_store::{Key, Page, Snapshot};
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

/// Invites up to 20 addresses, all or none.
pub async fn create(call: Call) -> Outcome {
    let user = call.user().await?;
    let id: OrganizationId = call.path("org")?;
    let body: CreateInvitations = call.body()?;
    let addresses = parse_list(&body.emails).map_err(|e| {
        Problem::new(422, "invalid-invitations", "Nothing was sent").faults([Fault::field(
            "emails",
            e.code(),
            e.to_string(),
        )])
    })?;
    let resources = named(&body.resources)?;
    let claims = addresses.iter().flatten().map(|address| Key::claim(id, address));
    let keys = claims
        .chain(resources.iter().map(|key| Key::resource(id, key)))
        .collect();
    call.change_inside(&user, id, keys, |inside, seen, ids| {
        let holders = match holders(inside, seen, &addresses)? {
            Ok(holders) => holders,
            Err(more) => return Ok(Step::Read(more)),
        };
        let resources = found(seen, id, &resources)?;
        let wanted = Wanted {
            role: &body.role,
            resources: &resources,
            term: body.duration,
        };
        let request = Invite {
            addresses: &addresses,
            holders: &holders,
            wanted,
            message: body.message.clone(),
        };
        let (invitations, changes) = invite(&inside.scene()?, request, ids)?;
        let seats = inside.organization.seats();
        if body.dry_run {
            return dry_run(&invitations, seats, changes.seat_delta());
        }
        let reply = InvitedBody {
            invitations: invitations.iter().map(|i| InvitationBody::of(i, call.now)).collect(),
            added: Vec::new(),
            seats: seats.after(changes.seat_delta()).into(),
        };
        Ok(inside.commit(changes, Reply::json(201, &reply)?))
    })
    .await
}

fn dry_run(invitations: &[Invitation], seats: muster_domain::Seats, needed: i64) -> Result<Step, Problem> {
    let verdict = |i: &Invitation| VerdictBody {
        email: i.email.clone(),
        verdict: "invite".into(),
    };
    let body = DryRunBody {
        dry_run: true,
        verdicts: invitations.iter().map(verdict).collect(),
        seats: NeededSeats {
            used: seats.used,
            limit: seats.limit,
            needed,
        },
    };
    Ok(Step::Reply(Reply::json(200, &body)?))
}

type Holders = BTreeMap<Address, Holder>;

/// Who holds each address; or what else must be read to tell, where an invitation has lapsed and no job has ended it yet.
fn holders(
    inside: &Inside,
    seen: &Snapshot,
    addresses: &[Result<Address, Rejected>],
) -> Result<Result<Holders, Vec<Key>>, Problem> {
    let id = inside.organization.id;
    let mut holders = Holders::new();
    let mut more = Vec::new();
    for address in addresses.iter().flatten() {
        let Some(claim) = seen.claim(id, address)? else {
            continue;
        };
        let holder = match claim.holder {
            ClaimHolder::Member { holder } => Holder::Member(holder),
            ClaimHolder::Invitation { holder, expires_at } if expires_at > inside.now => Holder::Invitation(holder),
            ClaimHolder::Invitation { holder, .. } => {
                let key = Key::pending_invitation(id, holder);
                if !seen.has_asked(std::slice::from_ref(&key)) {
                    more.push(key);
                    continue;
                }
                // Ended between the two reads: the address is free, or the condition on its claim says otherwise.
                let Some(lapsed) = seen.invitation(id, holder)? else {
                    continue;
                };
                Holder::Lapsed(Box::new(lapsed))
            }
        };
        holders.insert(address.clone(), holder);
    }
    Ok(if more.is_empty() { Ok(holders) } else { Err(more) })
}

/// Lists invitations: pending ones by default, or those that have ended, the latest first.
pub async fn list(call: Call) -> Outcome {
    let user = call.user().await?;
    let id: OrganizationId = call.path("org")?;
    let query = call.query(&["status", "limit", "cursor"])?;
    let status = query.one_of("status", &["pending", "ended"])?;
    let (cursor, limit) = (query.cursor()?, query.limit()?);
    let store = call.app.store();
    let read = async {
        if status == "pending" {
            store.pending_invitations(id, cursor.as_ref(), limit).await
        } else {
            store.past_invitations(id, cursor.as_ref(), limit).await
        }
    };
    let (inside, page) = tokio::join!(call.inside(&user, id, Vec::new()), read);
    let (inside, _) = inside?;
    let sight = inside.sight(permission::MEMBERS_READ)?;
    let Page { items, next } = page?;
    let shown = items
        .iter()
        .filter(|i| sight.reaches(permission::MEMBERS_READ, &i.resources));
    let items = shown.map(|i| InvitationBody::of(i, call.now)).collect();
    Reply::json(
        200,
        &Items {
            items,
            next_cursor: query.seal(next.as_ref()),
        },
    )
}

fn both(organization: OrganizationId, id: InvitationId) -> Vec<Key> {
    vec![
        Key::pending_invitation(organization, id),
        Key::past_invitation(organization, id),
    ]
}

/// Shows one invitation.
pub async fn get(call: Call) -> Outcome {
    let user = call.user().await?;
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
    Ok(Reply::json(200, &InvitationBody::of(&invitation, call.now))?.version(invitation.version))
}

/// Changes what a pending invitation offers.
pub async fn update(call: Call) -> Outcome {
    let user = call.user().await?;
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
        call.if_match(known.version)?;
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
        Ok(inside.commit(
            changes,
            Reply::json(200, &InvitationBody::of(&after, call.now))?.version(after.version),
        ))
    })
    .await
}

/// Takes a pending invitation back.
pub async fn cancel(call: Call) -> Outcome {
    let user = call.user().await?;
    let (organization, id) = (call.path("org")?, call.path("invitation")?);
    call.change_inside(&user, organization, both(organization, id), |inside, seen, ids| {
        let changes = take_back(&inside.scene()?, seen.invitation(organization, id)?.as_ref(), ids)?;
        Ok(inside.commit(changes, Reply::empty()))
    })
    .await
}

/// Sends an invitation again, with a new link.
pub async fn resend(call: Call) -> Outcome {
    let user = call.user().await?;
    let (organization, id) = (call.path("org")?, call.path("invitation")?);
    call.change_inside(&user, organization, both(organization, id), |inside, seen, ids| {
        let before = seen.invitation(organization, id)?;
        let mut holder = None;
        if let Some(ended) = before
            .as_ref()
            .filter(|i| i.state != muster_domain::InvitationState::Pending)
        {
            // Reviving takes the address again: who holds it now must be read first.
            let claim = Key::claim(organization, &ended.email);
            if !seen.has_asked(std::slice::from_ref(&claim)) {
                return Ok(Step::Read(vec![claim]));
            }
            holder = seen.claim(organization, &ended.email)?.map(|claim| match claim.holder {
                ClaimHolder::Member { holder } => Holder::Member(holder),
                ClaimHolder::Invitation { holder, .. } => Holder::Invitation(holder),
            });
        }
        let (after, changes) = send_again(&inside.scene()?, before.as_ref(), holder.as_ref(), ids)?;
        Ok(inside.commit(
            changes,
            Reply::json(200, &InvitationBody::of(&after, call.now))?.version(after.version),
        ))
    })
    .await
}

/// Sends every pending invitation again, in the background.
pub async fn resend_every(call: Call) -> Outcome {
    let user = call.user().await?;
    let organization: OrganizationId = call.path("org")?;
    call.change_inside(&user, organization, Vec::new(), |inside, _, ids| {
        let (job, changes) = resend_all(&inside.scene()?, ids)?;
        let body = JobBody {
            job: job.id,
            status: "accepted".into(),
        };
        Ok(inside.commit(changes, Reply::json(202, &body)?))
    })
    .await
}
