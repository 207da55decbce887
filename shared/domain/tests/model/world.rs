//! The world in memory: what is stored, and how changes are stored, as strictly as a transaction would.

use crate::action::PEOPLE;
use crate::kind::Kind;
use crate::plain;
use crate::power::{self, Cause};
use crate::sources;
use muster_domain::rules::organizations::{Founder, create};
use muster_domain::{
    Changes, EmailAddress, Invitation, InvitationId, InvitationState, Job, JobId, Letter, Member, NewIds, Organization,
    Pair, Reliance, Resource, ResourceKey, RoleSet, Subject, Timestamp, UserId, roleset,
};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::sync::LazyLock;

/// Numbers one after another.
#[derive(Debug, Default, Clone)]
pub(crate) struct Ids(u128);

impl NewIds for Ids {
    fn uuid(&mut self) -> uuid::Uuid {
        self.0 += 1;
        uuid::Uuid::from_u128(self.0)
    }
}

pub(crate) struct World {
    /// What the texts say.
    pub(crate) kind: &'static Kind,
    /// What the rules read.
    pub(crate) set: &'static RoleSet,
    pub(crate) now: Timestamp,
    pub(crate) ids: Ids,
    pub(crate) organization: Organization,
    pub(crate) members: BTreeMap<UserId, Member>,
    pub(crate) invitations: BTreeMap<InvitationId, Invitation>,
    pub(crate) resources: BTreeMap<ResourceKey, Resource>,
    pub(crate) jobs: BTreeMap<JobId, Job>,
    /// How often the helpers' role was switched off, counted here.
    pub(crate) switched_off: u32,
    /// Seats that were used before the last step, and the limit then.
    pub(crate) seats_before: u64,
    /// Letters that announce an end, each of which is sent once.
    announced: BTreeSet<String>,
}

/// The identity provider.
pub(crate) const ISSUER: &str = "https://idp.example";

pub(crate) fn subject(number: usize) -> Subject {
    number.to_string().parse().unwrap()
}

pub(crate) fn user(number: usize) -> UserId {
    static USERS: LazyLock<Vec<UserId>> = LazyLock::new(|| (0..100).map(made).collect());
    fn made(number: usize) -> UserId {
        UserId::of(ISSUER, &number.to_string())
    }
    USERS[number]
}

/// Every other person has an address that helpers may have.
pub(crate) fn email_address(number: usize) -> EmailAddress {
    static EMAILS: LazyLock<Vec<EmailAddress>> = LazyLock::new(|| (0..PEOPLE).map(made).collect());
    fn made(number: usize) -> EmailAddress {
        let domain = if number.is_multiple_of(2) {
            "partner.example"
        } else {
            "acme.example"
        };
        format!("person{number}@{domain}").parse().unwrap()
    }
    EMAILS[number].clone()
}

impl World {
    /// An organization with its founder, nothing else.
    pub(crate) fn create(kind: &'static Kind) -> Self {
        let set = roleset::find(kind.id).unwrap();
        let now: Timestamp = "2026-01-31T08:00:00Z".parse().unwrap();
        let mut ids = Ids::default();
        let founder = Founder {
            id: user(0),
            subject: Some(subject(0)),
            email: email_address(0),
            name: None,
        };
        let (organization, changes) = create(&founder, "Acme".parse().unwrap(), set, now, &mut ids).unwrap();
        assert_eq!(changes.events.len(), 1);
        plain::check_told(&changes, &Cause::Member(user(0)));
        let members = changes.members.into_iter().filter_map(|p| p.after);
        Self {
            kind,
            set,
            now,
            ids,
            organization,
            members: members.map(|m| (m.id, m)).collect(),
            invitations: BTreeMap::new(),
            resources: BTreeMap::new(),
            jobs: BTreeMap::new(),
            switched_off: 0,
            seats_before: 1,
            announced: BTreeSet::new(),
        }
    }

