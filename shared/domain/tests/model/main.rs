//! Random stories of one organization, played through the real rules and checked after each step against a plain model.
//!
//! What the model knows of the roles stands in `kind.rs`, from the descriptions of the five products.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on must stop"
)]

mod action;
mod invariants;
mod kind;
mod people;
mod plain;
mod play;
mod power;
mod work;
mod world;

use action::story;
use kind::{KINDS, Kind};
use proptest::test_runner::{Config, TestRunner};
use std::cell::RefCell;
use std::collections::BTreeMap;
use world::World;

/// Steps of one story.
const STEPS: usize = 60;

/// Kinds of steps that must have been taken at least once, or the stories would prove little.
const TAKEN: [&str; 19] = [
    "accept",
    "activate",
    "cancel",
    "change_invitation",
    "change_member",
    "deactivate",
    "decline",
    "delete_program",
    "drop_grant",
    "expire",
    "invite",
    "put_grant",
    "put_program",
    "remove",
    "resend",
    "resend_all",
    "set_plan",
    "switch",
    "work",
];

#[test]
fn no_story_of_a_coaching_site_breaks_a_promise() {
    play_stories(&KINDS[0]);
}

#[test]
fn no_story_of_a_client_practice_breaks_a_promise() {
    play_stories(&KINDS[1]);
}

#[test]
fn no_story_of_a_project_workspace_breaks_a_promise() {
    play_stories(&KINDS[2]);
}

#[test]
fn no_story_of_a_website_studio_breaks_a_promise() {
    play_stories(&KINDS[3]);
}

#[test]
fn no_story_of_program_delivery_breaks_a_promise() {
    play_stories(&KINDS[4]);
}

/// An operator may ship more sets than these.
#[test]
fn the_descriptions_name_the_roles_of_the_shipped_files() {
    for kind in &KINDS {
        let set = muster_domain::roleset::find(kind.id).unwrap();
        let roles: Vec<&str> = set.roles.iter().map(|r| r.id.as_str()).collect();
        let said: Vec<&str> = kind.roles.iter().map(|r| r.id).collect();
        assert_eq!((roles, set.members_may_leave), (said, kind.may_leave), "{}", kind.id);
    }
}

fn play_stories(kind: &'static Kind) {
    let taken: RefCell<BTreeMap<&'static str, (usize, usize)>> = RefCell::default();
    let config = Config {
        cases: Config::default().cases.max(64),
        failure_persistence: None,
        ..Config::default()
    };
    let outcome = TestRunner::new(config).run(&story(kind, STEPS), |steps| {
        let mut world = World::create(kind);
        for step in action::prelude(kind) {
            let verdict = world.play_as(world::user(0), &step);
            assert!(matches!(verdict, play::Verdict::Changed), "{step:?}");
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
        let grants = ["put_grant", "drop_grant"].contains(&name);
        let nowhere = kind.roles.iter().all(|r| r.places == kind::Places::Never);
        let never = (name == "switch" && kind.helper.is_none()) || (grants && nowhere);
        assert_eq!(changed == 0, never, "how often `{name}` changed something: {taken:?}");
        assert!(
            refused > 0 || ["expire", "set_plan"].contains(&name),
            "`{name}` was never refused: {taken:?}"
        );
    }
}
