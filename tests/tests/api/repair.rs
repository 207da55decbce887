//! Repair: every damage done by hand is told and fixed, and nothing else is touched.

mod in_use;
mod left_alone;
mod spelling;

use aws_sdk_dynamodb::types::AttributeValue;
use muster_domain::OrganizationId;
use muster_store::Key;
use muster_store::items::Item;
use muster_store::repair::{DifferenceKind, Options, RepairOutcome, Report};
use muster_tests::harness::{Harness, Organization};
use muster_tests::{Persona, recount};
use serde_json::json;
use std::time::Duration;

/// An organization with some of everything.
struct Scene {
    h: Harness,
    acme: Organization,
    pat: Persona,
}

impl Scene {
    async fn set() -> Self {
        let h = Harness::start().await;
        let acme = Organization::make(&h).await;
        let pat = acme.join(&h, "pat", "program_facilitator", &["spring"]).await;
        let ian = acme.join(&h, "ian", "participant", &["spring", "autumn"]).await;
        acme.join(&h, "ada", "admin", &[]).await;
        acme.invite(&h, "ivy@acme.example", "program_sponsor", &["autumn"])
            .await;
        acme.key(&h, &pat, &json!({ "name": "Pat's" })).await;
        for (id, name) in [("c1", "Carla Contact"), ("c2", "Cem Contact")] {
            let body = json!({ "email": format!("{id}@other.example"), "name": name });
            acme.owner
                .put(&h, &acme.path(&format!("/contacts/{id}")), &body)
                .await
                .expect(201);
        }
        let body = json!({ "members": [ian.id()] });
        acme.owner
            .post(&h, &acme.path("/members/deactivate"), &body)
            .await
            .expect(200);
        h.backend.drained().await;
        Self { h, acme, pat }
    }

    fn id(&self) -> OrganizationId {
        self.acme.id.parse().unwrap()
    }

    async fn repair(&self, fix: bool) -> Report {
        let options = Options {
            now: self.h.backend.clock().now(),
            pause: Duration::from_millis(50),
            fix,
        };
        self.h
            .backend
            .app()
            .store()
            .repair(self.id(), options)
            .await
            .expect("a report")
    }

    /// What differs, without fixing it.
    async fn differing(&self) -> Vec<DifferenceKind> {
        let report = self.repair(false).await;
        assert!(
            report.differences.iter().all(|d| d.outcome == RepairOutcome::Found),
            "{report:#?}"
        );
        let mut what: Vec<DifferenceKind> = report.differences.iter().map(|d| d.kind).collect();
        what.sort_unstable();
        what.dedup();
        what
    }

    fn client(&self) -> aws_sdk_dynamodb::Client {
        aws_sdk_dynamodb::Client::new(self.h.backend.app().sdk())
    }

    fn table(&self) -> &str {
        self.h.backend.table()
    }

    async fn get(&self, key: &Key) -> Option<Item> {
        let get = self.client().get_item().table_name(self.table());
        get.set_key(Some(key.attributes()))
            .consistent_read(true)
            .send()
            .await
            .unwrap()
            .item
    }

    async fn put(&self, key: &Key, item: Item) {
        let mut item = item;
        item.extend(key.attributes());
        self.client()
            .put_item()
            .table_name(self.table())
            .set_item(Some(item))
            .send()
            .await
            .unwrap();
    }

    async fn delete(&self, key: &Key) {
        let delete = self.client().delete_item().table_name(self.table());
        delete.set_key(Some(key.attributes())).send().await.unwrap();
    }

    /// Changes an attribute of an item by hand; none takes it away.
    async fn alter(&self, key: &Key, name: &str, value: Option<AttributeValue>) {
        let mut item = self.get(key).await.expect("there is something to alter");
        match value {
            Some(value) => item.insert(name.to_owned(), value),
            None => item.remove(name),
        };
        self.put(key, item).await;
    }

    /// The first key of the organization that begins with this and ends with that.
    async fn key(&self, begins: &str, ends: &str) -> Key {
        let pk = format!("ORG#{}", self.acme.id);
        let query = self.client().query().table_name(self.table());
        let found = query
            .key_condition_expression("PK = :pk AND begins_with(SK, :begins)")
            .expression_attribute_values(":pk", text(&pk))
            .expression_attribute_values(":begins", text(begins))
            .send()
            .await
            .unwrap();
        let found = found
            .items()
            .iter()
            .filter_map(Key::of)
            .find(|key| key.sk.ends_with(ends));
        found.unwrap_or_else(|| panic!("nothing begins with {begins} and ends with {ends}"))
    }

