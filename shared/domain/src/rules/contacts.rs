//! Registering, changing and deleting contacts, and the contact that a former member becomes (`coaching-site`).

use crate::changes::{Changes, Pair};
use crate::contact::Contact;
use crate::email::EmailAddress;
use crate::event::{EntityRef, EventKind, Recorder};
use crate::former::FormerMember;
use crate::id::{NewIds, UserId};
use crate::member::Member;
use crate::organization::Organization;
use crate::roleset::permission;
use crate::rules::DecisionContext;
use crate::rules::audit;
use crate::rules::members::{self, MemberRefusal};
use crate::text::{ContactId, Name, Subject};
use crate::user_name::NamedUser;
use jiff::Timestamp;

/// The editor of contacts.
#[derive(Clone, Copy)]
pub enum ContactEditor<'a> {
    /// A member.
    Member(DecisionContext<'a>),
    /// The platform, which knows which people have an account.
    Platform {
        /// The user its token was issued to.
        id: UserId,
        /// The organization.
        organization: &'a Organization,
        /// The instant of the decision.
        now: Timestamp,
    },
}

impl<'a> ContactEditor<'a> {
    fn may_manage(&self) -> bool {
        match self {
            Self::Member(ctx) => may_manage(ctx),
            Self::Platform { .. } => true,
        }
    }

    /// Whether the editor may vouch for accounts: a limited key may not.
    fn may_vouch(&self) -> bool {
        match self {
            Self::Member(ctx) => ctx.is_unrestricted(),
            Self::Platform { .. } => true,
        }
    }

    fn voucher(&self) -> Option<UserId> {
        match self {
            Self::Member(ctx) => Some(ctx.actor.id),
            Self::Platform { .. } => None,
        }
    }

    /// These changes, on condition that the member who makes them is still as they were read.
    fn made_by(&self, changes: Changes) -> Changes {
        match self {
            Self::Member(ctx) => changes.relying_on(ctx.relied_on()),
            Self::Platform { .. } => changes,
        }
    }

    fn place(&self) -> (&'a Organization, Timestamp) {
        match self {
            Self::Member(ctx) => (ctx.organization, ctx.now),
            Self::Platform { organization, now, .. } => (organization, *now),
        }
    }

    fn recorder<'i>(&self, ids: &'i mut dyn NewIds) -> Recorder<'i> {
        let (organization, now) = self.place();
        let actor_ref = match self {
            Self::Member(ctx) => ctx.actor_ref(),
            Self::Platform { id, .. } => EntityRef::platform(*id),
        };
        Recorder::new(organization.id, actor_ref, now, ids)
    }
}

/// Whether the actor may register, change and delete contacts.
#[must_use]
pub fn may_manage(ctx: &DecisionContext<'_>) -> bool {
    ctx.authority().allows(permission::CONTACTS_MANAGE, None)
}

/// The requested state of a contact; fields that are none stay unchanged, and are empty in a new contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    /// Their address.
    pub email: EmailAddress,
    /// Name for people; an inner none removes it.
    pub name: Option<Option<Name>>,
    /// Their account; an inner none removes it.
    pub user: Option<Option<NamedUser>>,
}

/// The reason for not changing a contact.
#[derive(Debug, PartialEq, Eq)]
pub enum ContactRefusal {
    /// The editor has no permission for it.
    Forbidden,
    /// There is no such contact.
    NotFound,
    /// The address belongs to this other contact.
    EmailTaken(ContactId),
}

