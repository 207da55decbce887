//! All pending invitations are sent again.

use super::{Played, Scene, each_is_mailed_once, nothing_is_left, worked};
use crate::partitions::Limits;
use crate::recount::of_kind;
use crate::samples::sample;
use jiff::SignedDuration;
use muster_domain::Invitation;
use muster_domain::invitation::Delivery;
use serde_json::Value;

/// Sends so many invitations again.
///
/// # Panics
/// If one is not sent, or twice.
#[must_use]
pub fn resending(limits: Limits, count: usize) -> Played {
    let scene = Scene::new(limits);
    let people = scene.invited(count);
    let (took, mailed, dead) = scene.simulation.play(1, async |stage| {
        stage.drained().await;
        // So that no address has had mail of late.
        stage.advance(SignedDuration::from_hours(26));
        let begun = stage.begin();
        stage.let_schedule_run();
        let mut values = scene.values(&scene.acme.owner);
        values.push(("invitation", String::new()));
        let mut event = sample("resend-invitations", &values);
        event["body"] = Value::Null;
        let answered = stage.send("resend-invitations", &event).await;
        assert_eq!(answered.status, 202, "{:#}", answered.body);
        let took = worked(stage, &scene.acme.id, begun).await;
        (took, stage.mailed(), stage.dead_letters())
    });
    let items = scene.ended();
    nothing_is_left(&dead, &items);
    each_is_mailed_once(&people, &mailed);
    let sent = of_kind::<Invitation>(&items);
    assert!(sent.iter().all(|i| i.generation == 2 && i.mail == Delivery::Delivered));
    Played {
        note: "the rate of mail bounds it: 7 a second in one lane".to_owned(),
        ..scene.played(count, took)
    }
}
