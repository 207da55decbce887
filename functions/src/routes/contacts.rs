//! Contacts: look up, register, delete.

use crate::shapes::Items;
use crate::shapes::contact::{ContactBody, PutContact};
use muster_domain::rules::Fault;
use muster_domain::rules::contacts::{Details, Keeper, delete as end, put as register};
use muster_domain::{ContactId, OrganizationId, Subject, UserId, permission, search};
use muster_edge::inside::Sight;
use muster_edge::{Call, Inside, Outcome, Problem, Reply, User};
use muster_store::Key;

/// Longest text that is searched for, in characters.
const MAX_QUERY: usize = 200;

/// Lists contacts, or those of whom each word of `q` begins a word. They are for those who see the whole organization.
pub async fn list(call: Call) -> Outcome {
    let user = call.caller().await?;
    let id: OrganizationId = call.path("org")?;
    let query = call.query(&["q", "limit", "cursor"])?;
    let (cursor, limit) = (query.cursor()?, query.limit()?);
    let asked = query.get("q").unwrap_or_default();
    if asked.chars().count() > MAX_QUERY {
        let detail = format!("must be at most {MAX_QUERY} characters");
        return Err(Problem::invalid_query([Fault::field("q", "too_long", detail)]));
    }
    let terms = search::terms(asked);
    let (inside, _) = call.inside(&user, id, Vec::new()).await?;
    match inside.sight(permission::CONTACTS_READ)? {
        Sight::All => {}
        Sight::Some(_) => return Err(Problem::forbidden("contacts belong to the whole organization")),
    }
    let store = call.app.store();
    let page = store.contacts_by(id, &terms, cursor.as_ref(), limit).await?;
    Reply::json(
        200,
        &Items {
            items: page.items.iter().map(ContactBody::from).collect(),
            next_cursor: query.seal(page.next.as_ref()),
        },
    )
}

/// Who keeps the contacts here; nobody in an organization that was deleted.
fn keeper<'a>(inside: &'a Inside, user: &User) -> Result<Keeper<'a>, Problem> {
    if inside.organization.is_deleted() {
        return Err(Problem::not_found("organization"));
    }
    if inside.is_platform() {
        return Ok(Keeper::Platform {
            id: user.id,
            organization: &inside.organization,
            now: inside.now,
        });
    }
    inside.scene().map(Keeper::Member)
}

/// Registers a contact, or makes it what the body tells.
pub async fn put(call: Call) -> Outcome {
    let user = call.caller().await?;
    let organization: OrganizationId = call.path("org")?;
    let id: ContactId = call.path_named("contact")?;
    let body: PutContact = call.body()?;
    let account = |subject: Subject| UserId::of(&call.app.config().trust.issuer, subject.as_str());
    let details = Details {
        email: body.email,
        name: body.name.named(),
        user: body.subject.named().map(|subject| subject.map(account)),
    };
    let keys = vec![
        Key::contact(organization, &id),
        Key::contact_at(organization, &details.email),
    ];
    call.change_inside(&user, organization, keys, |inside, seen, ids| {
        let found = seen.contact(organization, &id)?;
        let at = seen.contact_at(organization, &details.email)?;
        let keeper = keeper(inside, &user)?;
        let (contact, changes) = register(&keeper, id.clone(), found.as_ref(), at.as_ref(), details.clone(), ids)?;
        call.precondition(found.as_ref())?;
        let status = if found.is_some() { 200 } else { 201 };
        Ok(inside.commit(
            changes,
            Reply::json(status, &ContactBody::from(&contact))?.showing(&contact),
        ))
    })
    .await
}

/// Deletes a contact.
pub async fn delete(call: Call) -> Outcome {
    let user = call.caller().await?;
    call.no_body()?;
    let organization: OrganizationId = call.path("org")?;
    let id: ContactId = call.path("contact")?;
    call.change_inside(
        &user,
        organization,
        vec![Key::contact(organization, &id)],
        |inside, seen, ids| {
            let found = seen.contact(organization, &id)?;
            let changes = end(&keeper(inside, &user)?, found.as_ref(), ids)?;
            call.precondition(found.as_ref())?;
            Ok(inside.commit(changes, Reply::empty()))
        },
    )
    .await
}
