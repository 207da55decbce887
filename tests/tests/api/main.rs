//! Guarantees of the API, over HTTP.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on must stop"
)]

mod faults;
mod faults_jobs;
mod faults_mail;
mod first_story;
