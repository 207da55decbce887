//! Which operation comes next. An operation follows from the seed, its number, and what is known of the world.

mod asking;
mod changing;
mod people;
mod spoil;
mod weights;

use crate::cast::Cast;
use crate::faults::Plan;
use crate::request::{Request, Who};
use crate::standing::Standing;
use crate::world::{Organization, World};
use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};
use muster_domain::roleset::permission;
use muster_functions::routes::Access;
use serde_json::{Value, json};

/// One operation.
#[derive(Debug)]
pub(crate) enum Operation {
    /// A request.
    Ask(Box<Request>),
    /// The clock moves on.
    Advance(SignedDuration),
    /// The scheduled function runs.
    Expire,
    /// The streams are not read for so many operations.
    Stall(u64),
}

/// An operation with what shall go wrong in it.
#[derive(Debug)]
pub(crate) struct Drawn {
    pub(crate) operation: Operation,
    pub(crate) fault: Option<Plan>,
    /// How many operations an organization that is made now is used for.
    pub(crate) life: u64,
}

/// For how many operations one organization is favored, so that much happens in it at once.
const FAVORED: u64 = 300;
/// How long an answer is kept without doubt.
const REPEATABLE: SignedDuration = SignedDuration::from_hours(12);
/// Members below which an organization grows.
const FEW: usize = 7;

/// The routes that the soak does not know, or that no longer exist.
pub(crate) fn unknown_routes() -> Vec<String> {
    weights::faults()
}

/// How many organizations there are, and how long each is used.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measure {
    pub(crate) organizations: usize,
    pub(crate) life: u64,
}

/// Draws one operation.
pub(crate) struct Draw<'w> {
    pub(crate) cast: &'w Cast,
    pub(crate) world: &'w World,
    pub(crate) now: Timestamp,
    measure: Measure,
    number: u64,
    rng: Rng,
    place: usize,
}

impl<'w> Draw<'w> {
    /// The draw of an operation by its number.
    pub(crate) fn new(
        cast: &'w Cast,
        world: &'w World,
        measure: Measure,
        seed: u64,
        number: u64,
        now: Timestamp,
    ) -> Self {
        let mut rng = Rng::with_seed(seed.wrapping_add(number.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        let place = place(world, number, &mut rng);
        Self {
            cast,
            world,
            now,
            measure,
            number,
            rng,
            place,
        }
    }

    /// What it is.
    pub(crate) fn operation(mut self) -> Drawn {
        let operation = self.choose();
        let fault = self.chance(3).then(|| Plan::draw(&mut self.rng));
        let life = self.rng.u64(self.measure.life / 2..=self.measure.life * 3 / 2);
        Drawn { operation, fault, life }
    }

    fn choose(&mut self) -> Operation {
        if self.world.live.is_empty() {
            return self.ask("create-organization");
        }
        match self.rng.u32(0..1000) {
            0..6 => return Operation::Advance(self.leap()),
            6..9 => return Operation::Expire,
            9 => return Operation::Stall(self.rng.u64(10..150)),
            10..40 => {
                if let Some(page) = self.turned() {
                    return page;
                }
            }
            40..45 => {
                if let Some(again) = self.again() {
                    return again;
                }
            }
            _ => {}
        }
        let wanted = self.wanted();
        let binary = wanted.unwrap_or_else(|| weights::drawn(&mut self.rng));
        self.ask(binary)
    }

    /// What the world is short of, now and then.
    fn wanted(&mut self) -> Option<&'static str> {
        let organization = self.organization();
        if self.world.live.len() < self.measure.organizations && self.chance(10) {
            return Some("create-organization");
        }
        if organization.ends < self.number && self.chance(15) {
            return Some("delete-organization");
        }
        if organization.resources.len() < 2 && self.chance(20) {
            return Some("put-resource");
        }
        if organization.roster.len() < FEW && self.chance(15) {
            let invited = !organization.links.is_empty() && self.rng.bool();
            return Some(if invited {
                "accept-invitation"
            } else {
                "create-invitations"
            });
        }
        None
    }

    fn leap(&mut self) -> SignedDuration {
        match self.rng.u32(0..100) {
            0..50 => SignedDuration::from_mins(self.rng.i64(1..180)),
            50..90 => SignedDuration::from_hours(self.rng.i64(3..40)),
            _ => SignedDuration::from_hours(self.rng.i64(40..200)),
        }
    }

    /// The next page of some list, asked for by whoever asked before.
    fn turned(&mut self) -> Option<Operation> {
        let page = self.world.pages.get(self.rng.usize(0..self.world.pages.len().max(1)))?;
        let mut request = page.request.clone();
        request.spoiled = false;
        if request.route.method != "GET" {
            let body = request.body.as_mut()?;
            body["page"]["token"] = json!(page.cursor);
            return Some(Operation::Ask(Box::new(request)));
        }
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let rest: Vec<&str> = query
            .split('&')
            .filter(|part| !part.is_empty() && !part.starts_with("cursor="))
            .collect();
        request.path = format!("{path}?{}&cursor={}", rest.join("&"), page.cursor).replace("?&", "?");
        Some(Operation::Ask(Box::new(request)))
    }

    /// A request that was sent before, with its `Idempotency-Key`.
    fn again(&mut self) -> Option<Operation> {
        let known = self.world.keyed.get(self.rng.usize(0..self.world.keyed.len().max(1)))?;
        let (known, at) = known;
        if self.now.duration_since(*at) > REPEATABLE {
            return None;
        }
        let mut request = known.clone();
        request.repeated = true;
        Some(Operation::Ask(Box::new(request)))
    }

    /// A request to the route of this binary.
    fn ask(&mut self, binary: &'static str) -> Operation {
        if binary == "restore-organization"
            && let Some(late) = self.rng.choice(&self.world.late)
        {
            self.place = *late;
        }
        let mut request = Request::new(binary, Who::Nobody);
        if request.is_inside() || request.route.access == Access::Asker || binary == "verify-api-key" {
            request.organization = Some(self.place);
            request.fill("org", &self.organization().id);
        }
        // The platform sees all of somebody, so its looks tell what may be expected of them.
        let looks = binary == "get-member" && self.chance(20);
        request.who = match binary {
            // There may be no organization yet whose people could be drawn.
            "create-organization" => Who::Person(self.anybody()),
            _ if looks => Who::Platform,
            _ => self.who(request.route.access),
        };
        // What none of them knows needs nothing filled in.
        let _ = self.fill_people(&mut request)
            || self.fill_inviting(&mut request)
            || self.fill_changing(&mut request)
            || self.fill_asking(&mut request);
        if request.route.method == "POST" && !request.reads() && self.chance(20) {
            let key = format!("soak-{}", self.number);
            request.headers.push(("idempotency-key", key));
        }
        self.condition(&mut request);
        if self.chance(2) {
            self.spoil(&mut request);
        }
        Operation::Ask(Box::new(request))
    }

    /// Some go by a tag of what was shown before, old or not.
    fn condition(&mut self, request: &mut Request) {
        let known = request
            .organization
            .and_then(|_| self.organization().tags.get(&request.path));
        let name = ["if-match", "if-none-match"][self.rng.usize(0..2)];
        if let Some(tag) = known.filter(|_| self.rng.u32(0..100) < 10) {
            request.headers.push((name, tag.clone()));
        }
    }

    /// Whether something that happens so many times of a hundred happens.
    fn chance(&mut self, percent: u32) -> bool {
        self.rng.u32(0..100) < percent
    }

    /// One of these.
    fn one<T: Clone>(&mut self, all: &[T]) -> Option<T> {
        self.rng.choice(all).cloned()
    }

    /// The organization that it is about.
    fn organization(&self) -> &'w Organization {
        &self.world.organizations[self.place]
    }

