//! What a stranger's request asks of the table: the same for an organization of many, an empty one, and one that is not there.
//! So neither its time nor its cost tells which it was, and nothing is read for those who may not see it.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use muster_domain::{KeyId, Secret, UserId};
use muster_functions::routes::{Access, ROUTES, Route};
use muster_store::Key;
use muster_tests::bench::Bench;
use muster_tests::faults::{Exchange, QUERY, READ};
use muster_tests::harness::Organization;
use muster_tests::requests::{Case, prepare};
use muster_tests::sampled::sampled;
use muster_tests::shortcuts::participants;
use muster_tests::{Answer, NewKey, Persona};
use serde_json::{Value, json};

const NOWHERE: &str = "org_0000000000000000000042";

/// Routes that speak of an organization, in their path or in their body.
fn inside() -> impl Iterator<Item = &'static Route> {
    let named = |r: &&Route| (r.path.contains("{org}") && r.access != Access::Public) || r.access == Access::Asker;
    ROUTES.iter().filter(named)
}

/// Sends the request of a case as somebody, to an organization that stands in place of the case's own; gives what was asked of AWS.
async fn sent(b: &Bench, case: &Case, who: &Persona, organization: &str) -> (Answer, Vec<Exchange>) {
    let own = &case.organization().id;
    let path = case.path.replace(own, organization);
    let body = case.body.as_ref().map(Value::to_string);
    let body = body.map(|text| text.replace(own, organization));
    let body: Option<Value> = body.map(|text| serde_json::from_str(&text).unwrap());
    b.faults.clear();
    let method = case.method.clone();
    let answer = b.h.send(Some(who), method, &path, body.as_ref(), &[]).await;
    (answer, b.faults.exchanges())
}

/// What was asked, whichever organization it was asked of.
fn asked(exchanges: &[Exchange], organization: &str) -> Vec<(String, Value)> {
    let plain = |exchange: &Exchange| {
        let request = exchange.request().to_string().replace(organization, "ORGANIZATION");
        (exchange.operation.clone(), serde_json::from_str(&request).unwrap())
    };
    exchanges.iter().map(plain).collect()
}

