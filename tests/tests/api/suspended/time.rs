//! Suspensions with an instant ahead, and what time brings meanwhile.

use super::{NEWS, REASON, SUSPENDED, resume, set, suspend, told};
use jiff::{SignedDuration, Timestamp};
use muster_tests::harness::{Harness, Organization};
use muster_tests::{Persona, recount};
use reqwest::Method;
use serde_json::{Value, json};

/// Kinds of what was recorded of suspensions, oldest first.
async fn recorded(h: &Harness, acme: &Organization) -> Vec<String> {
    let kinds = acme.event_kinds(h).await.into_iter().rev();
    let own = |kind: &String| kind.contains("suspen") || kind.ends_with("resumed");
    kinds.filter(own).collect()
}

fn ahead(h: &Harness, hours: i64) -> Timestamp {
    h.backend.clock().now() + SignedDuration::from_hours(hours)
}

/// Plans a suspension, and gives its instant.
async fn plan(h: &Harness, acme: &Organization, hours: i64) -> String {
    let at = ahead(h, hours);
    let planned = set(h, acme, &json!({ "reason": REASON, "at": at })).await.expect(200);
    assert_eq!(planned.body["suspension"]["in_effect"], false);
    planned.text("/suspension/at")
}

const PLANNED: &str = "organization.suspension_planned";
const BEGUN: &str = "organization.suspended";
const OVER: &str = "organization.resumed";

