//! Changing the role of chosen members, and removing them.

use super::{become_all, members};
use muster_tests::harness::{Harness, Organization};
use muster_tests::recount;
use muster_tests::shortcuts::{named, verdicts};
use serde_json::json;

#[tokio::test]
async fn each_row_of_a_change_of_roles_has_the_verdict_that_a_single_change_has() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ada = acme.join(&h, "ada", "admin", &[]).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let pia = acme.join(&h, "pia", "participant", &[]).await;
    let (owner, stranger) = (acme.owner.id(), h.person("stranger").id());
    let (pat_id, pia_id) = (pat.id(), pia.id());
    let rows = [&*pat_id, &owner, &stranger, &pia_id, &pat_id];
    let done = become_all(&h, &acme, &ada, &rows, "program_facilitator", &["autumn"]).await;
    let done = done.expect(200);
    assert_eq!(
        verdicts(&done.body),
        named(&[
            ("changed", ""),
            ("refused", "forbidden"),
            ("refused", "not-found"),
            ("changed", ""),
        ]),
        "in the order named, repeated ones once"
    );
    assert_eq!(done.body["results"][0]["member"], json!(pat_id));
    assert_eq!(done.body["seats"]["used"], 4, "a facilitator takes a seat");
    for id in [&pat_id, &pia_id] {
        let shown = acme.member(&h, id).await;
        assert_eq!(shown["grants"].as_array().unwrap().len(), 1);
        assert_eq!(shown["grants"][0]["id"], "autumn");
        assert_eq!(shown["grants"][0]["role"], "program_facilitator");
    }
    assert_eq!(acme.recorded(&h, "member.role_changed").await, 2);
    // Who holds just this already is no change, and no error.
    let again = become_all(&h, &acme, &ada, &rows, "program_facilitator", &["autumn"]).await;
    assert_eq!(verdicts(&again.expect(200).body)[0].0, "changed");
    assert_eq!(acme.recorded(&h, "member.role_changed").await, 2);
    recount(&h).await;
}

#[tokio::test]
async fn roles_take_seats_as_far_as_there_are_any() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let mut ids = Vec::new();
    for name in ["a", "b", "c"] {
        ids.push(acme.join(&h, name, "participant", &[]).await.id());
    }
    acme.plan(&h, Some(3), &[]).await;
    let rows: Vec<&str> = ids.iter().map(String::as_str).collect();
    let done = become_all(&h, &acme, &acme.owner, &rows, "admin", &[])
        .await
        .expect(200);
    assert_eq!(
        verdicts(&done.body),
        named(&[("changed", ""), ("changed", ""), ("refused", "no-seats-available")])
    );
    assert_eq!(
        done.body["results"][2]["problem"]["seats"],
        json!({ "used": 3, "limit": 3, "needed": 1 })
    );
    assert_eq!(done.body["seats"], json!({ "used": 3, "limit": 3, "at_limit": true }));
    recount(&h).await;
}

#[tokio::test]
async fn what_no_row_could_be_given_refuses_the_whole_and_names_it() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await.id();
    for (role, on, fault) in [
        ("editor", &[][..], ("role", "unknown_role")),
        ("admin", &["spring"], ("resources", "not_allowed")),
        ("program_admin", &[], ("resources", "required")),
        (
            "program_admin",
            &["spring", "winter"],
            ("resources[1]", "unknown_resource"),
        ),
        ("implementation_admin", &[], ("role", "role_not_enabled")),
    ] {
        let refused = become_all(&h, &acme, &acme.owner, &[&pat], role, on).await;
        let faults = refused.problem(422, "invalid-request").faults();
        assert!(faults.contains(&named(&[fault])[0]), "{role}: {faults:?}");
    }
    recount(&h).await;
}

#[tokio::test]
async fn a_limited_role_is_given_for_a_time_where_the_address_is_allowed_it() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.allow_helpers(&h).await;
    let inside = acme.join(&h, "pat", "admin", &[]).await.id();
    let helper = acme.helper(&h, "hal").await.id();
    let body = json!({ "members": [inside, helper], "role": "implementation_admin", "duration": "3_months" });
    let path = acme.path("/members/change-role");
    let done = acme.owner.post(&h, &path, &body).await.expect(200);
    assert_eq!(
        verdicts(&done.body),
        named(&[("refused", "invalid-request"), ("changed", "")])
    );
    assert_eq!(
        done.body["results"][0]["problem"]["errors"][0]["code"],
        "domain_not_allowed"
    );
    assert!(acme.member(&h, &helper).await["role_expires_at"].is_string());
    recount(&h).await;
}

