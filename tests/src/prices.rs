//! List prices of AWS, in dollars: us-east-1, as of November 2026; of a million, or as said.

/// Requests through an HTTP API.
pub const GATEWAY: f64 = 1.0;
/// Invocations.
pub const INVOCATION: f64 = 0.20;
/// A GB-second on arm64; on x86-64 a quarter more.
pub const GB_SECOND: f64 = 0.000_013_333_4;
/// Read request units of DynamoDB on demand.
pub const READS: f64 = 0.125;
/// Write request units.
pub const WRITES: f64 = 0.625;
/// Mails through SES.
pub const MAILS: f64 = 100.0;
