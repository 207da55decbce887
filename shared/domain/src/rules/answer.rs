//! Answering an invitation: accept or decline, by the person whose verified address was invited.

use crate::address::Address;
use crate::authority::Authority;
use crate::changes::{Changes, Pair};
use crate::event::{Party, Recorder};
use crate::feedback::{Deliverability, Mark};
use crate::id::{NewIds, UserId};
use crate::invitation::{Invitation, InvitationState};
use crate::member::{Member, Profile, Status};
use crate::organization::Organization;
use crate::roleset::{Resources, RoleSet};
use crate::rules::invite::picture;
use crate::rules::keys::good_since;
use crate::rules::members::picture as member_picture;
use crate::rules::offer::Offer;
use crate::rules::organizations::is_allowed;
use crate::text::Name;
use jiff::Timestamp;

/// The signed-in user who answers.
pub struct Guest<'a> {
    /// The user.
    pub id: UserId,
    /// The address the identity provider tells, if any.
    pub email: Option<&'a Address>,
    /// Whether the identity provider has verified it.
    pub email_verified: bool,
    /// Their name, if the identity provider tells it.
    pub name: Option<&'a Name>,
}

/// What an answer rests on.
pub struct Answer<'a> {
    /// The organization as it was read.
    pub organization: &'a Organization,
    /// Its role set.
    pub set: &'a RoleSet,
    /// The invitation the link names.
    pub invitation: &'a Invitation,
    /// Which of its links was used.
    pub generation: u32,
    /// The member who answers for the invitation, if still one.
    pub inviter: Option<&'a Member>,
    /// The guest's membership, if there is one.
    pub member: Option<&'a Member>,
    /// Who answers.
    pub guest: Guest<'a>,
    /// The instant of the answer.
    pub now: Timestamp,
}

/// Why an answer is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerRefusal {
    /// A newer link was sent since.
    LinkReplaced,
    /// The identity provider has not verified the address.
    EmailNotVerified,
    /// The invited address is another.
    EmailMismatch,
    /// It has ended, in this way.
    Ended(InvitationState),
    /// The user is a member already.
    AlreadyMember,
    /// Who sent it may not give this role any more.
    InviterLostAuthority,
    /// The organization has switched the role off.
    RoleNotEnabled,
    /// The address is in none of the domains the platform allows for the role.
    DomainNotAllowed,
    /// All it was offered on has been deleted.
    ResourceGone,
}

impl Answer<'_> {
    fn check_guest(&self) -> Result<(), AnswerRefusal> {
        if self.generation != self.invitation.generation {
            return Err(AnswerRefusal::LinkReplaced);
        }
        if self.guest.email != Some(&self.invitation.email) {
            return Err(AnswerRefusal::EmailMismatch);
        }
        if !self.guest.email_verified {
            return Err(AnswerRefusal::EmailNotVerified);
        }
        Ok(())
    }

    fn check_inviter(&self, offer: &Offer<'_>) -> Result<(), AnswerRefusal> {
        let lost = AnswerRefusal::InviterLostAuthority;
        let inviter = self
            .inviter
            .filter(|m| m.id == self.invitation.invited_by)
            .ok_or(lost)?;
        let authority = Authority::of(inviter, self.organization, self.set, self.now);
        authority
            .may_offer(offer.role, &offer.resources)
            .then_some(())
            .ok_or(lost)
    }

    /// What the invitation still offers at this moment.
    fn offer(&self) -> Result<Offer<'_>, AnswerRefusal> {
        let role = self
            .set
            .role(&self.invitation.role)
            .ok_or(AnswerRefusal::RoleNotEnabled)?;
        if !self.organization.keeps(role, self.invitation.epoch) {
            return Err(AnswerRefusal::RoleNotEnabled);
        }
        if role.allowlisted && !is_allowed(&self.invitation.email, &self.organization.plan.allowed_domains) {
            return Err(AnswerRefusal::DomainNotAllowed);
        }
        let resources: Vec<_> = self
            .invitation
            .resources
            .iter()
            .filter(|r| !self.organization.is_ending(r))
            .cloned()
            .collect();
        if role.resources == Resources::AtLeastOne && resources.is_empty() {
            return Err(AnswerRefusal::ResourceGone);
        }
        Ok(Offer {
            role,
            resources,
            term: self.invitation.term,
            epoch: self.invitation.epoch,
        })
    }
}

