//! Inviting: a batch of addresses is checked as a whole, and sent as a whole or not at all (`program-delivery`).
//!
//! People known by their account, not only by an address, are added directly instead (`coaching-site`, `client-practice`). One
//! rule covers both, so that both need the same power.

pub use super::add::{Account, PickRefusal, pick};

use super::add::{self, Greeting};
use super::hidden_member;
use crate::changes::{Changes, Pair};
use crate::email::{EmailAddress, Rejected};
use crate::event::{EntityRef, EventKind};
use crate::id::{InvitationId, MailId, NewIds, UserId};
use crate::invitation::{Delivery, Invitation, InvitationState};
use crate::language::Language;
use crate::mail::{Letter, Mail, MailState};
use crate::member::Member;
use crate::organization::Seats;
use crate::roleset::permission;
use crate::rules::DecisionContext;
use crate::rules::audit;
use crate::rules::expiry;
use crate::rules::giving::{self, GivingPath};
use crate::rules::offer::{self, Offer, RequestedOffer};
use crate::rules::pace::MailLimit;
use crate::text::Message;
use crate::time::days_after;
use crate::violation::Violation;
use std::collections::BTreeMap;

/// The holder of an address in an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// A member.
    Member(UserId),
    /// A member whom the actor cannot see.
    HiddenMember(Box<Member>),
    /// A pending invitation.
    Invitation(InvitationId),
    /// A pending invitation that the actor cannot see.
    HiddenInvitation,
    /// A pending invitation that has expired but that no job has ended yet: this change ends it.
    ExpiredInvitation(Box<Invitation>),
}

/// A request to invite.
pub struct Invite<'a> {
    /// The addresses, valid and invalid.
    pub emails: &'a [Result<EmailAddress, Rejected>],
    /// The present holder of each address.
    pub holders: &'a BTreeMap<EmailAddress, Holder>,
    /// The accounts of contacts at these addresses. The others are invited.
    pub accounts: &'a [Account],
    /// The role, with its resources and its term.
    pub wanted: RequestedOffer<'a>,
    /// The inviter's message.
    pub message: Option<Message>,
    /// The language of the emails.
    pub language: Option<Language>,
}

/// The reason for sending nothing.
#[derive(Debug, PartialEq, Eq)]
pub enum InviteRefusal {
    /// The actor may not invite anyone.
    Forbidden,
    /// Invalid addresses or fields.
    Invalid(Vec<Violation>),
    /// The actor may not assign this role, or may not assign it on one of the resources.
    RoleNotAssignable(String),
    /// Too few seats.
    NoSeats {
        /// Seats used and allowed.
        seats: Seats,
        /// Seats the batch needs.
        needed: i64,
    },
    /// The members have sent too much mail today.
    MailLimit(MailLimit),
}

/// Invites every address, or none. People known by their account become members, in the order of their addresses, and members
/// whom the actor cannot see get grants: both are in the changes.
///
/// # Errors
/// [`InviteRefusal`], naming every invalid address and field.
pub fn invite(
    ctx: &DecisionContext<'_>,
    request: Invite<'_>,
    ids: &mut dyn NewIds,
) -> Result<(Vec<Invitation>, Changes), InviteRefusal> {
    let authority = ctx.authority();
    if !authority.allows_somewhere(permission::MEMBERS_INVITE) {
        return Err(InviteRefusal::Forbidden);
    }
    let checked = offer::check(ctx, &request.wanted);
    let emails = check_emails(ctx, &request, checked.as_ref().ok());
    let (offer, emails) = match (checked, emails) {
        (Ok(offer), Ok(emails)) => (offer, emails),
        (offer, emails) => {
            let mut violations = offer.err().unwrap_or_default();
            violations.extend(emails.err().unwrap_or_default());
            return Err(InviteRefusal::Invalid(violations));
        }
    };
    if giving::offer_until(ctx, GivingPath::Invite, offer.role, &offer.resources).is_none() {
        return Err(InviteRefusal::RoleNotAssignable(offer.role.id.to_string()));
    }
    let changes = send(ctx, &request, &offer, &emails, ids);
    let needed = changes.seat_delta();
    if !ctx.organization.seats().fit(needed) {
        return Err(InviteRefusal::NoSeats {
            seats: ctx.organization.seats(),
            needed,
        });
    }
    let hidden = hidden(ctx, &request, &offer);
    if !hidden.is_empty() {
        return Err(InviteRefusal::Invalid(hidden));
    }
    // Accepting an invitation checks the inviter's authority again. Adding directly depends on what the actor may do now.
    let changes = if changes.members.is_empty() {
        changes
    } else {
        changes.relying_on(ctx.relied_on())
    };
    Ok((changes.new_invitations(), changes))
}

