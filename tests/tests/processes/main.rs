//! What only the functions' own processes can show, as they are packaged in `target/lambda`: each takes its sample event,
//! survives being frozen, a failure, a panic and a start that comes to nothing. `.ci/real-binaries` runs it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that goes wrong should stop there"
)]

mod failing;
mod freezing;
mod samples;
mod starting;
mod together;

use muster_local::Options;
use muster_tests::packaged::Settings;
use muster_tests::wire::Wire;
use muster_tests::{Answer, Harness, Packaged, Persona};
use serde_json::json;
use std::sync::Arc;

/// The function that the tests here call.
const CREATE: &str = "create-organization";

/// A backend whose functions run in processes of their own.
async fn start(packaged: &Packaged, streams: bool) -> Harness {
    Harness::with(Options {
        timers: false,
        streams,
        functions: Some(Arc::new(packaged.clone())),
        ..Options::default()
    })
    .await
}

/// The same, with a wire between the processes and the table.
async fn start_wired(mut settings: Settings) -> (Harness, Packaged, Wire) {
    let wire = Wire::open().await;
    settings.variables.push(("AWS_ENDPOINT_URL_DYNAMODB", wire.url()));
    let packaged = Packaged::with(settings);
    let h = start(&packaged, false).await;
    wire.lead_to(h.backend.dynamodb_endpoint());
    (h, packaged, wire)
}

/// Makes an organization.
async fn make(h: &Harness, owner: &Persona) -> Answer {
    let body = json!({ "name": "Acme", "role_set": "program-delivery" });
    owner.post(h, "/v1/organizations", &body).await
}
