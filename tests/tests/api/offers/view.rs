//! What opens a page: the view of an organization, and the role sets of a deployment.

use muster_tests::harness::Organization;
use muster_tests::{Harness, Persona};
use reqwest::Method;
use serde_json::{Value, json};

async fn view(h: &Harness, acme: &Organization, who: &Persona) -> Value {
    who.get(h, &acme.path("/view")).await.expect(200).body
}

fn offered(view: &Value) -> Vec<&str> {
    view["may"]
        .as_array()
        .unwrap()
        .iter()
        .map(|action| action.as_str().unwrap())
        .collect()
}

fn role<'v>(view: &'v Value, id: &str) -> &'v Value {
    let mut roles = view["roles"].as_array().unwrap().iter();
    roles.find(|role| role["id"] == id).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_request_opens_a_page() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let shown = view(&h, &acme, &acme.owner).await;
    let same = async |path: &str| acme.owner.get(&h, &acme.path(path)).await.expect(200).body;
    assert_eq!(shown["organization"], same("").await);
    assert_eq!(shown["me"], same("/members/me").await);
    assert_eq!(shown["roles"], same("/roles").await["items"]);
    let expected = json!({
        "id": "program-delivery", "name": "Program delivery", "resource_type": "program",
        "resource_names": { "one": "Program", "other": "Programs" }, "members_may_leave": true,
    });
    assert_eq!(shown["role_set"], expected);
    assert_eq!(shown["me"]["is_me"], true);
    assert!(offered(&shown).contains(&"invite_members"));
    // The only owner cannot leave.
    assert!(!offered(&shown).contains(&"leave"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_says_where_the_caller_can_give_it_and_names_the_places() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let felix = acme.join(&h, "felix", "program_facilitator", &["autumn"]).await;
    let everywhere = json!({ "organization": true, "resources": [] });
    let nowhere = json!({ "organization": false, "resources": [] });
    let on = |id: &str, name: &str| json!({ "organization": false, "resources": [{ "type": "program", "id": id, "name": name }] });
    let shown = view(&h, &acme, &acme.owner).await;
    let admin = role(&shown, "admin");
    assert_eq!((&admin["invite"], &admin["assign"]), (&everywhere, &everywhere));
    let helper = role(&shown, "implementation_admin");
    assert_eq!((&helper["invite"], &helper["enabled"]), (&nowhere, &json!(false)));
    let shown = view(&h, &acme, &pat).await;
    let sponsor = role(&shown, "program_sponsor");
    let spring = on("spring", "Spring cohort");
    assert_eq!((&sponsor["invite"], &sponsor["assign"]), (&spring, &spring));
    assert_eq!(role(&shown, "admin")["invite"], nowhere);
    // A facilitator gives the role, and may invite nobody to it.
    let shown = view(&h, &acme, &felix).await;
    let participant = role(&shown, "participant");
    assert_eq!(
        (&participant["invite"], &participant["assign"]),
        (&nowhere, &on("autumn", "Autumn cohort"))
    );
    assert_eq!(
        participant["description"],
        "For learners. Can be invited now and added to programs later."
    );
    assert!(!offered(&shown).contains(&"invite_members"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contributor_can_take_on_any_client_and_changes_no_role() {
    let h = Harness::start().await;
    let acme = Organization::with_roles(&h, h.person("olivia"), "client-practice").await;
    let carl = h.person("carl");
    acme.owner
        .post(
            &h,
            &acme.path("/invitations"),
            &json!({ "emails": carl.email(), "role": "contributor" }),
        )
        .await
        .expect(201);
    let token = h.invitation_token(carl.email()).await;
    carl.accept(&h, &token).await.expect(200);
    let shown = view(&h, &acme, &carl).await;
    assert_eq!(
        role(&shown, "contributor")["self_assign"],
        json!({ "organization": true, "resources": [] })
    );
    let offered: Vec<Value> = shown["me"]["may"].as_array().unwrap().clone();
    assert!(
        offered.contains(&json!("change_grants")) && !offered.contains(&json!("change_role")),
        "{offered:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_platform_has_no_membership_and_is_offered_what_it_may_do() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let shown = view(&h, &acme, &h.platform()).await;
    assert_eq!(shown["me"], Value::Null);
    let reads = [
        "read_members",
        "read_contacts",
        "manage_contacts",
        "read_resources",
        "read_events",
    ];
    assert_eq!(offered(&shown), reads);
    assert_eq!(
        role(&shown, "admin")["assign"],
        json!({ "organization": false, "resources": [] })
    );
    let rows = h.platform().get(&h, &acme.path("/members")).await.expect(200).body;
    assert_eq!(rows["items"][0]["may"], json!(["read_api_keys"]));
    assert_eq!(rows["items"][0]["is_me"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_offered_what_it_may_do_and_one_limited_to_resources_does_not_show_its_owner() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let reads = acme
        .key(&h, &acme.owner, &json!({ "name": "reads", "read_only": true }))
        .await;
    let shown = view(&h, &acme, &reads.persona).await;
    let expected = [
        "read_members",
        "export_members",
        "read_contacts",
        "read_resources",
        "read_events",
    ];
    assert_eq!(offered(&shown), expected);
    assert_eq!((&shown["me"]["may"], &shown["me"]["is_me"]), (&json!([]), &json!(true)));
    let spring = json!({ "type": "program", "id": "spring" });
    let limited = acme
        .key(&h, &acme.owner, &json!({ "name": "limited", "resources": [spring] }))
        .await;
    let shown = view(&h, &acme, &limited.persona).await;
    assert_eq!(shown["me"], Value::Null);
    assert_eq!(offered(&shown), ["read_members", "invite_members", "read_resources"]);
    let places = &role(&shown, "program_admin")["invite"]["resources"];
    assert_eq!(places[0]["name"], "Spring cohort");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_an_organization_is_suspended_its_owner_is_offered_what_stays_open() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.join(&h, "oscar", "owner", &[]).await;
    let body = json!({ "reason": "The plan has ended" });
    h.platform().put(&h, &acme.path("/suspension"), &body).await.expect(200);
    let shown = view(&h, &acme, &acme.owner).await;
    let open = [
        "read_members",
        "export_members",
        "read_contacts",
        "read_resources",
        "read_events",
        "name_paying_owner",
        "delete_organization",
        "leave",
    ];
    assert_eq!(offered(&shown), open);
    assert_eq!(shown["me"]["may"], json!(["leave", "read_api_keys"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_pays_is_marked_and_a_row_has_the_version_that_guards_its_change() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = acme.join(&h, "ann", "admin", &[]).await;
    acme.owner
        .put(&h, &acme.path("/paying-owner"), &json!({ "member": acme.owner.id() }))
        .await
        .expect(200);
    let rows = acme.owner.get(&h, &acme.path("/members")).await.expect(200).body;
    let row = |id: &str| {
        let mut rows = rows["items"].as_array().unwrap().iter();
        rows.find(|row| row["id"] == id).unwrap()
    };
    let (own, other) = (row(&acme.owner.id()), row(&ann.id()));
    let marks = |row: &Value| (row["is_me"].clone(), row["is_paying_owner"].clone());
    assert_eq!(marks(own), (json!(true), json!(true)));
    assert_eq!(marks(other), (json!(false), json!(false)));
    let version = format!("\"{}\"", other["version"].as_str().unwrap());
    let path = acme.path(&format!("/members/{}", ann.id()));
    let rename = async |name: &str| {
        let guard = [("if-match", version.as_str())];
        h.send(
            Some(&acme.owner),
            Method::PATCH,
            &path,
            Some(&json!({ "name": name })),
            &guard,
        )
        .await
    };
    rename("Ann Lee").await.expect(200);
    rename("Ann Bo Lee").await.problem(412, "precondition-failed");
}

#[tokio::test(flavor = "multi_thread")]
async fn anyone_may_know_the_role_sets_that_organizations_are_made_with() {
    let h = Harness::start().await;
    let sets = h.send(None, Method::GET, "/v1/role-sets", None, &[]).await.expect(200);
    assert_eq!(sets.header("cache-control"), Some("public, max-age=3600"));
    let sets = sets.body["items"].as_array().unwrap().clone();
    let ids: Vec<&str> = sets.iter().map(|set| set["id"].as_str().unwrap()).collect();
    assert!(
        ids.contains(&"website-studio") && !ids.contains(&"single-permissions"),
        "{ids:?}"
    );
    for set in &sets {
        let body = json!({ "name": "Acme", "role_set": set["id"] });
        h.person("olivia")
            .post(&h, "/v1/organizations", &body)
            .await
            .expect(201);
        for role in set["roles"].as_array().unwrap() {
            assert!(role["description"].as_str().unwrap().ends_with('.'), "{role}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_thing_with_a_tag_has_its_state_as_a_version_also_in_lists() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = acme.join(&h, "ann", "admin", &[]).await;
    let invitation = acme.invite(&h, "bob@acme.example", "admin", &[]).await;
    let member = format!("/members/{}", ann.id());
    let (name, contact) = (json!({ "name": "Another" }), json!({ "email": "lee@x.example" }));
    let key = json!({ "name": "zapier" });
    let keys = format!("{member}/api-keys");
    let things = [
        (Method::GET, String::new(), None, None),
        (Method::GET, member, None, Some("/members")),
        (
            Method::GET,
            format!("/invitations/{invitation}"),
            None,
            Some("/invitations"),
        ),
        (
            Method::PUT,
            "/resources/program/spring".to_owned(),
            Some(&name),
            Some("/resources"),
        ),
        (
            Method::PUT,
            "/contacts/lee".to_owned(),
            Some(&contact),
            Some("/contacts"),
        ),
        (Method::POST, keys.clone(), Some(&key), Some(keys.as_str())),
    ];
    for (method, path, body, list) in things {
        let shown = h.send(Some(&acme.owner), method, &acme.path(&path), body, &[]).await;
        let version = shown.text("/version");
        if let Some(tag) = shown.header("etag") {
            let state = tag.trim_matches('"').split('.').next();
            assert_eq!(state, Some(version.as_str()), "{path}");
        }
        if let Some(list) = list {
            let list = acme.owner.get(&h, &acme.path(list)).await.expect(200);
            let mut rows = list.body["items"].as_array().unwrap().iter();
            let row = rows.find(|row| row["id"] == shown.body["id"]).unwrap();
            assert_eq!(row["version"], version.as_str(), "{path}");
        }
    }
}
