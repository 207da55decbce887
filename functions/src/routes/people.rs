//! The list of people: members and pending invitations, searched, filtered and sorted (004).

use super::members::view;
use crate::shapes::member::{CountsBody, PeopleBody, PersonRow, View};
use muster_domain::people::{Selection, Setting};
use muster_domain::{OrganizationId, Person, ResourceRef, Timestamp, UserId, permission};
use muster_edge::call::Query;
use muster_edge::inside::Sight;
use muster_edge::{Call, Inside, Outcome, Problem, Reply};
use muster_store::{Asked, Cursor, Key, People, Snapshot, Store, StoreError};
use std::collections::BTreeSet;

/// Parameters of the list that say who is meant, and in which order.
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

/// The list of everybody whom a query selects.
///
/// # Errors
/// 400, naming each parameter that cannot be asked for.
pub(super) fn asked(query: &Query<'_>, organization: OrganizationId, now: Timestamp) -> Result<Asked, Problem> {
    let (filter, order) = selected(query).read(now).map_err(Problem::invalid_query)?;
    Ok(Asked {
        order,
        ..Asked::of(organization, filter)
    })
}

/// Lists people. One whose power is limited to resources sees those they share one with.
pub async fn list(call: Call) -> Outcome {
    let user = call.caller().await?;
    let id: OrganizationId = call.path("org")?;
    let query = call.query(&[&SELECTING[..], &["limit", "cursor"]].concat())?;
    let (cursor, limit) = (query.cursor()?, query.limit()?);
    let everybody = asked(&query, id, call.now)?;
    let mut keys = vec![Key::counts(id)];
    keys.extend(everybody.filter.resource.iter().map(|key| Key::resource(id, key)));
    let (inside, seen) = call.inside(&user, id, keys).await?;
    let list = List::of(&inside, &seen, everybody)?;
    let page = list.page(call.app.store(), cursor.as_ref(), limit).await?;
    let whole = matches!(list.sight, Sight::All);
    Reply::json(
        200,
        &PeopleBody {
            partial: page.next.is_some() && page.rows.len() < limit,
            items: page.rows.iter().map(|person| list.row(person)).collect(),
            seats: inside.organization.seats().into(),
            counts: whole.then(|| CountsBody::of(&seen.counts(id), inside.set)),
            next_cursor: query.seal(page.next.as_ref()),
        },
    )
}

/// A list of people as somebody sees it.
pub(crate) struct List<'a> {
    view: View<'a>,
    sight: Sight<'a>,
    /// Who sees themselves whole.
    oneself: Option<UserId>,
    /// Whose key it is through which nobody sees them.
    hidden: Option<UserId>,
    asked: Asked,
}

impl<'a> List<'a> {
    /// The list that is asked for; `seen` holds the resource that it is asked of, if there is one.
    ///
    /// # Errors
    /// 403 for one who sees no members; 400 for a role that the role set does not know.
    pub(crate) fn of(inside: &'a Inside, seen: &Snapshot, asked: Asked) -> Result<Self, Problem> {
        let sight = inside.sight(permission::MEMBERS_READ)?;
        let unknown = asked.filter.unknown_roles(inside.set);
        if !unknown.is_empty() {
            return Err(Problem::invalid_query(unknown));
        }
        let member = inside.member().ok();
        let own = member.filter(|_| inside.is_everywhere());
        let mut list = Self {
            view: view(inside),
            sight,
            oneself: own.map(|member| member.id),
            hidden: inside
                .scene()
                .ok()
                .filter(|scene| !scene.reaches_oneself())
                .map(|scene| scene.actor.id),
            asked,
        };
        list.asked.roles_by_row = matches!(list.sight, Sight::Some(_));
        list.asked.within = match (list.within(seen)?, &list.sight) {
            (Some(on), _) => Some(on),
            (None, Sight::All) => None,
            // Whoever does not see everybody shares one of these resources with whomever they see.
            (None, Sight::Some(_)) => {
                let grants = member.iter().flat_map(|member| &member.grants);
                let held = grants.map(|grant| &grant.resource);
                // A role on the whole organization reaches no further than the key it is used through.
                let limits = inside.key.iter().flat_map(|key| &key.limits.resources);
                let own: BTreeSet<ResourceRef> = held.chain(limits).cloned().collect();
                Some(own.into_iter().filter(|on| list.is_in_sight(on)).collect())
            }
        };
        Ok(list)
    }

    /// The list for one who sees everybody.
    ///
    /// # Errors
    /// [`StoreError::Malformed`].
    pub(crate) fn whole(view: View<'a>, seen: &Snapshot, asked: Asked) -> Result<Self, StoreError> {
        let mut list = Self {
            view,
            sight: Sight::All,
            oneself: None,
            hidden: None,
            asked,
        };
        list.asked.within = list.within(seen)?;
        Ok(list)
    }

    /// The resource that is asked for, as far as it is there and in sight.
    fn within(&self, seen: &Snapshot) -> Result<Option<Vec<ResourceRef>>, StoreError> {
        let Some(key) = &self.asked.filter.resource else {
            return Ok(None);
        };
        let found = seen.resource(self.asked.organization, key)?;
        let known = found.map(|resource| resource.reference);
        Ok(Some(known.into_iter().filter(|on| self.is_in_sight(on)).collect()))
    }

    fn is_in_sight(&self, resource: &ResourceRef) -> bool {
        self.sight.reaches(permission::MEMBERS_READ, [resource])
    }

    /// A page of it.
    ///
    /// # Errors
    /// [`StoreError`] if DynamoDB does not answer.
    pub(crate) async fn page(&self, store: &Store, after: Option<&Cursor>, limit: usize) -> Result<People, StoreError> {
        store
            .people(&self.asked, after, limit, |person| self.means(person))
            .await
    }

    /// Whether somebody is on the list.
    fn means(&self, person: &Person) -> bool {
        let setting = Setting {
            organization: self.view.organization,
            set: self.view.set,
            now: self.view.now,
        };
        let shared = match person {
            Person::Member(m) => self
                .sight
                .reaches(permission::MEMBERS_READ, m.grants.iter().map(|g| &g.resource)),
            Person::Invitation(i) => self.sight.reaches(permission::MEMBERS_READ, &i.resources),
        };
        (shared || self.is_oneself(person))
            && !matches!(person, Person::Member(m) if Some(m.id) == self.hidden)
            && setting.means(&self.asked.filter, person, |on| {
                self.is_oneself(person) || self.is_in_sight(on)
            })
    }

    fn is_oneself(&self, person: &Person) -> bool {
        matches!(person, Person::Member(m) if Some(m.id) == self.oneself)
    }

    /// The row of somebody.
    pub(crate) fn row(&self, person: &Person) -> PersonRow {
        let in_sight = |on: &ResourceRef| self.is_oneself(person) || self.is_in_sight(on);
        match person {
            Person::Member(member) => self.view.member_row(member, in_sight),
            Person::Invitation(invitation) => self.view.invitation_row(invitation, in_sight),
        }
    }
}
