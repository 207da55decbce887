//! What requests cost, from what was measured of them and from list prices.

use muster_tests::markdown::Table;
use muster_tests::prices;

/// The memory with which Lambda gives a function one whole core, in MB.
const WHOLE_CORE: f64 = 1769.0;
/// What a round trip to a service is taken to wait, in ms. It cannot be measured here.
const WAITING: f64 = 5.0;

/// What was measured of one function's request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Measured {
    pub(crate) name: String,
    /// Whether it comes through the gateway.
    pub(crate) http: bool,
    /// Its memory in the template, in MB.
    pub(crate) memory: f64,
    /// Milliseconds of CPU.
    pub(crate) cpu: f64,
    /// Round trips that follow one another.
    pub(crate) round_trips: usize,
    /// Read request units.
    pub(crate) reads: f64,
    /// Write request units, indexes among them.
    pub(crate) writes: f64,
    /// Mails.
    pub(crate) mails: f64,
}

impl Measured {
    fn billed(&self) -> f64 {
        (self.cpu * WHOLE_CORE / self.memory + self.round_trips as f64 * WAITING).ceil()
    }

    fn lambda(&self) -> f64 {
        prices::INVOCATION + self.billed() * self.memory / 1024.0 / 1000.0 * prices::GB_SECOND * 1e6
    }

    fn gateway(&self) -> f64 {
        if self.http { prices::GATEWAY } else { 0.0 }
    }

    fn dynamodb(&self) -> f64 {
        self.reads * prices::READS + self.writes * prices::WRITES
    }

    /// Dollars for a million.
    fn total(&self) -> f64 {
        self.gateway() + self.lambda() + self.dynamodb() + self.mails * prices::MAILS
    }
}

/// What a million requests of each kind cost.
pub(crate) fn each(measured: &[Measured]) -> String {
    let columns = [
        "per million requests",
        "CPU ms",
        "round trips",
        "billed ms",
        "read units",
        "write units",
        "gateway",
        "Lambda",
        "DynamoDB",
        "mail",
        "total",
    ];
    let mut table = Table::new(&columns);
    for one in measured {
        let mail = one.mails * prices::MAILS;
        table.row(&[
            one.name.clone(),
            format!("{:.2}", one.cpu),
            one.round_trips.to_string(),
            format!("{:.0}", one.billed()),
            one.reads.to_string(),
            one.writes.to_string(),
            dollars(one.gateway()),
            dollars(one.lambda()),
            dollars(one.dynamodb()),
            dollars(mail),
            dollars(one.total()),
        ]);
    }
    table.with("")
}

fn dollars(amount: f64) -> String {
    format!("${amount:.2}")
}

/// What a person does in a month, on average; the rest of the sum follows from what was measured.
const MONTH: &[(&str, f64)] = &[
    // On each of 20 days the product asks 50 times whether they may, and shows them their organizations once.
    ("evaluate-access", 1000.0),
    ("list-organizations", 20.0),
    ("get-member", 20.0),
    // Those who look after the team open its list, search it and read the record of changes.
    ("list-members", 5.0),
    ("list-events", 0.5),
    // One in twenty is new, and one in twenty leaves; one in ten changes role or resources.
    ("create-invitations", 0.05),
    ("deliver-mail", 0.05),
    // SES tells twice of each mail: it is sent, and it has arrived.
    ("note-feedback", 0.1),
    ("accept-invitation", 0.05),
    ("remove-member", 0.05),
    ("put-grant", 0.1),
];
/// Write units to note that somebody is active, once an hour on 20 days of 8 hours.
const ACTIVITY: f64 = 20.0 * 8.0 * 3.0;
/// Write units, and invocations, with which the table's stream counts after a change.
const COUNTING: (f64, f64) = (4.0, 1.0);
/// Changes a person a month of those above.
const CHANGES: f64 = 0.25;

/// What so many people cost a month.
pub(crate) fn month(measured: &[Measured], people: f64) -> String {
    let mut table = Table::new(&["a month", "times", "total"]);
    let mut sum = 0.0;
    for (name, times) in MONTH {
        let Some(one) = measured.iter().find(|one| one.name == *name) else {
            continue;
        };
        let cost = times * people * one.total() / 1e6;
        sum += cost;
        table.row(&[(*name).to_owned(), format!("{:.0}", times * people), dollars(cost)]);
    }
    let activity = ACTIVITY * people * prices::WRITES / 1e6;
    table.row(&[
        "notes of activity".to_owned(),
        format!("{:.0}", ACTIVITY / 3.0 * people),
        dollars(activity),
    ]);
    let counting = CHANGES * people * (COUNTING.0 * prices::WRITES + COUNTING.1 * prices::INVOCATION) / 1e6;
    table.row(&[
        "counting".to_owned(),
        format!("{:.0}", CHANGES * people),
        dollars(counting),
    ]);
    sum += activity + counting;
    table.row(&["total".to_owned(), String::new(), dollars(sum)]);
    table.with("")
}
