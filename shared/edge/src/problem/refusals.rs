//! The one place that turns the domain's refusals into HTTP. Every match is exhaustive: a new refusal does not compile until it has
//! wording.

use super::{Problem, ProblemType};
use muster_domain::InvitationState;
use muster_domain::api_key::MAX_KEYS;
use muster_domain::rules::api_keys::KeyRefusal;
use muster_domain::rules::contacts::ContactRefusal;
use muster_domain::rules::deletion::DeletionRefusal;
use muster_domain::rules::exports::ExportRefusal;
use muster_domain::rules::invitations::InvitationRefusal;
use muster_domain::rules::invitations::create::{InviteRefusal, PickRefusal};
use muster_domain::rules::invitations::respond::ResponseRefusal;
use muster_domain::rules::members::MemberRefusal;
use muster_domain::rules::organizations::UpdateRefusal;
use muster_domain::rules::ownership::OwnershipRefusal;
use muster_domain::rules::pace::MailLimit;
use muster_domain::rules::resources::ResourceRefusal;
use muster_domain::violation::Violation;

fn not_assignable(role: &str) -> Problem {
    let detail = format!("your roles do not let you assign the role `{role}` here");
    Problem::new(ProblemType::RoleNotAssignable).violations([Violation::field("role", "not_assignable", detail)])
}

fn last_owner() -> Problem {
    Problem::new(ProblemType::LastOwner).detail("make another member an owner, or transfer ownership, first")
}

fn ended_invitation(state: InvitationState) -> Problem {
    match state {
        InvitationState::Pending => Problem::internal(),
        InvitationState::Accepted => Problem::new(ProblemType::InvitationAlreadyAccepted),
        InvitationState::Declined => Problem::new(ProblemType::InvitationDeclined),
        InvitationState::Cancelled => Problem::new(ProblemType::InvitationCancelled),
        InvitationState::Expired => Problem::new(ProblemType::InvitationExpired),
    }
}

fn mail_limit(MailLimit { limit, wait }: MailLimit) -> Problem {
    let problem = Problem::new(ProblemType::MailLimitReached);
    match wait {
        Some(wait) => problem
            .detail(format!(
                "the limit is {limit} emails a day; you can send the next email at {}",
                wait.until
            ))
            .header("retry-after", wait.seconds.to_string()),
        None => problem.detail(format!(
            "the limit is {limit} emails a day, and this request needs more"
        )),
    }
}

fn paying_owner() -> Problem {
    Problem::new(ProblemType::PayingOwner).detail("choose another billing owner first")
}

fn own_membership() -> Problem {
    Problem::new(ProblemType::OwnMembership).detail("another member must do this")
}

impl From<OwnershipRefusal> for Problem {
    fn from(refusal: OwnershipRefusal) -> Self {
        match refusal {
            OwnershipRefusal::Forbidden => Self::forbidden("only a signed-in owner can do this"),
            OwnershipRefusal::NotFound => Self::not_found("member"),
            OwnershipRefusal::Inactive => Self::new(ProblemType::ReceiverInactive).detail("activate the member first"),
            OwnershipRefusal::NotAnOwner => {
                Self::new(ProblemType::NotAnOwner).detail("the billing owner must be an active owner")
            }
            OwnershipRefusal::RoleNotAssignable(role) => not_assignable(&role),
            OwnershipRefusal::Invalid(violations) => Self::invalid(violations),
            OwnershipRefusal::NoSeats { seats, needed } => Self::no_seats(seats, needed),
        }
    }
}

impl From<DeletionRefusal> for Problem {
    fn from(refusal: DeletionRefusal) -> Self {
        match refusal {
            DeletionRefusal::Forbidden => Self::forbidden("your roles do not let you delete this organization"),
            DeletionRefusal::NotDeleted => Self::new(ProblemType::OrganizationNotDeleted),
            DeletionRefusal::TooLate => Self::new(ProblemType::OrganizationErased)
                .detail("the time to restore the organization has ended, and its data is being deleted"),
        }
    }
}

impl From<ExportRefusal> for Problem {
    fn from(refusal: ExportRefusal) -> Self {
        match refusal {
            ExportRefusal::Forbidden => {
                Self::forbidden("exporting requires a role that can see all members of the organization")
            }
            ExportRefusal::NotFound => Self::not_found("export"),
        }
    }
}

impl From<UpdateRefusal> for Problem {
    fn from(refusal: UpdateRefusal) -> Self {
        match refusal {
            UpdateRefusal::Forbidden => Self::forbidden("your roles do not let you change this organization"),
            UpdateRefusal::Invalid(violations) => Self::invalid(violations),
        }
    }
}

impl From<ResourceRefusal> for Problem {
    fn from(refusal: ResourceRefusal) -> Self {
        match refusal {
            ResourceRefusal::Forbidden => {
                Self::forbidden("your roles do not let you register, rename or delete this resource")
            }
            ResourceRefusal::NotFound => Self::not_found("resource"),
            ResourceRefusal::Invalid(violations) => Self::invalid(violations),
            ResourceRefusal::TooManyDeletions => Self::new(ProblemType::TooManyDeletions)
                .detail("earlier deletions are still in progress; try again in a minute")
                .header("retry-after", "60"),
        }
    }
}

