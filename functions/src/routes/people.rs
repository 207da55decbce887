//! The list of people: members and pending invitations, searched, filtered and sorted (004).

use super::members::view;
use crate::shapes::member::{CountsBody, PeopleBody, PersonRow};
use muster_domain::people::{Filter, InviteStatus, Order, Period, Setting};
use muster_domain::rules::Fault;
use muster_domain::{OrganizationId, Person, ResourceKey, ResourceRef, RoleId, Status, permission, search};
use muster_edge::call::Query;
use muster_edge::inside::Sight;
use muster_edge::{Call, Inside, Outcome, Problem, Reply};
use muster_store::{Asked, Cursor, Key, People, Snapshot, Store, StoreError};
use std::collections::BTreeSet;

/// Parameters of the list that say who is meant, and in which order.
pub(crate) const FILTERS: &[&str] = &["q", "status", "role", "invite_status", "joined_in", "resource", "sort"];
/// Longest text that is searched for, in characters.
const MAX_QUERY: usize = 200;
/// Most words that are searched for at once: each is a query.
const MAX_TERMS: usize = 8;
/// Most roles that are asked for at once.
const MAX_ROLES: usize = 16;

/// Lists people. One whose power is limited to resources sees those they share one with.
pub async fn list(call: Call) -> Outcome {
    let user = call.caller().await?;
    let id: OrganizationId = call.path("org")?;
    let query = call.query(&[FILTERS, &["limit", "cursor"]].concat())?;
    let (cursor, limit) = (query.cursor()?, query.limit()?);
    let (filter, order) = (filter(&query, call.now)?, order(&query)?);
    let mut keys = vec![Key::counts(id)];
    keys.extend(filter.resource.iter().map(|key| Key::resource(id, key)));
    let everybody = Asked {
        organization: id,
        filter,
        order,
        within: None,
    };
    // While it is read who asks, what is asked of everybody can be looked for; a resource must be known first.
    let store = call.app.store();
    let early = async {
        match everybody.filter.resource {
            None => store.candidates(&everybody, cursor.as_ref(), limit).await.map(Some),
            Some(_) => Ok(None),
        }
    };
    let (inside, early) = tokio::join!(call.inside(&user, id, keys), early);
    let (inside, seen) = inside?;
    let list = List::of(&inside, &seen, everybody)?;
    let page = match early?.filter(|_| list.asked.within.is_none()) {
        Some(candidates) => {
            store
                .people_of(&list.asked, candidates, limit, |person| list.means(person))
                .await?
        }
        None => list.page(store, cursor.as_ref(), limit).await?,
    };
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

/// A list of people as one member sees it.
pub(crate) struct List<'a> {
    inside: &'a Inside,
    sight: Sight<'a>,
    asked: Asked,
}

impl<'a> List<'a> {
    /// The list that is asked for; `seen` holds the resource that it is asked of, if there is one.
    ///
    /// # Errors
    /// 403 for one who sees no members; 400 for a role that the role set does not know.
    pub(crate) fn of(inside: &'a Inside, seen: &Snapshot, asked: Asked) -> Result<Self, Problem> {
        let sight = inside.sight(permission::MEMBERS_READ)?;
        let unknown = |role: &&RoleId| inside.set.role(role).is_none();
        let unknown: Vec<Fault> = asked
            .filter
            .roles
            .iter()
            .filter(unknown)
            .map(|role| {
                Fault::field(
                    "role",
                    "unknown_role",
                    format!("`{role}` is not a role of this role set"),
                )
            })
            .collect();
        if !unknown.is_empty() {
            return Err(Problem::invalid_query(unknown));
        }
        let mut list = Self { inside, sight, asked };
        list.asked.within = match &list.asked.filter.resource {
            Some(key) => {
                let found = seen.resource(inside.organization.id, key)?;
                let known = found.map(|resource| resource.reference);
                Some(known.into_iter().filter(|on| list.is_in_sight(on)).collect())
            }
            None => list.shared(),
        };
        Ok(list)
    }

