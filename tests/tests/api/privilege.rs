//! Least privilege: a role allows what its statements say, nothing beside it, and no partition that its function has no
//! business in. That each call of a test is allowed is seen to by `muster_tests::calls`, whichever test makes it; that
//! nothing is allowed in vain, by `least-privilege` when all tests have run.

mod evaluator;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use muster_functions::routes::{BACKGROUND, ROUTES, Trait};
use muster_tests::cloudformation::TABLE;
use muster_tests::deployment::{file, repository};
use muster_tests::permissions::{ATTRIBUTES, LEADING_KEYS, Needed, RETURN_VALUES};
use muster_tests::privilege::{attempts, partitions};
use muster_tests::roles::WRITTEN;
use muster_tests::{Harness, calls, privilege};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

#[test]
fn no_role_allows_what_lies_next_to_what_it_says() {
    for (binary, role) in &WRITTEN.by_binary {
        let attempts = attempts(role);
        assert!(attempts.len() > 2 * role.statements.len(), "{binary}");
        let allowed: Vec<&Needed> = attempts.iter().filter(|attempt| role.allows(attempt)).collect();
        assert!(allowed.is_empty(), "{binary}: {allowed:#?}");
    }
}

#[test]
fn what_lambda_does_in_a_functions_name_is_allowed() {
    for (binary, role) in &WRITTEN.by_binary {
        assert!(role.by_lambda.len() >= 4, "{binary}");
        for needed in &role.by_lambda {
            assert!(role.allows(needed), "{binary}: {needed:?}");
        }
    }
}

/// The kinds of partitions that a function may read, and those that it may write one by one.
fn expected(binary: &str, calls: &[&str], traits: &[Trait]) -> (BTreeSet<&'static str>, BTreeSet<&'static str>) {
    let mut kinds = BTreeSet::from(["ORG#"]);
    if traits.contains(&Trait::StaysInOrganizations) {
        return (kinds.clone(), kinds);
    }
    let writes = calls.iter().any(|call| call.starts_with("dynamodb:TransactWriteItems"));
    let posted = ROUTES
        .iter()
        .any(|route| route.binary == binary && route.method == "POST");
    if writes {
        kinds.insert("OTHER#");
    }
    if writes && posted {
        kinds.insert("IDEM#");
    }
    if traits.contains(&Trait::ReadsEvents) {
        kinds.insert("EVENTS#");
    }
    if traits.contains(&Trait::ReadsAddresses) {
        kinds.insert("EMAIL#");
    }
    let mut written = kinds.clone();
    if writes {
        written.insert("EVENTS#");
    }
    if traits.contains(&Trait::ClaimsAddresses) {
        written.insert("EMAIL#");
    }
    (kinds, written)
}

#[test]
fn a_function_reaches_no_kind_of_partition_that_it_has_no_business_in() {
    let routes = ROUTES.iter().map(|route| (route.binary, route.calls, route.traits));
    let background = BACKGROUND
        .iter()
        .map(|function| (function.binary, function.calls, function.traits));
    for (binary, calls, traits) in routes.chain(background) {
        let role = WRITTEN.of_binary(binary);
        let (readable, writable) = expected(binary, calls, traits);
        let reached = |action: &str| -> BTreeSet<&str> { partitions(role, action).into_iter().collect() };
        for action in ["dynamodb:BatchGetItem", "dynamodb:Query"] {
            let reached = reached(action);
            assert!(
                reached.is_empty() || reached == readable,
                "{binary}: {action} on {reached:?}"
            );
        }
        for action in ["PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"] {
            let reached = reached(&format!("dynamodb:{action}"));
            // An update outside of a transaction reaches no more than reads do.
            let in_transactions = calls.contains(&format!("dynamodb:TransactWriteItems {action}").as_str());
            let expected = if in_transactions { &writable } else { &readable };
            assert!(
                reached.is_empty() || reached == *expected,
                "{binary}: {action} on {reached:?}"
            );
        }
    }
}

#[test]
fn no_role_changes_what_decides_outside_of_a_transaction() {
    for (binary, role) in &WRITTEN.by_binary {
        for action in ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"] {
            let write = Needed::new(action, TABLE).with(LEADING_KEYS, ["ORG#_"]);
            let write = write.with(ATTRIBUTES, ["PK", "SK", "role"]);
            assert!(!role.allows(&write), "{binary}: {action} of a role");
        }
    }
}

#[test]
fn no_update_outside_of_a_transaction_reads_but_the_one_that_looks_at_what_it_noted() {
    let mut updating = 0;
    for (binary, role) in &WRITTEN.by_binary {
        let update = Needed::new("dynamodb:UpdateItem", TABLE).with(LEADING_KEYS, ["ORG#_"]);
        let update = update.with(ATTRIBUTES, ["PK", "SK"]);
        let answered_with = |values: &str| role.allows(&update.clone().with(RETURN_VALUES, [values]));
        assert_eq!(role.allows(&update), answered_with("NONE"), "{binary}");
        updating += usize::from(answered_with("NONE"));
        for values in ["ALL_OLD", "UPDATED_OLD", "UPDATED_NEW", "ALL_NEW"] {
            let looks = binary == "note-feedback" && values == "ALL_NEW";
            assert_eq!(answered_with(values), looks, "{binary}: {values}");
        }
    }
    assert!(updating > 40, "{updating}");
}

