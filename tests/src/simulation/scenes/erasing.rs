//! An organization is erased, thirty days after its deletion.

use super::{Played, Scene, nothing_is_left, worked};
use crate::partitions::Limits;
use jiff::SignedDuration;
use muster_store::Key;

/// Past the time in which it can be restored.
const LATER: SignedDuration = SignedDuration::from_hours(24 * 31);

/// Erases an organization of so many members.
///
/// # Panics
/// If something of it is left, or is not told of.
#[must_use]
pub fn erasing(limits: Limits, count: usize) -> Played {
    let scene = Scene::new(limits);
    scene.joined(count);
    let (took, mailed, dead) = scene.simulation.play(1, async |stage| {
        stage.drained().await;
        let deleted = stage
            .request("delete-organization", &scene.values(&scene.acme.owner))
            .await;
        assert_eq!(deleted.status, 204, "{:#}", deleted.body);
        stage.drained().await;
        stage.advance(LATER);
        let begun = stage.begin();
        stage.let_schedule_run();
        stage.sweep().await;
        let took = worked(stage, &scene.acme.id, begun).await;
        (took, stage.mailed(), stage.dead_letters())
    });
    let items = scene.ended();
    nothing_is_left(&dead, &items);
    let own = |text: &str| text.ends_with(&scene.acme.id);
    let left = items
        .iter()
        .filter_map(Key::of)
        .filter(|key| own(&key.pk) || own(&key.sk));
    // Its end is told and recorded.
    let left: Vec<Key> = left.filter(|key| !key.sk.starts_with("MAIL#")).collect();
    assert!(
        left.len() == 1 && left[0].pk.starts_with("EVENTS#"),
        "left behind: {left:?}"
    );
    assert_eq!(mailed, [scene.acme.owner.email()], "the owner is told");
    scene.played(count, took)
}
