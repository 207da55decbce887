//! Members: get, update and remove.

pub mod bulk;
pub mod grants;

use crate::api::grant::GrantInput;
use crate::api::member::{MemberResponse, UpdateMemberRequest};
use crate::api::person::PeopleView;
use crate::api::resource::ResourceNames;
use crate::offers::Offers;
use crate::openapi::query::{AS, OTHERS};
use crate::routes::lookup::{name_keys, resource_keys, resource_names, resources_found};
use muster_domain::member::{MAX_GRANTS, Profile};
use muster_domain::rules::contacts::{self, ExistingContacts};
use muster_domain::rules::members::{self, Holdings, MemberRefusal, MemberUpdate, WantedGrant};
use muster_domain::rules::offer::RequestedOffer;
use muster_domain::rules::sources::SourceViewer;
use muster_domain::rules::{DecisionContext, hierarchy};
use muster_domain::violation::Violation;
use muster_domain::{
    Changes, ContactId, Instant, Member, OrganizationId, Resource, ResourceKey, ResourceRef, UserId, UserName,
    permission,
};
use muster_edge::org_context::Visibility;
use muster_edge::{Call, CallerKind, Field, Ids, NextAction, OrgContext, Outcome, Problem, Reply, User};
use muster_store::{Key, ReadSet};

/// The view of the caller, who sees these names of resources.
pub(super) fn view(org: &OrgContext, names: ResourceNames) -> PeopleView<'_> {
    PeopleView {
        names,
        organization: &org.organization,
        set: org.set,
        now: org.now,
        with_subjects: org.sees_subjects(),
        viewer: source_viewer(org),
        offers: Offers::to(org),
    }
}

/// The caller, as far as the sources of roles are concerned.
pub(super) fn source_viewer(org: &OrgContext) -> SourceViewer<'_> {
    org.decision_context()
        .map_or(SourceViewer::Platform, |ctx| SourceViewer::of(&ctx))
}

/// 404 for a segment that names no user.
fn unnamed(text: &str) -> Problem {
    let problem = Problem::not_found("member");
    match text.starts_with("sub:") {
        true => problem.detail("in a path, write the subject in Base64 after `sub64:`"),
        false => problem,
    }
}

/// The member that a path names; `me` is the caller.
pub(super) fn target(call: &Call, user: &User) -> Result<UserId, Problem> {
    let text: String = call.path("member")?;
    if text == "me" {
        return Ok(user.id);
    }
    let name = UserName::in_path(&text).map_err(|_| unnamed(&text))?;
    Ok(name.id(call.issuer()))
}

/// Shows one member, or the caller as `me`.
pub async fn get(call: Call, user: User) -> Outcome {
    let organization: OrganizationId = call.path("org")?;
    let id = target(&call, &user)?;
    let as_others = AS.word(&call.query(&[AS.name])?)? == OTHERS;
    let (org, read) = call
        .read_in_org(&user, organization, vec![Key::member(organization, id)])
        .await?;
    let nobody = || Problem::not_found("member");
    let found = read.member(organization, id)?;
    // The platform reads the membership of its own user as `me`.
    let (member, sight) = if id == user.id && org.covers_all_roles() {
        (found.ok_or_else(nobody)?, Sight::Oneself)
    } else {
        // Callers who see no members get a 403, whether or not there is such a member.
        org.visibility(permission::MEMBERS_READ)?;
        let member = found.ok_or_else(nobody)?;
        let sight = Sight::of(&org, &member)?;
        (member, sight)
    };
    let visible = sight.resources(&member).map(|on| (organization, on));
    let names = resource_names(call.app.store(), &name_keys(visible)).await?;
    Ok(Reply::json(200, &shown(&org, &member, &sight, names, as_others))?.showing(&member))
}

/// What the caller sees of a member.
pub(super) enum Sight<'a> {
    /// Everything: the member is the caller.
    Oneself,
    /// What the caller may see of others.
    Other(Visibility<'a>),
}

impl<'a> Sight<'a> {
    /// What the caller sees of this member, who may be the caller.
    ///
    /// # Errors
    /// 403 if the caller sees no members at all; 404 if the caller cannot see this one.
    pub(super) fn of(org: &'a OrgContext, member: &Member) -> Result<Self, Problem> {
        let is_own = org.member().is_ok_and(|own| own.id == member.id);
        if is_own && org.covers_all_roles() {
            return Ok(Self::Oneself);
        }
        let visibility = org.visibility(permission::MEMBERS_READ)?;
        let is_seen = match (&visibility, &org.caller_kind) {
            (Visibility::All, _) => true,
            (Visibility::Some(_), CallerKind::Member(_)) => {
                org.decision_context().is_ok_and(|ctx| hierarchy::may_see(&ctx, member))
            }
            (Visibility::Some(_), CallerKind::Platform) => false,
        };
        if !is_seen {
            return Err(Problem::not_found("member"));
        }
        Ok(Self::Other(visibility))
    }

