//! The whole backend in one process: the same handlers as in Lambda, behind a gateway that speaks plain HTTP, on an
//! embedded DynamoDB, with captured mail and an identity provider that trusts everyone.
//!
//! It contains no rules of the product. Each AWS service around the functions has a module here: [`gateway`] for
//! API Gateway, `streams` for the event source mappings, `schedule` for the scheduler, `feedback` for EventBridge, `aws`
//! for S3, SES and Secrets Manager.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::disallowed_methods,
        reason = "a test that goes wrong should stop there"
    )
)]

mod accounts;
mod aws;
mod backend;
mod backlog;
pub mod cli;
mod data;
mod database;
mod dev;
mod feedback;
mod functions;
pub mod gateway;
mod identity;
mod patience;
mod problem;
mod reply;
mod schedule;
mod sent_mail;
mod sign_in;
mod streams;
mod template;

pub use backend::{Backend, Options, StartError};
pub use data::DataError;
pub use database::DatabaseError;
pub use functions::{Failure, Functions, Launcher, Running, Surroundings, run_as, running};
pub use gateway::cors::CorsError;
pub use identity::{AUDIENCE, IdentityProvider, KeyError, Signing, TokenRequest};
pub use sent_mail::SentMail;
pub use streams::{DeadLetter, MappingError, StreamFilters};
pub use template::TemplateError;
