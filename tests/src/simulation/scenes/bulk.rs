//! Many members are changed by bulk actions, one request after the other.

use super::{Played, Scene, insist_on, nothing_is_left, recorded, worked};
use crate::crowd::Holding;
use crate::partitions::Limits;
use crate::personas::Persona;
use crate::recount::of_kind;
use crate::samples::sample;
use muster_domain::Member;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Most members of one request.
const MOST: usize = 100;
/// What a throttled row says to wait for.
const A_FEW_SECONDS: Duration = Duration::from_secs(3);

/// Gives so many members a role on one program in place of one on each of `held` others, in requests of 100. It takes until the last request is
/// answered, and costs what is done until then.
///
/// # Panics
/// If somebody keeps another role, or a change is not recorded.
#[must_use]
pub fn bulk(limits: Limits, count: usize, held: usize) -> Played {
    let scene = Scene::new(limits);
    let people = scene.holding(count, Holding::Grants(held));
    let (took, tally, sent_again, longest, dead) = scene.simulation.play(1, async |stage| {
        stage.drained().await;
        let begun = stage.begin();
        stage.let_schedule_run();
        let (mut sent_again, mut longest) = (0, Duration::ZERO);
        for part in people.chunks(MOST) {
            let mut left: Vec<String> = part.iter().map(Persona::id).collect();
            while !left.is_empty() {
                let (again, answered) = insist_on(async || {
                    let sent = Instant::now();
                    let answered = stage.send("change-members-role", &asking(&scene, &left)).await;
                    longest = longest.max(sent.elapsed());
                    answered
                })
                .await;
                assert_eq!(answered.status, 200, "{:#}", answered.body);
                left = throttled(&answered.body["results"]);
                sent_again += again + usize::from(!left.is_empty());
                if !left.is_empty() {
                    sleep(A_FEW_SECONDS).await;
                }
            }
        }
        let (took, tally) = (begun.elapsed(), stage.simulation.partitions.tally());
        worked(stage, &scene.acme.id, begun).await;
        (took, tally, sent_again, longest, stage.dead_letters())
    });
    let items = scene.ended();
    nothing_is_left(&dead, &items);
    let members = of_kind::<Member>(&items).into_iter();
    let changed = members.filter(|member| {
        let mut grants = member.grants.iter();
        grants.len() == 1 && grants.all(|grant| grant.held.role.as_str() == "program_admin")
    });
    assert_eq!(changed.count(), count);
    assert_eq!(recorded(&items, "member.role_changed"), count);
    Played {
        tally,
        sent_again,
        note: format!("the longest request took {:.1} s", longest.as_secs_f64()),
        ..scene.played(count, took)
    }
}

/// The request for these members.
fn asking(scene: &Scene, members: &[String]) -> Value {
    let mut values = scene.values(&scene.acme.owner);
    values.push(("member", members[0].clone()));
    let mut event = sample("change-members-role", &values);
    let body = json!({
        "members": members,
        "role": "program_admin",
        "resources": [{ "type": "program", "id": "autumn" }],
    });
    event["body"] = body.to_string().into();
    event
}

/// The members whose rows were throttled. All others were changed.
fn throttled(results: &Value) -> Vec<String> {
    let rows = results.as_array().expect("results").iter();
    let left = rows.filter(|row| row["status"] != "changed").map(|row| {
        let kind = row["problem"]["type"].as_str().unwrap_or_default();
        assert!(kind.ends_with("/throttled"), "{row:#}");
        row["member"].as_str().expect("a member").to_owned()
    });
    left.collect()
}
