//! The rules of Muster.
//!
//! Nothing here reads a clock, the environment or a network: instants and identifiers are arguments. So a decision is a pure
//! function of the state that was read, the request and `now`. It returns [`Changes`] (the state before and after) or a named
//! refusal. The layers above store the changes and word the refusals.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

pub mod api_key;
pub mod authority;
pub mod branding;
pub mod changes;
pub mod contact;
pub mod email;
pub mod event;
pub mod export;
pub mod feedback;
pub mod former;
pub mod id;
pub mod instant;
pub mod invitation;
pub mod job;
pub mod language;
pub mod link;
pub mod mail;
pub mod member;
pub mod organization;
pub mod people;
pub mod resource;
pub mod roleset;
pub mod rules;
pub mod search;
pub mod source;
pub mod text;
pub mod time;
pub mod user_name;
pub mod violation;
pub mod vocabulary;

pub use api_key::{ApiKey, Limits, Secret};
pub use authority::Authority;
pub use branding::LogoUrl;
pub use changes::{Changes, Pair};
pub use contact::Contact;
pub use email::{Domain, EmailAddress};
pub use event::{CloudEvent, EntityKind, EntityRef, Event, EventKind, Publisher};
pub use export::Export;
pub use feedback::{Deliverability, DeliveryEvent};
pub use former::FormerMember;
pub use id::{EventId, ExportId, InvitationId, JobId, KeyId, MailId, NewIds, OrganizationId, Registration, UserId};
pub use instant::Instant;
pub use invitation::{Invitation, InvitationState};
pub use jiff::Timestamp;
pub use job::{Job, Work};
pub use language::Language;
pub use mail::{Letter, Mail};
pub use member::{Grant, Member, Reliance, RoleAssignment, Status};
pub use organization::{Organization, Plan, Seats, Settings, Suspension};
pub use people::{Person, PersonId};
pub use resource::{Resource, ResourceKey, ResourceRef};
pub use roleset::{Role, RoleSet, permission};
pub use rules::DecisionContext;
pub use source::{Giver, RoleSource, SourceKind, SourceType};
pub use text::{ContactId, Message, Name, ResourceId, ResourceType, RoleId, Subject};
pub use time::Term;
pub use user_name::{NamedUser, UserName};