/// Fills the organization of a case with events, people, invitations and contacts.
async fn filled(b: &Bench, case: &Case) {
    let (h, acme) = (&b.h, case.organization());
    if case.path.ends_with("/restore") || case.path.ends_with("/suspension") {
        return;
    }
    for n in 0..3 {
        let guests: Vec<String> = (0..20)
            .map(|m| format!("guest{n}x{m}-{}@x.example", case.tag))
            .collect();
        let path = acme.path("/invitations");
        case.owner.post(h, &path, &participants(&guests)).await.expect(201);
    }
    for n in 0..10 {
        let contact = acme.path(&format!("/contacts/more{n}"));
        let body = json!({ "email": format!("more{n}-{}@x.example", case.tag), "name": "More" });
        case.owner.put(h, &contact, &body).await.expect(201);
        let resource = acme.path(&format!("/resources/program/more{n}"));
        case.owner
            .put(h, &resource, &json!({ "name": "More" }))
            .await
            .expect(201);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_asks_the_same_of_the_table_however_much_there_is_and_lists_nothing() {
    let b = Bench::start().await;
    let empty = Organization::with_roles(&b.h, b.h.person("emma"), "program-delivery").await;
    for route in sampled("a stranger and a full table", inside().collect(), 3) {
        let case = prepare(&b, route).await;
        filled(&b, &case).await;
        let stranger = case.person(&b, "stella");
        let places = [case.organization().id.as_str(), empty.id.as_str(), NOWHERE];
        let mut told = Vec::new();
        for place in places {
            let (answer, exchanges) = sent(&b, &case, &stranger, place).await;
            // One read by key, each of which costs the same whether or not anything lies there; none where only the platform may call.
            let (refusal, reads): (u16, &[&str]) = match route.access {
                Access::Platform => (403, &[]),
                Access::Asker if !route.path.contains("{org}") => (403, &[READ]),
                _ => (404, &[READ]),
            };
            assert_eq!(answer.status, refusal, "{}: {:#}", route.binary, answer.body);
            let operations: Vec<_> = exchanges.iter().map(|e| e.operation.as_str()).collect();
            assert_eq!(operations, reads, "{}", route.binary);
            told.push(asked(&exchanges, place));
        }
        assert_eq!(told[0], told[1], "{}", route.binary);
        assert_eq!(told[0], told[2], "{}", route.binary);
    }
}

/// Keys that nobody made: of people who are there or not, beside keys that are there or not.
fn made_up(b: &Bench, known: &NewKey, organization: &str) -> Vec<Persona> {
    let known_key = known.secret.parse::<Secret>().unwrap().key();
    let number = u64::try_from(b.number()).unwrap();
    let owner = UserId::of("https://nobody.example", &number.to_string());
    let nobodys = KeyId { owner, ..known_key };
    let nobody = b.h.person("nobody");
    let keys = [known_key, nobodys].into_iter().map(|id| {
        let secret = Secret::new(id, organization.parse().unwrap(), number.into());
        nobody.through(secret.reveal())
    });
    keys.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_made_up_key_is_told_the_same_whatever_is_there() {
    let b = Bench::start().await;
    let known = {
        let acme = Organization::of(&b.h, b.h.person("kim")).await;
        acme.key(&b.h, &acme.owner, &json!({ "name": "zapier" })).await
    };
    let gone = Organization::of(&b.h, b.h.person("gus")).await;
    gone.owner.delete(&b.h, &gone.path("")).await.expect(204);
    let other = Organization::of(&b.h, b.h.person("otto")).await;
    for route in inside() {
        let case = prepare(&b, route).await;
        let there = case.organization().id.clone();
        // Of a deleted organization nothing is read, and of a suspended one no key is made.
        let key = match case.owner.get(&b.h, &case.organization().path("")).await.status {
            200 if route.binary != "resume-organization" => {
                case.organization()
                    .key(&b.h, &case.owner, &json!({ "name": "own" }))
                    .await
            }
            _ => known.clone(),
        };
        let mut told = Vec::new();
        for place in [there.as_str(), &gone.id, NOWHERE] {
            for (asked, others) in [
                (place, false),
                (other.id.as_str(), true),
                ("org_0000000000000000000043", true),
            ] {
                for caller in made_up(&b, &key, place) {
                    let (answer, exchanges) = sent(&b, &case, &caller, asked).await;
                    let operations: Vec<_> = exchanges.iter().map(|e| e.operation.clone()).collect();
                    let mut body = answer.body.clone();
                    body["request_id"] = Value::Null;
                    told.push((others && route.access != Access::Asker, answer.status, body, operations));
                }
            }
        }
        for (of_another, status, _, operations) in &told {
            let refusal = match route.access.takes_keys() {
                true => (if *of_another { 404 } else { 401 }, vec![READ.to_owned()]),
                // Where no key is accepted, none is looked up.
                false => (403, Vec::new()),
            };
            assert_eq!((*status, operations.clone()), refusal, "{}", route.binary);
        }
        for of_another in [false, true] {
            let mut alike = told.iter().filter(|(other, ..)| *other == of_another);
            let first = alike.next();
            assert!(alike.all(|one| Some(one) == first), "{}: {told:#?}", route.binary);
        }
    }
}

/// Whatever is done with an organization takes time, which a stranger could measure: so nothing is, not even to make it of its item.
#[tokio::test(flavor = "multi_thread")]
async fn a_strangers_answer_rests_on_nothing_of_the_organization() {
    let b = Bench::start().await;
    let acme = Organization::of(&b.h, b.h.person("olivia")).await;
    let own = acme.key(&b.h, &acme.owner, &json!({ "name": "zapier" })).await;
    Client::new(&b.h.quiet_sdk())
        .update_item()
        .table_name(b.h.backend.table())
        .set_key(Some(Key::organization(acme.id.parse().unwrap()).attributes()))
        .update_expression("SET created_at = :nonsense")
        .condition_expression("attribute_exists(created_at)")
        .expression_attribute_values(":nonsense", AttributeValue::S("nonsense".into()))
        .send()
        .await
        .unwrap();
    let question = json!({ "subject": { "type": "user", "id": acme.owner.id(), "properties": { "organization": acme.id } },
        "action": { "name": "content:read" }, "resource": { "type": "program", "id": "spring" } });
    let (path, stranger) = (acme.path("/members"), b.h.person("stella"));
    for known in [&acme.owner, &own.persona] {
        known.get(&b.h, &path).await.problem(500, "internal");
    }
    stranger.get(&b.h, &path).await.problem(404, "not-found");
    stranger
        .post(&b.h, "/access/v1/evaluation", &question)
        .await
        .problem(403, "forbidden");
    // Where the key itself is there, it takes its id to come so far.
    for caller in &made_up(&b, &own, &acme.id)[1..] {
        let asked = json!({ "key": caller.token(&b.h) });
        let verdict = stranger.post(&b.h, "/v1/api-keys/verify", &asked).await.expect(200);
        assert_eq!(verdict.body["code"], "not_found");
        caller.get(&b.h, &path).await.problem(401, "unauthorized");
        caller
            .post(&b.h, "/access/v1/evaluation", &question)
            .await
            .problem(401, "unauthorized");
    }
    for caller in made_up(&b, &own, NOWHERE) {
        caller.get(&b.h, &path).await.problem(404, "not-found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_listed_for_a_member_who_may_not_see_it_either() {
    let b = Bench::start().await;
    let lists = ROUTES.iter().filter(|r| r.path.contains("{org}") && r.may(QUERY));
    let mut tried = 0;
    for route in lists.filter(|r| r.binary != "list-resources") {
        let case = prepare(&b, route).await;
        let participant = case.person(&b, "pia");
        let participant = case.join_as(&b, participant, "participant").await;
        let inactive = case.person(&b, "ina");
        let inactive = case.join_as(&b, inactive, "admin").await;
        let body = json!({ "members": [inactive.id()] });
        let path = case.organization().path("/members/deactivate");
        case.owner.post(&b.h, &path, &body).await.expect(200);
        for who in [&participant, &inactive] {
            let own = case.organization().id.clone();
            let (answer, exchanges) = sent(&b, &case, who, &own).await;
            assert_eq!(answer.status, 403, "{}: {:#}", route.binary, answer.body);
            let queries = exchanges.iter().filter(|e| e.operation == QUERY).count();
            assert_eq!(queries, 0, "{}", route.binary);
        }
        tried += 1;
    }
    assert_eq!(
        tried, 8,
        "events, contacts, invitations, keys, people, people as a file, and two searches"
    );
}
