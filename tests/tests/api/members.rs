//! Members: listed, read, given other roles, removed, leaving; and the owners that must never run out.

use muster_tests::harness::{Harness, Organization, invitation};
use muster_tests::recount;
use muster_tests::shortcuts::named;
use serde_json::{Value, json};

fn on(program: &str) -> Value {
    json!([{ "type": "program", "id": program }])
}

fn path_of(acme: &Organization, who: &muster_tests::Persona) -> String {
    acme.path(&format!("/members/{}", who.id()))
}

#[tokio::test]
async fn the_list_of_people_holds_pending_invitations_and_members_with_the_seat_counter() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.plan(&h, Some(3), &[]).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let invited = acme.invite(&h, "a@x.example", "program_sponsor", &["autumn"]).await;
    // Rows of invitations tell how far their mail is.
    h.backend.drained().await;
    let all = acme.owner.get(&h, &acme.path("/members")).await.expect(200);
    assert_eq!(all.body["seats"], json!({ "used": 3, "limit": 3, "at_limit": true }));
    let rows = all.body["items"].as_array().unwrap();
    assert_eq!(rows.len(), 3);
    let row = |id: &str| rows.iter().find(|r| r["id"] == id).unwrap().clone();
    let pending = row(&invited);
    assert_eq!(pending["kind"], "invitation");
    assert_eq!(pending["invite_status"], "pending");
    assert_eq!(pending["status"], Value::Null);
    assert_eq!(pending["role"], "program_sponsor");
    assert_eq!(pending["grants"][0]["id"], "autumn");
    let member = row(&pat.id());
    assert_eq!(member["kind"], "member");
    assert_eq!(member["invite_status"], "accepted");
    assert_eq!(member["status"], "active");
    assert_eq!(
        member["role"], "program_admin",
        "the highest role held on a program stands for the row"
    );
    assert_eq!(member["email"], "pat@acme.example");
    assert!(member["joined_at"].is_string());

    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = acme
            .owner
            .get(&h, &acme.path(&format!("/members?limit=1{cursor}")))
            .await
            .expect(200);
        found.extend(page.body["items"].as_array().unwrap().clone());
        match page.body["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(&found, rows, "page by page it is the same list");
    recount(&h).await;
}

#[tokio::test]
async fn those_with_program_roles_see_the_people_of_their_programs_and_only_those_grants() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let both = acme.join(&h, "bea", "program_facilitator", &["spring", "autumn"]).await;
    let other = acme.join(&h, "oto", "program_facilitator", &["autumn"]).await;
    acme.invite(&h, "a@x.example", "participant", &["autumn"]).await;
    let seen = pat.get(&h, &acme.path("/members")).await.expect(200);
    let mut names: Vec<_> = seen.body["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["name"].as_str().unwrap().to_owned())
        .collect();
    names.sort();
    assert_eq!(names, ["bea", "pat"]);
    let bea = pat.get(&h, &path_of(&acme, &both)).await.expect(200);
    assert_eq!(bea.body["grants"].as_array().unwrap().len(), 1);
    for hidden in [other.id(), acme.owner.id(), h.person("stranger").id()] {
        let path = acme.path(&format!("/members/{hidden}"));
        pat.get(&h, &path).await.problem(404, "not-found");
        pat.delete(&h, &path).await.problem(404, "not-found");
        let body = json!({ "role": "participant", "resources": on("spring") });
        pat.patch(&h, &path, &body).await.problem(404, "not-found");
    }
    let pia = acme.join(&h, "pia", "participant", &["spring"]).await;
    pia.get(&h, &acme.path("/members")).await.problem(403, "forbidden");
    pia.get(&h, &path_of(&acme, &pat)).await.problem(403, "forbidden");
    let me = pia.get(&h, &acme.path("/members/me")).await.expect(200);
    assert_eq!(me.body["id"], json!(pia.id()));
    assert_eq!(pia.get(&h, &path_of(&acme, &pia)).await.expect(200).body, me.body);
}

