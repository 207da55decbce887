//! Races of changes to the same thing: none is lost, and `If-Match` lets one through.

use super::{started, won};
use muster_tests::harness::Organization;
use muster_tests::sampled::rounds;
use muster_tests::{Shot, recount, together};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn of_changes_to_different_settings_none_is_lost() {
    let h = started().await;
    let acme = Organization::make(&h).await;
    for round in 1..=8 {
        let roles: &[&str] = if round % 2 == 0 { &[] } else { &["implementation_admin"] };
        let changes = [
            json!({ "name": format!("Acme {round}") }),
            json!({ "settings": { "invitation_ttl_days": round } }),
            json!({ "settings": { "default_message": format!("Welcome {round}") } }),
            json!({ "settings": { "optional_roles": roles } }),
        ];
        let shots = changes
            .iter()
            .map(|body| Shot::patch(&h, &acme.owner, &acme.path(""), body));
        let plan = Shot::new(&h, &h.platform(), reqwest::Method::PUT, &acme.path("/plan"));
        let shots = shots
            .chain([plan.body(&json!({ "seat_limit": 100 + round }))])
            .collect();
        assert_eq!(won(&together(&h, shots).await, 200, &[]), 5);
        let now = acme.owner.get(&h, &acme.path("")).await.expect(200).body;
        let settings = json!({ "invitation_ttl_days": round, "default_message": format!("Welcome {round}"), "optional_roles": roles,
            "logo_url": null, "accent_color": null });
        assert_eq!(
            (&now["name"], &now["settings"]),
            (&json!(format!("Acme {round}")), &settings)
        );
        assert_eq!(now["plan"]["seat_limit"], 100 + round);
    }
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_ten_changes_with_the_same_entity_tag_one_is_made() {
    let h = started().await;
    let acme = Organization::make(&h).await;
    let invitation = acme.invite(&h, "gus@acme.example", "admin", &[]).await;
    h.backend.drained().await;
    type Made = fn(String) -> Value;
    let bodies: [(String, Made); 3] = [
        (acme.path(""), |text| json!({ "name": text })),
        (acme.path("/members/me"), |text| json!({ "bio": text })),
        (
            acme.path(&format!("/invitations/{invitation}")),
            |text| json!({ "message": text }),
        ),
    ];
    for round in 0..rounds(5) {
        for (path, body) in &bodies {
            let seen = acme.owner.get(&h, path).await.expect(200);
            let tag = seen.header("etag").unwrap().to_owned();
            let shots = (0..10).map(|n| {
                let body = body(format!("{round}-{n}"));
                Shot::patch(&h, &acme.owner, path, &body).header("if-match", &tag)
            });
            let answers = together(&h, shots.collect()).await;
            assert_eq!(won(&answers, 200, &[(412, "precondition-failed")]), 1, "{path}");
            let first = answers.iter().find(|a| a.status == 200).unwrap();
            let now = acme.owner.get(&h, path).await.expect(200);
            assert_eq!(
                now.header("etag"),
                first.header("etag"),
                "the answer told the new version"
            );
        }
    }
    recount(&h).await;
}
