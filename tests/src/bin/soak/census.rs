//! A quiet moment: nothing is under way, all that follows from what was done has run out, and everything is counted anew.

mod quiet;

use crate::play::Play;
use crate::standing::Standing;
use crate::world::{self, Invitation};
use futures::{StreamExt as _, stream};
use jiff::Timestamp;
use muster_domain::mail::MailState;
use muster_domain::{
    ApiKey, Invitation as Offer, InvitationState, Mail, Member, Organization, OrganizationId, Person, Resource, RoleId,
    Status, roleset,
};
use muster_store::items::Item;
use muster_store::{Key, keys};
use muster_tests::recount::{of_kind, recount_of};
pub(crate) use quiet::take;
use std::collections::{BTreeMap, BTreeSet};
use tokio::task::JoinError;

/// How many items are deleted at once.
const DELETED: usize = 8;
/// How many lists are compared with what was counted.
const LISTS: usize = 3;

type Verdict = Result<(), String>;

/// The whole table, once all is quiet.
pub(crate) struct Census {
    items: Vec<Item>,
    organizations: BTreeMap<OrganizationId, Organization>,
    members: Vec<Member>,
    invitations: Vec<Offer>,
    /// Until when all that was due is processed.
    swept: Timestamp,
}

/// What a count that panicked said.
fn said(error: JoinError) -> String {
    let Ok(panic) = error.try_into_panic() else {
        return "the count was stopped".to_owned();
    };
    let text = panic.downcast_ref::<String>().cloned();
    let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
    text.unwrap_or_else(|| "the count failed".to_owned())
}

impl Census {
    async fn of(table: Vec<Item>, swept: Timestamp) -> Result<Self, String> {
        let counted = tokio::task::spawn_blocking(move || {
            recount_of(&table);
            table
        });
        let items = counted.await.map_err(said)?;
        let organizations = of_kind::<Organization>(&items);
        Ok(Self {
            organizations: organizations.into_iter().map(|one| (one.id, one)).collect(),
            members: of_kind(&items),
            invitations: of_kind(&items),
            items,
            swept,
        })
    }

    /// How many items there are.
    pub(crate) fn size(&self) -> usize {
        self.items.len()
    }

    /// How many organizations there are.
    pub(crate) fn organizations(&self) -> usize {
        self.organizations.len()
    }

    /// What is left of an organization, by the kinds of its items.
    pub(crate) fn left_of(&self, organization: &str) -> BTreeSet<String> {
        let partition = format!("ORG#{organization}");
        let own = self
            .items
            .iter()
            .filter(|item| Key::of(item).is_some_and(|key| key.pk == partition));
        own.filter_map(|item| item.get(keys::KIND)?.as_s().ok().cloned())
            .collect()
    }

    async fn check(&self, play: &Play) -> Verdict {
        let dead = play.h.backend.dead_letters();
        if !dead.is_empty() {
            return Err(format!("records of the stream were given up: {dead:#?}"));
        }
        if let Some(failure) = play.faults.failures().into_iter().next() {
            return Err(format!("failed in the background: {failure}"));
        }
        self.is_settled()?;
        self.is_mailed()?;
        self.is_counted(play).await?;
        self.is_listed(play).await
    }

    /// Nothing is overdue.
    fn is_settled(&self) -> Verdict {
        let overdue = |due: Option<Timestamp>| due.is_some_and(|due| due <= self.swept);
        let there = |id: &OrganizationId| self.organizations.get(id).is_some_and(|one| !one.is_deleted());
        if let Some(member) = self
            .members
            .iter()
            .find(|one| there(&one.organization) && overdue(one.due_at))
        {
            return Err(format!("something is overdue: {member:#?}"));
        }
        let pending = |one: &&Offer| one.state == InvitationState::Pending && there(&one.organization);
        let mut pending = self.invitations.iter().filter(pending);
        match pending.find(|one| overdue(Some(one.expires_at))) {
            Some(invitation) => Err(format!("an invitation should be over: {invitation:#?}")),
            None => Ok(()),
        }
    }

