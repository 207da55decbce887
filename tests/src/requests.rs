//! One request for each route, on an organization of its own where it needs one.

use crate::bench::Bench;
use crate::harness::{Organization, invitation};
use crate::personas::Persona;
use muster_domain::link::Link;
use muster_functions::routes::Route;
use reqwest::Method;
use serde_json::{Value, json};

/// A request that is ready to be sent.
pub struct Case {
    /// Stands in every name and address of the case, and in no other case.
    pub tag: String,
    /// Who owns the organizations of the case.
    pub owner: Persona,
    /// The organization, where there is one before the request.
    pub organization: Option<Organization>,
    /// Who asks; none is nobody.
    pub who: Option<Persona>,
    /// How.
    pub method: Method,
    /// Where.
    pub path: String,
    /// With what.
    pub body: Option<Value>,
}

impl Case {
    /// The organization.
    ///
    /// # Panics
    /// If the case has none.
    pub fn organization(&self) -> &Organization {
        self.organization.as_ref().expect("a case in an organization")
    }

    /// A person of this case.
    pub fn person(&self, b: &Bench, name: &str) -> Persona {
        b.h.person(&format!("{name}-{}", self.tag))
    }

    fn fill(&mut self, name: &str, value: &str) {
        self.path = self.path.replace(&format!("{{{name}}}"), value);
    }

    /// An organization before the request.
    pub async fn found(&mut self, b: &Bench) {
        let organization = Organization::with_programs(&b.h, self.owner.clone(), b.role_set).await;
        self.fill("org", &organization.id);
        self.organization = Some(organization);
    }

    /// A pending invitation of a program admin of `spring`; its id.
    pub async fn invite(&mut self, b: &Bench, name: &str) -> String {
        let email = self.person(b, name).email().to_owned();
        let id = self
            .organization()
            .invite(&b.h, &email, "program_admin", &["spring"])
            .await;
        self.fill("invitation", &id);
        id
    }

    /// A pending invitation by its link.
    pub async fn link(&mut self, b: &Bench, name: &str) -> String {
        let id = self.invite(b, name).await;
        let token = self.token(b, &id).await;
        self.fill("token", &token);
        token
    }

    /// The token in the first link of an invitation of the owner's.
    async fn token(&self, b: &Bench, invitation: &str) -> String {
        let link = Link {
            organization: self.organization().id.parse().unwrap(),
            invitation: invitation.parse().unwrap(),
            inviter: self.owner.id().parse().unwrap(),
            generation: 1,
        };
        b.quiet.links().await.expect("the link secret is there").token(&link)
    }

    /// A member with this role on the whole organization, whom the path does not name.
    pub async fn join_as(&self, b: &Bench, who: Persona, role: &str) -> Persona {
        let id = self.organization().invite(&b.h, who.email(), role, &[]).await;
        let token = self.token(b, &id).await;
        who.accept(&b.h, &token).await.expect(200);
        who
    }

    /// A member who was invited and has accepted.
    pub async fn join(&mut self, b: &Bench, name: &str) -> Persona {
        let path = self.path.clone();
        let token = self.link(b, name).await;
        let person = self.person(b, name);
        let accept = format!("/v1/invitations/{token}/accept");
        person.post(&b.h, &accept, &Value::Null).await.expect(200);
        // The path may speak of another link.
        self.path = path;
        self.fill("member", &person.id());
        person
    }
}

/// A request for the route of this binary.
///
/// # Panics
/// If there is no such route.
pub async fn case_of(b: &Bench, binary: &str) -> Case {
    prepare(b, Route::of(binary).expect("a route")).await
}

