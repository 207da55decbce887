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
#![expect(clippy::disallowed_methods, reason = "how much is played is told in the environment")]

mod action;
mod invariants;
mod kind;
mod people;
mod plain;
mod play;
mod power;
#[path = "../shared/schemas.rs"]
mod schemas;
mod sources;
#[path = "../shared/told.rs"]
mod told;
mod work;
mod world;

use action::{Action, story};
use kind::{KINDS, Kind};
use play::Verdict;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, RandomState};
use std::io::Write as _;
use world::World;

/// Steps of one story.
const STEPS: usize = 60;

/// How many stories run by default, always the same ones.
const FEW: u32 = 64;

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

/// How many stories are played, and what they grow from.
///
/// With `MUSTER_WHOLE` in the environment, as `.ci/run` sets it: as many as proptest plays, and others each time.
/// With `MUSTER_SEED`, those of an earlier run once more.
fn extent() -> (u32, u64) {
    let chosen = std::env::var("MUSTER_SEED").map(|seed| seed.parse().expect("MUSTER_SEED is a number"));
    match std::env::var("MUSTER_WHOLE").as_deref() {
        Ok("1") => {
            let seed = chosen.unwrap_or_else(|_| RandomState::new().hash_one(()));
            (Config::default().cases.max(FEW), seed)
        }
        _ => (FEW, chosen.unwrap_or(1)),
    }
}

fn play_stories(kind: &'static Kind) {
    let taken: RefCell<BTreeMap<&'static str, (usize, usize)>> = RefCell::default();
    let (cases, seed) = extent();
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let outcome = runner.run(&story(kind, STEPS), |steps| {
        play_story(kind, &steps, &mut taken.borrow_mut());
        Ok(())
    });
    let again = format!("MUSTER_SEED={seed}, {cases} stories");
    // Written past the test's captured output: `cargo test` shows it of tests that pass, too.
    let _ = writeln!(std::io::stderr(), "{}: {again}", kind.id);
    if let Err(failure) = outcome {
        panic!("{again}: {failure}");
    }
    all_was_taken(kind, &taken.into_inner(), &again);
}

fn play_story(kind: &'static Kind, steps: &[Action], taken: &mut BTreeMap<&'static str, (usize, usize)>) {
    let mut world = World::create(kind);
    for step in action::prelude(kind) {
        let verdict = world.play_as(world::user(0), &step);
        assert!(matches!(verdict, Verdict::Changed), "{step:?}");
    }
    invariants::check(&world);
    for step in steps {
        let verdict = world.play(step);
        let counts = taken.entry(step.name()).or_default();
        match verdict {
            Verdict::Changed => {
                invariants::check(&world);
                counts.0 += 1;
            }
            Verdict::Refused | Verdict::Same => counts.1 += 1,
        }
    }
    world.expire_everything();
    invariants::check(&world);
}

fn all_was_taken(kind: &Kind, taken: &BTreeMap<&'static str, (usize, usize)>, again: &str) {
    for name in TAKEN {
        let (changed, refused) = taken.get(name).copied().unwrap_or_default();
        let grants = ["put_grant", "drop_grant"].contains(&name);
        let nowhere = kind.roles.iter().all(|r| r.places == kind::Places::Never);
        let never = (name == "switch" && kind.helper.is_none()) || (grants && nowhere);
        assert_eq!(
            changed == 0,
            never,
            "{again}: how often `{name}` changed something: {taken:?}"
        );
        assert!(
            refused > 0 || ["expire", "set_plan"].contains(&name),
            "{again}: `{name}` was never refused: {taken:?}"
        );
    }
}
