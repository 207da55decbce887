//! Answering an invitation: accept or decline, by the person whose verified address was invited.

use crate::changes::{Changes, Pair};
use crate::email::EmailAddress;
use crate::event::{EntityRef, EventKind, Recorder};
use crate::feedback::{Deliverability, Mark};
use crate::former::FormerMember;
use crate::id::{NewIds, UserId};
use crate::invitation::{CancelReason, Invitation, InvitationState};
use crate::member::{Grant, Member, Profile, Reliance, RoleAssignment, Status};
use crate::organization::Organization;
use crate::roleset::{Resources, RoleSet};
use crate::rules::DecisionContext;
use crate::rules::api_keys;
use crate::rules::audit;
use crate::rules::giving::{self, GivingPath};
use crate::rules::offer::Offer;
use crate::rules::organizations;
use crate::rules::sources;
use crate::source::{Giver, RoleSource, SourceKind};
use crate::text::{Name, Subject};
use jiff::Timestamp;

/// The signed-in user who answers.
pub struct Invitee<'a> {
    /// The user.
    pub id: UserId,
    /// Their subject at the identity provider.
    pub subject: Option<&'a Subject>,
    /// The address from the identity provider, if any.
    pub email: Option<&'a EmailAddress>,
    /// Whether the identity provider has verified it.
    pub email_verified: bool,
    /// Their name, if the identity provider reports it.
    pub name: Option<&'a Name>,
}

/// An answer to an invitation, and everything that the decision depends on.
pub struct InvitationReply<'a> {
    /// The organization as it was read.
    pub organization: &'a Organization,
    /// Its role set.
    pub set: &'a RoleSet,
    /// The invitation that the link names.
    pub invitation: &'a Invitation,
    /// The generation of the link that was used.
    pub generation: u32,
    /// The members who answer for the invitation ([`Invitation::answerable`]), if they are still members.
    pub inviters: &'a [Member],
    /// The invitee's membership, if there is one.
    pub member: Option<&'a Member>,
    /// The record of the invitee's earlier memberships and refusals.
    pub former: Option<&'a FormerMember>,
    /// The user who answers.
    pub invitee: Invitee<'a>,
    /// The instant of the answer.
    pub now: Timestamp,
}

/// The reason for refusing an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResponseRefusal {
    /// A newer link was sent since then.
    LinkReplaced,
    /// The identity provider has not verified the address.
    EmailNotVerified,
    /// The user's address is not the invited one.
    EmailMismatch,
    /// It has ended, in this way.
    Ended(InvitationState),
    /// The user is a member already.
    AlreadyMember,
    /// The user accepted it, and has become inactive since.
    Inactive,
    /// The organization is suspended: no person joins until it is resumed.
    OrganizationSuspended,
    /// The inviter may no longer assign this role.
    InviterLostAuthority,
    /// The organization has switched the role off.
    RoleNotEnabled,
    /// The address is in none of the domains that the platform allows for the role.
    DomainNotAllowed,
    /// All offered resources have been deleted.
    ResourceGone,
}

