//! The shipped sets as a golden matrix, and what a file must not say.

use super::*;

/// Role × permission, and role × role: a change in power shows as a change of this text.
fn matrix(set: &RoleSet) -> String {
    let mut out = format!("{}\n", set.id);
    for role in &set.roles {
        out.push_str(&format!(
            "\n{} ({:?}, resources {:?}, seat {}, protected {}, optional {}, allowlisted {}, notified {})\n",
            role.id,
            role.reach,
            role.resources,
            role.uses_seat,
            role.protected,
            role.optional,
            role.allowlisted,
            role.notified
        ));
        let durations: Vec<String> = role.durations.iter().map(ToString::to_string).collect();
        out.push_str(&format!("  durations: {}\n", durations.join(" ")));
        out.push_str(&format!("  may: {}\n", role.permissions.join(" ")));
        for (verb, list) in [("assigns", &role.assigns), ("manages", &role.manages)] {
            let row: Vec<String> = set
                .roles
                .iter()
                .map(|other| format!("{}{}", if list.contains(&other.id) { "+" } else { "-" }, other.id))
                .collect();
            out.push_str(&format!("  {verb}: {}\n", row.join(" ")));
        }
    }
    out
}

#[test]
fn the_shipped_role_sets_give_exactly_this_power() {
    for set in all().unwrap() {
        insta::assert_snapshot!(format!("matrix-{}", set.id), matrix(set));
    }
}

const VALID: &str = r#"id = "x"
name = "X"
resource_type = "thing"
members_may_leave = true
[[role]]
id = "boss"
name = "Boss"
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
reach = "resource"
resources = "at_least_one"
uses_seat = false
assigns = []
manages = []
permissions = ["things:use"]
"#;

#[test]
fn a_role_set_that_contradicts_itself_is_refused_with_file_and_line() {
    assert!(RoleSet::parse("x.toml", VALID).is_ok());
    let cases = [
        (
            "assigns = [\"boss\", \"hand\"]",
            "assigns = [\"boss\", \"ghost\"]",
            12,
            "no role of this set",
        ),
        ("id = \"hand\"", "id = \"boss\"", 16, "stands twice"),
        ("protected = true", "protected = false", 1, "must be protected"),
        ("assigns = []", "assigns = [\"boss\"]", 21, "more than"),
        (
            "resources = \"none\"",
            "resources = \"at_least_one\"",
            6,
            "cannot need resources",
        ),
        (
            "\"members:read\", ",
            "\"members:raed\", ",
            14,
            "no permission of Muster",
        ),
        (
            "uses_seat = true",
            "uses_seat = true\noptional = true",
            6,
            "neither optional",
        ),
        (
            "resources = \"at_least_one\"",
            "resources = \"none\"",
            16,
            "cannot be held without any",
        ),
        ("name = \"X\"", "name = \"X\"\nextra = 1", 3, "unknown field"),
    ];
    for (from, to, line, reason) in cases {
        let error = RoleSet::parse("x.toml", &VALID.replacen(from, to, 1)).unwrap_err();
        assert_eq!((error.file.as_str(), error.line), ("x.toml", line), "{error}");
        assert!(error.reason.contains(reason), "{error}");
    }
}

#[test]
fn two_files_cannot_ship_the_same_role_set() {
    let error = read_all(&[("a.toml", VALID), ("b.toml", VALID)]).unwrap_err();
    assert_eq!(error.to_string(), "b.toml:1: another file has the role set `x` already");
}
