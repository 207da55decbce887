//! Changes whose maker loses their power between the read and the write: each is decided again, and refused.

use muster_functions::routes::{Access, ROUTES, Route};
use muster_tests::bench::Bench;
use muster_tests::faults::TRANSACT;
use muster_tests::requests::{Case, prepare};
use muster_tests::sampled::sampled;
use muster_tests::{Answer, Gate, Persona, Snapshot, recount};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// What comes of a change that a demotion overtakes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// It is refused, and nothing of it is left.
    Refused,
    /// Each of its rows is refused, or the whole.
    RowsRefused,
    /// It is made, for this reason.
    Made(&'static str),
}

use Outcome::{Made, Refused, RowsRefused};

/// How long a request may take to come to its write.
const HELD_WITHIN: Duration = Duration::from_secs(60);

const ASKED_AGAIN: &str = "acceptance checks the inviter again";
const FOR_ANYBODY: &str = "it needs no role";
const GUEST: &str =
    "an invited person makes it, and the inviter was checked when it was read: it comes before the demotion";
const PLATFORM: &str = "the platform makes it";
const RECORD: &str = "it records data that was returned before the demotion";

/// Every function that writes for somebody who asks.
const CHANGES: &[(&str, Outcome)] = &[
    ("create-organization", Made(FOR_ANYBODY)),
    ("update-organization", Refused),
    ("set-plan", Made(PLATFORM)),
    ("delete-organization", Refused),
    ("restore-organization", Made(PLATFORM)),
    ("suspend-organization", Made(PLATFORM)),
    ("resume-organization", Made(PLATFORM)),
    ("transfer-ownership", Refused),
    ("name-paying-owner", Refused),
    ("put-resource", Refused),
    ("delete-resource", Refused),
    ("create-invitations", Made(ASKED_AGAIN)),
    ("resend-invitations", Refused),
    ("cancel-invitations", RowsRefused),
    ("update-invitation", Refused),
    ("cancel-invitation", Refused),
    ("resend-invitation", Refused),
    ("accept-invitation", Made(GUEST)),
    ("decline-invitation", Made(GUEST)),
    ("export-members", Made(RECORD)),
    ("create-export", Refused),
    ("activate-members", RowsRefused),
    ("deactivate-members", RowsRefused),
    ("change-members-role", RowsRefused),
    ("remove-members", RowsRefused),
    ("update-member", Refused),
    ("remove-member", Refused),
    ("create-api-key", Refused),
    ("revoke-api-key", Refused),
    ("rotate-api-key", Refused),
    ("put-grant", Refused),
    ("delete-grant", Refused),
    ("add-member", Refused),
    ("put-contact", Refused),
    ("delete-contact", Refused),
];

fn route(binary: &str) -> &'static Route {
    ROUTES.iter().find(|r| r.binary == binary).expect("a route")
}

#[test]
fn every_function_that_writes_is_tried() {
    for route in ROUTES.iter().filter(|r| r.may(TRANSACT)) {
        let listed = CHANGES.iter().filter(|(binary, _)| *binary == route.binary).count();
        assert_eq!(listed, 1, "{}", route.binary);
    }
}

/// How the maker loses their power.
#[derive(Debug, Clone, Copy)]
enum Loss {
    /// They become a participant.
    Demoted,
    /// They are deactivated.
    Deactivated,
    /// They are removed.
    Removed,
    /// They are removed, and come back as a participant: under the same key, with the same version.
    Replaced,
}

const LOSSES: [Loss; 4] = [Loss::Demoted, Loss::Deactivated, Loss::Removed, Loss::Replaced];

async fn lose(b: &Bench, case: &Case, other: &Persona, loss: Loss) {
    let organization = case.organization();
    let member = organization.path(&format!("/members/{}", case.owner.id()));
    match loss {
        Loss::Demoted => {
            let body = json!({ "role": "participant" });
            other.patch(&b.h, &member, &body).await.expect(200);
        }
        Loss::Deactivated => {
            let body = json!({ "status": "inactive" });
            other.patch(&b.h, &member, &body).await.expect(200);
        }
        Loss::Removed => {
            other.delete(&b.h, &member).await.expect(204);
        }
        Loss::Replaced => {
            other.delete(&b.h, &member).await.expect(204);
            // The removal left a contact with their account, so they are added directly; otherwise they are invited.
            let body = json!({ "email": case.owner.email(), "role": "participant" });
            let added = other
                .post(&b.h, &organization.path("/members"), &body)
                .await
                .expect(201);
            if added.body["invitation"].is_object() {
                b.drain().await;
                let token = b.h.invitation_token(case.owner.email()).await;
                case.owner.accept(&b.h, &token).await.expect(200);
            }
            // Their first request writes an activity note, which is not a change.
            case.owner.get(&b.h, &organization.path("")).await.expect(200);
        }
    }
}