impl InvitationReply<'_> {
    fn check_invitee(&self) -> Result<(), ResponseRefusal> {
        if self.generation != self.invitation.generation {
            return Err(ResponseRefusal::LinkReplaced);
        }
        if self.invitee.email != Some(&self.invitation.email) {
            return Err(ResponseRefusal::EmailMismatch);
        }
        if !self.invitee.email_verified {
            return Err(ResponseRefusal::EmailNotVerified);
        }
        Ok(())
    }

    /// The active membership that began with this invitation, for an invitee who accepted it before.
    fn membership(&self) -> Result<&Member, ResponseRefusal> {
        let began = self.member.filter(|m| Some(m.joined_at) == self.invitation.ended_at);
        let member = began.ok_or(ResponseRefusal::Ended(InvitationState::Accepted))?;
        match member.status {
            Status::Active => self.check_suspension().map(|()| member),
            Status::Inactive => Err(ResponseRefusal::Inactive),
        }
    }

    fn check_suspension(&self) -> Result<(), ResponseRefusal> {
        if self.organization.is_suspended(self.now) {
            return Err(ResponseRefusal::OrganizationSuspended);
        }
        Ok(())
    }

    /// The refusal for an ended invitation: one that ended by itself says why.
    fn why_ended(&self, state: InvitationState) -> ResponseRefusal {
        match self.invitation.cancel_reason {
            Some(CancelReason::ResourceDeleted) => ResponseRefusal::ResourceGone,
            Some(CancelReason::AlreadyMember) if self.member.is_some() => ResponseRefusal::AlreadyMember,
            Some(CancelReason::AlreadyMember) | None => ResponseRefusal::Ended(state),
        }
    }

    /// The roles that the invitee gets from all who answer for the invitation, as far as they may assign them at this moment.
    fn roles_given(&self, offer: &Offer<'_>) -> Result<(Option<RoleAssignment>, Vec<Grant>), ResponseRefusal> {
        let as_inviter = |id| {
            let actor = self.inviters.iter().find(|m| m.id == id)?;
            Some(DecisionContext {
                organization: self.organization,
                set: self.set,
                actor,
                key: None,
                now: self.now,
                known: None,
            })
        };
        // INVARIANT 4: the members who answer for the invitation are checked again, with what they may assign at this moment.
        let by: Option<Vec<DecisionContext<'_>>> = self.invitation.answerable().map(as_inviter).collect();
        let given = by.and_then(|by| giving::roles_given(offer, GivingPath::Invite, &by));
        given.ok_or(ResponseRefusal::InviterLostAuthority)
    }

    /// What the invitation still offers at this moment.
    fn offer(&self) -> Result<Offer<'_>, ResponseRefusal> {
        let role = self
            .set
            .role(&self.invitation.role)
            .ok_or(ResponseRefusal::RoleNotEnabled)?;
        if !self.organization.keeps(role, self.invitation.epoch) {
            return Err(ResponseRefusal::RoleNotEnabled);
        }
        if role.allowlisted
            && !organizations::is_allowed(&self.invitation.email, &self.organization.plan.allowed_domains)
        {
            return Err(ResponseRefusal::DomainNotAllowed);
        }
        let resources: Vec<_> = self
            .invitation
            .resources
            .iter()
            .filter(|r| !self.organization.is_ending(r))
            .cloned()
            .collect();
        if role.resources == Resources::AtLeastOne && resources.is_empty() {
            return Err(ResponseRefusal::ResourceGone);
        }
        Ok(Offer {
            role,
            resources,
            term: self.invitation.term,
            epoch: self.invitation.epoch,
        })
    }
}