/// Registers a contact, or updates it. `at` is the contact that has the address, if one does.
///
/// # Errors
/// [`ContactRefusal::Forbidden`], [`ContactRefusal::EmailTaken`].
pub fn put(
    keeper: &ContactEditor<'_>,
    id: ContactId,
    found: Option<&Contact>,
    at: Option<&Contact>,
    details: Details,
    ids: &mut dyn NewIds,
) -> Result<(Contact, Changes), ContactRefusal> {
    if !keeper.may_manage() {
        return Err(ContactRefusal::Forbidden);
    }
    if let Some(other) = at.filter(|other| other.id != id) {
        return Err(ContactRefusal::EmailTaken(other.id.clone()));
    }
    let Acquainted {
        user,
        subject,
        vouched,
        vouched_by,
    } = acquainted(keeper, found, &details)?;
    let Details { email, name, .. } = details;
    let name = name.unwrap_or_else(|| found.and_then(|before| before.name.clone()));
    let (organization, now) = keeper.place();
    let after = Contact {
        organization: organization.id,
        id,
        email,
        name,
        user,
        subject,
        vouched,
        vouched_by,
        created_at: found.map_or(now, |before| before.created_at),
        version: found.map_or(0, |before| before.version),
    };
    let (after, changes) = written(found, after, &mut keeper.recorder(ids));
    Ok((after, keeper.made_by(changes)))
}

/// The account of a contact, and its voucher.
#[derive(Default)]
struct Acquainted {
    user: Option<UserId>,
    subject: Option<Subject>,
    vouched: bool,
    vouched_by: Option<UserId>,
}

/// The account after the change. An editor who names it, or who moves a vouched one to another address, vouches for it from
/// then on. An unchanged account keeps its voucher, unless the platform names the same account.
fn acquainted(
    keeper: &ContactEditor<'_>,
    found: Option<&Contact>,
    details: &Details,
) -> Result<Acquainted, ContactRefusal> {
    let before = found.map_or_else(Acquainted::default, |contact| Acquainted {
        user: contact.user,
        subject: contact.subject.clone(),
        vouched: contact.vouched,
        vouched_by: contact.vouched_by,
    });
    let moves = before.vouched && found.is_some_and(|contact| contact.email != details.email);
    let named = match &details.user {
        Some(None) => return Ok(Acquainted::default()),
        Some(Some(named)) => Some(named),
        None => None,
    };
    let user = named.map(|named| named.id).or(before.user);
    let same = before.subject.clone().filter(|_| user == before.user);
    // The subject follows from the account, so an editor who adds it to a known account vouches for nothing.
    let subject = named.and_then(|named| named.subject.clone()).or(same);
    let names = named.is_some() && (!before.vouched || user != before.user || keeper.voucher().is_none());
    if !(names || moves) {
        return Ok(Acquainted { subject, ..before });
    }
    if !keeper.may_vouch() {
        return Err(ContactRefusal::Forbidden);
    }
    Ok(Acquainted {
        user,
        subject,
        vouched: true,
        vouched_by: keeper.voucher(),
    })
}

/// Deletes a contact. A membership of the same person stays as it is.
///
/// # Errors
/// [`ContactRefusal::Forbidden`], [`ContactRefusal::NotFound`].
pub fn delete(
    keeper: &ContactEditor<'_>,
    found: Option<&Contact>,
    ids: &mut dyn NewIds,
) -> Result<Changes, ContactRefusal> {
    if !keeper.may_manage() {
        return Err(ContactRefusal::Forbidden);
    }
    let before = found.ok_or(ContactRefusal::NotFound)?;
    let subject = EntityRef::contact(&before.id);
    let event = keeper
        .recorder(ids)
        .event(EventKind::ContactDeleted, subject, Some(audit::contact(before)), None);
    Ok(keeper.made_by(Changes {
        contacts: vec![Pair::removed(before.clone())],
        events: vec![event],
        ..Changes::default()
    }))
}

/// The contacts and the record that matter when a membership ends.
#[derive(Default)]
pub struct ExistingContacts<'a> {
    /// The contact that has the member's address.
    pub at: Option<&'a Contact>,
    /// The contact that has the member's id.
    pub own: Option<&'a Contact>,
    /// The record of the member's earlier memberships.
    pub former: Option<&'a FormerMember>,
}

/// Ends a membership as [`members::remove`] does, keeps the person with their account as a contact, and records whether they left on
/// their own.
///
/// # Errors
/// [`MemberRefusal`].
pub fn remove_leaving_contact(
    ctx: &DecisionContext<'_>,
    found: Option<&Member>,
    known: &ExistingContacts<'_>,
    ids: &mut dyn NewIds,
) -> Result<Changes, MemberRefusal> {
    let changes = members::remove(ctx, found, ids)?;
    Ok(match found {
        Some(member) => changes.and(contact_left_by(ctx, member, known, ids)).and(Changes {
            former_members: vec![former_member(ctx, member, known.former)],
            ..Changes::default()
        }),
        None => changes,
    })
}

