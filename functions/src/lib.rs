//! Muster's functions: one Lambda a route, each a few lines over a handler here.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

/// A request makes thousands of small allocations, most of them within the SDK: with the C library's allocator they take
/// an eighth of its processor time. No huge pages: the kernel would clear megabytes of them at each cold start.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

pub mod exports;
pub mod openapi;
pub mod routes;
pub mod schedule;
pub mod shapes;
pub mod streams;
