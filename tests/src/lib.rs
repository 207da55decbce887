//! A running backend for tests, and the people who call it.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on must stop"
)]

pub mod deployment;
pub mod harness;
pub mod personas;
pub mod recount;
pub mod samples;
pub mod watch;

pub use harness::{Answer, Harness};
pub use personas::Persona;
pub use recount::recount;
