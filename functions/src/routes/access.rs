//! Access decisions, as the OpenID AuthZEN Authorization API 1.0 specifies them.

mod actions;
mod configuration;
mod evaluation;
mod paging;
mod resources;
mod subjects;

pub use actions::search_actions;
pub use configuration::configuration;
pub use evaluation::{evaluate, evaluate_batch};
pub use resources::search_resources;
pub use subjects::search_subjects;

use crate::api::access::ask::{NamedOrganization, QuestionScope};
use crate::api::access::find::{Search, SearchResponse};
use muster_domain::roleset::condition::SentProperties;
use muster_domain::rules::access::{self, Question};
use muster_domain::rules::asking::{self, QuestionSubject};
use muster_domain::{ApiKey, Member, ResourceRef};
use muster_edge::api_key::narrowed;
use muster_edge::asking::OrgContexts;
use muster_edge::org_context::OrgContext;
use muster_edge::{Call, Outcome, Problem, Reply, User};
use muster_store::ReadSet;
use paging::Paging;
use serde::Serialize;

/// The start of every search: its caller, its body and its organization.
struct SearchStart<'a, B> {
    user: User,
    body: B,
    scope: QuestionScope<'a>,
    named: NamedOrganization,
    paging: Paging,
}

impl<'a, B: Search> SearchStart<'a, B> {
    /// The caller, the body, the organization, and the requested page.
    fn of(call: &'a Call, user: User) -> Result<Self, Problem> {
        let scope = QuestionScope::of(call, &user)?;
        let body: B = call.body()?;
        let named = scope.named(body.named_properties());
        let paging = Paging::of(call, &body, named)?;
        Ok(Self {
            user,
            body,
            scope,
            named,
            paging,
        })
    }
}

/// The organization that decides about this subject (`None` stands for all subjects).
///
/// The platform gets `None` if it does not exist; other callers are refused as if it were not theirs. All callers get `None` if the
/// decision point of one organization was asked about another.
fn deciding_organization<'p>(
    user: &User,
    organizations: &'p OrgContexts,
    named: NamedOrganization,
    about: Option<QuestionSubject>,
) -> Result<Option<&'p OrgContext>, Problem> {
    match named.id().and_then(|id| organizations.get(&id)) {
        Some(org) => {
            authorize(org, about)?;
            Ok(Some(org).filter(|_| !matches!(named, NamedOrganization::Elsewhere(_))))
        }
        None if user.platform => Ok(None),
        None => Err(Problem::not_yours_to_ask()),
    }
}

/// Refuses callers that may not ask about this subject. `None` stands for all subjects.
fn authorize(org: &OrgContext, about: Option<QuestionSubject>) -> Result<(), Problem> {
    if org.is_platform() || asking::may_ask(&org.decision_context()?, about) {
        return Ok(());
    }
    Err(Problem::forbidden(
        "asking about others requires the permission `members:read` on the whole organization",
    ))
}

/// The API key that a question is about. A key that asks about itself is judged with the secret it came with.
fn key_in_question(org: &OrgContext, read: &ReadSet, key: &ApiKey) -> Result<ApiKey, Problem> {
    match &org.key {
        Some(own) if own.id == key.id => Ok(own.clone()),
        _ => Ok(narrowed(read, &org.organization, org.set, (key, None), org.now)?),
    }
}

/// The subject that a question names, if it was found.
enum SubjectLookup {
    /// The subject.
    Found(Box<SubjectState>),
    /// There is no such subject, for this reason.
    Missing(&'static str),
}

/// The subject of a question, in its current state.
struct SubjectState {
    member: Member,
    key: Option<ApiKey>,
}

impl SubjectState {
    /// Finds the named subject.
    fn find(org: &OrgContext, read: &ReadSet, about: Option<QuestionSubject>) -> Result<SubjectLookup, Problem> {
        let organization = org.organization.id;
        let (owner, key) = match about {
            None => return Ok(SubjectLookup::Missing("unknown_subject")),
            Some(QuestionSubject::User(id)) => (id, None),
            Some(QuestionSubject::Key(id)) => match read.api_key(organization, id)? {
                None => return Ok(SubjectLookup::Missing("unknown_subject")),
                Some(key) => (id.owner, Some(key_in_question(org, read, &key)?)),
            },
        };
        Ok(match read.member(organization, owner)? {
            Some(member) => SubjectLookup::Found(Box::new(Self { member, key })),
            None if key.is_some() => SubjectLookup::Missing("owner_gone"),
            None => SubjectLookup::Missing("unknown_subject"),
        })
    }

    /// The question whether the subject may perform this action on this resource, with these properties.
    fn question<'a>(
        &'a self,
        org: &'a OrgContext,
        action: &'a str,
        resource: Option<&'a ResourceRef>,
        properties: SentProperties<'a>,
    ) -> Question<'a> {
        Question {
            organization: &org.organization,
            set: org.set,
            member: &self.member,
            key: self.key.as_ref(),
            action,
            resource,
            properties,
            now: org.now,
        }
    }
}

/// The reason why a search for this action can find nothing in this organization, if there is one.
fn no_result_reason(org: &OrgContext, action: &str) -> Option<&'static str> {
    if let Some(closed) = access::closed(&org.organization, org.now) {
        return Some(closed.code());
    }
    let known = org.set.roles.iter().any(|role| role.allows(action));
    (!known).then_some("unknown_action")
}

/// An answer without results, for this reason.
fn empty_result(reason: &'static str) -> Outcome {
    reply(&SearchResponse::<()>::empty(reason))
}

fn reply(body: &impl Serialize) -> Outcome {
    Reply::json(200, body)
}
