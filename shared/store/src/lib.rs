//! Everything that Muster knows about DynamoDB: keys, items, reads and transactions.
//!
//! A concrete store, without an in-memory double: tests run this code against an embedded DynamoDB.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

pub mod backoff;
pub mod commit;
mod contacts;
pub mod counts;
pub mod cursor;
mod entries;
pub mod erasure;
pub mod error;
pub mod events;
mod feedback;
pub mod holders;
pub mod items;
pub mod keys;
pub mod lists;
pub mod once;
pub mod outbox;
pub mod people;
mod position;
pub mod read;
pub mod repair;
mod store;
mod transaction;

pub use backoff::{Backoff, Obstacle, Tries};
pub use commit::Commit;
pub use counts::Counts;
pub use cursor::Cursor;
pub use error::{CommitError, StoreError};
pub use events::EventFilter;
pub use keys::Key;
pub use lists::{DueCursor, Page};
pub use once::{IdempotencyKey, Standing};
pub use people::{People, PeopleQuery};
pub use position::Position;
pub use read::ReadSet;
pub use store::Store;
pub use transaction::Weight;
