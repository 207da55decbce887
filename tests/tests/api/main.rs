//! Guarantees of the API, over HTTP.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on must stop"
)]

mod bad_input;
mod first_story;
mod probe;
mod races;
