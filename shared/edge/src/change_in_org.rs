//! Changes of an organization by its members or the platform.

use crate::Outcome;
use crate::auth::User;
use crate::call::Call;
use crate::ids::Ids;
use crate::next_action::NextAction;
use crate::org_context::{OrgContext, standing_keys, touch, unread_standing};
use crate::problem::Problem;
use jiff::Timestamp;
use muster_domain::OrganizationId;
use muster_domain::rules::suspension::OpenTo;
use muster_store::{Key, ReadSet};

/// Admits a caller, or refuses them, from what was read.
type Enter = fn(&User, OrganizationId, &ReadSet, Timestamp, OpenTo) -> Result<OrgContext, Problem>;

impl Call {
    /// Reads like [`Call::read_in_org`], decides, and makes the change in one transaction.
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

    /// Like [`Call::change_in_org`], but open to inactive members: none of their roles is in effect, and they can leave.
    ///
    /// # Errors
    /// As [`Call::change_in_org`], except the 403 for inactive members.
    pub async fn change_membership(
        &self,
        user: &User,
        organization: OrganizationId,
        keys: Vec<Key>,
        decide: impl FnMut(&OrgContext, &ReadSet, &mut Ids) -> Result<NextAction, Problem>,
    ) -> Outcome {
        self.change_as(user, organization, keys, OrgContext::leaving, decide)
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
                let org = enter(user, organization, read, self.now, self.open_to)?;
                org.refuse_read_only_key()?;
                let step = decide(&org, read, ids);
                last_org = Some(org);
                step
            })
            .await;
        if let Some(org) = &last_org {
            touch(&self.app, user, org).await;
        }
        outcome
    }

    /// Makes a change that only the platform can make, in one transaction. It updates no member's activity.
    ///
    /// # Errors
    /// 403 for every other caller inside the organization; otherwise as [`Call::read_in_org`] and [`Call::change`].
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
                let org = OrgContext::new(user, organization, read, self.now, self.open_to)?;
                org.refuse_read_only_key()?;
                org.as_platform()?;
                decide(&org, ids)
            },
        )
        .await
    }

    /// Admits every caller inside the organization. Returns the keys that must be read first to decide that.
    fn admitting(
        &self,
        user: &User,
        organization: OrganizationId,
        enter: Enter,
    ) -> impl Fn(&ReadSet) -> Result<Vec<Key>, Problem> {
        move |read| {
            let more = unread_standing(user, organization, read, self.now)?;
            if more.is_empty() {
                enter(user, organization, read, self.now, self.open_to)?;
            }
            Ok(more)
        }
    }
}
