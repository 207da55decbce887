//! The catalog of problems: every type with its statuses, its title and what the caller can do about it, each written once.

/// The prefix of every problem's `type`. It names the problem; nothing has to exist at this address.
pub const TYPE_BASE: &str = "https://muster.example/problems/";

macro_rules! catalog {
    ($( $(#[doc = $doc:literal])* $variant:ident $slug:literal [$($status:literal),+] $title:literal $remedy:literal; )*) => {
        /// The type of a problem (RFC 9457, section 3.1.1).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum ProblemType {
            $( $(#[doc = $doc])* $variant, )*
        }

        impl ProblemType {
            /// All types, in the order of their statuses.
            pub const ALL: &'static [Self] = &[$( Self::$variant ),*];

            /// The last segment of the problem's `type`; stable.
            #[must_use]
            pub const fn slug(self) -> &'static str {
                match self { $( Self::$variant => $slug, )* }
            }

            /// The statuses it is answered with, the usual one first. Each route has one of them.
            #[must_use]
            pub const fn statuses(self) -> &'static [u16] {
                match self { $( Self::$variant => &[$($status),+], )* }
            }

            /// The usual status.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $( Self::$variant => first(&[$($status),+]), )* }
            }

            /// The title: the same for every problem of this type.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $( Self::$variant => $title, )* }
            }

            /// What the caller can do about it, for the documents.
            #[must_use]
            pub const fn remedy(self) -> &'static str {
                match self { $( Self::$variant => $remedy, )* }
            }
        }
    };
}

impl ProblemType {
    /// The `type` of its problems.
    #[must_use]
    pub fn uri(self) -> String {
        format!("{TYPE_BASE}{}", self.slug())
    }

    /// The type of problems with this `type`.
    #[must_use]
    pub fn of(uri: &str) -> Option<Self> {
        let slug = uri.strip_prefix(TYPE_BASE)?;
        Self::ALL.iter().copied().find(|kind| kind.slug() == slug)
    }
}

/// The first status; the catalog names one for each type.
const fn first(statuses: &[u16]) -> u16 {
    match statuses {
        [first, ..] => *first,
        [] => 500,
    }
}

