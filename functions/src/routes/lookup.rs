//! Look-ups that several handlers share: the resources a request names, and the holders of addresses.

use crate::api::ResourceName;
use crate::api::resource::ResourceNames;
use muster_domain::email::Rejected;
use muster_domain::resource::MAX_RESOURCES;
use muster_domain::rules::invitations::create::Holder;
use muster_domain::rules::{DecisionContext, hierarchy, invitations};
use muster_domain::violation::Violation;
use muster_domain::{
    EmailAddress, InvitationId, OrganizationId, Person, PersonId, Resource, ResourceKey, ResourceRef, permission,
};
use muster_edge::org_context::Visibility;
use muster_edge::{OrgContext, Problem};
use muster_store::items::ClaimHolder;
use muster_store::{Key, ReadSet, Store, StoreError};
use std::collections::{BTreeMap, BTreeSet};

/// The result of a look-up, or the keys to read first.
pub(super) enum Lookup<T> {
    /// This was found.
    Ready(T),
    /// These must be read first.
    Needs(Vec<Key>),
}

impl<T> Lookup<T> {
    /// The result, unless more must be read.
    pub(super) fn of(found: T, more: Vec<Key>) -> Self {
        if more.is_empty() {
            Self::Ready(found)
        } else {
            Self::Needs(more)
        }
    }
}

/// The keys of the resources that a request names. The rules limit their number, too; here it bounds what is read.
///
/// # Errors
/// 422 for too many.
pub(super) fn resource_keys(resources: &[ResourceName]) -> Result<Vec<ResourceKey>, Problem> {
    if let Some(violation) = Violation::too_many("resources", resources.len(), MAX_RESOURCES) {
        return Err(Problem::invalid([violation]));
    }
    Ok(resources.iter().cloned().map(Into::into).collect())
}

/// Each resource with what was found under its name.
pub(super) fn resources_found(
    read: &ReadSet,
    organization: OrganizationId,
    keys: &[ResourceKey],
) -> Result<Vec<(ResourceKey, Option<Resource>)>, Problem> {
    keys.iter()
        .map(|key| Ok((key.clone(), read.resource(organization, key)?)))
        .collect()
}

/// The most resources that one response names: as many as one read brings.
const MAX_NAMED: usize = 100;

/// The keys of the resources that a response shows, as far as it names them.
pub(super) fn name_keys<'r>(shown: impl IntoIterator<Item = (OrganizationId, &'r ResourceRef)>) -> Vec<Key> {
    let mut known = BTreeSet::new();
    let shown = shown.into_iter().filter(|on| known.insert(*on)).take(MAX_NAMED);
    shown.map(|(id, on)| Key::resource(id, &on.key)).collect()
}

/// Reads the names of resources. It reads nothing if there are none.
pub(super) async fn resource_names(store: &Store, keys: &[Key]) -> Result<ResourceNames, StoreError> {
    if keys.is_empty() {
        return Ok(ResourceNames::default());
    }
    ResourceNames::of(&store.read(keys).await?)
}

/// The names of resources that are read beside a page of rows, before it is known which of them the rows show.
pub(super) struct NamesBeside {
    names: ResourceNames,
    /// Whether no row can show another resource.
    are_all: bool,
}

/// Reads the names that a page of rows is likely to show: those of the resources that the caller's roles are limited to, or of the first of
/// all resources. It takes no further round trip if it is read beside the page.
pub(super) async fn names_beside(
    store: &Store,
    org: &OrgContext,
    visibility: &Visibility<'_>,
) -> Result<NamesBeside, StoreError> {
    let id = org.organization.id;
    if org.set.resource_names().is_none() {
        return Ok(NamesBeside {
            names: ResourceNames::default(),
            are_all: true,
        });
    }
    if let Visibility::Some(authority) = visibility {
        let keys = name_keys(authority.resources().into_iter().map(|on| (id, on)));
        return Ok(NamesBeside {
            names: resource_names(store, &keys).await?,
            are_all: keys.len() < MAX_NAMED,
        });
    }
    let page = store.resources(id, None, MAX_NAMED).await?;
    Ok(NamesBeside {
        are_all: page.next.is_none(),
        names: page.items.into_iter().collect(),
    })
}

impl NamesBeside {
    /// The names of the resources that the rows show. Where the organization has many resources, some may have to be read still.
    pub(super) async fn completed(
        self,
        store: &Store,
        organization: OrganizationId,
        shown: Vec<&ResourceRef>,
    ) -> Result<ResourceNames, StoreError> {
        let unread = shown
            .into_iter()
            .filter(|on| !self.are_all && self.names.get(on).is_none());
        let keys = name_keys(unread.map(|on| (organization, on)));
        Ok(self.names.and(resource_names(store, &keys).await?))
    }
}

/// The holder of each address.
pub(super) type EmailHolders = BTreeMap<EmailAddress, Holder>;

/// The holder of each address that has one.
///
/// The holder's own item is needed for an invitation that has expired but has not been ended yet, and for a caller who does not see
/// all members.
pub(super) fn email_holders(
    ctx: &DecisionContext<'_>,
    read: &ReadSet,
    emails: &[Result<EmailAddress, Rejected>],
) -> Result<Lookup<EmailHolders>, Problem> {
    let id = ctx.organization.id;
    let authority = ctx.authority();
    let sees_all = authority.allows(permission::MEMBERS_READ, None);
    let mut holders = EmailHolders::new();
    let mut more = Vec::new();
    for email in emails.iter().flatten() {
        let Some(claim) = read.claim(id, email)? else {
            continue;
        };
        let has_expired = matches!(&claim.holder, ClaimHolder::Invitation { expires_at, .. } if *expires_at <= ctx.now);
        let (holder, person) = match claim.holder {
            ClaimHolder::Member { holder } => (Holder::Member(holder), PersonId::Member(holder)),
            ClaimHolder::Invitation { holder, .. } => (Holder::Invitation(holder), PersonId::Invitation(holder)),
        };
        if sees_all && !has_expired {
            holders.insert(email.clone(), holder);
            continue;
        }
        let key = Key::person(id, person);
        if !read.covers(std::slice::from_ref(&key)) {
            more.push(key);
            continue;
        }
        let holder = match read.person(id, person)? {
            // The holder disappeared between the two reads: the address is free, or the condition on its claim fails.
            None => continue,
            Some(Person::Invitation(invitation)) if has_expired => Holder::ExpiredInvitation(invitation),
            Some(Person::Invitation(invitation)) if invitations::may_see(&authority, &invitation) => holder,
            Some(Person::Invitation(_)) => Holder::HiddenInvitation,
            Some(Person::Member(member)) if hierarchy::may_see(ctx, &member) => holder,
            Some(Person::Member(member)) => Holder::HiddenMember(member),
        };
        holders.insert(email.clone(), holder);
    }
    Ok(Lookup::of(holders, more))
}

/// The two keys of an invitation: pending and ended.
pub(super) fn invitation_keys(organization: OrganizationId, id: InvitationId) -> Vec<Key> {
    vec![
        Key::pending_invitation(organization, id),
        Key::past_invitation(organization, id),
    ]
}
