//! Who sees where a role came from: those who manage members there and the platform, and members about themselves.

use super::{grant_of, on, path_of, source};
use muster_tests::harness::{Harness, Organization};
use muster_tests::{Answer, Persona};
use serde_json::{Value, json};

/// How much is told of a source: nothing, that there is none, all but the giver, or all of it.
fn much(source: Option<&Value>) -> &'static str {
    match source {
        None => "hidden",
        Some(Value::Null) => "none",
        Some(source) if source.get("by").is_some() && source.get("api_key").is_some() => "full",
        Some(source) => {
            assert!(
                source.get("by").is_none() && source.get("api_key").is_none(),
                "{source:#}"
            );
            assert!(source["kind"].is_string() && source["at"].is_string(), "{source:#}");
            "bare"
        }
    }
}

/// How much is told of the sources of all that is shown of a member.
fn told(member: &Value) -> String {
    let grants = member["grants"].as_array().unwrap().iter();
    let grants = grants.map(|grant| format!(", {} {}", grant["id"].as_str().unwrap(), much(grant.get("source"))));
    format!("all {}{}", much(member.get("role_source")), grants.collect::<String>())
}

/// An organization with one of each who looks, and with Pia at whom they look.
struct Scene {
    h: Harness,
    acme: Organization,
    ada: Persona,
    pat: Persona,
    fay: Persona,
    sam: Persona,
    pia: Persona,
}

impl Scene {
    async fn start() -> Self {
        let h = Harness::start().await;
        let acme = Organization::make(&h).await;
        Self {
            ada: acme.join(&h, "ada", "admin", &[]).await,
            pat: acme.join(&h, "pat", "program_admin", &["spring"]).await,
            fay: acme.join(&h, "fay", "program_facilitator", &["spring"]).await,
            sam: acme.join(&h, "sam", "program_sponsor", &["spring"]).await,
            pia: acme.join(&h, "pia", "participant", &["spring", "autumn"]).await,
            acme,
            h,
        }
    }

    async fn get(&self, who: &Persona, rest: &str) -> Answer {
        who.get(&self.h, &self.acme.path(rest)).await
    }

    /// A key of Ada's, who is an admin.
    async fn key(&self, body: Value) -> Persona {
        self.acme.key(&self.h, &self.ada, &body).await.persona
    }

    fn spring() -> Value {
        json!([{ "type": "program", "id": "spring" }])
    }
}

const EVERYTHING: &str = "all full, autumn full, spring full";

