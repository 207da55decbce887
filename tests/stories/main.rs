//! The five texts that the role sets come from, each as one test that walks it from its first step to its last.
//! The steps of a test stand in the order of its text and go by its headings, so that both can be read side by side.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on must stop"
)]

mod client_practice_001;
mod coaching_site_000;
mod program_delivery_004;
mod project_workspace_002;
mod team;
mod website_studio_003;
