//! API keys as subjects: what their owner may, within their limits, at that moment.

use super::{ACTIONS, MadeKey, RESOURCES, denies, found_by, permits, program, told};
use jiff::SignedDuration;
use muster_domain::Limits;
use muster_domain::api_key::Holding;
use muster_tests::harness::{Harness, Organization};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_key_may_what_its_owner_may_within_its_limits() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let spring = super::searches::reference(&h, &acme, "spring").await;
    let whole = MadeKey::make(&h, &acme, &acme.owner, Limits::default()).await;
    let reads = MadeKey::make(
        &h,
        &acme,
        &acme.owner,
        Limits {
            read_only: true,
            ..Limits::default()
        },
    )
    .await;
    let narrow = MadeKey::make(
        &h,
        &acme,
        &acme.owner,
        Limits {
            resources: vec![spring],
            ..Limits::default()
        },
    )
    .await;
    let ceiling = Some(vec![Holding {
        role: "admin".parse().unwrap(),
        resource: None,
    }]);
    let capped = MadeKey::make(
        &h,
        &acme,
        &acme.owner,
        Limits {
            ceiling,
            ..Limits::default()
        },
    )
    .await;
    for (key, action, on, allowed) in [
        (&whole, "content:write", "spring", true),
        (&reads, "content:read", "spring", true),
        (&reads, "content:write", "spring", false),
        (&narrow, "content:write", "spring", true),
        (&narrow, "content:write", "autumn", false),
        (&narrow, "billing:manage", "nothing", false),
        // Made when its owner was an admin only.
        (&capped, "content:write", "spring", false),
    ] {
        let told = told(&h, &key.subject(&acme), action, on).await;
        if allowed {
            permits(&told, "owner", None);
        } else {
            denies(&told, "key_limited");
        }
    }
    let denied = told(&h, &reads.subject(&acme), "content:write", "spring").await;
    assert_eq!(denied["context"]["needed"]["permission"], "content:write");
    // What is found is the same.
    let search = json!({ "subject": narrow.subject(&acme), "action": { "name": "content:write" }, "resource": { "type": "program" } });
    assert_eq!(found_by(&h, &h.platform(), RESOURCES, &search, 10).await, ["spring"]);
    let search = json!({ "subject": reads.subject(&acme), "resource": program("spring") });
    let open = found_by(&h, &h.platform(), ACTIONS, &search, 3).await;
    assert!(open.iter().all(|name| name.ends_with(":read")), "{open:?}");
    assert!(open.contains(&"content:read".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_opens_nothing_is_denied_with_its_reason_and_follows_its_owner_at_once() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let mut key = MadeKey::make(&h, &acme, &pat, Limits::default()).await;
    let subject = key.subject(&acme);
    let now = async |action: &str| told(&h, &subject, action, "spring").await;
    permits(&now("content:write").await, "program_admin", Some("spring"));

    let path = acme.path(&format!("/members/{}", pat.id()));
    let body = json!({ "role": "program_sponsor", "resources": [program("spring")] });
    acme.owner.patch(&h, &path, &body).await.expect(200);
    denies(&now("content:write").await, "role_missing");
    permits(&now("programs:read").await, "program_sponsor", Some("spring"));

    let rows = json!({ "members": [pat.id()] });
    acme.owner
        .post(&h, &acme.path("/members/deactivate"), &rows)
        .await
        .expect(200);
    denies(&now("programs:read").await, "owner_inactive");
    acme.owner
        .post(&h, &acme.path("/members/activate"), &rows)
        .await
        .expect(200);
    permits(&now("programs:read").await, "program_sponsor", Some("spring"));

    let at = h.backend.clock().now();
    key.change(&h, |key| key.expires_at = Some(at + SignedDuration::from_hours(1)))
        .await;
    permits(&now("programs:read").await, "program_sponsor", Some("spring"));
    h.advance(SignedDuration::from_hours(1));
    denies(&now("programs:read").await, "expired");
    key.change(&h, |key| (key.expires_at, key.revoked_at) = (None, Some(at)))
        .await;
    denies(&now("programs:read").await, "revoked");
}
