//! The organization of a request, and the caller's membership in it. Both come from the same read as everything else.

use crate::api_key::{good_key, unread_knower};
use crate::app::App;
use crate::auth::User;
use crate::call::Call;
use crate::etag::SeenOrganization;
use crate::metrics::Metric;
use crate::next_action::{NextAction, PendingChange};
use crate::problem::Problem;
use crate::reply::Reply;
use jiff::Timestamp;
use muster_domain::rules::suspension::OpenTo;
use muster_domain::{
    ApiKey, Authority, Changes, DecisionContext, Member, Organization, OrganizationId, ResourceRef, RoleSet, Status,
    roleset,
};
use muster_store::{Key, ReadSet, Standing, StoreError};
use std::time::Duration;

/// The caller's relation to the organization.
#[derive(Debug, Clone)]
pub enum CallerKind {
    /// A member. Inactive members get here only where the request is open to them.
    Member(Box<Member>),
    /// The platform, which can read any organization. This holds even if its user is also a member: a platform token makes no
    /// change that only members make.
    Platform,
}

/// An organization in the context of one request.
#[derive(Debug, Clone)]
pub struct OrgContext {
    /// The organization.
    pub organization: Organization,
    /// Its role set.
    pub set: &'static RoleSet,
    /// The caller's relation to it.
    pub caller_kind: CallerKind,
    /// The API key that the request was made with; `None` for a signed-in user.
    pub key: Option<ApiKey>,
    /// The instant of the request.
    pub now: Timestamp,
}

/// The part of an organization for which the caller has a permission.
pub enum Visibility<'a> {
    /// The whole organization.
    All,
    /// Only the resources that the caller's roles are limited to.
    Some(Authority<'a>),
}

impl Visibility<'_> {
    /// Whether it includes any of these resources.
    pub fn includes<'r>(&self, permission: &str, resources: impl IntoIterator<Item = &'r ResourceRef>) -> bool {
        match self {
            Self::All => true,
            Self::Some(authority) => resources.into_iter().any(|r| authority.allows(permission, Some(r))),
        }
    }
}

/// The role set of an organization.
///
/// # Errors
/// 500 if this deployment no longer ships it.
pub fn role_set(organization: &Organization) -> Result<&'static RoleSet, Problem> {
    roleset::find(&organization.role_set).ok_or_else(|| {
        tracing::error!(organization = %organization.id, role_set = organization.role_set, "the role set is not shipped");
        Problem::internal()
    })
}

impl OrgContext {
    /// The context of a request by the platform, or by an active member who is not kept out by a suspension.
    pub(crate) fn new(
        user: &User,
        id: OrganizationId,
        read: &ReadSet,
        now: Timestamp,
        open_to: OpenTo,
    ) -> Result<Self, Problem> {
        let org = Self::of(user, id, read, now)?;
        match &org.caller_kind {
            CallerKind::Member(member) if member.status != Status::Active => Err(Problem::member_inactive()),
            CallerKind::Member(_) | CallerKind::Platform => org.unless_suspended(open_to, false),
        }
    }

    /// Like [`OrgContext::new`], but for a request that ends the caller's own membership: it admits inactive members too.
    pub(crate) fn leaving(
        user: &User,
        id: OrganizationId,
        read: &ReadSet,
        now: Timestamp,
        open_to: OpenTo,
    ) -> Result<Self, Problem> {
        Self::of(user, id, read, now)?.unless_suspended(open_to, true)
    }

    /// Refuses members, and keys of theirs, to whom the route is closed while the organization is suspended.
    fn unless_suspended(self, open_to: OpenTo, leaves: bool) -> Result<Self, Problem> {
        let suspension = self.organization.suspension.as_ref();
        let in_force = suspension.filter(|suspension| suspension.has_begun(self.now));
        let (Some(suspension), CallerKind::Member(member)) = (in_force, &self.caller_kind) else {
            return Ok(self);
        };
        if open_to.admits(member, self.key.is_some(), leaves, self.set) {
            return Ok(self);
        }
        let sees_reason = self.key.is_none() && member.is_active_owner(self.set);
        Err(Problem::organization_suspended(suspension, sees_reason))
    }

    /// The context of a request by any member, or by the platform.
    fn of(user: &User, id: OrganizationId, read: &ReadSet, now: Timestamp) -> Result<Self, Problem> {
        let nobody = || Problem::not_found("organization");
        let key = user.key.as_ref();
        refuse_strangers(user, id, read)?;
        let Some(organization) = read.organization(id)? else {
            return Err(if key.is_some() {
                Problem::key_refused()
            } else {
                nobody()
            });
        };
        let set = role_set(&organization)?;
        let key = key
            .map(|secret| good_key(secret, &organization, set, read, now))
            .transpose()?;
        // A deleted organization admits only the platform, and refuses even that once its data is being erased.
        if organization.erasing || (organization.is_deleted() && !user.platform) {
            return Err(nobody());
        }
        let caller_kind = match read.member(id, user.id)? {
            _ if user.platform => CallerKind::Platform,
            Some(member) => CallerKind::Member(Box::new(member)),
            None => return Err(nobody()),
        };
        Ok(Self {
            organization,
            set,
            caller_kind,
            key,
            now,
        })
    }

