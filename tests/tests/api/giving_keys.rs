//! A key whose secret another member knows opens what that member could give its owner at that very moment.

use muster_domain::{KeyId, Secret};
use muster_functions::routes::ROUTES;
use muster_local::Options;
use muster_tests::bench::Bench;
use muster_tests::harness::{Harness, Organization, invitation};
use muster_tests::requests::prepare;
use muster_tests::samples::join;
use muster_tests::stream::Stream;
use muster_tests::{NewKey, Persona, recount};
use serde_json::{Value, json};

/// A backend that does nothing by itself: whatever is lost, is lost before any job runs.
async fn without_jobs() -> Harness {
    Harness::with(Options {
        timers: false,
        ..Options::default()
    })
    .await
}

/// What a key is told in all places where one is used: by Muster's own API, by verification, and by an access question.
async fn told(h: &Harness, acme: &Organization, key: &NewKey) -> (u16, String, Value) {
    let status = key.persona.get(h, &acme.path("/members")).await.status;
    let question = json!({
        "subject": { "type": "api_key", "id": key.id, "properties": { "organization": acme.id } },
        "action": { "name": "programs:read" }, "resource": { "type": "program", "id": "spring" },
    });
    let asked = h
        .platform()
        .post(h, "/access/v1/evaluation", &question)
        .await
        .expect(200);
    let reason = asked.body["context"]["reason"].clone();
    assert_eq!(asked.body["decision"] == true, reason.is_null());
    let search = json!({
        "subject": { "type": "api_key", "properties": { "organization": acme.id } },
        "action": { "name": "programs:read" }, "resource": { "type": "program", "id": "spring" },
    });
    let found = h
        .platform()
        .post(h, "/access/v1/search/subject", &search)
        .await
        .expect(200);
    let is_found = found.body["results"].to_string().contains(&key.id);
    assert_eq!(is_found, reason.is_null(), "what an evaluation permits, a search finds");
    (status, key.code(h).await, reason)
}

fn opens() -> (u16, String, Value) {
    (200, "valid".to_owned(), Value::Null)
}

fn is_lost() -> (u16, String, Value) {
    (401, "maker_lost_authority".to_owned(), json!("maker_lost_authority"))
}

async fn change(h: &Harness, acme: &Organization, member: &Persona, body: &Value) {
    let path = acme.path(&format!("/members/{}", member.id()));
    acme.owner.patch(h, &path, body).await.expect(200);
}

