//! How many AWS round trips, one after the other, each route takes: what a caller waits for.
//!
//! See [`muster_tests::faults::Faults::round_trips`] for what counts as one after the other. The link secret is held
//! by the process already, as it is in any request but a process's first in five minutes.

use jiff::SignedDuration;
use muster_domain::rules::bulk::MAX_ROWS;
use muster_functions::routes::{Access, ROUTES, Route};
use muster_store::commit::MAX_ITEMS;
use muster_tests::bench::Bench;
use muster_tests::crowd::{Holding, crowd};
use muster_tests::faults::Exchange;
use muster_tests::harness::{Organization, invitation};
use muster_tests::requests::{Case, prepare};
use muster_tests::{Answer, Persona, recount};
use reqwest::Method;
use serde_json::json;

/// One read brings all that an answer needs.
const READ_ONE: usize = 1;
/// One read, then the names of the resources in what it found.
const READ_NAMED: usize = 2;
/// A page is read after what authorizes it, so that nothing is listed for a stranger.
const PAGE: usize = 2;
/// What authorizes it, the entries of the list, then the rows they name.
const PEOPLE: usize = 3;
/// Lists across organizations: an index first, then what it names.
const ACROSS: usize = 2;
/// The same, then the names of resources.
const ACROSS_NAMED: usize = 3;
/// A page, then the names of those in it.
const PAGE_NAMED: usize = 3;
/// One read, one transaction.
const WRITE: usize = 2;
/// A search for subjects: what authorizes it and names the resource, the index, and those it names.
const SEARCH: usize = 3;
/// One read, then what that read named, one transaction.
const WRITE_KNOWN: usize = 3;
/// Who asks, the entries of a page of people, its rows, and the record that they left.
const EXPORT: usize = 4;
/// Nothing of AWS.
const NONE: usize = 0;

