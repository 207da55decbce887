use super::*;
use crate::id::{InvitationId, KeyId, OrganizationId, UserId};
use jsonschema::Validator;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;

fn validator(schema: &Value) -> Validator {
    jsonschema::options()
        .should_validate_formats(true)
        .build(schema)
        .unwrap()
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the command says whether the files are written"
)]
fn the_checked_in_schemas_are_those_of_the_kinds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra/events");
    let text = |kind| format!("{:#}\n", schema(kind));
    let expected: BTreeMap<String, String> = EventKind::ALL
        .into_iter()
        .map(|kind| (kind.schema_file(), text(kind)))
        .collect();
    if std::env::var_os("MUSTER_UPDATE").is_some() {
        std::fs::create_dir_all(&folder).unwrap();
        for (name, text) in &expected {
            std::fs::write(folder.join(name), text).unwrap();
        }
    }
    let files = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap());
    let mut found: BTreeMap<String, String> = files
        .map(|file| {
            let text = std::fs::read_to_string(file.path()).unwrap();
            (file.file_name().into_string().unwrap(), text)
        })
        .collect();
    found.retain(|name, _| !is_of_earlier_version(name));
    let update = "run `MUSTER_UPDATE=1 cargo test --workspace --lib -- event::schema`, and delete the files of kinds that are gone";
    let names = |files: &BTreeMap<String, String>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&found), names(&expected), "{update}");
    for (name, text) in &expected {
        assert_eq!(&found[name], text, "{name}: {update}");
    }
}

/// Whether a file is of an earlier version of a known kind: events that were archived still name it.
fn is_of_earlier_version(name: &str) -> bool {
    let parts = name.strip_suffix(".json").and_then(|name| name.rsplit_once(".v"));
    parts.is_some_and(|(kind, version)| {
        let version = version.parse::<u32>();
        kind.parse::<EventKind>().is_ok() && version.is_ok_and(|version| (1..VERSION).contains(&version))
    })
}

#[test]
fn every_schema_is_one_of_draft_2020_12() {
    for kind in EventKind::ALL {
        let schema = schema(kind);
        assert_eq!(
            jsonschema::Draft::default().detect(&schema),
            jsonschema::Draft::Draft202012
        );
        if let Err(fault) = jsonschema::meta::validate(&schema) {
            panic!("{kind}: {fault}");
        }
    }
}

/// Calls `found` with each schema in this one.
fn each(schema: &Value, found: &mut impl FnMut(&Value)) {
    let (fields, items): (Vec<&Value>, &[Value]) = match schema {
        Value::Object(fields) => (fields.values().collect(), &[]),
        Value::Array(items) => (Vec::new(), items),
        _ => (Vec::new(), &[]),
    };
    if schema
        .get("type")
        .is_some_and(|kind| kind.is_string() || kind.is_array())
    {
        found(schema);
    }
    for inner in fields.into_iter().chain(items) {
        each(inner, found);
    }
}

#[test]
fn every_object_is_closed_and_every_field_is_described() {
    for kind in EventKind::ALL {
        let whole = schema(kind);
        each(&whole, &mut |schema| {
            let Some(fields) = schema.get("properties").and_then(Value::as_object) else {
                return;
            };
            assert_eq!(schema["additionalProperties"], false, "{kind}: {schema:#}");
            for (name, field) in fields {
                let refers = field.get("$ref").is_some();
                assert!(refers || field["description"].is_string(), "{kind}: {name}: {field:#}");
            }
        });
    }
}

/// A renamed resource as data.
fn renamed() -> Value {
    json!({
        "actor": { "type": "user", "id": UserId::from_bytes([2; 16]) },
        "subject": { "type": "resource", "id": "program/spring" },
        "before": { "name": "Spring" },
        "after": { "name": "Spring 2026" },
    })
}

fn linked() -> Value {
    json!({
        "actor": { "type": "system", "id": "finish-work" },
        "subject": { "type": "resource", "id": "program/spring" },
        "link": "https://api.example.com/v1/organizations/org_1/events?subject=program/spring",
    })
}

