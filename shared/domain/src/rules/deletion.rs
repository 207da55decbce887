//! Deleting an organization: all members lose access immediately. The data is erased later, and until then the platform can restore
//! it.

use crate::changes::{Changes, Pair};
use crate::event::{EntityRef, EventKind, Recorder};
use crate::id::{JobId, MailId, NewIds, UserId};
use crate::job::{Erasure, Job, Work};
use crate::mail::{Letter, Mail, MailState, Recipient};
use crate::member::Member;
use crate::organization::{Organization, gone_at};
use crate::roleset::{RoleSet, permission};
use crate::rules::DecisionContext;
use jiff::Timestamp;
use serde_json::json;

/// The most owners who get an email when the data is erased: their addresses are kept until then.
pub const MAX_FAREWELLS: usize = 50;

/// The reason for not deleting or restoring an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeletionRefusal {
    /// The actor has no permission for it, or the caller is not a signed-in user.
    Forbidden,
    /// It was not deleted.
    NotDeleted,
    /// Its data is being erased, or is gone.
    TooLate,
}

/// Whether the actor may delete the organization: a signed-in user with the permission may.
#[must_use]
pub fn may_delete(ctx: &DecisionContext<'_>) -> bool {
    ctx.is_signed_in() && ctx.authority().allows(permission::ORGANIZATION_DELETE, None)
}

/// Deletes an organization. From the next request on, only the platform can reach it (`client-practice`).
///
/// One that is deleted already stays as it is: its 30 days have begun.
///
/// # Errors
/// [`DeletionRefusal::Forbidden`].
pub fn delete(ctx: &DecisionContext<'_>, ids: &mut dyn NewIds) -> Result<Changes, DeletionRefusal> {
    if !may_delete(ctx) {
        return Err(DeletionRefusal::Forbidden);
    }
    let before = ctx.organization;
    if before.is_deleted() {
        return Ok(Changes::default());
    }
    let after = Organization {
        deleted_at: Some(ctx.now),
        version: before.version + 1,
        ..before.clone()
    };
    let work = Work::EraseOrganization {
        deleted_at: ctx.now,
        stage: Erasure::Tell { after: None },
    };
    let job = Job::new(JobId::from_uuid(ids.uuid()), before.id, work, ctx.now);
    let event = ctx.recorder(ids).event(
        EventKind::OrganizationDeleted,
        EntityRef::organization(before.id),
        Some(json!({ "name": before.name })),
        Some(json!({ "restorable_until": gone_at(ctx.now) })),
    );
    Ok(Changes {
        organization: Some(Pair::change(before.clone(), after)),
        jobs: vec![Pair::new(job)],
        events: vec![event],
        relied_on: ctx.relied_on(),
        ..Changes::default()
    })
}

/// Restores a deleted organization as it was, for the platform.
///
/// # Errors
/// [`DeletionRefusal::NotDeleted`], [`DeletionRefusal::TooLate`].
pub fn restore(
    before: &Organization,
    platform: UserId,
    now: Timestamp,
    ids: &mut dyn NewIds,
) -> Result<(Organization, Changes), DeletionRefusal> {
    let deleted_at = before.deleted_at.ok_or(DeletionRefusal::NotDeleted)?;
    if before.erasing || now >= gone_at(deleted_at) {
        return Err(DeletionRefusal::TooLate);
    }
    let after = Organization {
        deleted_at: None,
        version: before.version + 1,
        ..before.clone()
    };
    let mut record = Recorder::new(before.id, EntityRef::platform(platform), now, ids);
    let event = record.event(
        EventKind::OrganizationRestored,
        EntityRef::organization(before.id),
        Some(json!({ "deleted_at": deleted_at })),
        None,
    );
    // A background job sends the mail that was held meanwhile: the stream has already passed its records.
    let release = Job::new(
        JobId::from_uuid(ids.uuid()),
        before.id,
        Work::ReleaseMail { after: None },
        now,
    );
    let changes = Changes {
        organization: Some(Pair::change(before.clone(), after.clone())),
        jobs: vec![Pair::new(release)],
        events: vec![event],
        ..Changes::default()
    };
    Ok((after, changes))
}

/// Mail to these owners that their organization was deleted, with the instant until which it can be restored.
pub fn notify_owners(
    organization: &Organization,
    set: &RoleSet,
    members: &[Member],
    deleted_at: Timestamp,
    now: Timestamp,
    ids: &mut dyn NewIds,
) -> Changes {
    let owners = members.iter().filter(|m| m.is_active_owner(set));
    let letter = Letter::OrganizationDeleted {
        restorable_until: gone_at(deleted_at),
    };
    Changes {
        mail: owners
            .map(|m| mail(organization, &Recipient::of(m), letter.clone(), now, ids))
            .collect(),
        ..Changes::default()
    }
}

/// The beginning of the erasure: from here on the organization cannot be restored.
#[must_use]
pub fn begin(organization: &Organization) -> Option<Pair<Organization>> {
    (!organization.erasing).then(|| {
        let after = Organization {
            erasing: true,
            version: organization.version + 1,
            ..organization.clone()
        };
        Pair::change(organization.clone(), after)
    })
}

/// The end of the erasure: an event that stays, and a last email to the former owners. The organization's own item is deleted
/// with it.
pub fn end(
    organization: &Organization,
    deleted_at: Timestamp,
    owners: &[Recipient],
    now: Timestamp,
    ids: &mut dyn NewIds,
) -> Changes {
    let letter = Letter::OrganizationErased {
        name: organization.name.clone(),
    };
    let mail = owners
        .iter()
        .map(|owner| mail(organization, owner, letter.clone(), now, ids))
        .collect();
    let mut record = Recorder::new(organization.id, EntityRef::system("finish-work"), now, ids);
    let event = record.event(
        EventKind::OrganizationErased,
        EntityRef::organization(organization.id),
        Some(json!({ "deleted_at": deleted_at })),
        None,
    );
    Changes {
        organization: Some(Pair::removed(organization.clone())),
        mail,
        events: vec![event],
        ..Changes::default()
    }
}

pub(super) fn mail(
    organization: &Organization,
    recipient: &Recipient,
    letter: Letter,
    now: Timestamp,
    ids: &mut dyn NewIds,
) -> Mail {
    Mail {
        id: MailId::from_uuid(ids.uuid()),
        organization: organization.id,
        to: recipient.email.clone(),
        language: recipient.language,
        letter,
        asked: false,
        state: MailState::Queued,
        late: None,
        created_at: now,
    }
}
