//! Search for the subjects that may perform an action on a resource.

use super::paging::Paging;
use super::{SearchStart, SubjectState, deciding_organization, empty_result, key_in_question, no_result_reason, reply};
use crate::api::access::ask::resource_key;
use crate::api::access::find::{SearchResponse, SubjectResult, SubjectSearchRequest};
use muster_domain::ResourceRef;
use muster_domain::roleset::Reach;
use muster_domain::roleset::condition::SentProperties;
use muster_domain::rules::access;
use muster_edge::org_context::OrgContext;
use muster_edge::{Call, Outcome, Problem, User};
use muster_store::holders::RoleHolders;
use muster_store::{Key, Store};

/// Finds the subjects: first those with grants on the resource, then those whose roles reach the whole organization.
pub async fn search_subjects(call: Call, user: User) -> Outcome {
    let SearchStart {
        user,
        body,
        scope: _,
        named,
        paging,
    } = SearchStart::<SubjectSearchRequest>::of(&call, user)?;
    let key = resource_key(&body.resource.kind, &body.resource.id);
    let keys = named.id().zip(key.as_ref()).map(|(id, key)| Key::resource(id, key));
    let (organizations, read) = call
        .asking(&user, &named.id().into_iter().collect(), keys.into_iter().collect())
        .await?;
    let Some(org) = deciding_organization(&user, &organizations, named, None)? else {
        return empty_result("unknown_organization");
    };
    if let Some(reason) = no_result_reason(org, &body.action.name) {
        return empty_result(reason);
    }
    let resource = match &key {
        Some(key) => read.resource(org.organization.id, key)?,
        None => None,
    };
    let search = CandidateSearch {
        store: call.app.store(),
        org,
        action: &body.action.name,
        properties: SentProperties {
            subject: body.subject.properties.as_ref(),
            action: body.action.properties.as_ref(),
            resource: body.resource.properties.as_ref(),
        },
        on: resource.as_ref().map(|resource| &resource.reference),
        paging: &paging,
    };
    match body.subject.kind.as_str() {
        "user" => reply(&search.users().await?),
        "api_key" => reply(&search.api_keys().await?),
        _ => empty_result("unknown_subject"),
    }
}

/// A search for subjects whose organization is known.
struct CandidateSearch<'a> {
    store: &'a Store,
    org: &'a OrgContext,
    action: &'a str,
    properties: SentProperties<'a>,
    on: Option<&'a ResourceRef>,
    paging: &'a Paging,
}

impl CandidateSearch<'_> {
    fn may(&self, subject: &SubjectState) -> bool {
        access::decide(&subject.question(self.org, self.action, self.on, self.properties)).is_allowed()
    }

    /// Members, each in one place: at their grant on the resource if they have one, else at their role on the organization.
    async fn users(&self) -> Result<SearchResponse<SubjectResult>, Problem> {
        let organization = self.org.organization.id;
        let wide = |role: &&muster_domain::Role| role.reach == Reach::Organization && role.allows(self.action);
        let roles = self.org.set.roles.iter().filter(wide);
        let ranges: Vec<RoleHolders<'_>> = self
            .on
            .map(RoleHolders::OnResource)
            .into_iter()
            .chain(roles.map(|role| RoleHolders::WithRole(&role.id)))
            .collect();
        let after = self.paging.after.as_ref();
        let page = self
            .store
            .holders(organization, &ranges, after, self.paging.limit)
            .await?;
        let keys: Vec<Key> = page
            .items
            .iter()
            .map(|(_, id)| Key::member(organization, *id))
            .collect();
        let read = self.store.read(&keys).await?;
        let shown = self.org.sees_subjects();
        let mut results = Vec::with_capacity(page.items.len());
        for (range, id) in &page.items {
            let Some(member) = read.member(organization, *id)? else {
                continue;
            };
            let has_grant = member.grants.iter().any(|grant| self.on == Some(&grant.resource));
            let own = match range {
                RoleHolders::OnResource(_) => has_grant,
                RoleHolders::WithRole(role) => {
                    !has_grant && member.role.as_ref().is_some_and(|held| held.role == **role)
                }
            };
            let subject = SubjectState { member, key: None };
            if own && self.may(&subject) {
                results.push(SubjectResult::user(
                    *id,
                    subject.member.subject.as_ref().filter(|_| shown),
                ));
            }
        }
        Ok(self.paging.response(results, page.next.as_ref()))
    }

    /// API keys, each judged with its owner.
    async fn api_keys(&self) -> Result<SearchResponse<SubjectResult>, Problem> {
        let organization = self.org.organization.id;
        let after = self.paging.after.as_ref();
        let page = self
            .store
            .api_keys_of_all(organization, after, self.paging.limit)
            .await?;
        let people = page
            .items
            .iter()
            .flat_map(|key| key.knower(None).into_iter().chain([key.id.owner]));
        let people: Vec<Key> = people.map(|member| Key::member(organization, member)).collect();
        let read = self.store.read(&people).await?;
        let mut results = Vec::with_capacity(page.items.len());
        for key in page.items {
            let Some(member) = read.member(organization, key.id.owner)? else {
                continue;
            };
            let id = key.id.to_string();
            let key = key_in_question(self.org, &read, &key)?;
            if self.may(&SubjectState { member, key: Some(key) }) {
                results.push(SubjectResult {
                    kind: "api_key",
                    id,
                    properties: None,
                });
            }
        }
        Ok(self.paging.response(results, page.next.as_ref()))
    }
}