/// Sends the request of a case, and holds its write back until the maker has lost their power.
async fn overtaken(b: &Arc<Bench>, gate: &Gate, case: Case, other: &Persona, loss: Loss) -> (Answer, Option<Snapshot>) {
    let (case, sender) = (Arc::new(case), b.clone());
    gate.shut();
    let sent = case.clone();
    let answer = tokio::spawn(async move { sender.send(&sent).await });
    let held = tokio::time::timeout(HELD_WITHIN, gate.held()).await;
    held.expect("the request comes to a write");
    lose(b, &case, other, loss).await;
    let inside = case.who.as_ref().is_some_and(|who| who.id() == case.owner.id());
    let before = if inside { Some(Snapshot::of(&b.h).await) } else { None };
    gate.open();
    (answer.await.unwrap(), before)
}

fn is_refused(answer: &Answer, rows: bool) -> bool {
    let all = answer.body["results"].as_array();
    let refused = |rows: &Vec<serde_json::Value>| rows.iter().all(|row| row["status"] == "refused");
    [403, 404].contains(&answer.status) || (rows && answer.status == 200 && all.is_some_and(refused))
}

#[tokio::test(flavor = "multi_thread")]
async fn no_member_changes_anything_with_an_authority_that_they_lose_before_it_is_written() {
    let (b, gate) = Bench::gated().await;
    let b = Arc::new(b);
    let each = CHANGES.iter().flat_map(|change| LOSSES.map(|loss| (change, loss)));
    let inside = each.filter(|((binary, outcome), _)| {
        let access = route(binary).access;
        *outcome != Made(GUEST) && access != Access::Platform && access != Access::User
    });
    for ((binary, outcome), loss) in sampled("a power lost before the write", inside.collect(), 8) {
        let case = prepare(&b, route(binary)).await;
        let other = case.person(&b, "otto");
        let other = case.join_as(&b, other, "owner").await;
        let (answer, before) = overtaken(&b, &gate, case, &other, loss).await;
        match outcome {
            Made(why) => assert!(answer.status < 300, "{binary} {loss:?} ({why}): {:#}", answer.body),
            refused => {
                let rows = *refused == RowsRefused;
                assert!(
                    is_refused(&answer, rows),
                    "{binary} {loss:?}: {} {:#}",
                    answer.status,
                    answer.body
                );
                let before = before.expect("a member's change");
                before
                    .assert_unchanged(&b.h, &format!("{binary}, whose maker was {loss:?}"))
                    .await;
            }
        }
    }
    recount(&b.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_an_invitation_comes_before_a_demotion_that_it_did_not_see() {
    let (b, gate) = Bench::gated().await;
    let b = Arc::new(b);
    for binary in ["accept-invitation", "decline-invitation"] {
        assert!(CHANGES.contains(&(binary, Made(GUEST))));
        let case = prepare(&b, route(binary)).await;
        let other = case.person(&b, "otto");
        let other = case.join_as(&b, other, "owner").await;
        let (answer, _) = overtaken(&b, &gate, case, &other, Loss::Demoted).await;
        assert!(answer.status < 300, "{binary}: {:#}", answer.body);
    }
    recount(&b.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_that_a_demotion_overtakes_admits_no_invitee() {
    let (b, gate) = Bench::gated().await;
    let b = Arc::new(b);
    let case = prepare(&b, route("create-invitations")).await;
    let ann = case.person(&b, "ann");
    let other = case.person(&b, "otto");
    let other = case.join_as(&b, other, "owner").await;
    let (answer, _) = overtaken(&b, &gate, case, &other, Loss::Demoted).await;
    answer.expect(201);
    b.drain().await;
    let token = b.h.invitation_token(ann.email()).await;
    let refused = ann.accept(&b.h, &token).await;
    refused.problem(409, "inviter-lost-authority");
    recount(&b.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_not_turned_for_an_owner_who_has_lost_what_it_opened() {
    let (b, gate) = Bench::gated().await;
    let b = Arc::new(b);
    let mut case = prepare(&b, route("rotate-api-key")).await;
    let organization = case.organization();
    let own = organization.key(&b.h, &case.owner, &json!({ "name": "own" })).await;
    case.path = format!("{}/{}/rotate", organization.keys_of(&case.owner), own.id);
    let other = case.person(&b, "otto");
    let other = case.join_as(&b, other, "owner").await;
    let (answer, _) = overtaken(&b, &gate, case, &other, Loss::Removed).await;
    answer.problem(404, "not-found");
    assert_eq!(own.code(&b.h).await, "owner_gone");
    recount(&b.h).await;
}
