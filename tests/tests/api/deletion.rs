//! Deleting an organization: everybody is out at once, the platform can bring it back for 30 days, then nothing is left of it.

use muster_tests::harness::{Harness, Organization, invitation};
use muster_tests::{Persona, recount};
use serde_json::{Value, json};

/// An organization with some of everything.
async fn furnished(h: &Harness) -> (Organization, Persona) {
    let acme = Organization::make(h).await;
    let pat = acme.join(h, "pat", "program_admin", &["spring"]).await;
    acme.join(h, "oda", "owner", &[]).await;
    acme.invite(h, "gus@x.example", "participant", &["autumn"]).await;
    (acme, pat)
}

async fn restore(h: &Harness, acme: &Organization) -> muster_tests::Answer {
    h.platform().post(h, &acme.path("/restore"), &Value::Null).await
}

/// Whatever of the organization is in the table, by its sort key.
async fn left(h: &Harness, acme: &Organization) -> Vec<String> {
    let items = muster_tests::recount::items(h).await;
    let keys = items.iter().filter_map(muster_store::Key::of);
    keys.filter(|k| k.pk.contains(&acme.id) || k.sk.contains(&acme.id))
        .map(|k| format!("{} {}", k.pk, k.sk))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_owner_deletes_and_then_every_member_is_out_at_the_next_request() {
    let h = Harness::start().await;
    let (acme, pat) = furnished(&h).await;
    let token = h.invitation_token("gus@x.example").await;
    pat.delete(&h, &acme.path("")).await.problem(403, "forbidden");
    acme.owner.delete(&h, &acme.path("")).await.expect(204);

    for who in [&acme.owner, &pat] {
        for path in [
            "",
            "/members/me",
            "/members",
            "/roles",
            "/events",
            "/resources",
            "/invitations",
        ] {
            who.get(&h, &acme.path(path)).await.problem(404, "not-found");
        }
        let mine = who.get(&h, "/v1/organizations").await.expect(200);
        assert_eq!(mine.body["items"], json!([]));
    }
    acme.owner.delete(&h, &acme.path("")).await.problem(404, "not-found");
    let body = invitation("new@x.example", "participant", &[]);
    acme.try_invite(&h, &body).await.problem(404, "not-found");

    let gus = h.person("gus").with_email("gus@x.example", true);
    h.preview(&token).await.problem(404, "not-found");
    gus.accept(&h, &token).await.problem(404, "not-found");
    gus.decline(&h, &token).await.problem(404, "not-found");
    let waiting = gus.get(&h, "/v1/invitations").await.expect(200);
    assert_eq!(waiting.body["items"], json!([]));
    let seen = h.platform().get(&h, &acme.path("")).await.expect(200);
    assert!(seen.body["deleted_at"].is_string(), "the platform still sees it");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_active_owner_is_told_and_no_other_mail_is_sent() {
    let h = Harness::start().await;
    let (acme, pat) = furnished(&h).await;
    let before = h.mail_to(pat.email()).await.len();
    acme.owner.delete(&h, &acme.path("")).await.expect(204);
    for owner in [acme.owner.email(), "oda@acme.example"] {
        let mail = h.mail_to(owner).await;
        let told: Vec<_> = mail.iter().filter(|m| m.subject == "Acme was deleted").collect();
        assert_eq!(told.len(), 1, "{owner}");
        assert!(told[0].text.contains("until"));
    }
    h.advance_days(8);
    h.run_schedule().await;
    assert_eq!(h.mail_to(pat.email()).await.len(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_platform_restores_it_for_30_days_as_it_was() {
    let h = Harness::start().await;
    let (acme, pat) = furnished(&h).await;
    restore(&h, &acme).await.problem(409, "organization-not-deleted");
    acme.owner.delete(&h, &acme.path("")).await.expect(204);
    acme.owner
        .post(&h, &acme.path("/restore"), &Value::Null)
        .await
        .problem(403, "forbidden");
    h.advance_days(29);
    h.run_schedule().await;
    let back = restore(&h, &acme).await.expect(200);
    assert_eq!(back.body["deleted_at"], Value::Null);
    let seen = pat.get(&h, &acme.path("/members/me")).await.expect(200);
    assert_eq!(seen.body["grants"][0]["id"], "spring");
    let kinds = acme.event_kinds(&h).await;
    assert_eq!(&kinds[..1], ["organization.restored"]);
    recount(&h).await;

    // What was to erase it lets it be, for good.
    h.advance_days(2);
    h.run_schedule().await;
    pat.get(&h, &acme.path("/members/me")).await.expect(200);
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_deleted_again_after_being_restored_has_its_thirty_days_anew() {
    let h = Harness::start().await;
    let (acme, pat) = furnished(&h).await;
    acme.owner.delete(&h, &acme.path("")).await.expect(204);
    h.backend.drained().await;
    h.advance_days(20);
    restore(&h, &acme).await.expect(200);
    acme.owner.delete(&h, &acme.path("")).await.expect(204);
    h.backend.drained().await;
    h.advance_days(15);
    h.run_schedule().await;
    restore(&h, &acme).await.expect(200);
    pat.get(&h, &acme.path("/members/me")).await.expect(200);
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_thirty_days_nothing_is_left_but_an_event_and_a_last_mail_to_the_owners() {
    let h = Harness::start().await;
    let other = Organization::of(&h, h.person("stella")).await;
    let gus = h.person("gus").with_email("gus@x.example", true);
    other.invite(&h, gus.email(), "participant", &[]).await;
    let token = muster_tests::samples::waiting_token(&h, &gus).await;
    gus.accept(&h, &token).await.expect(200);
    let (acme, _) = furnished(&h).await;
    acme.owner.delete(&h, &acme.path("")).await.expect(204);
    h.backend.drained().await;
    h.advance_days(30);
    restore(&h, &acme).await.problem(409, "organization-erased");
    h.run_schedule().await;
    h.run_schedule().await;

    let left = left(&h, &acme).await;
    let (mail, rest): (Vec<_>, Vec<_>) = left.iter().partition(|k| k.contains(" MAIL#"));
    assert_eq!(rest.len(), 1, "{rest:?}");
    assert!(rest[0].starts_with("EVENTS#"), "{rest:?}");
    assert_eq!(mail.len(), 2, "the last mail to each owner");
    for owner in [acme.owner.email(), "oda@acme.example"] {
        let subjects: Vec<String> = h.mail_to(owner).await.into_iter().map(|m| m.subject).collect();
        let last = subjects
            .iter()
            .filter(|s| *s == "Acme's data was permanently deleted")
            .count();
        assert_eq!(last, 1, "{owner}: {subjects:?}");
    }
    restore(&h, &acme).await.problem(404, "not-found");
    h.platform().get(&h, &acme.path("")).await.problem(404, "not-found");
    // The other organization, with the same guest, is as it was.
    assert_eq!(other.member(&h, &gus.id()).await["email"], "gus@x.example");
    recount(&h).await;
}
