//! Organizations: made, read, changed, their plan and their roles.

use muster_tests::harness::{Harness, Organization, invitation};
use muster_tests::recount;
use muster_tests::shortcuts::named;
use serde_json::{Value, json};

#[tokio::test]
async fn the_creator_becomes_owner_and_takes_the_first_seat() {
    let h = Harness::start().await;
    let ann = h.person("ann");
    let body = json!({ "name": "  Acme  ", "role_set": "program-delivery" });
    let made = ann.post(&h, "/v1/organizations", &body).await.expect(201);
    let id = made.text("/id");
    assert!(id.starts_with("org_"));
    assert_eq!(
        made.header("location"),
        Some(format!("/v1/organizations/{id}").as_str())
    );
    assert_eq!(made.body["name"], "Acme", "the name is trimmed");
    assert_eq!(made.body["role_set"], "program-delivery");
    assert_eq!(
        made.body["seats"],
        json!({ "used": 1, "limit": null, "at_limit": false })
    );
    assert_eq!(
        made.body["settings"],
        json!({ "invitation_ttl_days": 7, "default_message": null, "optional_roles": [], "logo_url": null, "accent_color": null })
    );
    assert!(made.text("/created_at").parse::<jiff::Timestamp>().is_ok());
    let me = ann
        .get(&h, &format!("/v1/organizations/{id}/members/me"))
        .await
        .expect(200);
    assert_eq!(me.body["role"], "owner");
    assert_eq!(me.body["email"], "ann@acme.example");
    assert_eq!(me.body["id"], json!(ann.id()));
    recount(&h).await;
}

#[tokio::test]
async fn making_an_organization_needs_a_verified_address() {
    let h = Harness::start().await;
    let body = json!({ "name": "Acme", "role_set": "program-delivery" });
    for who in [
        h.person("ann").with_email("ann@acme.example", false),
        h.person("ann").with_email("no address", true),
        h.platform(),
    ] {
        who.post(&h, "/v1/organizations", &body)
            .await
            .problem(403, "email-not-verified");
    }
    recount(&h).await;
}

#[tokio::test]
async fn every_field_of_a_new_organization_that_is_at_fault_is_named() {
    let h = Harness::start().await;
    let ann = h.person("ann");
    for (body, faults) in [
        (
            json!({}),
            named(&[("name", "missing_field"), ("role_set", "missing_field")]),
        ),
        (
            json!({ "name": "A", "role_set": "no-such" }),
            named(&[("role_set", "unknown_role_set")]),
        ),
        (
            json!({ "name": "", "role_set": "program-delivery", "plan": 1 }),
            named(&[("name", "invalid_value"), ("plan", "unknown_field")]),
        ),
        (
            json!({ "name": "a\r\nBcc: all@x.example", "role_set": "program-delivery" }),
            named(&[("name", "invalid_value")]),
        ),
        (
            json!({ "name": "x".repeat(121), "role_set": "program-delivery" }),
            named(&[("name", "invalid_value")]),
        ),
    ] {
        let mut found = ann
            .post(&h, "/v1/organizations", &body)
            .await
            .problem(422, "invalid-request")
            .faults();
        found.sort();
        assert_eq!(found, faults, "{body}");
    }
    let none = ann.get(&h, "/v1/organizations").await.expect(200);
    assert_eq!(none.body["items"], json!([]), "nothing was made");
}