catalog! {
    /// The body is not JSON.
    MalformedJson "malformed-json" [400] "The request body is not valid JSON"
        "Send a body that is valid JSON";
    /// Query parameters are invalid.
    InvalidQuery "invalid-query" [400] "The query is invalid"
        "Correct the parameters in `errors`";
    /// `If-Match` cannot be read.
    MalformedIfMatch "malformed-if-match" [400] "The `If-Match` header is malformed"
        "Send the `ETag` of an earlier response, or `*`";
    /// `If-None-Match` cannot be read.
    MalformedIfNoneMatch "malformed-if-none-match" [400] "The `If-None-Match` header is malformed"
        "Send the `ETag` of an earlier response, or `*`";
    /// `Idempotency-Key` cannot be used.
    MalformedIdempotencyKey "malformed-idempotency-key" [400] "The `Idempotency-Key` header is malformed"
        "Send 1 to 255 printable ASCII characters";
    /// There are no credentials, or they are not accepted.
    Unauthorized "unauthorized" [401] "Valid credentials are required"
        "Get a new token from the identity provider, or use a valid API key";
    /// The caller may not do this.
    Forbidden "forbidden" [403] "Not allowed"
        "Ask a member who has the permission, or the platform";
    /// The route is for signed-in users, and the caller uses an API key.
    SignInRequired "sign-in-needed" [403] "Sign-in required"
        "Send the token of a signed-in user in place of the API key";
    /// The API key is limited to reading.
    ReadOnlyKey "read-only-key" [403] "This API key is read-only"
        "Use an API key that is not read-only, or the token of a signed-in user";
    /// The caller's membership is inactive.
    MemberInactive "member-inactive" [403] "Your membership is inactive"
        "Ask an admin to activate your membership";
    /// The organization is suspended. Its members and keys get a 403, an invited person a 409.
    OrganizationSuspended "organization-suspended" [403, 409] "The organization is suspended"
        "Wait until the platform resumes the organization; owners see the reason";
    /// The caller's roles do not let them assign the role.
    RoleNotAssignable "role-not-assignable" [403] "You cannot assign this role"
        "Choose a role that your own role may assign, or ask a member who may assign this one";
    /// The caller's identity provider has not verified their address.
    EmailNotVerified "email-not-verified" [403] "Your email address is not verified"
        "Verify the address with the identity provider, then sign in again";
    /// The invitation is for another address than the caller's.
    EmailMismatch "email-mismatch" [403] "The invitation is for another email address"
        "Sign in with the address that was invited";
    /// The thing does not exist, or it is not the caller's.
    NotFound "not-found" [404] "Not found"
        "Check the ids in the path, and that you have access to the organization";
    /// The path has no route for this method.
    MethodNotAllowed "method-not-allowed" [405] "Method not allowed"
        "Use one of the methods in `Allow`";
    /// The plan has too few seats.
    NoSeatsAvailable "no-seats-available" [409] "No seats available"
        "Free a seat, or raise the plan's seat limit";
    /// The organization would have no active owner.
    LastOwner "last-owner" [409] "An organization needs an active owner"
        "Make another member an owner, or transfer ownership, first";
    /// The member is the billing owner.
    PayingOwner "paying-owner" [409] "This member is the billing owner"
        "Choose another billing owner first";
    /// Only an active owner can be the billing owner.
    NotAnOwner "not-an-owner" [409] "The other member is not an active owner"
        "Choose an active owner, or make the member an owner first";
    /// The member who would receive ownership is inactive.
    ReceiverInactive "receiver-inactive" [409] "The other member is inactive"
        "Activate the member first, or choose another one";
    /// Members cannot do this to themselves.
    OwnMembership "own-membership" [409] "You cannot do this to yourself"
        "Ask another member who manages members";
    /// The organization is not deleted.
    OrganizationNotDeleted "organization-not-deleted" [409] "The organization is not deleted"
        "Nothing: it does not have to be restored";
    /// The time to restore the organization is over.
    OrganizationErased "organization-erased" [409] "The organization can no longer be restored"
        "Create a new organization";
    /// The address belongs to a member or has another pending invitation.
    AddressTaken "address-taken" [409] "The email address is taken"
        "Look for the member or the pending invitation that has the address";
    /// The caller is already a member.
    AlreadyMember "already-member" [409] "You are already a member"
        "Nothing: use your membership; the invitation has ended";
    /// The inviter may no longer invite.
    InviterLostAuthority "inviter-lost-authority" [409] "The inviter can no longer offer this access"
        "Ask a member who may invite to resend the invitation";
    /// The organization has disabled the role.
    RoleNotEnabled "role-not-enabled" [409] "The organization has disabled this role"
        "Ask the organization to enable the role, or for an invitation to another role";
    /// The plan does not allow the address's domain.
    DomainNotAllowed "domain-not-allowed" [409] "This role is not available for your email domain"
        "Ask for an invitation at an address of an allowed domain, or to another role";
    /// The resource of the invitation was deleted.
    ResourceGone "resource-gone" [409] "The resource of this invitation was deleted"
        "Ask for an invitation to another resource";
    /// The file would be too large for one response.
    ExportTooLarge "export-too-large" [409] "The export is too large for one response"
        "Request a background export (`POST …/exports`)";
    /// Earlier deletions of resources are still running.
    TooManyDeletions "too-many-deletions" [409] "Too many deletions are in progress"
        "Retry after the number of seconds in `Retry-After`";
    /// The member has the maximum number of API keys.
    TooManyApiKeys "too-many-api-keys" [409] "The member has too many API keys"
        "Revoke a key first";
    /// The API key has expired.
    ApiKeyExpired "api-key-expired" [409] "The API key has expired"
        "Revoke the key and create another one";
    /// The member has no access that a key could have.
    MemberWithoutAccess "member-without-access" [409] "The member has no access"
        "Activate the member, or give them a role, first";
    /// Another contact has the address.
    ContactAddressTaken "contact-address-taken" [409] "Another contact has this email address"
        "Use the contact that `errors` names, or change its address first";
    /// The person has opted out of email.
    MailNotWanted "mail-not-wanted" [409] "The person has opted out of email"
        "Ask the person to sign in and accept the invitation that is listed there";
    /// Other requests kept changing the same things.
    Conflict "conflict" [409] "Other requests changed the same data"
        "Retry after the number of seconds in `Retry-After`";
    /// The invitation has expired. Invitees get a 410, and members who change invitations a 409; so below.
    InvitationExpired "invitation-expired" [409, 410] "The invitation has expired"
        "Ask for a new invitation; a member can also resend this one";
    /// The invitation was canceled.
    InvitationCancelled "invitation-cancelled" [409, 410] "The invitation was canceled"
        "Ask for a new invitation";
    /// The invitation was declined.
    InvitationDeclined "invitation-declined" [409, 410] "The invitation was declined"
        "Ask for a new invitation";
    /// The invitation was accepted.
    InvitationAlreadyAccepted "invitation-already-accepted" [409, 410] "The invitation was already accepted"
        "Nothing: the person is a member, or was one";
    /// The invitation was sent again, with a new link.
    InvitationLinkReplaced "invitation-link-replaced" [410] "A newer link was sent"
        "Open the link in the latest email";
    /// A condition of the request does not hold.
    PreconditionFailed "precondition-failed" [412] "The precondition failed"
        "Get the current state, and decide again";
    /// The body is larger than the limit.
    BodyTooLarge "body-too-large" [413] "The request body is too large"
        "Send at most 64 KiB";
    /// The body has another media type or content coding.
    UnsupportedMediaType "unsupported-media-type" [415, 400] "The media type is not supported"
        "Send `application/json` in UTF-8, without a content coding";
    /// Fields are invalid. Access decisions answer 400, as their standard has it.
    InvalidRequest "invalid-request" [422, 400] "The request is invalid"
        "Correct the fields in `errors`";
    /// Addresses or other parts of an invitation are invalid.
    InvalidInvitations "invalid-invitations" [422] "The invitation is invalid"
        "Correct or omit the addresses and fields in `errors`";
    /// The idempotency key was used for another request.
    IdempotencyKeyReused "idempotency-key-reused" [422] "The idempotency key was used for another request"
        "Use a new key for each new request";
    /// The invitation was resent too often.
    InvitationResentTooOften "invitation-resent-too-often" [429] "The invitation was resent too often"
        "Resend the invitation after the time in `Retry-After`";
    /// The organization's members have sent all mail that its plan allows for the day.
    MailLimitReached "mail-limit-reached" [429] "The daily mail limit is reached"
        "Retry the next day (UTC), or have the platform raise the limit";
    /// An error of Muster's own.
    Internal "internal" [500] "Internal error"
        "Report the `request_id` to the operator";
    /// A service that Muster depends on does not respond.
    Unavailable "unavailable" [503] "Temporarily unavailable"
        "Repeat the request; for a POST, with the same `Idempotency-Key`";
    /// The table has no throughput left for the organization.
    Throttled "throttled" [503] "Too many requests at once"
        "Retry after the number of seconds in `Retry-After`, then wait longer each time";
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};
    use std::fmt::Write as _;
    use std::path::Path;

    const BEGIN: &str =
        "<!-- problems: written by `MUSTER_UPDATE=1 cargo test --workspace --lib -- problem::catalog` -->\n";
    const END: &str = "<!-- end of problems -->\n";

    #[test]
    fn every_type_has_one_name_and_client_or_server_error_statuses() {
        let slugs: BTreeSet<&str> = ProblemType::ALL.iter().map(|kind| kind.slug()).collect();
        assert_eq!(slugs.len(), ProblemType::ALL.len());
        for kind in ProblemType::ALL {
            assert_eq!(ProblemType::of(&kind.uri()), Some(*kind));
            assert!(
                kind.statuses().iter().all(|status| (400..600).contains(status)),
                "{kind:?}"
            );
            assert!(!kind.title().ends_with('.'), "{kind:?}");
            assert!(!kind.remedy().ends_with('.'), "{kind:?}");
        }
    }

    #[test]
    fn the_table_of_problems_in_the_documents_is_the_catalog() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/API.md");
        let text = std::fs::read_to_string(&path).unwrap();
        let (before, rest) = text.split_once(BEGIN).unwrap();
        let (table, after) = rest.split_once(END).unwrap();
        let expected = table_of_all();
        if std::env::var_os("MUSTER_UPDATE").is_some() {
            std::fs::write(&path, [before, BEGIN, &expected, END, after].concat()).unwrap();
        } else {
            assert_eq!(table, expected, "see the first line of the table");
        }
    }

    fn table_of_all() -> String {
        let mut rows: BTreeMap<u16, Vec<ProblemType>> = BTreeMap::new();
        for kind in ProblemType::ALL {
            rows.entry(kind.status()).or_default().push(*kind);
        }
        let mut table = String::from("\n| status | `type` ends in | title | what to do |\n| --- | --- | --- | --- |\n");
        for (status, kinds) in rows {
            for kind in kinds {
                let also: String = kind
                    .statuses()
                    .iter()
                    .skip(1)
                    .map(|status| format!(", {status}"))
                    .collect();
                let (slug, title, remedy) = (kind.slug(), kind.title(), kind.remedy());
                writeln!(table, "| {status}{also} | `{slug}` | {title} | {remedy} |").unwrap();
            }
        }
        table.push('\n');
        table
    }
}
