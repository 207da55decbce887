//! The kinds of events, and the kinds of things that they are about.

use crate::vocabulary::vocabulary;
use serde::{Deserialize, Serialize};

vocabulary! {
    /// The kind of an event: what happened.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
    pub enum EventKind {
        /// An organization was created.
        OrganizationCreated = "organization.created",
        /// The name or the settings of the organization changed.
        OrganizationUpdated = "organization.updated",
        /// The platform set the plan: seat limit, allowed domains and mail limit.
        PlanSet = "organization.plan_set",
        /// An owner transferred ownership to another member.
        OwnershipTransferred = "organization.ownership_transferred",
        /// An owner named the billing owner.
        PayingOwnerNamed = "organization.paying_owner_named",
        /// The organization was suspended.
        Suspended = "organization.suspended",
        /// The suspension ended.
        Resumed = "organization.resumed",
        /// A suspension was set to begin later, or such a suspension was changed.
        SuspensionPlanned = "organization.suspension_planned",
        /// A suspension that had not begun was canceled.
        SuspensionCancelled = "organization.suspension_cancelled",
        /// An owner deleted the organization. The platform can restore it until `restorable_until`.
        OrganizationDeleted = "organization.deleted",
        /// The platform restored the deleted organization.
        OrganizationRestored = "organization.restored",
        /// The deleted organization was erased.
        OrganizationErased = "organization.erased",
        /// A person was added directly, without an invitation.
        MemberAdded = "member.added",
        /// A person became a member by accepting an invitation.
        MemberJoined = "member.joined",
        /// The name or the profile of a member changed.
        MemberUpdated = "member.updated",
        /// The roles of a member changed.
        MemberRoleChanged = "member.role_changed",
        /// A role of a member ended: it expired, or it was turned off.
        MemberRoleEnded = "member.role_ended",
        /// A role on a resource ended because the resource was deleted.
        MemberGrantEnded = "member.grant_ended",
        /// An inactive member was activated.
        MemberActivated = "member.activated",
        /// A member was deactivated.
        MemberDeactivated = "member.deactivated",
        /// A member left.
        MemberLeft = "member.left",
        /// A member was removed by another member.
        MemberRemoved = "member.removed",
        /// The list of people was exported as a file.
        MembersExported = "members.exported",
        /// An invitation was sent.
        InvitationCreated = "invitation.created",
        /// What an invitation offers changed.
        InvitationUpdated = "invitation.updated",
        /// An invitation was sent again.
        InvitationResent = "invitation.resent",
        /// All pending invitations were to be sent again.
        ResendRequested = "invitations.resend_requested",
        /// The invited person accepted.
        InvitationAccepted = "invitation.accepted",
        /// The invited person declined.
        InvitationDeclined = "invitation.declined",
        /// An invitation was canceled, by a member or because it could no longer be accepted.
        InvitationCancelled = "invitation.cancelled",
        /// An invitation expired.
        InvitationExpired = "invitation.expired",
        /// An API key was created.
        ApiKeyCreated = "api_key.created",
        /// An API key got a new secret.
        ApiKeyRotated = "api_key.rotated",
        /// An API key was revoked.
        ApiKeyRevoked = "api_key.revoked",
        /// A resource was registered.
        ResourceRegistered = "resource.registered",
        /// A resource got another name.
        ResourceRenamed = "resource.renamed",
        /// A resource was deleted.
        ResourceDeleted = "resource.deleted",
        /// A contact was registered, or a former member became one.
        ContactCreated = "contact.created",
        /// A contact changed.
        ContactUpdated = "contact.updated",
        /// A contact was deleted.
        ContactDeleted = "contact.deleted",
    }
}

vocabulary! {
    /// The kind of an actor or of a subject.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
    pub enum EntityKind {
        /// A user, by id.
        User = "user",
        /// An API key.
        ApiKey = "api_key",
        /// The platform, by the id of the user that its token was issued to.
        Platform = "platform",
        /// A job of Muster, by its name.
        System = "system",
        /// The organization.
        Organization = "organization",
        /// An invitation.
        Invitation = "invitation",
        /// A resource, as `type/id`.
        Resource = "resource",
        /// A contact.
        Contact = "contact",
    }
}