    /// Whether the caller is the platform, which reads everything.
    #[must_use]
    pub fn is_platform(&self) -> bool {
        matches!(self.caller_kind, CallerKind::Platform)
    }

    /// Refuses every caller except the platform.
    ///
    /// # Errors
    /// 403.
    pub(crate) fn as_platform(&self) -> Result<(), Problem> {
        if self.is_platform() {
            return Ok(());
        }
        Err(Problem::forbidden("only the platform can do this"))
    }

    /// Whether the caller can see the organization's suspension and its reason: the platform, and active owners.
    #[must_use]
    pub fn sees_suspension(&self) -> bool {
        match &self.caller_kind {
            CallerKind::Platform => true,
            CallerKind::Member(member) => self.covers_all_roles() && member.is_active_owner(self.set),
        }
    }

    /// This state of the organization, as the caller sees it.
    #[must_use]
    pub fn seen<'a>(&self, organization: &'a Organization) -> SeenOrganization<'a> {
        SeenOrganization::new(organization, self.sees_suspension())
    }

    /// The permissions of the caller's roles, within the limits of the caller's API key. `None` for the platform.
    #[must_use]
    pub fn authority(&self) -> Option<Authority<'_>> {
        self.decision_context().ok().map(|ctx| ctx.authority())
    }

    /// Whether the caller sees the identity provider's subjects of members. The platform does.
    #[must_use]
    pub fn sees_subjects(&self) -> bool {
        self.decision_context().is_ok_and(|ctx| ctx.sees_subjects()) || self.is_platform()
    }

    /// Whether the caller can use all their roles: no key limits them to some.
    #[must_use]
    pub fn covers_all_roles(&self) -> bool {
        self.key.as_ref().is_none_or(|key| key.limits.cover_all_roles())
    }

    /// The member who calls.
    ///
    /// # Errors
    /// 403 for the platform, which can read but is not a member.
    pub fn member(&self) -> Result<&Member, Problem> {
        match &self.caller_kind {
            CallerKind::Member(member) => Ok(member),
            CallerKind::Platform => Err(Problem::forbidden(
                "only members can do this; the platform can only read",
            )),
        }
    }

    /// Refuses a read-only key.
    pub(crate) fn refuse_read_only_key(&self) -> Result<(), Problem> {
        match &self.key {
            Some(key) if key.limits.read_only => Err(Problem::read_only_key()),
            _ => Ok(()),
        }
    }

    /// The context of a decision.
    ///
    /// # Errors
    /// 403 for the platform, which can read but changes nothing here.
    pub fn decision_context(&self) -> Result<DecisionContext<'_>, Problem> {
        Ok(DecisionContext {
            organization: &self.organization,
            set: self.set,
            actor: self.member()?,
            key: self.key.as_ref(),
            now: self.now,
            known: None,
        })
    }

    /// The context after these changes: what a response says that the caller may do from then on.
    #[must_use]
    pub fn after(&self, changes: &Changes) -> Self {
        let mut after = self.clone();
        let organization = changes.organization.as_ref().and_then(|pair| pair.after.as_ref());
        after.organization = changes.apply_to(organization.unwrap_or(&self.organization), self.set);
        if let CallerKind::Member(member) = &mut after.caller_kind {
            let mut changed = changes.members.iter().filter_map(|pair| pair.after.as_ref());
            if let Some(changed) = changed.find(|changed| changed.id == member.id) {
                **member = changed.clone();
            }
        }
        after
    }

    /// Refuses a member without an active role. A member without a role can only see and end their own membership.
    ///
    /// # Errors
    /// 403.
    pub fn any_role(&self) -> Result<(), Problem> {
        match &self.caller_kind {
            CallerKind::Member(_) if !self.decision_context()?.holds_anything() => {
                Err(Problem::forbidden("you no longer have a role in this organization"))
            }
            CallerKind::Member(_) | CallerKind::Platform => Ok(()),
        }
    }

    /// The part of the organization for which the caller has this permission.
    ///
    /// # Errors
    /// 403 if the caller has it nowhere.
    pub fn visibility(&self, permission: &str) -> Result<Visibility<'_>, Problem> {
        let Some(authority) = self.authority() else {
            return Ok(Visibility::All);
        };
        if authority.allows(permission, None) {
            Ok(Visibility::All)
        } else if authority.allows_somewhere(permission) {
            Ok(Visibility::Some(authority))
        } else {
            Err(Problem::forbidden(&format!(
                "this requires the permission `{permission}`"
            )))
        }
    }

    /// A change of this organization, with the reply to send once it is written.
    #[must_use]
    pub fn commit(&self, changes: Changes, reply: Reply) -> NextAction {
        if changes.is_empty() {
            return NextAction::Reply(reply);
        }
        NextAction::Commit(Box::new(PendingChange {
            changes,
            organization: Some(self.organization.clone()),
            set: self.set,
            reply,
            standing: self.standing(),
        }))
    }

    /// The standing that a stored response is bound to. `None` for a member without any role left, who gets no earlier response.
    pub(crate) fn standing(&self) -> Option<Standing> {
        self.any_role().ok()?;
        let since = self.member().ok().map(|member| member.joined_at);
        Some(Standing::new(self.organization.id, since, self.is_platform()))
    }
}

