//! Items that follow from people: claims on their addresses. No rule names these.

use super::{Transaction, WriteCondition};
use crate::error::StoreError;
use crate::items::{Claim, ClaimHolder, StoredEntity};
use crate::position::Position;
use muster_domain::{Changes, EmailAddress, Invitation, InvitationState, Member, OrganizationId, Person};
use std::collections::BTreeMap;

impl Transaction<'_> {
    /// Claims on addresses follow from their holders before and after; unchanged ones are not written.
    pub(super) fn claims(&mut self, changes: &Changes) -> Result<(), StoreError> {
        let mut claims: BTreeMap<(OrganizationId, EmailAddress), (Option<Claim>, Option<Claim>)> = BTreeMap::new();
        let befores = changes
            .invitations
            .iter()
            .filter_map(|p| p.before.as_ref())
            .filter_map(invitation_claim);
        let befores = befores.chain(
            changes
                .members
                .iter()
                .filter_map(|p| p.before.as_ref())
                .map(member_claim),
        );
        let afters = changes
            .invitations
            .iter()
            .filter_map(|p| p.after.as_ref())
            .filter_map(invitation_claim);
        let afters = afters.chain(
            changes
                .members
                .iter()
                .filter_map(|p| p.after.as_ref())
                .map(member_claim),
        );
        for claim in befores {
            let at = (claim.organization, claim.email.clone());
            claims.entry(at).or_default().0 = Some(claim);
        }
        for claim in afters {
            let at = (claim.organization, claim.email.clone());
            claims.entry(at).or_default().1 = Some(claim);
        }
        for pair in claims.into_values() {
            self.claim(pair)?;
        }
        Ok(())
    }

    fn claim(&mut self, pair: (Option<Claim>, Option<Claim>)) -> Result<(), StoreError> {
        let held = |claim: &Claim| WriteCondition::new("holder = :holder").text(":holder", &claim.holder.id());
        // INVARIANT 3: a claim is put only where there is none, or in place of one that this change frees.
        match &pair {
            (before, after) if before == after => Ok(()),
            (None, Some(after)) => self.put(Position::Claim, after.to_item()?, WriteCondition::nothing_there()),
            (Some(before), Some(after)) => self.put(Position::Claim, after.to_item()?, held(before)),
            (Some(before), None) => self.delete(Position::Claim, &before.key(), held(before)),
            (None, None) => Ok(()),
        }
    }
}

/// The claim of a person on their address, if they hold it.
pub(crate) fn claim_of(person: &Person) -> Option<Claim> {
    match person {
        Person::Member(member) => Some(member_claim(member)),
        Person::Invitation(invitation) => invitation_claim(invitation),
    }
}

fn member_claim(member: &Member) -> Claim {
    Claim {
        organization: member.organization,
        email: member.email.clone(),
        holder: ClaimHolder::Member { holder: member.id },
    }
}

fn invitation_claim(invitation: &Invitation) -> Option<Claim> {
    (invitation.state == InvitationState::Pending).then(|| Claim {
        organization: invitation.organization,
        email: invitation.email.clone(),
        holder: ClaimHolder::Invitation {
            holder: invitation.id,
            expires_at: invitation.expires_at,
        },
    })
}
