//! Taking somebody into one's own programs who is in the organization, but out of sight.

use super::{Firm, ids};
use muster_tests::recount;
use muster_tests::shortcuts::named;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_facilitator_takes_in_a_hidden_member_and_learns_only_what_they_share() {
    let f = Firm::of("program-delivery", "program").await;
    let fay = f.join("fay", "program_facilitator", &["one"]).await;
    let pia = f.join("pia", "participant", &["two"]).await;
    let pat = f.join("pat", "program_admin", &["two"]).await;
    let switched = json!({ "notifications": { "news": true } });
    pat.patch(&f.h, &f.organization.path("/members/me"), &switched)
        .await
        .expect(200);
    for person in [&pia, &pat] {
        let path = f.organization.path(&format!("/members/{}", person.id()));
        fay.get(&f.h, &path).await.problem(404, "not-found");
        let given = f.put(&fay, &person.id(), "one", "participant").await.expect(200);
        assert_eq!(ids(&given.body), ["one"]);
        let shown = fay.get(&f.h, &path).await.expect(200);
        assert_eq!(given.body["grants"], shown.body["grants"]);
        assert_eq!(
            given.body["profile"], shown.body["profile"],
            "settings are not theirs to see"
        );
        assert_eq!(f.held(person).await, ["one", "two"]);
    }
    // Whatever else they try with somebody out of sight comes out as with nobody.
    let sam = f.join("sam", "program_sponsor", &["two"]).await;
    let nobody = f.h.person("nobody").id();
    for who in [sam.id(), nobody, f.owner().id()] {
        let to_owner = who == f.owner().id();
        for (on, role) in [
            ("one", "program_admin"),
            ("two", "participant"),
            ("nowhere", "participant"),
            ("one", "ghost"),
        ] {
            f.put(&fay, &who, on, role).await.problem(404, "not-found");
        }
        f.drop(&fay, &who, "two").await.problem(404, "not-found");
        if to_owner {
            f.put(&fay, &who, "one", "participant").await.problem(404, "not-found");
        }
    }
    recount(&f.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_invites_to_one_program_takes_in_a_member_out_of_sight_by_their_address() {
    let f = Firm::of("program-delivery", "program").await;
    let pat = f.join("pat", "program_admin", &["one"]).await;
    let (pia, pam) = (
        f.join("pia", "participant", &["two"]).await,
        f.join("pam", "program_admin", &["two"]).await,
    );
    let body = |emails: &str| json!({ "emails": emails, "role": "participant", "resources": f.named(&["one"]) });
    let path = f.organization.path("/invitations");
    // What is only tried tells nobody who is a member.
    let both = format!("{} new@x.example", pia.email());
    let mut dry = body(&both);
    dry["dry_run"] = json!(true);
    let dry = pat.post(&f.h, &path, &dry).await.expect(200);
    let told: Vec<&Value> = dry.body["verdicts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| &v["verdict"])
        .collect();
    assert_eq!(told, ["invite", "invite"]);
    assert_eq!(dry.body["added"], json!([]));
    let done = pat.post(&f.h, &path, &body(&both)).await.expect(201);
    assert_eq!(done.body["invitations"].as_array().map(Vec::len), Some(1));
    let added = &done.body["added"][0];
    assert_eq!((&added["id"], ids(added)), (&json!(pia.id()), vec!["one".to_owned()]));
    assert_eq!(f.held(&pia).await, ["one", "two"]);
    let mail = f.h.mail_to(pia.email()).await;
    assert_eq!(mail.last().unwrap().subject, "pat added you to Acme");

    let one = json!({ "email": pam.email(), "role": "program_sponsor", "resources": f.named(&["one"]) });
    let done = pat.post(&f.h, &f.organization.path("/members"), &one).await.expect(201);
    assert_eq!(ids(&done.body["member"]), ["one"]);
    assert_eq!(done.body["member"]["profile"].get("notifications"), None);
    assert_eq!(f.held(&pam).await, ["one", "two"]);
    // In sight they are members like all others.
    for person in [&pia, &pam] {
        let again = pat.post(&f.h, &path, &body(person.email())).await;
        let again = again.problem(422, "invalid-invitations");
        assert_eq!(again.faults(), named(&[(person.email(), "already_member")]));
    }
    let owner = pat.post(&f.h, &path, &body(f.owner().email())).await;
    let owner = owner.problem(422, "invalid-invitations");
    assert_eq!(owner.faults(), named(&[(f.owner().email(), "not_available")]));
    recount(&f.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inactive_member_is_not_taken_in_by_members_who_cannot_see_them() {
    let f = Firm::of("program-delivery", "program").await;
    let pat = f.join("pat", "program_admin", &["one"]).await;
    let pia = f.join("pia", "participant", &[]).await;
    let rows = json!({ "members": [pia.id()] });
    let deactivate = f.organization.path("/members/deactivate");
    f.owner().post(&f.h, &deactivate, &rows).await.expect(200);

    let grant = f
        .organization
        .path(&format!("/members/{}/grants/program/one", pia.id()));
    let given = pat.put(&f.h, &grant, &json!({ "role": "participant" })).await;
    given.problem(404, "not-found");
    let invite = json!({ "emails": pia.email(), "role": "participant", "resources": f.named(&["one"]) });
    let invited = pat.post(&f.h, &f.organization.path("/invitations"), &invite).await;
    let invited = invited.problem(422, "invalid-invitations");
    assert_eq!(invited.faults(), named(&[(pia.email(), "not_available")]));
    recount(&f.h).await;
}
