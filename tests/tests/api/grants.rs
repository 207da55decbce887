//! Assigning resources: each reach, single grants, whole lists, for oneself, and to those who have not answered yet.

mod unseen;

use muster_tests::harness::{Harness, Organization};
use muster_tests::shortcuts::named;
use muster_tests::{Answer, Persona, recount};
use reqwest::Method;
use serde_json::{Value, json};

/// An organization of any product, with the resources `one`, `two` and `three`.
struct Firm {
    h: Harness,
    organization: Organization,
    kind: &'static str,
}

impl Firm {
    async fn of(role_set: &str, kind: &'static str) -> Self {
        let h = Harness::start().await;
        let owner = h.person("olivia");
        let body = json!({ "name": "Acme", "role_set": role_set });
        let id = owner.post(&h, "/v1/organizations", &body).await.expect(201).text("/id");
        let organization = Organization { id, owner };
        for id in ["one", "two", "three"] {
            let path = organization.path(&format!("/resources/{kind}/{id}"));
            organization
                .owner
                .put(&h, &path, &json!({ "name": id }))
                .await
                .expect(201);
        }
        Self { h, organization, kind }
    }

    fn owner(&self) -> &Persona {
        &self.organization.owner
    }

    fn named(&self, resources: &[&str]) -> Value {
        resources
            .iter()
            .map(|id| json!({ "type": self.kind, "id": id }))
            .collect()
    }

    async fn invited(&self, name: &str, role: &str, resources: &[&str]) -> (Persona, String) {
        let person = self.h.person(name);
        let body = json!({ "emails": person.email(), "role": role, "resources": self.named(resources) });
        let path = self.organization.path("/invitations");
        let sent = self.owner().post(&self.h, &path, &body).await.expect(201);
        (person, sent.text("/invitations/0/id"))
    }

    async fn accepted(&self, person: &Persona) {
        let token = self.h.invitation_token(person.email()).await;
        person.accept(&self.h, &token).await.expect(200);
    }

    async fn join(&self, name: &str, role: &str, resources: &[&str]) -> Persona {
        let (person, _) = self.invited(name, role, resources).await;
        self.accepted(&person).await;
        person
    }

    fn grant(&self, member: &str, id: &str) -> String {
        let kind = self.kind;
        self.organization.path(&format!("/members/{member}/grants/{kind}/{id}"))
    }

    async fn put(&self, who: &Persona, member: &str, id: &str, role: &str) -> Answer {
        let path = self.grant(member, id);
        who.put(&self.h, &path, &json!({ "role": role })).await
    }

    async fn drop(&self, who: &Persona, member: &str, id: &str) -> Answer {
        who.delete(&self.h, &self.grant(member, id)).await
    }

    /// The resources somebody holds roles on.
    async fn held(&self, member: &Persona) -> Vec<String> {
        let path = self.organization.path("/members/me");
        let own = member.get(&self.h, &path).await.expect(200);
        ids(&own.body)
    }

    /// The resources somebody sees.
    async fn seen(&self, member: &Persona) -> Vec<String> {
        let path = self.organization.path("/resources");
        let page = member.get(&self.h, &path).await.expect(200);
        let items = page.body["items"].as_array().cloned().unwrap_or_default();
        let mut seen: Vec<String> = items.iter().map(|r| r["id"].as_str().unwrap().to_owned()).collect();
        seen.sort();
        seen
    }

    async fn changes(&self) -> usize {
        self.organization.recorded(&self.h, "member.role_changed").await
    }
}

