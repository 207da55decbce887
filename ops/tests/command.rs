//! The command: what it says, and how it ends.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that goes wrong should stop there"
)]

use muster_local::{Backend, Options, TokenRequest};
use reqwest::Client;
use serde_json::{Value, json};
use std::process::Command;

/// What the command says, and its exit code.
async fn muster(arguments: &[&str]) -> (String, i32) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_muster"));
    command.args(arguments);
    for (name, value) in [
        ("AWS_ACCESS_KEY_ID", "nobody"),
        ("AWS_SECRET_ACCESS_KEY", "nothing"),
        ("AWS_REGION", "eu-central-1"),
    ] {
        command.env(name, value);
    }
    let output = tokio::task::spawn_blocking(move || command.output())
        .await
        .unwrap()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (String::from_utf8(said).unwrap(), output.status.code().unwrap())
}

async fn organization(backend: &Backend) -> String {
    let person = TokenRequest {
        sub: "olivia".to_owned(),
        email: Some("olivia@acme.example".to_owned()),
        email_verified: Some(true),
        name: None,
        scope: None,
    };
    let made = Client::new()
        .post(format!("{}/v1/organizations", backend.base_url()))
        .bearer_auth(backend.issue_token(&person).unwrap())
        .json(&json!({ "name": "Acme", "role_set": "program-delivery" }));
    let made: Value = made.send().await.unwrap().json().await.unwrap();
    backend.drained().await;
    made["id"].as_str().unwrap().to_owned()
}

/// Gives an organization a wrong number of seats.
async fn damage(backend: &Backend, organization: &str) {
    use aws_sdk_dynamodb::types::AttributeValue;
    aws_sdk_dynamodb::Client::new(backend.app().sdk())
        .update_item()
        .table_name(backend.table())
        .key("PK", AttributeValue::S(format!("ORG#{organization}")))
        .key("SK", AttributeValue::S("ORG".to_owned()))
        .update_expression("SET seats_used = :wrong")
        .expression_attribute_values(":wrong", AttributeValue::N("9".to_owned()))
        .send()
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn differences_are_told_and_fixed_and_the_exit_code_says_which() {
    let backend = Backend::start(Options::default()).await.unwrap();
    let (one, other) = (organization(&backend).await, organization(&backend).await);
    let here = [
        "repair",
        "--table",
        backend.table(),
        "--endpoint",
        backend.dynamodb_endpoint(),
        "--pause",
        "0",
    ];
    let all = [&here[..], &["--all"]].concat();
    let (said, code) = muster(&all).await;
    assert_eq!(code, 0, "{said}");
    assert!(
        said.contains(&format!("{one}: no differences")) && said.contains(&other),
        "{said}"
    );

    damage(&backend, &one).await;
    for _ in 0..2 {
        let (said, code) = muster(&all).await;
        assert_eq!(code, 1, "{said}");
        assert!(said.contains("seats in use") && said.contains("found"), "{said}");
    }
    let fix = [&here[..], &["--organization", &one, "--fix"]].concat();
    let (said, code) = muster(&fix).await;
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("fixed") && !said.contains(&other), "{said}");
    assert_eq!(muster(&all).await.1, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn trouble_has_an_exit_code_of_its_own() {
    let backend = Backend::start(Options::default()).await.unwrap();
    let here = ["repair", "--endpoint", backend.dynamodb_endpoint(), "--table"];
    let nobody = ["--organization", "org_0000000000000000000001"];
    let (said, code) = muster(&[&here[..], &[backend.table()], &nobody[..]].concat()).await;
    assert_eq!(
        (code, said.contains("there is no such organization")),
        (2, true),
        "{said}"
    );
    let (said, code) = muster(&[&here[..], &["elsewhere", "--all"]].concat()).await;
    assert_eq!(code, 2, "{said}");
    let (said, code) = muster(&[&here[..], &[backend.table()]].concat()).await;
    assert_eq!(code, 2, "one or all must be said: {said}");
}
