//! Starts packaged functions from `target/lambda` under a simulated Lambda, feeds each its sample event, and checks the
//! answer and what came of it. Their AWS is the embedded one of a local backend, whose own stream functions stay off.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a check that prints what it does, and cannot go on when something is wrong"
)]

use jiff::SignedDuration;
use lambda_simulator::process::{ManagedProcess, ProcessConfig, ProcessRole};
use lambda_simulator::{InvocationBuilder, InvocationStatus, Simulator};
use muster_local::Options;
use muster_tests::deployment::{Function, functions, repository};
use muster_tests::harness::{Harness, Organization};
use muster_tests::recount;
use muster_tests::samples::{Values, ids, invite, sample};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Instant;

#[tokio::main]
async fn main() {
    let h = Harness::with(Options {
        timers: false,
        streams: false,
        ..Options::default()
    })
    .await;
    let lambda = Lambda {
        environment: h.backend.environment(),
        functions: functions(),
        folder: tempfile::tempdir().expect("a folder for the unpacked functions"),
    };
    make_an_organization(&h, &lambda).await;
    invite_and_join(&h, &lambda).await;
    expire_an_invitation(&h, &lambda).await;
    recount(&h).await;
    h.backend.stop().await;
    println!("All of it holds.");
}

/// HTTP: an organization is made.
async fn make_an_organization(h: &Harness, lambda: &Lambda) {
    let owner = h.person("quentin");
    let values = vec![("token", owner.token(h))];
    let made = lambda.http("create-organization", &values, 201).await;
    let id = made["id"].as_str().expect("an id");
    let shown = owner.get(h, &format!("/v1/organizations/{id}")).await.expect(200);
    assert_eq!(shown.body["name"], "Acme");
    println!("    {id} is there, with its owner");
}

/// Stream, then HTTP: an invitation is mailed, and its link is accepted.
async fn invite_and_join(h: &Harness, lambda: &Lambda) {
    let acme = Organization::make(h).await;
    let guest = h.person("pat");
    invite(h, &acme, guest.address(), "program_admin", &["spring"]).await;
    let mail = ids(h, &acme.id, "MAIL#").await.pop().expect("a mail is queued");
    assert!(h.backend.mail().is_empty(), "nothing is mailed yet");

    let values = vec![("org", acme.id.clone()), ("mail", mail)];
    let event = sample("deliver-mail", &values);
    let done = lambda.invoke("deliver-mail", &event).await;
    assert_eq!(done, json!({ "batchItemFailures": [] }));
    let sent = h.backend.mail();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].to, guest.address());
    assert_eq!(sent[0].from, "no-reply@muster.example");
    println!("    \"{}\" was mailed to {}", sent[0].subject, sent[0].to);

    let again = lambda.invoke("deliver-mail", &event).await;
    assert_eq!(again, json!({ "batchItemFailures": [] }));
    assert_eq!(h.backend.mail().len(), 1, "the same record mails nobody twice");
    println!("    and only once, though the record came twice");

    let values = vec![
        ("token", guest.token(h)),
        ("invitation_token", h.invitation_token(guest.address()).await),
    ];
    let joined = lambda.http("accept-invitation", &values, 200).await;
    assert_eq!(joined["member"]["role"], "program_admin");
    guest.get(h, &acme.path("/members/me")).await.expect(200);
    println!("    {} is a member", guest.address());
}

/// Schedule: an invitation's time is up.
async fn expire_an_invitation(h: &Harness, lambda: &Lambda) {
    // The functions go by the system's clock, so the invitation is made eight days before it.
    let eight_days = SignedDuration::from_hours(24 * 8);
    h.backend.clock().advance(-eight_days);
    let acme = Organization::make(h).await;
    let invited = invite(h, &acme, "late@acme.example", "program_admin", &["spring"]).await;
    h.backend.clock().advance(eight_days);
    assert_eq!(acme.seats_used(h).await, 2, "it holds its seat until it is settled");

    let done = lambda.invoke("expire", &sample("expire", &Values::new())).await;
    assert_eq!(done["settled"], 1, "{done}");
    assert_eq!(done["complete"], true, "{done}");
    let path = acme.path(&format!("/invitations/{}", invited.text("/invitations/0/id")));
    let shown = acme.owner.get(h, &path).await.expect(200);
    assert_eq!(shown.body["status"], "expired");
    assert_eq!(acme.seats_used(h).await, 1);
    println!("    the invitation has expired, and its seat is free");
}

