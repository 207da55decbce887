//! The shipped sets as a golden matrix, and the contradictions that a file must not have.

use super::*;
use serde_json::json;

/// The properties of one role, apart from its powers.
fn form(role: &Role) -> String {
    let said = [
        (role.uses_seat, "seat"),
        (role.protected, "protected"),
        (role.transfer_only, "transfer only"),
        (role.optional, "optional"),
        (role.allowlisted, "allowlisted"),
        (role.notified, "notified"),
    ];
    let said: Vec<&str> = said.iter().filter(|(is, _)| *is).map(|(_, text)| *text).collect();
    let durations: Vec<String> = role.durations.iter().map(ToString::to_string).collect();
    format!(
        "{}\n  reach {:?}, resources {:?}, {}\n  durations: {}\n",
        role.id,
        role.reach,
        role.resources,
        said.join(", "),
        durations.join(" ")
    )
}

/// Role × permission, and role × role: a change in power changes this text.
fn matrix(set: &RoleSet) -> String {
    let mut out = format!(
        "{} on {}s, members may leave: {}, reads beside `:read`: {}\n",
        set.id,
        set.resource_type,
        set.members_may_leave,
        set.reads.join(" ")
    );
    for role in &set.roles {
        let only_reads = role.permissions.iter().filter(|p| set.only_reads(p));
        let only_reads: Vec<&str> = only_reads.map(String::as_str).collect();
        out.push_str(&format!("\n{}", form(role)));
        out.push_str(&format!("  may: {}\n", role.permissions.join(" ")));
        out.push_str(&format!("  read-only key: {}\n", only_reads.join(" ")));
        for condition in &role.conditions {
            out.push_str(&format!(
                "  {} only if {}\n",
                condition.permission,
                json!(condition.when)
            ));
        }
        let lists = [
            ("assigns", &role.assigns),
            ("takes for themselves", &role.self_assigns),
            ("manages", &role.manages),
        ];
        for (verb, list) in lists {
            let row: Vec<String> = set
                .roles
                .iter()
                .map(|other| format!("{}{}", if list.contains(&other.id) { "+" } else { "-" }, other.id))
                .collect();
            out.push_str(&format!("  {verb}: {}\n", row.join(" ")));
        }
    }
    out.push_str(&format!("\n{}", grid(set)));
    out
}

/// Every permission of the set against every role.
fn grid(set: &RoleSet) -> String {
    let mut permissions: Vec<&str> = Vec::new();
    for permission in set.roles.iter().flat_map(|r| &r.permissions) {
        if !permissions.contains(&permission.as_str()) {
            permissions.push(permission);
        }
    }
    let head: Vec<&str> = set.roles.iter().map(|r| r.id.as_str()).collect();
    let mut out = format!("{:22} {}\n", "", head.join(" "));
    for permission in permissions {
        let cells = set.roles.iter().map(|role| {
            let mark = match (role.allows(permission), role.conditions_on(permission).next()) {
                (false, _) => ".",
                (true, None) => "x",
                (true, Some(_)) => "if",
            };
            format!("{mark:<width$}", width = role.id.as_str().len())
        });
        let row = format!("{permission:22} {}", cells.collect::<Vec<_>>().join(" "));
        out.push_str(&format!("{}\n", row.trim_end()));
    }
    out
}

#[test]
fn the_shipped_role_sets_give_exactly_this_power() {
    // The roles of this one are named for their permissions.
    let others = test_names().filter(|name| *name != "single-permissions");
    for set in names().chain(others).filter_map(find) {
        insta::assert_snapshot!(format!("matrix-{}", set.id), matrix(set));
    }
}

/// A valid set of two roles.
pub(super) const VALID: &str = r#"id = "x"
name = "X"
resource_type = "thing"
resource_name_one = "Thing"
resource_name_other = "Things"
members_may_leave = true
[[role]]
id = "boss"
name = "Boss"
description = "Does things."
reach = "organization"
resources = "none"
uses_seat = true
protected = true
assigns = ["boss", "hand"]
manages = ["hand"]
permissions = ["members:read", "things:use"]
[[role]]
id = "hand"
name = "Hand"
description = "Does things."
reach = "resource"
resources = "at_least_one"
uses_seat = false
assigns = []
manages = []
permissions = ["things:use"]
"#;

/// Each case: the replaced text of the valid file, its replacement, and the refusal.
fn refused(valid: &str, cases: &[(&str, &str, &str)]) {
    RoleSet::parse("x.toml", valid).unwrap();
    for (from, to, refusal) in cases {
        assert!(valid.contains(from), "{from}");
        let error = RoleSet::parse("x.toml", &valid.replacen(from, to, 1)).unwrap_err();
        let text = error.to_string();
        assert_eq!(text.lines().next(), Some(*refusal), "{from} → {to}");
    }
}