    /// The resources that the caller must share one of with whomever they see; none if they see everybody.
    fn shared(&self) -> Option<Vec<ResourceRef>> {
        if matches!(self.sight, Sight::All) {
            return None;
        }
        let member = self.inside.member().ok()?;
        let own: BTreeSet<ResourceRef> = member.grants.iter().map(|grant| grant.resource.clone()).collect();
        Some(own.into_iter().filter(|on| self.is_in_sight(on)).collect())
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
        let inside = self.inside;
        let setting = Setting {
            organization: &inside.organization,
            set: inside.set,
            now: inside.now,
        };
        let shared = match person {
            Person::Member(m) => self
                .sight
                .reaches(permission::MEMBERS_READ, m.grants.iter().map(|g| &g.resource)),
            Person::Invitation(i) => self.sight.reaches(permission::MEMBERS_READ, &i.resources),
        };
        (shared || self.is_oneself(person))
            && setting.means(&self.asked.filter, person, |on| {
                self.is_oneself(person) || self.is_in_sight(on)
            })
    }

    fn is_oneself(&self, person: &Person) -> bool {
        let own = self.inside.member().ok().map(|member| member.id);
        matches!(person, Person::Member(m) if Some(m.id) == own) && self.inside.is_everywhere()
    }

    /// The row of somebody.
    pub(crate) fn row(&self, person: &Person) -> PersonRow {
        let in_sight = |on: &ResourceRef| self.is_oneself(person) || self.is_in_sight(on);
        match person {
            Person::Member(member) => view(self.inside).member_row(member, in_sight),
            Person::Invitation(invitation) => view(self.inside).invitation_row(invitation, in_sight),
        }
    }
}

fn invalid(name: &str, detail: impl Into<String>) -> Problem {
    Problem::invalid_query([Fault::field(name, "invalid_value", detail.into())])
}

/// Who is meant by the parameters of a list.
///
/// # Errors
/// 400, naming the parameter.
pub(crate) fn filter(query: &Query<'_>, now: muster_domain::Timestamp) -> Result<Filter, Problem> {
    let asked = query.get("q").unwrap_or_default();
    let terms = search::terms(asked);
    if asked.chars().count() > MAX_QUERY || terms.len() > MAX_TERMS {
        let detail = format!("must be at most {MAX_QUERY} characters and {MAX_TERMS} words");
        return Err(Problem::invalid_query([Fault::field("q", "too_long", detail)]));
    }
    let status = match query.one_of("status", &["", "active", "inactive"])? {
        "active" => Some(Status::Active),
        "inactive" => Some(Status::Inactive),
        _ => None,
    };
    let invite_status = match query.one_of("invite_status", &["", "accepted", "pending"])? {
        "accepted" => Some(InviteStatus::Accepted),
        "pending" => Some(InviteStatus::Pending),
        _ => None,
    };
    let role = |text: &str| {
        text.trim()
            .parse::<RoleId>()
            .map_err(|e| invalid("role", e.to_string()))
    };
    let roles = query.get("role").into_iter().flat_map(|text| text.split(','));
    let roles: BTreeSet<RoleId> = roles.map(role).collect::<Result<_, _>>()?;
    if roles.len() > MAX_ROLES {
        return Err(invalid("role", format!("must be at most {MAX_ROLES} roles")));
    }
    let period = |text| Period::parse(text, now).map_err(|e| invalid("joined_in", e.to_string()));
    Ok(Filter {
        terms,
        status,
        roles,
        invite_status,
        joined: query.get("joined_in").map(period).transpose()?,
        resource: query.get("resource").map(resource).transpose()?,
    })
}

fn resource(text: &str) -> Result<ResourceKey, Problem> {
    let parts = text.split_once(':');
    let key = parts.and_then(|(kind, id)| {
        Some(ResourceKey {
            kind: kind.parse().ok()?,
            id: id.parse().ok()?,
        })
    });
    key.ok_or_else(|| invalid("resource", "must be a type and an id, such as `program:spring`"))
}

/// The order asked for, if any.
///
/// # Errors
/// 400.
pub(crate) fn order(query: &Query<'_>) -> Result<Option<Order>, Problem> {
    let order = |text: &str| {
        text.parse()
            .map_err(|e: muster_domain::people::OrderError| invalid("sort", e.to_string()))
    };
    query.get("sort").map(order).transpose()
}
