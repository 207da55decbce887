//! Many accept their invitations within a short time.

use super::{Played, Scene, insist, nothing_is_left, recorded, worked};
use crate::partitions::Limits;
use crate::recount::of_kind;
use futures::future::join_all;
use muster_domain::link::Link;
use muster_domain::{Invitation, InvitationState, Member};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::sleep;

/// So many people accept, one `interval` after the other. Each asks again when they are told to, until they are in. It takes until all
/// are, and costs what was done until then; they are counted meanwhile and after that.
///
/// # Panics
/// If somebody is not in at the end, is not counted, or was answered otherwise than with a throttle.
#[must_use]
pub fn acceptances(limits: Limits, count: usize, interval: Duration) -> Played {
    let scene = Scene::new(limits);
    let people = scene.invited(count);
    let h = &scene.simulation.h;
    let items = scene.ended();
    let secrets = scene
        .simulation
        .prepare(h.backend.app().links())
        .expect("the link secret");
    let tokens: BTreeMap<String, String> = of_kind::<Invitation>(&items)
        .into_iter()
        .map(|invitation| {
            let link = Link {
                organization: invitation.organization,
                invitation: invitation.id,
                inviter: invitation.invited_by,
                generation: invitation.generation,
            };
            (invitation.email.to_string(), secrets.token(&link))
        })
        .collect();
    let (took, tally, sent_again, counted, dead) = scene.simulation.play(32, async |stage| {
        stage.drained().await;
        let begun = stage.begin();
        stage.let_schedule_run();
        let accepting = people.iter().zip(0_u32..).map(async |(person, n)| {
            sleep(interval * n).await;
            let values = || {
                let mut values = scene.values(person);
                values.push(("invitation_token", tokens[person.email()].clone()));
                values
            };
            let (again, answered) = insist(stage, "accept-invitation", values).await;
            assert_eq!(answered.status, 200, "{:#}", answered.body);
            again
        });
        let again: usize = join_all(accepting).await.into_iter().sum();
        let took = begun.elapsed();
        let tally = stage.simulation.partitions.tally();
        let counted = worked(stage, &scene.acme.id, begun).await;
        (took, tally, again, counted, stage.dead_letters())
    });
    let items = scene.ended();
    nothing_is_left(&dead, &items);
    assert_eq!(of_kind::<Member>(&items).len(), count + 1);
    let pending = of_kind::<Invitation>(&items);
    assert!(
        pending
            .iter()
            .all(|invitation| invitation.state == InvitationState::Accepted)
    );
    assert_eq!(recorded(&items, "invitation.accepted"), count);
    Played {
        tally,
        sent_again,
        note: format!("all are counted after {:.0} s", counted.as_secs_f64()),
        ..scene.played(count, took)
    }
}