impl EventKind {
    /// Whether it is the wanted kind, or one of the wanted family, such as `invitation.*`.
    #[must_use]
    pub fn is_in(self, wanted: &str) -> bool {
        match wanted.strip_suffix('*') {
            Some(family) => family.ends_with('.') && self.as_str().starts_with(family),
            None => self.as_str() == wanted,
        }
    }

    /// What its events are about.
    #[must_use]
    pub const fn subject(self) -> EntityKind {
        match self {
            Self::OrganizationCreated
            | Self::OrganizationUpdated
            | Self::PlanSet
            | Self::OwnershipTransferred
            | Self::PayingOwnerNamed
            | Self::Suspended
            | Self::Resumed
            | Self::SuspensionPlanned
            | Self::SuspensionCancelled
            | Self::OrganizationDeleted
            | Self::OrganizationRestored
            | Self::OrganizationErased
            | Self::MembersExported
            | Self::ResendRequested => EntityKind::Organization,
            Self::MemberAdded
            | Self::MemberJoined
            | Self::MemberUpdated
            | Self::MemberRoleChanged
            | Self::MemberRoleEnded
            | Self::MemberGrantEnded
            | Self::MemberActivated
            | Self::MemberDeactivated
            | Self::MemberLeft
            | Self::MemberRemoved => EntityKind::User,
            Self::InvitationCreated
            | Self::InvitationUpdated
            | Self::InvitationResent
            | Self::InvitationAccepted
            | Self::InvitationDeclined
            | Self::InvitationCancelled
            | Self::InvitationExpired => EntityKind::Invitation,
            Self::ApiKeyCreated | Self::ApiKeyRotated | Self::ApiKeyRevoked => EntityKind::ApiKey,
            Self::ResourceRegistered | Self::ResourceRenamed | Self::ResourceDeleted => EntityKind::Resource,
            Self::ContactCreated | Self::ContactUpdated | Self::ContactDeleted => EntityKind::Contact,
        }
    }

    /// Whether it is about a suspension that has not begun. A member who cannot see such a suspension cannot see the event either.
    #[must_use]
    pub const fn is_of_suspension_ahead(self) -> bool {
        matches!(self, Self::SuspensionPlanned | Self::SuspensionCancelled)
    }

    /// Whether its states are those of a suspension, whose reason is shown only to callers who see the suspension.
    #[must_use]
    pub const fn is_of_suspension(self) -> bool {
        self.is_of_suspension_ahead() || matches!(self, Self::Suspended | Self::Resumed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    const BEGIN: &str = "<!-- events: written by `MUSTER_UPDATE=1 cargo test --workspace --lib -- event::kind` -->\n";
    const END: &str = "<!-- end of events -->\n";

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the command says whether the table is written")]
    fn the_table_of_events_in_the_documents_has_every_kind() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/API.md");
        let text = std::fs::read_to_string(&path).unwrap();
        let (before, rest) = text.split_once(BEGIN).unwrap();
        let (table, after) = rest.split_once(END).unwrap();
        let row = |kind: EventKind| format!("| `{kind}` | {} |\n", kind.text().trim_end_matches('.'));
        let rows = EventKind::ALL.map(row).concat();
        let expected = format!("\n| kind | what happened |\n| --- | --- |\n{rows}\n");
        if std::env::var_os("MUSTER_UPDATE").is_some() {
            std::fs::write(&path, [before, BEGIN, &expected, END, after].concat()).unwrap();
        } else {
            assert_eq!(table, expected, "see the first line of the table");
        }
    }

    #[test]
    fn a_kind_is_in_its_own_family_only() {
        let kind = EventKind::InvitationCreated;
        for (wanted, is_in) in [
            ("invitation.created", true),
            ("invitation.*", true),
            ("invitation.", false),
            ("invitation*", false),
            ("*", false),
            ("invitations.*", false),
            ("member.*", false),
            ("invitation.created.*", false),
            ("created", false),
            ("", false),
        ] {
            assert_eq!(kind.is_in(wanted), is_in, "{wanted}");
        }
    }
}