#[tokio::test]
async fn a_change_of_role_becomes_exactly_what_it_says() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring", "autumn"]).await;
    let path = path_of(&acme, &pat);
    let change = async |body: Value| acme.owner.patch(&h, &path, &body).await.expect(200).body;
    let body = change(json!({ "role": "program_facilitator", "resources": on("autumn") })).await;
    let source = &body["grants"][0]["source"];
    assert_eq!(
        (&source["kind"], &source["by"]),
        (&json!("assigned"), &json!(acme.owner.id()))
    );
    assert_eq!(
        body["grants"],
        json!([{ "type": "program", "id": "autumn", "name": "Autumn cohort", "role": "program_facilitator",
            "expires_at": null, "source": source }])
    );
    assert_eq!(body["role"], "program_facilitator");
    let body = change(json!({ "role": "admin" })).await;
    assert_eq!(body["grants"], json!([]));
    assert_eq!(body["role"], "admin");
    let mix = json!([{ "type": "program", "id": "spring", "role": "program_sponsor" },
        { "type": "program", "id": "autumn", "role": "program_admin" }]);
    let body = change(json!({ "role": null, "grants": mix })).await;
    assert_eq!(body["role"], "program_admin");
    assert_eq!(body["grants"].as_array().unwrap().len(), 2);
    let body = change(json!({ "role": "admin", "grants": mix })).await;
    assert_eq!(body["role"], "admin");
    assert_eq!(body["grants"].as_array().unwrap().len(), 2);
    assert_eq!(acme.seats_used(&h).await, 2, "one person, one seat, whatever they hold");
    recount(&h).await;
}

#[tokio::test]
async fn a_change_of_role_that_contradicts_itself_is_refused_field_by_field() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let grant = |program: &str, role: &str| json!({ "type": "program", "id": program, "role": role });
    for (body, place, code) in [
        (json!({ "resources": on("spring") }), "resources", "not_allowed"),
        (json!({ "role": null }), "role", "required"),
        (json!({ "duration": "1_month" }), "duration", "not_allowed"),
        (
            json!({ "role": "program_admin", "resources": [] }),
            "resources",
            "required",
        ),
        (json!({ "role": "editor" }), "role", "unknown_role"),
        (json!({ "grants": [] }), "grants", "required"),
        (
            json!({ "grants": [grant("nowhere", "participant")] }),
            "grants[0]",
            "unknown_resource",
        ),
        (
            json!({ "grants": [grant("spring", "participant"), grant("spring", "program_admin")] }),
            "grants[1]",
            "repeated",
        ),
        (
            json!({ "grants": [grant("spring", "admin")] }),
            "grants[0].role",
            "unknown_role",
        ),
        (
            json!({ "role": "implementation_admin", "duration": "1_month" }),
            "role",
            "role_not_enabled",
        ),
    ] {
        let refused = acme.owner.patch(&h, &path_of(&acme, &pat), &body).await;
        let faults = refused.problem(422, "invalid-request").faults();
        assert_eq!(faults, named(&[(place, code)]), "{body}");
    }
    let both = json!({ "role": "participant", "resources": on("spring"), "grants": [] });
    acme.owner
        .patch(&h, &path_of(&acme, &pat), &both)
        .await
        .problem(422, "invalid-request");
    assert_eq!(acme.member(&h, &pat.id()).await["role"], "program_admin");
    recount(&h).await;
}

#[tokio::test]
async fn moving_between_roles_that_use_a_seat_costs_nothing_and_coming_from_one_that_does_not_costs_one() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let pia = acme.join(&h, "pia", "participant", &["spring"]).await;
    acme.plan(&h, Some(2), &[]).await;
    let admin = json!({ "role": "admin" });
    acme.owner.patch(&h, &path_of(&acme, &pat), &admin).await.expect(200);
    let refused = acme.owner.patch(&h, &path_of(&acme, &pia), &admin).await;
    let refused = refused.problem(409, "no-seats-available");
    assert_eq!(refused.body["seats"], json!({ "used": 2, "limit": 2, "needed": 1 }));
    let participant = json!({ "role": "participant", "resources": on("spring") });
    acme.owner
        .patch(&h, &path_of(&acme, &pat), &participant)
        .await
        .expect(200);
    assert_eq!(acme.seats_used(&h).await, 1);
    acme.owner.patch(&h, &path_of(&acme, &pia), &admin).await.expect(200);
    recount(&h).await;
}

