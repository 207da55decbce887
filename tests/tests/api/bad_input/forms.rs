//! Bodies in a form that is not the documented one: a name twice, a list for an object, an object for a text.

use super::access::ASKERS;
use super::takers::{TAKERS, Taker};
use super::{Ground, is_problem, names_field};
use serde_json::{Map, Value, json};

/// Where something stands, as problems tell it.
fn inside(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

/// The paths to everything within a value.
fn places(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                let path = inside(path, name);
                found.push(path.clone());
                places(value, &path, found);
            }
        }
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                places(value, &format!("{path}[{index}]"), found);
            }
        }
        _ => {}
    }
}

/// The value as text, in which the member at `twice` stands once more, with another value and its name written otherwise.
fn written(value: &Value, path: &str, twice: &str) -> String {
    match value {
        Value::Object(object) => {
            let members = object.iter().flat_map(|(name, value)| {
                let path = inside(path, name);
                let once = format!("{}:{}", json!(name), written(value, &path, twice));
                let escaped: String = name.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect();
                let again = (path == twice).then(|| format!("\"{escaped}\":{}", json!({ "x": [null] })));
                [once].into_iter().chain(again)
            });
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
        Value::Array(list) => {
            let elements = list
                .iter()
                .enumerate()
                .map(|(index, value)| written(value, &format!("{path}[{index}]"), twice));
            format!("[{}]", elements.collect::<Vec<_>>().join(","))
        }
        other => other.to_string(),
    }
}

/// Replaces what stands at a path.
fn replaced(value: &Value, path: &str, at: &str, by: &dyn Fn(&Value) -> Value) -> Value {
    if path == at {
        return by(value);
    }
    match value {
        Value::Object(object) => {
            let members = object.iter().map(|(name, value)| {
                let path = inside(path, name);
                (name.clone(), replaced(value, &path, at, by))
            });
            Value::Object(members.collect::<Map<_, _>>())
        }
        Value::Array(list) => {
            let elements = list.iter().enumerate();
            elements
                .map(|(index, value)| replaced(value, &format!("{path}[{index}]"), at, by))
                .collect()
        }
        other => other.clone(),
    }
}

/// Every route that takes a body, and what it says to a wrong one.
pub(super) fn all() -> impl Iterator<Item = (&'static Taker, u16)> {
    let asked = ASKERS.iter().map(|taker| (taker, 400));
    TAKERS.iter().map(|taker| (taker, 422)).chain(asked)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_an_object_has_twice_is_refused_by_name_wherever_it_stands() {
    let g = Ground::make().await;
    for (taker, status) in all() {
        let good = (taker.good)(&g);
        let mut found = Vec::new();
        places(&good, "", &mut found);
        for place in found {
            let what = format!("{} {} with {place} twice", taker.method, taker.path);
            let answer = g.json(taker, written(&good, "", &place)).await;
            is_problem(&answer, &[status], &what);
            assert_eq!(answer.faults(), [(place, "duplicate_field".to_owned())], "{what}");
        }
        // Within what is not known, or not read, as well.
        let text = good
            .to_string()
            .replacen('{', r#"{"unknown":[{"a":{"b":1,"b":1}}],"#, 1);
        let answer = g.json(taker, text).await;
        is_problem(&answer, &[status], taker.path);
        let twice = ("unknown[0].a.b".to_owned(), "duplicate_field".to_owned());
        assert!(answer.faults().contains(&twice), "{:#}", answer.body);
    }
    g.stands().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_no_object_and_an_object_no_text() {
    let g = Ground::make().await;
    for (taker, status) in all() {
        let good = (taker.good)(&g);
        let mut found = Vec::new();
        places(&good, "", &mut found);
        // Elements of lists as well, which have no name of their own.
        for place in found.clone() {
            found.extend((0..2).map(|index| format!("{place}[{index}]")));
        }
        for place in found {
            // What an asker likes to tell is read as far as it is understood.
            if status == 400 && (place.contains("properties.") || place.contains("context.")) {
                continue;
            }
            let is_left_out = status == 400
                && (taker.path.ends_with("/action") && place.starts_with("action")
                    || taker.path.ends_with("/subject") && place == "subject.id"
                    || taker.path.ends_with("/resource") && place == "resource.id");
            let wrong = replaced(&good, "", &place, &|value| match value {
                Value::Object(object) => object.values().cloned().collect(),
                Value::String(text) => json!({ text: null }),
                other => json!([other]),
            });
            if wrong == good || is_left_out {
                continue;
            }
            let what = format!("{} {} with {wrong}", taker.method, taker.path);
            let answer = g.json(taker, wrong.to_string()).await;
            is_problem(&answer, &[status], &what);
            names_field(&answer, &place, &what);
        }
    }
    g.stands().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn null_is_refused_where_it_means_nothing() {
    let g = Ground::make().await;
    for (taker, fields) in [
        (&super::takers::UPDATE, &["name", "settings"][..]),
        (
            &super::takers::UPDATE,
            &["settings.invitation_ttl_days", "settings.optional_roles"],
        ),
        (&super::takers::PLAN, &["allowed_domains"]),
        (&super::takers::UPDATE_INVITATION, &["role", "resources"]),
        (&super::takers::HOLDINGS, &["resources"]),
        (&super::takers::MIX, &["grants"]),
        (&super::takers::PROFILE, &["name", "notifications", "skills"]),
    ] {
        for field in fields {
            let body = replaced(&(taker.good)(&g), "", field, &|_| Value::Null);
            let answer = g.json(taker, body.to_string()).await;
            is_problem(&answer, &[422], field);
            assert_eq!(answer.faults(), [((*field).to_owned(), "wrong_type".to_owned())]);
        }
    }
    let nothing = g.json(&super::takers::PROFILE, r#"{"status":null}"#).await;
    assert_eq!(nothing.faults(), [("status".to_owned(), "wrong_type".to_owned())]);
    g.stands().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_told_in_words_of_our_own() {
    let g = Ground::make().await;
    let libraries = [
        "expected",
        "invalid type",
        "invalid value",
        "variant",
        "failed to parse",
        "sequence",
        "struct",
        "u32",
        "i64",
        "serde",
        "jiff",
        "strptime",
        "panicked",
    ];
    for (taker, _) in all() {
        let good = (taker.good)(&g);
        let mut found = Vec::new();
        places(&good, "", &mut found);
        for place in found {
            for wrong in [
                json!(7),
                json!(-1.5),
                json!("\u{0}"),
                json!(["x"]),
                json!({ "x": 1 }),
                json!(true),
            ] {
                let body = replaced(&good, "", &place, &|_| wrong.clone());
                let answer = g.json(taker, body.to_string()).await;
                let errors = answer.body["errors"].as_array().cloned().unwrap_or_default();
                for told in errors.iter().filter_map(|error| error["detail"].as_str()) {
                    let told = told.to_lowercase();
                    assert!(
                        !libraries.iter().any(|word| told.contains(word)),
                        "{} {} with {body}: {told}",
                        taker.method,
                        taker.path
                    );
                }
            }
        }
    }
}
