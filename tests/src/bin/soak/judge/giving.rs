//! What somebody gave is worth no more than they could give: invitations and keys.

use super::{Judgment, Verdict, must};
use crate::standing::{Before, Standing};

impl Judgment<'_> {
    /// Whether somebody could give nothing all the while: they were no active member, or held no role.
    pub(super) fn is_powerless(&self, who: Option<&(usize, Before)>) -> bool {
        let organization = self
            .request
            .organization
            .and_then(|number| self.world.organizations.get(number));
        let (Some(organization), Some((person, before))) = (organization, who) else {
            return false;
        };
        let most = organization.bounds.most_since(*person, before, self.request);
        most.is_some_and(|most| most.roles(organization.set).next().is_none())
    }

    /// Whether a key of this owner, whose secret this maker knows, must open nothing. One's own rests with the membership
    /// alone: without a role it is good, and opens what one still may.
    pub(super) fn is_worthless(&self, owner: Option<usize>, maker: Option<&(usize, Before)>) -> bool {
        let Some((person, before)) = maker else { return false };
        if owner != Some(*person) {
            return self.is_powerless(maker);
        }
        let organization = self
            .request
            .organization
            .map(|number| &self.world.organizations[number]);
        let most = organization.and_then(|one| one.bounds.most_since(*person, before, self.request));
        matches!(most, Some(Standing::Stranger | Standing::Inactive))
    }

    /// An invitation is answered by whoever has shown that its address is theirs.
    pub(super) fn keeps_emails(&self) -> Verdict {
        let answers = ["accept-invitation", "decline-invitation"].contains(&self.request.route.binary);
        if !answers || !self.reply.is_done() {
            return Ok(());
        }
        let caller = self.caller();
        let theirs = caller == self.request.about && caller.is_some_and(|person| self.cast.people[person].verified);
        must(theirs, || {
            "somebody answered an invitation to another's address".to_owned()
        })?;
        let accepts = self.request.route.binary == "accept-invitation" && !self.reply.replayed;
        must(!accepts || !self.is_of_nobody(), || {
            "an invitation was accepted whose inviter may do nothing".to_owned()
        })
    }

    /// Whether it is known who answers for the invitation, and that they were no active member all the while.
    fn is_of_nobody(&self) -> bool {
        let request = self.request;
        let organization = request.organization.map(|number| &self.world.organizations[number]);
        let (Some(organization), Some(invited)) = (organization, request.about) else {
            return false;
        };
        let raises = organization.bounds.raises(invited) - request.gains_of(invited);
        let noted = organization
            .inviters
            .get(&invited)
            .filter(|(_, before)| *before == raises);
        let same = noted.map(|(inviter, _)| *inviter) == self.known.inviter.as_ref().map(|(inviter, _)| *inviter);
        same && self.is_powerless(self.known.inviter.as_ref())
    }

    /// Verification says of no key that it opens more than it can.
    pub(super) fn keeps_keys(&self) -> Verdict {
        if self.request.route.binary != "verify-api-key" || !self.reply.is_done() || self.request.key.is_none() {
            return Ok(());
        }
        let body = &self.reply.body;
        must(body["valid"] != true || !self.known.asked_dead, || {
            "a key that is revoked or over is called valid".to_owned()
        })?;
        let worthless = self.is_worthless(self.request.about, self.known.asked_maker.as_ref());
        must(body["valid"] != true || !worthless, || {
            "a key is called valid whose maker may do nothing".to_owned()
        })?;
        must(body["allowed"] != true || self.subject_may() != Some(false), || {
            "a key is allowed what its owner is not".to_owned()
        })
    }
}
