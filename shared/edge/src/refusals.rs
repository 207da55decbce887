//! The one place where refusals of the domain become HTTP. Every match is exhaustive: a new refusal does not compile until it is worded.

use crate::problem::Problem;
use muster_domain::InvitationState;
use muster_domain::api_key::MAX_KEYS;
use muster_domain::rules::Violation;
use muster_domain::rules::contacts::ContactRefusal;
use muster_domain::rules::deletion::DeletionRefusal;
use muster_domain::rules::exports::ExportRefusal;
use muster_domain::rules::invitations::InvitationRefusal;
use muster_domain::rules::invitations::create::{InviteRefusal, PickRefusal};
use muster_domain::rules::invitations::respond::ResponseRefusal;
use muster_domain::rules::keys::KeyRefusal;
use muster_domain::rules::members::MemberRefusal;
use muster_domain::rules::organizations::UpdateRefusal;
use muster_domain::rules::ownership::OwnershipRefusal;
use muster_domain::rules::pace::MailLimit;
use muster_domain::rules::resources::ResourceRefusal;

fn not_assignable(role: &str) -> Problem {
    let detail = format!("you may not give the role `{role}`, or not there");
    Problem::new(403, "role-not-assignable", "Not yours to give").violations([Violation::field(
        "role",
        "not_assignable",
        detail,
    )])
}

fn last_owner() -> Problem {
    Problem::new(409, "last-owner", "An organization needs an active owner")
        .detail("name another owner, or hand ownership on, first")
}

fn ended(state: InvitationState) -> Problem {
    match state {
        InvitationState::Pending => Problem::new(410, "invitation-not-open", "The invitation is not open"),
        InvitationState::Accepted => Problem::new(
            410,
            "invitation-already-accepted",
            "The invitation was accepted already",
        ),
        InvitationState::Declined => Problem::new(410, "invitation-declined", "The invitation was declined"),
        InvitationState::Cancelled => Problem::new(410, "invitation-cancelled", "The invitation was cancelled"),
        InvitationState::Expired => Problem::new(410, "invitation-expired", "The invitation has expired"),
    }
}

fn mail_limit(MailLimit { limit, rest }: MailLimit) -> Problem {
    let problem = Problem::new(429, "mail-limit-reached", "Too much mail today");
    match rest {
        Some(rest) => problem
            .detail(format!(
                "the members can have {limit} mails a day sent; there is room again from {} on",
                rest.until
            ))
            .header("retry-after", rest.seconds.to_string()),
        None => problem.detail(format!(
            "the members can have {limit} mails a day sent, and this alone needs more"
        )),
    }
}

fn paying_owner() -> Problem {
    Problem::new(409, "paying-owner", "This owner pays").detail("name another paying owner first")
}

fn own_membership() -> Problem {
    Problem::new(409, "own-membership", "Not on yourself").detail("ask another member")
}

impl From<OwnershipRefusal> for Problem {
    fn from(refusal: OwnershipRefusal) -> Self {
        match refusal {
            OwnershipRefusal::Forbidden => Self::forbidden("only an owner may do this, and only in person"),
            OwnershipRefusal::NotFound => Self::not_found("member"),
            OwnershipRefusal::Inactive => {
                Self::new(409, "receiver-inactive", "The other member is inactive").detail("activate them first")
            }
            OwnershipRefusal::NotAnOwner => Self::new(409, "not-an-owner", "The other member is no active owner")
                .detail("only an owner can be the one who pays"),
            OwnershipRefusal::RoleNotAssignable(role) => not_assignable(&role),
            OwnershipRefusal::Invalid(violations) => Self::invalid(violations),
            OwnershipRefusal::NoSeats { seats, needed } => Self::no_seats(seats, needed),
        }
    }
}

