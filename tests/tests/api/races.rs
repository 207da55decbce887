//! Races: whatever many do at the same moment comes out as if they had done it one after the other.

mod add;
mod bulk;
mod bystander;
mod contacts;
mod deletion;
mod demoted;
mod ends;
mod keys;
mod late;
mod owners;
mod respond;
mod seats;
mod transfers;
mod versions;

use muster_tests::harness::{Harness, Organization};
use muster_tests::{Answer, Persona};
use std::sync::Arc;

async fn started() -> Arc<Harness> {
    Arc::new(Harness::start().await)
}

/// How many of the answers have this status.
fn count(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|a| a.status == status).count()
}

/// Asserts that each answer is a success of this status or one of these problems, and gives the successes' number.
#[track_caller]
fn won(answers: &[Answer], success: u16, problems: &[(u16, &str)]) -> usize {
    for answer in answers.iter().filter(|a| a.status != success) {
        let kind = answer.body["type"].as_str().unwrap_or_default().rsplit('/').next();
        let told = (answer.status, kind.unwrap_or_default());
        assert!(
            problems.contains(&told),
            "not a problem of this race: {:#}",
            answer.body
        );
    }
    count(answers, success)
}

/// An organization with a second owner.
async fn with_another_owner(h: &Harness) -> (Organization, Persona) {
    let acme = Organization::make(h).await;
    let other = acme.join(h, "otto", "owner", &[]).await;
    (acme, other)
}

/// The numbered names of a group of people.
fn names(group: &str, count: usize) -> Vec<String> {
    (0..count).map(|n| format!("{group}-{n}")).collect()
}
