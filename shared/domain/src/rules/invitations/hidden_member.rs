//! Inviting a hidden member, whom the inviter cannot see: they get the role on the inviter's resources, as a grant.
//!
//! They are a member already, so there is nothing to accept. The inviter still cannot see what they hold elsewhere.

use super::add::{self, Greeting};
use crate::changes::Changes;
use crate::event::EventKind;
use crate::id::NewIds;
use crate::member::{Member, Status};
use crate::rules::DecisionContext;
use crate::rules::members;
use crate::rules::offer::Offer;
use crate::source::SourceKind;

/// The member with the offered grants in addition to their own, if the actor may assign them there.
pub(super) fn with_offered_grants(ctx: &DecisionContext<'_>, member: &Member, offer: &Offer<'_>) -> Option<Member> {
    let offered = offer.grants(ctx.now);
    // Actors cannot give themselves grants through a key that does not reach their own membership. They cannot give any to an
    // inactive member: an actor who sees the whole membership decided that.
    if member.id == ctx.actor.id || member.status != Status::Active {
        return None;
    }
    if offered.is_empty() || offer.member_domain_fault(ctx, member).is_some() {
        return None;
    }
    members::granted(ctx, member, offered, ctx.source(SourceKind::Added)).ok()
}

/// Gives the member the offered grants, and notifies them by email.
pub(super) fn grant_roles(
    ctx: &DecisionContext<'_>,
    member: &Member,
    offer: &Offer<'_>,
    greeting: Greeting<'_>,
    ids: &mut dyn NewIds,
) -> Changes {
    let Some(after) = with_offered_grants(ctx, member, offer) else {
        return Changes::default();
    };
    let mail = add::added_mail(ctx, member.id, &member.email, offer, greeting, ids);
    let (_, changes) = members::change_of(ctx, member, after, EventKind::MemberRoleChanged, ids);
    if changes.is_empty() {
        return changes;
    }
    changes.and(Changes {
        mail: vec![mail],
        ..Changes::default()
    })
}
