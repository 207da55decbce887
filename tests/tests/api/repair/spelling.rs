//! A table whose entries were made when names were compared in another way: letters, apostrophes and domains as they were written.

use super::Scene;
use muster_store::Key;
use muster_store::repair::{DifferenceKind, Report};
use muster_tests::recount;
use serde_json::{Value, json};

/// Ids of the people, or the contacts, that are found.
async fn found(s: &Scene, list: &str, q: &str) -> Vec<Value> {
    let path = s.acme.path(&format!("/{list}?q={q}"));
    let page = s.acme.owner.get(&s.h, &path).await.expect(200);
    let items = page.body["items"].as_array().unwrap();
    items.iter().map(|item| item["id"].clone()).collect()
}

/// Moves what lies at these sort keys to others.
async fn moved(s: &Scene, from: &str, to: Option<&str>) {
    let item = s
        .get(&s.at(from))
        .await
        .unwrap_or_else(|| panic!("nothing is at {from}"));
    s.delete(&s.at(from)).await;
    if let Some(to) = to {
        s.put(&s.at(to), item).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_of_an_earlier_spelling_are_told_and_rewritten() {
    let s = Scene::set().await;
    let id = s.pat.id();
    let me = s.acme.path("/members/me");
    s.pat
        .patch(&s.h, &me, &json!({ "name": "Łukasz O’Brien" }))
        .await
        .expect(200);
    let contact = json!({ "email": "soren@exämple.example", "name": "Søren Ørsted" });
    let path = s.acme.path("/contacts/c9");
    s.acme.owner.put(&s.h, &path, &contact).await.expect(201);
    s.h.backend.drained().await;
    assert_eq!(s.repair(true).await, Report::default());

    for (word, earlier) in [
        ("lukasz", Some("łukasz")),
        ("o'brien", Some("o’brien")),
        ("obrien", None),
    ] {
        let at = |word: &str| format!("WORD#{word}#{id}");
        moved(&s, &at(word), earlier.map(at).as_deref()).await;
    }
    let pk = s.at("").pk;
    let keys = recount::items(&s.h).await;
    let places = keys.iter().filter_map(Key::of).filter(|key| key.pk == pk);
    let places: Vec<String> = places
        .map(|key| key.sk)
        .filter(|sk| sk.contains("#lukasz$o'brien#"))
        .collect();
    assert!(places.len() >= 4, "by name, status, role and resource: {places:?}");
    for place in places {
        let earlier = place.replace("lukasz$o'brien", "łukasz$o’brien");
        moved(&s, &place, Some(&earlier)).await;
    }
    let stored = "xn--exmple-cua.example";
    let at = |word: &str| format!("CONTACT_WORD#{word}#c9");
    moved(&s, &at("orsted"), Some(&at("ørsted"))).await;
    moved(&s, &at("soren@example.example"), Some(&at("søren"))).await;
    moved(&s, &at("example.example"), None).await;
    assert!(
        s.get(&s.at(&at(stored))).await.is_some(),
        "as it is stored it was found before"
    );

    for (list, q) in [
        ("members", "lukasz"),
        ("members", "obrien"),
        ("contacts", "orsted"),
        ("contacts", "exämple"),
    ] {
        assert_eq!(found(&s, list, q).await, Vec::<Value>::new(), "{list} {q}");
    }
    s.fixes(
        "names are compared in another way",
        &[DifferenceKind::Entry, DifferenceKind::Contact],
    )
    .await;
    for q in ["lukasz", "łukasz", "ŁUKASZ", "o'brien", "o’brien", "obrien", "brien"] {
        assert_eq!(found(&s, "members", q).await, [json!(id)], "{q}");
    }
    for q in [
        "orsted",
        "ørsted",
        "søren",
        "soren",
        "exämple",
        "example",
        stored,
        "soren@exämple",
    ] {
        assert_eq!(found(&s, "contacts", q).await, [json!("c9")], "{q}");
    }
    let byname = s
        .acme
        .owner
        .get(&s.h, &s.acme.path("/members?sort=name"))
        .await
        .expect(200);
    let names = byname.body["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|row| row["name"].as_str());
    assert_eq!(names.collect::<Vec<_>>(), ["ada", "ian", "Łukasz O’Brien", "olivia"]);
}
