//! What answers have told so far: the organizations, and what is in them. Draws go by it.

use crate::cast::Cast;
use crate::request::Request;
use crate::standing::{Bounds, Standing};
use jiff::Timestamp;
use muster_domain::roleset::RoleSet;
use muster_local::SentMail;
use std::collections::{BTreeMap, HashMap, VecDeque};

/// How many of the last operations on an organization are kept, to be told of when something is wrong.
const TOLD: usize = 40;
/// How many links of invitations, pages and repeatable requests are kept.
const KEPT: usize = 40;
/// How many deleted organizations are still asked for.
const LATE: usize = 20;

/// An invitation that was pending when it was last heard of.
#[derive(Debug, Clone)]
pub(crate) struct Invitation {
    pub(crate) id: String,
    pub(crate) person: usize,
}

/// An API key whose secret was told.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) owner: usize,
    /// Who made it, or rotated it last, and so knows this secret as well.
    pub(crate) maker: usize,
    pub(crate) read_only: bool,
    /// Whether it is limited to resources.
    pub(crate) limited: bool,
    /// From this instant on this secret opens nothing.
    pub(crate) until: Option<Timestamp>,
    /// Whether it is known to open nothing any more.
    pub(crate) dead: bool,
}

impl Key {
    /// Whether this secret is known to open nothing.
    pub(crate) fn is_dead(&self, now: Timestamp) -> bool {
        self.dead || self.until.is_some_and(|until| until <= now)
    }
}

/// A page of a list that goes on.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    pub(crate) request: Request,
    pub(crate) cursor: String,
}

/// An organization.
#[derive(Debug)]
pub(crate) struct Organization {
    pub(crate) id: String,
    pub(crate) set: &'static RoleSet,
    /// The operation from which on it is abandoned.
    pub(crate) ends: u64,
    /// Who was a member when last heard of, and as what.
    pub(crate) roster: BTreeMap<usize, Standing>,
    /// The most that each can be.
    pub(crate) bounds: Bounds,
    /// Who answers for the pending invitation of each, where that is known, and how often the invited may have been given
    /// more by then.
    pub(crate) inviters: BTreeMap<usize, (usize, u64)>,
    /// Whether all invitations may be sent again, which makes whoever asked for it answer for them.
    pub(crate) resending: bool,
    pub(crate) resources: Vec<String>,
    pub(crate) invitations: Vec<Invitation>,
    /// Links that were mailed, with the person whose address they were mailed to.
    pub(crate) links: VecDeque<(usize, String)>,
    pub(crate) keys: Vec<Key>,
    pub(crate) contacts: Vec<String>,
    /// Exports, with who asked for each.
    pub(crate) exports: VecDeque<(usize, String)>,
    /// The tag of what each path showed last.
    pub(crate) tags: BTreeMap<String, String>,
    /// Whether it is deleted for sure.
    pub(crate) closed: bool,
    /// How often it may have been restored.
    pub(crate) restores: u64,
    /// How many requests that may restore it are under way.
    pub(crate) restoring: usize,
    log: VecDeque<String>,
}

impl Organization {
    /// One that was just made, by this person.
    pub(crate) fn new(id: String, set: &'static RoleSet, owner: usize, ends: u64) -> Self {
        // A person of no number is nobody who plays.
        let protected = set.protected_role().map(|role| role.id.clone());
        let standing = Standing::Active(protected.into_iter().collect());
        let mut bounds = Bounds::default();
        bounds.count([(owner, standing.clone())]);
        Self {
            id,
            set,
            ends,
            roster: BTreeMap::from([(owner, standing)]),
            bounds,
            inviters: BTreeMap::new(),
            resending: false,
            resources: Vec::new(),
            invitations: Vec::new(),
            links: VecDeque::new(),
            keys: Vec::new(),
            contacts: Vec::new(),
            exports: VecDeque::new(),
            tags: BTreeMap::new(),
            closed: false,
            restores: 0,
            restoring: 0,
            log: VecDeque::new(),
        }
    }

