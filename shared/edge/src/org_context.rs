//! The organization of a request, and the caller's membership in it: both come from the same read as everything else.

use crate::Outcome;
use crate::api_key::{good_key, unread_knower};
use crate::app::App;
use crate::auth::User;
use crate::call::Call;
use crate::change::{NextAction, PendingChange};
use crate::ids::Ids;
use crate::metrics::Metric;
use crate::problem::{Problem, ProblemType};
use crate::reply::Reply;
use jiff::Timestamp;
use muster_domain::{
    ApiKey, Authority, Changes, DecisionContext, Member, Organization, OrganizationId, ResourceRef, RoleSet, Status,
    roleset,
};
use muster_store::{Footing, Key, ReadSet, StoreError};
use std::time::Duration;

/// The caller's relation to the organization.
#[derive(Debug, Clone)]
pub enum CallerKind {
    /// A member, active unless what is asked is open to those who are inactive.
    Member(Box<Member>),
    /// The platform, which reads any organization. It is so even where its user is a member too: its token changes nothing that
    /// only members change.
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
    /// The API key that the request was made with; none for a signed-in user.
    pub key: Option<ApiKey>,
    /// The instant of the request.
    pub now: Timestamp,
}

/// Who of those that ask is let in, from what was read.
type Enter = fn(&User, OrganizationId, &ReadSet, Timestamp) -> Result<OrgContext, Problem>;

/// The part of an organization for which the caller has a permission.
pub enum Visibility<'a> {
    /// The whole organization.
    All,
    /// Only resources that the caller's roles are limited to.
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
/// 500 if this deployment does not ship it any more.
pub fn role_set(organization: &Organization) -> Result<&'static RoleSet, Problem> {
    roleset::find(&organization.role_set).ok_or_else(|| {
        tracing::error!(organization = %organization.id, role_set = organization.role_set, "the role set is not shipped");
        Problem::internal()
    })
}

impl OrgContext {
    pub(crate) fn new(user: &User, id: OrganizationId, read: &ReadSet, now: Timestamp) -> Result<Self, Problem> {
        let org = Self::or_inactive(user, id, read, now)?;
        match &org.caller_kind {
            CallerKind::Member(member) if member.status != Status::Active => Err(Problem::member_inactive()),
            CallerKind::Member(_) | CallerKind::Platform => Ok(org),
        }
    }

    /// As [`OrgContext::new`], for members who are inactive as well.
    fn or_inactive(user: &User, id: OrganizationId, read: &ReadSet, now: Timestamp) -> Result<Self, Problem> {
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
        // Deleted: everybody is out but the platform, and it too once the data goes.
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

    /// Whether it is the platform that asks, which reads everything.
    #[must_use]
    pub fn is_platform(&self) -> bool {
        matches!(self.caller_kind, CallerKind::Platform)
    }

    /// Refuses everybody but the platform.
    ///
    /// # Errors
    /// 403.
    fn as_platform(&self) -> Result<(), Problem> {
        if self.is_platform() {
            return Ok(());
        }
        Err(Problem::forbidden("only the platform can do this"))
    }

    /// Refuses an API key: what follows is for people.
    ///
    /// # Errors
    /// 403.
    pub fn require_user(&self) -> Result<(), Problem> {
        match &self.key {
            Some(_) => Err(Problem::sign_in_required()),
            None => Ok(()),
        }
    }

    /// What the caller's roles allow, within the limits of the key they come with; nothing for the platform.
    #[must_use]
    pub fn authority(&self) -> Option<Authority<'_>> {
        self.decision_context().ok().map(|ctx| ctx.authority())
    }

    /// Whether nothing of what the caller holds is out of reach: no key limits them to some of it.
    #[must_use]
    pub fn covers_all_roles(&self) -> bool {
        self.key.as_ref().is_none_or(|key| key.limits.cover_all_roles())
    }

