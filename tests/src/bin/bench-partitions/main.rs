//! Measures what large organizations take of DynamoDB's partitions: scenes in simulated time, against the limits of each partition key.
//! Prints a table; what must not be lost is asserted, and nothing of time.
#![expect(clippy::print_stdout, reason = "a measurement that prints what it finds")]

use clap::Parser;
use muster_tests::markdown::Table;
use muster_tests::partitions::{Kind, Limits};
use muster_tests::simulation::scenes::{
    Played, acceptances, activity, bulk, erasing, feedback, grants, resending, sweeps,
};
use std::time::{Duration, Instant};

/// Plays scenes that make partitions hot.
#[derive(Debug, Parser)]
struct Arguments {
    /// Which share of each scene is played, in parts of it: 100 plays a hundredth; the rest is reckoned
    #[arg(long, default_value_t = 200)]
    scale: usize,
    /// Only the scenes whose names contain this
    #[arg(long, default_value = "")]
    only: String,
    /// Write units a second of a partition; it takes three times as many read units
    #[arg(long, default_value_t = 1_000.0)]
    writes: f64,
    /// Seconds of unused units that a partition makes up for
    #[arg(long, default_value_t = 0)]
    burst: u64,
    /// Seconds of refusals after which a partition is split, where its sort keys allow that; never if left out
    #[arg(long)]
    split_after: Option<u64>,
}

const MINUTE: Duration = Duration::from_secs(60);

/// A scene, as large as it is meant to be.
struct Scene {
    name: &'static str,
    count: usize,
    /// How many times more of it is played than the scale says.
    finer: usize,
    /// How much of each minute it goes on.
    busy: Duration,
    play: fn(Limits, usize) -> Played,
}

const SCENES: [Scene; 9] = [
    Scene {
        name: "erasing an organization of 1,000,000",
        count: 1_000_000,
        finer: 1,
        busy: MINUTE,
        play: erasing,
    },
    Scene {
        name: "deleting a program with 100,000 grants",
        count: 100_000,
        finer: 4,
        busy: MINUTE,
        play: grants,
    },
    Scene {
        name: "10,000 acceptances within a minute",
        count: 10_000,
        finer: 20,
        busy: MINUTE,
        play: |limits, count| acceptances(limits, count, Duration::from_secs(60) / 10_000),
    },
    Scene {
        name: "1,000,000 members seen within ten minutes",
        count: 1_000_000,
        finer: 1,
        busy: MINUTE,
        play: |limits, count| activity(limits, count, Duration::from_secs(600) / 1_000_000),
    },
    Scene {
        name: "sending 10,000 invitations again",
        count: 10_000,
        finer: 10,
        busy: MINUTE,
        play: resending,
    },
    Scene {
        name: "the reports of SES on 10,000 mails, all at once",
        count: 10_000,
        finer: 10,
        busy: MINUTE,
        play: feedback,
    },
    Scene {
        name: "10,000 members with one grant each given a role by bulk actions",
        count: 10_000,
        finer: 10,
        busy: MINUTE,
        play: |limits, count| bulk(limits, count, 1),
    },
    Scene {
        name: "10,000 members with 20 grants each given a role by bulk actions",
        count: 10_000,
        finer: 10,
        busy: MINUTE,
        play: |limits, count| bulk(limits, count, 20),
    },
    Scene {
        name: "100,000 organizations with something due",
        count: 100_000,
        finer: 1,
        // A run of the schedule has so long.
        busy: Duration::from_secs(45),
        play: sweeps,
    },
];

fn main() {
    let arguments = Arguments::parse();
    let limits = Limits {
        burst: Duration::from_secs(arguments.burst),
        split_after: arguments.split_after.map(Duration::from_secs),
        ..Limits::of(arguments.writes)
    };
    let mut table = Table::new(&[
        "",
        "played",
        "write units each",
        "hottest partition",
        "took",
        "its floor",
        "refused calls",
        "sent again",
        "all of it: took",
        "its floor",
        "",
    ]);
    for scene in SCENES.iter().filter(|scene| scene.name.contains(&arguments.only)) {
        let share = (arguments.scale / scene.finer).max(1);
        let begun = Instant::now();
        let played = (scene.play)(limits, (scene.count / share).max(1));
        table.row(&row(scene, &played));
        println!("{}: played in {:.0} s", scene.name, begun.elapsed().as_secs_f64());
    }
    let sentence = format!(
        "Partitions of {} write units and {} read units a second. What is played takes simulated time; all of it is reckoned from that.",
        limits.writes, limits.reads
    );
    println!("\n{}", table.with(&sentence));
}

fn row(scene: &Scene, played: &Played) -> Vec<String> {
    let times = scene.count as f64 / played.count as f64;
    let floor = played.floor().mul_f64(times);
    let grown = played.took.saturating_sub(played.tail).mul_f64(times) + played.tail;
    let grown = after(scene.busy, grown).max(floor);
    let hottest = played.tally.floor(played.limits);
    let hottest = hottest.map_or_else(String::new, |(place, kind, _)| {
        let kind = match kind {
            Kind::Write => "writes",
            Kind::Read => "reads",
        };
        let prefix = place.key.split('#').next().unwrap_or_default().to_owned();
        format!(
            "{kind} of `{}{prefix}#`",
            place.index.map_or_else(String::new, |index| format!("{index}: "))
        )
    });
    vec![
        scene.name.to_owned(),
        played.count.to_string(),
        format!("{:.1}", played.writes_each()),
        hottest,
        short(played.took),
        short(played.floor()),
        played.tally.refusals().to_string(),
        played.sent_again.to_string(),
        short(grown),
        short(floor),
        played.note.clone(),
    ]
}

/// When so much time is over, if only some of each minute counts.
fn after(busy: Duration, time: Duration) -> Duration {
    let runs = (time.as_secs_f64() / busy.as_secs_f64()).floor();
    MINUTE.mul_f64(runs) + time.saturating_sub(busy.mul_f64(runs))
}

/// A time, to about three digits.
fn short(time: Duration) -> String {
    match time.as_secs_f64() {
        seconds if seconds < 120.0 => format!("{seconds:.1} s"),
        seconds if seconds < 7_200.0 => format!("{:.1} min", seconds / 60.0),
        seconds => format!("{:.1} h", seconds / 3_600.0),
    }
}