#[tokio::test]
async fn a_member_neither_gives_nor_changes_a_role_above_their_authority() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ada = acme.join(&h, "ada", "admin", &[]).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let fay = acme.join(&h, "fay", "program_facilitator", &["spring"]).await;
    let bea = acme.join(&h, "bea", "program_admin", &["spring", "autumn"]).await;
    let pia = acme.join(&h, "pia", "participant", &["spring"]).await;
    let to = |role: &str| json!({ "role": role });
    let program = |role: &str| json!({ "role": role, "resources": on("spring") });
    for (who, whom, body, kind) in [
        (&ada, &acme.owner, to("admin"), "forbidden"),
        (&ada, &pat, to("owner"), "role-not-assignable"),
        (&ada, &ada, to("owner"), "role-not-assignable"),
        (&pat, &pat, to("admin"), "role-not-assignable"),
        (&pat, &bea, program("participant"), "forbidden"),
        (
            &pat,
            &fay,
            json!({ "role": "participant", "resources": on("autumn") }),
            "role-not-assignable",
        ),
        (&fay, &pat, program("participant"), "forbidden"),
        (&fay, &pia, program("program_facilitator"), "role-not-assignable"),
        (&pia, &pia, program("program_admin"), "forbidden"),
    ] {
        let refused = who.patch(&h, &path_of(&acme, whom), &body).await;
        refused.problem(403, kind);
    }
    pat.patch(&h, &path_of(&acme, &fay), &program("program_sponsor"))
        .await
        .expect(200);
    ada.patch(&h, &path_of(&acme, &bea), &to("admin")).await.expect(200);
    recount(&h).await;
}

#[tokio::test]
async fn the_last_active_owner_can_neither_step_down_nor_leave_nor_be_removed() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ada = acme.join(&h, "ada", "admin", &[]).await;
    let me = acme.path("/members/me");
    acme.owner
        .patch(&h, &me, &json!({ "role": "admin" }))
        .await
        .problem(409, "last-owner");
    acme.owner.delete(&h, &me).await.problem(409, "last-owner");
    ada.delete(&h, &path_of(&acme, &acme.owner))
        .await
        .problem(403, "forbidden");
    // There may be several owners (`program-delivery`), and then one may go.
    let second = acme.join(&h, "otto", "owner", &[]).await;
    let only = json!({ "members": [second.id()] });
    acme.owner
        .post(&h, &acme.path("/members/deactivate"), &only)
        .await
        .expect(200);
    acme.owner.delete(&h, &me).await.problem(409, "last-owner");
    acme.owner
        .post(&h, &acme.path("/members/activate"), &only)
        .await
        .expect(200);
    acme.owner.patch(&h, &me, &json!({ "role": "admin" })).await.expect(200);
    second.delete(&h, &me).await.problem(409, "last-owner");
    recount(&h).await;
}

#[tokio::test]
async fn removal_ends_access_at_once_and_frees_seat_and_address() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    acme.owner.delete(&h, &path_of(&acme, &pat)).await.expect(204);
    pat.get(&h, &acme.path("")).await.problem(404, "not-found");
    pat.get(&h, &acme.path("/members/me")).await.problem(404, "not-found");
    acme.owner
        .delete(&h, &path_of(&acme, &pat))
        .await
        .problem(404, "not-found");
    assert_eq!(acme.seats_used(&h).await, 1);
    recount(&h).await;
    // They are known from before, and come back as whoever is invited.
    let back = acme.join(&h, "pat", "participant", &[]).await;
    let again = acme.member(&h, &back.id()).await;
    assert_eq!(
        (&again["id"], &again["role"]),
        (&json!(pat.id()), &json!("participant"))
    );
    assert_eq!(again["grants"], json!([]), "what they held does not come back");
    recount(&h).await;
}