    /// The member who asks.
    ///
    /// # Errors
    /// 403 for the platform, which reads but is no member.
    pub fn member(&self) -> Result<&Member, Problem> {
        match &self.caller_kind {
            CallerKind::Member(member) => Ok(member),
            CallerKind::Platform => Err(Problem::forbidden(
                "only members can do this; the platform can only read",
            )),
        }
    }

    /// Refuses a key that only reads.
    fn may_change(&self) -> Result<(), Problem> {
        match &self.key {
            Some(key) if key.limits.read_only => Err(Problem::new(ProblemType::ReadOnlyKey)),
            _ => Ok(()),
        }
    }

    /// What a decision rests on.
    ///
    /// # Errors
    /// 403 for the platform, which reads but changes nothing here.
    pub fn decision_context(&self) -> Result<DecisionContext<'_>, Problem> {
        Ok(DecisionContext {
            organization: &self.organization,
            set: self.set,
            actor: self.member()?,
            key: self.key.as_ref(),
            now: self.now,
        })
    }

    /// Refuses a member without an active role. Membership alone only lets them see and end that membership.
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
    /// 403 if nowhere.
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

    /// A change of this organization, with the answer once it is made.
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
            footing: self.footing(),
        }))
    }

    /// The standing that answers are kept for; none for a member without any role left, who is shown no earlier answer.
    pub(crate) fn footing(&self) -> Option<Footing> {
        self.any_role().ok()?;
        let since = self.member().ok().map(|member| member.joined_at);
        Some(Footing::new(self.organization.id, since, self.is_platform()))
    }
}

/// Refuses who has nothing there to show for themselves, before the organization is looked at: so it takes as long where there
/// is none. A made-up key too gets one answer, whatever it names.
fn refuse_strangers(user: &User, id: OrganizationId, read: &ReadSet) -> Result<(), Problem> {
    let nobody = Problem::not_found("organization");
    match &user.key {
        Some(secret) if secret.organization() != id => Err(nobody),
        Some(secret) if !read.contains(&Key::api_key(id, secret.key())) => Err(Problem::key_refused()),
        None if !user.platform && !read.contains(&Key::member(id, user.id)) => Err(nobody),
        Some(_) | None => Ok(()),
    }
}

/// What tells who the caller is: the organization, their membership, and the key they come with.
pub(crate) fn standing_keys(user: &User, organization: OrganizationId) -> Vec<Key> {
    let mut keys = vec![Key::organization(organization), Key::member(organization, user.id)];
    keys.extend(user.key.iter().map(|secret| Key::api_key(organization, secret.key())));
    keys
}

