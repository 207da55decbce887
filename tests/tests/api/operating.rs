//! What operators do to a deployment that holds data: rotate its secret, and put its table back.

use muster_local::Options;
use muster_tests::deployment::file;
use muster_tests::harness::{Answer, Harness, Organization};
use muster_tests::recount;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

const SECRET: &str = "link-secret.json";

async fn started(folder: &Path) -> Harness {
    let data = Some(folder.to_owned());
    Harness::with(Options {
        data,
        ..Options::default()
    })
    .await
}

async fn opened(h: &Harness, token: &str) -> Answer {
    h.send(None, Method::GET, &format!("/v1/invitations/{token}"), None, &[])
        .await
}

fn put_secret(folder: &Path, secret: &Value) {
    fs::write(folder.join(SECRET), secret.to_string()).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn links_and_keys_live_through_a_rotation_and_links_end_with_the_secret_they_were_made_with() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let h = started(folder).await;
    let acme = Organization::make(&h).await;
    acme.invite(&h, "ann@x.example", "participant", &["spring"]).await;
    let older = h.invitation_token("ann@x.example").await;
    let key = acme.key(&h, &acme.owner, &json!({ "name": "CI" })).await;
    h.backend.stop().await;

    let old: Value = serde_json::from_slice(&fs::read(folder.join(SECRET)).unwrap()).unwrap();
    let new = "0123456789".repeat(5);
    put_secret(folder, &json!({ "current": new, "previous": old["current"] }));
    let h = started(folder).await;
    opened(&h, &older).await.expect(200);
    key.persona.get(&h, &acme.path("")).await.expect(200);
    acme.invite(&h, "bob@x.example", "participant", &["spring"]).await;
    let newer = h.invitation_token("bob@x.example").await;
    opened(&h, &newer).await.expect(200);
    h.backend.stop().await;

    put_secret(folder, &json!({ "current": new }));
    let h = started(folder).await;
    opened(&h, &older).await.problem(404, "not-found");
    opened(&h, &newer).await.expect(200);
    key.persona.get(&h, &acme.path("")).await.expect(200);
    h.backend.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_is_put_back_serves_what_it_held_then() {
    let folders = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let [original, copy] = folders.each_ref().map(tempfile::TempDir::path);
    let h = started(original).await;
    let acme = Organization::make(&h).await;
    let nora = acme.join(&h, "nora", "program_admin", &["spring"]).await;
    acme.invite(&h, "ann@x.example", "participant", &["spring"]).await;
    let link = h.invitation_token("ann@x.example").await;
    let held = acme.owner.get(&h, &acme.path("/members")).await.expect(200).body;
    h.backend.stop().await;
    copied(original, copy);

    let h = started(original).await;
    let path = acme.path(&format!("/members/{}", nora.id()));
    acme.owner.delete(&h, &path).await.expect(204);
    h.backend.stop().await;

    let h = started(copy).await;
    let found = acme.owner.get(&h, &acme.path("/members")).await.expect(200).body;
    assert_eq!(found["items"][0]["id"], held["items"][0]["id"]);
    assert_eq!(ids(&found), ids(&held), "whoever was removed since is there again");
    opened(&h, &link).await.expect(200);
    nora.get(&h, &acme.path("")).await.expect(200);
    h.expire().await;
    recount(&h).await;
    h.backend.stop().await;
}

fn ids(list: &Value) -> Vec<String> {
    let items = list["items"].as_array().unwrap();
    items.iter().map(|item| item["id"].to_string()).collect()
}

/// All of a folder, to another.
fn copied(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let beside = to.join(path.file_name().unwrap());
        if path.is_dir() {
            fs::create_dir(&beside).unwrap();
            copied(&path, &beside);
        } else {
            fs::copy(&path, &beside).unwrap();
        }
    }
}

/// What the template reserves for each function: a number, or the parameter that says it.
fn reserved(template: &Value) -> BTreeMap<String, Result<u64, String>> {
    let resources = template["Resources"].as_object().unwrap().iter();
    let limit = |(name, resource): (&String, &Value)| {
        let limit = &resource["Properties"].get("ReservedConcurrentExecutions")?["Fn::If"][1];
        let parameter = || limit["Ref"].as_str().unwrap().to_owned();
        Some((name.clone(), limit.as_u64().ok_or_else(parameter)))
    };
    resources.filter_map(limit).collect()
}

#[test]
fn the_runbook_of_a_restore_gives_each_function_back_what_the_template_reserves() {
    let template: Value = serde_saphyr::from_str(&file("template.yaml")).unwrap();
    let expected = reserved(&template).into_iter().map(|(name, limit)| {
        let limit = limit.map(|number| number.to_string());
        (name, limit.unwrap_or_else(|name| format!("\"$(parameter {name})\"")))
    });
    let expected: BTreeMap<String, String> = expected.collect();
    let runbook = file("docs/OPERATING.md");
    let calls = runbook
        .lines()
        .filter_map(|line| line.trim().strip_prefix("reserve ")?.split_once(' '));
    let calls: BTreeMap<String, String> = calls.map(|(name, limit)| (name.to_owned(), limit.to_owned())).collect();
    assert_eq!(calls, expected);
    assert!(expected.len() >= 4, "{expected:?}");
    let literal = |line: &&str| line.contains("--reserved-concurrent-executions") && !line.contains("\"$2\"");
    let literals: Vec<&str> = runbook.lines().filter(literal).collect();
    assert!(
        matches!(literals[..], [stop] if stop.contains("executions 0 ")),
        "only the step that stops everything has a number: {literals:#?}"
    );
}

#[test]
fn documents_name_the_concurrency_that_the_template_has_by_default() {
    let template: Value = serde_saphyr::from_str(&file("template.yaml")).unwrap();
    let default = |name: &str| template["Parameters"][name]["Default"].as_u64().unwrap();
    let (mail, work) = (default("MailConcurrency"), default("WorkConcurrency"));
    let all: u64 = reserved(&template)
        .into_values()
        .map(|limit| limit.unwrap_or_else(|name| default(&name)))
        .sum();
    let (deploying, architecture) = (file("docs/DEPLOYING.md"), file("docs/ARCHITECTURE.md"));
    for (document, said) in [
        (
            &deploying,
            format!("| `MailConcurrency` `WorkConcurrency` | `{mail}` `{work}` |"),
        ),
        (&deploying, format!("A stack reserves {all}, and")),
        (
            &deploying,
            format!("a quota of {} and two need {}.", 100 + all, 100 + 2 * all),
        ),
        (&architecture, format!("one of `MailConcurrency` ({mail}) processes")),
    ] {
        assert!(document.contains(&said), "{said}");
    }
}

/// What the emulator would fail at in the middle of a deployment.
#[test]
fn a_deployment_into_the_emulator_stops_before_it_begins_if_a_package_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    put(".ci/deploy-emulated", &file(".ci/deploy-emulated"));
    put("template.yaml", &file("template.yaml"));
    for binary in ["not-found", "expire"] {
        put(&format!("target/lambda/{binary}/bootstrap.zip"), "a package");
    }
    let deployed = Command::new("bash")
        .arg(folder.path().join(".ci/deploy-emulated"))
        .output()
        .unwrap();
    let told = String::from_utf8(deployed.stderr).unwrap();
    assert!(
        !deployed.status.success() && told.contains(".ci/build-lambda"),
        "{told}"
    );
    for (binary, is_missing) in [("deliver-mail", true), ("get-member", true), ("expire", false)] {
        let package = format!("target/lambda/{binary}/bootstrap.zip\n");
        assert_eq!(told.contains(&package), is_missing, "{binary}: {told}");
    }
}
