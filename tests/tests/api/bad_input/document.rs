//! The document says what the routes do: values at each limit it tells are taken, and values beside it are refused by name.

use super::access::ASKERS;
use super::takers::{TAKERS, Taker};
use super::{Ground, is_named, is_problem};
use muster_functions::openapi;
use muster_tests::sampled::sampled;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::string::string_regex;
use proptest::test_runner::TestRunner;
use regex::Regex;
use serde_json::{Value, json};

/// What faults of form are called; any other is about what there is.
const FORM: [&str; 5] = ["wrong_type", "invalid_value", "unknown_field", "too_many", "too_long"];

/// Schemas that say less than the rule does, as their descriptions tell: they are taken at their examples.
const BY_EXAMPLE: [&str; 4] = ["Domain", "EmailAddress", "Period", "TimeZone"];

/// How many texts are made of each pattern.
const SAMPLES: usize = 6;

/// A value for a field, and whether the document lets it pass.
type Try = (Value, bool);

struct Document(Value);

impl Document {
    /// What a schema says, with its name if it has one.
    fn schema<'d>(&'d self, schema: &'d Value) -> (&'d str, &'d Value) {
        let Some(reference) = schema["$ref"].as_str() else {
            return ("", schema);
        };
        let name = reference.rsplit('/').next().unwrap();
        (name, &self.0["components"]["schemas"][name])
    }

    /// The schema of what is not null, and whether null may be.
    fn present<'d>(&'d self, schema: &'d Value) -> (&'d Value, bool) {
        let alternatives = schema["oneOf"].as_array();
        let null = alternatives.and_then(|all| all.iter().position(|one| one["type"] == "null"));
        if let (Some(all), Some(null)) = (alternatives, null) {
            return (&all[1 - null], true);
        }
        let types = schema["type"].as_array();
        (schema, types.is_some_and(|types| types.contains(&json!("null"))))
    }

    /// Values for a field of this schema.
    fn tries(&self, schema: &Value) -> Vec<Try> {
        let (present, nullable) = self.present(schema);
        let mut tries = vec![(Value::Null, nullable)];
        let (name, schema) = self.schema(present);
        if let Some(all) = schema["oneOf"].as_array() {
            // One of several forms: what is none of them is tried elsewhere.
            tries.extend(all.iter().flat_map(|one| self.tries(one)).filter(|(_, good)| *good));
            return tries;
        }
        let kind = match &schema["type"] {
            Value::Array(types) => types.iter().find(|kind| **kind != "null").unwrap(),
            kind => kind,
        };
        tries.extend(match kind.as_str().unwrap() {
            "string" => texts(name, schema),
            "integer" => numbers(schema),
            "boolean" => vec![
                (json!(true), true),
                (json!(false), true),
                (json!(0), false),
                (json!("true"), false),
            ],
            "array" => self.lists(schema),
            "object" => objects(schema),
            other => panic!("a field of type {other}"),
        });
        tries
    }

    fn lists(&self, schema: &Value) -> Vec<Try> {
        let items = &schema["items"];
        let (least, most) = (schema["minItems"].as_u64().unwrap_or(0), schema["maxItems"].as_u64());
        let (name, item) = self.schema(items);
        let many = |count: u64| (0..count).map(|n| nth(name, n)).collect::<Value>();
        let mut tries = vec![
            (json!({}), false),
            (json!("x"), false),
            (json!([null]), false),
            (json!([]), least == 0),
        ];
        if let Some(most) = most {
            let alike = Value::Array(vec![nth(name, 1); usize::try_from(most + 1).unwrap()]);
            tries.extend([(many(most), true), (many(most + 1), false), (alike, false)]);
        }
        if item["type"] == "string" {
            let elements = self.tries(items).into_iter();
            tries.extend(elements.map(|(element, good)| (json!([element]), good)));
        }
        tries
    }
}

/// The element of a list that stands at this place: all differ.
fn nth(name: &str, n: u64) -> Value {
    match name {
        "ResourceName" => json!({ "type": "program", "id": format!("p{n}") }),
        "GrantInput" => json!({ "type": "program", "id": format!("p{n}"), "role": "participant" }),
        "UserName" => json!(format!("usr_{n:022}")),
        "InvitationId" => json!(format!("inv_{n:022}")),
        "RoleId" => json!(format!("role_{n}")),
        "Skill" => json!(format!("Skill {n}")),
        "Domain" => json!(format!("d{n}.example")),
        "BatchEvaluation" => json!({}),
        other => panic!("no elements of {other}"),
    }
}

fn numbers(schema: &Value) -> Vec<Try> {
    let mut tries = vec![
        (json!("7"), false),
        (json!([]), false),
        (json!({}), false),
        (json!(true), false),
    ];
    for (limit, beyond) in [("minimum", -1), ("maximum", 1)] {
        let Some(limit) = schema[limit].as_i64() else { continue };
        let written = limit as f64;
        tries.extend([
            (json!(limit), true),
            (json!(written), true),
            (json!(limit + beyond), false),
            (json!(written + 0.5), false),
        ]);
    }
    tries
}

