//! Each field with every value it must not have: the field is named.

use super::document::choices;
use super::takers::*;
use super::values::*;
use super::{Ground, is_named, is_problem};
use muster_domain::Instant;
use serde_json::{Value, json};

/// Every field of every route: where it is, and what it must not be.
fn fields() -> Vec<(&'static Taker, &'static str, Vec<Value>)> {
    let null = || vec![json!(null)];
    let line = || with(no_texts(), bad_lines(120));
    let text = || with(no_texts(), bad_messages());
    let sets = || {
        with(
            null(),
            with(
                no_texts(),
                ["", "nonsense", "Program-Delivery", "\u{0}", "../x"]
                    .map(|t| json!(t))
                    .into(),
            ),
        )
    };
    // A past instant is one, too: it means now.
    let no_instants = || {
        let is_none = |text: &Value| text.as_str().unwrap().parse::<Instant>().is_err();
        bad_instants().into_iter().filter(is_none).collect()
    };
    let no_object = || vec![json!(7), json!("x"), json!(true), json!([]), json!([5]), json!([null])];
    let optional = || {
        with(
            vec![json!("owner"), json!(7), json!({}), json!([7])],
            ["", "owner", "nonsense", "Owner"].map(|t| json!([t])).into(),
        )
    };
    let flags = || vec![json!(0), json!(1), json!("true"), json!(null), json!([]), json!({})];
    let words = || {
        ["", "nonsense", "Active", "CSV", "program:", ":spring", "a:b:\u{0}"]
            .map(|t| json!(t))
            .into()
    };
    let days = || with(bad_counts(30), vec![json!(0), json!(4_294_967_296_u64)]);
    vec![
        (&FOUND, "/name", with(null(), line())),
        (&FOUND, "/role_set", sets()),
        (&UPDATE, "/name", line()),
        (&UPDATE, "/settings", no_object()),
        (&UPDATE, "/settings/invitation_ttl_days", days()),
        (&UPDATE, "/settings/default_message", text()),
        (&UPDATE, "/settings/optional_roles", optional()),
        (&UPDATE, "/settings/nonsense", null()),
        (&UPDATE, "/settings/logo_url", with(no_texts(), words())),
        (&UPDATE, "/settings/accent_color", with(no_texts(), bad_colors())),
        (&PLAN, "/branding", flags()),
        (&PLAN, "/seat_limit", bad_counts(u64::from(u32::MAX))),
        (&PLAN, "/mail_limit", bad_counts(u64::from(u32::MAX))),
        (&PLAN, "/allowed_domains", bad_domains()),
        (
            &PLAN,
            "/upgrade_url",
            with(
                no_texts(),
                vec![
                    json!(""),
                    json!("http://x.example"),
                    json!("https://a@x.example"),
                    json!("https://1.2.3.4"),
                ],
            ),
        ),
        (&SUSPEND, "/reason", with(null(), text())),
        (
            &SUSPEND,
            "/at",
            with(with(no_texts(), no_instants()), vec![json!("9999-12-31T23:59:59Z")]),
        ),
        (&PUT_RESOURCE, "/name", with(null(), line())),
        (&PUT_CONTACT, "/email", with(null(), with(no_texts(), bad_emails()))),
        (&PUT_CONTACT, "/name", line()),
        (
            &PUT_CONTACT,
            "/subject",
            with(
                no_texts(),
                vec![json!(""), json!("a\u{0}b"), json!("a\nb"), json!("x".repeat(256))],
            ),
        ),
        (&PUT_CONTACT, "/user", bad_member_ids()),
        (&ADD_MEMBER, "/email", with(null(), with(no_texts(), bad_emails()))),
        (
            &ADD_MEMBER,
            "/contact",
            with(
                no_texts(),
                vec![
                    json!(""),
                    json!("a#b"),
                    json!("a/b"),
                    json!(".."),
                    json!("x".repeat(129)),
                    json!("a"),
                ],
            ),
        ),
        (&ADD_MEMBER, "/role", with(null(), bad_roles())),
        (
            &ADD_MEMBER,
            "/resources",
            with(vec![json!([]), json!(null)], bad_resources()),
        ),
        (&ADD_MEMBER, "/message", text()),
        (&ADD_MEMBER, "/language", with(no_texts(), words())),
        (
            &ADD_MEMBER,
            "/duration",
            with(bad_terms(), vec![json!("1_month"), json!("forever")]),
        ),
        (
            &INVITE,
            "/emails",
            vec![
                json!(7),
                json!(true),
                json!(null),
                json!({}),
                json!([7]),
                json!([null]),
                json!([["a@x.example"]]),
                json!([]),
                json!(""),
                json!(" ,;\n"),
                json!([]),
                json!((0..21).map(|n| format!("a{n}@x.example")).collect::<Vec<_>>()),
            ],
        ),
        (&INVITE, "/role", with(null(), bad_roles())),
        (
            &INVITE,
            "/resources",
            with(vec![json!([]), json!(null)], bad_resources()),
        ),
        (&INVITE, "/message", text()),
        (&INVITE, "/language", with(no_texts(), words())),
        (
            &INVITE,
            "/duration",
            with(bad_terms(), vec![json!("1_month"), json!("forever")]),
        ),
        (&INVITE, "/dry_run", flags()),
        (&DEACTIVATE, "/dry_run", flags()),
        (&CHANGE_ROLES, "/dry_run", flags()),
        (&CANCEL, "/dry_run", flags()),
        (&UPDATE_INVITATION, "/role", bad_roles()),
        (&UPDATE_INVITATION, "/resources", with(vec![json!([])], bad_resources())),
        (&UPDATE_INVITATION, "/message", text()),
        (&UPDATE_INVITATION, "/language", with(no_texts(), words())),
        (
            &UPDATE_INVITATION,
            "/duration",
            with(bad_terms(), vec![json!("1_month")]),
        ),
        (&UPDATE_INVITATION, "/email", vec![json!("other@x.example")]),
        (&HOLDINGS, "/role", with(null(), bad_roles())),
        (&HOLDINGS, "/resources", with(vec![json!([])], bad_resources())),
        (&HOLDINGS, "/duration", with(bad_terms(), vec![json!("1_month")])),
        (&MIX, "/role", bad_roles()),
        (&MIX, "/grants", bad_grants()),
        (&MIX, "/resources", vec![json!([])]),
        (&PROFILE, "/name", line()),
        (&PROFILE, "/timezone", with(no_texts(), bad_zones())),
        (&PROFILE, "/language", with(no_texts(), words())),
        (&PROFILE, "/color", with(no_texts(), bad_colors())),
        (&PROFILE, "/notifications", bad_switches()),
        (&PROFILE, "/skills", bad_skills()),
        (&PROFILE, "/bio", text()),
        (
            &PROFILE,
            "/status",
            with(no_texts(), vec![json!("away"), json!(""), json!("Active")]),
        ),
        (&TRANSFER, "/to", with(null(), bad_member_ids())),
        (&TRANSFER, "/then", with(null(), bad_roles())),
        (&TRANSFER, "/resources", bad_resources()),
        (&TRANSFER, "/duration", with(bad_terms(), vec![json!("1_month")])),
        (&PAYING_OWNER, "/member", with(null(), bad_member_ids())),
        (&PUT_GRANT, "/role", with(null(), bad_roles())),
        (&PUT_GRANT, "/expires_at", bad_ends()),
        (&ACTIVATE, "/members", bad_members()),
        (&DEACTIVATE, "/members", bad_members()),
        (&REMOVE, "/members", bad_members()),
        (&CHANGE_ROLES, "/members", bad_members()),
        (&CHANGE_ROLES, "/role", with(null(), bad_roles())),
        (
            &CHANGE_ROLES,
            "/resources",
            with(vec![json!([]), json!(null)], bad_resources()),
        ),
        (&CHANGE_ROLES, "/duration", with(bad_terms(), vec![json!("1_month")])),
        (&CANCEL, "/invitations", bad_invitations()),
        (&RESEND, "/invitations", bad_invitations()),
        (&MAKE_KEY, "/name", with(null(), line())),
        (&MAKE_KEY, "/read_only", flags()),
        (&MAKE_KEY, "/resources", with(null(), bad_resources())),
        (&MAKE_KEY, "/expires_at", with(no_texts(), bad_instants())),
        (&ROTATE_KEY, "/overlap_hours", bad_counts(168)),
        (&VERIFY_KEY, "/key", with(null(), no_texts())),
        (&VERIFY_KEY, "/action", no_texts()),
        (&VERIFY_KEY, "/resource", bad_references()),
        (&EXPORT, "/format", with(null(), with(no_texts(), words()))),
        (&EXPORT, "/timezone", with(no_texts(), bad_zones())),
        (&EXPORT, "/filter", no_object()),
        (&EXPORT, "/filter/q", with(no_texts(), vec![json!("x".repeat(201))])),
        (&EXPORT, "/filter/status", with(no_texts(), words())),
        (
            &EXPORT,
            "/filter/role",
            vec![json!("admin"), json!(7), json!([7]), json!(["Admin"]), json!([""])],
        ),
        (&EXPORT, "/filter/invite_status", with(no_texts(), words())),
        (&EXPORT, "/filter/joined_in", with(no_texts(), words())),
        (&EXPORT, "/filter/resource", with(no_texts(), words())),
        (&EXPORT, "/filter/sort", with(no_texts(), words())),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_that_is_wrong_is_named_and_nothing_is_done() {
    let g = Ground::make().await;
    let mut wrong = Vec::new();
    for (taker, pointer, values) in fields() {
        let good = (taker.good)(&g);
        let field = pointer.trim_start_matches('/').replace('/', ".");
        let (parent, last) = pointer.rsplit_once('/').unwrap();
        for value in values {
            let shown: String = value.to_string().chars().take(100).collect();
            let what = format!("{} {} with {field} = {shown}", taker.method, taker.path);
            let mut body = good.clone();
            body.pointer_mut(parent).unwrap()[last] = value;
            let answer = g.json(taker, body.to_string()).await;
            if answer.status != 422 || !is_named(&answer, &field) {
                wrong.push(format!("{what}: {} {}", answer.status, answer.body));
                continue;
            }
            is_problem(&answer, &[422], &what);
            assert!(
                answer.body.to_string().len() < 64_000,
                "{what}: the answer is of a size"
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    g.stands().await;
}

#[test]
fn every_field_of_every_body_is_tried() {
    let document = muster_functions::openapi::document();
    let tried = fields();
    let named = |schema: &str, pointer: &str| {
        let takers: &[&Taker] = match schema {
            "CreateOrganizationRequest" => &[&FOUND],
            "UpdateOrganizationRequest" | "OrganizationSettingsUpdate" => &[&UPDATE],
            "SetPlanRequest" => &[&PLAN],
            "SuspendOrganizationRequest" => &[&SUSPEND],
            "PutResourceRequest" => &[&PUT_RESOURCE],
            "AddMemberRequest" => &[&ADD_MEMBER],
            "PutContactRequest" => &[&PUT_CONTACT],
            "CreateInvitationsRequest" => &[&INVITE],
            "UpdateInvitationRequest" => &[&UPDATE_INVITATION],
            "UpdateMemberRequest" => &[&HOLDINGS, &MIX, &PROFILE],
            "PutGrantRequest" => &[&PUT_GRANT],
            "TransferOwnershipRequest" => &[&TRANSFER],
            "NamePayingOwnerRequest" => &[&PAYING_OWNER],
            "BulkMembersRequest" => &[&ACTIVATE, &DEACTIVATE, &REMOVE],
            "ChangeRolesRequest" => &[&CHANGE_ROLES],
            "BulkInvitationsRequest" => &[&CANCEL, &RESEND],
            "CreateApiKeyRequest" => &[&MAKE_KEY],
            "RotateApiKeyRequest" => &[&ROTATE_KEY],
            "VerifyApiKeyRequest" => &[&VERIFY_KEY],
            "CreateExportRequest" | "ExportSelection" => &[&EXPORT],
            other => panic!("no fields of {other} are tried"),
        };
        let prefix = match schema {
            "OrganizationSettingsUpdate" => "/settings",
            "ExportSelection" => "/filter",
            _ => "",
        };
        let is = |t: &&Taker| takers.iter().any(|own| own.method == t.method && own.path == t.path);
        tried
            .iter()
            .any(|(t, p, _)| is(t) && *p == format!("{prefix}/{pointer}"))
    };
    let mut bodies: Vec<String> = vec!["OrganizationSettingsUpdate".into(), "ExportSelection".into()];
    let paths = document["paths"].as_object().unwrap().iter();
    // Questions about access stand in `access.rs`.
    for (_, operations) in paths.filter(|(path, _)| !path.contains("/access/v1/")) {
        for operation in operations.as_object().unwrap().values() {
            let reference = operation.pointer("/requestBody/content/application~1json/schema/$ref");
            bodies.extend(reference.map(|r| r.as_str().unwrap().rsplit('/').next().unwrap().to_owned()));
        }
    }
    for schema in bodies {
        let whole = &document["components"]["schemas"][&schema];
        let objects: Vec<_> = choices(whole)
            .chain([whole])
            .filter_map(|one| one["properties"].as_object())
            .collect();
        assert!(!objects.is_empty(), "{schema} has no fields");
        for field in objects.into_iter().flat_map(|object| object.keys()) {
            assert!(named(&schema, field), "{field} of {schema} is not tried");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bodies_that_the_faults_are_put_into_are_good_ones() {
    let g = Ground::make().await;
    for taker in TAKERS {
        let answer = g.json(taker, (taker.good)(&g).to_string()).await;
        assert!((200..300).contains(&answer.status), "{} {:#}", taker.path, answer.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn naming_a_resource_twice_is_naming_it_once() {
    let g = Ground::make().await;
    for taker in [&INVITE, &UPDATE_INVITATION, &HOLDINGS, &CHANGE_ROLES] {
        let mut body = (taker.good)(&g);
        let one = body["resources"][0].clone();
        body["resources"] = json!([one, one, one]);
        let answer = g.json(taker, body.to_string()).await;
        assert!((200..300).contains(&answer.status), "{} {:#}", taker.path, answer.body);
    }
    super::recount(&g.h).await;
}