/// Refuses a caller who has neither a membership nor a key here. It does so before the organization is examined, so the response
/// takes equally long if there is none. A made-up key gets one answer too, whatever it names.
fn refuse_strangers(user: &User, id: OrganizationId, read: &ReadSet) -> Result<(), Problem> {
    let nobody = Problem::not_found("organization");
    match &user.key {
        Some(secret) if secret.organization() != id => Err(nobody),
        Some(secret) if !read.contains(&Key::api_key(id, secret.key())) => Err(Problem::key_refused()),
        None if !user.platform && !read.contains(&Key::member(id, user.id)) => Err(nobody),
        Some(_) | None => Ok(()),
    }
}

/// The keys that establish the caller's standing: the organization, their membership, and their API key.
pub(crate) fn standing_keys(user: &User, organization: OrganizationId) -> Vec<Key> {
    let mut keys = vec![Key::organization(organization), Key::member(organization, user.id)];
    keys.extend(user.key.iter().map(|secret| Key::api_key(organization, secret.key())));
    keys
}

/// The remaining keys to read, after this read, to establish the caller's standing: the member besides the owner who knows the API
/// key's secret.
pub(crate) fn unread_standing(
    user: &User,
    organization: OrganizationId,
    read: &ReadSet,
    now: Timestamp,
) -> Result<Vec<Key>, Problem> {
    let Some(secret) = user.key.as_ref().filter(|secret| secret.organization() == organization) else {
        return Ok(Vec::new());
    };
    let knower = unread_knower(read, organization, secret.key(), Some(secret), now)?;
    Ok(knower.into_iter().collect())
}

impl Call {
    /// Reads the organization, the caller's membership and `keys`, in one round trip. An API key that one member made for another
    /// takes two.
    ///
    /// # Errors
    /// 404 for a stranger, as for an organization that does not exist; 403 for an inactive member, and for a member to whom the
    /// route is closed while the organization is suspended.
    pub async fn read_in_org(
        &self,
        user: &User,
        organization: OrganizationId,
        keys: Vec<Key>,
    ) -> Result<(OrgContext, ReadSet), Problem> {
        let all: Vec<Key> = standing_keys(user, organization).into_iter().chain(keys).collect();
        let read = self.read_caller(user, organization, &all).await?;
        let org = OrgContext::new(user, organization, &read, self.now, self.open_to)?;
        touch(&self.app, user, &org).await;
        Ok((org, read))
    }

    /// Reads `keys`, which establish the caller's standing, and whatever else that requires.
    pub(crate) async fn read_caller(
        &self,
        user: &User,
        organization: OrganizationId,
        keys: &[Key],
    ) -> Result<ReadSet, Problem> {
        let read = self.app.store().read(keys).await?;
        let more = unread_standing(user, organization, &read, self.now)?;
        if more.is_empty() {
            return Ok(read);
        }
        Ok(read.and(self.app.store().read(&more).await?))
    }
}

/// Records that the member was seen, or their key used, at most once an hour. A failure here does not fail the request.
///
/// A member whose subject is not known gets it with the same note, so that it costs no write of its own.
pub(crate) async fn touch(app: &App, user: &User, org: &OrgContext) {
    if let Some(key) = &org.key {
        return touch_key(app, key, org.now).await;
    }
    let CallerKind::Member(member) = &org.caller_kind else {
        return;
    };
    if !member.activity_is_stale(org.now) || app.notes().is_paused() {
        return;
    }
    pause_if_throttled(app, app.store().touch(member, user.subject.as_ref(), org.now).await);
}

/// Records that the key was used, at most once an hour.
pub async fn touch_key(app: &App, key: &ApiKey, now: Timestamp) {
    if !key.use_is_stale(now) || app.notes().is_paused() {
        return;
    }
    pause_if_throttled(app, app.store().touch_key(key, now).await);
}

/// Pauses activity notes when the table throttles: each following request would only add to its load.
fn pause_if_throttled(app: &App, note: Result<(), StoreError>) {
    let Err(error) = note else { return };
    if error.is_throttled() {
        app.notes().pause(REST);
        app.metrics().count(Metric::Throttled, 1);
    }
    tracing::warn!(%error, "activity was not noted");
}

/// How long a process records no activity after a note was throttled.
const REST: Duration = Duration::from_secs(5);
