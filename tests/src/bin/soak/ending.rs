//! The end of a run: some organizations are deleted and erased, and what was done is told.

use crate::census;
use crate::play::Play;
use jiff::SignedDuration;
use muster_functions::routes::ROUTES;
use std::time::Instant;

/// Longer than a deleted organization can be restored.
const MONTH: SignedDuration = SignedDuration::from_hours(31 * 24);
/// Operations after which each route must have done what it is asked at least once.
const MANY: u64 = 20_000;

/// What a count found, with what was done last to the organizations that it names.
pub(crate) fn told(play: &Play, what: &str) -> String {
    let world = play.world();
    let named = world
        .organizations
        .iter()
        .filter(|organization| what.contains(&organization.id));
    let logs: Vec<String> = named.map(|organization| organization.told()).collect();
    let (seed, begun) = (play.seed, play.begun());
    format!(
        "seed {seed}, counted after {begun} operations: {what}\n{}",
        logs.join("\n")
    )
}

/// Deletes every third organization, lets a month pass, and counts: nothing of them may be left.
///
/// # Errors
/// What is not as it must be.
pub(crate) async fn erase_some(play: &Play) -> Result<(), String> {
    let ending: Vec<(String, Vec<usize>)> = {
        let world = play.world();
        let some = world.live.iter().step_by(3).map(|number| &world.organizations[*number]);
        let owners = some.map(|one| {
            let is_owner = |person: &&usize| one.roster[*person].roles(one.set).any(|role| role.protected);
            (one.id.clone(), one.roster.keys().filter(is_owner).copied().collect())
        });
        owners.collect()
    };
    let mut deleted = Vec::new();
    for (id, owners) in ending {
        let owner = owners.first().ok_or_else(|| format!("{id} has no owner"))?;
        let path = format!("/v1/organizations/{id}");
        let answer = play.cast.people[*owner].persona.delete(&play.h, &path).await;
        if answer.status != 204 {
            return Err(format!("the owner of {id} cannot delete it: {:#}", answer.body));
        }
        deleted.push(id);
    }
    census::take(play).await?;
    play.h.advance(MONTH);
    let census = census::take(play).await?;
    census.tell(play);
    for id in deleted {
        // The last mail is kept for a while.
        let left = census.left_of(&id);
        if left.iter().any(|kind| kind != "mail") {
            return Err(format!("{id} was erased, but there is {left:?}"));
        }
    }
    Ok(())
}

/// Tells what was done.
pub(crate) fn summary(play: &Play, counted: u64, begun: Instant) {
    let seconds = begun.elapsed().as_secs_f64();
    let [background, disturbed, killed] = play.faults.counts();
    let mails = play.world().mails();
    let made = play.world().organizations.len();
    println!("\n{}", play.tally);
    println!(
        "{made} organizations, {mails} mails; {background} invocations in the background, {disturbed} of them disturbed; {killed} invocations killed"
    );
    println!(
        "seed {}: {} operations in {seconds:.0} s, {:.0} a second; counted {counted} times: nothing is broken",
        play.seed,
        play.begun(),
        play.begun() as f64 / seconds
    );
}

/// A long run must have been one of everything.
///
/// # Errors
/// The routes that never did what they were asked.
pub(crate) fn covers(play: &Play, operations: u64) -> Result<(), String> {
    let idle = ROUTES
        .iter()
        .map(|route| route.binary)
        .filter(|binary| *binary != "not-found");
    let idle: Vec<&str> = idle.filter(|binary| !play.tally.has_succeeded(binary)).collect();
    if operations < MANY || idle.is_empty() {
        return Ok(());
    }
    Err(format!(
        "seed {}: these never did what they were asked: {idle:?}",
        play.seed
    ))
}
