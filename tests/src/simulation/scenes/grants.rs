//! A resource is deleted that many hold a role on.

use super::{PATIENCE, Played, Scene, has, nothing_is_left, recorded, worked};
use crate::partitions::Limits;
use crate::recount::of_kind;
use muster_domain::Member;
use std::time::Duration;
use tokio::time::sleep;

/// Time between two looks at who still holds a role.
const LOOK: Duration = Duration::from_millis(100);

/// Deletes a program on which so many members hold a role. It takes until the last of them is ended; what comes late is looked for after that.
///
/// # Panics
/// If somebody still holds one, or its end is not recorded.
#[must_use]
pub fn grants(limits: Limits, count: usize) -> Played {
    let scene = Scene::new(limits);
    scene.joined(count);
    let (took, tally, whole, dead) = scene.simulation.play(1, async |stage| {
        stage.drained().await;
        let begun = stage.begin();
        stage.let_schedule_run();
        let deleted = stage.request("delete-resource", &scene.values(&scene.acme.owner)).await;
        assert_eq!(deleted.status, 204, "{:#}", deleted.body);
        while has(stage, &scene.acme.id, "GRANT#").await {
            assert!(begun.elapsed() < PATIENCE, "somebody holds it without end");
            sleep(LOOK).await;
        }
        let (took, tally) = (begun.elapsed(), stage.simulation.partitions.tally());
        let whole = worked(stage, &scene.acme.id, begun).await;
        (took, tally, whole, stage.dead_letters())
    });
    let items = scene.ended();
    nothing_is_left(&dead, &items);
    let holding = of_kind::<Member>(&items);
    assert!(
        holding.iter().all(|member| member.grants.is_empty()),
        "somebody still holds it"
    );
    assert_eq!(recorded(&items, "member.grant_ended"), count);
    Played {
        tally,
        note: format!("the second look ended after {:.0} s", whole.as_secs_f64()),
        ..scene.played(count, took)
    }
}
