//! Activating and deactivating members, in bulk.

use crate::shapes::member::{RowResult, SetStatus, StatusResults};
use muster_domain::rules::Fault;
use muster_domain::rules::activation::{MAX_ROWS, ROWS_A_TRANSACTION, Row, set_status};
use muster_domain::{OrganizationId, Seats, Status, UserId};
use muster_edge::{Call, Outcome, Problem, Reply, User};
use muster_store::Key;

/// Activates members; each takes a seat again.
pub async fn activate(call: Call) -> Outcome {
    bulk(call, Status::Active).await
}

/// Deactivates members: they lose access at their next request, and free their seats.
pub async fn deactivate(call: Call) -> Outcome {
    bulk(call, Status::Inactive).await
}

async fn bulk(call: Call, status: Status) -> Outcome {
    let call = call.repeatable();
    let user = call.caller().await?;
    let organization: OrganizationId = call.path("org")?;
    let body: SetStatus = call.body()?;
    let mut ids = Vec::with_capacity(body.members.len());
    for id in body.members {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    if ids.is_empty() || ids.len() > MAX_ROWS {
        let fault = Fault::field("members", "out_of_range", format!("name 1 to {MAX_ROWS} members"));
        return Err(Problem::invalid([fault]));
    }
    let mut results = Vec::with_capacity(ids.len());
    let mut seats = None;
    // Each part is one transaction; a row stands in one part only, so none is half done.
    for part in ids.chunks(ROWS_A_TRANSACTION) {
        let (rows, after) = one_part(&call, &user, organization, status, part).await?;
        results.extend(rows.into_iter().map(|row| shown(status, row)));
        seats = Some(after);
    }
    let seats = seats.ok_or_else(Problem::internal)?.into();
    Reply::json(200, &StatusResults { results, seats })
}

async fn one_part(
    call: &Call,
    user: &User,
    organization: OrganizationId,
    status: Status,
    part: &[UserId],
) -> Result<(Vec<Row>, Seats), Problem> {
    let keys = part.iter().map(|id| Key::member(organization, *id)).collect();
    let mut verdicts = None;
    call.change_inside(user, organization, keys, |inside, seen, new| {
        let mut found = Vec::with_capacity(part.len());
        for id in part {
            found.push((*id, seen.member(organization, *id)?));
        }
        let rows: Vec<_> = found.iter().map(|(id, member)| (*id, member.as_ref())).collect();
        let (rows, changes) = set_status(&inside.scene()?, status, &rows, new)
            .map_err(|_| Problem::forbidden("you may not activate or deactivate anybody"))?;
        verdicts = Some((rows, inside.organization.seats().after(changes.seat_delta())));
        Ok(inside.commit(changes, Reply::empty()))
    })
    .await?;
    verdicts.ok_or_else(Problem::internal)
}

fn shown(status: Status, (member, verdict): Row) -> RowResult {
    match verdict {
        Ok(_) => {
            let status = match status {
                Status::Active => "activated",
                Status::Inactive => "deactivated",
            };
            RowResult {
                member,
                status,
                problem: None,
            }
        }
        Err(refusal) => RowResult {
            member,
            status: "refused",
            problem: Some(refusal.into()),
        },
    }
}
