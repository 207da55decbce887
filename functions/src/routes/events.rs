//! The record of changes.

use crate::shapes::Items;
use crate::shapes::event::EventBody;
use muster_domain::{OrganizationId, permission};
use muster_edge::inside::Sight;
use muster_edge::{Call, Outcome, Problem, Reply};

/// Lists events, newest first.
pub async fn list(call: Call) -> Outcome {
    let user = call.caller().await?;
    let id: OrganizationId = call.path("org")?;
    let query = call.query(&["limit", "cursor"])?;
    let (cursor, limit) = (query.cursor()?, query.limit()?);
    let (inside, page) = tokio::join!(
        call.inside(&user, id, Vec::new()),
        call.app.store().events(id, cursor.as_ref(), limit)
    );
    let (inside, _) = inside?;
    // Events speak of the whole organization: a permission that reaches single resources is not enough.
    let Sight::All = inside.sight(permission::EVENTS_READ)? else {
        return Err(Problem::forbidden(
            "this needs `events:read` for the whole organization",
        ));
    };
    let page = page?;
    let items = page.items.into_iter().map(EventBody::from).collect();
    Reply::json(
        200,
        &Items {
            items,
            next_cursor: query.seal(page.next.as_ref()),
        },
    )
}
