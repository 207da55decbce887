//! Scenes that make partitions hot, each of any size: what is loaded, what is played, and what must be so at the end.
//!
//! Each asserts that nothing was lost, that no record became a dead letter, and every invariant of the table, by counting anew.

mod acceptances;
mod activity;
mod backlog;
mod bulk;
mod erasing;
mod feedback;
mod grants;
mod resending;
mod sweeps;

pub use acceptances::acceptances;
pub use activity::activity;
pub use backlog::backlog;
pub use bulk::bulk;
pub use erasing::erasing;
pub use feedback::feedback;
pub use grants::grants;
pub use resending::resending;
pub use sweeps::sweeps;

use super::{Answered, Simulation, Stage};
use crate::crowd::{Holding, join};
use crate::harness::Organization;
use crate::partitions::{Kind, Limits, Tally};
use crate::personas::Persona;
use crate::recount::{items, of_kind, recount_of};
use crate::samples::Values;
use muster_domain::{Event, Job};
use muster_store::items::Item;
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Longest that a scene is waited for, in simulated time.
const PATIENCE: Duration = Duration::from_secs(24 * 3600);

/// What a scene came to.
#[derive(Debug)]
pub struct Played {
    /// How many were erased, accepted and so on.
    pub count: usize,
    /// How long it took, in simulated time.
    pub took: Duration,
    /// How much of that was waiting for the last ones, which takes no longer where there are more.
    pub tail: Duration,
    /// What partitions gave and refused.
    pub tally: Tally,
    /// What they take.
    pub limits: Limits,
    /// Requests that were answered 503 and sent again.
    pub sent_again: usize,
    /// What else is worth telling.
    pub note: String,
}

impl Played {
    /// Write units for each one.
    #[must_use]
    pub fn writes_each(&self) -> f64 {
        self.tally.all(Kind::Write) / self.count as f64
    }

    /// The least time that its hottest partition allows.
    #[must_use]
    pub fn floor(&self) -> Duration {
        let floor = self.tally.floor(self.limits);
        floor.map_or(Duration::ZERO, |(_, _, floor)| floor)
    }
}

/// A backend with one organization, whose members may have as much mail sent as they like.
struct Scene {
    simulation: Simulation,
    acme: Organization,
}

impl Scene {
    fn new(limits: Limits) -> Self {
        Self::deployed(limits, &[])
    }

    /// The same, deployed with these values of the template's parameters.
    fn deployed(limits: Limits, parameters: &[(&str, &str)]) -> Self {
        let simulation = Simulation::start(limits, parameters);
        let acme = simulation.prepare(async {
            let acme = Organization::make(&simulation.h).await;
            let plan = json!({ "seat_limit": null, "allowed_domains": [], "mail_limit": 1_000_000 });
            let platform = simulation.h.platform();
            platform
                .put(&simulation.h, &acme.path("/plan"), &plan)
                .await
                .expect(200);
            acme
        });
        Self { simulation, acme }
    }

    /// Many people with accounts, in no order that their ids have.
    fn people(&self, count: usize) -> Vec<Persona> {
        let person = |n| self.simulation.h.person(&format!("person{n}"));
        (0..count).map(person).collect()
    }

    /// So many members, each with a role on `spring`.
    fn joined(&self, count: usize) -> Vec<Persona> {
        self.holding(count, Holding::Grant)
    }

    /// Adds `count` members, each with these roles.
    fn holding(&self, count: usize, holding: Holding) -> Vec<Persona> {
        let people = self.people(count);
        let h = &self.simulation.h;
        self.simulation.prepare(async {
            for program in holding.programs() {
                let path = self.acme.path(&format!("/resources/program/{program}"));
                self.acme.owner.put(h, &path, &json!({ "name": program })).await;
            }
            join(h.backend.app(), &self.acme, &people, holding).await;
        });
        people
    }

    /// So many people who are invited to a role on `spring`.
    fn invited(&self, count: usize) -> Vec<Persona> {
        let people = self.people(count);
        let emails: Vec<&str> = people.iter().map(Persona::email).collect();
        let h = &self.simulation.h;
        self.simulation.prepare(async {
            self.acme
                .invite_many(h, &emails, "program_facilitator", &["spring"])
                .await
        });
        people
    }

