//! Asking who may do what: the one kind of request that can speak of several organizations, and whose standard knows no 404.

use crate::api_key::unread_knower;
use crate::auth::User;
use crate::call::Call;
use crate::org_context::{OrgContext, standing_keys, touch, unread_standing};
use crate::problem::Problem;
use muster_domain::{OrganizationId, Secret};
use muster_store::{Key, ReadSet};
use std::collections::{BTreeMap, BTreeSet};

/// The organizations a request asks about, each as the caller sees it. One that does not exist is not there: only the platform gets so far.
pub type Places = BTreeMap<OrganizationId, OrgContext>;

impl Call {
    /// Reads these organizations, the caller's standing in each, and `keys`, in one round trip; a second one follows where the
    /// API key that asks was made or rotated by another member than its owner, and one where a key that is asked about was.
    ///
    /// # Errors
    /// 403 for a stranger as for an organization that does not exist, and for an inactive member; 401 for an API key that is not accepted.
    pub async fn asking(
        &self,
        user: &User,
        organizations: &BTreeSet<OrganizationId>,
        keys: Vec<Key>,
    ) -> Result<(Places, ReadSet), Problem> {
        // A key is good or not before anything else is said, whatever organization it asks about.
        let own = user.key.as_ref().map(Secret::organization);
        let first: Vec<OrganizationId> = own.into_iter().collect();
        let others = organizations.iter().copied().filter(|id| Some(*id) != own);
        let asked: Vec<OrganizationId> = first.into_iter().chain(others).collect();
        let standing = asked.iter().flat_map(|id| standing_keys(user, *id));
        let all: Vec<Key> = standing.chain(keys).collect();
        let mut read = self.app.store().read(&all).await?;
        if let Some(id) = own {
            let more = unread_standing(user, id, &read, self.now)?;
            read = read.and(self.app.store().read(&more).await?);
        }
        let mut places = Places::new();
        for id in asked {
            match OrgContext::new(user, id, &read, self.now) {
                Ok(org) => {
                    places.insert(id, org);
                }
                Err(problem) if problem.status != 404 => return Err(problem),
                Err(_) if user.platform => {}
                Err(_) => return Err(Problem::not_yours_to_ask()),
            }
        }
        futures::future::join_all(places.values().map(|org| touch(&self.app, org))).await;
        let more = self.unread_knowers(user, &places, &all, &read)?;
        read = read.and(self.app.store().read(&more).await?);
        Ok((places, read))
    }

    /// Who must be read to tell what the API keys open that were asked about, now that it is clear who asks. What the caller's own
    /// opens is known by then.
    fn unread_knowers(&self, user: &User, places: &Places, keys: &[Key], read: &ReadSet) -> Result<Vec<Key>, Problem> {
        let own = user.key.as_ref().map(Secret::key);
        let mut more = Vec::new();
        for (organization, id) in keys.iter().filter_map(Key::api_key_of) {
            if Some(id) != own && places.contains_key(&organization) {
                more.extend(unread_knower(read, organization, id, None, self.now)?);
            }
        }
        Ok(more)
    }
}

impl Problem {
    /// 403: the same for an organization that is not there and one that is not the caller's.
    #[must_use]
    pub fn not_yours_to_ask() -> Self {
        Self::forbidden("name an organization that you are a member of")
    }
}
