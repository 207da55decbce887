//! Whether a subject may perform an action: one question, or many.

use super::{SubjectLookup, SubjectState, deciding_organization, reply};
use crate::api::access::answer::DecisionResponse;
use crate::api::access::ask::{AccessQuestion, EvaluationRequest, QuestionScope};
use crate::api::access::batch::{BatchEntry, EvaluationsRequest};
use crate::routes::members::source_viewer;
use muster_domain::rules::asking::{self, QuestionSubject};
use muster_domain::rules::sources::SourceViewer;
use muster_domain::{OrganizationId, Resource, ResourceKey};
use muster_edge::asking::OrgContexts;
use muster_edge::{Call, Outcome, Problem, User};
use muster_store::ReadSet;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Answers one question.
pub async fn evaluate(call: Call, user: User) -> Outcome {
    let scope = QuestionScope::of(&call, &user)?;
    let body: EvaluationRequest = call.body()?;
    let ask = BatchEntry::Question(Box::new(body.parse(&scope)));
    let answers = answered(&call, &user, &[ask]).await?;
    reply(answers.first().ok_or_else(Problem::internal)?)
}

/// Answers up to 100 questions from one read.
pub async fn evaluate_batch(call: Call, user: User) -> Outcome {
    let scope = QuestionScope::of(&call, &user)?;
    let body: EvaluationsRequest = call.body()?;
    let asks = body.parse(&scope).map_err(Problem::invalid)?;
    let answers = answered(&call, &user, &asks).await?;
    reply(&body.reply(answers))
}

async fn answered(call: &Call, user: &User, entries: &[BatchEntry]) -> Result<Vec<DecisionResponse>, Problem> {
    let asks: Vec<&AccessQuestion> = entries.iter().filter_map(BatchEntry::question).collect();
    let named = asks.iter().filter_map(|ask| ask.organization.id()).collect();
    let keys = asks.iter().flat_map(|ask| ask.keys()).collect();
    let (organizations, read) = call.asking(user, &named, keys).await?;
    let mut answering = Answering {
        user,
        organizations: &organizations,
        read: &read,
        subjects: BTreeMap::new(),
        resources: BTreeMap::new(),
        viewers: BTreeMap::new(),
    };
    let mut answers = Vec::with_capacity(entries.len());
    for entry in entries {
        answers.push(match entry {
            BatchEntry::Question(ask) => answering.answer(ask)?,
            BatchEntry::Incomplete(missing) => DecisionResponse::incomplete(missing.clone()),
        });
    }
    Ok(answers)
}

/// The data that all questions of a request share. Most name the same few subjects and resources, so each is built only once.
struct Answering<'a> {
    user: &'a User,
    organizations: &'a OrgContexts,
    read: &'a ReadSet,
    subjects: BTreeMap<(OrganizationId, Option<QuestionSubject>), SubjectLookup>,
    resources: BTreeMap<(OrganizationId, &'a ResourceKey), Option<Resource>>,
    viewers: BTreeMap<OrganizationId, SourceViewer<'a>>,
}

impl<'a> Answering<'a> {
    fn answer(&mut self, ask: &'a AccessQuestion) -> Result<DecisionResponse, Problem> {
        let Some(org) = deciding_organization(self.user, self.organizations, ask.organization, ask.about)? else {
            return Ok(DecisionResponse::denied("unknown_organization"));
        };
        let organization = org.organization.id;
        let read = self.read;
        let find = || SubjectState::find(org, read, ask.about);
        let subject = match get_or_insert(&mut self.subjects, (organization, ask.about), find)? {
            SubjectLookup::Found(subject) => subject,
            SubjectLookup::Missing(reason) => return Ok(DecisionResponse::denied(reason)),
        };
        let resource = match &ask.resource {
            Some(key) => {
                let find = || Ok(read.resource(organization, key)?);
                get_or_insert(&mut self.resources, (organization, key), find)?.as_ref()
            }
            None => None,
        };
        // The permissions that the caller lacks must not reveal whether a resource exists beyond the reach of the caller's roles.
        let hidden = match (&ask.resource, resource) {
            (Some(key), None) if !org.is_platform() => org.decision_context()?.named(key, None),
            _ => None,
        };
        let on = resource.map(|resource| &resource.reference).or(hidden.as_ref());
        let in_full = org.is_platform() || asking::sees_beyond_limits(&org.decision_context()?);
        let question = subject.question(org, &ask.action, on, ask.properties());
        let viewer = get_or_insert(&mut self.viewers, organization, || Ok(source_viewer(org)))?;
        Ok(DecisionResponse::of(&question, in_full, viewer))
    }
}

/// The value under this key; found now if no earlier question needed it.
fn get_or_insert<K: Ord, V>(
    all: &mut BTreeMap<K, V>,
    key: K,
    find: impl FnOnce() -> Result<V, Problem>,
) -> Result<&V, Problem> {
    Ok(match all.entry(key) {
        Entry::Occupied(found) => found.into_mut(),
        Entry::Vacant(new) => new.insert(find()?),
    })
}