    /// What a request in the organization is filled with.
    fn values(&self, who: &Persona) -> Values {
        vec![("org", self.acme.id.clone()), ("token", who.token(&self.simulation.h))]
    }

    /// Every item at the end, of which invariants hold.
    fn ended(&self) -> Vec<Item> {
        let items = self.simulation.prepare(items(&self.simulation.h));
        recount_of(&items);
        items
    }

    fn played(&self, count: usize, took: Duration) -> Played {
        Played {
            count,
            took,
            tail: Duration::ZERO,
            tally: self.simulation.partitions.tally(),
            limits: self.simulation.partitions.limits(),
            sent_again: 0,
            note: String::new(),
        }
    }
}

/// Sends a sample request until it is not answered with a throttle; gives how often it was, with the answer.
async fn insist(stage: &Stage<'_>, binary: &'static str, values: impl Fn() -> Values) -> (usize, Answered) {
    insist_on(async || stage.request(binary, &values()).await).await
}

/// The same with any request.
async fn insist_on(mut send: impl AsyncFnMut() -> Answered) -> (usize, Answered) {
    for again in 0.. {
        let answered = send().await;
        if answered.status != 503 {
            return (again, answered);
        }
        let kind = answered.body["type"].as_str().unwrap_or_default();
        assert!(kind.ends_with("/throttled"), "{:#}", answered.body);
        let after = answered.retry_after.expect("a throttle tells when to ask again");
        sleep(after.mul_f64(1.0 + fastrand::f64())).await;
    }
    unreachable!("a count ends only with an answer")
}

/// Waits until no job is left but those that wait for longer than a scene takes; gives how long it took since `begun`.
async fn worked(stage: &Stage<'_>, organization: &str, begun: Instant) -> Duration {
    loop {
        stage.drained().await;
        if !has(stage, organization, "JOB#").await {
            // The last slice may have ended since then, and its mail is still to be delivered.
            stage.drained().await;
            return stage.last_taken().duration_since(begun);
        }
        assert!(begun.elapsed() < PATIENCE, "a job does not end");
        sleep(Duration::from_secs(1)).await;
    }
}

/// Whether an organization has an item whose sort key begins so.
async fn has(stage: &Stage<'_>, organization: &str, beginning: &str) -> bool {
    let query = aws_sdk_dynamodb::Client::new(&stage.simulation.sdk_beside())
        .query()
        .table_name(stage.simulation.h.backend.table())
        .key_condition_expression("PK = :pk AND begins_with(SK, :beginning)")
        .expression_attribute_values(":pk", text(&format!("ORG#{organization}")))
        .expression_attribute_values(":beginning", text(beginning))
        .limit(1);
    let found = query.send().await.expect("the table can be read");
    found.count() > 0
}

fn text(text: &str) -> aws_sdk_dynamodb::types::AttributeValue {
    aws_sdk_dynamodb::types::AttributeValue::S(text.to_owned())
}

/// Asserts that no record was given up, and no job is left.
fn nothing_is_left(dead_letters: &[serde_json::Value], items: &[Item]) {
    assert!(dead_letters.is_empty(), "dead letters: {dead_letters:#?}");
    let jobs = of_kind::<Job>(items);
    assert!(jobs.is_empty(), "jobs are left: {jobs:#?}");
}

/// Asserts that each of these people got one email, and no one else got any.
fn each_is_mailed_once(people: &[Persona], mailed: &[String]) {
    let mut times: BTreeMap<&str, usize> = people.iter().map(|person| (person.email(), 0)).collect();
    for email in mailed {
        *times.get_mut(email.as_str()).expect("an address that was invited") += 1;
    }
    assert!(
        times.values().all(|times| *times == 1),
        "mailed otherwise than once: {times:?}"
    );
}

/// How many events of a kind there are.
fn recorded(items: &[Item], kind: &str) -> usize {
    let events = of_kind::<Event>(items);
    events.iter().filter(|event| event.kind.as_str() == kind).count()
}
