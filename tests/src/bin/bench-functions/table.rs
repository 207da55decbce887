//! Ratios in tables, and what is said of them.

use muster_tests::markdown::median;

/// A ratio, marked where it is above its limit.
pub(crate) fn ratio(value: f64, limit: f64) -> String {
    if value > limit {
        format!("**{value:.2}**")
    } else {
        format!("{value:.2}")
    }
}

/// The name of whatever has the largest value, and that value.
pub(crate) fn largest<'a>(values: &'a [(&'a str, f64)]) -> (&'a str, f64) {
    let largest = values.iter().max_by(|a, b| a.1.total_cmp(&b.1));
    largest.copied().unwrap_or_default()
}

/// How these ratios lie towards their limits, as a sentence.
pub(crate) fn told(ratios: &[(&str, f64)], limit: f64, of_median: f64) -> String {
    let all: Vec<f64> = ratios.iter().map(|(_, ratio)| *ratio).collect();
    let above = all.iter().filter(|ratio| **ratio > limit).count();
    let (name, most) = largest(ratios);
    format!(
        "{} functions: median {} (limit {of_median:.2}), largest {} (`{name}`, limit {limit:.2}), above the limit {above}.",
        all.len(),
        ratio(median(&all), of_median),
        ratio(most, limit),
    )
}
