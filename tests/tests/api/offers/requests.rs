//! The requests of each action: all that somebody could try.

use super::Action;
use jiff::SignedDuration;
use muster_domain::roleset::{Resources, Role};
use muster_domain::rules::actions::{OrganizationAction, PersonAction};
use muster_tests::cast::{Actor, Cast};
use reqwest::Method;
use serde_json::{Value, json};

/// A request of an action.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) body: Option<Value>,
}

impl Request {
    fn new(method: Method, path: String, body: impl Into<Option<Value>>) -> Self {
        Self {
            method,
            path,
            body: body.into(),
        }
    }

    /// Whether it switches a member's status.
    pub(super) fn names_status(&self) -> bool {
        self.body.as_ref().is_some_and(|body| body["status"].is_string())
    }

    /// Whether it has a choice of roles or resources, some of which fit nobody.
    pub(super) fn names_roles(&self) -> bool {
        let named = ["role", "then", "resources"];
        let body = self.body.as_ref();
        body.is_some_and(|body| named.iter().any(|field| !body[field].is_null())) || self.path.contains("/grants/")
    }
}

/// A role with the resources that it is tried on.
struct Choice<'a> {
    role: &'a Role,
    resources: Value,
}

impl Choice<'_> {
    /// The fields of a body; `field` has the role.
    fn body(&self, field: &str) -> Value {
        let mut body = json!({ "resources": self.resources });
        body[field] = json!(self.role.id);
        if let Some(term) = self.role.durations.first() {
            body["duration"] = json!(term.to_string());
        }
        body
    }
}

/// Every role on every choice of resources that it can be held on.
fn choices(cast: &Cast) -> Vec<Choice<'_>> {
    let on = |ids: &[&str]| -> Value {
        ids.iter()
            .map(|id| json!({ "type": cast.set.resource_type, "id": id }))
            .collect()
    };
    let mut all = Vec::new();
    for role in &cast.set.roles {
        let placed: &[&[&str]] = match role.resources {
            Resources::None => &[&[]],
            Resources::Optional => &[&[], &["one"], &["two"], &["one", "two"]],
            Resources::AtLeastOne => &[&["one"], &["two"], &["one", "two"]],
        };
        all.extend(placed.iter().map(|ids| Choice {
            role,
            resources: on(ids),
        }));
    }
    all
}

/// All requests of an action.
pub(super) fn of(cast: &Cast, actor: &Actor, action: &Action) -> Vec<Request> {
    match action {
        Action::Organization(action) => in_organization(cast, actor, *action),
        Action::Member(action, part) => with_member(cast, cast.actor(part), *action),
        Action::Invitation(action, role) => {
            let invited = cast.invitations.iter().find(|invited| invited.role == *role);
            let path = cast
                .organization
                .path(&format!("/invitations/{}", invited.expect("an invitation").id));
            vec![with_invitation(path, *action)]
        }
    }
}

fn in_organization(cast: &Cast, actor: &Actor, action: OrganizationAction) -> Vec<Request> {
    let at = |rest: &str| cast.organization.path(rest);
    let get = |rest: &str| vec![Request::new(Method::GET, at(rest), None)];
    let put = |rest: &str, body: Value| vec![Request::new(Method::PUT, at(rest), body)];
    match action {
        OrganizationAction::ReadMembers => get("/members"),
        OrganizationAction::ExportMembers => get("/members/export"),
        OrganizationAction::ReadContacts => get("/contacts"),
        OrganizationAction::ReadResources => get("/resources"),
        OrganizationAction::ReadEvents => get("/events"),
        OrganizationAction::InviteMembers => invites(cast),
        OrganizationAction::ManageContacts => put("/contacts/new", json!({ "email": "new-contact@acme.example" })),
        OrganizationAction::ManageResources => {
            let path = format!("/resources/{}/new", cast.set.resource_type);
            put(&path, json!({ "name": "New" }))
        }
        OrganizationAction::UpdateOrganization => {
            vec![Request::new(Method::PATCH, at(""), json!({ "name": "Another" }))]
        }
        OrganizationAction::NamePayingOwner => put("/paying-owner", json!({ "member": cast.members[0].persona.id() })),
        OrganizationAction::TransferOwnership => transfers(cast, actor),
        OrganizationAction::DeleteOrganization => vec![Request::new(Method::DELETE, at(""), None)],
        OrganizationAction::CreateApiKey => keys(cast, "me"),
        OrganizationAction::Leave => vec![Request::new(Method::DELETE, at("/members/me"), None)],
    }
}

