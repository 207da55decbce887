//! Background work that dies between any two AWS calls is finished by whoever comes next, and nothing is done twice.

use jiff::SignedDuration;
use muster_domain::api_key::MAX_KEYS;
use muster_tests::bench::Bench;
use muster_tests::crowd::{Holding, crowd};
use muster_tests::faults::{At, Kind, Reach};
use muster_tests::harness::Organization;
use muster_tests::recount;
use muster_tests::requests::{Case, case_of};
use muster_tests::sampled::sampled;
use muster_tests::stream::Function;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// More than two slices of a job.
const MANY: usize = 41;

/// An organization on which nothing has been done yet.
/// Invites so many people in the name of the owner.
async fn invite(b: &Bench, case: &Case, count: usize) {
    let people: Vec<_> = (0..count).map(|n| case.person(b, &format!("guest{n}"))).collect();
    let emails: Vec<&str> = people.iter().map(|p| p.email()).collect();
    let organization = case.organization();
    organization
        .invite_many(&b.h, &emails, "program_admin", &["spring"])
        .await;
}

/// Asks for the work of a case, as its owner.
async fn ask(b: &Bench, case: &Case, method: Method, path: &str, body: Option<Value>) {
    let path = case.organization().path(path);
    let answer = b.h.send(Some(&case.owner), method, &path, body.as_ref(), &[]).await;
    assert!((200..300).contains(&answer.status), "{:#}", answer.body);
}

/// Feeds the jobs to the watched process until none is left; one that dies is started anew, undisturbed.
async fn work(b: &Bench) {
    let mut stream = b.stream().await;
    loop {
        let fed = stream.feed(b.app(), Function::FinishWork);
        match b.faults.unless_killed(fed).await {
            Some(true) => {}
            Some(false) => return,
            None => b.faults.clear(),
        }
    }
}

/// Runs the schedule in the watched process; if it dies, it is started anew, undisturbed.
async fn sweep(b: &Bench) {
    while b.faults.unless_killed(b.expire()).await.is_none() {
        b.faults.clear();
    }
}

/// All that background work does for a case: what the stream brings, what the schedule takes up once its time has
/// come, and what follows from that.
async fn live(b: &Bench, wait: SignedDuration) {
    work(b).await;
    b.h.advance(wait);
    sweep(b).await;
    work(b).await;
}

/// How many kills are tried, where not all are.
const TRIED: usize = 3;

/// Lets the work of a case be done without a fault, and then with the process killed at each of its calls, each time on a
/// table of its own.
async fn survives_any_kill(work: &str, wait: SignedDuration, begin: impl AsyncFn(&Bench) -> Case) {
    let b = Bench::start().await;
    let case = begin(&b).await;
    b.faults.clear();
    live(&b, wait).await;
    let calls = b.faults.calls();
    let expected = recounted(&b, &case).await;
    for (n, operation) in sampled(work, calls.iter().enumerate().collect(), TRIED) {
        let b = Bench::start().await;
        let case = begin(&b).await;
        b.faults.inject(At::Call(n), Kind::Killed, Reach::Rest);
        live(&b, wait).await;
        b.faults.clear();
        assert_eq!(recounted(&b, &case).await, expected, "killed at call {n} ({operation})");
    }
}

/// What has come of a case, whose sums are right.
async fn recounted(b: &Bench, case: &Case) -> BTreeMap<String, usize> {
    let outcome = b.outcome(case).await;
    recount(&b.h).await;
    outcome
}

/// Longer than late writers have, and than a job is left alone.
const PATIENCE: SignedDuration = SignedDuration::from_mins(3);

