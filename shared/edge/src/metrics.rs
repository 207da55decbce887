//! Metrics of a process that no AWS service can know. CloudWatch takes them from a log line (embedded metric format): no call, no
//! permission, and no agent.
//!
//! The format is written by hand, since a line is one object with a few numbers, and the extras of libraries (recorders,
//! histograms, labels) would be in every function's binary. A line is written only if something was counted, so most requests write
//! none: a line costs by its length, and a metric by the hour in which it occurred. There is no dimension, as each value of one
//! would be another metric to pay for. The line contains the route, for searches in the log.

use jiff::Timestamp;
use muster_store::Obstacle;
use serde_json::{Map, Value, json};
use std::io::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

/// The metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// A change was decided again after a conflict.
    ConflictsRetried,
    /// A change was answered with 409, since every attempt ran into a conflict.
    CommitsRefused,
    /// Mail that SES accepted.
    MailSent,
    /// Mail that was not sent, since its content no longer applied, or its address bounced or complained.
    MailSkipped,
    /// Mail that could not be sent at the time: it waits.
    MailPutOff,
    /// Mail that is abandoned: SES refused it permanently or for days, or its address received too many emails.
    MailFailed,
    /// Mail that bounced permanently.
    MailBounced,
    /// Mail that a recipient reported as spam.
    MailComplained,
    /// Background work that was completed.
    JobsDone,
    /// Due items that were processed.
    DueProcessed,
    /// Due items that were left for the next sweep.
    DueLeft,
    /// Sweeps that did not get through all due items.
    SweepsBehind,
    /// The table throttled a request even after the SDK's own retries: it was tried again later, or answered with 503.
    Throttled,
}

impl Metric {
    /// All of them.
    pub const ALL: [Self; 13] = [
        // INVARIANT 13: alarms watch only these, and the dashboard shows each of them.
        Self::ConflictsRetried,
        Self::CommitsRefused,
        Self::MailSent,
        Self::MailSkipped,
        Self::MailPutOff,
        Self::MailFailed,
        Self::MailBounced,
        Self::MailComplained,
        Self::JobsDone,
        Self::DueProcessed,
        Self::DueLeft,
        Self::SweepsBehind,
        Self::Throttled,
    ];

    /// The metric for a retry after this obstacle.
    #[must_use]
    pub const fn retried(obstacle: Obstacle) -> Self {
        match obstacle {
            Obstacle::Conflict => Self::ConflictsRetried,
            Obstacle::Throttle => Self::Throttled,
        }
    }

    /// Its name in CloudWatch.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ConflictsRetried => "ConflictsRetried",
            Self::CommitsRefused => "CommitsRefused",
            Self::MailSent => "MailSent",
            Self::MailSkipped => "MailSkipped",
            Self::MailPutOff => "MailPutOff",
            Self::MailFailed => "MailFailed",
            Self::MailBounced => "MailBounced",
            Self::MailComplained => "MailComplained",
            Self::JobsDone => "JobsDone",
            Self::DueProcessed => "DueProcessed",
            Self::DueLeft => "DueLeft",
            Self::SweepsBehind => "SweepsBehind",
            Self::Throttled => "Throttled",
        }
    }
}

/// The counts of a process since its last line. In Lambda they belong to one invocation, since a process serves one at a time.
#[derive(Debug)]
pub struct Metrics {
    namespace: Option<String>,
    counted: [AtomicU64; Metric::ALL.len()],
}

impl Metrics {
    /// Starts at zero. Without a namespace nothing is ever written.
    #[must_use]
    pub fn new(namespace: Option<String>) -> Self {
        Self {
            namespace,
            counted: Default::default(),
        }
    }

    /// Adds to a count.
    pub fn count(&self, metric: Metric, more: usize) {
        if let Some(counted) = self.counted.get(metric as usize) {
            counted.fetch_add(u64::try_from(more).unwrap_or(u64::MAX), Ordering::Relaxed);
        }
    }

    /// The count since the last line.
    #[must_use]
    pub fn counted(&self, metric: Metric) -> u64 {
        let counted = self.counted.get(metric as usize);
        counted.map_or(0, |counted| counted.load(Ordering::Relaxed))
    }