#[test]
fn data_has_the_states_or_a_link_to_them_and_nothing_else() {
    let validator = validator(&schema(EventKind::ResourceRenamed));
    assert!(validator.is_valid(&renamed()));
    assert!(validator.is_valid(&linked()));
    let changed = |mut data: Value, place: &str, value: Option<Value>| {
        let (parent, name) = place.rsplit_once('/').unwrap();
        let fields = data.pointer_mut(parent).unwrap().as_object_mut().unwrap();
        match value {
            Some(value) => fields.insert(name.into(), value),
            None => fields.remove(name),
        };
        data
    };
    for (data, place, value) in [
        (renamed(), "/more", Some(json!(1))),
        (renamed(), "/actor/more", Some(json!(1))),
        (renamed(), "/subject/name", Some(json!("Spring"))),
        (renamed(), "/before/more", Some(Value::Null)),
        (renamed(), "/after/more", Some(json!("x"))),
        (renamed(), "/after/name", None),
        (renamed(), "/after", None),
        (renamed(), "/after", Some(Value::Null)),
        (renamed(), "/before", None),
        (renamed(), "/actor", None),
        (renamed(), "/actor/id", Some(json!("finish-work"))),
        (renamed(), "/actor/type", Some(json!("organization"))),
        (renamed(), "/subject/type", Some(json!("contact"))),
        (renamed(), "/subject/id", Some(json!("spring"))),
        (renamed(), "/link", Some(json!("https://api.example.com"))),
        (linked(), "/after", Some(json!({ "name": "Spring" }))),
        (linked(), "/link", Some(json!("no address"))),
        (linked(), "/link", None),
    ] {
        let refused = changed(data, place, value);
        assert!(!validator.is_valid(&refused), "{place}: {refused}");
    }
}

/// Every form, with texts that are of it and texts that are not.
#[test]
fn forms_take_what_muster_writes_and_refuse_what_it_does_not() {
    let all = |form: Value, good: &[&str], bad: &[&str]| {
        let validator = validator(&form);
        for text in good {
            assert!(validator.is_valid(&json!(text)), "{text}: {form}");
        }
        for text in bad {
            assert!(!validator.is_valid(&json!(text)), "{text}: {form}");
        }
        let with_null = jsonschema::validator_for(&or_null(form)).unwrap();
        assert!(with_null.is_valid(&Value::Null) && !validator.is_valid(&Value::Null));
    };
    all(
        forms::instant(),
        &["2026-03-10T12:00:00Z", "2026-03-10T12:00:00.25Z"],
        &["2026-03-10", "now"],
    );
    all(forms::email(), &["o'neill+x@acme.example"], &["acme.example", "a@b@c"]);
    all(
        forms::web_address(),
        &["https://cdn.example.com/logo.png?x=1#y"],
        &["http://cdn.example.com", "https://a b"],
    );
    all(
        forms::time_zone(),
        &["Europe/Paris", "Etc/GMT+5"],
        &["", "Europe Paris"],
    );
    all(forms::color(), &["#3366ff"], &["#3366FF", "3366ff", "#36f"]);
    all(
        forms::job(),
        &["expire", "finish-work"],
        &["", "Expire", "finish-", "finish work"],
    );
    all(
        forms::resource(),
        &["program/spring", "program/..."],
        &["program", "program/..", "program:spring", "/spring"],
    );
    all(
        forms::resource_filter(),
        &["program:spring:1"],
        &["program", "program:.", "program/spring"],
    );
    all(forms::one_of(Status::WORDS), Status::WORDS, &["Active", ""]);
}

proptest! {
    #[test]
    fn ids_are_of_their_form(number: u128, short: u64) {
        let bytes = number.to_be_bytes();
        let owner = UserId::from_bytes(bytes);
        for (form, id) in [
            (forms::user(), owner.to_string()),
            (forms::organization(), OrganizationId::from_bytes(bytes).to_string()),
            (forms::invitation(), InvitationId::from_bytes(bytes).to_string()),
            (forms::api_key(), KeyId { owner, number: short }.to_string()),
        ] {
            prop_assert!(validator(&form).is_valid(&json!(id)), "{}", id);
            let longer = format!("{id}0");
            prop_assert!(!validator(&form).is_valid(&json!(longer)), "{}", longer);
        }
    }

    #[test]
    fn the_forms_of_texts_are_those_that_are_read(text in "[a-z.:@~_-][A-Za-z0-9.:@~_-]{0,12}|[1-9][0-9]{0,2}_months?|[0-9a-z-]{1,9}(\\.[0-9a-z-]{1,9}){1,2}") {
        let takes = |form: Value| validator(&form).is_valid(&json!(text));
        prop_assert_eq!(takes(forms::word()), text.parse::<crate::RoleId>().is_ok());
        prop_assert_eq!(takes(forms::own_id()), text.parse::<crate::ResourceId>().is_ok());
        prop_assert_eq!(takes(forms::term()), text.parse::<crate::Term>().is_ok());
        if let Ok(domain) = text.parse::<crate::Domain>() {
            prop_assert!(validator(&forms::domain()).is_valid(&json!(domain)));
        }
    }
}