#[tokio::test]
async fn members_may_leave() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    for (name, role, programs) in [("pat", "program_admin", &["spring"][..]), ("pia", "participant", &[])] {
        let who = acme.join(&h, name, role, programs).await;
        who.delete(&h, &acme.path("/members/me")).await.expect(204);
        who.get(&h, &acme.path("")).await.problem(404, "not-found");
        let mine = who.get(&h, "/v1/organizations").await.expect(200);
        assert_eq!(mine.body["items"], json!([]));
    }
    assert_eq!(acme.recorded(&h, "member.left").await, 2);
    recount(&h).await;
}

#[tokio::test]
async fn removing_needs_power_over_everything_the_other_holds() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let fay = acme.join(&h, "fay", "program_facilitator", &["spring"]).await;
    let sam = acme.join(&h, "sam", "program_sponsor", &["spring"]).await;
    let wide = acme.join(&h, "wim", "participant", &["spring", "autumn"]).await;
    let pia = acme.join(&h, "pia", "participant", &["spring"]).await;
    pat.delete(&h, &path_of(&acme, &wide)).await.problem(403, "forbidden");
    fay.delete(&h, &path_of(&acme, &pat)).await.problem(403, "forbidden");
    sam.delete(&h, &path_of(&acme, &pia)).await.problem(403, "forbidden");
    fay.delete(&h, &path_of(&acme, &pia)).await.expect(204);
    pat.delete(&h, &path_of(&acme, &fay)).await.expect(204);
    recount(&h).await;
}

#[tokio::test]
async fn a_removed_member_does_not_join_again_through_their_old_link() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = h.person("ann");
    acme.try_invite(&h, &invitation(ann.email(), "admin", &[]))
        .await
        .expect(201);
    let token = h.invitation_token(ann.email()).await;
    ann.accept(&h, &token).await.expect(200);
    acme.owner.delete(&h, &path_of(&acme, &ann)).await.expect(204);
    ann.accept(&h, &token).await.problem(410, "invitation-already-accepted");
    ann.get(&h, &acme.path("")).await.problem(404, "not-found");
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deactivated_member_can_leave_and_nothing_else() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let (ina, pat) = (
        acme.join(&h, "ina", "admin", &[]).await,
        acme.join(&h, "pat", "program_admin", &["spring"]).await,
    );
    let key = acme.key(&h, &ina, &json!({ "name": "key" })).await;
    let off = json!({ "members": [ina.id()] });
    acme.owner
        .post(&h, &acme.path("/members/deactivate"), &off)
        .await
        .expect(200);
    let own = [acme.path("/members/me"), acme.path(&format!("/members/{}", ina.id()))];
    for path in &own {
        ina.get(&h, path).await.problem(403, "member-inactive");
        key.persona.delete(&h, path).await.problem(401, "unauthorized");
    }
    let other = acme.path(&format!("/members/{}", pat.id()));
    ina.delete(&h, &other).await.problem(403, "member-inactive");
    h.person("stranger").delete(&h, &own[0]).await.problem(404, "not-found");
    ina.delete(&h, &own[0]).await.expect(204);
    for path in &own {
        ina.get(&h, path).await.problem(404, "not-found");
        ina.delete(&h, path).await.problem(404, "not-found");
    }
    assert_eq!(acme.recorded(&h, "member.left").await, 1);
    recount(&h).await;
    let firm = Organization::with_roles(&h, h.person("olivia"), "project-workspace").await;
    let cleo = firm.join(&h, "cleo", "administrator", &[]).await;
    let off = json!({ "members": [cleo.id()] });
    firm.owner
        .post(&h, &firm.path("/members/deactivate"), &off)
        .await
        .expect(200);
    let stays = cleo.delete(&h, &firm.path("/members/me")).await;
    stays.problem(403, "forbidden");
    recount(&h).await;
}