impl From<DeletionRefusal> for Problem {
    fn from(refusal: DeletionRefusal) -> Self {
        match refusal {
            DeletionRefusal::Forbidden => Self::forbidden("you may not delete this organization"),
            DeletionRefusal::NotDeleted => {
                Self::new(409, "organization-not-deleted", "The organization was not deleted")
            }
            DeletionRefusal::TooLate => Self::new(409, "organization-erased", "The organization cannot be restored")
                .detail("its time to be restored is over, and its data goes"),
        }
    }
}

impl From<ExportRefusal> for Problem {
    fn from(refusal: ExportRefusal) -> Self {
        match refusal {
            ExportRefusal::Forbidden => {
                Self::forbidden("only who sees all members of the organization may export them")
            }
            ExportRefusal::NotFound => Self::not_found("export"),
        }
    }
}

impl From<UpdateRefusal> for Problem {
    fn from(refusal: UpdateRefusal) -> Self {
        match refusal {
            UpdateRefusal::Forbidden => Self::forbidden("you may not change this organization"),
            UpdateRefusal::Invalid(violations) => Self::invalid(violations),
        }
    }
}

impl From<ResourceRefusal> for Problem {
    fn from(refusal: ResourceRefusal) -> Self {
        match refusal {
            ResourceRefusal::Forbidden => Self::forbidden("you may not register, rename or delete resources"),
            ResourceRefusal::NotFound => Self::not_found("resource"),
            ResourceRefusal::Invalid(violations) => Self::invalid(violations),
            ResourceRefusal::TooManyDeletions => Self::new(409, "too-many-deletions", "Too many deletions at once")
                .detail("earlier deletions are still being carried out; try again in a while")
                .header("retry-after", "60"),
        }
    }
}

impl From<InviteRefusal> for Problem {
    fn from(refusal: InviteRefusal) -> Self {
        match refusal {
            InviteRefusal::Forbidden => Self::forbidden("you may not invite anybody"),
            InviteRefusal::Invalid(violations) => Self::new(422, "invalid-invitations", "Nothing was sent")
                .detail("every fault is named")
                .violations(violations),
            InviteRefusal::RoleNotAssignable(role) => not_assignable(&role),
            InviteRefusal::NoSeats { seats, needed } => Self::no_seats(seats, needed),
            InviteRefusal::MailLimit(limit) => mail_limit(limit),
        }
    }
}

impl From<PickRefusal> for Problem {
    fn from(refusal: PickRefusal) -> Self {
        match refusal {
            PickRefusal::Forbidden => InviteRefusal::Forbidden.into(),
            PickRefusal::OutOfSight => Self::forbidden("contacts belong to the whole organization"),
            PickRefusal::NotFound => {
                let violation = Violation::field("contact", "unknown_contact", "there is no such contact");
                InviteRefusal::Invalid(vec![violation]).into()
            }
        }
    }
}

impl From<InvitationRefusal> for Problem {
    fn from(refusal: InvitationRefusal) -> Self {
        match refusal {
            InvitationRefusal::Forbidden => Self::forbidden("you may not touch this invitation"),
            InvitationRefusal::NotFound => Self::not_found("invitation"),
            InvitationRefusal::RoleNotAssignable(role) => not_assignable(&role),
            InvitationRefusal::Invalid(violations) => {
                Self::new(422, "invalid-invitations", "Nothing was changed").violations(violations)
            }
            InvitationRefusal::Ended(state) => Self {
                status: 409,
                ..ended(state)
            },
            InvitationRefusal::Rests(rest) => Self::new(429, "invitation-resent-too-often", "Sent too often of late")
                .detail(format!("it can be sent again from {} on", rest.until))
                .header("retry-after", rest.seconds.to_string()),
            InvitationRefusal::Unwanted => Self::new(409, "mail-not-wanted", "The person wants no mail")
                .detail("they declined, or called an invitation spam; they can accept where they sign in"),
            InvitationRefusal::MailLimit(limit) => mail_limit(limit),
            InvitationRefusal::AddressTaken => Self::new(409, "address-taken", "The address is taken")
                .detail("it belongs to a member, or has another pending invitation"),
            InvitationRefusal::NoSeats { seats, needed } => Self::no_seats(seats, needed),
        }
    }
}