/// A POST with each choice of a role.
fn posts(cast: &Cast, path: &str, body: impl Fn(&Choice<'_>) -> Value) -> Vec<Request> {
    let all = choices(cast);
    let all = all
        .iter()
        .map(|choice| Request::new(Method::POST, path.to_owned(), body(choice)));
    all.collect()
}

fn invites(cast: &Cast) -> Vec<Request> {
    let path = cast.organization.path("/invitations");
    let body = |choice: &Choice<'_>| {
        let mut body = choice.body("role");
        body["emails"] = json!("new@acme.example");
        body
    };
    posts(cast, &path, body)
}

/// To somebody else who is active, in exchange for each role.
fn transfers(cast: &Cast, actor: &Actor) -> Vec<Request> {
    let path = cast.organization.path("/transfer-ownership");
    let mut others = cast
        .members
        .iter()
        .filter(|other| other.is_active && other.part != actor.part);
    let to = others.next().expect("another member").persona.id();
    let body = |choice: &Choice<'_>| {
        let mut body = choice.body("then");
        body["to"] = json!(to);
        body
    };
    posts(cast, &path, body)
}

/// Keys without a limit, and limited to each resource.
fn keys(cast: &Cast, owner: &str) -> Vec<Request> {
    let path = cast.organization.path(&format!("/members/{owner}/api-keys"));
    let limited = |ids: &[&str]| {
        let on = |id: &&str| json!({ "type": cast.set.resource_type, "id": id });
        let resources: Value = ids.iter().map(on).collect();
        json!({ "name": "zapier", "resources": resources, "expires_at": soon() })
    };
    let all = [&[][..], &["one"], &["two"]];
    all.map(|ids| Request::new(Method::POST, path.clone(), limited(ids)))
        .into()
}

/// An instant before which no role of a cast ends.
fn soon() -> String {
    (jiff::Timestamp::now() + SignedDuration::from_hours(24)).to_string()
}

fn with_member(cast: &Cast, member: &Actor, action: PersonAction) -> Vec<Request> {
    let id = member.persona.id();
    let path = cast.organization.path(&format!("/members/{id}"));
    let patch = |body: Value| vec![Request::new(Method::PATCH, path.clone(), body)];
    match action {
        PersonAction::ChangeRole => {
            let all = choices(cast);
            // Who is given the role that they have, on other resources, is not given another role.
            let held = |choice: &&Choice<'_>| member.part.split(' ').next() != Some(choice.role.id.as_str());
            let other = |choice: &&Choice<'_>| held(choice) || choice.role.is_time_limited();
            let other = all
                .iter()
                .filter(|choice| other(choice) && !is_founders(member, choice.role));
            let other = other.filter(|choice| !is_lowest_of_inactive(cast, member, choice.role));
            other
                .map(|choice| Request::new(Method::PATCH, path.clone(), choice.body("role")))
                .collect()
        }
        PersonAction::ChangeGrants => grants(cast, &path),
        PersonAction::Activate => patch(json!({ "status": "active" })),
        PersonAction::Deactivate => patch(json!({ "status": "inactive" })),
        PersonAction::Remove | PersonAction::Leave => vec![Request::new(Method::DELETE, path.clone(), None)],
        PersonAction::EditProfile => patch(json!({ "name": "Another Name" })),
        PersonAction::ReadApiKeys => vec![Request::new(Method::GET, format!("{path}/api-keys"), None)],
        PersonAction::CreateApiKey => keys(cast, &id),
        PersonAction::Edit | PersonAction::Resend | PersonAction::Cancel => Vec::new(),
    }
}

fn is_founders(member: &Actor, role: &Role) -> bool {
    member.part == "founder" && role.protected
}

fn is_lowest_of_inactive(cast: &Cast, member: &Actor, role: &Role) -> bool {
    !member.is_active && cast.set.roles.last() == Some(role)
}

/// Every role on each resource, and none.
fn grants(cast: &Cast, member: &str) -> Vec<Request> {
    let mut all = Vec::new();
    for id in ["one", "two"] {
        let path = format!("{member}/grants/{}/{id}", cast.set.resource_type);
        all.push(Request::new(Method::DELETE, path.clone(), None));
        let body = |role: &Role| json!({ "role": role.id, "expires_at": soon() });
        let roles = cast.set.roles.iter();
        all.extend(roles.map(|role| Request::new(Method::PUT, path.clone(), body(role))));
    }
    all
}

fn with_invitation(path: String, action: PersonAction) -> Request {
    match action {
        PersonAction::Edit => Request::new(Method::PATCH, path, json!({ "message": "Welcome" })),
        PersonAction::Resend => Request::new(Method::POST, format!("{path}/resend"), None),
        PersonAction::Cancel => Request::new(Method::DELETE, path, None),
        other => panic!("nobody can {other:?} an invitation"),
    }
}
