//! The cases of an exhaustive test: all of them where `MUSTER_WHOLE` is set, as in `.ci/run`; otherwise a fixed sample.

use fastrand::Rng;

/// Environment variable: exhaustive tests try everything.
const WHOLE: &str = "MUSTER_WHOLE";

/// At most this many of all, in their order. `test` is the test's name, which is the seed: another test tries others.
#[must_use]
#[expect(clippy::print_stdout, reason = "a test's output lists how much it tried")]
pub fn sampled<T>(test: &str, all: Vec<T>, most: usize) -> Vec<T> {
    if std::env::var_os(WHOLE).is_some() {
        return all;
    }
    let (count, sample) = (all.len(), sample(test, all, most));
    if sample.len() < count {
        let tried = sample.len();
        println!("{test}: {tried} of {count} are tried, with the test's name as the seed; {WHOLE}=1 tries all");
    }
    sample
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