#[test]
fn a_role_set_of_another_form_is_refused_with_file_and_line() {
    let fields = "id = \"boss\"";
    refused(
        VALID,
        &[
            ("id = \"hand\"", fields, "x.toml:19: the role `boss` is defined twice"),
            (
                "protected = true",
                "protected = false",
                "x.toml:1: exactly one role must be protected, but none is",
            ),
            (
                "uses_seat = true",
                "uses_seat = true\ndurations = [\"1_month\"]",
                "x.toml:8: `boss` is protected, so it cannot be optional, time-limited or limited to resources",
            ),
            (
                "reach = \"organization\"\nresources = \"none\"",
                "reach = \"resource\"\nresources = \"optional\"",
                "x.toml:8: `boss` is protected, so it cannot be optional, time-limited or limited to resources",
            ),
            (
                "uses_seat = true",
                "uses_seat = true\noptional = true",
                "x.toml:8: `boss` is protected, so it cannot be optional, time-limited or limited to resources",
            ),
            (
                "uses_seat = false",
                "uses_seat = false\ntransfer_only = true",
                "x.toml:19: `hand` is not protected, so it cannot be `transfer_only`",
            ),
            (
                "resources = \"none\"",
                "resources = \"at_least_one\"",
                "x.toml:8: `boss` reaches the whole organization, so it cannot require resources",
            ),
            (
                "resources = \"at_least_one\"",
                "resources = \"none\"",
                "x.toml:19: `hand` reaches only resources, so it cannot be assigned without any",
            ),
            (
                "\"members:read\", ",
                "\"members:raed\", ",
                "x.toml:17: `members:raed` is not one of Muster's permissions",
            ),
            (
                "\"members:read\", ",
                "\"contacts:\", ",
                "x.toml:17: `contacts:` is not one of Muster's permissions",
            ),
            (
                "name = \"X\"",
                "name = \"X\"\nreads = [\n  \"things:use\",\n  \"things:sue\",\n]",
                "x.toml:5: `reads` lists `things:sue`, which no role allows",
            ),
            (
                "resource_name_other = \"Things\"\n",
                "",
                "x.toml:1: `hand` is held on resources, so `resource_name_one` and `resource_name_other` are required",
            ),
            (
                "resource_name_one = \"Thing\"\nresource_name_other = \"Things\"\n",
                "",
                "x.toml:1: `hand` is held on resources, so `resource_name_one` and `resource_name_other` are required",
            ),
        ],
    );
    let two = VALID.replacen(
        "protected = true\nassigns = [\"boss\", \"hand\"]",
        "protected = true\nassigns = []",
        1,
    );
    let two = two.replacen("reach = \"resource\"", "reach = \"organization\"\nprotected = true", 1);
    let two = two.replacen("manages = [\"hand\"]", "manages = []", 1);
    let error = RoleSet::parse("x.toml", &two.replace("at_least_one", "optional")).unwrap_err();
    let text = "x.toml:19: exactly one role must be protected, but `hand` and `boss` are";
    assert_eq!(error.to_string(), text);
    let error = RoleSet::parse("x.toml", &VALID.replacen("name = \"X\"", "name = \"X\"\nextra = 1", 1)).unwrap_err();
    assert_eq!(error.line, 3);
    assert!(error.reason.starts_with("unknown field `extra`"), "{error}");
    let error = RoleSet::parse("x.toml", &VALID.replacen("uses_seat = true\n", "", 1)).unwrap_err();
    assert_eq!(error.to_string(), "x.toml:7: missing field `uses_seat`");
}

#[test]
fn a_set_whose_roles_need_no_resources_has_words_for_them_or_none() {
    let without = |text: &str| {
        let text = text.replacen(
            "reach = \"resource\"\nresources = \"at_least_one\"",
            "reach = \"organization\"\nresources = \"none\"",
            1,
        );
        RoleSet::parse("x.toml", &text)
    };
    assert_eq!(without(VALID).unwrap().resource_names(), Some(["Thing", "Things"]));
    let one = VALID.replacen("resource_name_other = \"Things\"\n", "", 1);
    assert_eq!(
        without(&one).unwrap_err().to_string(),
        "x.toml:1: `resource_name_one` and `resource_name_other` belong together"
    );
    let none = one.replacen("resource_name_one = \"Thing\"\n", "", 1);
    assert_eq!(without(&none).unwrap().resource_names(), None);
}

#[test]
fn every_role_of_a_product_is_described_in_sentences_that_fit_beside_its_name() {
    for set in names().filter_map(find) {
        for role in &set.roles {
            let text = &role.description;
            let is_sentence = text.starts_with(char::is_uppercase) && text.ends_with('.');
            assert!(is_sentence && text.len() <= 120, "{} {}: {text}", set.id, role.id);
        }
    }
}

