//! Whatever goes wrong at any AWS call of a request that writes: repeating the request brings about exactly what it
//! would have brought about at once.

use muster_functions::routes::{ROUTES, Route};
use muster_tests::bench::Bench;
use muster_tests::faults::{At, Kind, Reach, TRANSACT, UPDATE};
use muster_tests::requests::{Case, prepare};
use muster_tests::sampled::sampled;
use muster_tests::{Answer, recount};
use std::collections::BTreeMap;

/// How many faults of a route are tried, where not all are.
const TRIED: usize = 3;

/// What handlers must keep to themselves: how AWS is called, and what it said.
const INTERNAL: [&str; 6] = [
    "muster-internal-name",
    "TransactWrite",
    "BatchGet",
    "connection was closed",
    "time is up",
    "Exception",
];

/// What can befall a call of this operation.
fn kinds(operation: &str) -> Vec<(Kind, Reach)> {
    let mut kinds: Vec<_> = [Reach::Attempt, Reach::Call]
        .into_iter()
        .flat_map(|reach| {
            [
                Kind::ServerError,
                Kind::LostReply,
                Kind::TimeoutBefore,
                Kind::TimeoutAfter,
                Kind::Throttled,
            ]
            .map(|kind| (kind, reach))
        })
        .collect();
    kinds.push((Kind::TimeoutBefore, Reach::Rest));
    if [TRANSACT, UPDATE].contains(&operation) {
        kinds.push((Kind::Conflict, Reach::Call));
    }
    kinds
}

/// The statuses by which the second request may say that the first one has done it already. A new route that deletes something belongs
/// here.
fn already_so(binary: &str) -> Option<u16> {
    // What is gone is not there to be deleted again.
    [
        "delete-resource",
        "remove-member",
        "delete-organization",
        "revoke-api-key",
        "delete-grant",
        "delete-contact",
    ]
    .contains(&binary)
    .then_some(404)
}

#[track_caller]
fn check_first(answer: &Answer, clean: u16, kind: Kind, reach: Reach, what: &str) {
    let recovers = reach == Reach::Attempt || kind == Kind::Conflict;
    let allowed: &[u16] = if recovers { &[clean] } else { &[clean, 409, 503] };
    assert!(allowed.contains(&answer.status), "{what}: {:#}", answer.body);
    if answer.status == 409 {
        answer.clone().problem(409, "conflict");
    }
    let said = answer.body.to_string();
    for internal in INTERNAL.iter().filter(|_| answer.status != clean) {
        assert!(!said.contains(internal), "{what} tells `{internal}`: {said}");
    }
}

#[track_caller]
fn check_again(route: &Route, first: &Answer, again: &Answer, clean: u16, what: &str) {
    let fits = (200..300).contains(&again.status) || already_so(route.binary) == Some(again.status);
    assert!(fits, "{what}, again: {:#}", again.body);
    if route.method == "POST" && first.status == clean {
        assert_eq!(again.status, clean, "{what}, again");
        assert_eq!(again.body, first.lasting(), "{what}, again");
    }
}

/// Sends the request of a case twice, the first time as it is disturbed; gives the first answer and all that came of it.
async fn twice(b: &Bench, route: &Route, case: &Case, clean: u16, what: &str) -> (Answer, BTreeMap<String, usize>) {
    let first = b.send(case).await;
    b.faults.clear();
    let again = b.send(case).await;
    check_again(route, &first, &again, clean, what);
    (first, b.outcome(case).await)
}

/// Runs the request of a route once as it should be, and then with each fault at each of its calls.
async fn survives(binary: &str) {
    let b = Bench::start().await;
    let route = ROUTES.iter().find(|r| r.binary == binary).expect("a route");
    let case = prepare(&b, route).await;
    b.faults.clear();
    let clean = b.send(&case).await;
    let calls = b.faults.calls();
    assert!((200..300).contains(&clean.status), "{:#}", clean.body);
    assert!(
        calls.contains(&TRANSACT.to_owned()),
        "{binary} writes nothing: {calls:?}"
    );
    let expected = b.outcome(&case).await;

    let faults = calls.iter().enumerate().flat_map(|(n, operation)| {
        let kinds = kinds(operation).into_iter();
        kinds.map(move |(kind, reach)| (n, operation, kind, reach))
    });
    for (n, operation, kind, reach) in sampled(binary, faults.collect(), TRIED) {
        let what = format!("{kind:?} ({reach:?}) at call {n} ({operation}) of {binary}");
        let case = prepare(&b, route).await;
        b.faults.inject(At::Call(n), kind, reach);
        let (first, outcome) = twice(&b, route, &case, clean.status, &what).await;
        check_first(&first, clean.status, kind, reach, &what);
        assert_eq!(outcome, expected, "{what}");
    }

    let case = prepare(&b, route).await;
    b.faults.inject(At::Every(TRANSACT), Kind::Conflict, Reach::Rest);
    let (first, outcome) = twice(&b, route, &case, clean.status, "conflicts without end").await;
    first.problem(409, "conflict");
    assert_eq!(outcome, expected, "conflicts without end at {binary}");
    recount(&b.h).await;
}

