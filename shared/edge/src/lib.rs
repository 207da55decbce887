//! The edge of Muster: between a request from API Gateway and the rules of the domain.
//!
//! A handler authenticates, reads, decides, writes and replies. What handlers have in common is here.
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

pub mod api_key;
pub mod app;
pub mod asking;
pub mod auth;
pub mod body;
pub mod call;
pub mod change;
mod change_in_org;
pub mod clock;
pub mod config;
pub mod cursors;
mod encoding;
pub mod etag;
pub mod files;
pub mod ids;
pub mod json;
pub mod mail;
pub mod metrics;
pub mod next_action;
pub mod org_context;
pub mod post;
pub mod preconditions;
pub mod problem;
pub mod query;
pub mod reply;
pub mod secrets;
pub mod serve;
pub mod turns;
pub mod web;

pub use app::App;
pub use auth::User;
pub use body::{Body, Field, given};
pub use call::Call;
pub use clock::Clock;
pub use config::{Config, ConfigError};
pub use ids::Ids;
pub use metrics::Metric;
pub use next_action::NextAction;
pub use org_context::{CallerKind, OrgContext};
pub use problem::Problem;
pub use reply::Reply;
pub use web::Web;

/// The result of a handler.
pub type Outcome = Result<Reply, Problem>;
