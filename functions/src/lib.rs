//! Muster's functions: one Lambda per route, each a few lines around a handler here.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::disallowed_methods
    )
)]

pub mod api;
#[cfg(test)]
mod binaries;
#[cfg(test)]
mod client;
pub mod entry;
pub mod exports;
#[cfg(test)]
mod generated;
pub mod offers;
pub mod openapi;
mod pace;
pub mod routes;
#[cfg(test)]
mod samples;
pub mod schedule;
pub mod streams;
#[cfg(test)]
mod template;
