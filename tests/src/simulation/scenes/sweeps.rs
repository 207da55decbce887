//! Many organizations have something due in the same minute.

use super::{Played, Scene, nothing_is_left, recorded};
use crate::harness::Organization;
use crate::partitions::Limits;
use jiff::SignedDuration;
use serde_json::json;
use std::time::Duration;

/// Past the end of an invitation.
const LATER: SignedDuration = SignedDuration::from_hours(24 * 8);
/// Runs of the schedule after which all must be processed.
const RUNS: usize = 24 * 60;

/// Lets an invitation lapse in each of so many organizations.
///
/// # Panics
/// If one is not processed.
#[must_use]
pub fn sweeps(limits: Limits, count: usize) -> Played {
    let scene = Scene::new(limits);
    let h = &scene.simulation.h;
    scene.simulation.prepare(async {
        for n in 0..count {
            let owner = h.person(&format!("owner{n}"));
            let organization = Organization::with_roles(h, owner, "program-delivery").await;
            organization
                .invite(h, &format!("guest{n}@acme.example"), "owner", &[])
                .await;
        }
    });
    let (took, runs, dead) = scene.simulation.play(1, async |stage| {
        stage.drained().await;
        stage.advance(LATER);
        let begun = stage.begin();
        let (mut runs, mut processed) = (0, 0);
        loop {
            let next = begun + Duration::from_secs(60) * runs;
            tokio::time::sleep_until(next).await;
            let done = stage.sweep().await;
            runs += 1;
            processed += done["processed"].as_u64().unwrap_or_default();
            if done["complete"] == json!(true) {
                break;
            }
            assert!((runs as usize) < RUNS, "it does not end: {done}");
        }
        let took = begun.elapsed();
        assert_eq!(processed, count as u64);
        stage.drained().await;
        (took, runs, stage.dead_letters())
    });
    let items = scene.ended();
    nothing_is_left(&dead, &items);
    assert_eq!(recorded(&items, "invitation.expired"), count);
    Played {
        note: format!("{runs} runs of the schedule"),
        ..scene.played(count, took)
    }
}
