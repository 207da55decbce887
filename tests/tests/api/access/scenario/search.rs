//! Section 4: searches.

use super::{DecisionPoint, action, admin, named, question, record, record_with, user};
use serde_json::json;

/// 1.5, 4.2 to 4.4.
#[tokio::test(flavor = "multi_thread")]
async fn search_finds_what_the_fixture_requires() {
    let (sought, context) = (json!({ "type": "user" }), json!({ "ip": "192.168.1.1" }));
    for point in DecisionPoint::both().await {
        let mut readers = question(&sought, &action("read"), &record("record-1"));
        for _ in 0..2 {
            let found = point.finds("subject", &readers).await;
            assert!(found.iter().all(|one| one["type"] == "user"), "{found:?}");
            let ids = named(&found, "id");
            assert!(
                ["alice", "bob"].iter().all(|id| ids.contains(&(*id).to_owned())),
                "{ids:?}"
            );
            readers["context"] = context.clone();
        }
        let writers = question(&sought, &action("write"), &record_with("record-2", "archived"));
        let ids = named(&point.finds("subject", &writers).await, "id");
        assert!(
            ids.contains(&"bob".to_owned()) && !ids.contains(&"alice".to_owned()),
            "{ids:?}"
        );

        let records = json!({ "type": "record" });
        let readable = point
            .finds("resource", &question(&user("alice"), &action("read"), &records))
            .await;
        assert!(readable.iter().all(|one| one["type"] == "record"), "{readable:?}");
        assert_eq!(named(&readable, "id"), ["record-1", "record-2"]);
        let writable = point
            .finds("resource", &question(&admin(), &action("write"), &records))
            .await;
        assert!(named(&writable, "id").contains(&"record-2".to_owned()), "{writable:?}");
        let unproven = point
            .finds("resource", &question(&user("bob"), &action("write"), &records))
            .await;
        assert!(unproven.is_empty(), "{unproven:?}");

        let mut actions = json!({ "subject": user("alice"), "resource": record("record-1") });
        for _ in 0..2 {
            let names = named(&point.finds("action", &actions).await, "name");
            assert_eq!(names, ["read", "resources:read", "write"]);
            actions["context"] = context.clone();
        }
        let archived = json!({ "subject": admin(), "resource": record_with("record-2", "archived") });
        assert!(named(&point.finds("action", &archived).await, "name").contains(&"write".to_owned()));
    }
}

/// 4.5.
#[tokio::test(flavor = "multi_thread")]
async fn search_pages_until_the_token_is_empty() {
    for point in DecisionPoint::both().await {
        let mut asked = question(&json!({ "type": "user" }), &action("read"), &record("record-1"));
        asked["page"] = json!({ "limit": 1 });
        let mut found = Vec::new();
        loop {
            let answer = point.ask("search/subject", &asked).await.expect(200);
            assert_eq!(
                answer.body["results"].as_array().unwrap().len(),
                1,
                "each page has a result"
            );
            found.extend(named(answer.body["results"].as_array().unwrap(), "id"));
            let token = answer.body["page"]["next_token"].as_str().unwrap().to_owned();
            if token.is_empty() {
                break;
            }
            asked["page"] = json!({ "token": token });
        }
        found.sort();
        assert_eq!(found, ["alice", "bob", "olivia"]);

        let records = json!({ "type": "record" });
        let mut asked = question(&user("alice"), &action("read"), &records);
        for (limit, more) in [(1, true), (2, false), (3, false)] {
            asked["page"] = json!({ "limit": limit });
            let answer = point.ask("search/resource", &asked).await.expect(200);
            assert_eq!(answer.body["page"]["next_token"] != "", more, "{limit}");
        }
    }
}

/// 4.6.
#[tokio::test(flavor = "multi_thread")]
async fn search_for_what_is_unknown_finds_nothing_and_is_no_error() {
    for point in DecisionPoint::both().await {
        let nobody = json!({ "subject": user("nonexistent-user"), "resource": record("record-1") });
        assert!(point.finds("action", &nobody).await.is_empty());
        let of = |kind: &str| json!({ "type": kind });
        let spaceships = question(&of("spaceship"), &action("read"), &record("record-1"));
        assert!(point.finds("subject", &spaceships).await.is_empty());
        let of_alice = question(&user("alice"), &action("read"), &of("spaceship"));
        assert!(point.finds("resource", &of_alice).await.is_empty());
        let by_nobody = question(&user("nonexistent-user"), &action("read"), &of("record"));
        assert!(point.finds("resource", &by_nobody).await.is_empty());
    }
}