    /// The resources on which the caller sees the member's roles.
    pub(super) fn resources<'m>(&self, member: &'m Member) -> impl Iterator<Item = &'m ResourceRef> {
        let held = member.grants.iter().map(|grant| &grant.resource);
        held.filter(|on| self.includes(on))
    }

    /// Whether the caller sees the member's role on the resource.
    fn includes(&self, on: &ResourceRef) -> bool {
        match self {
            Self::Oneself => true,
            Self::Other(visibility) => visibility.includes(permission::MEMBERS_READ, [on]),
        }
    }
}

/// A member as the caller sees them; with `as_others`, as members who manage no one see them.
pub(super) fn shown(
    org: &OrgContext,
    member: &Member,
    sight: &Sight<'_>,
    names: ResourceNames,
    as_others: bool,
) -> MemberResponse {
    let is_visible = |on: &ResourceRef| sight.includes(on);
    let view = view(org, names);
    if as_others {
        let view = PeopleView {
            with_subjects: false,
            ..view
        };
        return view.member(member, is_visible).as_others_see();
    }
    let shown = view.member(member, is_visible);
    let manages = || {
        let ctx = org.decision_context();
        ctx.is_ok_and(|ctx| hierarchy::manages_all_of(&ctx, member))
    };
    match sight {
        Sight::Other(_) if !manages() => shown.for_others(),
        Sight::Oneself | Sight::Other(_) => shown,
    }
}

/// Changes a member's roles, status, name or profile.
pub async fn update(call: Call, user: User) -> Outcome {
    let organization: OrganizationId = call.path("org")?;
    let id = target(&call, &user)?;
    let body: UpdateMemberRequest = call.body()?;
    check(&body)?;
    let resources = resource_keys(body.resources.as_deref().unwrap_or_default())?;
    let grants = body.grants.as_deref().unwrap_or_default();
    let granted: Vec<ResourceKey> = grants.iter().map(key_of).collect();
    let mut keys = vec![Key::member(organization, id)];
    keys.extend(
        resources
            .iter()
            .chain(&granted)
            .map(|key| Key::resource(organization, key)),
    );
    call.change_in_org(&user, organization, keys, |org, read, ids| {
        let before = read.member(organization, id)?;
        let ctx = org.decision_context()?;
        let known = before.as_ref().filter(|m| hierarchy::may_see(&ctx, m));
        let found_resources = resources_found(read, organization, &resources)?;
        let found_grants = wanted_grants(read, organization, grants)?;
        let holdings = wanted_holdings(&body, &found_resources, &found_grants);
        let profile = known.and_then(|m| changed_profile(&m.profile, &body));
        let wanted = MemberUpdate {
            holdings,
            name: body.name.clone(),
            profile,
            status: body.status,
        };
        let (after, changes) = members::update(&ctx, before.as_ref(), wanted, ids)?;
        call.precondition(before.as_ref())?;
        let is_visible = |r: &ResourceRef| {
            (after.id == user.id && org.covers_all_roles()) || ctx.authority().allows(permission::MEMBERS_READ, Some(r))
        };
        let shown = view(&org.after(&changes), ResourceNames::of(read)?).member(&after, is_visible);
        Ok(org.commit(changes, Reply::json(200, &shown)?.showing(&after)))
    })
    .await
}

/// The roles that a request gives a member instead of all earlier ones; none if it names no role.
fn wanted_holdings<'a>(
    body: &'a UpdateMemberRequest,
    resources: &'a [(ResourceKey, Option<Resource>)],
    grants: &'a [WantedGrant],
) -> Option<Holdings<'a>> {
    match (&body.role, &body.grants) {
        (Field::Value(role), None) => Some(Holdings::One(RequestedOffer {
            role,
            resources,
            term: body.duration,
        })),
        (Field::Value(role), Some(_)) => Some(Holdings::Mix {
            role: Some(role),
            term: body.duration,
            grants,
        }),
        (Field::Absent | Field::Null, Some(_)) => Some(Holdings::Mix {
            role: None,
            term: body.duration,
            grants,
        }),
        (Field::Absent | Field::Null, None) => None,
    }
}

fn key_of(grant: &GrantInput) -> ResourceKey {
    ResourceKey {
        kind: grant.kind.clone(),
        id: grant.id.clone(),
    }
}

fn wanted_grants(
    read: &ReadSet,
    organization: OrganizationId,
    grants: &[GrantInput],
) -> Result<Vec<WantedGrant>, Problem> {
    let wanted = |grant: &GrantInput| {
        let key = key_of(grant);
        let found = read.resource(organization, &key)?;
        Ok(WantedGrant {
            resource: (key, found),
            role: grant.role.clone(),
            expires_at: grant.expires_at.and_then(Instant::end),
        })
    };
    grants.iter().map(wanted).collect()
}

