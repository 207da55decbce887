//! A role keeps where it came from until it is changed; one from before that was recorded has no source.

use super::{grant_of, latest, on, path_of, source};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use muster_domain::member::MAX_GRANTS;
use muster_store::Key;
use muster_store::items::Item;
use muster_tests::harness::{Harness, Organization};
use muster_tests::{Persona, recount};
use serde_json::{Value, json};

/// The sources of all that a member holds, as the owner sees them.
async fn sources(h: &Harness, acme: &Organization, who: &Persona) -> [Value; 3] {
    let member = acme.member(h, &who.id()).await;
    [
        member["role_source"].clone(),
        on(&member, "autumn").clone(),
        on(&member, "spring").clone(),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn no_change_of_anything_else_touches_where_a_role_came_from() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pia = acme.join(&h, "pia", "participant", &["spring", "autumn"]).await;
    acme.owner
        .put(
            &h,
            &grant_of(&acme, &pia, "autumn"),
            &json!({ "role": "program_sponsor" }),
        )
        .await
        .expect(200);
    let before = sources(&h, &acme, &pia).await;
    assert_eq!(
        before.each_ref().map(|source| source["kind"].clone()),
        ["invitation", "assigned", "invitation"]
    );
    h.advance_days(1);
    let (ada, path) = (acme.join(&h, "ada", "admin", &[]).await, path_of(&acme, &pia));
    let same = json!({ "role": "participant", "grants": [{ "type": "program", "id": "spring", "role": "participant" },
        { "type": "program", "id": "autumn", "role": "program_sponsor" }] });
    for body in [
        json!({ "name": "Pia P.", "bio": "Learns" }),
        json!({ "status": "inactive" }),
        json!({ "status": "active" }),
        same,
    ] {
        ada.patch(&h, &path, &body).await.expect(200);
        assert_eq!(sources(&h, &acme, &pia).await, before, "{body}");
    }
    for to in ["deactivate", "activate"] {
        let path = acme.path(&format!("/members/{to}"));
        ada.post(&h, &path, &json!({ "members": [pia.id()] })).await.expect(200);
        assert_eq!(sources(&h, &acme, &pia).await, before, "{to}");
    }
    // The same once more is no change, and one that comes or goes beside it changes nothing here.
    let autumn = grant_of(&acme, &pia, "autumn");
    ada.put(&h, &autumn, &json!({ "role": "program_sponsor" }))
        .await
        .expect(200);
    assert_eq!(sources(&h, &acme, &pia).await, before);
    let winter = acme.path("/resources/program/winter");
    ada.put(&h, &winter, &json!({ "name": "Winter" })).await.expect(201);
    ada.put(&h, &grant_of(&acme, &pia, "winter"), &json!({ "role": "participant" }))
        .await
        .expect(200);
    assert_eq!(sources(&h, &acme, &pia).await, before);
    ada.delete(&h, &grant_of(&acme, &pia, "winter")).await.expect(204);
    assert_eq!(sources(&h, &acme, &pia).await, before);
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_end_is_a_change_by_hand_of_that_role_alone() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pia = acme.join(&h, "pia", "participant", &["spring", "autumn"]).await;
    let [role, _, spring] = sources(&h, &acme, &pia).await;
    let ada = acme.join(&h, "ada", "admin", &[]).await;
    for end in [
        json!("2999-12-31T00:00:00Z"),
        json!("2999-06-30T00:00:00Z"),
        Value::Null,
    ] {
        h.advance_days(1);
        let body = json!({ "role": "participant", "expires_at": end });
        ada.put(&h, &grant_of(&acme, &pia, "autumn"), &body).await.expect(200);
        let assigned = source("assigned", &ada.id(), &latest(&h, &acme).await);
        assert_eq!(
            sources(&h, &acme, &pia).await,
            [role.clone(), assigned, spring.clone()],
            "{end}"
        );
    }
    recount(&h).await;
}

/// The member's item, from before it was recorded where roles come from.
async fn aged(h: &Harness, acme: &Organization, who: &Persona) {
    let client = Client::new(&h.quiet_sdk());
    client
        .update_item()
        .table_name(h.backend.table())
        .set_key(Some(key_of(acme, who).attributes()))
        .update_expression("REMOVE #role.#source, #grants[0].#source, #grants[1].#source")
        .condition_expression("attribute_exists(#role.#source) AND attribute_exists(#grants[1].#source)")
        .expression_attribute_names("#role", "role")
        .expression_attribute_names("#grants", "grants")
        .expression_attribute_names("#source", "source")
        .send()
        .await
        .unwrap();
}

fn key_of(acme: &Organization, who: &Persona) -> Key {
    Key::member(acme.id.parse().unwrap(), who.id().parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_from_before_sources_were_recorded_has_none_until_it_is_changed() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pia = acme.join(&h, "pia", "participant", &["spring", "autumn"]).await;
    aged(&h, &acme, &pia).await;
    let unknown = [Value::Null, Value::Null, Value::Null];
    let member = acme.member(&h, &pia.id()).await;
    assert!(member.get("role_source").is_some() && member["grants"][0].get("source").is_some());
    assert_eq!(sources(&h, &acme, &pia).await, unknown);
    let question = json!({ "subject": { "type": "user", "id": pia.id() }, "action": { "name": "content:read" },
        "resource": { "type": "program", "id": "spring" }, "context": { "organization": acme.id } });
    let told = h
        .platform()
        .post(&h, "/access/v1/evaluation", &question)
        .await
        .expect(200);
    assert_eq!(told.body["context"].get("source"), Some(&Value::Null));
    let own = pia.get(&h, &acme.path("/members/me")).await.expect(200);
    assert_eq!(own.body.get("role_source"), Some(&Value::Null));

    // Neither another change nor the same once more makes one up.
    let path = path_of(&acme, &pia);
    acme.owner
        .patch(&h, &path, &json!({ "name": "Pia P." }))
        .await
        .expect(200);
    let spring = grant_of(&acme, &pia, "spring");
    acme.owner
        .put(&h, &spring, &json!({ "role": "participant" }))
        .await
        .expect(200);
    assert_eq!(sources(&h, &acme, &pia).await, unknown);
    acme.owner
        .put(&h, &spring, &json!({ "role": "program_sponsor" }))
        .await
        .expect(200);
    let assigned = source("assigned", &acme.owner.id(), &latest(&h, &acme).await);
    assert_eq!(
        sources(&h, &acme, &pia).await,
        [Value::Null, Value::Null, assigned.clone()]
    );
    let event = acme.events(&h).await.remove(0);
    assert_eq!(
        (on(&event["before"], "spring"), on(&event["after"], "spring")),
        (&Value::Null, &assigned)
    );
    let file = h.fetch(&acme.owner, &acme.path("/members/export")).await.lines();
    let row = file.iter().find(|row| row[2] == pia.email()).unwrap();
    assert_eq!(row[11], "");
    assert!(
        row[12].starts_with("program/spring: assigned by usr_") && !row[12].contains(';'),
        "{}",
        row[12]
    );
    recount(&h).await;
}

/// The bytes of an attribute's value, about as DynamoDB counts them.
fn size(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) | AttributeValue::N(text) => text.len(),
        AttributeValue::L(list) => list.iter().map(|value| size(value) + 1).sum(),
        AttributeValue::M(map) => map.iter().map(|(name, value)| name.len() + size(value) + 1).sum(),
        _ => 1,
    }
}

