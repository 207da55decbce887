//! What roles are judged with decides as AWS documents, as far as Muster's policies go.

use muster_tests::cloudformation::{SENDER, TABLE};
use muster_tests::permissions::{ATTRIBUTES, ENCLOSING, FROM, LEADING_KEYS, Needed};
use muster_tests::roles::alone_allows;
use serde_json::{Value, json};

/// Whether a statement that allows reads of the table under a condition allows this one.
fn holds(condition: &Value, read: &Needed) -> bool {
    let statement = json!({ "Effect": "Allow", "Action": "dynamodb:Query", "Resource": TABLE, "Condition": condition });
    alone_allows(&statement, read)
}

fn read() -> Needed {
    Needed::new("dynamodb:Query", TABLE)
}

#[test]
fn an_action_and_a_resource_are_met_whole_and_an_asterisk_meets_anything() {
    let index = format!("{TABLE}/index/due");
    let below = format!("{TABLE}/*");
    for (action, resource, of, met) in [
        ("dynamodb:Query", TABLE, TABLE, true),
        ("dynamodb:query", TABLE, TABLE, true),
        ("dynamodb:*", TABLE, TABLE, true),
        ("*", "*", TABLE, true),
        ("dynamodb:Quer", TABLE, TABLE, false),
        ("dynamodb:BatchGetItem", TABLE, TABLE, false),
        ("dynamodb:Query", TABLE, &index, false),
        ("dynamodb:Query", &index, TABLE, false),
        ("dynamodb:Query", &below, &index, true),
        ("dynamodb:Query", &below, TABLE, false),
    ] {
        let statement = json!({ "Effect": "Allow", "Action": action, "Resource": resource });
        let needed = Needed::new("dynamodb:Query", of);
        assert_eq!(
            alone_allows(&statement, &needed),
            met,
            "{action} on {resource} for {of}"
        );
    }
}

#[test]
fn any_value_needs_one_that_is_so_and_is_not_met_by_none() {
    let like = json!({ "ForAnyValue:StringLike": { LEADING_KEYS: ["EVENTS#*"] } });
    let unlike = json!({ "ForAnyValue:StringNotLike": { LEADING_KEYS: ["ORG#*", "SINGLE"] } });
    for (keys, is_like, is_unlike) in [
        (vec!["ORG#a", "SINGLE"], false, false),
        (vec!["ORG#a", "EVENTS#a"], true, true),
        (vec!["SINGLES"], false, true),
        (vec!["org#a"], false, true),
    ] {
        let read = read().with(LEADING_KEYS, keys.clone());
        assert_eq!(
            (holds(&like, &read), holds(&unlike, &read)),
            (is_like, is_unlike),
            "{keys:?}"
        );
    }
    assert!(!holds(&like, &read()) && !holds(&unlike, &read()));
    let enclosed = json!({ "ForAnyValue:StringEquals": { ENCLOSING: ["TransactWriteItems"] } });
    assert!(!holds(&enclosed, &read()));
    assert!(!holds(&enclosed, &read().with(ENCLOSING, ["TransactGetItems"])));
    assert!(holds(&enclosed, &read().with(ENCLOSING, ["TransactWriteItems"])));
}

#[test]
fn all_values_need_every_one_to_be_so() {
    let among = json!({ "ForAllValues:StringEquals": { ATTRIBUTES: ["PK", "SK", "ttl"] } });
    assert!(holds(&among, &read().with(ATTRIBUTES, ["PK", "SK"])));
    assert!(!holds(&among, &read().with(ATTRIBUTES, ["PK", "SK", "role"])));
    assert!(!holds(&among, &read().with(ATTRIBUTES, ["TTL"])));
    // Nothing is not outside. DynamoDB names the attributes of every update.
    assert!(holds(&among, &read()));
}

#[test]
fn conditions_hold_together_and_letters_are_told_apart() {
    let from = json!({ "StringEquals": { FROM: SENDER } });
    assert!(holds(&from, &read().with(FROM, [SENDER])));
    assert!(!holds(&from, &read().with(FROM, [SENDER.to_uppercase()])));
    assert!(!holds(&from, &read()));
    let both = json!({
        "StringEquals": { FROM: SENDER },
        "ForAnyValue:StringLike": { LEADING_KEYS: ["ORG#*"] },
    });
    assert!(!holds(&both, &read().with(FROM, [SENDER])));
    assert!(holds(&both, &read().with(FROM, [SENDER]).with(LEADING_KEYS, ["ORG#a"])));
}

#[test]
fn what_must_be_missing_is_met_only_where_it_is() {
    let alone = json!({ "Null": { ENCLOSING: "true" } });
    assert!(holds(&alone, &read()));
    assert!(!holds(&alone, &read().with(ENCLOSING, ["TransactWriteItems"])));
}
