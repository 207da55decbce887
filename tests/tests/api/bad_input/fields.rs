//! Each field with every value it must not have: the field is named.

use super::takers::{
    ACTIVATE, DEACTIVATE, FOUND, HOLDINGS, INVITE, MIX, PLAN, PROFILE, PUT_RESOURCE, TAKERS, Taker, UPDATE,
    UPDATE_INVITATION,
};
use super::{Ground, is_named, is_problem};
use serde_json::{Value, json};

/// Values of another type than a text.
fn no_texts() -> Vec<Value> {
    vec![
        json!(7),
        json!(-1.5),
        json!(true),
        json!([]),
        json!(["x"]),
        json!({}),
        json!({ "x": "y" }),
    ]
}

/// Texts of one line that cannot be shown as they are, or not at all, around `max` characters.
fn bad_lines(max: usize) -> Vec<Value> {
    let texts = [
        "",
        " ",
        "\u{a0}\t\n",
        "a\u{0}b",
        "a\u{7}b",
        "a\nb",
        "a\r\nBcc: x@y.example",
        "\u{1b}[31ma",
        "a\u{7f}b",
        "a\u{85}b",
        "\u{202e}evil",
        "a\u{2066}b",
        "a\u{200f}b",
        "a\u{200b}b",
        "\u{feff}a",
        "a\u{2060}b",
        "a\u{ad}b",
        "a\u{2028}b",
        "a\u{e0041}b",
    ];
    let long = [max + 1, 50_000].map(|n| json!("x".repeat(n)));
    texts.iter().map(|t| json!(t)).chain(long).collect()
}

/// Texts of several lines that cannot be.
fn bad_messages() -> Vec<Value> {
    let texts = [
        "",
        " \n ",
        "a\u{0}b",
        "a\u{7}b",
        "\u{1b}[2J",
        "\u{202e}evil",
        "a\u{200b}b",
        "a\u{feff}b",
        "a\u{e0041}b",
    ];
    let long = [2_001, 50_000].map(|n| json!("x".repeat(n)));
    texts.iter().map(|t| json!(t)).chain(long).collect()
}

/// Numbers that a count of at most `max` cannot be, and what is no number.
fn bad_counts(max: u64) -> Vec<Value> {
    let numbers = [
        json!(-1),
        json!(i64::MIN),
        json!(1.5),
        json!(1e30),
        json!(max + 1),
        json!(u64::MAX),
    ];
    numbers
        .into_iter()
        .chain([json!("7"), json!(true), json!([]), json!([7]), json!({})])
        .collect()
}

fn bad_roles() -> Vec<Value> {
    let texts = [
        "",
        " ",
        "Owner",
        "OWNER",
        " owner",
        "own er",
        "owner\u{0}",
        "owner\n",
        "\u{43e}wner",
        "own\u{200b}er",
        "nonsense",
        "../owner",
        "owner#x",
        "1owner",
    ];
    let long = [json!("x".repeat(41)), json!("x".repeat(50_000))];
    no_texts()
        .into_iter()
        .chain(texts.iter().map(|t| json!(t)))
        .chain(long)
        .collect()
}

fn bad_resources() -> Vec<Value> {
    let one = |kind: Value, id: Value| json!([{ "type": kind, "id": id }]);
    let good = json!({ "type": "program", "id": "spring" });
    let ids = [
        "",
        " ",
        "a#b",
        "a/b",
        "\u{0}",
        "spr\u{200b}ing",
        "\u{455}pring",
        "nothing",
        &"x".repeat(129),
        &"x".repeat(50_000),
    ];
    let kinds = ["", "Program", "project", "program#spring", "program\u{0}"];
    let mut bad = vec![
        json!(7),
        json!("spring"),
        json!(true),
        json!({}),
        good.clone(),
        json!([7]),
        json!([null]),
    ];
    bad.extend([
        json!(["spring"]),
        json!([[good]]),
        json!([["program", "spring"]]),
        json!([{}]),
        json!([{ "id": "spring" }]),
        json!([{ "type": "program" }]),
    ]);
    bad.extend(ids.map(|id| one(json!("program"), json!(id))));
    bad.extend(kinds.map(|kind| one(json!(kind), json!("spring"))));
    bad.extend([
        one(json!(7), json!("spring")),
        one(json!("program"), json!(7)),
        one(json!(null), json!(null)),
    ]);
    bad.push(json!([{ "type": "program", "id": "spring", "registration": "reg_1" }]));
    bad.push(json!(
        (0..61)
            .map(|n| json!({ "type": "program", "id": format!("p{n}") }))
            .collect::<Vec<_>>()
    ));
    bad.push(json!(
        (0..60)
            .map(|n| json!({ "type": "program", "id": format!("p{n}") }))
            .collect::<Vec<_>>()
    ));
    bad
}

