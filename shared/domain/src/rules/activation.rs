//! Activating and deactivating members, one or many: each row has its own verdict, and no row is half done (004).

use crate::changes::{Changes, Pair};
use crate::event::Party;
use crate::id::{NewIds, UserId};
use crate::member::{Member, Status};
use crate::organization::Seats;
use crate::roleset::permission;
use crate::rules::Scene;
use crate::rules::members::{manages_all_of, may_see, paying_owner_goes, picture, switched};

/// Rows one request can name.
pub const MAX_ROWS: usize = 100;

/// Rows one transaction can hold: four items each, the organization, and whose authority it rests on.
pub const ROWS_A_TRANSACTION: usize = 24;

/// Why one row is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowRefusal {
    /// There is no such member, or none the member may see.
    NotFound,
    /// The member may not touch the other.
    Forbidden,
    /// Nobody switches themselves off: they could not switch themselves on again.
    Oneself,
    /// The last active owner would be gone.
    LastOwner,
    /// The owner who pays stays one until another is named (001).
    PayingOwner,
    /// Too few seats.
    NoSeats(Seats),
}

/// What came of one row.
pub type Row = (UserId, Result<Status, RowRefusal>);

/// The member has no say in it at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forbidden;

/// Brings every named member to `status`, as far as each row allows; a row that is there already is no change.
///
/// Inactive members lose access at the next request, hold no seat and keep everything else (001, 004).
///
/// # Errors
/// [`Forbidden`] if the member may manage nobody.
pub fn set_status(
    scene: &Scene<'_>,
    status: Status,
    rows: &[(UserId, Option<&Member>)],
    ids: &mut dyn NewIds,
) -> Result<(Vec<Row>, Changes), Forbidden> {
    if !scene.authority().allows_somewhere(permission::MEMBERS_MANAGE) {
        return Err(Forbidden);
    }
    let mut changes = Changes::default();
    let mut verdicts = Vec::with_capacity(rows.len());
    for (id, found) in rows {
        let verdict = row(scene, status, *found, &changes).map(|change| {
            if let Some((before, after)) = change {
                let event = scene.recorder(ids).event(
                    switched(status),
                    Party::user(*id),
                    Some(picture(&before)),
                    Some(picture(&after)),
                );
                changes.events.push(event);
                changes.members.push(Pair::change(before, after));
            }
            status
        });
        verdicts.push((*id, verdict));
    }
    if !changes.is_empty() {
        changes.relied_on = vec![(scene.actor.id, scene.actor.version)];
    }
    Ok((verdicts, changes))
}

/// One row, given what the rows before it take and give.
fn row(
    scene: &Scene<'_>,
    status: Status,
    found: Option<&Member>,
    so_far: &Changes,
) -> Result<Option<(Member, Member)>, RowRefusal> {
    let before = found.filter(|m| may_see(scene, m)).ok_or(RowRefusal::NotFound)?;
    if before.id == scene.actor.id {
        return Err(RowRefusal::Oneself);
    }
    if !manages_all_of(scene, before) {
        return Err(RowRefusal::Forbidden);
    }
    if before.status == status {
        return Ok(None);
    }
    let after = Member {
        status,
        ..before.clone()
    }
    .settled(scene.set, scene.now);
    if paying_owner_goes(scene, &Pair::change(before.clone(), after.clone())) {
        return Err(RowRefusal::PayingOwner);
    }
    let owners = scene
        .organization
        .active_owners
        .saturating_add_signed(so_far.owner_delta(scene.set));
    if before.is_active_owner(scene.set) && !after.is_active_owner(scene.set) && owners <= 1 {
        return Err(RowRefusal::LastOwner);
    }
    let seats = scene.organization.seats().after(so_far.seat_delta());
    if !seats.fit(i64::from(after.seat) - i64::from(before.seat)) {
        return Err(RowRefusal::NoSeats(seats));
    }
    Ok(Some((before.clone(), after)))
}
