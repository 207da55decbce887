//! How a step is taken: what would be read is taken from the world, the rules decide, and what they say is stored.

use crate::action::{Action, Ask, PEOPLE, What};
use crate::invariants::nothing_is_due;
use crate::plain;
use crate::power::Cause;
use crate::world::{World, email_address, subject, user};
use muster_domain::rules::expiry::{expire_invitation, expire_roles};
use muster_domain::rules::invitations::create::{Holder, Invite, InviteRefusal, invite};
use muster_domain::rules::invitations::respond::{InvitationReply, Invitee, accept, decline};
use muster_domain::rules::invitations::{
    InvitationRefusal, InvitationUpdate, Revival, cancel, change, resend, resend_all,
};
use muster_domain::rules::members::{MemberRefusal, grant_one, remove, revoke_one};
use muster_domain::rules::offer::RequestedOffer;
use muster_domain::rules::{organizations, resources};
use muster_domain::{
    Changes, DecisionContext, EmailAddress, Invitation, Member, Plan, Resource, ResourceKey, RoleId, Seats, Timestamp,
    UserId,
};
use std::collections::{BTreeMap, BTreeSet};

/// What came of a step.
pub(crate) enum Verdict {
    Changed,
    Same,
    Refused,
}

impl World {
    pub(crate) fn role(&self, number: usize) -> RoleId {
        self.kind.role(number).parse().unwrap()
    }

    fn program(&self, number: usize) -> ResourceKey {
        ResourceKey {
            kind: self.kind.resource.parse().unwrap(),
            id: format!("program{number}").parse().unwrap(),
        }
    }

    /// Takes one step.
    pub(crate) fn play(&mut self, action: &Action) -> Verdict {
        self.play_as(self.actor(action.who), action)
    }

    /// Takes one step; what is done on a member's word is done on `member`'s.
    pub(crate) fn play_as(&mut self, member: UserId, action: &Action) -> Verdict {
        match &action.what {
            What::MoveClock { hours } => {
                self.now += jiff::SignedDuration::from_hours(*hours);
                Verdict::Changed
            }
            What::Expire => self.expire_everything(),
            What::Work { which, slice } => self.work(*which, *slice),
            What::SetPlan { room, partner } => self.set_plan(*room, *partner),
            What::Accept { which, old_link } => self.answer(action.who, *which, *old_link, true),
            What::Decline { which } => self.answer(action.who, *which, false, false),
            what => self.as_member(member, what),
        }
    }

    /// Stores what was decided, and says what came of it.
    pub(crate) fn take(&mut self, cause: &Cause, decided: Result<Changes, ()>) -> Verdict {
        match decided {
            Ok(changes) if changes.is_empty() => Verdict::Same,
            Ok(changes) => {
                self.apply(cause, &changes);
                Verdict::Changed
            }
            Err(()) => Verdict::Refused,
        }
    }

    /// One of the members.
    pub(crate) fn someone(&self, number: usize) -> UserId {
        let nth = self.members.keys().nth(number % self.members.len());
        nth.copied().expect("there is always an owner")
    }

    /// One of the members, an owner more often than others: power comes from them.
    fn actor(&self, number: usize) -> UserId {
        let mut members = self.members.values();
        let owner = members
            .find(|m| m.is_active_owner(self.set))
            .expect("there is always an owner");
        if number < 3 { owner.id } else { self.someone(number) }
    }

    /// An address, mostly one that nobody holds.
    fn somewhere(&self, number: usize) -> EmailAddress {
        let free: Vec<EmailAddress> = (0..PEOPLE)
            .map(email_address)
            .filter(|a| self.holder(a).is_none())
            .collect();
        match free.get(number % free.len().max(1)) {
            Some(email) if number < PEOPLE - 1 => email.clone(),
            _ => email_address(number),
        }
    }

    fn as_member(&mut self, who: UserId, what: &What) -> Verdict {
        let actor = self.members[&who].clone();
        let mut ids = std::mem::take(&mut self.ids);
        let decided = self.decide(&actor, what, &mut ids);
        self.ids = ids;
        self.take(&Cause::Member(who), decided)
    }

