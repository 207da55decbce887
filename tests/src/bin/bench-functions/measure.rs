//! The measurements.

use crate::costs::{self, Measured};
use crate::process::{Package, Running, Taken};
use crate::scene::{self, Calls};
use crate::table::{ratio, told};
use muster_local::{Options, Signing};
use muster_tests::deployment::{Function, functions, variables};
use muster_tests::faults::Faults;
use muster_tests::harness::Harness;
use muster_tests::markdown::{Table, median};
use muster_tests::meter;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const SIZE: f64 = 1.5;
const START: f64 = 1.25;
const START_MEDIAN: f64 = 1.10;
const CPU: f64 = 1.5;
/// MB.
const MEMORY: f64 = 64.0;
/// Requests after which a process shall not grow any more.
const SETTLED: usize = 100;
/// Requests before CPU is counted.
pub(crate) const WARMING: usize = 5;
/// Of a function whose sample must be prepared anew for each request, so many times fewer are counted; and where memory is
/// watched, so many go by from one that changes something to the next.
pub(crate) const FEWER: usize = 5;

/// The functions, and the minimal one.
pub(crate) struct Bench {
    functions: BTreeMap<String, Function>,
    pub(crate) packages: Vec<Package>,
    minimal: Package,
}

/// What serves processes as AWS, and who watches what is asked of it. Each function has one of its own: the embedded table gets
/// slower with all that was ever written to it, and nobody is a member of what was prepared for others.
pub(crate) struct Aws {
    pub(crate) h: Harness,
    watch: Faults,
    environment: Vec<(&'static str, String)>,
}

impl Aws {
    pub(crate) async fn start() -> Self {
        let watch = Faults::default();
        let h = Harness::with(Options {
            timers: false,
            streams: false,
            http_client: Some(watch.client_over(meter::client())),
            signing: Signing::Rs256,
            ..Options::default()
        })
        .await;
        Self {
            environment: h.backend.environment(),
            h,
            watch,
        }
    }

    pub(crate) async fn stop(self) {
        self.h.backend.stop().await;
    }
}

impl Bench {
    /// These functions, or all where none is named.
    pub(crate) fn of(named: &[String]) -> Self {
        let functions = functions();
        let wanted = |name: &&String| named.is_empty() || named.contains(name);
        let names: Vec<&String> = functions.keys().filter(wanted).collect();
        Self {
            packages: names.iter().map(|name| Package::of(name)).collect(),
            minimal: Package::of("minimal"),
            functions,
        }
    }

    /// The variables of a package's process.
    pub(crate) fn environment(&self, aws: &Aws, package: &Package) -> BTreeMap<String, String> {
        let minimal = BTreeMap::from([("MUSTER_TABLE".to_owned(), None)]);
        let function = self.functions.get(&package.name);
        variables(
            function.map_or(&minimal, |function| &function.environment),
            &aws.environment,
        )
    }

    /// The packaged size of each function; and whether none is larger than it may be.
    pub(crate) fn sizes(&self) -> (String, bool) {
        let mut table = Table::new(&["function", "KB packed", "ratio"]);
        let own = self.minimal.packed as f64;
        table.row(&["minimal".to_owned(), kilobytes(own), "1.00".to_owned()]);
        let mut ratios = Vec::new();
        for package in &self.packages {
            let size = package.packed as f64;
            table.row(&[package.name.clone(), kilobytes(size), ratio(size / own, SIZE)]);
            ratios.push((package.name.as_str(), size / own));
        }
        let held = ratios.iter().all(|(_, ratio)| *ratio <= SIZE);
        (table.with(&told(&ratios, SIZE, SIZE)), held)
    }

