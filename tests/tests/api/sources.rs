//! Where roles came from: each way to a role says how it was given, by whom, through which key and when.

mod kept;
mod shown;

use muster_tests::harness::{Harness, Organization};
use muster_tests::{Persona, recount};
use serde_json::{Value, json};

/// A source as those who manage members see it.
fn source(kind: &str, by: &str, at: &Value) -> Value {
    json!({ "kind": kind, "invitation": null, "by": by, "api_key": null, "at": at })
}

/// The source of a member's role on a program.
#[track_caller]
fn on<'v>(member: &'v Value, program: &str) -> &'v Value {
    let grants = member["grants"].as_array().expect("grants");
    let grant = grants.iter().find(|grant| grant["id"] == program);
    &grant.unwrap_or_else(|| panic!("no role on {program}: {member:#}"))["source"]
}

fn path_of(acme: &Organization, who: &Persona) -> String {
    acme.path(&format!("/members/{}", who.id()))
}

fn grant_of(acme: &Organization, who: &Persona, program: &str) -> String {
    acme.path(&format!("/members/{}/grants/program/{program}", who.id()))
}

/// Gives a member a role on a program, in the name of somebody; the member as they are then.
async fn give(h: &Harness, acme: &Organization, by: &Persona, to: &Persona, [program, role]: [&str; 2]) -> Value {
    let given = by.put(h, &grant_of(acme, to, program), &json!({ "role": role })).await;
    given.expect(200).body
}