    /// No mail waits, in organizations that are there.
    fn is_mailed(&self) -> Verdict {
        let there = |id: &OrganizationId| self.organizations.get(id).is_some_and(|one| !one.is_deleted());
        let mut mails = of_kind::<Mail>(&self.items).into_iter();
        let waits = |mail: &Mail| matches!(mail.state, MailState::Queued | MailState::Sending);
        match mails.find(|mail| there(&mail.organization) && waits(mail)) {
            Some(mail) => Err(format!("a mail that was due was not sent: {mail:#?}")),
            None => Ok(()),
        }
    }

    /// Members and pending invitations of an organization.
    fn people(&self, organization: OrganizationId) -> impl Iterator<Item = Person> {
        let members = self.members.iter().filter(move |one| one.organization == organization);
        let pending = self
            .invitations
            .iter()
            .filter(move |one| one.organization == organization && one.state == InvitationState::Pending);
        let members = members.map(|one| Person::Member(Box::new(one.clone())));
        members.chain(pending.map(|one| Person::Invitation(Box::new(one.clone()))))
    }

    /// The counts by role and status are what counting gives.
    async fn is_counted(&self, play: &Play) -> Verdict {
        for organization in self.organizations.values().filter(|one| !one.erasing) {
            let key = Key::counts(organization.id);
            let seen = play.h.backend.app().store().read(std::slice::from_ref(&key)).await;
            let counts = seen.map_err(|error| error.to_string())?.counts(organization.id);
            let mut expected = muster_store::Counts::default();
            let mut roles: BTreeMap<RoleId, u64> = BTreeMap::new();
            for person in self.people(organization.id) {
                match &person {
                    Person::Member(one) if one.status == Status::Active => expected.active += 1,
                    Person::Member(_) => expected.inactive += 1,
                    Person::Invitation(_) => expected.pending += 1,
                }
                for role in person.roles() {
                    *roles.entry(role).or_default() += 1;
                }
            }
            expected.roles = roles;
            if counts != expected {
                return Err(format!(
                    "counts of {} are {counts:?} and not {expected:?}",
                    organization.id
                ));
            }
        }
        Ok(())
    }

    /// Paging through the list of people shows exactly those who are there, and the seats that are held.
    async fn is_listed(&self, play: &Play) -> Verdict {
        let there: Vec<&Organization> = self.organizations.values().filter(|one| !one.is_deleted()).collect();
        let mut rng = fastrand::Rng::with_seed(play.seed ^ play.begun());
        for organization in rng.choose_multiple(there, LISTS) {
            let expected: BTreeSet<String> = self.people(organization.id).map(|one| named(&one)).collect();
            let mut listed = BTreeSet::new();
            let mut cursor = String::new();
            loop {
                let path = format!("/v1/organizations/{}/members?limit=7{cursor}", organization.id);
                let page = play.h.platform().get(&play.h, &path).await;
                let rows = page.body["items"]
                    .as_array()
                    .ok_or_else(|| format!("no list: {:#}", page.body))?;
                let ids = rows.iter().filter_map(|row| row["id"].as_str());
                if let Some(twice) = ids.map(str::to_owned).find(|id| !listed.insert(id.clone())) {
                    return Err(format!("{twice} is listed twice in {}", organization.id));
                }
                if page.body["seats"]["used"] != organization.seats_used {
                    return Err(format!(
                        "{} shows other seats than {organization:#?}",
                        page.body["seats"]
                    ));
                }
                match page.body["next_cursor"].as_str() {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => break,
                }
            }
            if listed != expected {
                return Err(format!(
                    "the list of {} is {listed:?} and not {expected:?}",
                    organization.id
                ));
            }
        }
        Ok(())
    }

