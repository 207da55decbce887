//! The record of changes, by who, to what, of which kind, and when.

use muster_tests::Persona;
use muster_tests::harness::{Harness, Organization};
use muster_tests::shortcuts::named;
use serde_json::Value;

async fn listed(h: &Harness, acme: &Organization, query: &str) -> Vec<Value> {
    let mut all = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = acme
            .owner
            .get(h, &acme.path(&format!("/events?{query}{cursor}")))
            .await
            .expect(200);
        all.extend(page.body["items"].as_array().cloned().unwrap());
        match page.body["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}

/// An organization in which several people did several things, an hour apart.
async fn busy(h: &Harness) -> (Organization, Persona) {
    let acme = Organization::make(h).await;
    let ann = acme.join(h, "ann", "admin", &[]).await;
    for n in 0..3 {
        h.advance(jiff::SignedDuration::from_hours(1));
        let body = muster_tests::harness::invitation(&format!("g{n}@x.example"), "participant", &["spring"]);
        ann.post(h, &acme.path("/invitations"), &body).await.expect(201);
        acme.invite(h, &format!("o{n}@x.example"), "participant", &[]).await;
    }
    (acme, ann)
}

/// What a plain look through everything finds.
async fn expected(h: &Harness, acme: &Organization, takes: impl Fn(&Value) -> bool) -> Vec<Value> {
    acme.events(h).await.into_iter().filter(|e| takes(e)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_filter_and_all_of_them_together_find_what_a_plain_look_through_everything_finds() {
    let h = Harness::start().await;
    let (acme, ann) = busy(&h).await;
    let all = acme.events(&h).await;
    let instants: Vec<String> = all.iter().map(|e| e["at"].as_str().unwrap().to_owned()).collect();
    let (newest, middle) = (&instants[0], &instants[instants.len() / 2]);
    let subject = all[1]["subject"]["id"].as_str().unwrap().to_owned();
    let ids = [ann.id(), acme.owner.id()];

    for limit in [1, 2, 100] {
        for id in &ids {
            let found = listed(&h, &acme, &format!("actor={id}&limit={limit}")).await;
            assert!(!found.is_empty());
            assert_eq!(found, expected(&h, &acme, |e| e["actor"]["id"] == **id).await);
        }
        let found = listed(&h, &acme, &format!("subject={subject}&limit={limit}")).await;
        assert_eq!(found, expected(&h, &acme, |e| e["subject"]["id"] == *subject).await);
        let found = listed(&h, &acme, &format!("kind=invitation.created&limit={limit}")).await;
        assert_eq!(found, expected(&h, &acme, |e| e["kind"] == "invitation.created").await);
        let found = listed(&h, &acme, &format!("kind=resource.*&limit={limit}")).await;
        let family = |e: &Value| e["kind"].as_str().unwrap().starts_with("resource.");
        assert_eq!(found, expected(&h, &acme, family).await);
        assert!(!found.is_empty());

        let at = |e: &Value| e["at"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
        let (from, to): (jiff::Timestamp, jiff::Timestamp) = (middle.parse().unwrap(), newest.parse().unwrap());
        let span = format!("since={middle}&until={newest}");
        let found = listed(&h, &acme, &format!("{span}&limit={limit}")).await;
        assert_eq!(found, expected(&h, &acme, |e| from <= at(e) && at(e) < to).await);
        let found = listed(
            &h,
            &acme,
            &format!("{span}&actor={}&kind=invitation.*&limit={limit}", ids[0]),
        )
        .await;
        let kind = |e: &Value| e["kind"].as_str().unwrap().starts_with("invitation.");
        let both = |e: &Value| from <= at(e) && at(e) < to && e["actor"]["id"] == *ids[0] && kind(e);
        assert_eq!(found, expected(&h, &acme, both).await);
    }
    assert!(
        listed(&h, &acme, &format!("since={newest}&until={middle}"))
            .await
            .is_empty()
    );
    assert!(listed(&h, &acme, "actor=nobody").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_that_is_no_instant_is_named_and_a_cursor_is_bound_to_its_filter() {
    let h = Harness::start().await;
    let (acme, ann) = busy(&h).await;
    let refused = acme.owner.get(&h, &acme.path("/events?since=yesterday")).await;
    assert_eq!(
        refused.problem(400, "invalid-query").faults(),
        named(&[("since", "invalid_value")])
    );
    let page = acme
        .owner
        .get(&h, &acme.path(&format!("/events?actor={}&limit=1", ann.id())))
        .await
        .expect(200);
    let cursor = page.text("/next_cursor");
    let other = acme.path(&format!("/events?actor={}&limit=1&cursor={cursor}", acme.owner.id()));
    assert_eq!(
        acme.owner.get(&h, &other).await.problem(400, "invalid-query").faults(),
        named(&[("cursor", "invalid_cursor")])
    );
}