impl From<InviteRefusal> for Problem {
    fn from(refusal: InviteRefusal) -> Self {
        match refusal {
            InviteRefusal::Forbidden => Self::forbidden("your roles do not let you invite people"),
            InviteRefusal::Invalid(violations) => Self::new(ProblemType::InvalidInvitations)
                .detail("nothing was sent; `errors` lists the invalid fields and addresses")
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
            PickRefusal::CannotReadContacts => Self::forbidden(
                "your access is limited to some resources, and contacts belong to the whole organization",
            ),
            PickRefusal::NotFound => {
                let violation = Violation::field("contact", "unknown_contact", "this contact does not exist");
                InviteRefusal::Invalid(vec![violation]).into()
            }
        }
    }
}

impl From<InvitationRefusal> for Problem {
    fn from(refusal: InvitationRefusal) -> Self {
        match refusal {
            InvitationRefusal::Forbidden => Self::forbidden("your roles do not let you change this invitation"),
            InvitationRefusal::NotFound => Self::not_found("invitation"),
            InvitationRefusal::RoleNotAssignable(role) => not_assignable(&role),
            InvitationRefusal::Invalid(violations) => Self::new(ProblemType::InvalidInvitations)
                .detail("nothing was changed; `errors` lists the invalid fields and addresses")
                .violations(violations),
            InvitationRefusal::Ended(state) => ended_invitation(state),
            InvitationRefusal::SentTooOften(wait) => Self::new(ProblemType::InvitationResentTooOften)
                .detail(format!("you can resend the invitation at {}", wait.until))
                .header("retry-after", wait.seconds.to_string()),
            InvitationRefusal::Unwanted => Self::new(ProblemType::MailNotWanted).detail(
                "the person declined an invitation or marked one as spam; they can still accept after signing in",
            ),
            InvitationRefusal::MailLimit(limit) => mail_limit(limit),
            InvitationRefusal::EmailTaken => Self::new(ProblemType::AddressTaken)
                .detail("the address belongs to a member or has another pending invitation"),
            InvitationRefusal::NoSeats { seats, needed } => Self::no_seats(seats, needed),
        }
    }
}

impl From<ResponseRefusal> for Problem {
    fn from(refusal: ResponseRefusal) -> Self {
        match refusal {
            ResponseRefusal::LinkReplaced => {
                Self::new(ProblemType::InvitationLinkReplaced).detail("use the link in the most recent email")
            }
            ResponseRefusal::EmailNotVerified => Self::email_not_verified(),
            ResponseRefusal::EmailMismatch => {
                Self::new(ProblemType::EmailMismatch).detail("sign in with the email address that was invited")
            }
            ResponseRefusal::Ended(state) => ended_invitation(state),
            ResponseRefusal::Inactive => Self::member_inactive(),
            ResponseRefusal::OrganizationSuspended => Self::new(ProblemType::OrganizationSuspended)
                .detail("the invitation can be accepted once the organization is active again"),
            ResponseRefusal::AlreadyMember => Self::new(ProblemType::AlreadyMember),
            ResponseRefusal::InviterLostAuthority => {
                Self::new(ProblemType::InviterLostAuthority).detail("ask for a new invitation")
            }
            ResponseRefusal::RoleNotEnabled => Self::new(ProblemType::RoleNotEnabled),
            ResponseRefusal::DomainNotAllowed => Self::new(ProblemType::DomainNotAllowed),
            ResponseRefusal::ResourceGone => Self::new(ProblemType::ResourceGone),
        }
    }
}

impl From<MemberRefusal> for Problem {
    fn from(refusal: MemberRefusal) -> Self {
        match refusal {
            MemberRefusal::Forbidden => Self::forbidden("your roles do not let you do this to this member"),
            MemberRefusal::NotFound => Self::not_found("member"),
            MemberRefusal::NoGrant => Self::not_found("resource or grant"),
            MemberRefusal::RoleNotAssignable(role) => not_assignable(&role),
            MemberRefusal::Invalid(violations) => Self::invalid(violations),
            MemberRefusal::LastOwner => last_owner(),
            MemberRefusal::PayingOwner => paying_owner(),
            MemberRefusal::OwnStatus => own_membership(),
            MemberRefusal::NoSeats { seats, needed } => Self::no_seats(seats, needed),
            MemberRefusal::CannotLeave => Self::forbidden("members of this organization cannot remove themselves"),
        }
    }
}

impl From<KeyRefusal> for Problem {
    fn from(refusal: KeyRefusal) -> Self {
        match refusal {
            KeyRefusal::Forbidden => Self::forbidden("your roles do not let you manage this member's API keys"),
            KeyRefusal::SignInRequired => Self::sign_in_required(),
            KeyRefusal::NoSuchMember => Self::not_found("member"),
            KeyRefusal::NoSuchKey => Self::not_found("key"),
            KeyRefusal::Invalid(violations) => Self::invalid(violations),
            KeyRefusal::TooMany => Self::new(ProblemType::TooManyApiKeys).detail(format!(
                "a member can have at most {MAX_KEYS} keys, including expired keys; revoke a key first"
            )),
            KeyRefusal::OwnerWithoutAccess => {
                Self::new(ProblemType::MemberWithoutAccess).detail("the member is inactive or holds no role")
            }
            KeyRefusal::Expired => Self::new(ProblemType::ApiKeyExpired).detail("revoke the key and create another"),
        }
    }
}

impl From<ContactRefusal> for Problem {
    fn from(refusal: ContactRefusal) -> Self {
        match refusal {
            ContactRefusal::Forbidden => Self::forbidden("your roles do not let you register or delete contacts"),
            ContactRefusal::NotFound => Self::not_found("contact"),
            ContactRefusal::EmailTaken(other) => {
                let detail = format!("the contact `{other}` has this address");
                Self::new(ProblemType::ContactAddressTaken).violations([Violation::field(
                    "email",
                    "contact_address_taken",
                    detail,
                )])
            }
        }
    }
}
