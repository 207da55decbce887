//! Many members are seen within a short time.

use super::{Played, Scene, insist, nothing_is_left};
use crate::partitions::Limits;
use crate::recount::of_kind;
use futures::future::join_all;
use jiff::SignedDuration;
use muster_domain::Member;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until};

/// Longer than the time for which somebody is not noted again.
const STALE: SignedDuration = SignedDuration::from_hours(2);
/// Requests after which everybody must have been noted.
const ROUNDS: usize = 20;
/// How long after their last request somebody asks again.
const MINUTE: Duration = Duration::from_secs(60);

/// So many members ask for something, one `interval` after the other, and those who were not noted ask again a minute later, until all are.
/// It takes until all have asked for the first time, and costs what that does.
///
/// # Panics
/// If a request is not answered, or somebody is never noted.
#[must_use]
pub fn activity(limits: Limits, count: usize, interval: Duration) -> Played {
    let scene = Scene::new(limits);
    let people = scene.joined(count);
    let (first, sent_again, dead, noted) = scene.simulation.play(64, async |stage| {
        stage.drained().await;
        stage.advance(STALE);
        let since = stage.simulation.h.backend.clock().now();
        let begun = stage.begin();
        let (mut left, mut noted, mut sent_again) = (people.clone(), Vec::new(), 0);
        let mut first = None;
        while !left.is_empty() {
            let round = Instant::now();
            assert!(noted.len() < ROUNDS, "somebody is never noted: {noted:?}");
            let asking = left.iter().zip(0_u32..).map(async |(person, n)| {
                sleep(interval * n).await;
                let (again, answered) = insist(stage, "get-organization", || scene.values(person)).await;
                assert_eq!(answered.status, 200, "{:#}", answered.body);
                again
            });
            sent_again += join_all(asking).await.into_iter().sum::<usize>();
            first.get_or_insert_with(|| (begun.elapsed(), stage.simulation.partitions.tally()));
            let seen: BTreeSet<String> = seen_since(stage, since).await;
            let before = left.len();
            left.retain(|person| !seen.contains(&person.id()));
            noted.push(before - left.len());
            sleep_until(round + MINUTE).await;
        }
        stage.drained().await;
        (first, sent_again, stage.dead_letters(), noted)
    });
    let items = scene.ended();
    nothing_is_left(&dead, &items);
    let share = 100 * noted[0] / count;
    let (took, tally) = first.expect("there are members");
    let asking = interval * u32::try_from(count).expect("a number of people");
    Played {
        tail: took.saturating_sub(asking),
        tally,
        sent_again,
        note: format!(
            "{share} % are noted by their first request, all by number {}",
            noted.len()
        ),
        ..scene.played(count, took)
    }
}

/// Who was noted since an instant.
async fn seen_since(stage: &super::Stage<'_>, since: jiff::Timestamp) -> BTreeSet<String> {
    let client = aws_sdk_dynamodb::Client::new(&stage.simulation.sdk_beside());
    let scan = client.scan().table_name(stage.simulation.h.backend.table());
    let mut pages = scan.into_paginator().items().send();
    let mut items = Vec::new();
    while let Some(item) = pages.next().await {
        items.push(item.expect("the table can be read"));
    }
    let members = of_kind::<Member>(&items).into_iter();
    let seen = members.filter(|member| member.last_active_at.is_some_and(|at| at >= since));
    seen.map(|member| member.id.to_string()).collect()
}
