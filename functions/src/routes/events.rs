//! The record of changes.

mod names;

use crate::api::PageResponse;
use crate::api::event::EventResponse;
use muster_domain::{Event, Instant, OrganizationId, UserName, permission};
use muster_edge::org_context::Visibility;
use muster_edge::query::Query;
use muster_edge::{Call, Outcome, Problem, Reply, User};
use muster_store::EventFilter;

/// The requested filter: ids of actor and subject, a kind or a family of kinds (`invitation.*`), and a time span.
fn filter(call: &Call, query: &Query<'_>) -> Result<EventFilter, Problem> {
    let ids = |name| query.get(name).map(|text| ids(call, text)).unwrap_or_default();
    Ok(EventFilter {
        actor: ids("actor"),
        subject: ids("subject"),
        kind: query.get("kind").map(ToOwned::to_owned),
        since: query.instant("since")?.map(Instant::beginning),
        until: query.instant("until")?.and_then(Instant::end),
    })
}

/// The ids that a filter means: the text itself, and the user's id if it names a user by subject. A product may have given that text
/// to a contact as its id.
fn ids(call: &Call, text: &str) -> Vec<String> {
    let named = text.parse::<UserName>().ok();
    let user = named.map(|name| name.id(call.issuer()).to_string());
    let user = user.filter(|id| id != text);
    [text.to_owned()].into_iter().chain(user).collect()
}

/// Lists events, newest first. The time span is a range of the key. For the other filters, a request reads a bounded number of
/// events, and `next_cursor` says that there may be more.
pub async fn list(call: Call, user: User) -> Outcome {
    let id: OrganizationId = call.path("org")?;
    let query = call.query(&["actor", "subject", "kind", "since", "until", "limit", "cursor"])?;
    let (cursor, limit) = (query.cursor()?, query.limit()?);
    let filter = filter(&call, &query)?;
    let (org, _) = call.read_in_org(&user, id, Vec::new()).await?;
    // Events describe the whole organization, so a permission on single resources is not enough.
    let Visibility::All = org.visibility(permission::EVENTS_READ)? else {
        return Err(Problem::forbidden(
            "this requires the permission `events:read` on the whole organization",
        ));
    };
    let page = call.app.store().events(id, &filter, cursor.as_ref(), limit).await?;
    let (with_subjects, with_suspensions) = (org.sees_subjects(), org.sees_suspension());
    let mut told = page.items;
    told.retain(|event| with_suspensions || !event.kind.is_of_suspension_ahead());
    let names = names::of(call.app.store(), &org, &told).await?;
    let shown = |event: Event| {
        let without_reason = !with_suspensions && event.kind.is_of_suspension();
        let mut event = EventResponse::of(event, &names);
        if !with_subjects {
            event = event.without("subject");
        }
        if without_reason {
            event = event.without("reason");
        }
        event
    };
    let items = told.into_iter().map(shown).collect();
    Reply::json(
        200,
        &PageResponse {
            items,
            next_cursor: query.seal(page.next.as_ref()),
        },
    )
}
