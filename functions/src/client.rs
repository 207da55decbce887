//! The operations and types of `@muster/client`, from the OpenAPI document: a table in JavaScript, and types in TypeScript.
//! What a client does with them is written by hand, in `web/client/src/client.js`.

mod methods;
mod types;

use crate::generated::assert_current;
use crate::openapi::document;
use methods::{Method, methods};
use muster_edge::problem::ProblemType;
use serde_json::Value;
use std::fmt::Write as _;
use types::{comment, declaration};

const TESTS: &str = "client";
const HEAD: &str =
    "// Written from the routes of the backend: `MUSTER_UPDATE=1 cargo test --workspace --lib -- client`.\n";
/// The types that are written by hand.
const IMPORT: &str = "import type { Answer, ChangeOptions, Listing, NotModified, Options, PostOptions, ReadOptions } from \"./client.js\";\n";

/// The methods by their groups, in the order of the document's tags.
fn groups(document: &Value) -> Vec<(String, Vec<Method<'_>>)> {
    let all = methods(document);
    let tags = document["tags"].as_array().unwrap().iter();
    let of = |tag: &str| all.iter().filter(|method| method.tag == tag).cloned().collect();
    tags.map(|tag| tag["name"].as_str().unwrap())
        .map(|tag| (types::camel(tag), of(tag)))
        .collect()
}

/// The table: each operation's method, its path, and what the client must know of it.
fn table(document: &Value) -> String {
    let mut text = format!("{HEAD}\nexport const operations = {{\n");
    for (group, methods) in groups(document) {
        writeln!(text, "  {group}: {{").unwrap();
        for method in methods {
            let mut row = vec![method.verb.to_uppercase(), method.path.to_owned()];
            row.extend(method.traits().into_iter().map(ToOwned::to_owned));
            let row: Vec<String> = row.iter().map(|cell| format!("\"{cell}\"")).collect();
            writeln!(text, "    {}: [{}],", method.name, row.join(", ")).unwrap();
        }
        text.push_str("  },\n");
    }
    text.push_str("};\n");
    text
}

/// The types of all bodies and of all methods.
fn declarations(document: &Value) -> String {
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let mut text = format!("{HEAD}\n{IMPORT}");
    for (name, schema) in schemas {
        write!(text, "\n{}", declaration(name, schema)).unwrap();
    }
    text.push_str(
        "\n/** The types of all bodies, by their names in the OpenAPI document. */\nexport interface Schemas {\n",
    );
    for name in schemas.keys() {
        writeln!(text, "  {name}: {name};").unwrap();
    }
    text.push_str(
        "}\n\n/** The last segment of the `type` of each problem of the API. */\nexport type ProblemSlug =\n",
    );
    let slugs: Vec<String> = ProblemType::ALL
        .iter()
        .map(|kind| format!("  | \"{}\"", kind.slug()))
        .collect();
    writeln!(text, "{};", slugs.join("\n")).unwrap();
    let groups = groups(document);
    for method in groups.iter().flat_map(|(_, methods)| methods) {
        text.push_str(&method.query_declaration());
    }
    text.push_str("\n/** The API: a method for each operation, in groups. */\nexport interface Muster {\n");
    for (group, methods) in &groups {
        writeln!(text, "  {group}: {{").unwrap();
        for method in methods {
            text.push_str(&comment(&method.text(), "    "));
            writeln!(text, "    {}", method.signature()).unwrap();
        }
        text.push_str("  };\n");
    }
    text.push_str("}\n");
    text
}

#[test]
fn the_operations_and_types_are_those_of_the_openapi_document() {
    let mut document = document();
    document.sort_all_objects();
    assert_current("../web/client/src/operations.js", &table(&document), TESTS);
    assert_current("../web/client/src/api.d.ts", &declarations(&document), TESTS);
}

#[test]
fn every_operation_is_a_method_of_its_own() {
    let document = document();
    let paths = document["paths"].as_object().unwrap().values();
    let operations: usize = paths.map(|path| path.as_object().unwrap().len()).sum();
    let groups = groups(&document);
    let names: std::collections::BTreeSet<_> = groups
        .iter()
        .flat_map(|(group, methods)| methods.iter().map(move |method| (group, &method.name)))
        .collect();
    assert_eq!(names.len(), operations);
}

#[test]
fn a_method_is_named_by_what_its_binary_says_beside_its_group() {
    for (id, tag, path, name) in [
        ("list_members", "members", "/v1/organizations/{org}/members", "list"),
        (
            "remove_member",
            "members",
            "/v1/organizations/{org}/members/{member}",
            "remove",
        ),
        (
            "remove_members",
            "members",
            "/v1/organizations/{org}/members/remove",
            "removeMany",
        ),
        (
            "change_members_role",
            "members",
            "/v1/organizations/{org}/members/change-role",
            "changeRoleMany",
        ),
        (
            "create_invitations",
            "invitations",
            "/v1/organizations/{org}/invitations",
            "create",
        ),
        ("list_my_invitations", "invitations", "/v1/invitations", "listMine"),
        ("rotate_api_key", "api-keys", "/v1/…/api-keys/{key}/rotate", "rotate"),
        ("put_grant", "members", "/v1/…/grants/{type}/{id}", "putGrant"),
        (
            "evaluate_access_batch_in_organization",
            "access",
            "/v1/…/evaluations",
            "evaluateBatchInOrganization",
        ),
    ] {
        assert_eq!(methods::name(id, tag, path), name);
    }
}