    /// Who asks: mostly somebody who may, often somebody who may not.
    fn who(&mut self, access: Access) -> Who {
        let organization = self.organization();
        let platform = if access == Access::Platform { 70 } else { 5 };
        if self.chance(platform) {
            return Who::Platform;
        }
        match self.rng.u32(0..100) {
            0..55 => self.able(access),
            55..75 => Who::Person(self.member()),
            75..85 => Who::Person(self.anybody()),
            85..98 if !organization.keys.is_empty() => Who::Key(self.place, self.rng.usize(0..organization.keys.len())),
            98.. => Who::Nobody,
            _ => self.able(access),
        }
    }

    /// A member who may, as far as is known.
    fn able(&mut self, access: Access) -> Who {
        let organization = self.organization();
        let set = organization.set;
        let may = |standing: &Standing| match access {
            Access::Permission(wanted)
            | Access::PermissionOrOneself(wanted)
            | Access::PermissionOrPlatform(wanted)
            | Access::WholePermission(wanted)
            | Access::UserPermission(wanted) => standing.allows(set, wanted),
            Access::Owner => standing.roles(set).any(|role| role.protected),
            Access::Oneself | Access::Asker => standing.allows(set, permission::MEMBERS_READ),
            Access::Public | Access::User | Access::Invitee | Access::Member | Access::Platform => {
                standing.roles(set).next().is_some()
            }
        };
        let able: Vec<usize> = organization
            .roster
            .iter()
            .filter(|(_, is)| may(is))
            .map(|(n, _)| *n)
            .collect();
        let one = self.one(&able);
        Who::Person(one.unwrap_or_else(|| self.anybody()))
    }

    /// Anybody at all.
    fn anybody(&mut self) -> usize {
        self.rng.usize(0..self.cast.people.len())
    }

    /// A member, as far as is known.
    fn member(&mut self) -> usize {
        let all: Vec<usize> = self.organization().roster.keys().copied().collect();
        let one = self.one(&all);
        one.unwrap_or_else(|| self.anybody())
    }

    /// Mostly a member.
    fn somebody(&mut self) -> usize {
        if self.chance(85) { self.member() } else { self.anybody() }
    }

    /// The person who asks, or whose key does.
    fn caller(&self, who: Who) -> Option<usize> {
        match who {
            Who::Person(person) => Some(person),
            Who::Key(organization, key) => Some(self.world.organizations[organization].keys[key].owner),
            Who::Nobody | Who::Platform => None,
        }
    }

    /// The id of a resource, which is mostly there.
    fn resource(&mut self) -> String {
        let known = self.organization().resources.clone();
        let one = self.one(&known).filter(|_| self.rng.u32(0..100) < 95);
        one.unwrap_or_else(|| format!("r{}", self.rng.usize(0..5)))
    }

    /// Some resources, as bodies name them.
    fn resources(&mut self, count: usize) -> Vec<Value> {
        let kind = &self.organization().set.resource_type;
        let mut known = self.organization().resources.clone();
        self.rng.shuffle(&mut known);
        known.truncate(count);
        known.iter().map(|id| json!({ "type": kind, "id": id })).collect()
    }
}

/// The organization that an operation is about, if it is about one.
fn place(world: &World, number: u64, rng: &mut Rng) -> usize {
    if world.live.is_empty() {
        return 0;
    }
    if rng.u32(0..100) < 2
        && let Some(late) = rng.choice(&world.late)
    {
        return *late;
    }
    if rng.u32(0..100) < 30 {
        let favored = (number / FAVORED) as usize % world.live.len();
        return world.live[favored];
    }
    world.live[rng.usize(0..world.live.len())]
}