/// An update whose condition fails may be answered with the item, and IAM has no condition key for that.
#[test]
fn no_update_outside_of_a_transaction_reaches_events_or_addresses_that_its_function_may_not_read() {
    let mut kept = BTreeSet::new();
    for (binary, role) in &WRITTEN.by_binary {
        let update = Needed::new("dynamodb:UpdateItem", TABLE).with(ATTRIBUTES, ["PK", "SK"]);
        let in_organizations = update.clone().with(LEADING_KEYS, ["ORG#_"]);
        let values = if binary == "note-feedback" { "ALL_NEW" } else { "NONE" };
        if !role.allows(&in_organizations.with(RETURN_VALUES, [values])) {
            continue;
        }
        for kind in ["EVENTS#", "EMAIL#", "IDEM#"] {
            let update = update.clone().with(LEADING_KEYS, [format!("{kind}_")]);
            let readable = |action| partitions(role, action).contains(&kind);
            if readable("dynamodb:BatchGetItem") || readable("dynamodb:Query") {
                continue;
            }
            assert!(!role.allows(&update), "{binary} updates {kind}");
            kept.insert((binary.as_str(), kind));
        }
    }
    assert!(kept.contains(&("update-member", "EVENTS#")), "{kept:?}");
    assert!(kept.contains(&("remove-member", "EMAIL#")), "{kept:?}");
}

#[tokio::test]
#[should_panic(expected = "asks for an item that its role may not let it read")]
async fn no_write_asks_for_the_item_where_its_condition_fails() {
    let h = Harness::start().await;
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let update = aws_sdk_dynamodb::Client::new(h.backend.app().sdk())
        .update_item()
        .table_name(h.backend.table())
        .key("PK", text("ORG#_"))
        .key("SK", text("MEMBER#_"))
        .update_expression("SET last_active_at = :now")
        .condition_expression("attribute_exists(PK)")
        .expression_attribute_values(":now", text("now"))
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
    let _ = muster_local::run_as("get-organization", update.send()).await;
}

/// What is noted of a call leaves out what no policy tells apart; see `Needed::shape`.
#[test]
fn policies_tell_apart_nothing_finer_than_what_is_noted_of_a_call() {
    for (binary, role) in &WRITTEN.by_binary {
        for statement in &role.statements {
            let conditions = statement.says["Condition"]
                .as_object()
                .into_iter()
                .flat_map(|o| o.values());
            for keys in conditions.map(|keys| &keys[LEADING_KEYS]).filter_map(Value::as_array) {
                let whole = |key: &Value| key.as_str().unwrap().ends_with("#*");
                assert!(keys.iter().all(whole), "{binary}: {keys:?}");
            }
        }
        for grant in privilege::grants(role) {
            let resource = grant.says["Resource"].as_str().unwrap();
            let plain = !resource.contains('*') || grant.policy != "calls" || resource.ends_with("/exports/*");
            assert!(plain, "{binary}: {resource}");
        }
    }
}

#[test]
fn a_call_is_judged_by_the_role_of_the_function_that_makes_it() {
    let read = [Needed::new("dynamodb:Query", TABLE).with(LEADING_KEYS, ["EVENTS#_"])];
    assert!(calls::denied("list-events", &read).is_empty());
    let denied = calls::denied("list-members", &read);
    assert_eq!(
        denied.iter().map(|used| used.binary.as_str()).collect::<Vec<_>>(),
        ["list-members"]
    );
}

#[tokio::test]
#[should_panic(expected = "the template has no function for nobodys")]
async fn a_call_within_an_invocation_is_its_functions_and_any_other_has_no_function() {
    let h = Harness::start().await;
    let table = aws_sdk_dynamodb::Client::new(h.backend.app().sdk());
    let read = table
        .query()
        .table_name(h.backend.table())
        .key_condition_expression("PK = :pk")
        .expression_attribute_values(":pk", AttributeValue::S("EVENTS#".into()));
    assert!(read.clone().send().await.is_ok());
    let _ = muster_local::run_as("nobodys", read.send()).await;
}

/// A call is known by the invocation that it is made in, which a task of its own would not be part of.
#[test]
fn functions_start_no_tasks_of_their_own() {
    let folders = [
        "functions/src",
        "shared/domain/src",
        "shared/edge/src",
        "shared/store/src",
    ];
    let mut files = Vec::new();
    for folder in folders {
        sources(&repository().join(folder), &mut files);
    }
    assert!(files.len() > 100, "{}", files.len());
    for file in files {
        let source = std::fs::read_to_string(&file).unwrap();
        let product = source.split("#[cfg(test)]").next().unwrap();
        assert!(!product.contains("spawn"), "{}", file.display());
    }
}

fn sources(folder: &Path, into: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            into.push(path);
        }
    }
}

#[test]
fn each_function_that_makes_no_calls_opens_no_connection_when_it_starts() {
    for route in ROUTES {
        let source = file(&format!("functions/src/bin/{}.rs", route.binary));
        let alone = source.contains("entry::http_alone");
        assert_eq!(alone, route.calls.is_empty(), "{}", route.binary);
    }
}
