//! Search for the actions that a subject may perform on a resource.

use super::{SearchStart, SubjectLookup, SubjectState, deciding_organization, empty_result, reply};
use crate::api::access::ask::{keys_about, resource_key};
use crate::api::access::find::{ActionResult, ActionSearchRequest};
use muster_domain::roleset::condition::SentProperties;
use muster_domain::rules::access;
use muster_edge::{Call, Outcome, User};
use muster_store::{Cursor, Key};
use std::collections::BTreeSet;

/// Finds the actions: every permission of the role set that the subject has there, sorted by name.
pub async fn search_actions(call: Call, user: User) -> Outcome {
    let SearchStart {
        user,
        body,
        scope,
        named,
        paging,
    } = SearchStart::<ActionSearchRequest>::of(&call, user)?;
    let about = scope.about(&body.subject.kind, &body.subject.id);
    let key = resource_key(&body.resource.kind, &body.resource.id);
    let mut keys = named.id().map(|id| keys_about(id, about)).unwrap_or_default();
    keys.extend(named.id().zip(key.as_ref()).map(|(id, key)| Key::resource(id, key)));
    let (organizations, read) = call.asking(&user, &named.id().into_iter().collect(), keys).await?;
    let Some(org) = deciding_organization(&user, &organizations, named, about)? else {
        return empty_result("unknown_organization");
    };
    if let Some(closed) = access::closed(&org.organization, org.now) {
        return empty_result(closed.code());
    }
    let subject = match SubjectState::find(org, &read, about)? {
        SubjectLookup::Found(subject) => subject,
        SubjectLookup::Missing(reason) => return empty_result(reason),
    };
    let resource = match &key {
        Some(key) => read.resource(org.organization.id, key)?,
        None => None,
    };
    let on = resource.as_ref().map(|resource| &resource.reference);
    let properties = SentProperties {
        subject: body.subject.properties.as_ref(),
        action: None,
        resource: body.resource.properties.as_ref(),
    };
    let all: BTreeSet<&str> = org
        .set
        .roles
        .iter()
        .flat_map(|role| &role.permissions)
        .map(String::as_str)
        .collect();
    let mut open = all
        .into_iter()
        .filter(|name| paging.after.as_ref().is_none_or(|after| *name > after.sort_key()))
        .filter(|name| access::decide(&subject.question(org, name, on, properties)).is_allowed());
    let names: Vec<&str> = open.by_ref().take(paging.limit).collect();
    let more = open.next().is_some();
    let next = names
        .last()
        .filter(|_| more)
        .map(|last| Cursor::after((*last).to_owned()));
    let found = names
        .iter()
        .map(|name| ActionResult {
            name: (*name).to_owned(),
        })
        .collect();
    reply(&paging.response(found, next.as_ref()))
}