    /// Cold starts, by turns with those of the minimal function that makes the same calls.
    pub(crate) async fn starts(&self, rounds: usize) -> String {
        let columns = [
            "function",
            "reads",
            "other calls",
            "status",
            "minimal ms",
            "ms",
            "of these before its first event",
            "ratio",
            "minimal CPU ms",
            "CPU ms",
            "ratio of CPU",
        ];
        let mut table = Table::new(&columns);
        let (mut ratios, mut cpu_ratios) = (Vec::new(), Vec::new());
        for package in &self.packages {
            let aws = Aws::start().await;
            let (_, values) = scene::event(&aws.h, &package.name).await;
            let event = scene::by_a_stranger(&aws.h, &package.name, &values);
            // What comes once comes first: every start after it does the same.
            scene::calls(&aws.h, &aws.watch, &package.name, &event).await;
            let calls = scene::calls(&aws.h, &aws.watch, &package.name, &event).await;
            let (mut own, mut theirs) = (Starts::default(), Starts::default());
            let (same, environment) = (calls.event(), self.environment(&aws, package));
            let plain = self.environment(&aws, &self.minimal);
            // The first of each brings the file into memory.
            for round in 0..=rounds {
                let minimal = cold(&self.minimal, &plain, &same).await;
                let function = cold(package, &environment, &event).await;
                if round > 0 {
                    theirs.note(&minimal);
                    own.note(&function);
                }
            }
            aws.stop().await;
            let (wall, cpu) = (
                median(&own.ms) / median(&theirs.ms),
                median(&own.cpu) / median(&theirs.cpu),
            );
            table.row(&[
                package.name.clone(),
                calls.reads().to_string(),
                (calls.count() - calls.reads() + calls.others).to_string(),
                own.status,
                format!("{:.1}", median(&theirs.ms)),
                format!("{:.1}", median(&own.ms)),
                format!("{:.1}", median(&own.starting)),
                ratio(wall, START),
                format!("{:.1}", median(&theirs.cpu)),
                format!("{:.1}", median(&own.cpu)),
                ratio(cpu, START),
            ]);
            ratios.push((package.name.as_str(), wall));
            cpu_ratios.push((package.name.as_str(), cpu));
        }
        let (wall, cpu) = (
            told(&ratios, START, START_MEDIAN),
            told(&cpu_ratios, START, START_MEDIAN),
        );
        table.with(&format!("Time: {wall}\n\nCPU: {cpu}"))
    }

    /// CPU of a request to a warm process, beside the minimal function that makes the same calls.
    pub(crate) async fn requests(&self, count: usize) -> String {
        let columns = [
            "function",
            "reads",
            "writes",
            "other calls",
            "minimal CPU ms",
            "CPU ms",
            "ratio",
            "median ms of a request",
        ];
        let mut table = Table::new(&columns);
        let (mut ratios, mut measured) = (Vec::new(), Vec::new());
        for package in &self.packages {
            let warm = self.warm(package, count).await;
            let (calls, quotient) = (&warm.calls, warm.own / warm.minimal);
            table.row(&[
                package.name.clone(),
                calls.reads().to_string(),
                (calls.count() - calls.reads()).to_string(),
                calls.others.to_string(),
                format!("{:.3}", warm.minimal),
                format!("{:.3}", warm.own),
                ratio(quotient, CPU),
                format!("{:.1}", warm.ms),
            ]);
            ratios.push((package.name.as_str(), quotient));
            measured.push(Measured {
                name: package.name.clone(),
                http: self.functions.get(&package.name).is_some_and(|f| !f.routes.is_empty()),
                memory: self.functions.get(&package.name).map_or(0.0, |f| f.memory as f64),
                cpu: warm.own,
                round_trips: calls.round_trips,
                reads: calls.charge.reads,
                writes: calls.charge.written(),
                mails: calls.mails as f64,
            });
        }
        let (each, small) = (costs::each(&measured), costs::month(&measured, 50_000.0));
        let large = costs::month(&measured, 1_000_000.0);
        table.with(&format!(
            "{}\n\n### What a million cost\n\n{each}\n### 1,000 organizations of 50\n\n{small}\n### One of 1,000,000\n\n{large}",
            told(&ratios, CPU, CPU)
        ))
    }

