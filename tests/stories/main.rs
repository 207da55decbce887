//! The five texts that the role sets come from, each as one test that walks it from its first step to its last.
//! The steps of a test stand in the order of its text and go by its headings, so that both can be read side by side.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on must stop"
)]

mod client_practice;
mod coaching_site;
mod program_delivery;
mod project_workspace;
mod team;
mod website_studio;