#[tokio::test(flavor = "multi_thread")]
async fn those_who_manage_members_there_see_it_in_a_member_and_in_the_list() {
    let s = Scene::start().await;
    let read_only = s.key(json!({ "name": "reads", "read_only": true })).await;
    let limited = s.key(json!({ "name": "spring", "resources": Scene::spring() })).await;
    let whole = s.key(json!({ "name": "all" })).await;
    let member = format!("/members/{}", s.pia.id());
    let platform = s.h.platform();
    for (who, expected) in [
        (&s.acme.owner, EVERYTHING),
        (&s.ada, EVERYTHING),
        (&platform, EVERYTHING),
        (&whole, EVERYTHING),
        (&read_only, "all hidden, autumn hidden, spring hidden"),
        (&s.pat, "all hidden, spring full"),
        (&s.fay, "all hidden, spring full"),
        (&limited, "all hidden, spring full"),
        (&s.sam, "all hidden, spring hidden"),
    ] {
        let shown = s.get(who, &member).await.expect(200);
        assert_eq!(told(&shown.body), expected, "{}", who.name());
        let list = s.get(who, "/members?limit=100").await.expect(200);
        let rows = list.body["items"].as_array().unwrap();
        let row = rows.iter().find(|row| row["id"] == s.pia.id()).unwrap();
        assert_eq!(told(row), expected, "{} in the list", who.name());
        assert_eq!(row["grants"], shown.body["grants"]);
        assert_eq!(row.get("role_source"), shown.body.get("role_source"));
        let as_others = s.get(who, &format!("{member}?as=others")).await.expect(200);
        assert!(!told(&as_others.body).contains("full"), "{}", told(&as_others.body));
    }
    s.get(&s.h.person("stranger"), &member).await.problem(404, "not-found");
    // Pending invitations are no roles yet.
    s.acme.invite(&s.h, "guest@x.example", "participant", &["spring"]).await;
    let pending = s.get(&s.acme.owner, "/members?invite_status=pending").await.expect(200);
    assert_eq!(told(&pending.body["items"][0]), "all hidden, spring hidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn members_see_how_they_got_their_own_roles_and_by_whom_where_they_see_members() {
    let s = Scene::start().await;
    for (who, expected) in [
        (&s.acme.owner, "all full"),
        (&s.ada, "all full"),
        (&s.pat, "all none, spring full"),
        (&s.sam, "all none, spring full"),
        (&s.pia, "all bare, autumn bare, spring bare"),
    ] {
        let own = s.get(who, "/members/me").await.expect(200);
        assert_eq!(told(&own.body), expected, "{}", who.name());
        let as_others = s.get(who, "/members/me?as=others").await.expect(200);
        let left = told(&as_others.body);
        assert!(!left.contains("full") && !left.contains("bare"), "{left}");
    }
    // A key that is limited to some programs does not show its owner.
    let limited = s.key(json!({ "name": "spring", "resources": Scene::spring() })).await;
    s.get(&limited, "/members/me").await.problem(404, "not-found");
    let inactive = json!({ "members": [s.pia.id()] });
    let path = s.acme.path("/members/deactivate");
    s.acme.owner.post(&s.h, &path, &inactive).await.expect(200);
    s.get(&s.pia, "/members/me").await.problem(403, "member-inactive");
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_to_changes_show_as_much_as_the_member_does_afterwards() {
    let s = Scene::start().await;
    let kim = s.h.person("kim");
    s.acme.invite(&s.h, kim.email(), "participant", &["spring"]).await;
    let token = s.h.invitation_token(kim.email()).await;
    let accepted = kim.accept(&s.h, &token).await.expect(200);
    assert_eq!(told(&accepted.body["member"]), "all bare, spring bare");
    let mut own = s.get(&kim, "/members/me").await.expect(200).body;
    // Only the names of resources are read for those who ask, and not with a change.
    assert_eq!(own["grants"][0]["name"], "Spring cohort");
    own["grants"][0]["name"] = Value::Null;
    assert_eq!(accepted.body["member"], own);

    let on_spring = grant_of(&s.acme, &kim, "spring");
    for (who, expected) in [
        (&s.acme.owner, "all full, spring full"),
        (&s.pat, "all hidden, spring full"),
    ] {
        for role in ["program_sponsor", "participant"] {
            let answer = who.put(&s.h, &on_spring, &json!({ "role": role })).await.expect(200);
            assert_eq!(told(&answer.body), expected, "{}", who.name());
            assert_eq!(on(&answer.body, "spring")["by"], who.id());
        }
        let renamed = json!({ "name": "Kim" });
        let answer = who.patch(&s.h, &path_of(&s.acme, &kim), &renamed).await.expect(200);
        assert_eq!(told(&answer.body), expected, "{}", who.name());
    }
    let ann = s.h.person("ann");
    let known = json!({ "email": ann.email(), "subject": "ann" });
    let contact = s.acme.path("/contacts/ann");
    s.h.platform().put(&s.h, &contact, &known).await.expect(201);
    let wanted = json!({ "email": ann.email(), "role": "participant", "resources": Scene::spring() });
    let added = s.pat.post(&s.h, &s.acme.path("/members"), &wanted).await.expect(201);
    assert_eq!(told(&added.body["member"]), "all hidden, spring full");
}

/// A question about a subject, with the answer's context.
async fn asked(s: &Scene, who: &Persona, subject: Value, action: &str) -> Value {
    let question = json!({ "subject": subject, "action": { "name": action },
        "resource": { "type": "program", "id": "spring" }, "context": { "organization": s.acme.id } });
    let told = who.post(&s.h, "/access/v1/evaluation", &question).await.expect(200);
    let batch = json!({ "evaluations": [question, question] });
    let many = who.post(&s.h, "/access/v1/evaluations", &batch).await.expect(200);
    assert_eq!(
        many.body["evaluations"],
        json!([told.body, told.body]),
        "one by one and in a batch"
    );
    told.body["context"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_tells_the_source_of_the_role_that_allows_it_to_those_who_see_it_in_the_member() {
    let s = Scene::start().await;
    let member = s.acme.member(&s.h, &s.pia.id()).await;
    let expected = on(&member, "spring");
    assert_eq!(expected["kind"], "invitation");
    let user = |who: &Persona| json!({ "type": "user", "id": who.id() });
    let read_only = s.key(json!({ "name": "reads", "read_only": true })).await;
    let platform = s.h.platform();
    for who in [&s.acme.owner, &s.ada, &platform] {
        let told = asked(&s, who, user(&s.pia), "content:read").await;
        assert_eq!(told["source"], *expected, "{}", who.name());
        let denied = asked(&s, who, user(&s.pia), "content:write").await;
        assert_eq!(denied.get("source"), None);
    }
    let told = asked(&s, &read_only, user(&s.pia), "content:read").await;
    assert_eq!((&told["role"], told.get("source")), (&json!("participant"), None));
    let own = asked(&s, &s.pia, user(&s.pia), "content:read").await;
    assert_eq!(much(own.get("source")), "bare");
    assert_eq!(own["source"]["invitation"], expected["invitation"]);
    // The role on the organization is named where several allow it, and so is where that came from.
    let on_spring = grant_of(&s.acme, &s.ada, "spring");
    s.ada
        .put(&s.h, &on_spring, &json!({ "role": "program_admin" }))
        .await
        .expect(200);
    let told = asked(&s, &platform, user(&s.ada), "content:read").await;
    assert_eq!(
        (&told["role"], &told["source"]["kind"]),
        (&json!("admin"), &json!("invitation"))
    );
    // A key has what its owner has, from where they have it.
    let made = json!({ "name": "pia's" });
    let key = s.acme.key(&s.h, &s.pia, &made).await;
    let subject = json!({ "type": "api_key", "id": key.id });
    let told = asked(&s, &platform, subject.clone(), "content:read").await;
    assert_eq!(told["source"], *expected);
    let told = asked(&s, &key.persona, subject, "content:read").await;
    assert_eq!(much(told.get("source")), "bare");
}

#[tokio::test(flavor = "multi_thread")]
async fn events_tell_the_source_of_what_came_or_went() {
    let s = Scene::start().await;
    let member = s.acme.member(&s.h, &s.pia.id()).await;
    let joined = s.acme.events(&s.h).await.into_iter();
    let mut joined = joined.filter(|e| e["kind"] == "member.joined" && e["subject"]["id"] == s.pia.id());
    let joined = joined.next().unwrap();
    assert_eq!(joined["after"]["role_source"], member["role_source"]);
    assert_eq!(*on(&joined["after"], "autumn"), member["grants"][0]["source"]);

    let path = grant_of(&s.acme, &s.pia, "spring");
    s.ada
        .put(&s.h, &path, &json!({ "role": "program_sponsor" }))
        .await
        .expect(200);
    let event = s.acme.events(&s.h).await.remove(0);
    assert_eq!(*on(&event["before"], "spring"), *on(&member, "spring"));
    assert_eq!(
        *on(&event["after"], "spring"),
        source("assigned", &s.ada.id(), &event["at"])
    );
    for state in ["before", "after"] {
        let untouched = &event[state]["grants"][0];
        assert_eq!((&untouched["id"], untouched.get("source")), (&json!("autumn"), None));
        assert_eq!(event[state].get("role_source"), None);
    }
    s.ada.delete(&s.h, &path_of(&s.acme, &s.pia)).await.expect(204);
    let events = s.acme.events(&s.h).await;
    let removed = events.iter().find(|event| event["kind"] == "member.removed").unwrap();
    assert_eq!(told(&removed["before"]), EVERYTHING);
}