    /// Requests to a warm process, by turns with the minimal function that makes the same calls: what else ran before, and what it left
    /// of the processor's caches, meets both.
    async fn warm(&self, package: &Package, count: usize) -> Warm {
        let aws = Aws::start().await;
        let (mut event, _) = scene::event(&aws.h, &package.name).await;
        let repeats = scene::repeats(&package.name);
        if repeats {
            // What is noted once an hour is noted here.
            scene::calls(&aws.h, &aws.watch, &package.name, &event).await;
        }
        let calls = scene::calls(&aws.h, &aws.watch, &package.name, &event).await;
        let count = if repeats { count } else { count / FEWER };
        let same = calls.event();
        let mut own = Running::none(package).await;
        own.start(package, &self.environment(&aws, package));
        let mut minimal = Running::none(&self.minimal).await;
        minimal.start(&self.minimal, &self.environment(&aws, &self.minimal));
        let (mut begun, mut times) = ((0.0, 0.0), Vec::new());
        for request in 0..WARMING + count {
            if request == WARMING {
                begun = (own.cpu(), minimal.cpu());
            }
            if !repeats {
                (event, _) = scene::event(&aws.h, &package.name).await;
            }
            let minimal_first = request % 2 == 0;
            if minimal_first {
                minimal.warm(&self.minimal, &same).await;
            }
            let taken = own.warm(package, &event).await;
            if !minimal_first {
                minimal.warm(&self.minimal, &same).await;
            }
            let status = taken.answer["statusCode"].as_u64().unwrap_or(200);
            assert!(
                status < 400 || package.name == "not-found",
                "{}: {}",
                package.name,
                taken.answer
            );
            times.push(taken.ms);
        }
        aws.stop().await;
        let each = |now: f64, begun: f64| (now - begun) / count as f64;
        Warm {
            own: each(own.cpu(), begun.0),
            minimal: each(minimal.cpu(), begun.1),
            ms: median(&times[WARMING..]),
            calls,
        }
    }

    /// The most memory of each function after so and so many requests.
    pub(crate) async fn memory(&self, requests: usize) -> String {
        let mut table = Table::new(&["function", "MB after 1", "after 100", "after all", "growth after 100"]);
        let (mut highest, mut growths) = (Vec::new(), Vec::new());
        let names: Vec<&Package> = self.packages.iter().chain([&self.minimal]).collect();
        for package in names {
            let aws = Aws::start().await;
            let (mut event, repeats) = match package.name.as_str() {
                "minimal" => {
                    let (event, _) = scene::event(&aws.h, "get-member").await;
                    let calls = scene::calls(&aws.h, &aws.watch, "get-member", &event).await;
                    (calls.event(), true)
                }
                name => (scene::event(&aws.h, name).await.0, scene::repeats(name)),
            };
            let mut running = Running::none(package).await;
            running.start(package, &self.environment(&aws, package));
            let mut seen = Vec::new();
            for request in 1..=requests {
                if !repeats && request % FEWER == 0 {
                    (event, _) = scene::event(&aws.h, &package.name).await;
                }
                running.warm(package, &event).await;
                if [1, SETTLED, requests].contains(&request) {
                    seen.push(running.memory());
                }
            }
            drop(running);
            aws.stop().await;
            let growth = seen[2] / seen[1];
            table.row(&[
                package.name.clone(),
                format!("{:.1}", seen[0]),
                format!("{:.1}", seen[1]),
                ratio(seen[2], MEMORY),
                format!("{:.1}%", (growth - 1.0) * 100.0),
            ]);
            highest.push((package.name.as_str(), seen[2]));
            growths.push((package.name.as_str(), (growth - 1.0) * 100.0));
        }
        let (name, most) = crate::table::largest(&highest);
        let (grower, growth) = crate::table::largest(&growths);
        table.with(&format!(
            "The most: {most:.1} MB (`{name}`, limit {MEMORY:.0}). The largest growth after {SETTLED} requests: {growth:.1}% (`{grower}`)."
        ))
    }
}

/// What a request to a warm process took.
struct Warm {
    /// Milliseconds of CPU.
    own: f64,
    /// The same of the minimal function.
    minimal: f64,
    /// The median time, in milliseconds.
    ms: f64,
    calls: Calls,
}

/// What cold starts took.
#[derive(Default)]
struct Starts {
    ms: Vec<f64>,
    starting: Vec<f64>,
    cpu: Vec<f64>,
    status: String,
}

impl Starts {
    fn note(&mut self, (taken, cpu): &(Taken, f64)) {
        self.ms.push(taken.ms);
        self.starting.push(taken.starting);
        self.cpu.push(*cpu);
        let status = &taken.answer["statusCode"];
        self.status = if status.is_null() { json!("–") } else { status.clone() }
            .to_string()
            .replace('"', "");
    }
}

async fn cold(package: &Package, environment: &BTreeMap<String, String>, event: &Value) -> (Taken, f64) {
    let (running, taken) = Running::cold(package, environment, event).await;
    (taken, running.cpu())
}

fn kilobytes(bytes: f64) -> String {
    format!("{:.0}", bytes / 1024.0)
}
