//! What each persona gets from each route, for a request that is right in every other respect: the table in `tests/personas.md`.

use muster_functions::routes::Route;
use muster_tests::bench::Bench;
use muster_tests::deployment::{file, repository};
use muster_tests::document::described;
use muster_tests::faults::TRANSACT;
use muster_tests::requests::{Case, prepare};
use muster_tests::sampled::sampled;
use muster_tests::{Answer, Persona};
use serde_json::{Value, json};

const FILE: &str = "tests/personas.md";
const HOW: &str = "`MUSTER_UPDATE=1 cargo test --workspace --test api -- personas` writes it anew";

const HEAD: &str = "# Personas and routes

Each cell is the response to a well-formed request, in an organization of the role set `program-delivery`.
A refusal has the last segment of its `type`.
A bulk action shows the refusals of its rows after the status of the whole.
Invitations in a path are those of another person.

<!-- Written by `MUSTER_UPDATE=1 cargo test --workspace --test api -- personas`. -->

| route | owner | admin | program admin | inactive admin | stranger | platform | owner's API key | no token |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
";

/// The order of the columns.
const PERSONAS: [fn(&Cast) -> Option<&Persona>; 8] = [
    |cast| Some(&cast.owner),
    |cast| Some(&cast.admin),
    |cast| Some(&cast.program_admin),
    |cast| Some(&cast.inactive),
    |cast| Some(&cast.stranger),
    |cast| Some(&cast.platform),
    |cast| Some(&cast.key),
    |_| None,
];

/// Who asks, in the organization of a case.
struct Cast {
    owner: Persona,
    admin: Persona,
    /// A program admin of `spring`.
    program_admin: Persona,
    /// An admin who was deactivated.
    inactive: Persona,
    /// The owner of another organization.
    stranger: Persona,
    platform: Persona,
    /// The owner, through an API key without limits.
    key: Persona,
}

impl Cast {
    async fn join(b: &Bench, case: &mut Case, stranger: &Persona) -> Self {
        if case.organization.is_none() {
            case.found(b).await;
        }
        let path = case.organization().path("");
        let is_deleted = case.owner.get(&b.h, &path).await.status == 404;
        let platform = b.h.platform();
        if is_deleted {
            let restore = case.organization().path("/restore");
            platform.post(&b.h, &restore, &Value::Null).await.expect(200);
        }
        let admin = case.join_as(b, case.person(b, "ada"), "admin").await;
        let inactive = case.join_as(b, case.person(b, "ina"), "admin").await;
        let program_admin = case.join(b, "pam").await;
        let chosen = json!({ "members": [inactive.id()] });
        let deactivate = case.organization().path("/members/deactivate");
        case.owner.post(&b.h, &deactivate, &chosen).await.expect(200);
        let body = json!({ "name": "zapier" });
        let key = case.organization().key(&b.h, &case.owner, &body).await.persona;
        if is_deleted {
            case.owner.delete(&b.h, &path).await.expect(204);
        }
        Self {
            owner: case.owner.clone(),
            admin,
            program_admin,
            inactive,
            stranger: stranger.clone(),
            platform,
            key,
        }
    }
}

/// What a cell shows of an answer.
fn cell(answer: &Answer) -> String {
    let kind = |problem: &Value| {
        let kind = problem["type"].as_str().and_then(|uri| uri.rsplit('/').next());
        kind.unwrap_or_default().to_owned()
    };
    let mut rows: Vec<String> = answer.body["results"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|row| row["problem"].is_object())
        .map(|row| format!("; {} {}", row["problem"]["status"], kind(&row["problem"])))
        .collect();
    rows.dedup();
    match answer.status {
        status if status < 400 => format!("{status}{}", rows.concat()),
        status => format!("{status} {}", kind(&answer.body)),
    }
}

/// The row of a route. What changes something is asked of a case of its own.
async fn row(b: &Bench, route: &Route, stranger: &Persona) -> String {
    let mut fresh = None;
    let mut cells = Vec::new();
    for persona in PERSONAS {
        let (case, cast) = match fresh.take() {
            Some(both) => both,
            None => {
                let mut case = prepare(b, route).await;
                let cast = Cast::join(b, &mut case, stranger).await;
                (case, cast)
            }
        };
        let (method, body) = (case.method.clone(), case.body.as_ref());
        let answer = b.h.send(persona(&cast), method, &case.path, body, &[]).await;
        cells.push(cell(&answer));
        let changes = route.method != "GET" && route.may(TRANSACT) && answer.status < 400;
        fresh = (!changes).then_some((case, cast));
    }
    format!("| `{}` | {} |", route.binary, cells.join(" | "))
}

fn is_updating() -> bool {
    std::env::var_os("MUSTER_UPDATE").is_some()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_persona_gets_from_each_route_what_the_table_shows() {
    let b = Bench::start().await;
    let stranger = b.h.person("stella");
    let body = json!({ "name": "Other", "role_set": "program-delivery" });
    stranger.post(&b.h, "/v1/organizations", &body).await.expect(201);
    let all: Vec<&Route> = described().collect();
    let routes = if is_updating() {
        all
    } else {
        sampled("personas and routes", all, 6)
    };
    let mut rows = Vec::new();
    for route in routes {
        rows.push(row(&b, route, &stranger).await);
    }
    if is_updating() {
        let text = format!("{HEAD}{}\n", rows.join("\n"));
        std::fs::write(repository().join(FILE), text).unwrap();
    }
    let table = file(FILE);
    let wrong: Vec<&String> = rows
        .iter()
        .filter(|row| !table.lines().any(|line| line == *row))
        .collect();
    assert!(wrong.is_empty(), "{FILE} does not show {wrong:#?}: {HOW}");
}

#[test]
fn each_route_of_the_document_has_one_row() {
    let table = if is_updating() { return } else { file(FILE) };
    let rows = table.strip_prefix(HEAD).expect("the head of the table");
    let named = rows.lines().filter_map(|row| row.split('`').nth(1));
    let named: Vec<&str> = named.collect();
    let described: Vec<&str> = described().map(|route| route.binary).collect();
    assert_eq!(named, described, "{HOW}");
}