#[tokio::test]
async fn a_member_gives_no_role_that_a_single_change_would_not_let_them_give() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let fay = acme.join(&h, "fay", "program_facilitator", &["spring"]).await.id();
    let out = acme.join(&h, "out", "program_facilitator", &["autumn"]).await.id();
    let own = pat.id();
    let rows = [&*fay, &out, &own];
    for (role, on) in [("admin", &[][..]), ("program_admin", &["autumn"])] {
        let done = become_all(&h, &acme, &pat, &rows, role, on).await.expect(200);
        let told: Vec<String> = verdicts(&done.body).into_iter().map(|(status, _)| status).collect();
        assert_eq!(told, ["refused"; 3], "{role}: {:#}", done.body);
        assert_eq!(done.body["results"][1]["problem"]["status"], 404);
    }
    become_all(&h, &acme, &h.person("stella"), &rows, "participant", &[])
        .await
        .problem(404, "not-found");
    recount(&h).await;
}

#[tokio::test]
async fn a_caller_who_demotes_themselves_on_the_way_is_refused_the_later_rows() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let (oda, otto) = (
        acme.join(&h, "oda", "owner", &[]).await.id(),
        acme.join(&h, "otto", "owner", &[]).await.id(),
    );
    let pia = acme.join(&h, "pia", "participant", &[]).await.id();
    let own = acme.owner.id();
    let rows = [&*oda, &own, &otto, &pia];
    let done = become_all(&h, &acme, &acme.owner, &rows, "admin", &[])
        .await
        .expect(200);
    assert_eq!(
        verdicts(&done.body),
        named(&[
            ("changed", ""),
            ("changed", ""),
            ("refused", "forbidden"),
            ("changed", ""),
        ]),
        "an admin demotes no owner, and makes admins"
    );
    recount(&h).await;
}

#[tokio::test]
async fn removing_ends_access_and_leaves_contacts_behind_and_the_last_owner_in() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let otto = acme.join(&h, "otto", "owner", &[]).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring", "autumn"]).await;
    acme.key(&h, &pat, &json!({ "name": "zapier" })).await;
    let (pat_id, otto_id, own) = (pat.id(), otto.id(), acme.owner.id());
    let stranger = h.person("stranger").id();
    let rows = [&*pat_id, &stranger, &otto_id, &own];
    let done = members(&h, &acme, &acme.owner, "remove", &rows).await.expect(200);
    assert_eq!(
        verdicts(&done.body),
        named(&[
            ("removed", ""),
            ("refused", "not-found"),
            ("removed", ""),
            ("refused", "last-owner"),
        ])
    );
    assert_eq!(done.body["seats"]["used"], 1);
    pat.get(&h, &acme.path("/members/me")).await.problem(404, "not-found");
    let contacts = acme.owner.get(&h, &acme.path("/contacts")).await.expect(200);
    let mut known: Vec<_> = contacts.body["items"].as_array().unwrap().iter().collect();
    known.sort_by_key(|c| c["email"].to_string());
    assert_eq!(known.len(), 2);
    assert_eq!(known[0]["email"], otto.email());
    assert_eq!(known[1]["email"], pat.email());
    assert!(known.iter().all(|c| c["has_account"] == true));
    let again = members(&h, &acme, &acme.owner, "remove", &[&pat_id]).await.expect(200);
    assert_eq!(verdicts(&again.body), named(&[("refused", "not-found")]));
    h.backend.drained().await;
    recount(&h).await;
}

#[tokio::test]
async fn a_caller_who_leaves_on_the_way_is_a_stranger_to_the_later_rows() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ada = acme.join(&h, "ada", "admin", &[]).await;
    let (pat, pia) = (
        acme.join(&h, "pat", "admin", &[]).await.id(),
        acme.join(&h, "pia", "participant", &[]).await.id(),
    );
    let own = ada.id();
    let done = members(&h, &acme, &ada, "remove", &[&pat, &own, &pia])
        .await
        .expect(200);
    assert_eq!(
        verdicts(&done.body),
        named(&[("removed", ""), ("removed", ""), ("refused", "not-found")])
    );
    assert_eq!(done.body["seats"]["used"], 1);
    assert_eq!(acme.member(&h, &pia).await["role"], "participant");
    assert_eq!(
        (
            acme.recorded(&h, "member.removed").await,
            acme.recorded(&h, "member.left").await
        ),
        (1, 1)
    );
    recount(&h).await;
}

#[tokio::test]
async fn where_members_cannot_leave_a_member_does_not_remove_themselves_among_others() {
    let h = Harness::start().await;
    let sets = muster_domain::roleset::all().expect("the role sets are shipped");
    let set = sets.iter().find(|set| !set.members_may_leave);
    let set = set.expect("a role set that members do not leave");
    let acme = Organization::with_roles(&h, h.person("olivia"), &set.id).await;
    let own = acme.owner.id();
    let done = members(&h, &acme, &acme.owner, "remove", &[&own]).await.expect(200);
    assert_eq!(verdicts(&done.body), named(&[("refused", "forbidden")]));
    recount(&h).await;
}