fn size_of(item: &Item) -> usize {
    item.iter().map(|(name, value)| name.len() + size(value)).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_of_one_program_fits_a_kilobyte_and_of_the_most_programs_sixteen() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pia = acme.join(&h, "pia", "participant", &["spring"]).await;
    let stored = async || {
        let items = recount::items(&h).await;
        let own = items
            .into_iter()
            .find(|item| Key::of(item) == Some(key_of(&acme, &pia)));
        size_of(&own.unwrap())
    };
    let one = stored().await;
    assert!(one < 1_000, "{one}");
    let mut grants = Vec::new();
    for n in 0..MAX_GRANTS {
        let path = acme.path(&format!("/resources/program/p{n}"));
        acme.owner.put(&h, &path, &json!({ "name": "P" })).await.expect(201);
        grants.push(json!({ "type": "program", "id": format!("p{n}"), "role": "participant" }));
    }
    let body = json!({ "role": "participant", "grants": &grants[..MAX_GRANTS / 2] });
    acme.owner.patch(&h, &path_of(&acme, &pia), &body).await.expect(200);
    let body = json!({ "role": "participant", "grants": grants });
    acme.owner.patch(&h, &path_of(&acme, &pia), &body).await.expect(200);
    let most = stored().await;
    assert!(most < 16 * 1024, "{most}");
}
