//! Random stories of one organization, played through the real rules and checked after each step against a plain model.
//!
//! What the model knows of the roles it takes from `program-delivery`'s description, not from the code that reads it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on must stop"
)]

mod action;
mod invariants;
mod plain;
mod play;
mod power;
mod work;
mod world;

use action::story;
use proptest::test_runner::{Config, TestRunner};
use std::cell::RefCell;
use std::collections::BTreeMap;
use world::World;

/// Steps of one story.
const STEPS: usize = 60;

/// Kinds of steps that must have been taken at least once, or the stories would prove little.
const TAKEN: [&str; 17] = [
    "accept",
    "activate",
    "cancel",
    "change_invitation",
    "change_member",
    "deactivate",
    "decline",
    "delete_program",
    "expire",
    "invite",
    "put_program",
    "remove",
    "resend",
    "resend_all",
    "set_plan",
    "switch",
    "work",
];

#[test]
fn no_story_breaks_a_promise() {
    let taken: RefCell<BTreeMap<&'static str, (usize, usize)>> = RefCell::default();
    let config = Config {
        cases: Config::default().cases.max(64),
        failure_persistence: None,
        ..Config::default()
    };
    let outcome = TestRunner::new(config).run(&story(STEPS), |steps| {
        let mut world = World::create();
        for step in action::prelude() {
            assert!(
                matches!(world.play_as(world::user(0), &step), play::Verdict::Changed),
                "{step:?}"
            );
        }
        for step in &steps {
            let verdict = world.play(step);
            invariants::check(&world);
            let mut taken = taken.borrow_mut();
            let counts = taken.entry(step.name()).or_default();
            match verdict {
                play::Verdict::Changed => counts.0 += 1,
                play::Verdict::Refused | play::Verdict::Same => counts.1 += 1,
            }
        }
        world.settle_everything();
        invariants::check(&world);
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
    let taken = taken.into_inner();
    for name in TAKEN {
        let (changed, refused) = taken.get(name).copied().unwrap_or_default();
        assert!(changed > 0, "`{name}` never changed anything: {taken:?}");
        assert!(
            refused > 0 || ["expire", "set_plan"].contains(&name),
            "`{name}` was never refused: {taken:?}"
        );
    }
}