/// The request of a route, with all that it needs.
///
/// # Panics
/// If the route is not known here: then a request for it belongs here.
pub async fn prepare(b: &Bench, route: &Route) -> Case {
    let tag = format!("n{}", b.number());
    let owner = b.h.person(&format!("olivia-{tag}"));
    let mut case = Case {
        who: Some(owner.clone()),
        owner,
        tag,
        organization: None,
        method: route.method.parse().unwrap(),
        path: route.path.to_owned(),
        body: None,
    };
    match route.binary {
        "create-organization" => case.body = Some(json!({ "name": "Acme", "role_set": "program-delivery" })),
        "get-openapi" | "list-role-sets" => case.who = None,
        "get-authzen-configuration" => {
            case.found(b).await;
            case.who = None;
        }
        "evaluate-access" | "evaluate-access-batch" | "search-subjects" | "search-resources" | "search-actions" => {
            access(b, &mut case).await;
        }
        "get-docs" => {
            case.who = None;
            case.fill("file", "index.html");
        }
        "get-page" => {
            case.who = None;
            case.fill("file", "licenses.txt");
            case.fill("token", "nonsense");
        }
        "not-found" => {
            (case.method, case.path) = (Method::GET, "/nowhere".to_owned());
        }
        "list-organizations" | "get-organization" | "get-view" | "list-roles" | "list-resources"
        | "list-invitations" | "list-members" | "list-events" | "export-members" => case.found(b).await,
        "create-export" | "get-export" => exports(b, &mut case, route).await,
        "delete-organization" | "restore-organization" | "transfer-ownership" | "name-paying-owner" => {
            ownership(b, &mut case, route).await;
        }
        "update-organization" | "set-plan" | "put-resource" | "delete-resource" => {
            organization(b, &mut case, route).await
        }
        "suspend-organization" | "resume-organization" => suspension(b, &mut case, route).await,
        "get-member"
        | "update-member"
        | "remove-member"
        | "activate-members"
        | "deactivate-members"
        | "put-grant"
        | "delete-grant"
        | "change-members-role"
        | "remove-members" => {
            members(b, &mut case, route).await;
        }
        "create-api-key" | "list-api-keys" | "revoke-api-key" | "rotate-api-key" | "verify-api-key" => {
            case.found(b).await;
            api_keys(b, &mut case, route).await;
        }
        "list-contacts" | "put-contact" | "delete-contact" | "add-member" => contacts(b, &mut case, route).await,
        _ => invitations(b, &mut case, route).await,
    }
    assert!(!case.path.contains('{'), "{} is not filled in", case.path);
    b.drain().await;
    case
}

/// Ends the test of a route that has no request yet.
fn no_request(route: &Route) -> ! {
    panic!(
        "{} {} has no request: add `{}` to `prepare` in tests/src/requests.rs, with what there must be before it and its body",
        route.method, route.path, route.binary
    )
}

async fn exports(b: &Bench, case: &mut Case, route: &Route) {
    case.found(b).await;
    let wanted = json!({ "format": "csv", "filter": { "status": "active" } });
    if route.binary == "create-export" {
        case.body = Some(wanted);
        return;
    }
    let path = case.organization().path("/exports");
    let id = case.owner.post(&b.h, &path, &wanted).await.expect(202).text("/id");
    case.fill("export", &id);
}

async fn api_keys(b: &Bench, case: &mut Case, route: &Route) {
    let ann = case.join(b, "ann").await;
    let spring = json!({ "type": "program", "id": "spring" });
    if route.binary == "create-api-key" {
        case.body = Some(json!({ "name": "zapier", "read_only": true, "resources": [spring] }));
        return;
    }
    let made = case.organization().key(&b.h, &ann, &json!({ "name": "zapier" })).await;
    case.fill("key", &made.id);
    match route.binary {
        "list-api-keys" | "revoke-api-key" => {}
        "rotate-api-key" => case.body = Some(json!({ "overlap_hours": 1 })),
        "verify-api-key" => {
            case.body = Some(json!({ "key": made.secret, "action": "content:write", "resource": spring }));
            // Its use is noted, and is no more for an hour.
            made.verify(&b.h, &json!({})).await.expect(200);
        }
        _ => no_request(route),
    }
}

async fn access(b: &Bench, case: &mut Case) {
    case.found(b).await;
    case.join(b, "ann").await;
    let organization = json!({ "organization": case.organization().id });
    let spring = json!({ "type": "program", "id": "spring" });
    case.body = Some(json!({
        "subject": { "type": "user", "id": case.owner.id(), "properties": organization },
        "action": { "name": "content:read" }, "resource": spring,
    }));
}

async fn organization(b: &Bench, case: &mut Case, route: &Route) {
    case.found(b).await;
    case.fill("type", "program");
    match route.binary {
        "update-organization" => {
            case.body = Some(json!({ "name": "Acme and Sons", "settings": { "invitation_ttl_days": 3 } }));
        }
        "set-plan" => {
            case.who = Some(b.h.platform());
            case.body = Some(json!({ "seat_limit": 9, "allowed_domains": ["partner.example"] }));
        }
        "put-resource" => {
            case.fill("id", "summer");
            case.body = Some(json!({ "name": "Summer cohort" }));
        }
        "delete-resource" => {
            case.fill("id", "spring");
            case.join(b, "ann").await;
            case.invite(b, "bob").await;
        }
        _ => no_request(route),
    }
}