    fn at(&self, sk: &str) -> Key {
        Key {
            pk: format!("ORG#{}", self.acme.id),
            sk: sk.to_owned(),
        }
    }

    fn member(&self) -> Key {
        Key::member(self.id(), self.pat.id().parse().unwrap())
    }

    /// Asserts that exactly this differs, that it stays so until it is fixed, and that then nothing does.
    async fn fixes(&self, damage: &str, expected: &[DifferenceKind]) {
        assert_eq!(self.differing().await, expected, "{damage}");
        assert_eq!(self.differing().await, expected, "{damage} is told, and nothing done");
        let report = self.repair(true).await;
        assert!(
            report.is_clean() && !report.differences.is_empty(),
            "{damage}: {report:#?}"
        );
        self.h.backend.drained().await;
        assert_eq!(self.repair(true).await, Report::default(), "{damage} is fixed");
        recount(&self.h).await;
    }
}

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

fn number(value: i64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// An entry of a long time ago.
fn entry() -> Item {
    let mark = "2020-01-01T00:00:00.000Z#00000000000000000001";
    Item::from([("kind".to_owned(), text("entry")), ("mark".to_owned(), text(mark))])
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_told_of_an_organization_that_is_as_it_should_be() {
    let s = Scene::set().await;
    assert_eq!(s.repair(false).await, Report::default());
    assert_eq!(s.repair(true).await, Report::default());
    recount(&s.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_that_are_lost_or_left_over_are_told_and_fixed() {
    let s = Scene::set().await;
    let pat = s.pat.id();
    for prefix in ["NAME#", "STATUS#", "JOINED#", "WORD#", "HOLDER#", "GRANT#"] {
        let key = s.key(prefix, &pat).await;
        s.delete(&key).await;
        s.fixes(&format!("{prefix} is lost"), &[DifferenceKind::Entry]).await;
    }
    for prefix in ["OFFERED#", "OFFERED_ON#"] {
        let key = s.key(prefix, "").await;
        s.delete(&key).await;
        s.fixes(&format!("{prefix} is lost"), &[DifferenceKind::Entry]).await;
    }
    let stranger = muster_domain::UserId::of("nowhere", "nobody");
    for sk in [
        format!("WORD#else#{pat}"),
        format!("STATUS#inactive#pat#{pat}"),
        format!("HOLDER#admin#nobody#{stranger}"),
        "NAME#of nobody".to_owned(),
    ] {
        s.put(&s.at(&sk), entry()).await;
        s.fixes(&format!("{sk} is left over"), &[DifferenceKind::Entry]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_claims_and_claims_without_a_holder_are_reported_and_fixed() {
    let s = Scene::set().await;
    let claim = Key::claim(s.id(), &s.pat.email().parse().unwrap());
    s.delete(&claim).await;
    s.fixes("the claim of a member is lost", &[DifferenceKind::Claim]).await;
    s.delete(&Key::claim(s.id(), &"ivy@acme.example".parse().unwrap()))
        .await;
    s.fixes("the claim of an invitation is lost", &[DifferenceKind::Claim])
        .await;
    let stranger = muster_domain::UserId::of("nowhere", "nobody").to_string();
    s.alter(&claim, "holder", Some(text(&stranger))).await;
    s.fixes("somebody who is not there holds a claim", &[DifferenceKind::Claim])
        .await;
    s.alter(&claim, "holder", Some(text(&s.acme.owner.id()))).await;
    s.fixes("somebody with another address holds a claim", &[DifferenceKind::Claim])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_two_people_hold_is_left_to_a_person_to_decide() {
    let s = Scene::set().await;
    let twin = muster_domain::UserId::of("nowhere", "twin");
    let mut item = s.get(&s.member()).await.unwrap();
    item.insert("id".to_owned(), text(&twin.to_string()));
    item.insert("seat".to_owned(), AttributeValue::Bool(false));
    item.insert("keys".to_owned(), number(0));
    s.put(&Key::member(s.id(), twin), item).await;
    let report = s.repair(true).await;
    let claims: Vec<RepairOutcome> = report
        .differences
        .iter()
        .filter(|d| d.kind == DifferenceKind::Claim)
        .map(|d| d.outcome)
        .collect();
    assert_eq!(claims, [RepairOutcome::Undecided], "{report:#?}");
    assert!(!report.is_clean());
    assert_eq!(s.differing().await, [DifferenceKind::Claim], "all else of it is fixed");
}

#[tokio::test(flavor = "multi_thread")]
async fn counters_that_are_wrong_are_told_and_fixed() {
    let s = Scene::set().await;
    let organization = Key::organization(s.id());
    s.alter(&organization, "seats_used", Some(number(0))).await;
    s.fixes("seats are wrong", &[DifferenceKind::Seats]).await;
    s.alter(&organization, "active_owners", Some(number(7))).await;
    s.fixes("owners are wrong", &[DifferenceKind::Owners]).await;
    s.alter(&s.member(), "keys", Some(number(3))).await;
    s.fixes("the number of keys is wrong", &[DifferenceKind::Keys]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_and_what_of_people_is_in_them_are_told_and_fixed() {
    let s = Scene::set().await;
    let counts = Key::counts(s.id());
    s.alter(&counts, "status:active", Some(number(40))).await;
    s.fixes("a number is wrong", &[DifferenceKind::Counts]).await;
    s.alter(&counts, "role:of_old", Some(number(4))).await;
    s.fixes("a number is of nobody", &[DifferenceKind::Counts]).await;
    s.delete(&counts).await;
    s.fixes("the counts are lost", &[DifferenceKind::Counts]).await;
    let note = s.key("COUNTED#", &s.pat.id()).await;
    let item = s.get(&note).await.unwrap();
    s.delete(&note).await;
    s.fixes("a note is lost", &[DifferenceKind::Note, DifferenceKind::Counts])
        .await;
    let stranger = muster_domain::UserId::of("nowhere", "nobody");
    s.put(&s.at(&format!("COUNTED#{stranger}")), item).await;
    s.fixes("a note is of nobody", &[DifferenceKind::Note, DifferenceKind::Counts])
        .await;
    s.alter(&note, "status", Some(text("inactive"))).await;
    s.fixes(
        "a note is of another state",
        &[DifferenceKind::Note, DifferenceKind::Counts],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn items_of_contacts_that_are_lost_altered_or_left_over_are_told_and_fixed() {
    let s = Scene::set().await;
    let at = s.key("CONTACT_AT#c1", "").await;
    s.delete(&at).await;
    s.fixes("the item of an address is lost", &[DifferenceKind::Contact])
        .await;
    let word = s.key("CONTACT_WORD#carla", "").await;
    s.delete(&word).await;
    s.fixes("the item of a word is lost", &[DifferenceKind::Contact]).await;
    s.alter(&word, "name", Some(text("Another"))).await;
    s.fixes("a word shows another name", &[DifferenceKind::Contact]).await;
    let contact = s.get(&word).await.unwrap();
    s.put(&s.at("CONTACT_WORD#zoe#c1"), contact.clone()).await;
    s.fixes("a word is left over", &[DifferenceKind::Contact]).await;
    s.put(&s.at("CONTACT_AT#old@other.example"), contact).await;
    s.fixes("an address is left over", &[DifferenceKind::Contact]).await;
    let gone = s.key("CONTACT#c2", "").await;
    s.delete(&gone).await;
    s.fixes("the contact of its items is gone", &[DifferenceKind::Contact])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_who_fell_out_of_an_index_come_back() {
    let s = Scene::set().await;
    for name in ["activity_sk", "gsi1pk"] {
        s.alter(&s.member(), name, None).await;
        s.fixes(&format!("{name} is lost"), &[DifferenceKind::Index]).await;
        assert!(s.get(&s.member()).await.unwrap().contains_key(name));
    }
    let own = format!("ORG#{}", s.acme.id);
    let shard = s.get(&s.member()).await.unwrap()["activity_pk"].as_s().unwrap().clone();
    let another = if shard == own { format!("{own}#1") } else { own };
    s.alter(&s.member(), "activity_pk", Some(text(&another))).await;
    s.fixes("a member lies in another shard", &[DifferenceKind::Index])
        .await;
    let invitation = s.key("TEAM#INVITATION#", "").await;
    s.alter(&invitation, "due_pk", None).await;
    s.fixes("an invitation does not expire", &[DifferenceKind::Index]).await;
}
