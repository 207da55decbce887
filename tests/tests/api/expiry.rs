//! What time ends: invitations, implementation admins, grants with an end; and how people are told.

use muster_tests::harness::{Harness, Organization};
use muster_tests::shortcuts::named;
use muster_tests::{Persona, recount};
use serde_json::{Value, json};

/// Subjects of mail that speaks of an end.
async fn told(h: &Harness, who: &Persona) -> Vec<String> {
    let mail = h.mail_to(who.email()).await.into_iter();
    mail.map(|m| m.subject)
        .filter(|s| s.starts_with("Your access"))
        .collect()
}

async fn end_of(acme: &Organization, h: &Harness, who: &Persona) -> jiff::Timestamp {
    let member = acme.member(h, &who.id()).await;
    member["role_expires_at"].as_str().unwrap().parse().unwrap()
}

/// Moves the clock to this long before an instant.
fn until(h: &Harness, before: jiff::SignedDuration, end: jiff::Timestamp) {
    let left = end.duration_since(h.backend.clock().now());
    h.advance(left - before);
}

const fn hours(n: i64) -> jiff::SignedDuration {
    jiff::SignedDuration::from_hours(n)
}

#[tokio::test]
async fn an_implementation_admins_access_ends_at_the_instant_before_any_job_runs() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.allow_helpers(&h).await;
    let hal = acme.helper(&h, "hal").await;
    let end = end_of(&acme, &h, &hal).await;
    until(&h, jiff::SignedDuration::from_mins(1), end);
    hal.get(&h, &acme.path("/events")).await.expect(200);
    until(&h, jiff::SignedDuration::ZERO, end);
    for path in ["/events", "/members", "/resources", "/invitations"] {
        hal.get(&h, &acme.path(path)).await.problem(403, "forbidden");
    }
    hal.patch(&h, &acme.path(""), &json!({ "name": "Mine" }))
        .await
        .problem(403, "forbidden");
    let me = hal.get(&h, &acme.path("/members/me")).await.expect(200);
    assert_eq!(me.body["role"], Value::Null);
    assert_eq!(me.body["role_expires_at"], Value::Null);
    recount(&h).await;
}

#[tokio::test]
async fn the_job_then_ends_the_role_with_an_event_and_a_mail_once() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.allow_helpers(&h).await;
    let hal = acme.helper(&h, "hal").await;
    let end = end_of(&acme, &h, &hal).await;
    until(&h, hours(-1), end);
    for _ in 0..3 {
        h.run_schedule().await;
        assert_eq!(told(&h, &hal).await, ["Your access to Acme has ended"]);
    }
    let events = acme.events(&h).await;
    let ended: Vec<_> = events.iter().filter(|e| e["kind"] == "member.role_ended").collect();
    assert_eq!(ended.len(), 1);
    assert_eq!(
        (&ended[0]["actor"]["type"], &ended[0]["actor"]["id"]),
        (&json!("system"), &json!("expire"))
    );
    assert_eq!(
        (&ended[0]["subject"]["type"], &ended[0]["subject"]["id"]),
        (&json!("user"), &json!(hal.id()))
    );
    assert_eq!(ended[0]["before"]["role"], "implementation_admin");
    hal.get(&h, &acme.path("/members")).await.problem(403, "forbidden");
    recount(&h).await;
}

#[tokio::test]
async fn an_end_is_announced_7_days_and_1_day_ahead_once_each() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.allow_helpers(&h).await;
    let hal = acme.helper(&h, "hal").await;
    let end = end_of(&acme, &h, &hal).await;
    let (week, day) = (
        "Your access to Acme ends in 7 days",
        "Your access to Acme ends in 1 day",
    );
    for (before, expected) in [
        (hours(7 * 24 + 1), &[][..]),
        (hours(7 * 24 - 1), &[week]),
        (hours(4 * 24), &[week]),
        (hours(25), &[week]),
        (hours(23), &[week, day]),
        (hours(1), &[week, day]),
        (hours(-1), &[week, day, "Your access to Acme has ended"]),
        (hours(-24 * 8), &[week, day, "Your access to Acme has ended"]),
    ] {
        until(&h, before, end);
        h.run_schedule().await;
        h.run_schedule().await;
        assert_eq!(told(&h, &hal).await, expected, "{before} before");
    }
    recount(&h).await;
}

