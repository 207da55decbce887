//! Guarantees of the API, over HTTP.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on must stop"
)]

mod first_story;
mod parity;
mod samples;