fn former_member(ctx: &DecisionContext<'_>, member: &Member, before: Option<&FormerMember>) -> Pair<FormerMember> {
    let requires_invitation = member.id == ctx.actor.id;
    Pair {
        before: before.cloned(),
        after: Some(FormerMember::of(member, before, requires_invitation, ctx.now)),
    }
}

/// The contact that a former member becomes: the one at their address, or a new one. This vouches for no account.
///
/// Another person may have had the address before. If their membership left the contact behind, it is deleted. If it was
/// registered for the address, it loses its account: a member who picks it could mean either person.
fn contact_left_by(
    ctx: &DecisionContext<'_>,
    member: &Member,
    known: &ExistingContacts<'_>,
    ids: &mut dyn NewIds,
) -> Changes {
    let Some(at) = known.at else {
        return new_contact(ctx, member, known, ids);
    };
    if at.vouched {
        return Changes::default();
    }
    let user = match at.user {
        Some(other) if other != member.id && is_of(at, other) => {
            let subject = EntityRef::contact(&at.id);
            let mut record = ctx.recorder(ids);
            let gone = Changes {
                contacts: vec![Pair::removed(at.clone())],
                events: vec![record.event(EventKind::ContactDeleted, subject, Some(audit::contact(at)), None)],
                ..Changes::default()
            };
            return gone.and(new_contact(ctx, member, known, ids));
        }
        Some(other) if other != member.id => None,
        Some(_) | None => Some(member.id),
    };
    let known = member.subject.clone().or_else(|| at.subject.clone());
    let after = Contact {
        user,
        subject: known.filter(|_| user.is_some()),
        vouched_by: None,
        ..at.clone()
    };
    written(Some(at), after, &mut ctx.recorder(ids)).1
}

fn new_contact(
    ctx: &DecisionContext<'_>,
    member: &Member,
    known: &ExistingContacts<'_>,
    ids: &mut dyn NewIds,
) -> Changes {
    let Some(id) = free_id(member, known, ids) else {
        return Changes::default();
    };
    let contact = Contact {
        organization: member.organization,
        id,
        email: member.email.clone(),
        name: member.name.clone(),
        user: Some(member.id),
        subject: member.subject.clone(),
        vouched: false,
        vouched_by: None,
        created_at: ctx.now,
        version: 0,
    };
    written(None, contact, &mut ctx.recorder(ids)).1
}

/// Whether a membership of this user left the contact behind, under their id.
fn is_of(contact: &Contact, user: UserId) -> bool {
    contact.id.as_str().starts_with(&user.to_string())
}

/// The user's id as text, with a number appended if a contact of theirs with another address has it already.
fn free_id(member: &Member, known: &ExistingContacts<'_>, ids: &mut dyn NewIds) -> Option<ContactId> {
    let text = match known.own {
        None => member.id.to_string(),
        Some(_) => format!("{}~{}", member.id, ids.uuid().simple()),
    };
    text.parse().ok()
}

/// The contact after the change, with the changes that write it; no changes if it is the same already.
fn written(before: Option<&Contact>, after: Contact, record: &mut Recorder<'_>) -> (Contact, Changes) {
    if before == Some(&after) {
        return (after, Changes::default());
    }
    let after = Contact {
        version: after.version + 1,
        ..after
    };
    let kind = if before.is_some() {
        EventKind::ContactUpdated
    } else {
        EventKind::ContactCreated
    };
    let event = record.event(
        kind,
        EntityRef::contact(&after.id),
        before.map(audit::contact),
        Some(audit::contact(&after)),
    );
    let changes = Changes {
        contacts: vec![Pair {
            before: before.cloned(),
            after: Some(after.clone()),
        }],
        events: vec![event],
        ..Changes::default()
    };
    (after, changes)
}