    fn decide(&self, actor: &Member, what: &What, ids: &mut crate::world::Ids) -> Result<Changes, ()> {
        let scene = self.scene(actor);
        match what {
            What::Invite { to, ask } => self.invite(&scene, to, ask, ids),
            What::Cancel { which } => cancel(&scene, self.nth(*which), ids).map_err(|r| self.explain(&r)),
            What::Resend { which } => self.resend(&scene, *which, ids),
            What::ResendAll => resend_all(&scene, ids).map(|r| r.1).map_err(|r| self.explain(&r)),
            What::ChangeInvitation { which, ask } => self.change_invitation(&scene, *which, ask.as_ref(), ids),
            What::ChangeMember { whom, wish } => self.change_member(&scene, *whom, wish, ids),
            What::PutGrant { whom, grant } => {
                let target = self.members.get(&self.someone(*whom));
                let given = grant_one(&scene, target, &self.wanted_grant(grant), ids);
                given.map(|r| r.1).map_err(|r| self.explain_member(&r, target))
            }
            What::DropGrant { whom, program } => {
                let target = self.members.get(&self.someone(*whom));
                let resource = self.found(&[*program]).remove(0);
                let dropped = revoke_one(&scene, target, &resource, ids);
                dropped.map(|r| r.1).map_err(|r| self.explain_member(&r, target))
            }
            What::SetStatus { active, rows } => self.set_status(&scene, *active, rows, ids),
            What::Remove { whom } => {
                let target = self.members.get(&self.someone(*whom));
                remove(&scene, target, ids).map_err(|r| self.explain_member(&r, target))
            }
            What::PutProgram { program: number, name } => {
                let key = self.program(*number);
                let found = self.resources.get(&key);
                let name = format!("Program {name}").parse().unwrap();
                resources::put(&scene, key.clone(), found, name, ids)
                    .map(|r| r.1)
                    .map_err(|_| ())
            }
            What::DeleteProgram { program: number } => {
                resources::delete(&scene, self.resources.get(&self.program(*number)), ids).map_err(|_| ())
            }
            What::Switch { on } => {
                let optional_roles = Some(
                    self.kind
                        .helper
                        .filter(|_| *on)
                        .map(|role| role.parse().unwrap())
                        .into_iter()
                        .collect(),
                );
                let wanted = organizations::OrganizationUpdate {
                    optional_roles,
                    ..Default::default()
                };
                organizations::update(&scene, wanted, ids).map(|r| r.1).map_err(|_| ())
            }
            _ => unreachable!("not on a member's word"),
        }
    }

    pub(crate) fn scene<'a>(&'a self, actor: &'a Member) -> DecisionContext<'a> {
        DecisionContext {
            organization: &self.organization,
            set: self.set,
            actor,
            key: None,
            now: self.now,
            known: None,
        }
    }

    /// One of the invitations, mostly a pending one.
    fn nth(&self, which: usize) -> Option<&Invitation> {
        let (pending, ended): (Vec<_>, Vec<_>) = self
            .invitations
            .values()
            .rev()
            .partition(|i| i.state == muster_domain::InvitationState::Pending);
        let among = if which < 8 && !pending.is_empty() {
            pending
        } else {
            ended
        };
        among.get(which % among.len().max(1)).copied()
    }

    pub(crate) fn found(&self, programs: &[usize]) -> Vec<(ResourceKey, Option<Resource>)> {
        let found = |key: ResourceKey| (key.clone(), self.resources.get(&key).cloned());
        programs.iter().map(|number| found(self.program(*number))).collect()
    }

    fn holder(&self, email: &EmailAddress) -> Option<Holder> {
        let member = self
            .members
            .values()
            .find(|m| m.email == *email)
            .map(|m| Holder::Member(m.id));
        let invited = |i: &Invitation| {
            if i.expires_at <= self.now {
                Holder::ExpiredInvitation(Box::new(i.clone()))
            } else {
                Holder::Invitation(i.id)
            }
        };
        member.or_else(|| self.pending().find(|i| i.email == *email).map(invited))
    }

    fn invite(
        &self,
        scene: &DecisionContext<'_>,
        to: &[usize],
        ask: &Ask,
        ids: &mut crate::world::Ids,
    ) -> Result<Changes, ()> {
        let to: BTreeSet<EmailAddress> = to.iter().map(|number| self.somewhere(*number)).collect();
        let holders: BTreeMap<_, _> = to.iter().filter_map(|a| Some((a.clone(), self.holder(a)?))).collect();
        let emails: Vec<_> = to.into_iter().map(Ok).collect();
        let (role, resources) = (self.role(ask.role), self.found(&ask.programs));
        let request = Invite {
            accounts: &[],
            emails: &emails,
            holders: &holders,
            wanted: wanted(&role, &resources, ask.term()),
            message: None,
            language: None,
        };
        let (sent, changes) = invite(scene, request, ids).map_err(|refusal| {
            if let InviteRefusal::NoSeats { seats, needed } = refusal {
                self.too_few(seats, needed);
            }
        })?;
        assert_eq!(sent.len(), emails.len(), "all or none");
        Ok(changes)
    }

    fn resend(&self, scene: &DecisionContext<'_>, which: usize, ids: &mut crate::world::Ids) -> Result<Changes, ()> {
        let before = self.nth(which);
        let holder = before.and_then(|i| self.holder(&i.email));
        let keys = before.iter().flat_map(|i| &i.resources).map(|r| &r.key);
        let resources: Vec<_> = keys.filter_map(|key| self.resources.get(key).cloned()).collect();
        let revival = Revival {
            holder: holder.as_ref(),
            resources: &resources,
        };
        resend(scene, before, &revival, ids)
            .map(|r| r.1)
            .map_err(|r| self.explain(&r))
    }