#[tokio::test]
async fn after_a_long_pause_of_the_schedule_only_the_latest_notice_is_given() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.allow_helpers(&h).await;
    let hal = acme.helper(&h, "hal").await;
    let end = end_of(&acme, &h, &hal).await;
    until(&h, hours(12), end);
    h.run_schedule().await;
    assert_eq!(told(&h, &hal).await, ["Your access to Acme ends in 1 day"]);
    recount(&h).await;
}

#[tokio::test]
async fn a_change_of_the_member_between_an_end_and_the_job_does_not_lose_the_end() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.allow_helpers(&h).await;
    let hal = acme.helper(&h, "hal").await;
    let end = end_of(&acme, &h, &hal).await;
    // First at the notice, then at the end itself.
    until(&h, hours(7 * 24), end);
    hal.patch(&h, &acme.path("/members/me"), &json!({ "bio": "Nearly done" }))
        .await
        .expect(200);
    h.run_schedule().await;
    assert_eq!(told(&h, &hal).await, ["Your access to Acme ends in 7 days"]);
    until(&h, hours(-1), end);
    hal.patch(&h, &acme.path("/members/me"), &json!({ "bio": "Done" }))
        .await
        .expect(200);
    h.run_schedule().await;
    assert_eq!(acme.recorded(&h, "member.role_ended").await, 1);
    assert_eq!(told(&h, &hal).await.len(), 2);
    recount(&h).await;
}

#[tokio::test]
async fn a_helper_can_be_extended_and_made_permanent() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.allow_helpers(&h).await;
    let hal = acme.helper(&h, "hal").await;
    let first = end_of(&acme, &h, &hal).await;
    h.advance_days(20);
    let path = acme.path(&format!("/members/{}", hal.id()));
    let longer = json!({ "role": "implementation_admin", "duration": "2_months" });
    hal.patch(&h, &path, &longer).await.problem(403, "role-not-assignable");
    acme.owner.patch(&h, &path, &longer).await.expect(200);
    let second = end_of(&acme, &h, &hal).await;
    assert!(second > first);
    until(&h, hours(-1), first);
    h.run_schedule().await;
    hal.get(&h, &acme.path("/members")).await.expect(200);
    let ever = json!({ "role": "implementation_admin", "duration": "forever" });
    acme.owner.patch(&h, &path, &ever).await.expect(200);
    until(&h, hours(-1), second);
    h.run_schedule().await;
    hal.get(&h, &acme.path("/members")).await.expect(200);
    assert_eq!(told(&h, &hal).await, [""; 0]);
    recount(&h).await;
}

#[tokio::test]
async fn a_helper_cannot_outlast_their_time_by_giving_themselves_another_role() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.allow_helpers(&h).await;
    let hal = acme.helper(&h, "hal").await;
    let me = acme.path("/members/me");
    for body in [
        json!({ "role": "admin" }),
        json!({ "role": "implementation_admin", "duration": "forever" }),
        json!({ "role": "implementation_admin", "duration": "6_months" }),
        json!({ "role": "program_admin", "resources": [{ "type": "program", "id": "spring" }] }),
    ] {
        hal.patch(&h, &me, &body).await.problem(403, "role-not-assignable");
    }
    recount(&h).await;
}

fn ending(program: &str, role: &str, end: Option<&str>) -> Value {
    json!({ "type": "program", "id": program, "role": role, "expires_at": end })
}

