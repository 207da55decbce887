//! The rules, case by case, with a clock that stands still.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on must stop"
)]

mod access;
mod activation;
mod add;
mod respond;
mod asking;
mod attacks;
mod authority;
mod bulk;
mod conditions;
mod contacts;
mod deletion;
mod expiry;
mod exports;
mod feedback;
mod former;
mod assignments;
mod giving;
mod giving_keys;
mod giving_members;
mod grants;
mod hidden_members;
mod hierarchy;
mod instants;
mod invitations;
mod create;
mod keys;
mod keys_changes;
mod keys_end;
mod keys_power;
mod limits;
mod mail;
mod members;
mod offer;
mod organizations;
mod ownership;
mod pace;
mod people;
mod reliance;
mod resources;
mod role_sets;
mod visibility;
mod sources;
mod sources_kept;
mod sources_shown;
mod subjects;
mod suspension;
mod suspension_mail;
mod team;
#[path = "../shared/told.rs"]
mod told;
mod work;