/// Whether the actor may list contacts, which belong to the whole organization.
#[must_use]
pub fn sees_contacts(ctx: &DecisionContext<'_>) -> bool {
    ctx.authority().allows(permission::CONTACTS_READ, None)
}

/// Every address, with the account that is added directly, if any.
fn check_emails<'r>(
    ctx: &DecisionContext<'_>,
    request: &Invite<'r>,
    offer: Option<&Offer<'_>>,
) -> Result<Vec<(&'r EmailAddress, Option<&'r Account>)>, Vec<Violation>> {
    let mut violations = Vec::new();
    let mut good: Vec<(&EmailAddress, Option<&Account>)> = Vec::new();
    if request.emails.is_empty() {
        violations.push(Violation::field(
            "emails",
            "required",
            "at least one address is required",
        ));
    }
    for email in request.emails {
        let checked = email.as_ref().map_err(invalid_email);
        match checked.and_then(|email| Ok((email, account_at(ctx, request, offer, email, &good)?))) {
            Ok(accepted) => good.push(accepted),
            Err(violation) => violations.push(violation),
        }
    }
    if violations.is_empty() {
        Ok(good)
    } else {
        Err(violations)
    }
}

fn invalid_email(rejected: &Rejected) -> Violation {
    Violation::email(rejected.input.clone(), "invalid_email", rejected.error.to_string())
}

/// The account that is added directly at this address, if any, after the addresses `before`; or why the address cannot be
/// invited.
fn account_at<'r>(
    ctx: &DecisionContext<'_>,
    request: &Invite<'r>,
    offer: Option<&Offer<'_>>,
    email: &EmailAddress,
    before: &[(&EmailAddress, Option<&Account>)],
) -> Result<Option<&'r Account>, Violation> {
    let taken = match request.holders.get(email) {
        Some(Holder::Member(_)) => Some(("already_member", "is already a member")),
        Some(Holder::Invitation(_)) => Some(("already_invited", "already has a pending invitation")),
        // An address whose holder the actor cannot see is checked like a free one: see `hidden`.
        Some(Holder::HiddenMember(_) | Holder::HiddenInvitation | Holder::ExpiredInvitation(_)) | None => None,
    };
    if let Some((code, detail)) = taken {
        return Err(Violation::email(email.as_str(), code, detail));
    }
    if let Some(outside) = ctx
        .set
        .role(request.wanted.role)
        .and_then(|role| offer::domain_fault(ctx, role, email))
    {
        return Err(outside);
    }
    let known = request.accounts.iter().find(|account| account.email() == email);
    let account = known.filter(|account| account.can_be_added(ctx, offer));
    match account.and_then(|account| account.violation(before)) {
        None => Ok(account),
        Some(in_the_way) if sees_contacts(ctx) => Err(in_the_way),
        // Only actors who see contacts learn what is wrong with an account. For others, the address is invited instead.
        Some(_) => Ok(None),
    }
}