    /// Stores what a decision changes, after looking whether it may be changed so.
    pub(crate) fn apply(&mut self, cause: &Cause, changes: &Changes) {
        self.seats_before = plain::seats(self);
        power::check(self, cause, changes);
        sources::check(self, cause, changes);
        plain::check_events(changes, cause);
        plain::check_told(changes, cause);
        self.check_mail(changes);
        for relied in &changes.relied_on {
            assert_eq!(
                Reliance::on(&self.members[&relied.member]),
                *relied,
                "relied on another version"
            );
        }
        let (seats, owners) = (changes.seat_delta(), changes.owner_delta(self.set));
        if let Some(pair) = &changes.organization {
            assert_eq!(pair.before.as_ref(), Some(&self.organization));
            let after = pair.after.clone().unwrap();
            assert_eq!(after.version, self.organization.version + 1);
            let helper = |o: &Organization| {
                o.settings
                    .optional_roles
                    .iter()
                    .any(|r| Some(r.as_str()) == self.kind.helper)
            };
            self.switched_off += u32::from(helper(&self.organization) && !helper(&after));
            self.organization = after;
        }
        let counters = &mut self.organization;
        counters.seats_used = counters.seats_used.checked_add_signed(seats).unwrap();
        counters.active_owners = counters.active_owners.checked_add_signed(owners).unwrap();
        store(&mut self.members, &changes.members, |m| m.id, |m| m.version);
        store(&mut self.invitations, &changes.invitations, |i| i.id, |i| i.version);
        store(
            &mut self.resources,
            &changes.resources,
            |r| r.reference.key.clone(),
            |r| r.version,
        );
        store(&mut self.jobs, &changes.jobs, |j| j.id, |j| j.version);
    }

    /// Whoever is sent a new link gets one letter with it, and no end is announced twice.
    fn check_mail(&mut self, changes: &Changes) {
        let generation = |i: &Option<Invitation>| i.as_ref().map_or(0, |i| i.generation);
        let mut sent: Vec<(InvitationId, u32)> = Vec::new();
        for mail in &changes.mail {
            match &mail.letter {
                Letter::Invitation { invitation, generation } => sent.push((*invitation, *generation)),
                Letter::AccessEnding { .. } => {
                    let what = format!("{:?} {:?}", mail.to.as_str(), mail.letter);
                    assert!(self.announced.insert(what.clone()), "announced twice: {what}");
                }
                Letter::AccessEnded { .. }
                | Letter::Added { .. }
                | Letter::OrganizationDeleted { .. }
                | Letter::OrganizationSuspended { .. }
                | Letter::OrganizationResumed
                | Letter::OrganizationErased { .. } => {}
            }
        }
        let links = changes
            .invitations
            .iter()
            .filter(|p| generation(&p.after) > generation(&p.before));
        let links: Vec<_> = links
            .filter_map(|p| p.after.as_ref())
            .map(|i| (i.id, i.generation))
            .collect();
        assert_eq!(sent, links, "letters with links");
    }

    pub(crate) fn pending(&self) -> impl Iterator<Item = &Invitation> {
        self.invitations
            .values()
            .filter(|i| i.state == InvitationState::Pending)
    }
}

fn store<K: Ord + Debug, T: Clone + PartialEq + Debug>(
    world: &mut BTreeMap<K, T>,
    pairs: &[Pair<T>],
    key: impl Fn(&T) -> K,
    version: impl Fn(&T) -> u64,
) {
    let mut seen = BTreeSet::new();
    for pair in pairs {
        let at = pair.after.as_ref().or(pair.before.as_ref()).map(&key).unwrap();
        assert_eq!(world.get(&at), pair.before.as_ref(), "decided on what is not there");
        match &pair.after {
            Some(after) => {
                let before = pair.before.as_ref().map_or(0, &version);
                assert_eq!(version(after), before + 1, "each change is one version");
                world.insert(key(after), after.clone());
            }
            None => assert!(world.remove(&at).is_some()),
        }
        assert!(seen.insert(at), "one thing stands twice in one change");
    }
}