/// The budget of each route, by method and path.
const BUDGETS: &[(&str, &str, usize)] = &[
    ("POST", "/v1/organizations", WRITE),
    ("GET", "/v1/organizations", ACROSS),
    ("GET", "/v1/organizations/{org}", READ_ONE),
    ("PATCH", "/v1/organizations/{org}", WRITE),
    ("PUT", "/v1/organizations/{org}/plan", WRITE),
    ("DELETE", "/v1/organizations/{org}", WRITE),
    ("POST", "/v1/organizations/{org}/restore", WRITE),
    ("PUT", "/v1/organizations/{org}/suspension", WRITE),
    ("DELETE", "/v1/organizations/{org}/suspension", WRITE),
    ("POST", "/v1/organizations/{org}/transfer-ownership", WRITE),
    ("PUT", "/v1/organizations/{org}/paying-owner", WRITE),
    ("GET", "/v1/organizations/{org}/view", READ_ONE),
    ("GET", "/v1/role-sets", NONE),
    ("GET", "/v1/organizations/{org}/roles", READ_ONE),
    ("GET", "/v1/organizations/{org}/resources", PAGE),
    ("PUT", "/v1/organizations/{org}/resources/{type}/{id}", WRITE),
    ("DELETE", "/v1/organizations/{org}/resources/{type}/{id}", WRITE),
    ("POST", "/v1/organizations/{org}/invitations", WRITE),
    ("GET", "/v1/organizations/{org}/invitations", PAGE),
    ("POST", "/v1/organizations/{org}/invitations/resend", WRITE),
    ("GET", "/v1/organizations/{org}/invitations/{invitation}", READ_NAMED),
    ("PATCH", "/v1/organizations/{org}/invitations/{invitation}", WRITE),
    ("DELETE", "/v1/organizations/{org}/invitations/{invitation}", WRITE),
    ("POST", "/v1/organizations/{org}/invitations/{invitation}/resend", WRITE),
    ("GET", "/v1/invitations", ACROSS_NAMED),
    ("GET", "/v1/invitations/{token}", READ_NAMED),
    ("POST", "/v1/invitations/{token}/accept", WRITE),
    ("POST", "/v1/invitations/{token}/decline", WRITE),
    ("GET", "/v1/organizations/{org}/members", PEOPLE),
    ("GET", "/v1/organizations/{org}/members/export", EXPORT),
    ("POST", "/v1/organizations/{org}/exports", WRITE),
    ("GET", "/v1/organizations/{org}/exports/{export}", READ_ONE),
    ("POST", "/v1/organizations/{org}/members/activate", WRITE),
    ("POST", "/v1/organizations/{org}/members/deactivate", WRITE),
    ("POST", "/v1/organizations/{org}/members/change-role", WRITE),
    ("POST", "/v1/organizations/{org}/members/remove", WRITE_KNOWN),
    ("POST", "/v1/organizations/{org}/invitations/cancel", WRITE),
    ("GET", "/v1/organizations/{org}/members/{member}", READ_NAMED),
    ("PATCH", "/v1/organizations/{org}/members/{member}", WRITE),
    ("POST", "/v1/organizations/{org}/members/{member}/api-keys", WRITE),
    ("GET", "/v1/organizations/{org}/members/{member}/api-keys", PAGE),
    (
        "DELETE",
        "/v1/organizations/{org}/members/{member}/api-keys/{key}",
        WRITE,
    ),
    (
        "POST",
        "/v1/organizations/{org}/members/{member}/api-keys/{key}/rotate",
        WRITE,
    ),
    ("POST", "/v1/api-keys/verify", READ_ONE),
    (
        "PUT",
        "/v1/organizations/{org}/members/{member}/grants/{type}/{id}",
        WRITE,
    ),
    (
        "DELETE",
        "/v1/organizations/{org}/members/{member}/grants/{type}/{id}",
        WRITE,
    ),
    ("POST", "/access/v1/evaluation", READ_ONE),
    ("POST", "/access/v1/evaluations", READ_ONE),
    ("POST", "/access/v1/search/subject", SEARCH),
    ("POST", "/access/v1/search/resource", PAGE),
    ("POST", "/access/v1/search/action", READ_ONE),
    ("GET", "/.well-known/authzen-configuration", NONE),
    ("POST", "/v1/organizations/{org}/access/v1/evaluation", READ_ONE),
    ("POST", "/v1/organizations/{org}/access/v1/evaluations", READ_ONE),
    ("POST", "/v1/organizations/{org}/access/v1/search/subject", SEARCH),
    ("POST", "/v1/organizations/{org}/access/v1/search/resource", PAGE),
    ("POST", "/v1/organizations/{org}/access/v1/search/action", READ_ONE),
    ("GET", "/.well-known/authzen-configuration/v1/organizations/{org}", NONE),
    ("DELETE", "/v1/organizations/{org}/members/{member}", WRITE_KNOWN),
    ("POST", "/v1/organizations/{org}/members", WRITE_KNOWN),
    ("GET", "/v1/organizations/{org}/contacts", PAGE),
    ("PUT", "/v1/organizations/{org}/contacts/{contact}", WRITE),
    ("DELETE", "/v1/organizations/{org}/contacts/{contact}", WRITE),
    ("GET", "/v1/organizations/{org}/events", PAGE_NAMED),
    ("GET", "/openapi.json", NONE),
    ("GET", "/docs", NONE),
    ("GET", "/docs/{file}", NONE),
    ("GET", "/team", NONE),
    ("GET", "/team/{file}", NONE),
    ("GET", "/team/invitations/{token}", NONE),
    ("ANY", "$default", NONE),
];

fn budget(route: &Route) -> usize {
    let named = |(method, path, _): &&(&str, &str, usize)| (*method, *path) == (route.method, route.path);
    let found = BUDGETS.iter().find(named);
    found
        .unwrap_or_else(|| panic!("{} {} has no budget", route.method, route.path))
        .2
}

fn route(binary: &str) -> &'static Route {
    ROUTES.iter().find(|r| r.binary == binary).expect("a route")
}

/// Sends the request of a case; gives the answer and its round trips.
async fn measured(b: &Bench, case: &Case) -> (Answer, usize) {
    b.faults.clear();
    let answer = b.send(case).await;
    (answer, b.faults.round_trips())
}