/// A violation for each address whose holder the actor cannot see and cannot give grants to. It does not say whether a member or an
/// invitation holds the address.
///
/// This check comes last. A request with another violation gets the same answer whether or not its addresses are held, so
/// requests that cannot succeed do not reveal members.
fn hidden(ctx: &DecisionContext<'_>, request: &Invite<'_>, offer: &Offer<'_>) -> Vec<Violation> {
    let is_hidden = |email: &&EmailAddress| match request.holders.get(*email) {
        Some(Holder::HiddenMember(member)) => hidden_member::with_offered_grants(ctx, member, offer).is_none(),
        Some(Holder::HiddenInvitation) => true,
        Some(Holder::Member(_) | Holder::Invitation(_) | Holder::ExpiredInvitation(_)) | None => false,
    };
    let emails = request.emails.iter().flatten().filter(is_hidden);
    let detail = "you cannot invite this address; ask a member who can see all members";
    emails
        .map(|email| Violation::email(email.as_str(), "not_available", detail))
        .collect()
}

fn send(
    ctx: &DecisionContext<'_>,
    request: &Invite<'_>,
    offer: &Offer<'_>,
    emails: &[(&EmailAddress, Option<&Account>)],
    ids: &mut dyn NewIds,
) -> Changes {
    let mut changes = Changes::default();
    let greeting = Greeting {
        message: request.message.as_ref(),
        language: request.language,
    };
    for (email, account) in emails {
        if let Some(Holder::ExpiredInvitation(old)) = request.holders.get(*email) {
            changes = changes.and(expiry::expire_invitation(old, ctx.now, ids));
        }
        if let Some(Holder::HiddenMember(member)) = request.holders.get(*email)
            && hidden_member::with_offered_grants(ctx, member, offer).is_some()
        {
            changes = changes.and(hidden_member::grant_roles(ctx, member, offer, greeting, ids));
            continue;
        }
        if let Some(account) = account {
            changes = changes.and(add::add(ctx, account, offer, greeting, ids));
            continue;
        }
        let invitation = new_invitation(ctx, request, offer, email, ids);
        changes.mail.push(letter(&invitation, ctx, ids));
        let subject = EntityRef::invitation(invitation.id);
        let after = audit::invitation(&invitation);
        changes.events.push(
            ctx.recorder(ids)
                .event(EventKind::InvitationCreated, subject, None, Some(after)),
        );
        changes.invitations.push(Pair::new(invitation));
    }
    changes
}

fn new_invitation(
    ctx: &DecisionContext<'_>,
    request: &Invite<'_>,
    offer: &Offer<'_>,
    email: &EmailAddress,
    ids: &mut dyn NewIds,
) -> Invitation {
    let settings = &ctx.organization.settings;
    Invitation {
        id: InvitationId::from_uuid(ids.uuid()),
        organization: ctx.organization.id,
        email: email.clone(),
        role: offer.role.id.clone(),
        resources: offer.resources.clone(),
        term: offer.term,
        epoch: offer.epoch,
        message: request.message.clone().or_else(|| settings.default_message.clone()),
        language: request.language,
        invited_by: ctx.actor.id,
        sent_through: ctx.key.and_then(|key| key.knower(None)),
        api_key: ctx.key.map(|key| key.id),
        inviter_name: ctx.actor.name.clone(),
        generation: 1,
        state: InvitationState::Pending,
        mail: Delivery::Queued,
        seat: offer.role.uses_seat,
        created_at: ctx.now,
        sent_at: ctx.now,
        expires_at: days_after(ctx.now, settings.invitation_ttl_days),
        ended_at: None,
        accepted_by: None,
        cancel_reason: None,
        version: 1,
    }
}

/// The mail with the invitation's present link.
pub(crate) fn letter(invitation: &Invitation, ctx: &DecisionContext<'_>, ids: &mut dyn NewIds) -> Mail {
    Mail {
        id: MailId::from_uuid(ids.uuid()),
        organization: invitation.organization,
        to: invitation.email.clone(),
        language: invitation.language,
        letter: Letter::Invitation {
            invitation: invitation.id,
            generation: invitation.generation,
        },
        asked: true,
        state: MailState::Queued,
        late: None,
        created_at: ctx.now,
    }
}
