//! Organizations: create, list the caller's, show, change, and set the plan.

use crate::api::PageResponse;
use crate::api::organization::{
    CreateOrganizationRequest, MyOrganizationResponse, OrganizationResponse, SetPlanRequest, UpdateOrganizationRequest,
};
use muster_domain::people::FilterContext;
use muster_domain::rules::organizations::{self, Founder, MAX_DOMAINS, OrganizationUpdate};
use muster_domain::violation::Violation;
use muster_domain::{OrganizationId, Plan, RoleSet, roleset};
use muster_edge::etag::SeenOrganization;
use muster_edge::next_action::PendingChange;
use muster_edge::org_context::role_set;
use muster_edge::{Call, NextAction, Outcome, Problem, Reply, User};
use muster_store::{Key, Standing};

/// Creates an organization; the caller becomes its owner (`website-studio`).
pub async fn create(call: Call, user: User) -> Outcome {
    let body: CreateOrganizationRequest = call.body()?;
    let set = role_set_for_new(&body.role_set, call.app.config().test_role_sets)?;
    let email = user
        .email
        .clone()
        .filter(|_| user.email_verified)
        .ok_or_else(Problem::email_not_verified)?;
    user.in_own_name()?;
    let founder = Founder {
        id: user.id,
        subject: user.subject.clone(),
        email,
        name: user.name.clone(),
    };
    call.change(&user, Vec::new(), |_, ids| {
        let (organization, changes) =
            organizations::create(&founder, body.name.clone(), set, call.now, ids).ok_or_else(Problem::internal)?;
        let location = call.location(&format!("/v1/organizations/{}", organization.id));
        let reply = Reply::json(201, &OrganizationResponse::created(&organization))?
            .showing(&SeenOrganization::new(&organization, true))
            .header("location", location);
        Ok(NextAction::Commit(Box::new(PendingChange {
            changes,
            organization: None,
            set,
            reply,
            // The founder is a member from now on.
            standing: Some(Standing::new(organization.id, Some(call.now), false)),
        })))
    })
    .await
}

/// A role set that an organization can be made with.
fn role_set_for_new(id: &str, takes_test_sets: bool) -> Result<&'static RoleSet, Problem> {
    let tests = roleset::test_names().filter(|_| takes_test_sets);
    let is_open = roleset::names().chain(tests).any(|name| name == id);
    let set = roleset::find(id).filter(|_| is_open);
    set.ok_or_else(|| unknown_role_set(id))
}

fn unknown_role_set(id: &str) -> Problem {
    let known: Vec<&str> = roleset::names().collect();
    let id: String = id.chars().take(60).collect();
    Problem::invalid([Violation::field(
        "role_set",
        "unknown_role_set",
        format!("`{id}` is not a role set; must be one of {}", known.join(", ")),
    )])
}

/// Lists the organizations the caller is a member of.
pub async fn list(call: Call, user: User) -> Outcome {
    let query = call.query(&["limit", "cursor"])?;
    let page = call
        .app
        .store()
        .organizations_of(user.id, query.cursor()?.as_ref(), query.limit()?)
        .await?;
    let keys: Vec<Key> = page
        .items
        .iter()
        .flat_map(|id| [Key::organization(*id), Key::member(*id, user.id)])
        .collect();
    let read = call.app.store().read(&keys).await?;
    let mut items = Vec::with_capacity(page.items.len());
    for id in &page.items {
        let (Some(organization), Some(member)) = (
            read.organization(*id)?.filter(|o| !o.is_deleted()),
            read.member(*id, user.id)?,
        ) else {
            continue;
        };
        let context = FilterContext {
            organization: &organization,
            set: role_set(&organization)?,
            now: call.now,
        };
        let role = context.shown_role(&member, |_| true);
        let known = role.as_ref().and_then(|role| context.set.role(role));
        items.push(MyOrganizationResponse {
            id: *id,
            role_name: known.map(|role| role.name.clone()),
            role,
            role_set: organization.role_set.clone(),
            status: member.status,
            suspended: organization.is_suspended(call.now),
            joined_at: member.joined_at,
            name: organization.name.clone(),
        });
    }
    Reply::json(
        200,
        &PageResponse {
            items,
            next_cursor: query.seal(page.next.as_ref()),
        },
    )
}

/// Shows an organization to its members.
pub async fn get(call: Call, user: User) -> Outcome {
    call.query(&[])?;
    let (org, _) = call.read_in_org(&user, call.path("org")?, Vec::new()).await?;
    org.any_role()?;
    Ok(Reply::json(200, &OrganizationResponse::of(&org.organization, &org))?.showing(&org.seen(&org.organization)))
}

/// Changes an organization's name and settings.
pub async fn update(call: Call, user: User) -> Outcome {
    let id: OrganizationId = call.path("org")?;
    let body: UpdateOrganizationRequest = call.body()?;
    call.change_in_org(&user, id, Vec::new(), |org, _, ids| {
        let settings = body.settings.as_ref();
        let wanted = OrganizationUpdate {
            name: body.name.clone(),
            invitation_ttl_days: settings.and_then(|s| s.invitation_ttl_days),
            default_message: settings.and_then(|s| s.default_message.clone().as_change()),
            optional_roles: settings.and_then(|s| s.optional_roles.clone()),
            logo_url: settings.and_then(|s| s.logo_url.clone().as_change()),
            accent_color: settings.and_then(|s| s.accent_color.clone().as_change()),
        };
        let (after, changes) = organizations::update(&org.decision_context()?, wanted, ids)?;
        call.precondition(Some(&org.seen(&org.organization)))?;
        Ok(org.commit(
            changes,
            Reply::json(200, &OrganizationResponse::of(&after, org))?.showing(&org.seen(&after)),
        ))
    })
    .await
}

/// Sets seat limit, allowed domains, mail limit, the page for upgrades, and branding. For the platform only.
pub async fn set_plan(call: Call, user: User) -> Outcome {
    let id: OrganizationId = call.path("org")?;
    let body: SetPlanRequest = call.body()?;
    let domains = body.allowed_domains.as_ref();
    if let Some(violation) = Violation::too_many("allowed_domains", domains.map_or(0, Vec::len), MAX_DOMAINS) {
        return Err(Problem::invalid([violation]));
    }
    call.change_as_platform(&user, id, |org, ids| {
        call.precondition(Some(&org.seen(&org.organization)))?;
        let present = &org.organization.plan;
        let seat_limit = body.seat_limit.clone().as_change();
        let mail_limit = body.mail_limit.clone().as_change();
        let upgrade_url = body.upgrade_url.clone().as_change();
        let wanted = Plan {
            seat_limit: seat_limit.map_or(present.seat_limit, |limit| limit.map(u64::from)),
            allowed_domains: match domains {
                Some(named) => named.iter().cloned().collect(),
                None => present.allowed_domains.clone(),
            },
            mail_limit: mail_limit.map_or(present.mail_limit, |limit| limit.map(u64::from)),
            upgrade_url: upgrade_url.unwrap_or_else(|| present.upgrade_url.clone()),
            branding: body.branding.unwrap_or(present.branding),
        };
        let (after, changes) = organizations::set_plan(&org.organization, wanted, user.id, call.now, ids);
        Ok(org.commit(
            changes,
            Reply::json(200, &OrganizationResponse::of(&after, org))?.showing(&org.seen(&after)),
        ))
    })
    .await
}