#[tokio::test]
async fn the_list_of_organizations_holds_the_callers_own_and_pages() {
    let h = Harness::start().await;
    let ann = h.person("ann");
    let mut own = Vec::new();
    for name in ["One", "Two", "Three"] {
        let body = json!({ "name": name, "role_set": "program-delivery" });
        own.push(ann.post(&h, "/v1/organizations", &body).await.expect(201).text("/id"));
    }
    let other = Organization::make(&h).await;
    other.invite(&h, ann.email(), "participant", &[]).await;
    let token = h.invitation_token(ann.email()).await;
    ann.accept(&h, &token).await.expect(200);
    own.push(other.id.clone());
    own.sort();

    let (mut found, mut roles, mut cursor, mut pages) = (Vec::new(), Vec::new(), String::new(), 0);
    loop {
        let page = ann
            .get(&h, &format!("/v1/organizations?limit=3{cursor}"))
            .await
            .expect(200);
        for item in page.body["items"].as_array().unwrap() {
            found.push(item["id"].as_str().unwrap().to_owned());
            roles.push(item["role"].as_str().unwrap().to_owned());
            assert_eq!(item["status"], "active");
        }
        pages += 1;
        match page.body["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    found.sort();
    roles.sort();
    assert_eq!(found, own);
    assert_eq!(roles, ["owner", "owner", "owner", "participant"]);
    assert_eq!(pages, 2);
    let nobody = h.person("stranger").get(&h, "/v1/organizations").await.expect(200);
    assert_eq!(nobody.body["items"], json!([]));
}

#[tokio::test]
async fn a_stranger_gets_the_same_404_as_for_an_organization_that_does_not_exist() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let stranger = h.person("stranger");
    let without_id = |mut body: Value| {
        body.as_object_mut().unwrap().remove("request_id");
        body
    };
    let there = stranger.get(&h, &acme.path("")).await.problem(404, "not-found");
    for other in ["org_0000000000000000000001", "org_x", "nothing"] {
        let gone = stranger.get(&h, &format!("/v1/organizations/{other}")).await;
        let gone = gone.problem(404, "not-found");
        assert_eq!(without_id(there.body.clone()), without_id(gone.body), "{other}");
    }
    h.platform().get(&h, &acme.path("")).await.expect(200);
}

#[tokio::test]
async fn name_and_settings_are_for_owners_and_admins() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.allow_helpers(&h).await;
    let admin = acme.join(&h, "ada", "admin", &[]).await;
    let helper = acme.helper(&h, "hal").await;
    for (who, name) in [(&acme.owner, "By owner"), (&admin, "By admin"), (&helper, "By helper")] {
        let changed = who
            .patch(&h, &acme.path(""), &json!({ "name": name }))
            .await
            .expect(200);
        assert_eq!(changed.body["name"], name);
        assert_eq!(
            changed.body["settings"]["optional_roles"],
            json!(["implementation_admin"])
        );
    }
    for (name, role) in [
        ("pat", "program_admin"),
        ("fay", "program_facilitator"),
        ("sam", "program_sponsor"),
        ("pia", "participant"),
    ] {
        let who = acme.join(&h, name, role, &["spring"]).await;
        let body = json!({ "name": "Mine" });
        who.patch(&h, &acme.path(""), &body).await.problem(403, "forbidden");
    }
    h.platform()
        .patch(&h, &acme.path(""), &json!({ "name": "Mine" }))
        .await
        .problem(403, "forbidden");
    let read = acme.owner.get(&h, &acme.path("")).await.expect(200);
    assert_eq!(read.body["name"], "By helper");
    recount(&h).await;
}

#[tokio::test]
async fn invitations_stay_open_for_1_to_30_days_as_the_organization_chooses() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let set = |days: i64| json!({ "settings": { "invitation_ttl_days": days } });
    for days in [0, 31, 400] {
        let refused = acme.owner.patch(&h, &acme.path(""), &set(days)).await;
        assert_eq!(
            refused.problem(422, "invalid-request").faults(),
            named(&[("settings.invitation_ttl_days", "out_of_range")])
        );
    }
    acme.owner
        .patch(&h, &acme.path(""), &set(-1))
        .await
        .problem(422, "invalid-request");
    for (days, email) in [(1, "a@x.example"), (30, "b@x.example"), (7, "c@x.example")] {
        acme.owner.patch(&h, &acme.path(""), &set(days)).await.expect(200);
        let made = acme.try_invite(&h, &invitation(email, "participant", &[])).await;
        let made = made.expect(201);
        let at = |p: &str| made.text(p).parse::<jiff::Timestamp>().unwrap();
        let open = at("/invitations/0/expires_at").duration_since(at("/invitations/0/sent_at"));
        assert_eq!(open.as_hours(), 24 * days);
    }
    recount(&h).await;
}

#[tokio::test]
async fn unknown_settings_and_roles_that_are_not_optional_are_refused_by_name() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    for (body, faults) in [
        (
            json!({ "settings": { "theme": 1 } }),
            named(&[("settings.theme", "unknown_field")]),
        ),
        (
            json!({ "settings": { "optional_roles": ["admin", "implementation_admin"] } }),
            named(&[("settings.optional_roles", "unknown_role")]),
        ),
        (
            json!({ "role_set": "client-practice" }),
            named(&[("role_set", "unknown_field")]),
        ),
        (json!({ "seats": {} }), named(&[("seats", "unknown_field")])),
    ] {
        let refused = acme.owner.patch(&h, &acme.path(""), &body).await;
        assert_eq!(refused.problem(422, "invalid-request").faults(), faults);
    }
    let read = acme.owner.get(&h, &acme.path("")).await.expect(200);
    assert_eq!(read.body["settings"]["optional_roles"], json!([]));
}

