//! The rules, case by case, with a clock that stands still.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on must stop"
)]

mod access;
mod actions;
mod actions_beside;
mod activation;
mod add;
mod asking;
mod assignments;
mod attacks;
mod authority;
mod bulk;
mod conditions;
mod contacts;
mod create;
mod deletion;
mod events;
mod expiry;
mod exports;
mod feedback;
mod former;
mod giving;
mod giving_keys;
mod giving_members;
mod grants;
mod hidden_members;
mod hierarchy;
mod instants;
mod invitations;
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
mod respond;
mod role_sets;
#[path = "../shared/schemas.rs"]
mod schemas;
mod scopes;
mod sources;
mod sources_kept;
mod sources_shown;
mod subjects;
mod suspension;
mod suspension_mail;
mod team;
#[path = "../shared/told.rs"]
mod told;
mod visibility;
mod work;
