//! SES reports on much mail at once.

use super::{Played, Scene, nothing_is_left};
use crate::partitions::Limits;
use crate::recount::of_kind;
use muster_domain::Invitation;
use muster_domain::invitation::Delivery;

/// Two reports on each of so many mails, which were held back until the last mail was sent.
///
/// # Panics
/// If one is not noted.
#[must_use]
pub fn feedback(limits: Limits, count: usize) -> Played {
    let scene = Scene::new(limits);
    scene.invited(count);
    let (took, dead) = scene.simulation.play(1, async |stage| {
        stage.hold_feedback();
        stage.drained().await;
        let begun = stage.begin();
        stage.release_feedback();
        stage.drained().await;
        (stage.last_noted().duration_since(begun), stage.dead_letters())
    });
    let items = scene.ended();
    nothing_is_left(&dead, &items);
    let invited = of_kind::<Invitation>(&items);
    assert_eq!(invited.len(), count);
    assert!(invited.iter().all(|i| i.mail == Delivery::Delivered));
    scene.played(count, took)
}
