//! More mail is queued than its rate allows for long.

use super::{Scene, each_is_mailed_once, nothing_is_left};
use crate::partitions::Limits;
use crate::recount::of_kind;
use jiff::SignedDuration;
use muster_domain::Mail;
use muster_domain::mail::MailState;
use std::time::Duration;
use tokio::time::sleep;

/// How often it is looked whether all mail was sent.
const LOOK: Duration = Duration::from_secs(20);
/// The longest that it is waited for.
const PATIENCE: usize = 1_000;

/// Invites so many people in a deployment with these parameters. `lag` later, mail that is still in the stream has been there for that
/// much longer. Gives how long it took until all of it was sent.
///
/// # Panics
/// If a mail is not sent, or twice, or if a record becomes a dead letter.
#[must_use]
pub fn backlog(parameters: &[(&str, &str)], count: usize, lag: SignedDuration) -> Duration {
    let scene = Scene::deployed(Limits::of(1_000.0), parameters);
    let people = scene.invited(count);
    let (took, mailed, dead) = scene.simulation.play(1, async |stage| {
        let begun = stage.begin();
        // The stream is read, and the first of the mail is sent.
        sleep(Duration::from_secs(2)).await;
        stage.advance(lag);
        stage.let_schedule_run();
        for _ in 0..PATIENCE {
            if stage.mailed().len() >= count || !stage.dead_letters().is_empty() {
                break;
            }
            sleep(LOOK).await;
        }
        let took = begun.elapsed();
        stage.drained().await;
        (took, stage.mailed(), stage.dead_letters())
    });
    let items = scene.ended();
    nothing_is_left(&dead, &items);
    each_is_mailed_once(&people, &mailed);
    let mails = of_kind::<Mail>(&items);
    assert!(mails.iter().all(|mail| mail.state == MailState::Sent), "{mails:#?}");
    took
}