macro_rules! survivors {
    ($($name:ident: $binary:literal,)*) => {
        const COVERED: &[&str] = &[$($binary),*];
        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                survives($binary).await;
            }
        )*
    };
}

survivors! {
    making_an_organization_survives_any_fault: "create-organization",
    changing_an_organization_survives_any_fault: "update-organization",
    setting_a_plan_survives_any_fault: "set-plan",
    deleting_an_organization_survives_any_fault: "delete-organization",
    restoring_an_organization_survives_any_fault: "restore-organization",
    suspending_an_organization_survives_any_fault: "suspend-organization",
    resuming_an_organization_survives_any_fault: "resume-organization",
    handing_ownership_on_survives_any_fault: "transfer-ownership",
    naming_the_paying_owner_survives_any_fault: "name-paying-owner",
    registering_a_resource_survives_any_fault: "put-resource",
    deleting_a_resource_survives_any_fault: "delete-resource",
    adding_at_once_survives_any_fault: "add-member",
    registering_a_contact_survives_any_fault: "put-contact",
    deleting_a_contact_survives_any_fault: "delete-contact",
    inviting_survives_any_fault: "create-invitations",
    changing_an_invitation_survives_any_fault: "update-invitation",
    cancelling_survives_any_fault: "cancel-invitation",
    resending_survives_any_fault: "resend-invitation",
    resending_all_survives_any_fault: "resend-invitations",
    accepting_survives_any_fault: "accept-invitation",
    declining_survives_any_fault: "decline-invitation",
    changing_a_member_survives_any_fault: "update-member",
    removing_a_member_survives_any_fault: "remove-member",
    giving_a_grant_survives_any_fault: "put-grant",
    taking_a_grant_survives_any_fault: "delete-grant",
    activating_survives_any_fault: "activate-members",
    deactivating_survives_any_fault: "deactivate-members",
    changing_roles_survives_any_fault: "change-members-role",
    removing_members_survives_any_fault: "remove-members",
    cancelling_several_survives_any_fault: "cancel-invitations",
    asking_for_an_export_survives_any_fault: "create-export",
    making_an_api_key_survives_any_fault: "create-api-key",
    revoking_an_api_key_survives_any_fault: "revoke-api-key",
    rotating_an_api_key_survives_any_fault: "rotate-api-key",
}

#[test]
fn every_route_that_writes_is_put_to_every_fault() {
    // An export at once changes nothing but the record of it, and is told of in `exports.rs`.
    let changes = |r: &&Route| r.may(TRANSACT) && r.method != "GET";
    for route in ROUTES.iter().filter(changes) {
        assert!(COVERED.contains(&route.binary), "{} is not covered", route.binary);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answering_an_invitation_survives_any_fault_while_the_link_secret_is_fetched() {
    const SECRET: &str = "secretsmanager:GetSecretValue";
    for binary in ["accept-invitation", "decline-invitation"] {
        let route = ROUTES.iter().find(|r| r.binary == binary).expect("a route");
        for (kind, reach) in kinds(SECRET) {
            let what = format!("{kind:?} ({reach:?}) at the link secret of {binary}");
            let b = Bench::cold().await;
            let case = prepare(&b, route).await;
            b.faults.inject(At::First(SECRET), kind, reach);
            let first = b.send(&case).await;
            assert!(b.faults.count(SECRET) == 1, "{what}: it was not fetched");
            b.faults.clear();
            let recovers = reach == Reach::Attempt;
            let allowed: &[u16] = if recovers { &[200, 204] } else { &[200, 204, 503] };
            assert!(allowed.contains(&first.status), "{what}: {:#}", first.body);
            let again = b.send(&case).await;
            assert!([200, 204].contains(&again.status), "{what}, again: {:#}", again.body);
            recount(&b.h).await;
        }
    }
}