async fn ownership(b: &Bench, case: &mut Case, route: &Route) {
    case.found(b).await;
    match route.binary {
        "delete-organization" => {}
        "restore-organization" => {
            let path = case.organization().path("");
            case.owner.delete(&b.h, &path).await.expect(204);
            case.who = Some(b.h.platform());
        }
        "transfer-ownership" => {
            let ann = case.join(b, "ann").await;
            case.body = Some(json!({ "to": ann.id(), "then": "admin" }));
        }
        "name-paying-owner" => case.body = Some(json!({ "member": case.owner.id() })),
        _ => no_request(route),
    }
}

async fn suspension(b: &Bench, case: &mut Case, route: &Route) {
    case.found(b).await;
    let (platform, body) = (b.h.platform(), json!({ "reason": "The plan has ended" }));
    if route.binary == "suspend-organization" {
        case.body = Some(body);
    } else {
        platform.put(&b.h, &case.path, &body).await.expect(200);
    }
    case.who = Some(platform);
}

async fn contacts(b: &Bench, case: &mut Case, route: &Route) {
    case.found(b).await;
    let (ann, bob) = (case.person(b, "ann"), case.person(b, "bob"));
    let path = case.organization().path("/contacts/ann");
    let mut body = json!({ "email": ann.email(), "name": "Ann Lee" });
    if route.binary == "add-member" {
        body["subject"] = json!(format!("ann-{}", case.tag));
        case.body = Some(json!({ "email": ann.email(), "role": "program_admin",
            "resources": [{ "type": "program", "id": "spring" }] }));
    }
    case.owner.put(&b.h, &path, &body).await.expect(201);
    case.fill("contact", "ann");
    if route.binary == "put-contact" {
        case.body = Some(json!({ "email": bob.email(), "name": "Ann Bo Lee" }));
    }
}

async fn members(b: &Bench, case: &mut Case, route: &Route) {
    case.found(b).await;
    let ann = case.join(b, "ann").await;
    let bob = case.join(b, "bob").await;
    let both = json!({ "members": [ann.id(), bob.id()] });
    match route.binary {
        "get-member" | "remove-member" => {}
        "update-member" => {
            let autumn = json!([{ "type": "program", "id": "autumn" }]);
            case.body = Some(json!({ "role": "program_facilitator", "resources": autumn }));
        }
        "put-grant" | "delete-grant" => {
            case.fill("type", "program");
            case.fill("id", "autumn");
            let wanted = json!({ "role": "program_facilitator", "expires_at": null });
            if route.binary == "delete-grant" {
                case.owner.put(&b.h, &case.path, &wanted).await.expect(200);
            } else {
                case.body = Some(wanted);
            }
        }
        "activate-members" => {
            let path = case.organization().path("/members/deactivate");
            case.owner.post(&b.h, &path, &both).await.expect(200);
            case.body = Some(both);
        }
        "deactivate-members" | "remove-members" => case.body = Some(both),
        "change-members-role" => {
            let mut body = both;
            body["role"] = json!("program_facilitator");
            body["resources"] = json!([{ "type": "program", "id": "autumn" }]);
            case.body = Some(body);
        }
        _ => no_request(route),
    }
}

async fn invitations(b: &Bench, case: &mut Case, route: &Route) {
    case.found(b).await;
    let (ann, bob) = (case.person(b, "ann"), case.person(b, "bob"));
    match route.binary {
        "create-invitations" => {
            let emails = format!("{}, {}", ann.email(), bob.email());
            case.body = Some(invitation(&emails, "program_admin", &["spring"]));
        }
        "resend-invitations" => {
            case.invite(b, "ann").await;
            case.invite(b, "bob").await;
        }
        "cancel-invitations" => {
            let both = [case.invite(b, "ann").await, case.invite(b, "bob").await];
            case.body = Some(json!({ "invitations": both }));
        }
        "get-invitation" | "cancel-invitation" | "resend-invitation" => {
            case.invite(b, "ann").await;
        }
        "update-invitation" => {
            case.invite(b, "ann").await;
            let autumn = json!([{ "type": "program", "id": "autumn" }]);
            case.body = Some(json!({ "role": "program_facilitator", "resources": autumn }));
        }
        "list-my-invitations" | "preview-invitation" | "accept-invitation" | "decline-invitation" => {
            case.link(b, "ann").await;
            case.who = Some(ann);
        }
        _ => no_request(route),
    }
}