#[tokio::test]
async fn plans_are_set_by_the_platform_alone() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let body = json!({ "seat_limit": 5, "allowed_domains": ["Partner.Example", "bücher.example"] });
    acme.owner
        .put(&h, &acme.path("/plan"), &body)
        .await
        .problem(403, "forbidden");
    h.person("stranger")
        .put(&h, &acme.path("/plan"), &body)
        .await
        .problem(403, "forbidden");
    let set = h.platform().put(&h, &acme.path("/plan"), &body).await.expect(200);
    assert_eq!(set.body["seats"], json!({ "used": 1, "limit": 5, "at_limit": false }));
    assert_eq!(
        set.body["plan"]["allowed_domains"],
        json!(["partner.example", "xn--bcher-kva.example"])
    );
    let bad = json!({ "seat_limit": -1, "allowed_domains": ["partner.example", "no dots"], "seats": 1 });
    let mut faults = h
        .platform()
        .put(&h, &acme.path("/plan"), &bad)
        .await
        .problem(422, "invalid-request")
        .faults();
    faults.sort();
    let places: Vec<_> = faults.iter().map(|(place, _)| place.as_str()).collect();
    assert_eq!(places, ["allowed_domains[1]", "seat_limit", "seats"]);
    let many: Vec<_> = (0..101).map(|i| format!("d{i}.example")).collect();
    let refused = h
        .platform()
        .put(&h, &acme.path("/plan"), &json!({ "allowed_domains": many }))
        .await;
    assert_eq!(
        refused.problem(422, "invalid-request").faults(),
        named(&[("allowed_domains", "too_many")])
    );
    let before = h.platform().put(&h, &acme.path("/plan"), &json!({})).await.expect(200);
    assert_ne!(
        before.body["plan"]["seat_limit"],
        json!(null),
        "what is not named stays"
    );
    let none = json!({ "seat_limit": null, "allowed_domains": [], "mail_limit": null, "upgrade_url": null, "branding": false });
    let after = h.platform().put(&h, &acme.path("/plan"), &none).await.expect(200);
    assert_eq!(after.body["plan"], none);
}

#[tokio::test]
async fn members_read_where_the_plan_can_be_changed_and_the_platform_alone_says_where() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let felix = acme.join(&h, "felix", "program_facilitator", &["spring"]).await;
    let (plan, page) = (
        acme.path("/plan"),
        json!({ "upgrade_url": "https://product.example/billing?from=team" }),
    );
    acme.owner.put(&h, &plan, &page).await.problem(403, "forbidden");
    h.platform().put(&h, &plan, &page).await.expect(200);
    // What is not named stays.
    h.platform()
        .put(&h, &plan, &json!({ "seat_limit": 5 }))
        .await
        .expect(200);
    for who in [&acme.owner, &felix] {
        let organization = who.get(&h, &acme.path("")).await.expect(200).body;
        let view = who.get(&h, &acme.path("/view")).await.expect(200).body;
        for plan in [&organization["plan"], &view["organization"]["plan"]] {
            assert_eq!(plan["upgrade_url"], page["upgrade_url"]);
        }
    }
    h.person("stranger")
        .get(&h, &acme.path(""))
        .await
        .problem(404, "not-found");
    for bad in [
        "http://product.example",
        "javascript:alert(1)",
        "https://user@product.example",
        "https://x.example/\"",
        "",
    ] {
        let refused = h.platform().put(&h, &plan, &json!({ "upgrade_url": bad })).await;
        let faults = refused.problem(422, "invalid-request").faults();
        assert_eq!(faults, named(&[("upgrade_url", "invalid_value")]), "{bad}");
    }
    let events = acme
        .owner
        .get(&h, &acme.path("/events?kind=organization.plan_set&limit=1"))
        .await
        .expect(200);
    assert_eq!(events.body["items"][0]["after"]["upgrade_url"], page["upgrade_url"]);
    let none = h
        .platform()
        .put(&h, &plan, &json!({ "upgrade_url": null }))
        .await
        .expect(200);
    assert_eq!(none.body["plan"]["upgrade_url"], json!(null));
}