    /// Who answers for the invitation of somebody, as long as nothing may have changed that.
    pub(crate) fn inviter(&self, invited: usize) -> Option<usize> {
        let (inviter, raises) = self.inviters.get(&invited)?;
        (*raises == self.bounds.raises(invited)).then_some(*inviter)
    }

    /// Notes what was done here.
    pub(crate) fn note(&mut self, line: String) {
        keep(&mut self.log, line, TOLD);
    }

    /// All is gone; what is over is asked for by its id alone.
    pub(crate) fn forget(&mut self) {
        self.roster.clear();
        self.bounds.count([]);
        self.resources.clear();
        self.invitations.clear();
        self.links.clear();
        self.contacts.clear();
        self.exports.clear();
        self.tags.clear();
        for key in &mut self.keys {
            key.dead = true;
        }
    }

    /// What was done here last, the oldest first, for people.
    pub(crate) fn told(&self) -> String {
        let lines: Vec<&str> = self.log.iter().map(String::as_str).collect();
        format!("The last operations on {}:\n  {}", self.id, lines.join("\n  "))
    }
}

/// Everything known.
#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) organizations: Vec<Organization>,
    /// Those that are in use.
    pub(crate) live: Vec<usize>,
    /// Those that were deleted last.
    pub(crate) late: VecDeque<usize>,
    /// Pages that go on.
    pub(crate) pages: VecDeque<Page>,
    /// Requests that may be repeated.
    pub(crate) keyed: VecDeque<(Request, Timestamp)>,
    /// Which organization an id belongs to.
    owners: HashMap<String, usize>,
    mails: usize,
}

impl World {
    /// Takes an organization in.
    pub(crate) fn add(&mut self, organization: Organization) {
        let number = self.organizations.len();
        self.owners.insert(organization.id.clone(), number);
        self.organizations.push(organization);
        self.live.push(number);
    }

    /// Which organization something belongs to, by its id.
    pub(crate) fn owner_of(&self, id: &str) -> Option<usize> {
        self.owners.get(id).copied()
    }

    /// Something of an organization has this id.
    pub(crate) fn owns(&mut self, organization: usize, id: &str) {
        self.owners.insert(id.to_owned(), organization);
    }

    /// An organization is used no more.
    pub(crate) fn retire(&mut self, organization: usize) {
        if let Some(place) = self.live.iter().position(|live| *live == organization) {
            self.live.remove(place);
            keep(&mut self.late, organization, LATE);
        }
    }

    /// A retired organization is there again.
    pub(crate) fn revive(&mut self, organization: usize) {
        self.late.retain(|late| *late != organization);
        if !self.live.contains(&organization) {
            self.live.push(organization);
        }
    }

    /// A list goes on.
    pub(crate) fn turn(&mut self, request: Request, cursor: String) {
        keep(&mut self.pages, Page { request, cursor }, KEPT);
    }

    /// A request that may be repeated.
    pub(crate) fn may_repeat(&mut self, request: Request, at: Timestamp) {
        keep(&mut self.keyed, (request, at), KEPT);
    }

    /// From where on mail was not looked at yet.
    pub(crate) fn mails(&self) -> usize {
        self.mails
    }

    /// Takes the links out of mail, up to this place.
    pub(crate) fn read_mail(&mut self, cast: &Cast, mails: &[SentMail], place: usize) {
        if place <= self.mails {
            return;
        }
        self.mails = place;
        for mail in mails {
            let organization = mail.tags.get("organization").and_then(|id| self.owner_of(id));
            let (Some(organization), Some(person)) = (organization, cast.of_email(&mail.to)) else {
                continue;
            };
            let link = mail.text.split_once("/invitations/").map(|(_, rest)| rest);
            if let Some(token) = link.and_then(|rest| rest.split_whitespace().next()) {
                let links = &mut self.organizations[organization].links;
                keep(links, (person, token.to_owned()), KEPT);
            }
        }
    }
}

/// Adds one, and lets the oldest go.
pub(crate) fn keep<T>(all: &mut VecDeque<T>, one: T, most: usize) {
    if all.len() >= most {
        all.pop_front();
    }
    all.push_back(one);
}
