//! Carries operations out, several at once, and has each answer judged.

use crate::cast::{Cast, Token};
use crate::draw::{Draw, Drawn, Measure, Operation};
use crate::faults::{Faults, OPERATION, Plan};
use crate::judge::{Judgment, Known, Reply};
use crate::learn::Lesson;
use crate::request::{Request, Who};
use crate::tally::Tally;
use crate::world::World;
use muster_tests::Harness;
use reqwest::Method;
use serde_json::Value;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// As much of a body as is told of when something is wrong.
const SHOWN: usize = 600;

/// A run.
pub(crate) struct Play {
    pub(crate) h: Harness,
    pub(crate) cast: Cast,
    pub(crate) faults: Faults,
    pub(crate) tally: Tally,
    pub(crate) seed: u64,
    pub(crate) measure: Measure,
    world: Mutex<World>,
    next: AtomicU64,
    /// From which operation on streams are read again.
    stalled_until: AtomicU64,
    /// Whether operations come one after the other, so that a seed repeats all of them.
    ordered: bool,
    broken: Mutex<Option<String>>,
}

impl Play {
    /// A run that has not begun.
    pub(crate) fn new(h: Harness, faults: Faults, cast: Cast, seed: u64, measure: Measure, ordered: bool) -> Self {
        Self {
            h,
            cast,
            faults,
            tally: Tally::default(),
            seed,
            measure,
            world: Mutex::default(),
            next: AtomicU64::new(0),
            stalled_until: AtomicU64::new(0),
            ordered,
            broken: Mutex::default(),
        }
    }

    /// What is known.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many operations were begun.
    pub(crate) fn begun(&self) -> u64 {
        self.next.load(Ordering::SeqCst)
    }

