//! What a partition takes, and what something takes of it.

use std::time::Duration;

/// How a table is paid for, by which DynamoDB words its refusals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Billing {
    /// `ThrottlingException`, and `ThrottlingError` for a transaction.
    OnDemand,
    /// `ProvisionedThroughputExceededException`, and `ProvisionedThroughputExceeded` for a transaction.
    Provisioned,
}

/// What a partition takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Write units a second.
    pub writes: f64,
    /// Read units a second.
    pub reads: f64,
    /// How much unused time a partition makes up for, beyond the last second: 300 s in AWS, which does not promise it.
    pub burst: Duration,
    /// After how much time of refusals a partition is split by sort key, where the keys that are asked for allow it. AWS does not say.
    pub split_after: Option<Duration>,
    /// How refusals are worded.
    pub billing: Billing,
}

impl Limits {
    /// What DynamoDB promises: no more, and no help by bursts or splits.
    pub const REAL: Self = Self {
        writes: 1_000.0,
        reads: 3_000.0,
        burst: Duration::ZERO,
        split_after: None,
        billing: Billing::OnDemand,
    };

    /// The same for a partition of so many write units a second.
    #[must_use]
    pub const fn of(writes: f64) -> Self {
        Self {
            writes,
            reads: 3.0 * writes,
            ..Self::REAL
        }
    }
}

/// A partition key: of the table, or of an index of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The index; none is the table.
    pub index: Option<&'static str>,
    /// The value of the partition key.
    pub key: String,
}

/// Which of its two allowances something takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Write units.
    Write,
    /// Read units.
    Read,
}

/// Units that something takes of one partition.
#[derive(Debug, Clone, PartialEq)]
pub struct Cost {
    /// Of which.
    pub place: Place,
    /// At which sort key.
    pub sort: String,
    /// Of what.
    pub kind: Kind,
    /// How many.
    pub units: f64,
}
