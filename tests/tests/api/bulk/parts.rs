//! More rows than one transaction takes: packed by what they weigh, and each done exactly once.

use super::{become_all, members};
use muster_tests::bench::Bench;
use muster_tests::crowd::{Holding, crowd};
use muster_tests::faults::{At, Kind, Reach, TRANSACT};
use muster_tests::harness::{Harness, Organization};
use muster_tests::requests::{Case, case_of};
use muster_tests::sampled::sampled;
use muster_tests::shortcuts::{named, verdicts};
use muster_tests::{Answer, recount};
use serde_json::json;

/// What each transaction so far wrote, in items.
fn transactions(b: &Bench) -> Vec<usize> {
    let exchanges = b.faults.exchanges();
    let written = exchanges
        .iter()
        .filter_map(|e| e.request()["TransactItems"].as_array().map(Vec::len));
    written.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_any_weight_are_packed_so_that_each_transaction_takes_as_many_as_it_holds() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let programs: Vec<String> = (0..50).map(|i| format!("p{i}")).collect();
    for id in &programs {
        let path = acme.path(&format!("/resources/program/{id}"));
        acme.owner.put(&h, &path, &json!({ "name": id })).await.expect(201);
    }
    let names: Vec<String> = (0..5).map(|i| format!("m{i}")).collect();
    let people = acme.join_many(&h, &names, "participant", &[]).await;
    let ids: Vec<String> = people.iter().map(muster_tests::Persona::id).collect();
    let rows: Vec<&str> = ids.iter().map(String::as_str).collect();
    let on: Vec<&str> = programs.iter().map(String::as_str).collect();
    // Up, so that each row writes more than half a transaction; and away with all of it.
    let up = become_all(&h, &acme, &acme.owner, &rows, "program_facilitator", &on).await;
    assert_eq!(verdicts(&up.expect(200).body), named(&[("changed", ""); 5]));
    assert_eq!(
        acme.member(&h, rows[4]).await["grants"].as_array().map(Vec::len),
        Some(50)
    );
    let away = members(&h, &acme, &acme.owner, "remove", &rows).await.expect(200);
    assert_eq!(verdicts(&away.body), named(&[("removed", ""); 5]));
    assert_eq!(away.body["seats"]["used"], 1);
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_transaction_has_room_left_for_the_row_behind_it() {
    let b = Bench::start().await;
    let mut case = case_of(&b, "remove-members").await;
    crowd(&b, &case, "many", 100, Holding::Grant).await;
    let ids: Vec<String> = (0..100).map(|n| case.person(&b, &format!("many{n}")).id()).collect();
    case.body = Some(json!({ "members": ids }));
    b.faults.clear();
    let done = b.send(&case).await.expect(200);
    assert!(verdicts(&done.body).iter().all(|(status, _)| status == "removed"));
    let made = transactions(&b);
    let (_, full) = made.split_last().unwrap();
    let heaviest = made.iter().sum::<usize>().div_ceil(100) + 1;
    assert!(made.iter().all(|n| *n <= 100), "{made:?}");
    assert!(full.iter().all(|n| n + heaviest > 100), "{made:?}");
    recount(&b.h).await;
}

/// An organization with this many invitations, and the request to send all of them again.
async fn many_invitations(b: &Bench, count: usize) -> (Case, Vec<String>) {
    let mut case = case_of(b, "resend-invitations").await;
    let emails: Vec<String> = (0..count)
        .map(|n| case.person(b, &format!("guest{n}")).email().to_owned())
        .collect();
    let organization = case.organization();
    let ids = organization.invite_many(&b.h, &emails, "participant", &[]).await;
    case.body = Some(json!({ "invitations": ids }));
    b.drain().await;
    (case, emails)
}

fn all_resent(answer: &Answer, count: usize) {
    assert_eq!(verdicts(&answer.body), vec![("resent".into(), String::new()); count]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_stops_half_way_goes_on_when_it_is_repeated_and_mails_no_person_twice() {
    const COUNT: usize = 40;
    let b = Bench::start().await;
    let (case, _) = many_invitations(&b, COUNT).await;
    b.faults.clear();
    all_resent(&b.send(&case).await.expect(200), COUNT);
    let calls = b.faults.calls();
    let writes: Vec<usize> = (0..calls.len()).filter(|n| calls[*n] == TRANSACT).collect();
    assert!(writes.len() > 1, "it takes several transactions: {calls:?}");

    let each = writes
        .iter()
        .enumerate()
        .flat_map(|write| [Kind::TimeoutBefore, Kind::TimeoutAfter].map(|kind| (write, kind)));
    for ((n, stops_at), kind) in sampled("a bulk request that stops", each.collect(), 2) {
        let (case, emails) = many_invitations(&b, COUNT).await;
        b.faults.inject(At::Call(*stops_at), kind, Reach::Rest);
        let first = b.send(&case).await;
        assert_eq!(first.status, 503, "{kind:?} at transaction {n}: {:#}", first.body);
        b.faults.clear();
        let again = b.send(&case).await.expect(200);
        all_resent(&again, COUNT);
        let came_about = n > 0 || kind == Kind::TimeoutAfter;
        assert_eq!(again.header("idempotent-replayed").is_some(), came_about);
        let third = b.send(&case).await.expect(200);
        assert_eq!(third.body, again.body);
        assert_eq!(third.header("idempotent-replayed"), Some("true"));
        b.drain().await;
        let mail = b.h.backend.mail();
        for email in &emails {
            let got = mail.iter().filter(|m| m.to == *email).count();
            assert_eq!(got, 2, "{kind:?} at transaction {n}: {email}");
        }
    }
    recount(&b.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_behind_those_that_change_nothing_are_reached_and_told_in_order() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "admin", &[]).await.id();
    let strangers: Vec<String> = (0..99).map(|n| h.person(&format!("s{n}")).id()).collect();
    let mut rows: Vec<&str> = strangers.iter().map(String::as_str).collect();
    rows.insert(70, &pat);
    let done = members(&h, &acme, &acme.owner, "remove", &rows).await.expect(200);
    let told: Vec<&str> = done.body["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["member"].as_str().unwrap())
        .collect();
    assert_eq!(told, rows);
    for (n, (status, kind)) in verdicts(&done.body).iter().enumerate() {
        let expected = if n == 70 {
            ("removed", "")
        } else {
            ("refused", "not-found")
        };
        assert_eq!((status.as_str(), kind.as_str()), expected);
    }
    recount(&h).await;
}