fn bad_terms() -> Vec<Value> {
    let texts = [
        "",
        "1 month",
        "7_months",
        "0_months",
        "1_months",
        "-1_month",
        "1_year",
        "Forever",
        "999_months",
        "1_month\u{0}",
    ];
    no_texts().into_iter().chain(texts.iter().map(|t| json!(t))).collect()
}

fn bad_grants() -> Vec<Value> {
    let grant = |field: &str, value: Value| {
        let mut grant = json!({ "type": "program", "id": "spring", "role": "participant" });
        grant[field] = value;
        json!([grant])
    };
    let mut bad = vec![
        json!(7),
        json!("spring"),
        json!({}),
        json!([7]),
        json!([null]),
        json!([{}]),
    ];
    bad.push(json!([{ "type": "program", "id": "spring" }]));
    bad.push(json!([["program", "spring", "participant"]]));
    bad.extend(bad_roles().into_iter().map(|role| grant("role", role)));
    bad.extend(["owner", "admin", "implementation_admin"].map(|role| grant("role", json!(role))));
    bad.extend(["a#b", "nothing", ""].map(|id| grant("id", json!(id))));
    bad.push(grant("type", json!("project")));
    let times = [
        "",
        "tomorrow",
        "2999-12-31",
        "2999-13-01T00:00:00Z",
        "2999-12-31T00:00:00",
        "1970-01-01T00:00:00Z",
        "-009999-01-01T00:00:00Z",
    ];
    bad.extend(times.map(|at| grant("expires_at", json!(at))));
    bad.extend([json!(7), json!(1e300), json!([]), json!(true)].map(|at| grant("expires_at", at)));
    bad.push(grant("nonsense", json!(1)));
    let twice = grant("role", json!("participant"))[0].clone();
    bad.push(json!([twice, twice]));
    let many = |n: usize| {
        json!(
            (0..n)
                .map(|n| json!({ "type": "program", "id": format!("p{n}"), "role": "participant" }))
                .collect::<Vec<_>>()
        )
    };
    bad.extend([many(200), many(201), many(600)]);
    bad
}

fn bad_members() -> Vec<Value> {
    let id = |n: usize| json!(format!("usr_{n:022}"));
    let ids = [
        "",
        "me",
        "usr_1",
        "org_0000000000000000000001",
        "USR_0000000000000000000001",
        "usr_zzzzzzzzzzzzzzzzzzzzzz",
        "usr_000000000000000000000\u{0}",
        "usr_00000000000000000000\u{e9}",
    ];
    let mut bad = vec![
        json!(7),
        json!("usr_1"),
        id(1),
        json!({}),
        json!([]),
        json!([7]),
        json!([null]),
        json!([[]]),
        json!(null),
    ];
    bad.extend(ids.map(|id| json!([id])));
    bad.push(json!((0..101).map(id).collect::<Vec<_>>()));
    bad.push(json!((0..1_500).map(id).collect::<Vec<_>>()));
    bad
}

fn bad_domains() -> Vec<Value> {
    let texts = [
        "",
        "nodot",
        "a b.example",
        "*.x.example",
        "http://x.example",
        "x.example/",
        "@x.example",
        "ann@x.example",
        "x..example",
        ".x.example",
        "-x.example",
        "127.0.0.1",
        "[::1]",
        "x.example\u{0}",
        "x.\u{200b}example",
        "\u{212a}.example",
        "x\u{ff0e}example",
        "x_y.example",
        &"x".repeat(300),
    ];
    let mut bad = vec![
        json!(7),
        json!("x.example"),
        json!({}),
        json!(null),
        json!([7]),
        json!([null]),
    ];
    bad.extend(texts.map(|t| json!([t])));
    bad.push(json!((0..101).map(|n| format!("d{n}.example")).collect::<Vec<_>>()));
    bad
}

fn bad_switches() -> Vec<Value> {
    let mut bad = vec![
        json!(7),
        json!("mail"),
        json!([]),
        json!({ "mail": 1 }),
        json!({ "mail": "yes" }),
        json!({ "mail": null }),
    ];
    bad.extend(["", "Mail", "ma il", "mail\u{0}", "\u{43c}ail"].map(|name| json!({ name: true })));
    bad.push(Value::Object((0..51).map(|n| (format!("n{n}"), json!(true))).collect()));
    bad
}