/// The calls that a function makes, each of which its table entry names.
fn check_calls(b: &Bench, route: &Route) {
    for call in b.faults.calls() {
        assert!(route.may(&call), "{} may not {call}", route.binary);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_keeps_its_budget_of_round_trips_and_makes_no_call_but_those_of_its_table_entry() {
    let b = Bench::start().await;
    let mut wrong = Vec::new();
    for route in ROUTES {
        let case = prepare(&b, route).await;
        let (answer, trips) = measured(&b, &case).await;
        let missing = [404].contains(&answer.status) && route.binary == "not-found";
        let shown = (200..400).contains(&answer.status) || missing;
        assert!(
            shown,
            "{} {}: {} {:#}",
            route.method, route.path, answer.status, answer.body
        );
        if trips != budget(route) {
            wrong.push(format!(
                "{} {}: {trips}, {:?}",
                route.method,
                route.path,
                b.faults.calls()
            ));
        }
        check_calls(&b, route);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_notes_activity_at_most_once_an_hour_with_one_more_round_trip() {
    let b = Bench::start().await;
    for route in ROUTES.iter().filter(|r| r.may("dynamodb:UpdateItem")) {
        let case = prepare(&b, route).await;
        b.h.advance(SignedDuration::from_mins(61));
        // A member without a subject gets it with the note.
        if let (Some(acme), Some(who)) = (&case.organization, &case.who)
            && who.id() == case.owner.id()
        {
            acme.forget_subject(&b.h, who).await;
        }
        let (answer, trips) = measured(&b, &case).await;
        assert!(
            (200..300).contains(&answer.status),
            "{}: {:#}",
            route.binary,
            answer.body
        );
        assert_eq!(trips, budget(route) + 1, "{}: {:?}", route.binary, b.faults.calls());
        check_calls(&b, route);

        // Nobody reads a deleted organization again.
        let there = case
            .organization
            .as_ref()
            .filter(|_| route.binary != "delete-organization");
        if let Some(organization) = there {
            let (_, trips) = again(&b, &case.owner, organization).await;
            assert_eq!(trips, READ_ONE, "after {}", route.binary);
        }
    }
}

/// Reads the organization once to be seen, and once more.
async fn again(b: &Bench, owner: &Persona, organization: &Organization) -> (Answer, usize) {
    owner.get(&b.h, &organization.path("")).await.expect(200);
    b.faults.clear();
    let answer = owner.get(&b.h, &organization.path("")).await;
    (answer, b.faults.round_trips())
}

#[tokio::test(flavor = "multi_thread")]
async fn inviting_whom_a_lapsed_invitation_names_reads_that_invitation_as_well() {
    let b = Bench::start().await;
    let mut case = prepare(&b, route("create-invitations")).await;
    case.invite(&b, "ann").await;
    b.h.advance(SignedDuration::from_hours(8 * 24));
    seen(&b, &case).await;
    let (answer, trips) = measured(&b, &case).await;
    answer.expect(201);
    assert_eq!(trips, WRITE + 1, "{:?}", b.faults.calls());
}

#[tokio::test(flavor = "multi_thread")]
async fn only_inviting_whom_a_contact_with_an_account_names_reads_whether_they_are_members_as_well() {
    let b = Bench::start().await;
    let mut case = prepare(&b, route("add-member")).await;
    let (ann, bob) = (case.person(&b, "ann"), case.person(&b, "bob"));
    case.path = case.organization().path("/invitations");
    for (person, added, trips_expected) in [(bob, 0, WRITE), (ann, 1, WRITE_KNOWN)] {
        // Also the key that the request is repeated by.
        case.tag = format!("{}x", case.tag);
        case.body = Some(invitation(person.email(), "participant", &[]));
        let (answer, trips) = measured(&b, &case).await;
        assert_eq!(answer.expect(201).body["added"].as_array().map(Vec::len), Some(added));
        assert_eq!(trips, trips_expected, "{:?}", b.faults.calls());
    }
    recount(&b.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn picking_a_former_member_reads_as_often_where_they_are_invited_since_their_contact_has_another_address() {
    let b = Bench::start().await;
    let mut case = prepare(&b, route("remove-member")).await;
    let organization = case.organization().path("");
    let ann = case.person(&b, "ann");
    case.owner.delete(&b.h, &case.path).await.expect(204);
    let typed = json!({ "email": "typed@x.example" });
    let contact = format!("{organization}/contacts/{}", ann.id());
    let removal = case.path.clone();
    (case.method, case.path) = (Method::POST, format!("{organization}/members"));
    case.body = Some(json!({ "contact": ann.id(), "role": "participant" }));
    let (answer, trips) = measured(&b, &case).await;
    assert_eq!(answer.expect(201).text("/member/id"), ann.id());
    assert_eq!(trips, WRITE_KNOWN, "{:?}", b.faults.calls());
    case.owner.delete(&b.h, &removal).await.expect(204);
    case.owner.put(&b.h, &contact, &typed).await.expect(200);
    // Also the key that the request is repeated by.
    case.tag = format!("{}x", case.tag);
    let (answer, trips) = measured(&b, &case).await;
    assert_eq!(answer.expect(201).text("/invitation/email"), "typed@x.example");
    assert_eq!(trips, WRITE_KNOWN, "{:?}", b.faults.calls());
    recount(&b.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reviving_an_expired_invitation_reads_who_has_its_address_as_well() {
    let b = Bench::start().await;
    let case = prepare(&b, route("resend-invitation")).await;
    b.h.advance(SignedDuration::from_hours(8 * 24));
    b.expire().await.unwrap();
    seen(&b, &case).await;
    let (answer, trips) = measured(&b, &case).await;
    answer.expect(200);
    assert_eq!(trips, WRITE + 1, "{:?}", b.faults.calls());
}

#[tokio::test(flavor = "multi_thread")]
async fn changing_an_invitation_whose_resources_are_not_named_reads_them_as_well() {
    let b = Bench::start().await;
    let mut case = prepare(&b, route("update-invitation")).await;
    case.body = Some(json!({ "role": "program_facilitator" }));
    let (answer, trips) = measured(&b, &case).await;
    answer.expect(200);
    assert_eq!(trips, WRITE + 1, "{:?}", b.faults.calls());
}

#[tokio::test(flavor = "multi_thread")]
async fn resources_in_sight_through_grants_are_read_by_name_once_it_is_known_which() {
    let b = Bench::start().await;
    let mut case = prepare(&b, route("list-resources")).await;
    case.who = Some(case.join(&b, "ann").await);
    let (answer, trips) = measured(&b, &case).await;
    assert_eq!(answer.expect(200).body["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(trips, PAGE, "{:?}", b.faults.calls());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_is_found_by_subject_with_the_read_that_authorizes_it_and_one_of_the_names_of_their_resources() {
    let b = Bench::start().await;
    let mut case = prepare(&b, route("list-members")).await;
    let ann = case.join(&b, "ann").await;
    for (subject, found, expected) in [(ann.name(), 1, READ_NAMED), ("nobody", 0, READ_ONE)] {
        case.path = case.organization().path(&format!("/members?subject={subject}"));
        let (answer, trips) = measured(&b, &case).await;
        let rows = answer.expect(200).body["items"].as_array().map(Vec::len);
        assert_eq!(rows, Some(found), "{subject}");
        assert_eq!(trips, expected, "{:?}", b.faults.calls());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_names_its_resources_with_a_further_round_trip_only_if_there_are_more_than_a_hundred() {
    let b = Bench::start().await;
    let mut case = prepare(&b, route("list-members")).await;
    let ann = case.join(&b, "ann").await;
    let named = |answer: &Answer| {
        let rows = answer.body["items"].as_array().unwrap();
        let own = rows.iter().find(|row| row["id"] == ann.id()).unwrap();
        own["grants"][0]["name"].as_str().map(ToOwned::to_owned)
    };
    case.path = case.organization().path("/members?q=ann");
    let (answer, trips) = measured(&b, &case).await;
    assert!(named(&answer).is_some());
    assert_eq!(trips, PEOPLE, "{:?}", b.faults.calls());
    for n in 0..100 {
        let path = case.organization().path(&format!("/resources/program/a{n:02}"));
        case.owner
            .put(&b.h, &path, &json!({ "name": "Another" }))
            .await
            .expect(201);
    }
    let (answer, trips) = measured(&b, &case).await;
    assert!(named(&answer).is_some_and(|name| name != "Another"));
    assert_eq!(trips, PEOPLE + 1, "{:?}", b.faults.calls());
    // A caller who sees only some programs reads only the names of those programs.
    case.who = Some(ann.clone());
    let (answer, trips) = measured(&b, &case).await;
    assert!(named(&answer).is_some());
    assert_eq!(trips, PEOPLE, "{:?}", b.faults.calls());
}

#[tokio::test(flavor = "multi_thread")]
async fn pending_invitations_in_sight_are_found_as_people_are() {
    let b = Bench::start().await;
    let mut case = prepare(&b, route("list-invitations")).await;
    case.who = Some(case.join(&b, "ann").await);
    case.invite(&b, "bob").await;
    let (answer, trips) = measured(&b, &case).await;
    assert_eq!(answer.expect(200).body["items"].as_array().map(Vec::len), Some(1));
    // Of invitations alone the entries are the rows, but those by resource are not.
    assert_eq!(trips, PEOPLE, "{:?}", b.faults.calls());
}

#[tokio::test(flavor = "multi_thread")]
async fn activating_many_takes_a_read_and_a_transaction_for_each_part_that_fits_one() {
    let b = Bench::start().await;
    let mut case = prepare(&b, route("deactivate-members")).await;
    crowd(&b, &case, "many", MAX_ROWS, Holding::Grant).await;
    let members: Vec<String> = (0..MAX_ROWS)
        .map(|n| case.person(&b, &format!("many{n}")).id())
        .collect();
    case.body = Some(json!({ "members": members }));
    for verb in ["deactivate", "activate"] {
        case.path = case.organization().path(&format!("/members/{verb}"));
        let (answer, trips) = measured(&b, &case).await;
        answer.expect(200);
        let made: Vec<usize> = b.faults.exchanges().iter().filter_map(items_written).collect();
        assert_eq!(trips, WRITE * made.len(), "{verb}: {:?}", b.faults.calls());
        let (_, full) = made.split_last().unwrap();
        // The next row did not fit: it would have been this much more.
        let a_row = made.iter().sum::<usize>().div_ceil(MAX_ROWS);
        assert!(full.iter().all(|n| n + a_row > MAX_ITEMS), "{verb}: {made:?}");
    }
    recount(&b.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_costs_the_same_however_long_its_list_is() {
    let b = Bench::start().await;
    let case = prepare(&b, route("list-members")).await;
    for n in 0..6 {
        let emails: Vec<String> = (0..20)
            .map(|m| case.person(&b, &format!("guest{n}x{m}")).email().to_owned())
            .collect();
        let body = invitation(&emails.join(" "), "participant", &[]);
        let path = case.organization().path("/invitations");
        case.owner.post(&b.h, &path, &body).await.expect(201);
    }
    let mut cursor = String::new();
    for page in 0..3 {
        let path = case.organization().path(&format!("/members?limit=10{cursor}"));
        b.faults.clear();
        let answer =
            b.h.send(Some(&case.owner), Method::GET, &path, None, &[])
                .await
                .expect(200);
        // Of invitations alone the entries are the rows.
        assert!(b.faults.round_trips() <= PEOPLE, "page {page}");
        let listed = answer.body["items"].as_array().map_or(0, Vec::len);
        let read = b
            .faults
            .exchanges()
            .iter()
            .map(|e| e.reply()["Count"].as_u64().unwrap_or_default())
            .sum::<u64>();
        assert_eq!(listed, 10, "page {page}");
        assert!(read <= 2 * 10, "page {page} read {read} items");
        let next = answer.body["next_cursor"].as_str().expect("another page");
        cursor = format!("&cursor={next}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn repeating_a_request_with_its_key_takes_one_read() {
    let b = Bench::start().await;
    let keeps_answer = |r: &&Route| r.method == "POST" && r.access != Access::Asker;
    for route in ROUTES.iter().filter(keeps_answer) {
        let case = prepare(&b, route).await;
        let first = b.send(&case).await;
        let (again, trips) = measured(&b, &case).await;
        assert_eq!(again.body, first.lasting(), "{}", route.binary);
        // Which organization was made is known from the answer alone, and only who is still in it gets that.
        let standing = usize::from(route.binary == "create-organization");
        assert_eq!(trips, READ_ONE + standing, "{}: {:?}", route.binary, b.faults.calls());
    }
}

/// How many items a transaction wrote.
fn items_written(exchange: &Exchange) -> Option<usize> {
    exchange.request()["TransactItems"].as_array().map(Vec::len)
}

/// Lets the owner be seen, so that the next request need not note it.
async fn seen(b: &Bench, case: &Case) {
    case.owner.get(&b.h, &case.organization().path("")).await.expect(200);
}

#[test]
fn every_budget_is_of_a_route() {
    for (method, path, _) in BUDGETS {
        let there = ROUTES.iter().any(|r| (r.method, r.path) == (*method, *path));
        assert!(there, "{method} {path} is no route");
    }
}
