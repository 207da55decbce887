//! Another build of the same functions, measured by turns with this one: what both have in common shows in absolute times alone.

use crate::measure::{Aws, Bench, FEWER, WARMING};
use crate::process::{Package, Running};
use crate::scene;
use crate::table::ratio;
use muster_tests::markdown::{Table, median};
use std::path::Path;

impl Bench {
    /// CPU of a request to a warm process and of a cold start, and the size, each beside those of the packages in a folder.
    pub(crate) async fn beside(&self, folder: &Path, starts: usize, count: usize) -> String {
        let columns = [
            "function",
            "there, KB",
            "here, KB",
            "there, start CPU ms",
            "here, start CPU ms",
            "there, CPU ms",
            "here, CPU ms",
            "ratio",
        ];
        let mut table = Table::new(&columns);
        let mut ratios = Vec::new();
        for here in &self.packages {
            let there = Package::within(folder, &here.name);
            let cold = self.cold_by_turns([&there, here], starts).await;
            let warm = self.warm_by_turns([&there, here], count).await;
            table.row(&[
                here.name.clone(),
                format!("{}", there.packed / 1024),
                format!("{}", here.packed / 1024),
                format!("{:.1}", cold[0]),
                format!("{:.1}", cold[1]),
                format!("{:.3}", warm[0]),
                format!("{:.3}", warm[1]),
                ratio(warm[1] / warm[0], 1.0),
            ]);
            ratios.push(warm[1] / warm[0]);
        }
        table.with(&format!("The median of the ratios: {:.2}.", median(&ratios)))
    }

    /// Milliseconds of CPU that a start and its first answer take, at the median.
    async fn cold_by_turns(&self, builds: [&Package; 2], rounds: usize) -> [f64; 2] {
        let aws = Aws::start().await;
        let (_, values) = scene::event(&aws.h, &builds[0].name).await;
        let event = scene::by_a_stranger(&aws.h, &builds[0].name, &values);
        let environment = self.environment(&aws, builds[0]);
        let mut taken = [Vec::new(), Vec::new()];
        // The first of each brings the file into memory.
        for round in 0..=rounds {
            for (build, taken) in builds.iter().zip(&mut taken) {
                let (running, _) = Running::cold(build, &environment, &event).await;
                if round > 0 {
                    taken.push(running.cpu());
                }
            }
        }
        aws.stop().await;
        taken.map(|taken| median(&taken))
    }

    /// Milliseconds of CPU that a request to a warm process takes, on average.
    async fn warm_by_turns(&self, builds: [&Package; 2], count: usize) -> [f64; 2] {
        let aws = Aws::start().await;
        let name = &builds[0].name;
        let repeats = scene::repeats(name);
        let count = if repeats { count } else { count / FEWER };
        let (mut event, _) = scene::event(&aws.h, name).await;
        let environment = self.environment(&aws, builds[0]);
        let mut running = Vec::new();
        for build in builds {
            let mut process = Running::none(build).await;
            process.start(build, &environment);
            running.push(process);
        }
        let mut begun = [0.0, 0.0];
        for request in 0..WARMING + count {
            if request == WARMING {
                begun = [running[0].cpu(), running[1].cpu()];
            }
            // Each is first in every second turn.
            for turn in 0..2 {
                let build = (request + turn) % 2;
                if !repeats {
                    (event, _) = scene::event(&aws.h, name).await;
                }
                let taken = running[build].warm(builds[build], &event).await;
                let status = taken.answer["statusCode"].as_u64().unwrap_or(200);
                assert!(status < 400 || name == "not-found", "{name}: {}", taken.answer);
            }
        }
        aws.stop().await;
        [0, 1].map(|build| (running[build].cpu() - begun[build]) / count as f64)
    }
}