#[tokio::test]
async fn a_grant_of_any_role_can_be_given_an_end_which_holds_at_its_instant() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    for (name, role) in [
        ("pat", "program_admin"),
        ("fay", "program_facilitator"),
        ("pia", "participant"),
    ] {
        let who = acme.join(&h, name, role, &["spring", "autumn"]).await;
        let path = acme.path(&format!("/members/{}", who.id()));
        let end = h.backend.clock().now() + hours(48);
        let body = json!({ "grants": [ending("spring", role, Some(&end.to_string())), ending("autumn", role, None)] });
        acme.owner.patch(&h, &path, &body).await.expect(200);
        h.run_schedule().await;
        until(&h, hours(1), end);
        h.run_schedule().await;
        assert_eq!(
            told(&h, &who).await,
            ["Your access to Spring cohort ends in 1 day"],
            "{role}"
        );
        until(&h, hours(0), end);
        let mine = who.get(&h, &acme.path("/resources")).await.expect(200);
        assert_eq!(mine.body["items"].as_array().unwrap().len(), 1);
        assert_eq!(mine.body["items"][0]["id"], "autumn");
        h.run_schedule().await;
        assert_eq!(told(&h, &who).await.len(), 2);
        let left = acme.member(&h, &who.id()).await["grants"].clone();
        assert_eq!(left.as_array().unwrap().len(), 1);
    }
    recount(&h).await;
}

#[tokio::test]
async fn the_end_of_the_last_grant_with_a_seat_gives_the_seat_back() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let path = acme.path(&format!("/members/{}", pat.id()));
    let end = h.backend.clock().now() + hours(2);
    let body = json!({ "grants": [ending("spring", "program_admin", Some(&end.to_string()))] });
    acme.owner.patch(&h, &path, &body).await.expect(200);
    assert_eq!(acme.seats_used(&h).await, 2);
    h.advance(hours(3));
    h.run_schedule().await;
    assert_eq!(acme.seats_used(&h).await, 1);
    recount(&h).await;
}

#[tokio::test]
async fn an_end_in_the_past_is_refused_and_one_to_come_can_be_moved_or_taken_away() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let path = acme.path(&format!("/members/{}", pat.id()));
    let set = async |end: Option<&str>| {
        let body = json!({ "grants": [ending("spring", "program_admin", end)] });
        acme.owner.patch(&h, &path, &body).await
    };
    let now = h.backend.clock().now();
    let refused = set(Some(&(now - hours(1)).to_string())).await;
    assert_eq!(
        refused.problem(422, "invalid-request").faults(),
        named(&[("grants[0].expires_at", "in_the_past")])
    );
    let refused = set(Some("tomorrow")).await;
    assert_eq!(
        refused.problem(422, "invalid-request").faults(),
        named(&[("grants[0].expires_at", "invalid_value")])
    );
    set(Some(&(now + hours(2)).to_string())).await.expect(200);
    set(Some(&(now + hours(4)).to_string())).await.expect(200);
    h.advance(hours(3));
    h.run_schedule().await;
    pat.get(&h, &acme.path("/members")).await.expect(200);
    set(None).await.expect(200);
    h.advance(hours(3));
    h.run_schedule().await;
    pat.get(&h, &acme.path("/members")).await.expect(200);
    recount(&h).await;
}

#[tokio::test]
async fn sponsors_are_not_notified() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let sam = acme.join(&h, "sam", "program_sponsor", &["spring"]).await;
    let path = acme.path(&format!("/members/{}", sam.id()));
    let end = h.backend.clock().now() + hours(8 * 24);
    let body = json!({ "grants": [ending("spring", "program_sponsor", Some(&end.to_string()))] });
    acme.owner.patch(&h, &path, &body).await.expect(200);
    for before in [6 * 24, 12, -1] {
        until(&h, hours(before), end);
        h.run_schedule().await;
    }
    assert_eq!(told(&h, &sam).await, [""; 0]);
    assert_eq!(
        acme.recorded(&h, "member.role_ended").await,
        1,
        "the end itself is recorded"
    );
    recount(&h).await;
}