#[tokio::test(flavor = "multi_thread")]
async fn those_who_do_not_see_a_suspension_ahead_find_it_in_no_event_and_its_reason_in_none() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ada = acme.join(&h, "ada", "admin", &[]).await;
    let key = acme.key(&h, &acme.owner, &json!({ "name": "own" })).await.persona;
    let limited = json!({ "name": "limited", "resources": [{ "type": "program", "id": "spring" }] });
    let limited = acme.key(&h, &acme.owner, &limited).await.persona;
    plan(&h, &acme, 1).await;
    resume(&h, &acme).await;
    plan(&h, &acme, 2).await;
    set(&h, &acme, &json!({ "reason": REASON })).await.expect(200);
    resume(&h, &acme).await;
    let seen = async |who: &Persona| {
        let page = who.get(&h, &acme.path("/events?kind=organization.*")).await.expect(200);
        let events = page.body["items"].as_array().unwrap().clone();
        let kinds: Vec<String> = events.iter().map(|e| e["kind"].as_str().unwrap().to_owned()).collect();
        (kinds, json!(events).to_string().contains(REASON))
    };
    let cancelled = "organization.suspension_cancelled";
    let all = [OVER, BEGUN, PLANNED, cancelled, PLANNED, "organization.created"].map(ToOwned::to_owned);
    for who in [&acme.owner, &key, &h.platform()] {
        assert_eq!(seen(who).await, (all.to_vec(), true), "{}", who.name());
    }
    let some = [OVER, BEGUN, "organization.created"].map(ToOwned::to_owned);
    assert_eq!(seen(&ada).await, (some.to_vec(), false));
    limited.get(&h, &acme.path("/events")).await.problem(403, "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_in_force_at_its_instant_and_the_schedule_only_records_and_tells_it() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ada = acme.join(&h, "ada", "admin", &[]).await;
    let at = plan(&h, &acme, 30).await;
    let body = json!({ "reason": REASON, "at": at });
    set(&h, &acme, &body).await.expect(200);
    h.run_schedule().await;
    ada.get(&h, &acme.path("/members")).await.expect(200);
    assert_eq!(recorded(&h, &acme).await, [PLANNED]);

    h.advance_past(&at);
    ada.get(&h, &acme.path("/members")).await.problem(403, SUSPENDED);
    let shown = acme.owner.get(&h, &acme.path("")).await.expect(200);
    let expected = json!({ "reason": REASON, "at": at, "in_effect": true });
    assert_eq!(shown.body["suspension"], expected);
    assert_eq!(recorded(&h, &acme).await, [PLANNED], "no job has run");
    assert_eq!(told(&h, acme.owner.email(), NEWS[0]).await, 0);

    for _ in 0..2 {
        h.run_schedule().await;
        set(&h, &acme, &body).await.expect(200);
        assert_eq!(recorded(&h, &acme).await, [PLANNED, BEGUN]);
        assert_eq!(told(&h, acme.owner.email(), NEWS[0]).await, 1);
    }
    let event = acme
        .events(&h)
        .await
        .into_iter()
        .find(|event| event["kind"] == BEGUN)
        .unwrap();
    assert_eq!(
        (&event["actor"]["type"], &event["actor"]["id"]),
        (&json!("system"), &json!("finish-work"))
    );
    assert_eq!(
        (&event["before"]["in_effect"], &event["after"]["in_effect"]),
        (&json!(false), &json!(true))
    );
    resume(&h, &acme).await;
    ada.get(&h, &acme.path("/members")).await.expect(200);
    assert_eq!(recorded(&h, &acme).await, [PLANNED, BEGUN, OVER]);
    assert_eq!(told(&h, acme.owner.email(), NEWS[1]).await, 1);
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_owners_and_the_platform_see_what_is_planned() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ada = acme.join(&h, "ada", "admin", &[]).await;
    let full = acme.key(&h, &acme.owner, &json!({ "name": "full" })).await;
    let spring = json!([{ "type": "program", "id": "spring" }]);
    let body = json!({ "name": "limited", "resources": spring });
    let limited = acme.key(&h, &acme.owner, &body).await;
    let at = plan(&h, &acme, 30).await;
    let shown = json!({ "reason": REASON, "at": at, "in_effect": false });
    for (who, expected) in [
        (&acme.owner, &shown),
        (&full.persona, &shown),
        (&h.platform(), &shown),
        (&limited.persona, &Value::Null),
        (&ada, &Value::Null),
    ] {
        let seen = who.get(&h, &acme.path("")).await.expect(200);
        assert_eq!(seen.body["suspension"], *expected);
    }
    let renamed = ada.patch(&h, &acme.path(""), &json!({ "name": "Acme" })).await;
    assert_eq!(renamed.expect(200).body["suspension"], Value::Null);
    let mine = ada.get(&h, "/v1/organizations").await.expect(200);
    assert_eq!(mine.body["items"][0]["suspended"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_cancelled_or_changed_does_nothing_at_the_instant_it_had() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let first = plan(&h, &acme, 10).await;
    resume(&h, &acme).await;
    let second = plan(&h, &acme, 20).await;
    let third = plan(&h, &acme, 30).await;
    for at in [first, second] {
        h.advance_past(&at);
        h.run_schedule().await;
        assert_eq!(
            acme.owner.get(&h, &acme.path("")).await.body["suspension"]["in_effect"],
            false
        );
    }
    assert_eq!(told(&h, acme.owner.email(), NEWS[0]).await, 0);
    h.advance_past(&third);
    h.run_schedule().await;
    assert_eq!(told(&h, acme.owner.email(), NEWS[0]).await, 1);
    let cancelled = "organization.suspension_cancelled";
    let expected = [PLANNED, cancelled, PLANNED, PLANNED, BEGUN];
    assert_eq!(recorded(&h, &acme).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_see_a_suspension_ahead_gets_the_very_answer_they_got_before_it_was_planned_changed_or_canceled() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ada = acme.join(&h, "ada", "admin", &[]).await;
    let seen = async |who: &Persona| {
        let answer = who.get(&h, &acme.path("")).await.expect(200);
        (answer.header("etag").unwrap().to_owned(), answer.body)
    };
    let rename = async |who: &Persona, tag: &str| {
        let (path, body) = (acme.path(""), json!({ "name": format!("By {}", who.name()) }));
        h.send(Some(who), Method::PATCH, &path, Some(&body), &[("if-match", tag)])
            .await
    };
    let (hers, owners) = (seen(&ada).await, seen(&acme.owner).await);
    plan(&h, &acme, 24).await;
    assert_eq!(seen(&ada).await, hers);
    let planned = seen(&acme.owner).await;
    assert_ne!(planned.1["version"], owners.1["version"]);
    rename(&acme.owner, &owners.0).await.problem(412, "precondition-failed");
    plan(&h, &acme, 48).await;
    assert_eq!(seen(&ada).await, hers);
    resume(&h, &acme).await;
    assert_eq!(seen(&ada).await, hers);
    rename(&ada, &hers.0).await.expect(200);
    rename(&ada, &hers.0).await.problem(412, "precondition-failed");
    let now = seen(&acme.owner).await;
    rename(&acme.owner, &now.0).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_put_off_is_over_until_then_and_one_whose_instant_was_not_recorded_is_recorded_at_its_end() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ada = acme.join(&h, "ada", "admin", &[]).await;
    suspend(&h, &acme).await;
    assert_eq!(told(&h, acme.owner.email(), NEWS[0]).await, 1);
    let at = plan(&h, &acme, 30).await;
    // Its mail is written before time goes on, or it would be outdated.
    assert_eq!(told(&h, acme.owner.email(), NEWS[1]).await, 1);
    ada.get(&h, &acme.path("")).await.expect(200);
    assert_eq!(recorded(&h, &acme).await, [BEGUN, OVER, PLANNED]);
    h.advance_past(&at);
    ada.get(&h, &acme.path("")).await.problem(403, SUSPENDED);
    // The schedule has not run since.
    resume(&h, &acme).await;
    h.run_schedule().await;
    assert_eq!(recorded(&h, &acme).await, [BEGUN, OVER, PLANNED, BEGUN, OVER]);
    for subject in NEWS {
        assert_eq!(told(&h, acme.owner.email(), subject).await, 1, "{subject}");
    }
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn seats_and_roles_stay_and_what_has_an_end_ends() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.allow_helpers(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let hal = acme.helper(&h, "hal").await;
    acme.invite(&h, "gus@x.example", "admin", &[]).await;
    let before = acme.member(&h, &pat.id()).await;
    assert_eq!(acme.seats_used(&h).await, 3);
    suspend(&h, &acme).await;
    assert_eq!(acme.seats_used(&h).await, 3);
    assert_eq!(acme.member(&h, &pat.id()).await["grants"], before["grants"]);

    h.advance_days(40);
    h.run_schedule().await;
    for kind in ["member.role_ended", "invitation.expired"] {
        assert_eq!(acme.recorded(&h, kind).await, 1, "{kind}");
    }
    assert_eq!(acme.seats_used(&h).await, 2, "the invitation's seat is free");
    let news = h.mail_to(hal.email()).await;
    let last = &news.last().unwrap().subject;
    assert_eq!(last, "Your access to Acme has ended", "they are told meanwhile");
    resume(&h, &acme).await;
    hal.get(&h, &acme.path("")).await.problem(403, "forbidden");
    let after = pat.get(&h, &acme.path("/members/me")).await.expect(200);
    assert_eq!(after.body["grants"], before["grants"]);
    recount(&h).await;
}