/// Refuses a body that contradicts itself, independent of the caller.
fn check(body: &UpdateMemberRequest) -> Result<(), Problem> {
    let mut violations = Vec::new();
    if body.grants.is_some() && body.resources.is_some() {
        violations.push(Violation::field(
            "resources",
            "not_allowed",
            "cannot be combined with `grants`",
        ));
    }
    // The rule limits the number of grants, too; here it bounds what is read.
    let grants = body.grants.as_ref().map_or(0, Vec::len);
    violations.extend(Violation::too_many("grants", grants, MAX_GRANTS));
    let has_role = matches!(body.role, Field::Value(_));
    if body.grants.is_none() && !has_role {
        let without = "requires `role`";
        if body.resources.is_some() {
            violations.push(Violation::field("resources", "not_allowed", without));
        }
        if body.role == Field::Null {
            violations.push(Violation::field("role", "required", "can be null only with `grants`"));
        }
    }
    if body.duration.is_some() && !has_role {
        violations.push(Violation::field("duration", "not_allowed", "requires `role`"));
    }
    if violations.is_empty() {
        Ok(())
    } else {
        Err(Problem::invalid(violations))
    }
}

/// The profile as changed by the body, if the body names any part of it.
fn changed_profile(before: &Profile, body: &UpdateMemberRequest) -> Option<Profile> {
    let mut after = before.clone();
    let mut touched = false;
    let mut set = |named: bool| touched |= named;
    if let Some(timezone) = body.timezone.clone().as_change() {
        after.timezone = timezone;
        set(true);
    }
    if let Some(language) = body.language.clone().as_change() {
        after.language = language;
        set(true);
    }
    if let Some(color) = body.color.clone().as_change() {
        after.color = color;
        set(true);
    }
    if let Some(bio) = body.bio.clone().as_change() {
        after.bio = bio;
        set(true);
    }
    if let Some(skills) = body.skills.clone() {
        after.skills = skills;
        set(true);
    }
    if let Some(notifications) = body.notifications.clone() {
        after.notifications.extend(notifications);
        set(true);
    }
    touched.then_some(after)
}

/// The keys to read before a membership ends: the contact with the member's address, the contact with their id, and the record of
/// earlier memberships.
pub(super) fn contact_keys(member: &Member) -> Result<Vec<Key>, Problem> {
    Ok(vec![
        Key::contact_at(member.organization, &member.email),
        Key::contact(member.organization, &contact_of(member.id)?),
        Key::former_member(member.organization, member.id),
    ])
}

fn contact_of(member: UserId) -> Result<ContactId, Problem> {
    member.to_string().parse().map_err(|_| Problem::internal())
}

/// Decides whether to end a membership, after the keys of [`contact_keys`] are read.
pub(super) fn removal(
    ctx: &DecisionContext<'_>,
    read: &ReadSet,
    member: &Member,
    ids: &mut Ids,
) -> Result<Changes, Problem> {
    let (at, own) = (
        read.contact_at(member.organization, &member.email)?,
        read.contact(member.organization, &contact_of(member.id)?)?,
    );
    let former = read.former_member(member.organization, member.id)?;
    let known = ExistingContacts {
        at: at.as_ref(),
        own: own.as_ref(),
        former: former.as_ref(),
    };
    Ok(contacts::remove_leaving_contact(ctx, Some(member), &known, ids)?)
}

/// Ends a membership: another member's, or the caller's own, which is leaving.
pub async fn remove(call: Call, user: User) -> Outcome {
    let organization: OrganizationId = call.path("org")?;
    let id = target(&call, &user)?;
    let keys = vec![Key::member(organization, id)];
    let decide = |org: &OrgContext, read: &ReadSet, ids: &mut Ids| {
        let ctx = org.decision_context()?;
        let found = read.member(organization, id)?;
        // Callers who may not remove the member are refused before anything else is read.
        members::remove(&ctx, found.as_ref(), ids)?;
        let member = found.ok_or(MemberRefusal::NotFound)?;
        let contacts = contact_keys(&member)?;
        if !read.covers(&contacts) {
            return Ok(NextAction::Read(contacts));
        }
        let changes = removal(&ctx, read, &member, ids)?;
        call.precondition(Some(&member))?;
        Ok(org.commit(changes, Reply::empty()))
    };
    // Deactivated members keep a membership that they cannot use, and may leave.
    if id == user.id {
        return call.change_membership(&user, organization, keys, decide).await;
    }
    call.change_in_org(&user, organization, keys, decide).await
}