/// A maker of a key for somebody else, and the key: made by them, or only rotated.
async fn made(h: &Harness, acme: &Organization, maker: &Persona, owner: &Persona, rotated: bool) -> NewKey {
    let body = json!({ "name": "zapier", "expires_at": null });
    if !rotated {
        return acme.key_for(h, maker, owner, &body).await;
    }
    let own = acme.key(h, owner, &body).await;
    let path = format!("{}/{}/rotate", acme.keys_of(owner), own.id);
    let turned = maker.post(h, &path, &Value::Null).await.expect(200);
    // The owner's own secret goes on opening, whatever becomes of who rotated it.
    let secret = turned.text("/secret");
    NewKey {
        persona: owner.through(&secret),
        secret,
        ..own
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_an_admin_made_or_only_rotated_opens_nothing_once_they_are_out() {
    let h = without_jobs().await;
    for rotated in [false, true] {
        let acme = Organization::of(&h, h.person(&format!("olivia-{rotated}"))).await;
        let ann = acme.join(&h, &format!("ann-{rotated}"), "admin", &[]).await;
        let pat = acme
            .join(&h, &format!("pat-{rotated}"), "program_admin", &["spring"])
            .await;
        let key = made(&h, &acme, &ann, &pat, rotated).await;
        assert_eq!(told(&h, &acme, &key).await, opens());

        // Demoted below what the owner holds, and risen again.
        let spring = json!([{ "type": "program", "id": "spring" }]);
        change(
            &h,
            &acme,
            &ann,
            &json!({ "role": "program_facilitator", "resources": spring }),
        )
        .await;
        assert_eq!(told(&h, &acme, &key).await, is_lost());
        change(
            &h,
            &acme,
            &ann,
            &json!({ "role": "program_admin", "resources": spring }),
        )
        .await;
        assert_eq!(told(&h, &acme, &key).await, opens());
        change(&h, &acme, &ann, &json!({ "role": "admin" })).await;

        // Inactive for a while.
        let chosen = json!({ "members": [ann.id()] });
        for (verb, expected) in [("deactivate", is_lost()), ("activate", opens())] {
            acme.owner
                .post(&h, &acme.path(&format!("/members/{verb}")), &chosen)
                .await
                .expect(200);
            assert_eq!(told(&h, &acme, &key).await, expected, "{verb}");
        }

        // Gone. They do not invite themselves back with it.
        let path = acme.path(&format!("/members/{}", ann.id()));
        acme.owner.delete(&h, &path).await.expect(204);
        assert_eq!(told(&h, &acme, &key).await, is_lost());
        let back = invitation("ann@home.example", "program_sponsor", &["spring"]);
        key.persona
            .post(&h, &acme.path("/invitations"), &back)
            .await
            .problem(401, "unauthorized");

        // The owner rotates it in person: from then on it is theirs alone.
        let own = acme.rotate(&h, &key, 24).await;
        assert_eq!(told(&h, &acme, &own).await, opens());
        assert_eq!(
            key.code(&h).await,
            "maker_lost_authority",
            "the old secret is known still"
        );
    }
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_a_helper_made_ends_with_the_role_whether_its_time_is_up_or_it_is_switched_off() {
    let h = without_jobs().await;
    let acme = Organization::make(&h).await;
    acme.allow_helpers(&h).await;
    let (hal, hetty) = (acme.helper(&h, "hal").await, acme.helper(&h, "hetty").await);
    let ann = acme.join(&h, "ann", "admin", &[]).await;
    let end = acme.member(&h, &hal.id()).await["role_expires_at"].clone();
    let body = json!({ "name": "zapier", "expires_at": end });
    let key = acme.key_for(&h, &hal, &ann, &body).await;
    assert_eq!(told(&h, &acme, &key).await, opens());
    // Their time would go on, and they are made something less.
    let path = acme.path(&format!("/members/{}", hal.id()));
    acme.owner
        .patch(
            &h,
            &path,
            &json!({ "role": "program_sponsor", "resources": [{ "type": "program", "id": "spring" }] }),
        )
        .await
        .expect(200);
    assert_eq!(told(&h, &acme, &key).await, is_lost());

    let end = acme.member(&h, &hetty.id()).await["role_expires_at"].clone();
    let other = acme
        .key_for(&h, &hetty, &ann, &json!({ "name": "make", "expires_at": end }))
        .await;
    assert_eq!(told(&h, &acme, &other).await, opens());
    acme.optional_roles(&h, &[]).await;
    assert_eq!(told(&h, &acme, &other).await, is_lost());
    acme.optional_roles(&h, &["implementation_admin"]).await;
    assert_eq!(told(&h, &acme, &other).await, is_lost());
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_opens_less_where_its_maker_has_lost_some_of_it() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = acme.join(&h, "ann", "admin", &[]).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring", "autumn"]).await;
    let key = acme.key_for(&h, &ann, &pat, &json!({ "name": "zapier" })).await;
    let seen = async || {
        key.persona.get(&h, &acme.path("/resources")).await.expect(200).body["items"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(seen().await, 2);
    let autumn = json!([{ "type": "program", "id": "autumn" }]);
    change(
        &h,
        &acme,
        &ann,
        &json!({ "role": "program_admin", "resources": autumn }),
    )
    .await;
    assert_eq!(seen().await, 1);
    for (program, may) in [("spring", false), ("autumn", true)] {
        assert_eq!(key.may(&h, "content:write", Some(program)).await, may, "{program}");
    }
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_through_a_key_that_a_helper_made_is_worth_no_more_than_the_helper() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.allow_helpers(&h).await;
    let hal = acme.helper(&h, "hal").await;
    let ann = acme.join(&h, "ann", "admin", &[]).await;
    let end = acme.member(&h, &hal.id()).await["role_expires_at"].clone();
    let key = acme
        .key_for(&h, &hal, &ann, &json!({ "name": "zapier", "expires_at": end }))
        .await;
    let [early, late] = ["early", "late"].map(|name| h.person(name));
    for person in [&early, &late] {
        let body = invitation(person.email(), "admin", &[]);
        let sent = key
            .persona
            .post(&h, &acme.path("/invitations"), &body)
            .await
            .expect(201);
        assert_eq!(sent.text("/invitations/0/invited_by"), ann.id());
    }
    let token = h.invitation_token(early.email()).await;
    let joined = early.accept(&h, &token).await.expect(200);
    assert_eq!(joined.body["member"]["role_expires_at"], end);
    let path = acme.path(&format!("/members/{}", hal.id()));
    acme.owner.delete(&h, &path).await.expect(204);
    let token = h.invitation_token(late.email()).await;
    late.accept(&h, &token).await.problem(409, "inviter-lost-authority");
    // Once the owner of the key sends it again in person, it is on their word alone.
    let waiting = acme.pending(&h).await;
    let id = waiting[0]["id"].as_str().unwrap();
    ann.post(&h, &acme.invitation(id, "/resend"), &Value::Null)
        .await
        .expect(200);
    let token = h.invitation_token(late.email()).await;
    let joined = late.accept(&h, &token).await.expect(200);
    assert_eq!(joined.body["member"]["role_expires_at"], Value::Null);
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_export_is_made_for_a_key_whose_maker_is_gone() {
    let (h, mut stream) = Stream::apart().await;
    let acme = Organization::make(&h).await;
    let (ann, ada) = (
        join(&h, &acme, "ann", "admin", &[]).await,
        join(&h, &acme, "ada", "admin", &[]).await,
    );
    stream.drain(h.backend.app()).await;
    let key = acme.key_for(&h, &ann, &ada, &json!({ "name": "crm" })).await;
    let wanted = json!({ "format": "csv" });
    let ask = async || {
        key.persona
            .post(&h, &acme.path("/exports"), &wanted)
            .await
            .expect(202)
            .text("/id")
    };
    let state = async |id: &str| {
        let path = acme.path(&format!("/exports/{id}"));
        ada.get(&h, &path).await.expect(200).body["state"].clone()
    };
    let first = ask().await;
    stream.drain(h.backend.app()).await;
    assert_eq!(state(&first).await, "ready");
    let second = ask().await;
    let path = acme.path(&format!("/members/{}", ann.id()));
    acme.owner.delete(&h, &path).await.expect(204);
    stream.drain(h.backend.app()).await;
    assert_eq!(state(&second).await, "failed");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_key_that_another_member_knows_costs_a_read_more() {
    let b = Bench::start().await;
    let route = ROUTES.iter().find(|r| r.binary == "get-organization").unwrap();
    let mut case = prepare(&b, route).await;
    let ann = case.join(&b, "ann").await;
    let acme = case.organization();
    let own = acme.key(&b.h, &ann, &json!({ "name": "own" })).await;
    let given = acme.key_for(&b.h, &case.owner, &ann, &json!({ "name": "given" })).await;
    let question = |key: &NewKey| {
        json!({
            "subject": { "type": "api_key", "id": key.id, "properties": { "organization": acme.id } },
            "action": { "name": "programs:read" }, "resource": { "type": "program", "id": "spring" },
        })
    };
    for (key, more) in [(&own, 0), (&given, 1)] {
        // Its use is noted, and is no more for an hour.
        key.verify(&b.h, &json!({})).await.expect(200);
        let counted = |what: &str, trips: usize| {
            assert_eq!(b.faults.round_trips(), trips + more, "{what}: {:?}", b.faults.calls());
            b.faults.clear();
        };
        b.faults.clear();
        key.persona.get(&b.h, &acme.path("")).await.expect(200);
        counted("reading", 1);
        let asked = json!({ "action": "programs:read" });
        key.verify(&b.h, &asked).await.expect(200);
        counted("verifying", 1);
        let offer = invitation(&format!("{more}@x.example"), "participant", &["spring"]);
        key.persona
            .post(&b.h, &acme.path("/invitations"), &offer)
            .await
            .expect(201);
        counted("changing", 2);
        for who in [&key.persona, &ann] {
            let asked = who
                .post(&b.h, "/access/v1/evaluation", &question(key))
                .await
                .expect(200);
            assert_eq!(asked.body["decision"], true);
            counted("asking", 1);
        }
    }
}

/// How a secret is told that it opens nothing: by a route, and by verification.
async fn refused(h: &Harness, acme: &Organization, key: &NewKey, secret: &str) -> (u16, Value) {
    let used = key.persona.through(secret).get(h, &acme.path("")).await;
    let body = json!({ "key": secret });
    let verified = acme.owner.post(h, "/v1/api-keys/verify", &body).await.expect(200);
    assert_eq!(verified.body["valid"], false, "{:#}", verified.body);
    (used.status, verified.body["code"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_without_access_is_refused_as_one_for_every_knower_of_an_earlier_one() {
    let h = without_jobs().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let body = json!({ "name": "made for Pat" });
    // The owner of the organization makes it and knows the first secret; Pat rotates it.
    let first = acme.key_for(&h, &acme.owner, &pat, &body).await;
    let second = acme.rotate(&h, &first, 1).await;
    let id: KeyId = first.secret.parse::<Secret>().unwrap().key();
    let made_up = Secret::new(id, acme.id.parse().unwrap(), 7);
    let nothing = (401, json!("not_found"));
    assert_eq!(refused(&h, &acme, &first, made_up.reveal()).await, nothing, "made up");
    h.advance(jiff::SignedDuration::from_hours(2));
    assert_eq!(
        refused(&h, &acme, &first, &first.secret).await,
        nothing,
        "the overlap is over"
    );
    second.persona.get(&h, &acme.path("")).await.expect(200);
    let third = acme.rotate(&h, &second, 1).await;
    let fourth = acme.rotate(&h, &third, 1).await;
    assert_eq!(
        refused(&h, &acme, &first, &second.secret).await,
        nothing,
        "rotated twice since"
    );
    pat.delete(&h, &format!("{}/{}", acme.keys_of(&pat), first.id))
        .await
        .expect(204);
    for secret in [&first, &second, &third, &fourth].map(|key| &key.secret) {
        let (status, _) = refused(&h, &acme, &first, secret).await;
        assert_eq!(status, 401, "revoked");
    }
    recount(&h).await;
}
