//! Actions: what an actor may do at this moment, with the organization, with a member and with an invitation.
//!
//! Pages show what they offer by these lists. An action is on a list exactly if some request of it would be allowed: each asks
//! the predicates of the rule that would refuse it. Three answers of the moment are left out, since a page shows them better where
//! they occur: whether seats are free, how soon an invitation may be resent, and how much mail may still be sent. Nor is it
//! looked up whether there is a resource to give a role on, or another member to transfer ownership to.

use crate::invitation::Invitation;
use crate::member::{Member, Status};
use crate::roleset::permission;
use crate::rules::DecisionContext;
use crate::rules::members::offered;
use crate::rules::scopes::RoleScopes;
use crate::rules::{api_keys, contacts, deletion, exports, invitations, organizations, ownership, resources};
use crate::vocabulary::vocabulary;
use serde::{Deserialize, Serialize};

vocabulary! {
    /// Something that a caller may do in an organization.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
    pub enum OrganizationAction {
        /// List the members and invitations, at least those on some resources.
        ReadMembers = "read_members",
        /// Invite people to some role.
        InviteMembers = "invite_members",
        /// Download the list of people.
        ExportMembers = "export_members",
        /// Look up contacts.
        ReadContacts = "read_contacts",
        /// Register, change and delete contacts.
        ManageContacts = "manage_contacts",
        /// List resources, at least some.
        ReadResources = "read_resources",
        /// Register, rename and delete resources.
        ManageResources = "manage_resources",
        /// Read the record of changes.
        ReadEvents = "read_events",
        /// Change name and settings.
        UpdateOrganization = "update_organization",
        /// Name the billing owner.
        NamePayingOwner = "name_paying_owner",
        /// Transfer ownership to another member.
        TransferOwnership = "transfer_ownership",
        /// Delete the organization.
        DeleteOrganization = "delete_organization",
        /// Create an API key of one's own.
        CreateApiKey = "create_api_key",
        /// End one's own membership.
        Leave = "leave",
    }
}

vocabulary! {
    /// Something that a caller may do with a person: with a member, or with an invitation.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
    pub enum PersonAction {
        /// Give a member another role, or another term of the same, in place of all that they hold.
        ChangeRole = "change_role",
        /// Give a member a role on a resource, change it or take it away.
        ChangeGrants = "change_grants",
        /// Activate an inactive member.
        Activate = "activate",
        /// Deactivate an active member.
        Deactivate = "deactivate",
        /// End the membership of another member.
        Remove = "remove",
        /// End one's own membership.
        Leave = "leave",
        /// Change a member's name and profile.
        EditProfile = "edit_profile",
        /// List a member's API keys; members may revoke those that they may list.
        ReadApiKeys = "read_api_keys",
        /// Create an API key of a member.
        CreateApiKey = "create_api_key",
        /// Change what an invitation offers, or its message.
        Edit = "edit",
        /// Send an invitation again.
        Resend = "resend",
        /// Cancel an invitation.
        Cancel = "cancel",
    }
}

impl OrganizationAction {
    /// Whether the actor may do it.
    fn is_offered(self, ctx: &DecisionContext<'_>) -> bool {
        let authority = ctx.authority();
        match self {
            Self::ReadMembers => authority.allows_somewhere(permission::MEMBERS_READ),
            Self::InviteMembers => ctx
                .set
                .roles
                .iter()
                .any(|role| RoleScopes::of(ctx, role).invite.is_somewhere()),
            Self::ExportMembers => exports::check_may_export(ctx).is_ok(),
            Self::ReadContacts => invitations::create::sees_contacts(ctx),
            Self::ManageContacts => contacts::may_manage(ctx),
            Self::ReadResources => authority.allows_somewhere(permission::RESOURCES_READ),
            Self::ManageResources => resources::may_manage(ctx),
            Self::ReadEvents => authority.allows(permission::EVENTS_READ, None),
            Self::UpdateOrganization => organizations::may_update(ctx),
            Self::NamePayingOwner => ownership::may_name_paying_owner(ctx),
            Self::TransferOwnership => ownership::may_transfer(ctx),
            Self::DeleteOrganization => deletion::may_delete(ctx),
            Self::CreateApiKey => api_keys::may_create(ctx, ctx.actor),
            Self::Leave => offered::may_remove(ctx, ctx.actor),
        }
    }
}

impl PersonAction {
    /// Whether the actor may do it with the member.
    fn is_offered_on(self, ctx: &DecisionContext<'_>, member: &Member) -> bool {
        let oneself = member.id == ctx.actor.id;
        match self {
            Self::ChangeRole => offered::may_change_role(ctx, member),
            Self::ChangeGrants => offered::may_change_grants(ctx, member),
            Self::Activate => offered::may_switch(ctx, member, Status::Active),
            Self::Deactivate => offered::may_switch(ctx, member, Status::Inactive),
            Self::Remove => !oneself && offered::may_remove(ctx, member),
            Self::Leave => oneself && offered::may_remove(ctx, member),
            Self::EditProfile => offered::may_edit_profile(ctx, member),
            Self::ReadApiKeys => api_keys::owner(ctx, Some(member)).is_ok(),
            Self::CreateApiKey => api_keys::may_create(ctx, member),
            Self::Edit | Self::Resend | Self::Cancel => false,
        }
    }
}

/// What the actor may do in the organization.
#[must_use]
pub fn in_organization(ctx: &DecisionContext<'_>) -> Vec<OrganizationAction> {
    let all = OrganizationAction::ALL.into_iter();
    all.filter(|action| action.is_offered(ctx)).collect()
}

/// What the actor may do with a member, who may be the actor.
#[must_use]
pub fn with_member(ctx: &DecisionContext<'_>, member: &Member) -> Vec<PersonAction> {
    let all = PersonAction::ALL.into_iter();
    all.filter(|action| action.is_offered_on(ctx, member)).collect()
}

/// What the actor may do with an invitation.
#[must_use]
pub fn with_invitation(ctx: &DecisionContext<'_>, invitation: &Invitation) -> Vec<PersonAction> {
    let (changes, resends) = (
        invitations::may_change(ctx, invitation),
        invitations::may_resend(ctx, invitation),
    );
    let offered = [
        (PersonAction::Edit, changes),
        (PersonAction::Resend, resends),
        (PersonAction::Cancel, changes),
    ];
    let offered = offered.into_iter().filter(|(_, is)| *is);
    offered.map(|(action, _)| action).collect()
}
