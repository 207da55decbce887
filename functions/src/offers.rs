//! What a caller may do, as responses list it: what the rules allow, on the routes that are open to the caller at this moment.

use crate::routes::Route;
use muster_domain::rules::actions::{self, OrganizationAction, PersonAction};
use muster_domain::rules::invitations;
use muster_domain::{Authority, DecisionContext, Invitation, Member, Name};
use muster_edge::OrgContext;

/// The caller whose actions are listed.
pub enum Offers<'a> {
    /// A member, as a signed-in user or through an API key, with the authority that each question needs.
    Member(DecisionContext<'a>, Authority<'a>),
    /// The platform. It can do less in a deleted organization.
    Platform {
        /// Whether the organization is deleted.
        is_deleted: bool,
    },
    /// No one: the rows are for a file.
    Nobody,
}

impl<'a> Offers<'a> {
    /// The caller of a request.
    #[must_use]
    pub fn to(org: &'a OrgContext) -> Self {
        let is_deleted = org.organization.is_deleted();
        org.decision_context()
            .map_or(Self::Platform { is_deleted }, Self::member)
    }

    /// The member who makes the decisions of this context.
    #[must_use]
    pub fn member(ctx: DecisionContext<'a>) -> Self {
        Self::Member(ctx, ctx.authority())
    }

    /// What the caller may do in the organization.
    #[must_use]
    pub fn in_organization(&self) -> Vec<OrganizationAction> {
        match self {
            Self::Member(ctx, authority) => {
                let allowed = actions::in_organization(&ctx.knowing(authority)).into_iter();
                let leaves = |action| action == OrganizationAction::Leave;
                allowed
                    .filter(|action| is_open(ctx, route_of(*action), leaves(*action)))
                    .collect()
            }
            Self::Platform { is_deleted } => {
                let all = OrganizationAction::ALL.into_iter();
                all.filter(|action| admits_platform(route_of(*action), *is_deleted))
                    .collect()
            }
            Self::Nobody => Vec::new(),
        }
    }

    /// What the caller may do with a member.
    #[must_use]
    pub fn with_member(&self, member: &Member) -> Vec<PersonAction> {
        match self {
            Self::Member(ctx, authority) => open_ones(ctx, actions::with_member(&ctx.knowing(authority), member)),
            Self::Platform { is_deleted } => {
                let all = PersonAction::ALL.into_iter();
                all.filter(|action| admits_platform(route_with(*action), *is_deleted))
                    .collect()
            }
            Self::Nobody => Vec::new(),
        }
    }

    /// What the caller may do with an invitation. The platform may only read it.
    #[must_use]
    pub fn with_invitation(&self, invitation: &Invitation) -> Vec<PersonAction> {
        match self {
            Self::Member(ctx, authority) => {
                open_ones(ctx, actions::with_invitation(&ctx.knowing(authority), invitation))
            }
            Self::Platform { .. } | Self::Nobody => Vec::new(),
        }
    }

    /// The name of the member who answers for an invitation, if the caller may see it.
    #[must_use]
    pub fn inviter(&self, invitation: &Invitation) -> Option<Name> {
        let is_seen = match self {
            Self::Member(ctx, authority) => invitations::may_see_inviter(&ctx.knowing(authority), invitation),
            Self::Platform { .. } => true,
            Self::Nobody => false,
        };
        invitation.inviter_name.clone().filter(|_| is_seen)
    }

    /// Whether the member is the caller, or the owner of the caller's API key.
    #[must_use]
    pub fn is_me(&self, member: &Member) -> bool {
        matches!(self, Self::Member(ctx, _) if ctx.actor.id == member.id)
    }
}

fn open_ones(ctx: &DecisionContext<'_>, allowed: Vec<PersonAction>) -> Vec<PersonAction> {
    let leaves = |action| action == PersonAction::Leave;
    let allowed = allowed.into_iter();
    allowed
        .filter(|action| is_open(ctx, route_with(*action), leaves(*action)))
        .collect()
}

/// Whether the route of this binary is open to the member: while the organization is suspended, most are not.
fn is_open(ctx: &DecisionContext<'_>, binary: &str, leaves: bool) -> bool {
    !ctx.organization.is_suspended(ctx.now)
        || Route::of(binary).is_some_and(|route| {
            let open_to = route.while_suspended;
            open_to.admits(ctx.actor, ctx.key.is_some(), leaves, ctx.set)
        })
}

fn admits_platform(binary: &str, is_deleted: bool) -> bool {
    let route = Route::of(binary);
    route.is_some_and(|route| {
        let reads = route.method == "GET";
        route.access.admits_platform(reads) && (reads || !is_deleted)
    })
}

/// The binary of the route by which an action in the organization is taken.
const fn route_of(action: OrganizationAction) -> &'static str {
    match action {
        OrganizationAction::ReadMembers => "list-members",
        OrganizationAction::InviteMembers => "create-invitations",
        OrganizationAction::ExportMembers => "export-members",
        OrganizationAction::ReadContacts => "list-contacts",
        OrganizationAction::ManageContacts => "put-contact",
        OrganizationAction::ReadResources => "list-resources",
        OrganizationAction::ManageResources => "put-resource",
        OrganizationAction::ReadEvents => "list-events",
        OrganizationAction::UpdateOrganization => "update-organization",
        OrganizationAction::NamePayingOwner => "name-paying-owner",
        OrganizationAction::TransferOwnership => "transfer-ownership",
        OrganizationAction::DeleteOrganization => "delete-organization",
        OrganizationAction::CreateApiKey => "create-api-key",
        OrganizationAction::Leave => "remove-member",
    }
}

/// The binary of the route by which an action with a person is taken.
const fn route_with(action: PersonAction) -> &'static str {
    match action {
        PersonAction::ChangeRole | PersonAction::Activate | PersonAction::Deactivate | PersonAction::EditProfile => {
            "update-member"
        }
        PersonAction::ChangeGrants => "put-grant",
        PersonAction::Remove | PersonAction::Leave => "remove-member",
        PersonAction::ReadApiKeys => "list-api-keys",
        PersonAction::CreateApiKey => "create-api-key",
        PersonAction::Edit => "update-invitation",
        PersonAction::Resend => "resend-invitation",
        PersonAction::Cancel => "cancel-invitation",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_is_taken_on_a_route() {
        let in_organization = OrganizationAction::ALL.into_iter().map(route_of);
        let with_person = PersonAction::ALL.into_iter().map(route_with);
        for binary in in_organization.chain(with_person) {
            assert!(Route::of(binary).is_some(), "{binary}");
        }
    }

    #[test]
    fn the_platform_is_offered_what_it_may_read_and_the_contacts_that_it_keeps() {
        let to = |is_deleted| Offers::Platform { is_deleted }.in_organization();
        let reads = [
            OrganizationAction::ReadMembers,
            OrganizationAction::ReadContacts,
            OrganizationAction::ReadResources,
            OrganizationAction::ReadEvents,
        ];
        assert_eq!(to(true), reads);
        let mut all = reads.to_vec();
        all.insert(2, OrganizationAction::ManageContacts);
        assert_eq!(to(false), all);
    }
}
