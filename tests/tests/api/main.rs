//! Guarantees of the API, over HTTP.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on must stop"
)]

mod access;
mod authentication;
mod bad_input;
mod below_a_path;
mod browsers;
mod budgets;
mod bulk;
mod conditional;
mod contacts;
mod contacts_left;
mod conventions;
mod deletion;
mod deletion_mail;
mod events;
mod events_filtered;
mod expiry;
mod expiry_jobs;
mod exports;
mod exports_askers;
mod exports_background;
mod faults;
mod faults_jobs;
mod faults_mail;
mod feedback;
mod feedback_faults;
mod first_story;
mod giving;
mod giving_keys;
mod grants;
mod hot_partitions;
mod idempotency;
mod instants;
mod invitations;
mod invitations_batch;
mod invitations_change;
mod invitations_ended;
mod invitations_mail;
mod invitations_resend;
mod kept_answers;
mod keys;
mod keys_follow;
mod keys_limited;
mod keys_opens;
mod keys_secret;
mod keys_verify;
mod limits;
mod mail_looks;
mod members;
mod members_added;
mod members_added_many;
mod members_again;
mod members_bulk;
mod members_profile;
mod metrics;
mod names;
mod offers;
mod operating;
mod organizations;
mod ownership;
mod pace;
mod page;
mod parity;
mod people;
mod permissions;
mod personas;
mod platform;
mod privilege;
mod probe;
mod races;
mod repair;
mod resources;
mod respond;
mod route_problems;
mod samples;
mod sources;
mod strangers;
mod subjects;
mod suspended;
mod sweeps;
mod throttles;
mod visibility;
