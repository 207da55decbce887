//! What pages show as buttons: for everybody in every product, each action that is offered is performed and allowed, and each that is
//! not is refused.

mod requests;
mod view;

use muster_domain::rules::actions::{OrganizationAction, PersonAction};
use muster_tests::Answer;
use muster_tests::bench::Bench;
use muster_tests::cast::{Actor, Cast};
use muster_tests::sampled::sampled;
use requests::Request;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// An action with what it is done to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Action {
    /// In the organization.
    Organization(OrganizationAction),
    /// With the member who plays this part.
    Member(PersonAction, String),
    /// With the invitation to this role.
    Invitation(PersonAction, String),
}

/// Somebody, by their part, and something that they may do or not.
#[derive(Debug, Clone)]
struct Case {
    part: String,
    action: Action,
}

/// The actions that a body offers.
fn may<A: serde::de::DeserializeOwned>(body: &Value) -> Vec<A> {
    serde_json::from_value(body["may"].clone()).unwrap_or_else(|error| panic!("{error}: {body:#}"))
}

/// The rows that somebody sees, by their ids; none for somebody who sees nobody.
async fn rows(b: &Bench, cast: &Cast, actor: &Actor) -> BTreeMap<String, Value> {
    let list = actor
        .persona
        .get(&b.h, &cast.organization.path("/members?limit=100"))
        .await;
    let own = cast.organization.path("/members/me");
    let own = actor.persona.get(&b.h, &own).await.expect(200).body;
    let listed = list.body["items"].as_array().cloned().unwrap_or_default();
    let all = listed.into_iter().chain([own]);
    all.map(|row| (row["id"].as_str().unwrap().to_owned(), row)).collect()
}

/// All that somebody is offered.
async fn offered(b: &Bench, cast: &Cast, actor: &Actor) -> BTreeSet<Action> {
    let view = actor
        .persona
        .get(&b.h, &cast.organization.path("/view"))
        .await
        .expect(200)
        .body;
    let mut all: BTreeSet<Action> = may(&view).into_iter().map(Action::Organization).collect();
    let rows = rows(b, cast, actor).await;
    for member in &cast.members {
        if let Some(row) = rows.get(&member.persona.id()) {
            let offered = may(row).into_iter();
            all.extend(offered.map(|action| Action::Member(action, member.part.clone())));
        }
    }
    for invited in &cast.invitations {
        if let Some(row) = rows.get(&invited.id) {
            let offered = may(row).into_iter();
            all.extend(offered.map(|action| Action::Invitation(action, invited.role.clone())));
        }
    }
    all
}

/// All that there is to do for somebody, whether or not they may.
fn all_actions(cast: &Cast, actor: &Actor) -> BTreeSet<Action> {
    let with_invitations = [PersonAction::Edit, PersonAction::Resend, PersonAction::Cancel];
    let with_members = PersonAction::ALL
        .iter()
        .filter(|action| !with_invitations.contains(*action));
    let mut all: BTreeSet<Action> = OrganizationAction::ALL
        .iter()
        .copied()
        .map(Action::Organization)
        .collect();
    for member in &cast.members {
        // Removing oneself is leaving, and only oneself can leave.
        let oneself = member.part == actor.part;
        let other = if oneself {
            PersonAction::Remove
        } else {
            PersonAction::Leave
        };
        let fitting = with_members.clone().filter(|action| **action != other);
        all.extend(fitting.map(|action| Action::Member(*action, member.part.clone())));
    }
    for invited in &cast.invitations {
        all.extend(with_invitations.map(|action| Action::Invitation(action, invited.role.clone())));
    }
    all
}

/// The parts of the members that somebody sees.
async fn parts_seen(b: &Bench, cast: &Cast, actor: &Actor) -> BTreeSet<String> {
    let rows = rows(b, cast, actor).await;
    let seen = cast
        .members
        .iter()
        .filter(|member| rows.contains_key(&member.persona.id()));
    seen.map(|member| member.part.clone()).collect()
}

/// Whether it is something that can be done with a member who is in no list of the caller's: giving them a role, by their id.
fn is_by_id_alone(action: &Action, seen: &BTreeSet<String>) -> bool {
    matches!(action, Action::Member(PersonAction::ChangeGrants, part) if !seen.contains(part))
}

/// The answer to a request of somebody.
async fn send(b: &Bench, actor: &Actor, request: &Request) -> Answer {
    let Request { method, path, body } = request;
    let asked = b.h.send(Some(&actor.persona), method.clone(), path, body.as_ref(), &[]);
    let answer = asked.await;
    assert!(answer.status < 500, "{method} {path}: {:#}", answer.body);
    answer
}