fn bad_skills() -> Vec<Value> {
    let mut bad = vec![
        json!(7),
        json!("rust"),
        json!({}),
        json!([7]),
        json!([null]),
        json!([[]]),
    ];
    bad.extend(bad_lines(60).into_iter().map(|line| json!([line])));
    bad.push(json!(vec!["rust"; 51]));
    bad
}

fn bad_zones() -> Vec<Value> {
    [
        "",
        "Mars/Base",
        "../../etc/passwd",
        "Europe/Paris\u{0}",
        "Europe/P\u{430}ris",
        "+01:00",
    ]
    .map(|t| json!(t))
    .into()
}

fn bad_colors() -> Vec<Value> {
    [
        "",
        "red",
        "#12345",
        "#1234567",
        "#gggggg",
        "336699",
        "#33669\u{ff19}",
        "rgb(1,2,3)",
    ]
    .map(|t| json!(t))
    .into()
}

fn with(mut more: Vec<Value>, values: Vec<Value>) -> Vec<Value> {
    more.extend(values);
    more
}

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
    let no_object = || vec![json!(7), json!("x"), json!(true), json!([]), json!([5]), json!([null])];
    let optional = || {
        with(
            vec![json!("owner"), json!(7), json!({}), json!([7])],
            ["", "owner", "nonsense", "Owner"].map(|t| json!([t])).into(),
        )
    };
    let flags = || vec![json!(0), json!(1), json!("true"), json!(null), json!([]), json!({})];
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
        (&PLAN, "/seat_limit", bad_counts(u64::from(u32::MAX))),
        (&PLAN, "/allowed_domains", bad_domains()),
        (&PUT_RESOURCE, "/name", with(null(), line())),
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
        (
            &INVITE,
            "/duration",
            with(bad_terms(), vec![json!("1_month"), json!("forever")]),
        ),
        (&INVITE, "/dry_run", flags()),
        (&UPDATE_INVITATION, "/role", bad_roles()),
        (&UPDATE_INVITATION, "/resources", with(vec![json!([])], bad_resources())),
        (&UPDATE_INVITATION, "/message", text()),
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
        (&PROFILE, "/color", with(no_texts(), bad_colors())),
        (&PROFILE, "/notifications", bad_switches()),
        (&PROFILE, "/skills", bad_skills()),
        (&PROFILE, "/bio", text()),
        (&ACTIVATE, "/members", bad_members()),
        (&DEACTIVATE, "/members", bad_members()),
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
            "CreateOrganization" => &[&FOUND],
            "UpdateOrganization" | "UpdateSettings" => &[&UPDATE],
            "SetPlan" => &[&PLAN],
            "PutResource" => &[&PUT_RESOURCE],
            "CreateInvitations" => &[&INVITE],
            "UpdateInvitation" => &[&UPDATE_INVITATION],
            "UpdateMember" => &[&HOLDINGS, &MIX, &PROFILE],
            "SetStatus" => &[&ACTIVATE, &DEACTIVATE],
            other => panic!("no fields of {other} are tried"),
        };
        let prefix = if schema == "UpdateSettings" { "/settings" } else { "" };
        let is = |t: &&Taker| takers.iter().any(|own| own.method == t.method && own.path == t.path);
        tried
            .iter()
            .any(|(t, p, _)| is(t) && *p == format!("{prefix}/{pointer}"))
    };
    let mut bodies: Vec<String> = vec!["UpdateSettings".into()];
    for operations in document["paths"].as_object().unwrap().values() {
        for operation in operations.as_object().unwrap().values() {
            let reference = operation.pointer("/requestBody/content/application~1json/schema/$ref");
            bodies.extend(reference.map(|r| r.as_str().unwrap().rsplit('/').next().unwrap().to_owned()));
        }
    }
    for schema in bodies {
        for field in document["components"]["schemas"][&schema]["properties"]
            .as_object()
            .unwrap()
            .keys()
        {
            assert!(named(&schema, field), "{field} of {schema} is not tried");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bodies_that_the_faults_are_put_into_are_good_ones() {
    let g = Ground::make().await;
    for taker in &TAKERS {
        let answer = g.json(taker, (taker.good)(&g).to_string()).await;
        assert!((200..300).contains(&answer.status), "{} {:#}", taker.path, answer.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn naming_a_resource_twice_is_naming_it_once() {
    let g = Ground::make().await;
    for taker in [&INVITE, &UPDATE_INVITATION, &HOLDINGS] {
        let mut body = (taker.good)(&g);
        let one = body["resources"][0].clone();
        body["resources"] = json!([one, one, one]);
        let answer = g.json(taker, body.to_string()).await;
        assert!((200..300).contains(&answer.status), "{} {:#}", taker.path, answer.body);
    }
    super::recount(&g.h).await;
}
