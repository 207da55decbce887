//! Guarantees of the API, over HTTP.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on must stop"
)]

mod answers;
mod first_story;
mod invitations;
mod invitations_batch;
mod invitations_change;
mod invitations_mail;
mod invitations_resend;
mod organizations;
mod resources;