/// The versions of all people, by which every change is seen.
async fn versions(b: &Bench, cast: &Cast) -> Vec<(String, String)> {
    let path = cast.organization.path("/members?limit=100");
    let list = cast.organization.owner.get(&b.h, &path).await.expect(200).body;
    let rows = list["items"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    rows.map(|row| (text(&row["id"]), text(&row["version"]))).collect()
}

/// Asserts that all requests of an action are refused, for a reason that lies in who asks or in what they ask for.
async fn assert_refused(b: &Bench, cast: &Cast, case: &Case) {
    let actor = cast.actor(&case.part);
    for request in requests::of(cast, actor, &case.action) {
        let answer = send(b, actor, &request).await;
        let (method, path) = (&request.method, &request.path);
        // Setting the status that a member already has changes nothing: the versions are compared in the end.
        let is_kept = *method == Method::PATCH && answer.status == 200 && request.names_status();
        let statuses: &[u16] = if request.names_roles() {
            &[403, 404, 409, 422]
        } else {
            &[403, 404, 409]
        };
        assert!(
            is_kept || statuses.contains(&answer.status),
            "{case:?} is not offered, but {method} {path} {:?} is answered with {}: {:#}",
            request.body,
            answer.status,
            answer.body
        );
    }
}

/// Asserts that some request of an action is allowed. It is tried in an organization of its own.
async fn assert_allowed(b: &Bench, role_set: &str, case: &Case) {
    let cast = Cast::make(b, role_set).await;
    let actor = cast.actor(&case.part);
    let mut refused = Vec::new();
    for request in requests::of(&cast, actor, &case.action) {
        let answer = send(b, actor, &request).await;
        if answer.status < 300 {
            return;
        }
        refused.push((request, answer.status, answer.body["detail"].clone()));
    }
    panic!("{case:?} is offered, but refused: {refused:#?}");
}

/// Everybody is offered what they may do, and nothing else.
async fn assert_offers_hold(role_set: &'static str) {
    let b = Bench::start().await;
    let cast = Cast::make(&b, role_set).await;
    let before = versions(&b, &cast).await;
    let (mut allowed, mut refused) = (Vec::new(), Vec::new());
    for actor in cast.members.iter().filter(|actor| actor.is_active) {
        let offered = offered(&b, &cast, actor).await;
        let seen: BTreeSet<String> = parts_seen(&b, &cast, actor).await;
        let all = all_actions(&cast, actor);
        let unknown: Vec<_> = offered.difference(&all).collect();
        assert!(unknown.is_empty(), "{} is offered {unknown:?}", actor.part);
        for action in all {
            if is_by_id_alone(&action, &seen) {
                continue;
            }
            let cases = if offered.contains(&action) {
                &mut allowed
            } else {
                &mut refused
            };
            cases.push(Case {
                part: actor.part.clone(),
                action,
            });
        }
    }
    assert!(
        allowed.len() > 20 && refused.len() > 20,
        "{} {}",
        allowed.len(),
        refused.len()
    );
    for case in sampled(&format!("refused in {role_set}"), refused, 60) {
        assert_refused(&b, &cast, &case).await;
    }
    assert_eq!(
        versions(&b, &cast).await,
        before,
        "what was refused has changed something"
    );
    for case in sampled(&format!("offered in {role_set}"), allowed, 20) {
        assert_allowed(&b, role_set, &case).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_offered_in_coaching_site_is_allowed_and_all_else_is_refused() {
    assert_offers_hold("coaching-site").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_offered_in_client_practice_is_allowed_and_all_else_is_refused() {
    assert_offers_hold("client-practice").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_offered_in_project_workspace_is_allowed_and_all_else_is_refused() {
    assert_offers_hold("project-workspace").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_offered_in_website_studio_is_allowed_and_all_else_is_refused() {
    assert_offers_hold("website-studio").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_offered_in_program_delivery_is_allowed_and_all_else_is_refused() {
    assert_offers_hold("program-delivery").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_a_member_and_an_invitation_offer_the_same() {
    let b = Bench::start().await;
    let cast = Cast::make(&b, "program-delivery").await;
    for part in ["founder", "program_admin one", "program_facilitator one"] {
        let actor = cast.actor(part);
        for (id, row) in rows(&b, &cast, actor).await {
            let kind = if id.starts_with("inv_") {
                "invitations"
            } else {
                "members"
            };
            let path = cast.organization.path(&format!("/{kind}/{id}"));
            let single = actor.persona.get(&b.h, &path).await.expect(200).body;
            for field in ["may", "version"] {
                assert_eq!(single[field], row[field], "{part} {field} of {path}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_to_a_change_offers_what_is_allowed_from_then_on() {
    let b = Bench::start().await;
    let cast = Cast::make(&b, "program-delivery").await;
    let (olivia, oscar) = (cast.actor("founder"), cast.actor("owner"));
    let path = |actor: &Actor| cast.organization.path(&format!("/members/{}", actor.persona.id()));
    let patch = async |who: &Actor, body: Value| olivia.persona.patch(&b.h, &path(who), &body).await.expect(200).body;
    let off = patch(oscar, json!({ "status": "inactive" })).await;
    let offered: Vec<PersonAction> = may(&off);
    assert!(offered.contains(&PersonAction::Activate) && !offered.contains(&PersonAction::Deactivate));
    // The only active owner that is left gives up no ownership, and is not offered to.
    let own = olivia.persona.get(&b.h, &path(olivia)).await.expect(200).body;
    assert!(!may::<PersonAction>(&own).contains(&PersonAction::Leave));
    patch(oscar, json!({ "status": "active" })).await;
    let demoted = patch(olivia, json!({ "role": "participant" })).await;
    assert_eq!(
        may::<PersonAction>(&demoted),
        [
            PersonAction::Leave,
            PersonAction::EditProfile,
            PersonAction::ReadApiKeys,
            PersonAction::CreateApiKey
        ]
    );
}