fn ids(member: &Value) -> Vec<String> {
    let grants = member["grants"].as_array().cloned().unwrap_or_default();
    let mut ids: Vec<String> = grants.iter().map(|g| g["id"].as_str().unwrap().to_owned()).collect();
    ids.sort();
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_without_resources_is_given_on_none() {
    let f = Firm::of("website-studio", "site").await;
    let eddy = f.join("eddy", "editor", &[]).await;
    let refused = f.put(f.owner(), &eddy.id(), "one", "editor").await;
    assert_eq!(
        refused.problem(422, "invalid-request").faults(),
        named(&[("role", "unknown_role")])
    );
    f.drop(f.owner(), &eddy.id(), "one").await.problem(404, "not-found");
    assert_eq!(f.seen(&eddy).await, ["one", "three", "two"], "everybody has every site");
    assert_eq!(f.changes().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_resources_are_optional_the_last_one_may_go() {
    let f = Firm::of("client-practice", "client").await;
    let paul = f.join("paul", "participant", &[]).await;
    let sees_none = async || {
        let path = f.organization.path("/resources");
        paul.get(&f.h, &path).await.problem(403, "forbidden");
        assert!(f.held(&paul).await.is_empty());
    };
    sees_none().await;
    let given = f.put(f.owner(), &paul.id(), "one", "participant").await.expect(200);
    assert_eq!(ids(&given.body), ["one"]);
    assert!(given.header("etag").is_some());
    assert_eq!(f.seen(&paul).await, ["one"]);
    f.drop(f.owner(), &paul.id(), "one").await.expect(204);
    sees_none().await;
    recount(&f.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_one_is_needed_the_last_one_stays_and_is_named() {
    let f = Firm::of("project-workspace", "project").await;
    let cleo = f.join("cleo", "collaborator", &["one"]).await;
    let refused = f.drop(f.owner(), &cleo.id(), "one").await;
    let refused = refused.problem(422, "invalid-request");
    assert_eq!(refused.faults(), named(&[("grants", "required")]));
    assert!(refused.text("/errors/0/detail").contains("at least one project"));
    f.put(f.owner(), &cleo.id(), "two", "collaborator").await.expect(200);
    f.drop(f.owner(), &cleo.id(), "one").await.expect(204);
    assert_eq!(f.seen(&cleo).await, ["two"]);
    let path = f.organization.path(&format!("/members/{}", cleo.id()));
    let none = json!({ "role": "collaborator", "resources": [] });
    let refused = f
        .owner()
        .patch(&f.h, &path, &none)
        .await
        .problem(422, "invalid-request");
    assert_eq!(refused.faults(), named(&[("resources", "required")]));
    recount(&f.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn giving_what_is_given_changes_nothing_and_taking_what_is_not_there_is_not_found() {
    let f = Firm::of("project-workspace", "project").await;
    let cleo = f.join("cleo", "collaborator", &["one", "two"]).await;
    let first = f.put(f.owner(), &cleo.id(), "one", "collaborator").await.expect(200);
    let again = f.put(f.owner(), &cleo.id(), "one", "collaborator").await.expect(200);
    assert_eq!((&again.body, again.header("etag")), (&first.body, first.header("etag")));
    assert_eq!(f.changes().await, 0);
    f.drop(f.owner(), &cleo.id(), "one").await.expect(204);
    f.drop(f.owner(), &cleo.id(), "one").await.problem(404, "not-found");
    f.drop(f.owner(), &cleo.id(), "nowhere").await.problem(404, "not-found");
    f.put(f.owner(), &cleo.id(), "nowhere", "collaborator")
        .await
        .problem(404, "not-found");
    assert_eq!(f.changes().await, 1);
    for path in ["site/one", "project/%00"] {
        let path = f.organization.path(&format!("/members/{}/grants/{path}", cleo.id()));
        let body = json!({ "role": "collaborator" });
        f.owner().put(&f.h, &path, &body).await.problem(404, "not-found");
        f.owner().delete(&f.h, &path).await.problem(404, "not-found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_can_have_an_end_and_ends_then() {
    let f = Firm::of("project-workspace", "project").await;
    let cleo = f.join("cleo", "collaborator", &["one"]).await;
    let end = f.h.backend.clock().now() + jiff::SignedDuration::from_hours(24);
    let body = json!({ "role": "collaborator", "expires_at": end.to_string() });
    let path = f.grant(&cleo.id(), "two");
    f.owner().put(&f.h, &path, &body).await.expect(200);
    assert_eq!(f.seen(&cleo).await, ["one", "two"]);
    f.h.advance(jiff::SignedDuration::from_hours(25));
    assert_eq!(f.seen(&cleo).await, ["one"]);
    f.owner().delete(&f.h, &path).await.problem(404, "not-found");
    let refused = f.drop(f.owner(), &cleo.id(), "one").await;
    refused.problem(422, "invalid-request");
    let refused = f.owner().put(&f.h, &path, &body).await.problem(422, "invalid-request");
    assert_eq!(refused.faults(), named(&[("expires_at", "in_the_past")]));
}

#[tokio::test(flavor = "multi_thread")]
async fn contributors_take_any_client_on_for_themselves_and_assign_no_other_member() {
    let f = Firm::of("client-practice", "client").await;
    let (cora, carl) = (
        f.join("cora", "contributor", &[]).await,
        f.join("carl", "contributor", &[]).await,
    );
    let paul = f.join("paul", "participant", &["one"]).await;
    let roles = cora.get(&f.h, &f.organization.path("/roles")).await.expect(200);
    let takes = |role: &Value| (role["assignable"].clone(), role["self_assignable"].clone());
    let said: Vec<_> = roles.body["items"].as_array().unwrap().iter().map(takes).collect();
    let no = json!(false);
    assert_eq!(
        said,
        [
            (no.clone(), no.clone()),
            (no.clone(), json!(true)),
            (no.clone(), no.clone())
        ]
    );

    for member in ["me", &cora.id()] {
        f.put(&cora, member, "one", "contributor").await.expect(200);
        assert_eq!(f.held(&cora).await, ["one"]);
        f.drop(&cora, member, "one").await.expect(204);
    }
    f.put(&cora, "me", "two", "participant")
        .await
        .problem(403, "role-not-assignable");
    for other in [&carl, &paul] {
        f.put(&cora, &other.id(), "two", "contributor")
            .await
            .problem(403, "forbidden");
        f.drop(&cora, &other.id(), "one").await.problem(403, "forbidden");
    }
    f.put(&paul, "me", "two", "participant").await.problem(403, "forbidden");
    f.drop(&paul, "me", "one").await.problem(403, "forbidden");
    let events = f.organization.events(&f.h).await;
    assert_eq!(events[0]["kind"], "member.role_changed");
    assert_eq!(events[0]["actor"]["id"], cora.id());
    assert_eq!(events[0]["subject"]["id"], cora.id());
    recount(&f.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contributor_who_was_demoted_takes_nothing_on_from_the_next_request() {
    let f = Firm::of("client-practice", "client").await;
    let cora = f.join("cora", "contributor", &[]).await;
    f.put(&cora, "me", "one", "contributor").await.expect(200);
    let path = f.organization.path(&format!("/members/{}", cora.id()));
    let body = json!({ "role": "participant", "resources": f.named(&["one"]) });
    f.owner().patch(&f.h, &path, &body).await.expect(200);
    f.put(&cora, "me", "two", "contributor").await.problem(403, "forbidden");
    assert_eq!(f.seen(&cora).await, ["one"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_list_takes_the_place_of_what_was_there() {
    let f = Firm::of("coaching-site", "collection").await;
    let ina = f.join("ina", "instructor", &["one", "two"]).await;
    let path = f.organization.path(&format!("/members/{}", ina.id()));
    let body = json!({ "role": "instructor", "resources": f.named(&["two", "three"]) });
    let after = f.owner().patch(&f.h, &path, &body).await.expect(200);
    assert_eq!(ids(&after.body), ["three", "two"]);
    assert_eq!(f.seen(&ina).await, ["three", "two"]);
    recount(&f.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_pending_invitation_gives_can_be_changed_before_it_is_answered() {
    let f = Firm::of("project-workspace", "project").await;
    let (cleo, invitation) = f.invited("cleo", "collaborator", &["one"]).await;
    let path = f.organization.invitation(&invitation, "");
    let body = json!({ "resources": f.named(&["two", "three"]) });
    f.owner().patch(&f.h, &path, &body).await.expect(200);
    let refused = f.owner().patch(&f.h, &path, &json!({ "resources": [] })).await;
    assert_eq!(
        refused.problem(422, "invalid-invitations").faults(),
        named(&[("resources", "required")])
    );
    let other = json!({ "email": "other@acme.example" });
    let refused = f
        .owner()
        .patch(&f.h, &path, &other)
        .await
        .problem(422, "invalid-request");
    assert_eq!(refused.faults(), named(&[("email", "unknown_field")]));
    f.accepted(&cleo).await;
    assert_eq!(f.held(&cleo).await, ["three", "two"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_manages_one_resource_gives_and_takes_there_alone() {
    let f = Firm::of("program-delivery", "program").await;
    let pat = f.join("pat", "program_admin", &["one"]).await;
    let sam = f.join("sam", "program_sponsor", &["one", "two"]).await;
    let given = f.put(&pat, &sam.id(), "one", "program_facilitator").await.expect(200);
    assert_eq!(ids(&given.body), ["one"], "what is not in sight is not told");
    f.put(&pat, &sam.id(), "two", "participant")
        .await
        .problem(403, "forbidden");
    f.put(&pat, &sam.id(), "nowhere", "participant")
        .await
        .problem(403, "forbidden");
    f.put(&pat, &sam.id(), "one", "admin")
        .await
        .problem(422, "invalid-request");
    f.drop(&pat, &sam.id(), "two").await.problem(403, "forbidden");
    f.drop(&pat, &sam.id(), "one").await.expect(204);
    f.drop(&pat, &sam.id(), "one").await.problem(404, "not-found");
    assert_eq!(f.held(&sam).await, ["two"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_takes_a_seat_where_its_role_does_and_none_is_given_without() {
    let f = Firm::of("program-delivery", "program").await;
    let pia = f.join("pia", "participant", &[]).await;
    f.organization.plan(&f.h, Some(1), &[]).await;
    let refused = f.put(f.owner(), &pia.id(), "one", "program_sponsor").await;
    let refused = refused.problem(409, "no-seats-available");
    assert_eq!(refused.body["seats"]["needed"], 1);
    f.put(f.owner(), &pia.id(), "one", "participant").await.expect(200);
    f.organization.plan(&f.h, Some(2), &[]).await;
    f.put(f.owner(), &pia.id(), "one", "program_sponsor").await.expect(200);
    assert_eq!(f.organization.seats_used(&f.h).await, 2);
    f.drop(f.owner(), &pia.id(), "one").await.expect(204);
    assert_eq!(f.organization.seats_used(&f.h).await, 1);
    recount(&f.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_take_two_last_grants_at_once_leave_one() {
    let f = Firm::of("project-workspace", "project").await;
    let ada = f.join("ada", "administrator", &[]).await;
    for n in 0..5 {
        let cleo = f.join(&format!("cleo{n}"), "collaborator", &["one", "two"]).await;
        let id = cleo.id();
        let (first, second) = tokio::join!(f.drop(f.owner(), &id, "one"), f.drop(&ada, &id, "two"));
        let mut statuses = [first.status, second.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [204, 422], "{:#} {:#}", first.body, second.body);
        assert_eq!(f.held(&cleo).await.len(), 1);
    }
    recount(&f.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_grants_given_to_one_member_at_once_both_come() {
    let f = Firm::of("project-workspace", "project").await;
    let cleo = f.join("cleo", "collaborator", &["one"]).await;
    let id = cleo.id();
    let (first, second) = tokio::join!(
        f.put(f.owner(), &id, "two", "collaborator"),
        f.put(f.owner(), &id, "three", "collaborator")
    );
    first.expect(200);
    second.expect(200);
    assert_eq!(f.held(&cleo).await, ["one", "three", "two"]);
    assert_eq!(f.changes().await, 2);
    let path = f.organization.path(&format!("/members/{id}/grants/project/one"));
    let nobody = f.h.send(None, Method::DELETE, &path, None, &[]).await;
    nobody.problem(401, "unauthorized");
    recount(&f.h).await;
}