/// Switches under names of a form.
fn objects(schema: &Value) -> Vec<Try> {
    let mut tries = vec![(json!([]), false), (json!("x"), false), (json!(7), false)];
    let Some(most) = schema["maxProperties"].as_u64() else {
        return tries;
    };
    let many = |count: u64| Value::Object((0..count).map(|n| (format!("n{n}"), json!(true))).collect());
    tries.extend([(many(most + 1), false), (json!({}), true)]);
    for (name, good) in texts("", &schema["propertyNames"]) {
        if let Some(name) = name.as_str() {
            tries.push((json!({ name: true }), good));
        }
    }
    tries.push((json!({ "mail": 1 }), false));
    tries
}

/// Texts at the limits of a schema, and beside them.
fn texts(name: &str, schema: &Value) -> Vec<Try> {
    let mut tries = vec![(json!(7), false), (json!({}), false), (json!([]), false)];
    if let Some(words) = schema["enum"].as_array() {
        tries.extend(words.iter().map(|word| (word.clone(), true)));
        tries.extend(["", "nonsense"].map(|word| (json!(word), false)));
        return tries;
    }
    if schema["format"] == "date-time" {
        let good = [
            "2999-12-31T00:00:00Z",
            "2999-12-31t00:00:00.5+01:00",
            "9999-12-31T23:59:59Z",
        ];
        tries.extend(good.map(|at| (json!(at), true)));
        tries.extend(["2999-12-31", "2999-12-31T00:00:00", ""].map(|at| (json!(at), false)));
        return tries;
    }
    let pattern = schema["pattern"].as_str();
    let matches = pattern.map(|pattern| Regex::new(pattern).unwrap());
    let (least, most) = (schema["minLength"].as_u64(), schema["maxLength"].as_u64());
    let passes = |text: &str| {
        let length = text.chars().count() as u64;
        matches.as_ref().is_none_or(|pattern| pattern.is_match(text))
            && least.is_none_or(|least| length >= least)
            && most.is_none_or(|most| length <= most)
    };
    let mut all: Vec<String> = Vec::new();
    if BY_EXAMPLE.contains(&name) {
        all.extend(
            schema["examples"]
                .as_array()
                .unwrap()
                .iter()
                .map(|e| e.as_str().unwrap().to_owned()),
        );
    } else if let Some(most) = most {
        let most = usize::try_from(most).unwrap();
        all.extend(
            ["x", "\u{e9}", "\u{682a}", "\u{1f9d1}"]
                .iter()
                .flat_map(|c| [c.repeat(most), c.repeat(most + 1)]),
        );
        all.extend(least.map(|least| "x".repeat(usize::try_from(least).unwrap())));
    } else if let Some(pattern) = pattern {
        all.extend(made(pattern));
    }
    // White space around a text, of which the document says whether it may be there.
    let around = [" ", "\t", "\r\n", "\u{85}", "\u{a0}", "\u{3000}", "\u{feff}"];
    let padded = all.iter().zip(around.iter().cycle()).flat_map(|(text, blank)| {
        let less: String = text.chars().skip(2).collect();
        [
            format!("{blank}{text}"),
            format!("{text}{blank}"),
            format!("{blank}{less} "),
        ]
    });
    let padded: Vec<String> = padded.collect();
    // Characters that nobody has assigned, or that are none; some of them would not be seen.
    let odd = [
        "\u{378}",
        "\u{2065}",
        "\u{fff5}",
        "\u{ffff}",
        "\u{fdd0}",
        "\u{e000}",
        "\u{10ffff}",
    ];
    if !BY_EXAMPLE.contains(&name) {
        all.extend(odd.map(|c| format!("a{c}b")));
    }
    // What is left of an example may be none.
    let keeps_its_form =
        |text: &&String| !BY_EXAMPLE.contains(&name) || all.contains(&text.trim().to_owned()) || !passes(text);
    all = padded
        .iter()
        .filter(keeps_its_form)
        .cloned()
        .chain(all.clone())
        .collect();
    let beside = [
        "",
        " ",
        "\u{0}",
        "a\u{0}b",
        "a\u{202e}b",
        "\u{200b}",
        "\u{e9}/",
        "A B",
        "#",
        "-",
    ];
    let near: Vec<String> = all
        .iter()
        .flat_map(|text| {
            [
                format!("{text}\u{0}"),
                format!("\u{202e}{text}"),
                format!("{text}/"),
                text.to_uppercase(),
            ]
        })
        .chain(beside.map(str::to_owned))
        .filter(|text| !passes(text))
        .collect();
    if pattern.is_some() || most.is_some() {
        tries.extend(all.into_iter().map(|text| (json!(text), passes(&text))));
        tries.extend(near.into_iter().map(|text| (json!(text), false)));
    }
    tries
}

