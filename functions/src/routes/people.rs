//! The list of people: members and pending invitations, searched, filtered and sorted (`program-delivery`).

use super::lookup::{name_keys, names_beside, resource_names};
use super::members::view;
use crate::api::person::{CountsResponse, PeopleResponse, PeopleView, PersonInFile, PersonRow};
use crate::api::resource::ResourceNames;
use crate::openapi::query::BY_SUBJECT;
use muster_domain::people::{FilterContext, Selection};
use muster_domain::violation::Violation;
use muster_domain::{Member, OrganizationId, Person, ResourceRef, Subject, Timestamp, UserId, permission};
use muster_edge::org_context::Visibility;
use muster_edge::query::Query;
use muster_edge::{Call, OrgContext, Outcome, Problem, Reply, User};
use muster_store::{Cursor, Key, People, PeopleQuery, ReadSet, Store, StoreError};
use std::collections::BTreeSet;

/// Parameters of the list that select people and sort them.
pub const SELECTING: [&str; 7] = ["q", "status", "role", "invite_status", "joined_in", "resource", "sort"];

/// The selection that a query asks for.
pub(super) fn selected(query: &Query<'_>) -> Selection {
    let text = |name: &str| query.get(name).map(ToOwned::to_owned);
    let roles = query.get("role").into_iter().flat_map(|text| text.split(','));
    Selection {
        q: text("q"),
        status: text("status"),
        role: roles.map(ToOwned::to_owned).collect(),
        invite_status: text("invite_status"),
        joined_in: text("joined_in"),
        resource: text("resource"),
        sort: text("sort"),
    }
}

/// The list of all people that a query selects.
///
/// # Errors
/// 400, naming each invalid parameter.
pub(super) fn people_query(
    query: &Query<'_>,
    organization: OrganizationId,
    now: Timestamp,
) -> Result<PeopleQuery, Problem> {
    let (filter, order) = selected(query).read(now).map_err(Problem::invalid_query)?;
    Ok(PeopleQuery {
        order,
        ..PeopleQuery::of(organization, filter)
    })
}

/// The user whose subject a query asks for.
fn by_subject(call: &Call, query: &Query<'_>) -> Result<Option<UserId>, Problem> {
    let subject = query.get(BY_SUBJECT.name).map(str::parse::<Subject>).transpose();
    let subject = subject.map_err(|error| {
        Problem::invalid_query([Violation::field(BY_SUBJECT.name, "invalid_value", error.to_string())])
    })?;
    Ok(subject.map(|subject| UserId::of(call.issuer(), subject.as_str())))
}

/// Lists people. A caller whose roles are limited to resources sees the people who share one of them.
///
/// A subject determines a user's id, so the member who has it is read with what authorizes the request.
pub async fn list(call: Call, user: User) -> Outcome {
    let id: OrganizationId = call.path("org")?;
    let query = call.query(&[&SELECTING[..], &[BY_SUBJECT.name, "limit", "cursor"]].concat())?;
    let (cursor, limit) = (query.cursor()?, query.limit()?);
    let everybody = people_query(&query, id, call.now)?;
    let wanted = by_subject(&call, &query)?;
    let mut keys = vec![Key::counts(id)];
    keys.extend(everybody.filter.resource.iter().map(|key| Key::resource(id, key)));
    keys.extend(wanted.map(|member| Key::member(id, member)));
    let (org, read) = call.read_in_org(&user, id, keys).await?;
    let mut list = List::of(&org, &read, everybody)?;
    let store = call.app.store();
    let page = match wanted {
        Some(_) if !org.sees_subjects() => {
            let detail =
                "finding a member by subject requires the permission `members:manage` on the whole organization";
            return Err(Problem::forbidden(detail));
        }
        Some(member) => {
            let page = list.only(read.member(id, member)?);
            let keys = name_keys(list.resources(&page.rows).into_iter().map(|on| (id, on)));
            list.view.names = resource_names(store, &keys).await?;
            page
        }
        None => {
            let beside = names_beside(store, &org, &list.visibility);
            let (page, beside) = futures::try_join!(list.page(store, cursor.as_ref(), limit), beside)?;
            list.view.names = beside.completed(store, id, list.resources(&page.rows)).await?;
            page
        }
    };
    let whole = matches!(list.visibility, Visibility::All);
    Reply::json(
        200,
        &PeopleResponse {
            partial: page.next.is_some() && page.rows.len() < limit,
            items: page.rows.iter().map(|person| list.row(person)).collect(),
            seats: org.organization.seats().into(),
            counts: whole.then(|| CountsResponse::of(&read.counts(id), org.set)),
            next_cursor: query.seal(page.next.as_ref()),
        },
    )
}

/// A list of people as the caller sees it.
pub(crate) struct List<'a> {
    view: PeopleView<'a>,
    visibility: Visibility<'a>,
    /// The caller, if they see their own row in full.
    oneself: Option<UserId>,
    /// The owner of the caller's key, if the key does not show its owner.
    hidden: Option<UserId>,
    asked: PeopleQuery,
}