#[test]
fn a_role_that_could_end_above_itself_is_refused_with_file_and_line() {
    refused(
        VALID,
        &[
            (
                "assigns = [\"boss\", \"hand\"]",
                "assigns = [\"boss\",\n  \"ghost\"]",
                "x.toml:16: `boss` may assign `ghost`, which is not a role of this set",
            ),
            (
                "manages = [\"hand\"]",
                "manages = [\"ghost\"]",
                "x.toml:16: `boss` may manage `ghost`, which is not a role of this set",
            ),
            (
                "manages = [\"hand\"]",
                "manages = [\"hand\"]\nself_assigns = [\"ghost\"]",
                "x.toml:17: `boss` may self-assign `ghost`, which is not a role of this set",
            ),
            (
                "manages = [\"hand\"]",
                "manages = [\"hand\"]\nself_assigns = [\"boss\"]",
                "x.toml:17: `boss` may self-assign `boss`, which cannot be held on resources",
            ),
            (
                "assigns = []",
                "assigns = [\"boss\"]",
                "x.toml:25: `hand` may assign `boss`, which allows `members:read`, but `hand` does not",
            ),
            (
                "manages = []",
                "manages = [\"boss\"]",
                "x.toml:26: `hand` may manage `boss`, which allows `members:read`, but `hand` does not",
            ),
            (
                "protected = true",
                "protected = true\ntransfer_only = true",
                "x.toml:16: `boss` may assign `boss`, which can only be transferred",
            ),
        ],
    );
    let equal = VALID.replace("\"members:read\", ", "");
    refused(
        &equal,
        &[(
            "assigns = []",
            "assigns = [\"boss\"]",
            "x.toml:25: `hand` may assign `boss`, which reaches the whole organization, but `hand` does not",
        )],
    );
}

/// Three roles in a row with the same permissions: only their powers differ.
const ROW: &str = r#"id = "row"
name = "Row"
resource_type = "thing"
resource_name_one = "Thing"
resource_name_other = "Things"
members_may_leave = true
[[role]]
id = "head"
name = "Head"
description = "Does things."
reach = "organization"
resources = "optional"
uses_seat = true
protected = true
assigns = ["head", "left", "right"]
manages = ["head", "left", "right"]
permissions = ["members:manage"]
[[role]]
id = "left"
name = "Left"
description = "Does things."
reach = "organization"
resources = "optional"
uses_seat = true
assigns = ["left", "right"]
manages = ["left", "right"]
permissions = ["members:manage"]
[[role]]
id = "right"
name = "Right"
description = "Does things."
reach = "organization"
resources = "optional"
uses_seat = true
assigns = ["right"]
manages = []
permissions = ["members:manage"]
"#;

#[test]
fn a_ring_of_roles_is_refused_unless_all_in_it_are_equal() {
    refused(
        ROW,
        &[
            // A ring of two; and one of three, in which `left` would end above itself in two steps.
            (
                "assigns = [\"right\"]",
                "assigns = [\"right\", \"left\"]",
                "x.toml:35: `right` may assign `left`, which may manage `left`, but `right` may not",
            ),
            (
                "assigns = [\"right\"]",
                "assigns = [\"right\", \"head\"]",
                "x.toml:25: `left` may assign `right`, which may assign `head`, but `left` may not",
            ),
        ],
    );
    let ring = ROW.replace("assigns = [\"right\"]", "assigns = [\"left\", \"right\"]");
    let ring = ring.replace("manages = []", "manages = [\"left\", \"right\"]");
    RoleSet::parse("x.toml", &ring).unwrap();
    refused(
        &ring,
        &[
            (
                "assigns = [\"head\", \"left\", \"right\"]",
                "assigns = [\"left\"]",
                "x.toml:15: `head` may assign `left`, which may assign `right`, but `head` may not",
            ),
            (
                "assigns = [\"left\", \"right\"]\nmanages = [\"left\", \"right\"]\npermissions",
                "assigns = [\"left\", \"right\"]\nself_assigns = [\"head\"]\nmanages = [\"left\", \"right\"]\npermissions",
                "x.toml:26: `left` may self-assign `head`, which may assign `head`, but `left` may not",
            ),
        ],
    );
}

#[test]
fn a_role_set_lies_in_the_file_of_its_name_and_so_two_files_cannot_ship_the_same() {
    assert!(read("x.toml", VALID).is_ok());
    let error = read("b.toml", VALID).unwrap_err();
    assert_eq!(
        error.to_string(),
        "b.toml:1: the role set `x` must be in a file of the same name, `x.toml`"
    );
}

#[test]
fn every_shipped_role_set_is_found_by_its_name_and_nothing_else_is() {
    for set in all().unwrap() {
        assert_eq!(find(&set.id), Some(set));
    }
    assert!(names().eq(all().unwrap().iter().map(|set| set.id.as_str())));
    assert_eq!(find("coaching-site.toml"), None);
    assert_eq!(find(""), None);
}

#[test]
fn what_functions_embed_is_looked_at_like_a_file() {
    let as_json = |text: &str| {
        let value: serde_json::Value = toml::from_str(text).unwrap();
        value.to_string()
    };
    assert_eq!(embedded("x", &as_json(VALID)), RoleSet::parse("x.toml", VALID).ok());
    assert_eq!(embedded("y", &as_json(VALID)), None);
    let unprotected = VALID.replacen("protected = true", "protected = false", 1);
    assert_eq!(embedded("x", &as_json(&unprotected)), None);
    assert_eq!(embedded("x", "{}"), None);
}