/// When the latest change was recorded.
async fn latest(h: &Harness, acme: &Organization) -> Value {
    acme.events(h).await[0]["at"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_founder_made_the_organization_and_who_was_invited_accepted_an_invitation() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let olivia = acme.owner.id();
    let founder = acme.member(&h, &olivia).await;
    assert_eq!(
        founder["role_source"],
        source("founder", &olivia, &founder["joined_at"])
    );

    let ada = acme.join(&h, "ada", "admin", &[]).await;
    let pia = h.person("pia");
    let invitation = acme.invite(&h, pia.email(), "participant", &["spring", "autumn"]).await;
    h.advance_days(1);
    // Whoever resends it answers for it, and is the one who gave what is accepted then.
    let resent = acme.invitation(&invitation, "/resend");
    ada.post(&h, &resent, &Value::Null).await.expect(200);
    h.advance_days(1);
    let token = h.invitation_token(pia.email()).await;
    pia.accept(&h, &token).await.expect(200);
    let member = acme.member(&h, &pia.id()).await;
    let expected = json!({ "kind": "invitation", "invitation": invitation, "by": ada.id(), "api_key": null,
        "at": member["joined_at"] });
    for told in [&member["role_source"], on(&member, "spring"), on(&member, "autumn")] {
        assert_eq!(*told, expected);
    }
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_added_at_once_or_taken_in_was_added() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = h.person("ann");
    let known = json!({ "email": ann.email(), "name": "Ann", "subject": "ann" });
    h.platform()
        .put(&h, &acme.path("/contacts/ann"), &known)
        .await
        .expect(201);
    let wanted = json!({ "email": ann.email(), "role": "program_facilitator",
        "resources": [{ "type": "program", "id": "spring" }] });
    let done = acme.owner.post(&h, &acme.path("/members"), &wanted).await.expect(201);
    let member = &done.body["member"];
    let expected = source("added", &acme.owner.id(), &member["joined_at"]);
    assert_eq!(*on(member, "spring"), expected);

    // Pat runs autumn, does not see Ann, and adds her there.
    let pat = acme.join(&h, "pat", "program_admin", &["autumn"]).await;
    let wanted = json!({ "email": ann.email(), "role": "program_sponsor",
        "resources": [{ "type": "program", "id": "autumn" }] });
    let done = pat.post(&h, &acme.path("/members"), &wanted).await.expect(201);
    let taken_in = source("added", &pat.id(), &latest(&h, &acme).await);
    assert_eq!(*on(&done.body["member"], "autumn"), taken_in);
    let member = acme.member(&h, &ann.id()).await;
    assert_eq!((on(&member, "spring"), on(&member, "autumn")), (&expected, &taken_in));
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_member_gave_is_assigned_and_what_one_took_is_self_assigned() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ada = acme.join(&h, "ada", "admin", &[]).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let given = give(&h, &acme, &ada, &pat, ["autumn", "program_sponsor"]).await;
    assert_eq!(
        *on(&given, "autumn"),
        source("assigned", &ada.id(), &latest(&h, &acme).await)
    );
    assert_eq!(
        on(&given, "spring")["kind"],
        "invitation",
        "what stays is from where it was"
    );
    let taken = give(&h, &acme, &ada, &ada, ["spring", "program_admin"]).await;
    let own = source("self_assigned", &ada.id(), &latest(&h, &acme).await);
    assert_eq!(*on(&taken, "spring"), own);
    assert_eq!(taken["role_source"]["kind"], "invitation");

    let promoted = ada
        .patch(&h, &path_of(&acme, &pat), &json!({ "role": "admin" }))
        .await
        .expect(200);
    assert_eq!(
        promoted.body["role_source"],
        source("assigned", &ada.id(), &latest(&h, &acme).await)
    );
    let chosen = json!({ "members": [pat.id()], "role": "program_sponsor",
        "resources": [{ "type": "program", "id": "spring" }] });
    acme.owner
        .post(&h, &acme.path("/members/change-role"), &chosen)
        .await
        .expect(200);
    let member = acme.member(&h, &pat.id()).await;
    assert_eq!(
        *on(&member, "spring"),
        source("assigned", &acme.owner.id(), &latest(&h, &acme).await)
    );
    assert_eq!(
        member["role_source"],
        Value::Null,
        "no role on the organization has none"
    );
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contributor_takes_a_client_on_and_an_owner_sees_that_no_one_gave_it() {
    let h = Harness::start().await;
    let acme = Organization::with_roles(&h, h.person("olivia"), "client-practice").await;
    let path = acme.path("/resources/client/one");
    acme.owner.put(&h, &path, &json!({ "name": "One" })).await.expect(201);
    let cora = acme.join(&h, "cora", "contributor", &[]).await;
    let own = acme.path("/members/me/grants/client/one");
    let taken = cora.put(&h, &own, &json!({ "role": "contributor" })).await.expect(200);
    let at = latest(&h, &acme).await;
    let without_giver = json!({ "kind": "self_assigned", "invitation": null, "at": at });
    assert_eq!(*on(&taken.body, "one"), without_giver, "contributors see no members");
    let member = acme.member(&h, &cora.id()).await;
    assert_eq!(*on(&member, "one"), source("self_assigned", &cora.id(), &at));
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ownership_and_what_its_giver_gets_are_transferred() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ada = acme.join(&h, "ada", "admin", &[]).await;
    let wanted = json!({ "to": ada.id(), "then": "admin" });
    let done = acme
        .owner
        .post(&h, &acme.path("/transfer-ownership"), &wanted)
        .await
        .expect(200);
    let ada_sees = ada.get(&h, &acme.path("/events?limit=1")).await.expect(200);
    let expected = source("transferred", &acme.owner.id(), &ada_sees.body["items"][0]["at"]);
    for who in ["owner", "giver"] {
        assert_eq!(done.body[who]["role_source"], expected, "{who}");
    }
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_given_through_an_api_key_names_the_key_and_its_owner() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ada = acme.join(&h, "ada", "admin", &[]).await;
    let key = acme.key(&h, &ada, &json!({ "name": "shop" })).await;
    let through_key = |source: &Value| (source["by"].clone(), source["api_key"].clone());
    let expected = (json!(ada.id()), json!(key.id));

    let pia = h.person("pia");
    let wanted = json!({ "emails": pia.email(), "role": "participant",
        "resources": [{ "type": "program", "id": "spring" }] });
    key.persona
        .post(&h, &acme.path("/invitations"), &wanted)
        .await
        .expect(201);
    let token = h.invitation_token(pia.email()).await;
    pia.accept(&h, &token).await.expect(200);
    let member = acme.member(&h, &pia.id()).await;
    assert_eq!(on(&member, "spring")["kind"], "invitation");
    assert_eq!(through_key(on(&member, "spring")), expected);

    let given = give(&h, &acme, &key.persona, &pia, ["autumn", "participant"]).await;
    assert_eq!(on(&given, "autumn")["kind"], "assigned");
    assert_eq!(through_key(on(&given, "autumn")), expected);

    let ann = h.person("ann");
    let known = json!({ "email": ann.email(), "subject": "ann" });
    h.platform()
        .put(&h, &acme.path("/contacts/ann"), &known)
        .await
        .expect(201);
    let wanted = json!({ "email": ann.email(), "role": "admin" });
    let added = key.persona.post(&h, &acme.path("/members"), &wanted).await.expect(201);
    let told = &added.body["member"]["role_source"];
    assert_eq!(
        (told["kind"].as_str(), through_key(told)),
        (Some("added"), expected.clone())
    );

    let own = give(&h, &acme, &key.persona, &ada, ["spring", "program_admin"]).await;
    assert_eq!(on(&own, "spring")["kind"], "self_assigned");
    assert_eq!(through_key(on(&own, "spring")), expected);

    // An invitation that somebody signed in changes is theirs from then on.
    let gus = h.person("gus");
    let wanted = json!({ "emails": gus.email(), "role": "admin" });
    let sent = key
        .persona
        .post(&h, &acme.path("/invitations"), &wanted)
        .await
        .expect(201);
    let path = acme.invitation(&sent.text("/invitations/0/id"), "");
    acme.owner
        .patch(&h, &path, &json!({ "message": "Hello" }))
        .await
        .expect(200);
    let token = h.invitation_token(gus.email()).await;
    gus.accept(&h, &token).await.expect(200);
    let member = acme.member(&h, &gus.id()).await;
    assert_eq!(
        through_key(&member["role_source"]),
        (json!(acme.owner.id()), Value::Null)
    );
    recount(&h).await;
}