#[tokio::test]
async fn a_plan_lowered_below_use_keeps_every_member_and_blocks_growth() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ada = acme.join(&h, "ada", "admin", &[]).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    acme.plan(&h, Some(1), &[]).await;
    ada.get(&h, &acme.path("")).await.expect(200);
    pat.get(&h, &acme.path("")).await.expect(200);
    let refused = acme.try_invite(&h, &invitation("new@x.example", "admin", &[])).await;
    let refused = refused.problem(409, "no-seats-available");
    assert_eq!(refused.body["seats"], json!({ "used": 3, "limit": 1, "needed": 1 }));
    let seats = acme.owner.get(&h, &acme.path("")).await.expect(200).body["seats"].clone();
    assert_eq!(seats, json!({ "used": 3, "limit": 1, "at_limit": true }));
    // Shrinking, and changes that cost no seat, go on.
    let path = acme.path(&format!("/members/{}", pat.id()));
    acme.owner
        .patch(&h, &path, &json!({ "role": "admin" }))
        .await
        .expect(200);
    acme.owner.delete(&h, &path).await.expect(204);
    assert_eq!(acme.seats_used(&h).await, 2);
    recount(&h).await;
}

#[tokio::test]
async fn the_roles_tell_what_the_caller_may_give() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let assignable = async |who: &muster_tests::Persona| -> Vec<String> {
        let roles = who.get(&h, &acme.path("/roles")).await.expect(200);
        let roles = roles.body["items"].as_array().unwrap().clone();
        let may = roles.iter().filter(|r| r["assignable"] == true);
        may.map(|r| r["id"].as_str().unwrap().to_owned()).collect()
    };
    let program = ["program_admin", "program_facilitator", "program_sponsor", "participant"];
    assert_eq!(
        assignable(&acme.owner).await,
        [&["owner", "admin"], &program[..]].concat()
    );
    acme.allow_helpers(&h).await;
    let all = [&["owner", "admin", "implementation_admin"], &program[..]].concat();
    assert_eq!(assignable(&acme.owner).await, all, "once it is switched on");
    let admin = acme.join(&h, "ada", "admin", &[]).await;
    assert_eq!(assignable(&admin).await, all[1..], "only owners make owners");
    let helper = acme.helper(&h, "hal").await;
    assert_eq!(assignable(&helper).await, all[1..], "as an admin");
    for (name, role, may) in [
        ("pat", "program_admin", &program[..]),
        ("fay", "program_facilitator", &program[3..]),
        ("sam", "program_sponsor", &[]),
        ("pia", "participant", &[]),
    ] {
        let who = acme.join(&h, name, role, &["spring"]).await;
        assert_eq!(assignable(&who).await, may, "{role}");
    }
    assert_eq!(assignable(&h.platform()).await, [""; 0]);
}

#[tokio::test]
async fn a_role_is_described_for_those_who_choose_one() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let roles = acme.owner.get(&h, &acme.path("/roles")).await.expect(200);
    let role = |id: &str| {
        let all = roles.body["items"].as_array().unwrap();
        all.iter().find(|r| r["id"] == id).cloned().unwrap()
    };
    let helper = role("implementation_admin");
    let expected = json!(["1_month", "2_months", "3_months", "6_months", "forever"]);
    assert_eq!(helper["durations"], expected);
    for (field, value) in [
        ("uses_seat", false),
        ("optional", true),
        ("enabled", false),
        ("allowlisted", true),
        ("protected", false),
    ] {
        assert_eq!(helper[field], value, "{field}");
    }
    assert_eq!(role("owner")["protected"], true);
    assert_eq!(role("program_admin")["reach"], "resource");
    assert_eq!(role("program_admin")["resources"], "at_least_one");
    assert_eq!(role("participant")["resources"], "optional");
    assert_eq!(role("participant")["uses_seat"], false);
    assert_eq!(role("admin")["resources"], "none");
    let permissions = role("admin")["permissions"].clone();
    let permissions: Vec<_> = permissions.as_array().unwrap().iter().collect();
    assert!(!permissions.contains(&&json!("billing:manage")), "all but billing");
}