/// Accepts: the invitee becomes a member with the offered roles. The invitation has held the seat since it was sent.
///
/// Accepting again gets the same answer, as long as that membership lasts, and changes nothing.
///
/// # Errors
/// [`ResponseRefusal`].
pub fn accept(answer: &InvitationReply<'_>, ids: &mut dyn NewIds) -> Result<(Member, Changes), ResponseRefusal> {
    answer.check_invitee()?;
    let before = answer.invitation;
    match before.state_at(answer.now) {
        InvitationState::Pending => {}
        InvitationState::Accepted if before.accepted_by == Some(answer.invitee.id) => {
            return answer.membership().map(|member| (member.clone(), Changes::default()));
        }
        ended => return Err(answer.why_ended(ended)),
    }
    answer.check_suspension()?;
    if answer.member.is_some() {
        return Err(ResponseRefusal::AlreadyMember);
    }
    let offer = answer.offer()?;
    let member = new_member(answer, answer.roles_given(&offer)?);
    let after = Invitation {
        accepted_by: Some(member.id),
        ..before.ended(InvitationState::Accepted, answer.now)
    };
    let mut record = Recorder::new(before.organization, EntityRef::user(member.id), answer.now, ids);
    let events = vec![
        record.event(
            EventKind::InvitationAccepted,
            EntityRef::invitation(before.id),
            Some(audit::invitation(before)),
            Some(audit::invitation(&after)),
        ),
        record.event(
            EventKind::MemberJoined,
            EntityRef::user(member.id),
            None,
            Some(audit::member(&member)),
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

/// Ends the invitation of an invitee who is a member already, with another address. [`accept`] was refused as
/// [`ResponseRefusal::AlreadyMember`], so they have shown that the address is theirs, and no one else can accept it.
pub fn end_invitation_of_member(answer: &InvitationReply<'_>, ids: &mut dyn NewIds) -> Changes {
    let before = answer.invitation;
    let open = before.state_at(answer.now) == InvitationState::Pending;
    let Some(member) = answer.member.filter(|_| open) else {
        return Changes::default();
    };
    let after = before.ended_because(CancelReason::AlreadyMember, answer.now);
    let mut record = Recorder::new(before.organization, EntityRef::user(answer.invitee.id), answer.now, ids);
    let event = record.event(
        EventKind::InvitationCancelled,
        EntityRef::invitation(before.id),
        Some(audit::invitation(before)),
        Some(audit::invitation(&after)),
    );
    Changes {
        invitations: vec![Pair::change(before.clone(), after)],
        events: vec![event],
        relied_on: vec![Reliance::on(member)],
        ..Changes::default()
    }
}

fn new_member(answer: &InvitationReply<'_>, (role, grants): (Option<RoleAssignment>, Vec<Grant>)) -> Member {
    let member = Member {
        id: answer.invitee.id,
        subject: answer.invitee.subject.cloned(),
        organization: answer.organization.id,
        email: answer.invitation.email.clone(),
        vouched_by: None,
        name: answer.invitee.name.cloned(),
        status: Status::Active,
        role,
        grants,
        seat: false,
        keys: 0,
        keys_valid_from: api_keys::valid_from(answer.now),
        // They read the invitation in this language, and can choose another one.
        profile: Profile {
            language: answer.invitation.language,
            ..Profile::default()
        },
        joined_at: answer.now,
        last_active_at: Some(answer.now),
        due_at: None,
        version: 0,
    };
    let inviter = Giver::Member(answer.invitation.invited_by);
    let source = RoleSource {
        kind: SourceKind::Invitation(answer.invitation.id),
        by: Some(answer.invitation.api_key.map_or(inviter, Giver::ApiKey)),
        at: answer.now,
    };
    sources::with_source(None, member, source).recomputed(answer.set, answer.now)
}

/// Declines, which frees the seat and the address. Declining again gets the same answer.
///
/// The refusal is recorded for the address and for the account. If a member names either of them later, the person is invited
/// and not added directly.
///
/// # Errors
/// [`ResponseRefusal`].
pub fn decline(answer: &InvitationReply<'_>, ids: &mut dyn NewIds) -> Result<Changes, ResponseRefusal> {
    answer.check_invitee()?;
    let before = answer.invitation;
    match before.state_at(answer.now) {
        InvitationState::Pending => {}
        InvitationState::Declined => return Ok(Changes::default()),
        ended => return Err(ResponseRefusal::Ended(ended)),
    }
    let after = before.ended(InvitationState::Declined, answer.now);
    let mut record = Recorder::new(before.organization, EntityRef::user(answer.invitee.id), answer.now, ids);
    let event = record.event(
        EventKind::InvitationDeclined,
        EntityRef::invitation(before.id),
        Some(audit::invitation(before)),
        Some(audit::invitation(&after)),
    );
    let invitee = answer.invitee.id;
    let kept = FormerMember::who_declined(before.organization, invitee, &before.email, answer.former, answer.now);
    let kept = Pair {
        before: answer.former.cloned(),
        after: Some(kept),
    };
    Ok(Changes {
        invitations: vec![Pair::change(before.clone(), after)],
        events: vec![event],
        marks: vec![(before.email.clone(), Mark::Declined, answer.now)],
        // A member who declines at another address of theirs stays one.
        former_members: answer.member.is_none().then_some(kept).into_iter().collect(),
        ..Changes::default()
    })
}

/// The changes of an answer, with the mark that its address wants mail again: an invitee who accepts after they declined or
/// complained does.
#[must_use]
pub fn record_wants_mail(answer: Changes, known: Option<&Deliverability>, now: Timestamp) -> Changes {
    let mut after = answer.invitations.iter().filter_map(|pair| pair.after.as_ref());
    let accepted = after.any(|invitation| invitation.state == InvitationState::Accepted);
    let news = known.filter(|known| known.is_refused() && accepted);
    let marks = news.map(|known| (known.email.clone(), Mark::Wanted, now));
    answer.and(Changes {
        marks: marks.into_iter().collect(),
        ..Changes::default()
    })
}