impl<'a> List<'a> {
    /// The requested list. `read` holds the resource that it is filtered by, if any.
    ///
    /// # Errors
    /// 403 for a caller who sees no members; 400 for a role that the role set does not have.
    pub(crate) fn of(org: &'a OrgContext, read: &ReadSet, asked: PeopleQuery) -> Result<Self, Problem> {
        let visibility = org.visibility(permission::MEMBERS_READ)?;
        let unknown = asked.filter.unknown_roles(org.set);
        if !unknown.is_empty() {
            return Err(Problem::invalid_query(unknown));
        }
        let member = org.member().ok();
        let own = member.filter(|_| org.covers_all_roles());
        let mut list = Self {
            view: view(org, ResourceNames::default()),
            visibility,
            oneself: own.map(|member| member.id),
            hidden: org
                .decision_context()
                .ok()
                .filter(|ctx| !ctx.reaches_oneself())
                .map(|ctx| ctx.actor.id),
            asked,
        };
        list.asked.roles_by_row = matches!(list.visibility, Visibility::Some(_));
        list.asked.within = match (list.within(read)?, &list.visibility) {
            (Some(on), _) => Some(on),
            (None, Visibility::All) => None,
            // A caller who does not see everyone shares one of these resources with each person they see.
            (None, Visibility::Some(_)) => {
                let grants = member.iter().flat_map(|member| &member.grants);
                let held = grants.map(|grant| &grant.resource);
                // A role on the whole organization reaches no further than the key it is used through.
                let limits = org.key.iter().flat_map(|key| &key.limits.resources);
                let own: BTreeSet<ResourceRef> = held.chain(limits).cloned().collect();
                Some(own.into_iter().filter(|on| list.is_visible(on)).collect())
            }
        };
        Ok(list)
    }

    /// The list for a reader who sees everyone.
    ///
    /// # Errors
    /// [`StoreError::Malformed`].
    pub(crate) fn whole(view: PeopleView<'a>, read: &ReadSet, asked: PeopleQuery) -> Result<Self, StoreError> {
        let mut list = Self {
            view,
            visibility: Visibility::All,
            oneself: None,
            hidden: None,
            asked,
        };
        list.asked.within = list.within(read)?;
        Ok(list)
    }

    /// The resource that the list is filtered by, if it exists and is visible.
    fn within(&self, read: &ReadSet) -> Result<Option<Vec<ResourceRef>>, StoreError> {
        let Some(key) = &self.asked.filter.resource else {
            return Ok(None);
        };
        let found = read.resource(self.asked.organization, key)?;
        let known = found.map(|resource| resource.reference);
        Ok(Some(known.into_iter().filter(|on| self.is_visible(on)).collect()))
    }

    fn is_visible(&self, resource: &ResourceRef) -> bool {
        self.visibility.includes(permission::MEMBERS_READ, [resource])
    }

    /// A page of the list.
    ///
    /// # Errors
    /// [`StoreError`] if DynamoDB does not answer.
    pub(crate) async fn page(&self, store: &Store, after: Option<&Cursor>, limit: usize) -> Result<People, StoreError> {
        store
            .people(&self.asked, after, limit, |person| self.matches(person))
            .await
    }

    /// The list of this member, if they are on the list.
    fn only(&self, member: Option<Member>) -> People {
        let person = member.map(|member| Person::Member(Box::new(member)));
        People {
            rows: person.into_iter().filter(|person| self.matches(person)).collect(),
            next: None,
        }
    }

    /// Whether a person is on the list.
    fn matches(&self, person: &Person) -> bool {
        let setting = FilterContext {
            organization: self.view.organization,
            set: self.view.set,
            now: self.view.now,
        };
        let shared = match person {
            Person::Member(m) => self
                .visibility
                .includes(permission::MEMBERS_READ, m.grants.iter().map(|g| &g.resource)),
            Person::Invitation(i) => self.visibility.includes(permission::MEMBERS_READ, &i.resources),
        };
        (shared || self.is_oneself(person))
            && !matches!(person, Person::Member(m) if Some(m.id) == self.hidden)
            && setting.matches(&self.asked.filter, person, |on| {
                self.is_oneself(person) || self.is_visible(on)
            })
    }

    fn is_oneself(&self, person: &Person) -> bool {
        matches!(person, Person::Member(m) if Some(m.id) == self.oneself)
    }

    /// The resources that these rows show.
    fn resources<'p>(&self, rows: &'p [Person]) -> Vec<&'p ResourceRef> {
        let mut shown = Vec::new();
        for person in rows {
            let visible = |on: &&ResourceRef| self.is_oneself(person) || self.is_visible(on);
            shown.extend(resources_of(person).into_iter().filter(visible));
        }
        shown
    }

    /// A person as a file of the list has them.
    pub(crate) fn in_file<'p>(&self, person: &'p Person) -> PersonInFile<'p> {
        let is_visible = |on: &ResourceRef| self.is_oneself(person) || self.is_visible(on);
        self.view.in_file(person, is_visible)
    }

    /// The row of a person.
    fn row(&self, person: &Person) -> PersonRow {
        let is_visible = |on: &ResourceRef| self.is_oneself(person) || self.is_visible(on);
        match person {
            Person::Member(member) => PersonRow::Member(Box::new(self.view.member_row(member, is_visible))),
            Person::Invitation(invitation) => {
                PersonRow::Invitation(Box::new(self.view.invitation_row(invitation, is_visible)))
            }
        }
    }
}

/// The resources on which a person holds, or is offered, a role.
fn resources_of(person: &Person) -> Vec<&ResourceRef> {
    match person {
        Person::Member(member) => member.grants.iter().map(|grant| &grant.resource).collect(),
        Person::Invitation(invitation) => invitation.resources.iter().collect(),
    }
}