/// Lambda, as far as one function after the other needs it.
struct Lambda {
    environment: Vec<(&'static str, String)>,
    functions: BTreeMap<String, Function>,
    folder: tempfile::TempDir,
}

impl Lambda {
    /// Invokes a function of the API with its sample; gives the body of its answer.
    async fn http(&self, binary: &str, values: &Values, status: u16) -> Value {
        let answer = self.invoke(binary, &sample(binary, values)).await;
        assert_eq!(answer["statusCode"], status, "{answer:#}");
        serde_json::from_str(answer["body"].as_str().unwrap_or_default()).expect("the body is JSON")
    }

    /// Starts a function, as a cold start does, and invokes it once.
    async fn invoke(&self, binary: &str, event: &Value) -> Value {
        let package = unpack(binary, self.folder.path());
        let simulator = Simulator::builder().function_name(binary).build().await;
        let simulator = simulator.expect("the simulator starts");
        let timeout = self.functions[binary].timeout;
        let milliseconds = u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX);
        let invocation = InvocationBuilder::new()
            .payload(event.clone())
            .timeout_ms(milliseconds)
            .build();
        let id = simulator.enqueue(invocation.expect("an invocation")).await;
        let started = Instant::now();
        // Kept until the answer is there; dropping it ends the process.
        let _process = self.start(&simulator, binary, &package.bootstrap);
        let state = simulator.wait_for_invocation_complete(&id, timeout).await;
        let all = started.elapsed();
        let state = state.unwrap_or_else(|error| panic!("{binary}: {error}"));
        assert_eq!(state.status, InvocationStatus::Success, "{binary}: {:?}", state.error);
        let response = state.response.expect("a response");
        let ran = state.started_at.map(|at| response.received_at - at).unwrap_or_default();
        println!(
            "{binary}: {} KiB packed, answered after {} ms, of which {} ms in the handler",
            package.size / 1024,
            all.as_millis(),
            ran.num_milliseconds()
        );
        response.payload
    }

    /// Starts the process with the variables that the template gives it, and no others.
    fn start(&self, simulator: &Simulator, binary: &str, bootstrap: &Path) -> ManagedProcess {
        let wanted = &self.functions[binary].environment;
        let given = self
            .environment
            .iter()
            .filter(|(name, _)| !name.starts_with("MUSTER_") || wanted.contains(*name));
        let mut config = ProcessConfig::new(bootstrap, ProcessRole::Runtime)
            .env("MUSTER_LOG", "warn")
            .env("AWS_ACCESS_KEY_ID", "local")
            .env("AWS_SECRET_ACCESS_KEY", "local");
        for (name, value) in given {
            config = config.env(*name, value);
        }
        simulator
            .spawn_process_with_config(config)
            .unwrap_or_else(|error| panic!("{binary} does not start: {error}"))
    }
}

/// A function as it would be uploaded.
struct Package {
    bootstrap: PathBuf,
    size: u64,
}

/// Unpacks a function as Lambda does: `bootstrap`, executable.
fn unpack(binary: &str, folder: &Path) -> Package {
    let archive = repository().join(format!("target/lambda/{binary}/bootstrap.zip"));
    let file = std::fs::File::open(&archive);
    let file = file.unwrap_or_else(|error| panic!("{}: {error}; build it with .ci/build-lambda", archive.display()));
    let size = file.metadata().expect("a file has a size").len();
    let mut zip = zip::ZipArchive::new(file).expect("a package is a zip file");
    let mut entry = zip.by_name("bootstrap").expect("a package holds `bootstrap`");
    let mode = entry.unix_mode().unwrap_or_default();
    assert_eq!(
        mode & 0o555,
        0o555,
        "{binary}: `bootstrap` must be executable for everybody"
    );
    let mut program = Vec::new();
    entry.read_to_end(&mut program).expect("a package can be unpacked");
    let bootstrap = folder.join(binary);
    if !bootstrap.exists() {
        std::fs::write(&bootstrap, program).expect("the folder takes the program");
        set_executable(&bootstrap);
    }
    Package { bootstrap, size }
}

#[cfg(unix)]
fn set_executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let permissions = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(path, permissions).expect("the program becomes executable");
}

#[cfg(not(unix))]
fn set_executable(_path: &Path) {}