impl From<ResponseRefusal> for Problem {
    fn from(refusal: ResponseRefusal) -> Self {
        match refusal {
            ResponseRefusal::LinkReplaced => Self::new(410, "invitation-link-replaced", "A newer link was sent")
                .detail("use the link in the latest mail"),
            ResponseRefusal::EmailNotVerified => Self::new(403, "email-not-verified", "Your address is not verified")
                .detail("verify it with your identity provider first"),
            ResponseRefusal::EmailMismatch => Self::new(403, "email-mismatch", "The invitation is for another address")
                .detail("sign in with the address that was invited"),
            ResponseRefusal::Ended(state) => ended(state),
            ResponseRefusal::Inactive => Self::member_inactive(),
            ResponseRefusal::AlreadyMember => Self::new(409, "already-member", "You are a member already"),
            ResponseRefusal::InviterLostAuthority => Self::new(
                409,
                "inviter-lost-authority",
                "Whoever invited you may not do so any more",
            )
            .detail("ask for a new invitation"),
            ResponseRefusal::RoleNotEnabled => {
                Self::new(409, "role-not-enabled", "The organization has switched this role off")
            }
            ResponseRefusal::DomainNotAllowed => Self::new(
                409,
                "domain-not-allowed",
                "Addresses of this domain may not hold this role any more",
            ),
            ResponseRefusal::ResourceGone => {
                Self::new(409, "resource-gone", "What you were invited to has been deleted")
            }
        }
    }
}

impl From<MemberRefusal> for Problem {
    fn from(refusal: MemberRefusal) -> Self {
        match refusal {
            MemberRefusal::Forbidden => Self::forbidden("you may not do this to this member"),
            MemberRefusal::NotFound => Self::not_found("member"),
            MemberRefusal::NoGrant => Self::not_found("resource or grant"),
            MemberRefusal::RoleNotAssignable(role) => not_assignable(&role),
            MemberRefusal::Invalid(violations) => Self::invalid(violations),
            MemberRefusal::LastOwner => last_owner(),
            MemberRefusal::PayingOwner => paying_owner(),
            MemberRefusal::OwnStatus => own_membership(),
            MemberRefusal::NoSeats { seats, needed } => Self::no_seats(seats, needed),
            MemberRefusal::Oneself => Self::forbidden("members of this organization cannot remove themselves"),
        }
    }
}

impl From<KeyRefusal> for Problem {
    fn from(refusal: KeyRefusal) -> Self {
        match refusal {
            KeyRefusal::Forbidden => Self::forbidden("you may not manage the API keys of this member"),
            KeyRefusal::InPerson => Self::sign_in_required(),
            KeyRefusal::NoSuchMember => Self::not_found("member"),
            KeyRefusal::NoSuchKey => Self::not_found("key"),
            KeyRefusal::Invalid(violations) => Self::invalid(violations),
            KeyRefusal::TooMany => Self::new(409, "too-many-api-keys", "Too many API keys").detail(format!(
                "a member has {MAX_KEYS} at most, those whose time is up included; revoke one first"
            )),
            KeyRefusal::OwnerWithoutAccess => Self::new(409, "member-without-access", "The member has no access")
                .detail("they are inactive, or hold no role any more"),
            KeyRefusal::Expired => {
                Self::new(409, "api-key-expired", "The API key has expired").detail("revoke it and make another")
            }
        }
    }
}

impl From<ContactRefusal> for Problem {
    fn from(refusal: ContactRefusal) -> Self {
        match refusal {
            ContactRefusal::Forbidden => Self::forbidden("you may not register or delete contacts"),
            ContactRefusal::NotFound => Self::not_found("contact"),
            ContactRefusal::AddressTaken(other) => {
                let detail = format!("the contact `{other}` has this address");
                Self::new(409, "contact-address-taken", "Another contact has this address")
                    .violations([Violation::field("email", "contact_address_taken", detail)])
            }
        }
    }
}
