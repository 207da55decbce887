//! Taking in: a member whom the inviter cannot see gets the role on the inviter's resources, as a grant.
//!
//! They are a member already, so there is nothing to accept. The inviter still cannot see what they hold elsewhere.

use super::add::added_mail;
use crate::changes::Changes;
use crate::id::NewIds;
use crate::member::{Member, Status};
use crate::rules::DecisionContext;
use crate::rules::members::{change_of, granted};
use crate::rules::offer::Offer;
use crate::source::SourceKind;
use crate::text::Message;

/// The member with the offered grants in addition to their own, if the actor may assign them there.
pub(super) fn joined(ctx: &DecisionContext<'_>, member: &Member, offer: &Offer<'_>) -> Option<Member> {
    let given = offer.grants(ctx.now);
    // Actors cannot take themselves in through a key that does not reach their own membership. They cannot take in an inactive
    // member: an actor who sees the whole membership decided that.
    if member.id == ctx.actor.id || member.status != Status::Active {
        return None;
    }
    if given.is_empty() || offer.member_domain_fault(ctx, member).is_some() {
        return None;
    }
    granted(ctx, member, given, ctx.source(SourceKind::Added)).ok()
}

/// Takes the member in, and mails them.
pub(super) fn take_in(
    ctx: &DecisionContext<'_>,
    member: &Member,
    offer: &Offer<'_>,
    message: Option<&Message>,
    ids: &mut dyn NewIds,
) -> Changes {
    let Some(after) = joined(ctx, member, offer) else {
        return Changes::default();
    };
    let mail = added_mail(ctx, member.id, &member.email, offer, message, ids);
    let (_, changes) = change_of(ctx, member, after, "member.role_changed", ids);
    if changes.is_empty() {
        return changes;
    }
    changes.and(Changes {
        mail: vec![mail],
        ..Changes::default()
    })
}