/// What else must be read to tell who the caller is, now that this was found: who knows the secret of their key beside its owner.
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
    /// Reads the organization, the caller's membership and `keys`, in one round trip; in two for an API key that a member made
    /// for another.
    ///
    /// # Errors
    /// 404 for a stranger as for an organization that does not exist; 403 for an inactive member.
    pub async fn read_in_org(
        &self,
        user: &User,
        organization: OrganizationId,
        keys: Vec<Key>,
    ) -> Result<(OrgContext, ReadSet), Problem> {
        let all: Vec<Key> = standing_keys(user, organization).into_iter().chain(keys).collect();
        let read = self.read_standing(user, organization, &all).await?;
        let org = OrgContext::new(user, organization, &read, self.now)?;
        touch(&self.app, &org).await;
        Ok((org, read))
    }

    /// Reads `keys`, which tell who the caller is, and what else must be known for that.
    pub(crate) async fn read_standing(
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

    /// Reads as [`Call::read_in_org`] does, decides, and makes the change in one transaction.
    ///
    /// # Errors
    /// As [`Call::read_in_org`] and [`Call::change`].
    pub async fn change_in_org(
        &self,
        user: &User,
        organization: OrganizationId,
        keys: Vec<Key>,
        decide: impl FnMut(&OrgContext, &ReadSet, &mut Ids) -> Result<NextAction, Problem>,
    ) -> Outcome {
        self.change_as(user, organization, keys, OrgContext::new, decide).await
    }

    /// As [`Call::change_in_org`], open to members who are inactive: they have no role that holds, and can leave.
    ///
    /// # Errors
    /// As [`Call::change_in_org`], but for the 403 of inactive members.
    pub async fn change_membership(
        &self,
        user: &User,
        organization: OrganizationId,
        keys: Vec<Key>,
        decide: impl FnMut(&OrgContext, &ReadSet, &mut Ids) -> Result<NextAction, Problem>,
    ) -> Outcome {
        self.change_as(user, organization, keys, OrgContext::or_inactive, decide)
            .await
    }

    async fn change_as(
        &self,
        user: &User,
        organization: OrganizationId,
        keys: Vec<Key>,
        enter: Enter,
        mut decide: impl FnMut(&OrgContext, &ReadSet, &mut Ids) -> Result<NextAction, Problem>,
    ) -> Outcome {
        let all = standing_keys(user, organization).into_iter().chain(keys).collect();
        let mut last_org = None;
        let admit = self.admitting(user, organization, enter);
        let outcome = self
            .change_if(user, all, admit, |read, ids| {
                let org = enter(user, organization, read, self.now)?;
                org.may_change()?;
                let step = decide(&org, read, ids);
                last_org = Some(org);
                step
            })
            .await;
        if let Some(org) = &last_org {
            touch(&self.app, org).await;
        }
        outcome
    }

    /// Makes a change that is the platform's alone, in one transaction. Nobody is noted as seen by it.
    ///
    /// # Errors
    /// 403 for everybody else who is inside; otherwise as [`Call::read_in_org`] and [`Call::change`].
    pub async fn change_as_platform(
        &self,
        user: &User,
        organization: OrganizationId,
        mut decide: impl FnMut(&OrgContext, &mut Ids) -> Result<NextAction, Problem>,
    ) -> Outcome {
        let keys = standing_keys(user, organization);
        self.change_if(
            user,
            keys,
            self.admitting(user, organization, OrgContext::new),
            |read, ids| {
                let org = OrgContext::new(user, organization, read, self.now)?;
                org.may_change()?;
                org.as_platform()?;
                decide(&org, ids)
            },
        )
        .await
    }

    /// Who is let in: whoever is inside. Gives what must be read first to tell.
    fn admitting(
        &self,
        user: &User,
        organization: OrganizationId,
        enter: Enter,
    ) -> impl Fn(&ReadSet) -> Result<Vec<Key>, Problem> {
        move |read| {
            let more = unread_standing(user, organization, read, self.now)?;
            if more.is_empty() {
                enter(user, organization, read, self.now)?;
            }
            Ok(more)
        }
    }
}

/// Notes that the member was seen, or their key used, at most once an hour. Failing to is no reason to fail the request.
pub(crate) async fn touch(app: &App, org: &OrgContext) {
    if let Some(key) = &org.key {
        return touch_key(app, key, org.now).await;
    }
    let CallerKind::Member(member) = &org.caller_kind else {
        return;
    };
    if !member.activity_is_stale(org.now) || app.notes().is_resting() {
        return;
    }
    noted(app, app.store().touch(member, org.now).await);
}

/// Notes that the key was used, at most once an hour.
pub async fn touch_key(app: &App, key: &ApiKey, now: Timestamp) {
    if !key.use_is_stale(now) || app.notes().is_resting() {
        return;
    }
    noted(app, app.store().touch_key(key, now).await);
}

/// Lets notes rest where the table takes no more: each request behind would only ask it for more.
fn noted(app: &App, note: Result<(), StoreError>) {
    let Err(error) = note else { return };
    if error.is_throttled() {
        app.notes().rest(REST);
        app.metrics().count(Metric::Throttled, 1);
    }
    tracing::warn!(%error, "activity was not noted");
}

/// How long a process notes nothing after a note was throttled.
const REST: Duration = Duration::from_secs(5);