    /// Writes a line to standard output if anything was counted, and resets the counts. `name` and `value` identify their source.
    #[expect(
        clippy::disallowed_methods,
        reason = "CloudWatch dates metrics by the system's clock, which tests do not move"
    )]
    pub fn write(&self, name: &str, value: &str) {
        if let Some(line) = self.line(name, value, Timestamp::now()) {
            // If standard output is gone, there is nowhere to report that.
            let _ = writeln!(std::io::stdout().lock(), "{line}");
        }
    }

    fn line(&self, name: &str, value: &str, now: Timestamp) -> Option<Value> {
        let namespace = self.namespace.as_ref()?;
        let mut line = Map::new();
        for (metric, counted) in Metric::ALL.into_iter().zip(&self.counted) {
            let counted = counted.swap(0, Ordering::Relaxed);
            if counted > 0 {
                line.insert(metric.name().to_owned(), counted.into());
            }
        }
        if line.is_empty() {
            return None;
        }
        let named = line.keys().map(|name| json!({ "Name": name, "Unit": "Count" }));
        let metrics: Vec<Value> = named.collect();
        let directive = json!({ "Namespace": namespace, "Dimensions": [[]], "Metrics": metrics });
        let about = json!({ "Timestamp": now.as_millisecond(), "CloudWatchMetrics": [directive] });
        line.insert("_aws".to_owned(), about);
        line.insert(name.to_owned(), value.into());
        Some(Value::Object(line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn at() -> Timestamp {
        "2026-03-10T12:00:00.5Z".parse().unwrap()
    }

    /// AWS's requirements for a document: the required fields, their types, and a value for each named metric.
    fn check(line: &Value) {
        let about = line["_aws"].as_object().unwrap();
        assert_eq!(about.len(), 2, "{about:?}");
        assert!(about["Timestamp"].is_i64(), "milliseconds");
        for directive in about["CloudWatchMetrics"].as_array().unwrap() {
            let namespace = directive["Namespace"].as_str().unwrap();
            assert!((1..=255).contains(&namespace.len()));
            let sets = directive["Dimensions"].as_array().unwrap();
            assert!(!sets.is_empty(), "a set of dimensions may be empty, and must be there");
            for dimension in sets.iter().flat_map(|set| set.as_array().unwrap()) {
                assert!(line[dimension.as_str().unwrap()].is_string(), "{dimension}");
            }
            let metrics = directive["Metrics"].as_array().unwrap();
            assert!((1..=100).contains(&metrics.len()));
            for metric in metrics {
                let name = metric["Name"].as_str().unwrap();
                assert!((1..=255).contains(&name.len()));
                assert_eq!(metric["Unit"], "Count");
                assert!(line[name].is_u64(), "{name} has no value");
            }
        }
    }

    #[test]
    fn a_line_is_of_the_embedded_metric_format_and_names_what_was_counted() {
        let metrics = Metrics::new(Some("Muster/test".into()));
        metrics.count(Metric::ConflictsRetried, 1);
        metrics.count(Metric::ConflictsRetried, 2);
        metrics.count(Metric::MailSent, 1);
        metrics.count(Metric::JobsDone, 0);
        let line = metrics.line("route", "POST /v1/organizations", at()).unwrap();
        check(&line);
        let expected = json!({
            "_aws": {
                "Timestamp": 1_773_144_000_500_i64,
                "CloudWatchMetrics": [{
                    "Namespace": "Muster/test",
                    "Dimensions": [[]],
                    "Metrics": [{ "Name": "ConflictsRetried", "Unit": "Count" }, { "Name": "MailSent", "Unit": "Count" }],
                }],
            },
            "ConflictsRetried": 3,
            "MailSent": 1,
            "route": "POST /v1/organizations",
        });
        assert_eq!(line, expected);
        assert!(metrics.line("route", "", at()).is_none(), "it counts anew");
    }

    #[test]
    fn every_metric_has_a_name_and_a_place_of_its_own() {
        let metrics = Metrics::new(Some("Muster/test".into()));
        for (n, metric) in Metric::ALL.into_iter().enumerate() {
            metrics.count(metric, n + 1);
        }
        for (n, metric) in Metric::ALL.into_iter().enumerate() {
            assert_eq!(metrics.counted(metric), n as u64 + 1, "{metric:?}");
            assert_eq!(metric.name(), format!("{metric:?}"));
        }
        let names: BTreeSet<_> = Metric::ALL.map(Metric::name).into();
        assert_eq!(names.len(), Metric::ALL.len());
        check(&metrics.line("invocation", "1", at()).unwrap());
    }

    #[test]
    fn nothing_is_written_where_nothing_was_counted_or_no_namespace_is_set() {
        assert!(
            Metrics::new(Some("Muster/test".into()))
                .line("route", "", at())
                .is_none()
        );
        let silent = Metrics::new(None);
        silent.count(Metric::MailSent, 1);
        assert!(silent.line("route", "", at()).is_none());
        assert_eq!(silent.counted(Metric::MailSent), 1);
    }
}
