//! What changes of people write, and what a million of each costs.

use jiff::SignedDuration;
use muster_local::Options;
use muster_tests::Persona;
use muster_tests::faults::{Exchange, Faults, TRANSACT, UPDATE};
use muster_tests::harness::{Answer, Harness, Organization, invitation};
use muster_tests::markdown::Table;
use muster_tests::meter::{self, Charge};
use muster_tests::prices;
use muster_tests::stream::Stream;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Prefixes of entries of the lists of people.
const ENTRIES: [&str; 8] = [
    "GRANT",
    "HOLDER",
    "JOINED",
    "NAME",
    "OFFERED",
    "OFFERED_ON",
    "STATUS",
    "WORD",
];

/// What one change took.
struct Change {
    name: &'static str,
    /// Items of the request's own transaction.
    items: usize,
    /// Entries among them, by prefix.
    entries: BTreeMap<String, usize>,
    request: Charge,
    counting: Charge,
    mail: Charge,
}

/// The table of what changes write, in a table of its own: none of it depends on how many people there are, and the embedded one
/// takes long to describe a table of millions of items.
pub(crate) async fn writes() -> String {
    let faults = Faults::default();
    let options = Options {
        http_client: Some(faults.client_over(meter::client())),
        timers: false,
        streams: false,
        ..Options::default()
    };
    let h = Harness::with(options).await;
    let text = changes(&h, &faults).await;
    h.backend.stop().await;
    text
}

async fn changes(h: &Harness, faults: &Faults) -> String {
    let mut scene = Scene::of(h, faults).await;
    let owner = scene.organization.owner.clone();
    let nora = h.person("Nora Winter").with_email("nora.winter@acme.example", true);
    let mut changes = Vec::new();

    let path = scene.organization.path("/invitations");
    let body = invitation(nora.email(), "participant", &["spring"]);
    owner.post(h, &path, &body).await.expect(201);
    changes.push(scene.done("invitation, of a participant on a program").await);

    let path = h.accept_path(&nora).await;
    scene.begin();
    nora.post(h, &path, &Value::Null).await.expect(200);
    changes.push(scene.done("acceptance").await);

    let path = scene
        .organization
        .path(&format!("/members/{}/grants/program/spring", nora.id()));
    owner
        .put(h, &path, &json!({ "role": "program_facilitator" }))
        .await
        .expect(200);
    changes.push(scene.done("change of role, to one that uses a seat").await);

    let body = json!({ "members": [nora.id()] });
    let path = scene.organization.path("/members/deactivate");
    owner.post(h, &path, &body).await.expect(200);
    changes.push(scene.done("deactivation").await);
    let path = scene.organization.path("/members/activate");
    owner.post(h, &path, &body).await.expect(200);
    changes.push(scene.done("activation").await);

    h.advance(SignedDuration::from_mins(61));
    let path = scene.organization.path(&format!("/members/{}", nora.id()));
    scene.look(&nora, &path).await.expect(200);
    changes.push(scene.done("note of activity, once an hour at most").await);

    scene.look(&owner, &path).await.expect(200);
    scene.begin();
    owner.delete(h, &path).await.expect(204);
    changes.push(scene.done("removal").await);
    table(&changes)
}

/// An organization in which changes are watched one by one.
struct Scene<'a> {
    h: &'a Harness,
    faults: &'a Faults,
    organization: Organization,
    stream: Stream,
}

impl<'a> Scene<'a> {
    async fn of(h: &'a Harness, faults: &'a Faults) -> Self {
        let organization = Organization::of(h, h.person("olivia")).await;
        let mut stream = Stream::open(h).await;
        stream.drain(h.backend.app()).await;
        // Whatever is noted once an hour is noted now.
        organization.owner.get(h, &organization.path("")).await.expect(200);
        let scene = Self {
            h,
            faults,
            organization,
            stream,
        };
        scene.begin();
        scene
    }

    fn begin(&self) {
        self.faults.clear();
    }

    async fn look(&self, who: &Persona, path: &str) -> Answer {
        self.begin();
        who.get(self.h, path).await
    }

    /// What was done since the beginning; what the stream adds follows, and the next one begins.
    async fn done(&mut self, name: &'static str) -> Change {
        let faults = self.faults;
        let app = self.h.backend.app();
        let exchanges = faults.exchanges();
        let request = Charge::of(&exchanges);
        let (items, entries) = items(&exchanges);
        faults.clear();
        self.stream.drain(app).await;
        // Counting is done in transactions, and how far a mail has come is noted by single updates.
        let follows = faults.exchanges();
        let (mail, counting): (Vec<Exchange>, Vec<Exchange>) = follows.into_iter().partition(|e| e.operation == UPDATE);
        let (mail, counting) = (Charge::of(&mail), Charge::of(&counting));
        faults.clear();
        Change {
            name,
            items,
            entries,
            request,
            counting,
            mail,
        }
    }
}

/// How many items a transaction of these exchanges had, and how many entries of each prefix.
fn items(exchanges: &[Exchange]) -> (usize, BTreeMap<String, usize>) {
    let (mut items, mut entries) = (0, BTreeMap::new());
    for exchange in exchanges.iter().filter(|e| e.operation == TRANSACT) {
        for action in exchange.request()["TransactItems"].as_array().into_iter().flatten() {
            items += 1;
            let body = action
                .as_object()
                .and_then(|action| action.values().next())
                .cloned()
                .unwrap_or_default();
            let key = if body["Item"].is_object() {
                &body["Item"]["SK"]
            } else {
                &body["Key"]["SK"]
            };
            let prefix = key["S"]
                .as_str()
                .and_then(|sk| sk.split('#').next())
                .unwrap_or_default();
            if ENTRIES.contains(&prefix) {
                *entries.entry(prefix.to_owned()).or_default() += 1;
            }
        }
    }
    (items, entries)
}

fn table(changes: &[Change]) -> String {
    let columns = [
        "",
        "items of the transaction",
        "units: request",
        "of these, entries",
        "of these, indexes",
        "counting",
        "mail",
        "total write units",
        "$ per million",
        "total read units",
        "$ per million",
    ];
    let mut table = Table::new(&columns);
    for change in changes {
        let parts = [&change.request, &change.counting, &change.mail];
        let written: f64 = parts.iter().map(|charge| charge.written()).sum();
        let read: f64 = parts.iter().map(|charge| charge.reads).sum();
        let indexes: Vec<String> = change
            .request
            .writes
            .iter()
            .filter(|(name, _)| *name != "table")
            .map(|(name, units)| format!("{name} {units}"))
            .collect();
        let kinds: Vec<String> = change
            .entries
            .iter()
            .map(|(prefix, count)| format!("{prefix} {count}"))
            .collect();
        let of_entries = 2 * change.entries.values().sum::<usize>();
        table.row(&[
            change.name.to_owned(),
            change.items.to_string(),
            change.request.written().to_string(),
            format!("{of_entries} ({})", kinds.join(", ")),
            indexes.join(", "),
            change.counting.written().to_string(),
            change.mail.written().to_string(),
            written.to_string(),
            format!("{:.2}", written * prices::WRITES),
            read.to_string(),
            format!("{:.2}", read * prices::READS),
        ]);
    }
    table.with("")
}
