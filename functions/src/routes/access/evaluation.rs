//! Whether a subject may perform an action: one question, or many.

use super::{Subject, decides, reply};
use crate::api::access::answer::DecisionResponse;
use crate::api::access::ask::{AccessQuestion, EvaluationRequest, QuestionScope};
use crate::api::access::batch::{BatchEntry, EvaluationsRequest};
use crate::routes::members::source_viewer;
use muster_domain::rules::asking::{self, About};
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
    let ask = BatchEntry::Question(Box::new(body.understood(&scope)));
    let answers = answered(&call, &user, &[ask]).await?;
    reply(answers.first().ok_or_else(Problem::internal)?)
}

/// Answers up to 100 questions from one read.
pub async fn evaluate_batch(call: Call, user: User) -> Outcome {
    let scope = QuestionScope::of(&call, &user)?;
    let body: EvaluationsRequest = call.body()?;
    let asks = body.understood(&scope).map_err(Problem::invalid)?;
    let answers = answered(&call, &user, &asks).await?;
    reply(&body.reply(answers))
}

async fn answered(call: &Call, user: &User, entries: &[BatchEntry]) -> Result<Vec<DecisionResponse>, Problem> {
    let asks: Vec<&AccessQuestion> = entries.iter().filter_map(BatchEntry::question).collect();
    let organizations = asks.iter().filter_map(|ask| ask.place.id()).collect();
    let keys = asks.iter().flat_map(|ask| ask.keys()).collect();
    let (places, read) = call.asking(user, &organizations, keys).await?;
    let mut answering = Answering {
        user,
        places: &places,
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
    places: &'a OrgContexts,
    read: &'a ReadSet,
    subjects: BTreeMap<(OrganizationId, Option<About>), Result<Subject, &'static str>>,
    resources: BTreeMap<(OrganizationId, &'a ResourceKey), Option<Resource>>,
    viewers: BTreeMap<OrganizationId, SourceViewer<'a>>,
}

impl<'a> Answering<'a> {
    fn answer(&mut self, ask: &'a AccessQuestion) -> Result<DecisionResponse, Problem> {
        let Some(org) = decides(self.user, self.places, ask.place, ask.about)? else {
            return Ok(DecisionResponse::denied("unknown_organization"));
        };
        let organization = org.organization.id;
        let read = self.read;
        let find = || Subject::find(org, read, ask.about);
        let subject = match known(&mut self.subjects, (organization, ask.about), find)? {
            Ok(subject) => subject,
            Err(reason) => return Ok(DecisionResponse::denied(reason)),
        };
        let resource = match &ask.resource {
            Some(key) => {
                let find = || Ok(read.resource(organization, key)?);
                known(&mut self.resources, (organization, key), find)?.as_ref()
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
        let viewer = known(&mut self.viewers, organization, || Ok(source_viewer(org)))?;
        Ok(DecisionResponse::of(&question, in_full, viewer))
    }
}

/// The value under this key; found now if no earlier question needed it.
fn known<K: Ord, V>(
    all: &mut BTreeMap<K, V>,
    key: K,
    find: impl FnOnce() -> Result<V, Problem>,
) -> Result<&V, Problem> {
    Ok(match all.entry(key) {
        Entry::Occupied(found) => found.into_mut(),
        Entry::Vacant(new) => new.insert(find()?),
    })
}
