//! The cases of an exhaustive test and the rounds of a race: all of them where `MUSTER_WHOLE` is set, as in `.ci/run`; otherwise a
//! fixed sample, and a quarter.

use fastrand::Rng;
use std::io::Write as _;

/// Environment variable: with `1`, exhaustive tests try everything.
const WHOLE: &str = "MUSTER_WHOLE";

/// At most this many of all, in their order. `test` is a name of the test's own and is the seed: another test tries others.
#[must_use]
pub fn sampled<T>(test: &str, all: Vec<T>, most: usize) -> Vec<T> {
    if is_whole() {
        return all;
    }
    let (count, sample) = (all.len(), sample(test, all, most));
    if sample.len() < count {
        let tried = sample.len();
        say(&format!(
            "{test}: {tried} of {count} are tried (this name is the seed); {WHOLE}=1 tries all"
        ));
    }
    sample
}

/// How many of so many rounds a race is run: chance decides what each of them meets.
#[must_use]
pub fn rounds(all: usize) -> usize {
    if is_whole() {
        return all;
    }
    let few = all.div_ceil(4);
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("a race");
    say(&format!("{test}: {few} of {all} rounds are run; {WHOLE}=1 runs all"));
    few
}

fn is_whole() -> bool {
    std::env::var(WHOLE).is_ok_and(|whole| whole == "1")
}

/// Writes past the test's captured output: `cargo test` shows it of tests that pass, too.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

fn sample<T>(test: &str, all: Vec<T>, most: usize) -> Vec<T> {
    let seed = test
        .bytes()
        .fold(0, |seed: u64, byte| seed.wrapping_mul(31).wrapping_add(byte.into()));
    let mut chosen = Rng::with_seed(seed).choose_multiple(0..all.len(), most);
    chosen.sort_unstable();
    let is_chosen = |place: &usize| chosen.binary_search(place).is_ok();
    let placed = all.into_iter().enumerate();
    placed
        .filter(|(place, _)| is_chosen(place))
        .map(|(_, one)| one)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::sample;

    #[test]
    fn a_sample_is_always_the_same_part_in_order() {
        let first = sample("a test", (0..100).collect(), 10);
        assert_eq!(first.len(), 10);
        assert!(first.is_sorted());
        assert_eq!(first, sample("a test", (0..100).collect(), 10));
        assert_ne!(first, sample("another test", (0..100).collect(), 10));
    }

    #[test]
    fn few_are_all_tried() {
        assert_eq!(sample("a test", vec![3, 1, 2], 3), [3, 1, 2]);
        assert_eq!(sample("a test", vec![3, 1, 2], 9), [3, 1, 2]);
    }
}
