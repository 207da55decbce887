//! Access decisions: the only requests that can name several organizations. Their standard has no 404.

use crate::api_key::unread_knower;
use crate::auth::User;
use crate::call::Call;
use crate::org_context::{OrgContext, standing_keys, touch, unread_standing};
use crate::problem::Problem;
use muster_domain::{OrganizationId, Secret};
use muster_store::{Key, ReadSet};
use std::collections::{BTreeMap, BTreeSet};

/// The organizations that a request names, each as the caller sees it. One that does not exist is missing: only the platform gets
/// this far with it.
pub type OrgContexts = BTreeMap<OrganizationId, OrgContext>;

impl Call {
    /// Reads these organizations, the caller's standing in each, and `keys`, in one round trip. A second one follows if a member
    /// other than its owner created or rotated the caller's API key, and another if that is so of a key in question.
    ///
    /// # Errors
    /// 403 for a stranger, as for an organization that does not exist, and for an inactive member; 401 for an API key that is not
    /// accepted. At the decision point of one organization, a stranger gets 404, as on all its routes.
    pub async fn asking(
        &self,
        user: &User,
        organizations: &BTreeSet<OrganizationId>,
        keys: Vec<Key>,
    ) -> Result<(OrgContexts, ReadSet), Problem> {
        // The caller's key is accepted or refused first, whatever organization the request names.
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
        let mut places = OrgContexts::new();
        for id in asked {
            match OrgContext::new(user, id, &read, self.now, self.open_to) {
                Ok(org) => {
                    places.insert(id, org);
                }
                Err(problem) if problem.status != 404 => return Err(problem),
                Err(_) if user.platform => {}
                Err(not_found) if self.organization_in_path()? == Some(id) => return Err(not_found),
                Err(_) => return Err(Problem::not_yours_to_ask()),
            }
        }
        futures::future::join_all(places.values().map(|org| touch(&self.app, user, org))).await;
        let more = self.unread_knowers(user, &places, &all, &read)?;
        read = read.and(self.app.store().read(&more).await?);
        Ok((places, read))
    }

    /// The members who must be read to decide what the API keys in question open, once the caller is known. For the caller's own
    /// key they have been read by then.
    fn unread_knowers(
        &self,
        user: &User,
        places: &OrgContexts,
        keys: &[Key],
        read: &ReadSet,
    ) -> Result<Vec<Key>, Problem> {
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
    /// 403: the same for an organization that does not exist and one that the caller does not belong to.
    #[must_use]
    pub fn not_yours_to_ask() -> Self {
        Self::forbidden("name an organization that you are a member of")
    }
}