    fn change_invitation(
        &self,
        scene: &DecisionContext<'_>,
        which: usize,
        ask: Option<&Ask>,
        ids: &mut crate::world::Ids,
    ) -> Result<Changes, ()> {
        let role = self.role(ask.map_or(0, |ask| ask.role));
        let resources = self.found(ask.map_or(&[], |ask| &ask.programs));
        let wanted = InvitationUpdate {
            offer: ask.map(|ask| wanted(&role, &resources, ask.term())),
            message: ask
                .is_none()
                .then(|| Some(format!("Message {}", self.now).parse().unwrap())),
            language: None,
        };
        let before = self.nth(which);
        let (after, changes) = change(scene, before, wanted, ids).map_err(|r| self.explain(&r))?;
        assert_eq!(Some(&after.email), before.map(|i| &i.email), "an address never changes");
        Ok(changes)
    }

    fn answer(&mut self, who: usize, which: usize, old_link: bool, yes: bool) -> Verdict {
        let Some(invitation) = self.nth(which).cloned() else {
            return Verdict::Refused;
        };
        // Mostly the one who was invited, now and then somebody else.
        let invited = (0..PEOPLE).find(|number| email_address(*number) == invitation.email);
        let who = invited.filter(|_| who != 1).unwrap_or(who);
        let email = email_address(who);
        let inviters: Vec<Member> = self.members.get(&invitation.invited_by).cloned().into_iter().collect();
        let answer = InvitationReply {
            organization: &self.organization,
            set: self.set,
            invitation: &invitation,
            generation: invitation.generation - u32::from(old_link),
            inviters: &inviters,
            member: self.members.get(&user(who)),
            former: None,
            invitee: Invitee {
                id: user(who),
                subject: Some(&subject(who)),
                email: Some(&email),
                email_verified: true,
                name: None,
            },
            now: self.now,
        };
        let decided = if yes {
            accept(&answer, &mut self.ids).map(|r| r.1)
        } else {
            decline(&answer, &mut self.ids)
        };
        if let Ok(changes) = &decided {
            assert!(!old_link && email == invitation.email, "somebody else's link");
            let open = invitation.expires_at > self.now && invitation.ended_at.is_none();
            assert!(changes.is_empty() || open, "answered after its end");
            assert!(changes.seat_delta() <= 0, "accepting never needs a seat");
        }
        self.take(&Cause::Invitee(user(who)), decided.map_err(|_| ()))
    }

    fn set_plan(&mut self, room: Option<i64>, partner: bool) -> Verdict {
        let used = i64::try_from(plain::seats(self)).unwrap();
        let plan = Plan {
            seat_limit: room.map(|room| u64::try_from((used + room).max(0)).unwrap()),
            allowed_domains: partner
                .then(|| "partner.example".parse().unwrap())
                .into_iter()
                .collect(),
            mail_limit: None,
            upgrade_url: None,
            branding: false,
        };
        let (_, changes) = organizations::set_plan(&self.organization, plan, user(99), self.now, &mut self.ids);
        self.take(&Cause::Platform(user(99)), Ok(changes))
    }

    /// The schedule: everything that is due, until nothing is.
    pub(crate) fn expire_everything(&mut self) -> Verdict {
        let mut verdict = Verdict::Same;
        let mut turns = 0;
        loop {
            let is_due = |at: Option<Timestamp>| at.is_some_and(|at| at <= self.now);
            let member = self.members.values().find(|m| is_due(m.due_at)).cloned();
            let invitation = self.pending().find(|i| is_due(Some(i.expires_at))).cloned();
            let changes = match (member, invitation) {
                (Some(member), _) => expire_roles(&self.organization, self.set, &member, self.now, &mut self.ids),
                (None, Some(invitation)) => expire_invitation(&invitation, self.now, &mut self.ids),
                (None, None) => break,
            };
            assert!(!changes.is_empty(), "due, but nothing to do");
            verdict = self.take(&Cause::System, Ok(changes));
            turns += 1;
            assert!(turns < 1000, "the schedule never comes to an end");
        }
        nothing_is_due(self);
        verdict
    }

    /// Too few seats, say the rules: so says the model.
    fn too_few(&self, seats: Seats, needed: i64) {
        let used = plain::seats(self);
        assert_eq!(seats.used, used);
        let limit = seats.limit.expect("a limit");
        assert!(
            needed > 0 && used + u64::try_from(needed).unwrap() > limit,
            "there was room"
        );
    }

    fn explain(&self, refusal: &InvitationRefusal) {
        if let InvitationRefusal::NoSeats { seats, needed } = refusal {
            self.too_few(*seats, *needed);
        }
    }

    pub(crate) fn explain_member(&self, refusal: &MemberRefusal, target: Option<&Member>) {
        match refusal {
            MemberRefusal::NoSeats { seats, needed } => self.too_few(*seats, *needed),
            MemberRefusal::LastOwner => {
                let role = target.and_then(|m| m.role.as_ref());
                assert!(plain::owners(self) == 1 && role.is_some_and(|h| h.role.as_str() == self.kind.owner()));
            }
            _ => {}
        }
    }
}

pub(crate) fn wanted<'a>(
    role: &'a RoleId,
    resources: &'a [(ResourceKey, Option<Resource>)],
    term: Option<&str>,
) -> RequestedOffer<'a> {
    RequestedOffer {
        role,
        resources,
        term: term.map(|t| t.parse().unwrap()),
    }
}
