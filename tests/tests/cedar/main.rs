//! The role sets in Cedar, for those who decide with Amazon Verified Permissions or a Cedar engine of their own, and the proof
//! that both say the same: Muster's authority and Cedar's authorizer, over everything a role set can tell apart.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that cannot go on must stop, and one that counts tells the count"
)]

mod agree;
mod entities;
mod policies;
mod schema;

use cedar_policy::{
    Authorizer, Context, Decision, Entities, EntityUid, PolicySet, Request, Schema, ValidationMode, Validator,
};
use muster_domain::{RoleSet, roleset};
use muster_tests::deployment::repository;

/// The schema and the policies of a role set, as they are checked in.
fn written(set: &RoleSet) -> [(String, String); 2] {
    [
        (format!("{}.cedarschema", set.id), schema::of(set)),
        (format!("{}.cedar", set.id), policies::of(set)),
    ]
}

fn read(set: &RoleSet) -> (Schema, PolicySet) {
    let (schema, _) = Schema::from_cedarschema_str(&schema::of(set)).unwrap_or_else(|e| panic!("{}: {e:?}", set.id));
    let policies: PolicySet = policies::of(set)
        .parse()
        .unwrap_or_else(|e| panic!("{}: {e:?}", set.id));
    (schema, policies)
}

/// `MUSTER_UPDATE=1 cargo test -p muster-tests --test cedar` writes them anew.
#[test]
fn the_checked_in_files_are_those_of_the_role_sets_and_there_are_no_others() {
    let folder = repository().join("infra/cedar");
    let sets = roleset::all().unwrap();
    let files: Vec<(String, String)> = sets.iter().flat_map(written).collect();
    if std::env::var_os("MUSTER_UPDATE").is_some() {
        std::fs::create_dir_all(&folder).unwrap();
        for (name, text) in &files {
            std::fs::write(folder.join(name), text).unwrap();
        }
    }
    for (name, text) in &files {
        let found = std::fs::read_to_string(folder.join(name)).unwrap_or_default();
        let how = "run `MUSTER_UPDATE=1 cargo test -p muster-tests --test cedar`";
        assert!(found == *text, "infra/cedar/{name} is stale: {how}");
    }
    let mut there: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let mut expected: Vec<String> = files.into_iter().map(|(name, _)| name).collect();
    there.sort();
    expected.sort();
    assert_eq!(there, expected);
}

/// The shipped sets, and those for tests: only these have conditions.
fn all_sets() -> impl Iterator<Item = &'static RoleSet> {
    let all = roleset::names().chain(roleset::test_names());
    all.map(|name| roleset::find(name).expect("a role set"))
}

#[test]
fn the_policies_are_valid_under_their_schema_and_stay_within_the_limits_of_verified_permissions() {
    for set in all_sets() {
        let (schema, policies) = read(set);
        let result = Validator::new(schema).validate(&policies, ValidationMode::Strict);
        assert!(result.validation_passed(), "{}: {result}", set.id);
        let warnings: Vec<String> = result.validation_warnings().map(ToString::to_string).collect();
        assert!(warnings.is_empty(), "{}: {warnings:?}", set.id);
        for policy in policies.policies() {
            assert!(policy.annotation("id").is_some(), "a policy has a name of its own");
            assert!(policy.to_string().len() < 10_000, "{policy}");
        }
    }
}

/// The request that the documentation shows, word for word.
#[test]
fn the_example_of_the_documentation_is_allowed() {
    let text = std::fs::read_to_string(repository().join("docs/VERIFIED-PERMISSIONS.md")).unwrap();
    let (_, rest) = text.split_once("```json\n").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    let example: serde_json::Value = serde_json::from_str(example).unwrap();
    let (schema, policies) = read(roleset::find("coaching-site").unwrap());
    let named = |field: &str| -> EntityUid { example[field].as_str().unwrap().parse().unwrap() };
    let entities = Entities::from_json_value(example["entities"].clone(), Some(&schema)).unwrap();
    let context = Context::from_json_value(example["context"].clone(), Some((&schema, &named("action")))).unwrap();
    let [principal, action, resource] = ["principal", "action", "resource"].map(named);
    let request = Request::new(principal, action, resource, context, Some(&schema)).unwrap();
    let answer = Authorizer::new().is_authorized(&request, &policies, &entities);
    assert_eq!(answer.decision(), Decision::Allow, "{:?}", answer.diagnostics());
}