/// Accepts: the guest becomes a member with what is offered. The seat was held since the invitation was sent.
///
/// Accepting a second time is answered as the first, and changes nothing.
///
/// # Errors
/// [`AnswerRefusal`].
pub fn accept(answer: &Answer<'_>, ids: &mut dyn NewIds) -> Result<(Member, Changes), AnswerRefusal> {
    answer.check_guest()?;
    let before = answer.invitation;
    match before.state_at(answer.now) {
        InvitationState::Pending => {}
        InvitationState::Accepted if before.accepted_by == Some(answer.guest.id) => {
            let member = answer.member.ok_or(AnswerRefusal::Ended(InvitationState::Accepted))?;
            return Ok((member.clone(), Changes::default()));
        }
        ended => return Err(AnswerRefusal::Ended(ended)),
    }
    if answer.member.is_some() {
        return Err(AnswerRefusal::AlreadyMember);
    }
    let offer = answer.offer()?;
    answer.check_inviter(&offer)?;
    let member = new_member(answer, &offer);
    let after = Invitation {
        accepted_by: Some(member.id),
        ..before.ended(InvitationState::Accepted, answer.now)
    };
    let mut record = Recorder::new(before.organization, Party::user(member.id), answer.now, ids);
    let events = vec![
        record.event(
            "invitation.accepted",
            Party::invitation(before.id),
            Some(picture(before)),
            Some(picture(&after)),
        ),
        record.event(
            "member.joined",
            Party::user(member.id),
            None,
            Some(member_picture(&member)),
        ),
    ];
    let changes = Changes {
        members: vec![Pair::new(member.clone())],
        invitations: vec![Pair::change(before.clone(), after)],
        events,
        ..Changes::default()
    };
    Ok((member, changes))
}

fn new_member(answer: &Answer<'_>, offer: &Offer<'_>) -> Member {
    Member {
        id: answer.guest.id,
        organization: answer.organization.id,
        email: answer.invitation.email.clone(),
        vouched_by: None,
        name: answer.guest.name.cloned(),
        status: Status::Active,
        role: offer.held(answer.now),
        grants: offer.grants(answer.now),
        seat: false,
        keys: 0,
        keys_since: good_since(answer.now),
        profile: Profile::default(),
        joined_at: answer.now,
        last_active_at: Some(answer.now),
        due_at: None,
        version: 0,
    }
    .settled(answer.set, answer.now)
}

/// Declines. Seat and address are free. Declining twice is answered as the first time.
///
/// # Errors
/// [`AnswerRefusal`].
pub fn decline(answer: &Answer<'_>, ids: &mut dyn NewIds) -> Result<Changes, AnswerRefusal> {
    answer.check_guest()?;
    let before = answer.invitation;
    match before.state_at(answer.now) {
        InvitationState::Pending => {}
        InvitationState::Declined => return Ok(Changes::default()),
        ended => return Err(AnswerRefusal::Ended(ended)),
    }
    let after = before.ended(InvitationState::Declined, answer.now);
    let mut record = Recorder::new(before.organization, Party::user(answer.guest.id), answer.now, ids);
    let event = record.event(
        "invitation.declined",
        Party::invitation(before.id),
        Some(picture(before)),
        Some(picture(&after)),
    );
    Ok(Changes {
        invitations: vec![Pair::change(before.clone(), after)],
        events: vec![event],
        marks: vec![(before.email.clone(), Mark::Declined, answer.now)],
        ..Changes::default()
    })
}

/// An answer, with what is known of the address: whoever accepts after they had declined or complained wants mail again.
#[must_use]
pub fn wanted(answer: Changes, known: Option<&Deliverability>, now: Timestamp) -> Changes {
    let mut after = answer.invitations.iter().filter_map(|pair| pair.after.as_ref());
    let accepted = after.any(|invitation| invitation.state == InvitationState::Accepted);
    let news = known.filter(|known| known.is_refused() && accepted);
    let marks = news.map(|known| (known.address.clone(), Mark::Wanted, now));
    answer.and(Changes {
        marks: marks.into_iter().collect(),
        ..Changes::default()
    })
}