    /// What was found to be wrong first.
    pub(crate) fn broken(&self) -> Option<String> {
        self.broken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn breaks(&self, report: String) {
        let mut broken = self.broken.lock().unwrap_or_else(PoisonError::into_inner);
        broken.get_or_insert(report);
    }

    /// Carries operations out until there were so many, or something is wrong.
    pub(crate) async fn until(self: Arc<Self>, end: u64) {
        while self.broken().is_none() {
            let next = |number: u64| (number < end).then_some(number + 1);
            let Ok(number) = self.next.fetch_update(Ordering::SeqCst, Ordering::SeqCst, next) else {
                return;
            };
            self.operation(number).await;
        }
    }

    async fn operation(&self, number: u64) {
        if self.faults.is_stalled() && number >= self.stalled_until.load(Ordering::SeqCst) {
            self.faults.set_stalled(false);
        }
        let Drawn { operation, fault, life } = self.draw(number);
        match operation {
            Operation::Ask(request) => {
                let plan = fault.map(|plan| self.faults.plan(number, plan));
                self.ask(number, *request, plan.as_deref(), number + life).await;
                self.faults.answered(number);
            }
            Operation::Advance(by) => {
                self.h.advance(by);
                self.tally.count("the clock moves on", 0);
            }
            Operation::Expire => {
                // What fails there by itself is noted where it fails.
                let _ = self.h.backend.expire().await;
                self.tally.count("the schedule runs", 0);
            }
            Operation::Stall(operations) => {
                self.stalled_until.store(number + operations, Ordering::SeqCst);
                self.faults.set_stalled(true);
                self.tally.count("the streams stand still", 0);
            }
        }
        if self.ordered && !self.faults.is_stalled() {
            self.h.backend.drained().await;
        }
        if let Some(failure) = self.faults.failures().into_iter().next() {
            let seed = self.seed;
            self.breaks(format!(
                "seed {seed}, operation {number}: in the background, with nothing made to go wrong: {failure}"
            ));
        }
    }

    fn draw(&self, number: u64) -> Drawn {
        let mut world = self.world();
        let (mails, place) = self.h.backend.mail_from(world.mails());
        world.read_mail(&self.cast, &mails, place);
        let now = self.h.backend.clock().now();
        Draw::new(&self.cast, &world, self.measure, self.seed, number, now).operation()
    }

    /// Sends a request and judges the answer. One that was disturbed and failed is sent again at once: that is safe.
    async fn ask(&self, number: u64, request: Request, plan: Option<&Plan>, ends: u64) {
        let (known, token) = self.prepare(&request);
        let reply = self.send(&request, token.as_ref(), plan.map(|_| number)).await;
        let struck = plan.is_some_and(Plan::has_struck);
        self.tally.count(request.route.binary, reply.status);
        if struck {
            self.tally.count("something goes wrong", 0);
        }
        let mut verdict = self.judge(number, &request, &reply, &known, struck, ends);
        if verdict.is_ok() && reply.status >= 500 {
            let (_, token) = self.caller(&request);
            let reply = self.send(&request, token.as_ref(), None).await;
            self.tally.count(request.route.binary, reply.status);
            verdict = self.judge(number, &request, &reply, &known, false, ends);
        }
        if let Some(number) = request.organization {
            let mut world = self.world();
            let organization = &mut world.organizations[number];
            for person in &request.gains {
                organization.bounds.raised(*person);
            }
            organization.restoring -= usize::from(request.route.binary == "restore-organization");
        }
        if let Err(report) = verdict {
            self.breaks(report);
        }
    }

    /// Who calls, with what.
    fn caller(&self, request: &Request) -> (Option<usize>, Option<Token>) {
        match request.who {
            Who::Nobody => (None, None),
            Who::Platform => (None, Some(self.cast.token(&self.h, None))),
            Who::Person(person) => (Some(person), Some(self.cast.token(&self.h, Some(person)))),
            Who::Key(organization, key) => (Some(self.world().organizations[organization].keys[key].owner), None),
        }
    }

    /// What is known before a request is sent; whoever may be more after it can be anything from here on.
    fn prepare(&self, request: &Request) -> (Known, Option<Token>) {
        let (caller, token) = self.caller(request);
        let now = self.h.backend.clock().now();
        let mut world = self.world();
        let mut known = Known {
            good_until: token.as_ref().map(|token| token.good_until),
            ..Known::default()
        };
        let Some(organization) = request
            .organization
            .and_then(|number| world.organizations.get_mut(number))
        else {
            return (known, token);
        };
        let key = |number: Option<usize>| number.and_then(|number| organization.keys.get(number));
        if let Who::Key(_, number) = request.who
            && let Some(key) = key(Some(number))
        {
            known.dead = key.is_dead(now);
            known.read_only = key.read_only;
            known.limited = key.limited;
            known.maker = Some((key.maker, organization.bounds.before(key.maker)));
        }
        if let Some(key) = key(request.key) {
            known.asked_dead = key.is_dead(now);
            known.asked_maker = Some((key.maker, organization.bounds.before(key.maker)));
        }
        known.caller = caller.map(|person| (person, organization.bounds.before(person)));
        known.about = request.about.map(|person| (person, organization.bounds.before(person)));
        let inviter = request.about.and_then(|invited| organization.inviter(invited));
        known.inviter = inviter.map(|inviter| (inviter, organization.bounds.before(inviter)));
        known.closed = organization.closed;
        known.restores = organization.restores;
        known.restoring = organization.restoring > 0;
        for person in &request.gains {
            organization.bounds.raise(*person);
        }
        match request.route.binary {
            "resend-invitation" | "update-invitation" => organization.inviters.clear(),
            "resend-invitations" => {
                organization.inviters.clear();
                organization.resending |= request.body.is_none();
            }
            _ => {}
        }
        if request.route.binary == "restore-organization" {
            organization.closed = false;
            organization.restores += 1;
            organization.restoring += 1;
        }
        (known, token)
    }

    fn judge(
        &self,
        number: u64,
        request: &Request,
        reply: &Reply,
        known: &Known,
        struck: bool,
        ends: u64,
    ) -> Result<(), String> {
        let now = self.h.backend.clock().now();
        let mut world = self.world();
        let judgment = Judgment {
            request,
            reply,
            known,
            cast: &self.cast,
            world: &world,
            struck,
            now,
        };
        let verdict = judgment.pass();
        let lesson = Lesson {
            cast: &self.cast,
            request,
            reply,
            known,
            now,
            ends,
        };
        lesson.take(&mut world);
        let line = format!("{number} {request} -> {} {}", reply.status, short(&reply.text));
        let line = if struck { format!("{line} (disturbed)") } else { line };
        let organization = request
            .organization
            .and_then(|number| world.organizations.get_mut(number));
        let verdict = verdict.map_err(|what| {
            let seed = self.seed;
            let before = organization.as_ref().map(|organization| organization.told());
            let before = before.unwrap_or_default();
            format!("seed {seed}, operation {number}: {what}\n{line}\n{known:#?}\n{before}")
        });
        if let Some(organization) = organization {
            organization.note(line);
        }
        verdict
    }

    async fn send(&self, request: &Request, token: Option<&Token>, operation: Option<u64>) -> Reply {
        let method: Method = match request.route.method {
            "ANY" => Method::GET,
            method => method.parse().expect("a method"),
        };
        let url = format!("{}{}", self.h.backend.base_url(), request.path);
        let mut call = self.h.http().request(method, url);
        if let Some(token) = token {
            call = call.bearer_auth(&token.text);
        }
        if let Who::Key(organization, key) = request.who {
            call = call.bearer_auth(&self.world().organizations[organization].keys[key].secret);
        }
        for (name, value) in &request.headers {
            call = call.header(*name, value);
        }
        if let Some(operation) = operation {
            call = call.header(OPERATION, operation.to_string());
        }
        if let Some(body) = &request.body {
            let named = request.headers.iter().any(|(name, _)| *name == "content-type");
            call = if named {
                call
            } else {
                call.header("content-type", "application/json")
            };
            call = call.body(body.to_string());
        }
        let answer = call.send().await.expect("the backend answers");
        let field = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok());
        let content_type = field("content-type").unwrap_or_default().to_owned();
        let replayed = field("idempotent-replayed") == Some("true");
        let tag = field("etag").map(str::to_owned);
        let status = answer.status().as_u16();
        let text = answer.bytes().await.expect("the whole answer");
        let text = String::from_utf8_lossy(&text).into_owned();
        Reply {
            status,
            content_type,
            body: serde_json::from_str(&text).unwrap_or(Value::Null),
            text,
            replayed,
            tag,
        }
    }
}

fn short(text: &str) -> String {
    text.chars().take(SHOWN).collect()
}
