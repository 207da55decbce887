//! Pacing: new invitations within the limits on mail, and none to addresses that want no mail.

use super::create::{self, Invite, InviteRefusal};
use crate::changes::Changes;
use crate::email::EmailAddress;
use crate::feedback::{Deliverability, Reason};
use crate::id::NewIds;
use crate::invitation::Invitation;
use crate::mail::Letter;
use crate::rules::DecisionContext;
use crate::rules::pace::{self, MAX_PER_RECIPIENT, SentToday};
use crate::violation::Violation;
use jiff::Timestamp;

/// The mail that was sent before an invitation.
#[derive(Debug, Clone, Copy)]
pub struct MailHistory<'a> {
    /// The deliverability of the addresses.
    pub known: &'a [Deliverability],
    /// The mail already sent on the day.
    pub sent: SentToday,
}

/// Invites as [`create::invite`] does, and limits mail: no address is mailed too often, and none that wants no mail.
///
/// # Errors
/// [`InviteRefusal`].
pub fn invite_within_limits(
    ctx: &DecisionContext<'_>,
    request: Invite<'_>,
    history: MailHistory<'_>,
    ids: &mut dyn NewIds,
) -> Result<(Vec<Invitation>, Changes), InviteRefusal> {
    let mut paced = violations(history.known, request.emails.iter().flatten(), ctx.now);
    let invited = create::invite(ctx, request, ids);
    if let Err(InviteRefusal::Invalid(mut violations)) = invited {
        // A request that is refused anyway reveals other members' mail only to actors who can see the whole organization.
        paced.retain(|_| create::sees_contacts(ctx));
        paced.retain(|violation| violations.iter().all(|known| known.at != violation.at));
        violations.extend(paced);
        return Err(InviteRefusal::Invalid(violations));
    }
    let (_, changes) = invited?;
    // A person who is added gets mail at each of their addresses, including those that the request does not name.
    let recipients = changes.mail.iter().map(|mail| &mail.to);
    for violation in violations(history.known, recipients, ctx.now) {
        if paced.iter().all(|known| known.at != violation.at) {
            paced.push(violation);
        }
    }
    if !paced.is_empty() {
        return Err(InviteRefusal::Invalid(paced));
    }
    let changes = without_unwanted_mail(with_link_generations(changes, history.known, ctx.now), history.known);
    history
        .sent
        .fits(ctx.organization, &changes)
        .map_err(InviteRefusal::MailLimit)?;
    Ok((changes.new_invitations(), changes))
}

/// The violations of addresses that were mailed too often. Addresses that want no mail are not mailed anyway.
fn violations<'a>(
    known: &[Deliverability],
    emails: impl Iterator<Item = &'a EmailAddress>,
    now: Timestamp,
) -> Vec<Violation> {
    let violation = |email: &EmailAddress| {
        let known = known.iter().find(|known| known.email == *email)?;
        let until = pace::email_allowed_at(known, now).filter(|_| !known.is_refused())?;
        let detail =
            format!("has received {MAX_PER_RECIPIENT} emails within a day; you can send the next email at {until}");
        Some(Violation::email(email.as_str(), "mailed_too_often", detail))
    };
    emails.filter_map(violation).collect()
}

/// These changes, with the links of each new invitation numbered as if the emails of earlier invitations had been its own. So it
/// can be resent only when an invitation with that many emails could.
fn with_link_generations(mut changes: Changes, known: &[Deliverability], now: Timestamp) -> Changes {
    let new = changes.invitations.iter_mut().filter(|pair| pair.before.is_none());
    for invitation in new.filter_map(|pair| pair.after.as_mut()) {
        let known = known.iter().find(|known| known.email == invitation.email);
        let earlier = known.map_or(0, |known| pace::counted(&known.mailed, now).count());
        invitation.generation = invitation
            .generation
            .saturating_add(u32::try_from(earlier).unwrap_or(u32::MAX));
        for mail in &mut changes.mail {
            if let Letter::Invitation {
                invitation: of,
                generation,
            } = &mut mail.letter
                && *of == invitation.id
            {
                *generation = invitation.generation;
            }
        }
    }
    changes
}

/// These changes, without mail to addresses that want none: a new invitation says why, and waits to be found.
fn without_unwanted_mail(mut changes: Changes, known: &[Deliverability]) -> Changes {
    let mut withheld: Vec<(EmailAddress, Reason)> = Vec::new();
    changes.mail.retain(|mail| {
        let known = known.iter().find(|known| known.email == mail.to);
        let reason = mail.withheld(known);
        withheld.extend(reason.map(|reason| (mail.to.clone(), reason)));
        reason.is_none()
    });
    let new = changes.invitations.iter_mut().filter(|pair| pair.before.is_none());
    for invitation in new.filter_map(|pair| pair.after.as_mut()) {
        if let Some((_, reason)) = withheld.iter().find(|(email, _)| *email == invitation.email) {
            invitation.mail = reason.delivery();
        }
    }
    changes
}