    /// Deletes what DynamoDB may throw away by now: the clock moves, and DynamoDB's does not.
    async fn forget(&self, play: &Play) {
        let now = play.h.backend.clock().now().as_second();
        let over = |item: &&Item| {
            let at = item.get(keys::TTL).and_then(|at| at.as_n().ok()?.parse::<i64>().ok());
            at.is_some_and(|at| at < now)
        };
        let over: Vec<Key> = self.items.iter().filter(over).filter_map(Key::of).collect();
        let client = aws_sdk_dynamodb::Client::new(play.h.backend.app().sdk());
        let table = play.h.backend.table();
        let deletions = over.iter().map(|key| {
            let delete = client.delete_item().table_name(table).set_key(Some(key.attributes()));
            delete.send()
        });
        let mut deletions = stream::iter(deletions).buffer_unordered(DELETED);
        while let Some(deleted) = deletions.next().await {
            deleted.expect("the table forgets");
        }
    }

    /// What the world is from here on: as the table says.
    pub(crate) fn tell(&self, play: &Play) {
        let mut world = play.world();
        for (id, organization) in &self.organizations {
            // One whose making was not answered.
            if world.owner_of(&id.to_string()).is_none()
                && let Some(set) = roleset::find(&organization.role_set)
            {
                let ends = play.begun() + play.measure.life;
                world.add(world::Organization::new(id.to_string(), set, usize::MAX, ends));
            }
        }
        for number in 0..world.organizations.len() {
            let known = &mut world.organizations[number];
            let id = known.id.parse().ok();
            match id.and_then(|id: OrganizationId| self.organizations.get(&id)) {
                Some(organization) => self.tell_one(play, known, organization),
                None => {
                    known.closed = true;
                    known.forget();
                }
            }
            if known.closed {
                world.retire(number);
            } else {
                world.revive(number);
            }
        }
    }

    fn tell_one(&self, play: &Play, known: &mut world::Organization, organization: &Organization) {
        let now = play.h.backend.clock().now();
        let own = self.members.iter().filter(|one| one.organization == organization.id);
        known.roster = own
            .filter_map(|member| {
                let live = member.live(organization, known.set, now);
                let standing = match member.status {
                    Status::Active => Standing::Active(live.map(|(held, _)| held.role.clone()).collect()),
                    Status::Inactive => Standing::Inactive,
                };
                Some((play.cast.of_id(&member.id.to_string())?, standing))
            })
            .collect();
        known.bounds.count(known.roster.clone());
        known.closed = organization.is_deleted();
        known.resending = false;
        let invitations = self
            .invitations
            .iter()
            .filter(|one| one.organization == organization.id);
        let pending = invitations.filter(|one| one.state == InvitationState::Pending);
        known.invitations = pending
            .filter_map(|one| {
                let person = play.cast.of_email(one.email.as_str())?;
                Some(Invitation {
                    id: one.id.to_string(),
                    person,
                })
            })
            .collect();
        // Ids are others in each run.
        known.invitations.sort_by_key(|invitation| invitation.person);
        let resources = of_own::<Resource>(&self.items, organization.id);
        known.resources = resources.iter().map(|one| one.reference.key.id.to_string()).collect();
        let keys = of_own::<ApiKey>(&self.items, organization.id);
        let live: BTreeSet<String> = keys
            .iter()
            .filter(|key| key.revoked_at.is_none())
            .map(|key| key.id.to_string())
            .collect();
        for key in known.keys.iter_mut().filter(|key| !live.contains(&key.id)) {
            key.dead = true;
        }
    }
}

fn named(person: &Person) -> String {
    match person {
        Person::Member(one) => one.id.to_string(),
        Person::Invitation(one) => one.id.to_string(),
    }
}

/// Those of one organization, of one kind.
fn of_own<T: muster_store::items::StoredEntity>(table: &[Item], organization: OrganizationId) -> Vec<T> {
    let partition = format!("ORG#{organization}");
    let own = table.iter().filter(|item| {
        let text = |name: &str| item.get(name).and_then(|value| value.as_s().ok());
        text(keys::PK) == Some(&partition) && text(keys::KIND).is_some_and(|kind| kind == T::KIND)
    });
    own.map(|item| T::from_item(item.clone()).expect("an item of its kind"))
        .collect()
}
