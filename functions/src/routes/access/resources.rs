//! Search for the resources on which a subject may perform an action.

use super::paging::Paging;
use super::{SearchStart, SubjectLookup, SubjectState, deciding_organization, empty_result, no_result_reason, reply};
use crate::api::access::ask::keys_about;
use crate::api::access::find::{ResourceResult, ResourceSearchRequest};
use muster_domain::roleset::condition::SentProperties;
use muster_domain::rules::access;
use muster_domain::{Resource, ResourceKey, ResourceRef, ResourceType};
use muster_edge::org_context::OrgContext;
use muster_edge::{Call, Outcome, Problem, User};
use muster_store::{Cursor, Key, Page, Store};

/// Finds the resources: all of the type if the subject's roles reach the whole organization, else those the subject has roles on.
pub async fn search_resources(call: Call, user: User) -> Outcome {
    let SearchStart {
        user,
        body,
        scope,
        named,
        paging,
    } = SearchStart::<ResourceSearchRequest>::of(&call, user)?;
    let about = scope.about(&body.subject.kind, &body.subject.id);
    let keys = named.id().map(|id| keys_about(id, about)).unwrap_or_default();
    let (organizations, read) = call.asking(&user, &named.id().into_iter().collect(), keys).await?;
    let Some(org) = deciding_organization(&user, &organizations, named, about)? else {
        return empty_result("unknown_organization");
    };
    if let Some(reason) = no_result_reason(org, &body.action.name) {
        return empty_result(reason);
    }
    let subject = match SubjectState::find(org, &read, about)? {
        SubjectLookup::Found(subject) => subject,
        SubjectLookup::Missing(reason) => return empty_result(reason),
    };
    let Some(kind) = body
        .resource
        .kind
        .parse()
        .ok()
        .filter(|kind| org.set.resource_type == *kind)
    else {
        return empty_result("unknown_resource_type");
    };
    let properties = SentProperties {
        subject: body.subject.properties.as_ref(),
        action: body.action.properties.as_ref(),
        resource: body.resource.properties.as_ref(),
    };
    let may = |on: Option<&ResourceRef>| {
        access::decide(&subject.question(org, &body.action.name, on, properties)).is_allowed()
    };
    let page = candidates(call.app.store(), org, &subject, &kind, &paging, may(None)).await?;
    let allowed = page.items.into_iter().filter(|resource| may(Some(&resource.reference)));
    let found = allowed.map(|resource| ResourceResult {
        kind: resource.reference.key.kind,
        id: resource.reference.key.id,
    });
    reply(&paging.response(found.collect(), page.next.as_ref()))
}

/// The candidates: all resources if the whole organization is open, else those that grants and the key's limits name.
async fn candidates(
    store: &Store,
    org: &OrgContext,
    subject: &SubjectState,
    kind: &ResourceType,
    paging: &Paging,
    everything: bool,
) -> Result<Page<Resource>, Problem> {
    let organization = org.organization.id;
    if everything {
        let after = paging.after.as_ref();
        return Ok(store.resources_of(organization, kind, after, paging.limit).await?);
    }
    let granted = subject.member.grants.iter().map(|grant| &grant.resource);
    let limited = subject.key.iter().flat_map(|key| &key.limits.resources);
    let mut named: Vec<&ResourceKey> = granted.chain(limited).map(|resource| &resource.key).collect();
    named.sort();
    named.dedup();
    let place = |key: &ResourceKey| Key::resource(organization, key).sk;
    named.retain(|key| key.kind == *kind && paging.after.as_ref().is_none_or(|c| place(key).as_str() > c.sort_key()));
    let more = named.len() > paging.limit;
    named.truncate(paging.limit);
    let keys: Vec<Key> = named.iter().map(|key| Key::resource(organization, key)).collect();
    let read = store.read(&keys).await?;
    let mut items = Vec::with_capacity(named.len());
    for key in &named {
        items.extend(read.resource(organization, key)?);
    }
    let next = named.last().filter(|_| more).map(|last| Cursor::after(place(last)));
    Ok(Page { items, next })
}
