//! Contacts: look up, register, delete.

use crate::api::PageResponse;
use crate::api::contact::{ContactResponse, PutContactRequest};
use crate::openapi::query::{SEARCH_WORDS, terms};
use muster_domain::rules::contacts::{self, ContactEditor, Details};
use muster_domain::violation::Violation;
use muster_domain::{ContactId, OrganizationId, UserName, permission};
use muster_edge::org_context::Visibility;
use muster_edge::{Call, Field, OrgContext, Outcome, Problem, Reply, User};
use muster_store::Key;

/// Lists contacts, or those in which each word of `q` begins a word. Only callers who see the whole organization may.
pub async fn list(call: Call, user: User) -> Outcome {
    let id: OrganizationId = call.path("org")?;
    let query = call.query(&[SEARCH_WORDS.name, "limit", "cursor"])?;
    let (cursor, limit) = (query.cursor()?, query.limit()?);
    let terms = terms(&query)?;
    let (org, _) = call.read_in_org(&user, id, Vec::new()).await?;
    match org.visibility(permission::CONTACTS_READ)? {
        Visibility::All => {}
        Visibility::Some(_) => return Err(Problem::forbidden("contacts belong to the whole organization")),
    }
    let store = call.app.store();
    let page = store.contacts_by(id, &terms, cursor.as_ref(), limit).await?;
    Reply::json(
        200,
        &PageResponse {
            items: page.items.iter().map(ContactResponse::from).collect(),
            next_cursor: query.seal(page.next.as_ref()),
        },
    )
}

/// The editor of the contacts. A deleted organization has none.
fn keeper<'a>(org: &'a OrgContext, user: &User) -> Result<ContactEditor<'a>, Problem> {
    if org.organization.is_deleted() {
        return Err(Problem::not_found("organization"));
    }
    if org.is_platform() {
        return Ok(ContactEditor::Platform {
            id: user.id,
            organization: &org.organization,
            now: org.now,
        });
    }
    org.decision_context().map(ContactEditor::Member)
}

/// Registers a contact, or updates it to match the body.
pub async fn put(call: Call, user: User) -> Outcome {
    let organization: OrganizationId = call.path("org")?;
    let id: ContactId = call.path_named("contact")?;
    let body: PutContactRequest = call.body()?;
    let account = match (body.subject, body.user) {
        (subject, Field::Absent) => subject.as_change().map(|subject| subject.map(UserName::Subject)),
        (Field::Absent, user) => user.as_change(),
        _ => {
            let detail = "cannot be combined with `subject`";
            return Err(Problem::invalid([Violation::field("user", "not_allowed", detail)]));
        }
    };
    let details = Details {
        email: body.email,
        name: body.name.as_change(),
        user: account.map(|name| name.map(|name| name.user(call.issuer()))),
    };
    let keys = vec![
        Key::contact(organization, &id),
        Key::contact_at(organization, &details.email),
    ];
    call.change_in_org(&user, organization, keys, |org, read, ids| {
        let found = read.contact(organization, &id)?;
        let at = read.contact_at(organization, &details.email)?;
        let keeper = keeper(org, &user)?;
        let (contact, changes) = contacts::put(&keeper, id.clone(), found.as_ref(), at.as_ref(), details.clone(), ids)?;
        call.precondition(found.as_ref())?;
        let status = if found.is_some() { 200 } else { 201 };
        Ok(org.commit(
            changes,
            Reply::json(status, &ContactResponse::from(&contact))?.showing(&contact),
        ))
    })
    .await
}

/// Deletes a contact.
pub async fn delete(call: Call, user: User) -> Outcome {
    let organization: OrganizationId = call.path("org")?;
    let id: ContactId = call.path("contact")?;
    call.change_in_org(
        &user,
        organization,
        vec![Key::contact(organization, &id)],
        |org, read, ids| {
            let found = read.contact(organization, &id)?;
            let changes = contacts::delete(&keeper(org, &user)?, found.as_ref(), ids)?;
            call.precondition(found.as_ref())?;
            Ok(org.commit(changes, Reply::empty()))
        },
    )
    .await
}
