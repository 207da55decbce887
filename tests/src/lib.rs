//! A running backend for tests, and the people who call it.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on must stop"
)]

pub mod api_keys;
mod asking;
pub mod bench;
pub mod calls;
pub mod cast;
pub mod cloudformation;
pub mod crowd;
pub mod deployment;
pub mod document;
pub mod exchange;
pub mod faults;
pub mod gate;
pub mod harness;
pub mod markdown;
pub mod meter;
mod outcome;
pub mod packaged;
pub mod partitions;
pub mod permissions;
pub mod personas;
pub mod prepared;
pub mod prices;
pub mod privilege;
pub mod problems;
pub mod recount;
pub mod requests;
pub mod roles;
pub mod sampled;
pub mod samples;
pub mod sheets;
pub mod shortcuts;
pub mod simulation;
pub mod snapshot;
pub mod stream;
pub mod together;
pub mod wire;

pub use api_keys::NewKey;
pub use gate::Gate;
pub use harness::{Answer, Harness};
pub use packaged::Packaged;
pub use personas::Persona;
pub use recount::recount;
pub use snapshot::Snapshot;
pub use together::{Shot, together};
