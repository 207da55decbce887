//! Values that fields must not have, by kind of field.

use serde_json::{Value, json};

/// Values of another type than a text.
pub(super) fn no_texts() -> Vec<Value> {
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
pub(super) fn bad_lines(max: usize) -> Vec<Value> {
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
pub(super) fn bad_messages() -> Vec<Value> {
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
pub(super) fn bad_counts(max: u64) -> Vec<Value> {
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

pub(super) fn bad_roles() -> Vec<Value> {
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

pub(super) fn bad_resources() -> Vec<Value> {
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

/// Texts that are no instant in the form of RFC 3339, or one that is past.
const NO_ENDS: [&str; 23] = [
    "",
    "tomorrow",
    "2999-12-31",
    "2999-13-31T00:00:00Z",
    "2999-12-31T00:00:00",
    "2999-12-31T00:00Z",
    "2999-12-31T24:00:00Z",
    "2999-12-31T23:58:60Z",
    "2999-12-31 00:00:00Z",
    "2999-12-31T00:00:00,5Z",
    "2999-12-31T00:00:00+01",
    "2999-12-31T00:00:00+0100",
    "2999-12-31T00:00:00Z[Europe/Paris]",
    "2999-12-31T00:00:00[Europe/Paris]",
    "29991231T000000Z",
    "2999-W01-1T00:00:00Z",
    "2999-365T00:00:00Z",
    "+002999-12-31T00:00:00Z",
    "32503680000",
    "2999-12-31T00:00:00Z\u{0}",
    "2001-01-01T00:00:00Z",
    "1970-01-01T00:00:00Z",
    "-009999-01-01T00:00:00Z",
];

pub(super) fn bad_instants() -> Vec<Value> {
    NO_ENDS.map(|text| json!(text)).into()
}

/// What names no resource.
pub(super) fn bad_references() -> Vec<Value> {
    vec![
        json!(7),
        json!("spring"),
        json!([]),
        json!(["program", "spring"]),
        json!({}),
        json!({ "id": "spring" }),
        json!({ "type": "program" }),
        json!({ "type": "Program", "id": "spring" }),
        json!({ "type": "program", "id": "a#b" }),
        json!({ "type": "program", "id": "spring", "more": 1 }),
    ]
}

pub(super) fn bad_terms() -> Vec<Value> {
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

/// What no end of a grant can be.
pub(super) fn bad_ends() -> Vec<Value> {
    let others = [json!(7), json!(1e300), json!([]), json!(true)];
    NO_ENDS.into_iter().map(|at| json!(at)).chain(others).collect()
}

pub(super) fn bad_grants() -> Vec<Value> {
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
    bad.extend(bad_ends().into_iter().map(|at| grant("expires_at", at)));
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

/// Texts that name no member.
const NO_MEMBERS: [&str; 13] = [
    "",
    "me",
    "usr_1",
    "org_0000000000000000000001",
    "USR_0000000000000000000001",
    "usr_zzzzzzzzzzzzzzzzzzzzzz",
    "usr_000000000000000000000\u{0}",
    "usr_00000000000000000000\u{e9}",
    "ann",
    "sub:",
    "SUB:ann",
    "sub:a\nb",
    "sub64:YW5u",
];

pub(super) fn bad_member_ids() -> Vec<Value> {
    with(no_texts(), NO_MEMBERS.map(|id| json!(id)).into())
}

pub(super) fn bad_members() -> Vec<Value> {
    bad_rows("usr")
}

pub(super) fn bad_invitations() -> Vec<Value> {
    bad_rows("inv")
}

/// Lists of ids with this beginning.
fn bad_rows(prefix: &str) -> Vec<Value> {
    let id = |n: usize| json!(format!("{prefix}_{n:022}"));
    let ids = NO_MEMBERS.map(|id| id.replace("usr", prefix));
    let mut bad = vec![
        json!(7),
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

pub(super) fn bad_domains() -> Vec<Value> {
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

/// What cannot be the address of one person.
pub(super) fn bad_emails() -> Vec<Value> {
    let texts = [
        "",
        " ",
        "ann",
        "@x.example",
        "ann@",
        "ann@nodot",
        "ann@@x.example",
        "a@x.example, b@x.example",
        "ann@x.example\r\nBcc: evil@x.example",
        "ann\u{0}@x.example",
        "ann\u{202e}@x.example",
        "\u{430}nn@x.example",
        "ann@127.0.0.1",
    ];
    let long = json!(format!("{}@x.example", "a".repeat(65)));
    texts.iter().map(|t| json!(t)).chain([long]).collect()
}

pub(super) fn bad_switches() -> Vec<Value> {
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

pub(super) fn bad_skills() -> Vec<Value> {
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

pub(super) fn bad_zones() -> Vec<Value> {
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

pub(super) fn bad_colors() -> Vec<Value> {
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

pub(super) fn with(mut more: Vec<Value>, values: Vec<Value>) -> Vec<Value> {
    more.extend(values);
    more
}