#[tokio::test(flavor = "multi_thread")]
async fn deleting_a_resource_is_finished_though_it_is_killed_anywhere() {
    survives_any_kill("deleting a resource", PATIENCE, async |b| {
        let case = case_of(b, "list-members").await;
        crowd(b, &case, "member", MANY, Holding::Grant).await;
        invite(b, &case, 21).await;
        b.stream().await.skip(Function::DeliverMail).await;
        ask(b, &case, Method::DELETE, "/resources/program/spring", None).await;
        case
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn switching_a_role_off_is_finished_though_it_is_killed_anywhere() {
    survives_any_kill("switching a role off", PATIENCE, async |b| {
        let case = case_of(b, "list-members").await;
        optional_roles(b, case.organization(), &["implementation_admin"]).await;
        let month = SignedDuration::from_hours(30 * 24);
        crowd(b, &case, "helper", MANY, Holding::Limited(month)).await;
        optional_roles(b, case.organization(), &[]).await;
        case
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn resending_all_mails_every_invitee_once_though_it_is_killed_anywhere() {
    survives_any_kill("resending all", PATIENCE, async |b| {
        let case = case_of(b, "list-members").await;
        invite(b, &case, MANY).await;
        b.stream().await.skip(Function::DeliverMail).await;
        ask(b, &case, Method::POST, "/invitations/resend", None).await;
        case
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_that_was_held_is_sent_once_though_its_release_is_killed_anywhere() {
    survives_any_kill("releasing mail", PATIENCE, async |b| {
        let case = case_of(b, "list-members").await;
        invite(b, &case, MANY).await;
        ask(b, &case, Method::DELETE, "", None).await;
        b.drain().await;
        let restore = case.organization().path("/restore");
        b.h.platform().post(&b.h, &restore, &Value::Null).await.expect(200);
        case
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organization_is_erased_though_it_is_killed_anywhere() {
    let month = SignedDuration::from_hours(31 * 24);
    survives_any_kill("erasing an organization", month, async |b| {
        let case = case_of(b, "list-members").await;
        // More than one slice of what there is, and of the record.
        crowd(b, &case, "member", 16, Holding::Grant).await;
        invite(b, &case, 8).await;
        b.stream().await.skip(Function::DeliverMail).await;
        ask(b, &case, Method::DELETE, "", None).await;
        case
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn taking_the_keys_of_a_removed_member_away_is_finished_though_it_is_killed_anywhere() {
    survives_any_kill("taking keys away", PATIENCE, async |b| {
        let mut case = case_of(b, "list-members").await;
        let ann = case.join(b, "ann").await;
        for _ in 0..MAX_KEYS {
            case.organization().key(&b.h, &ann, &json!({ "name": "zapier" })).await;
        }
        b.stream().await.skip(Function::DeliverMail).await;
        ask(b, &case, Method::DELETE, &format!("/members/{}", ann.id()), None).await;
        case
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_schedule_settles_everything_though_it_is_killed_anywhere() {
    let days = |n: i64| SignedDuration::from_hours(n * 24);
    survives_any_kill("the schedule", days(8), async |b| {
        let case = case_of(b, "list-members").await;
        optional_roles(b, case.organization(), &["implementation_admin"]).await;
        invite(b, &case, 25).await;
        crowd(b, &case, "ended", 3, Holding::Limited(days(7))).await;
        crowd(b, &case, "ending", 2, Holding::Limited(days(9))).await;
        b.drain().await;
        // A job that the stream has given up.
        ask(b, &case, Method::POST, "/invitations/resend", None).await;
        b.stream().await.skip(Function::FinishWork).await;
        case
    })
    .await;
}

/// Sets the suspension of a case's organization, which has more owners than one slice tells.
async fn suspended(b: &Bench, case: &Case, invited: usize, body: &Value) {
    for n in 0..21 {
        let owner = case.person(b, &format!("owner{n}"));
        case.join_as(b, owner, "owner").await;
    }
    b.drain().await;
    invite(b, case, invited).await;
    let path = case.organization().path("/suspension");
    b.h.platform().put(&b.h, &path, body).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspension_with_an_instant_ahead_is_recorded_and_told_once_though_it_is_killed_anywhere() {
    survives_any_kill("suspending", SignedDuration::from_hours(1), async |b| {
        let case = case_of(b, "list-members").await;
        let at = b.h.backend.clock().now() + SignedDuration::from_mins(30);
        suspended(b, &case, 0, &json!({ "reason": "The plan ends", "at": at })).await;
        case
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_suspension_is_told_once_and_mail_sent_once_though_it_is_killed_anywhere() {
    survives_any_kill("resuming", PATIENCE, async |b| {
        let case = case_of(b, "list-members").await;
        suspended(b, &case, 21, &json!({ "reason": "The plan has ended" })).await;
        b.drain().await;
        let path = case.organization().path("/suspension");
        b.h.platform().delete(&b.h, &path).await.expect(204);
        case
    })
    .await;
}

async fn optional_roles(b: &Bench, organization: &Organization, roles: &[&str]) {
    let body = json!({ "settings": { "optional_roles": roles } });
    let path = organization.path("");
    organization.owner.patch(&b.h, &path, &body).await.expect(200);
}