/// Texts that a pattern makes; ids are numbers of 128 bits, which the highest digits are beyond.
fn made(pattern: &str) -> Vec<String> {
    let inner = pattern.trim_start_matches('^').trim_end_matches('$');
    let texts = string_regex(inner).unwrap();
    let mut runner = TestRunner::deterministic();
    let mut made = || texts.new_tree(&mut runner).unwrap().current();
    let mut all: Vec<String> = (0..SAMPLES).map(|_| made()).collect();
    all.retain(|text| !text.contains("_7"));
    all
}

/// Every field of a body that is tried: the object it is in, its path, and its schema.
fn fields<'d>(
    document: &'d Document,
    schema: &'d Value,
    body: &Value,
    path: &str,
    found: &mut Vec<(String, &'d Value)>,
) {
    let (present, _) = document.present(schema);
    let (_, schema) = document.schema(present);
    for choice in choices(schema) {
        let required = choice["required"].as_array().into_iter().flatten();
        if required.clone().all(|name| !body[name.as_str().unwrap()].is_null()) {
            fields(document, choice, body, path, found);
        }
    }
    if let (Some(properties), true) = (schema["properties"].as_object(), body.is_object()) {
        // A field that is `false` belongs to another choice, which has its schema.
        for (name, schema) in properties.iter().filter(|(_, schema)| **schema != false) {
            let path = if path.is_empty() {
                name.clone()
            } else {
                format!("{path}.{name}")
            };
            fields(document, schema, &body[name], &path, found);
            found.push((path, schema));
        }
    } else if let Some(first) = body.get(0) {
        fields(document, &schema["items"], first, &format!("{path}[0]"), found);
    }
}

/// The objects that a schema lets one choose from.
pub(super) fn choices(schema: &Value) -> impl Iterator<Item = &Value> {
    let all = [&schema["oneOf"], &schema["anyOf"]];
    let all = all.into_iter().filter_map(Value::as_array).flatten();
    all.filter(|choice| choice["properties"].is_object())
}

/// The body with this value at a path.
fn with(body: &Value, path: &str, value: &Value) -> Value {
    let mut body = body.clone();
    let pointer = format!("/{}", path.replace(['.', '['], "/").replace(']', ""));
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    body.pointer_mut(parent).unwrap()[last] = value.clone();
    body
}

#[tokio::test(flavor = "multi_thread")]
async fn values_at_each_limit_that_the_document_tells_are_taken_and_values_beside_it_are_refused() {
    let g = Ground::make().await;
    let document = Document(openapi::document());
    let asked = ASKERS.iter().map(|taker| (taker, 400));
    let all: Vec<(&Taker, u16)> = TAKERS.iter().map(|taker| (taker, 422)).chain(asked).collect();
    let count = all.len();
    let all = sampled("values at each limit", all, 5);
    let mut wrong = Vec::new();
    let mut tried = 0;
    // What is refused changes nothing, so it comes before what is taken.
    for good in [false, true] {
        for (taker, status) in &all {
            let path = match taker.path.strip_suffix("/me") {
                Some(parent) => format!("{parent}/{{member}}"),
                None => taker.path.to_owned(),
            };
            let operation = &document.0["paths"][path][taker.method.to_lowercase()];
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            let body = (taker.good)(&g);
            let mut found = Vec::new();
            fields(&document, schema, &body, "", &mut found);
            assert!(!found.is_empty(), "{}", taker.path);
            for (path, schema) in found {
                let (present, _) = document.present(schema);
                let (_, inner) = document.schema(present);
                let open: Vec<Try> = if inner["properties"].is_object() {
                    [json!(7), json!("x"), json!([]), json!(true)]
                        .map(|value| (value, false))
                        .into()
                } else {
                    document.tries(schema)
                };
                for (value, _) in open.into_iter().filter(|(_, is_good)| *is_good == good) {
                    tried += 1;
                    let body = with(&body, &path, &value);
                    let answer = g.json(taker, body.to_string()).await;
                    let shown: String = value.to_string().chars().take(100).collect();
                    let what = format!("{} {} with {path} = {shown}", taker.method, taker.path);
                    if good {
                        let faults = answer.faults();
                        let faulty = |(field, code): &(String, String)| {
                            field.starts_with(path.as_str()) && FORM.contains(&code.as_str())
                        };
                        if answer.status >= 500 || faults.iter().any(faulty) {
                            wrong.push(format!("{what} is refused: {} {}", answer.status, answer.body));
                        }
                    } else if answer.status != *status || !is_named(&answer, &path) {
                        wrong.push(format!("{what} is taken: {} {}", answer.status, answer.body));
                    } else {
                        is_problem(&answer, &[*status], &what);
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{} of {tried}: {wrong:#?}", wrong.len());
        if !good {
            g.stands().await;
        }
    }
    assert!(
        tried * count > 1_000 * all.len(),
        "{tried} for {} of {count}",
        all.len()
    );
}
