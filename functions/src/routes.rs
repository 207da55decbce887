//! The route table. The gateway, the OpenAPI document, the template and the binaries are derived from it, so they cannot disagree.

pub mod about;
pub mod access;
pub mod api_keys;
mod bulk;
pub mod contacts;
pub mod deletion;
pub mod events;
pub mod exports;
pub mod invitations;
mod lookup;
pub mod members;
pub mod organizations;
pub mod ownership;
pub mod page;
pub mod people;
pub mod problems;
pub mod resources;
pub(crate) mod route;
pub mod suspension;
pub mod view;

pub use route::{Access, Background, Route, Trait};

use crate::api::access::ConfigurationResponse;
use crate::api::access::answer::{DecisionResponse, DecisionsResponse};
use crate::api::access::ask::EvaluationRequest;
use crate::api::access::batch::EvaluationsRequest;
use crate::api::access::find::{
    ActionResult, ActionSearchRequest, ResourceResult, ResourceSearchRequest, SubjectResult, SubjectSearchRequest,
};
use crate::api::api_key::{
    ApiKeyResponse, CreateApiKeyRequest, NewApiKeyResponse, RotateApiKeyRequest, VerifyApiKeyRequest,
    VerifyApiKeyResponse,
};
use crate::api::bulk::{
    BulkInvitationsRequest, BulkMembersRequest, ChangeRolesRequest, InvitationVerdict, MemberVerdict,
};
use crate::api::contact::{ContactResponse, PutContactRequest};
use crate::api::event::EventResponse;
use crate::api::export::{CreateExportRequest, ExportResponse};
use crate::api::grant::PutGrantRequest;
use crate::api::invitation::{
    AcceptInvitationResponse, AddMemberRequest, AddMemberResponse, CreateInvitationsRequest, CreateInvitationsResponse,
    InvitationPreviewResponse, InvitationResponse, JobResponse, UpdateInvitationRequest, WaitingInvitationResponse,
};
use crate::api::member::{MemberResponse, UpdateMemberRequest};
use crate::api::organization::{
    CreateOrganizationRequest, MyOrganizationResponse, NamePayingOwnerRequest, OrganizationResponse, SetPlanRequest,
    SuspendOrganizationRequest, TransferOwnershipRequest, TransferOwnershipResponse, UpdateOrganizationRequest,
};
use crate::api::person::PeopleResponse;
use crate::api::resource::{PutResourceRequest, ResourceResponse};
use crate::api::role::RoleResponse;
use crate::api::view::{AvailableRoleSetResponse, OrganizationViewResponse};
use crate::entry::answer;
use crate::openapi::operation::Operation;
use crate::openapi::query;
use lambda_http::{Body, Request, Response};
use muster_domain::permission;
use muster_domain::rules::suspension::OpenTo;
use muster_edge::App;
use muster_edge::problem::ProblemType;

const READ: &str = "dynamodb:BatchGetItem";
const QUERY: &str = "dynamodb:Query";
const QUERY_BY_USER: &str = "dynamodb:Query by_user";
const QUERY_BY_ACTIVITY: &str = "dynamodb:Query by_activity";
const QUERY_DUE: &str = "dynamodb:Query due";
/// Parts of a transaction.
const PUT: &str = "dynamodb:TransactWriteItems PutItem";
const UPDATE: &str = "dynamodb:TransactWriteItems UpdateItem";
const DELETE: &str = "dynamodb:TransactWriteItems DeleteItem";
const CHECK: &str = "dynamodb:TransactWriteItems ConditionCheckItem";
/// Deletes the remaining items of an organization.
const ERASE: &str = "dynamodb:BatchWriteItem";
/// Records when a member was last seen, outside a transaction.
const TOUCH: &str = "dynamodb:UpdateItem";
/// Files of exports. A link opens only files that the function that made it may read.
const GET_FILE: &str = "s3:GetObject";
const PUT_FILE: &str = "s3:PutObject";
const DELETE_FILE: &str = "s3:DeleteObject";
const SECRET: &str = "secretsmanager:GetSecretValue";

/// Whether an operation that begins with this constructor reads a body.
const fn takes_body(kind: &str) -> bool {
    !matches!(kind.as_bytes(), b"no_body" | b"no_content")
}

/// Whether an operation that begins with this constructor answers with a file.
const fn answers_file(kind: &str) -> bool {
    matches!(kind.as_bytes(), b"files")
}

/// The members to whom a route stays open while their organization is suspended: none, unless its line says so.
macro_rules! open_to {
    () => {
        OpenTo::Nobody
    };
    ($members:ident) => {
        OpenTo::$members
    };
}

macro_rules! routes {
    ($( $binary:literal $method_name:literal $path:literal => $handler:path,
        $access:expr, $(suspended: $open:ident,)? [$($call:ident),*], $(traits: [$($trait:ident),+],)? $summary:literal, $([$($problem:ident),+],)?
        Operation::$kind:ident $(::<$($type:ty),+>)? ($($argument:expr),*)
        $(.$method:ident $(::<$($own:ty),+>)? ($($value:expr),*))*; )*) => {
        /// Every HTTP route.
        pub static ROUTES: &[Route] = &[$( Route {
            binary: $binary, method: $method_name, path: $path, access: $access, calls: &[$($call),*], summary: $summary,
            while_suspended: open_to!($($open)?), takes_body: takes_body(stringify!($kind)), answers_file: answers_file(stringify!($kind)),
            handler: stringify!($handler), traits: &[$($(Trait::$trait),+)?], own_problems: &[$($(ProblemType::$problem),+)?],
        } ),*];

        /// Answers a request with the handler of a binary, in this process. Only `local` links all handlers.
        #[expect(unreachable_patterns, reason = "a page and its files are several routes of one binary")]
        pub async fn call(binary: &str, app: &App, request: Request) -> Response<Body> {
            match binary {
                $( $binary => answer(app, request, Route::of($binary), $handler).await, )*
                _ => answer(app, request, Route::of("not-found"), about::not_found).await,
            }
        }

        /// What the OpenAPI document says about each route.
        pub(crate) fn operations() -> Vec<(&'static Route, Operation)> {
            ROUTES
                .iter()
                .zip([$( Operation::$kind$(::<$($type),+>)?($($argument),*)$(.$method$(::<$($own),+>)?($($value),*))* ),*])
                .collect()
        }
    };
}

// INVARIANT 8: binaries, template, samples and OpenAPI document have exactly these routes.
routes! {
    "create-organization" "POST" "/v1/organizations" => organizations::create, Access::User, suspended: Members, [READ, PUT], traits: [TellsApiUrl, ClaimsAddresses, IsLimited],
        "Create an organization; the caller becomes its owner",
        [Forbidden, EmailNotVerified],
        Operation::takes::<CreateOrganizationRequest>().creates::<OrganizationResponse>();
    "list-organizations" "GET" "/v1/organizations" => organizations::list, Access::User, [READ, QUERY_BY_USER],
        "List the organizations that the caller is a member of",
        Operation::pages::<MyOrganizationResponse>(&[]);
    "get-organization" "GET" "/v1/organizations/{org}" => organizations::get, Access::Member, suspended: Owners, [READ, TOUCH],
        "Get an organization",
        Operation::returns::<OrganizationResponse>();
    "update-organization" "PATCH" "/v1/organizations/{org}" => organizations::update,
        Access::Permission(permission::ORGANIZATION_UPDATE), [READ, PUT, UPDATE, CHECK, TOUCH],
        "Update an organization's name and settings",
        Operation::takes::<UpdateOrganizationRequest>().answers::<OrganizationResponse>(200);
    "set-plan" "PUT" "/v1/organizations/{org}/plan" => organizations::set_plan, Access::Platform, [READ, PUT, UPDATE],
        "Set an organization's seat limit, allowed domains and mail limit",
        Operation::takes::<SetPlanRequest>().answers::<OrganizationResponse>(200);
    "delete-organization" "DELETE" "/v1/organizations/{org}" => deletion::delete,
        Access::UserPermission(permission::ORGANIZATION_DELETE), suspended: Owners, [READ, PUT, UPDATE, CHECK, TOUCH],
        "Delete an organization as a signed-in user; its members lose access immediately",
        Operation::no_content();
    "restore-organization" "POST" "/v1/organizations/{org}/restore" => deletion::restore, Access::Platform, [READ, PUT, UPDATE],
        "Restore an organization up to 30 days after its deletion",
        [OrganizationNotDeleted, OrganizationErased],
        Operation::no_body().answers::<OrganizationResponse>(200);
    "suspend-organization" "PUT" "/v1/organizations/{org}/suspension" => suspension::suspend, Access::Platform, [READ, PUT, UPDATE],
        "Suspend an organization now or at a given time, or change its suspension",
        Operation::takes::<SuspendOrganizationRequest>().answers::<OrganizationResponse>(200);
    "resume-organization" "DELETE" "/v1/organizations/{org}/suspension" => suspension::resume, Access::Platform, [READ, PUT, UPDATE],
        "Resume a suspended organization, or cancel a suspension that has not begun",
        Operation::no_content();
    "transfer-ownership" "POST" "/v1/organizations/{org}/transfer-ownership" => ownership::transfer,
        Access::Owner, [READ, PUT, UPDATE, DELETE, CHECK, TOUCH],
        "Transfer ownership to another member",
        [RoleNotAssignable, NoSeatsAvailable, ReceiverInactive],
        Operation::takes::<TransferOwnershipRequest>().answers::<TransferOwnershipResponse>(200);
    "name-paying-owner" "PUT" "/v1/organizations/{org}/paying-owner" => ownership::paying_owner,
        Access::Owner, suspended: Owners, [READ, PUT, UPDATE, CHECK, TOUCH],
        "Set the billing owner",
        [NotAnOwner],
        Operation::takes::<NamePayingOwnerRequest>().answers::<OrganizationResponse>(200);
    "get-view" "GET" "/v1/organizations/{org}/view" => view::get, Access::Member, suspended: Owners, [READ, TOUCH],
        "Get what a page needs first: the organization, its roles, the caller's membership, and what the caller can do",
        Operation::returns::<OrganizationViewResponse>();
    "list-role-sets" "GET" "/v1/role-sets" => view::role_sets, Access::Public, [],
        "List the role sets that an organization can be created with",
        Operation::returns_all::<AvailableRoleSetResponse>();
    "list-roles" "GET" "/v1/organizations/{org}/roles" => view::roles, Access::Member, suspended: Owners, [READ, TOUCH],
        "List roles, and where the caller can assign them",
        Operation::returns_all::<RoleResponse>();
    "list-resources" "GET" "/v1/organizations/{org}/resources" => resources::list,
        Access::Permission(permission::RESOURCES_READ), suspended: Owners, [READ, QUERY, TOUCH],
        "List resources, or search them by name or id",
        Operation::pages::<ResourceResponse>(&[query::SEARCH_WORDS, query::RESOURCE_IDS]);
    "put-resource" "PUT" "/v1/organizations/{org}/resources/{type}/{id}" => resources::put,
        Access::Permission(permission::RESOURCES_MANAGE), [READ, PUT, CHECK, TOUCH],
        "Register or rename a resource",
        Operation::takes::<PutResourceRequest>().answers::<ResourceResponse>(200).answers::<ResourceResponse>(201);
    "delete-resource" "DELETE" "/v1/organizations/{org}/resources/{type}/{id}" => resources::delete,
        Access::Permission(permission::RESOURCES_MANAGE), [READ, PUT, UPDATE, DELETE, CHECK, TOUCH],
        "Delete a resource; access through it ends immediately",
        [TooManyDeletions],
        Operation::no_content();
    "create-invitations" "POST" "/v1/organizations/{org}/invitations" => invitations::create::create,
        Access::Permission(permission::MEMBERS_INVITE), [READ, PUT, UPDATE, DELETE, CHECK, TOUCH], traits: [ReadsAddresses, IsLimited],
        "Invite up to 20 addresses, all or none; people with a known account are added directly",
        [RoleNotAssignable, NoSeatsAvailable, InvalidInvitations, MailLimitReached],
        Operation::takes::<CreateInvitationsRequest>().creates::<CreateInvitationsResponse>().answers::<crate::api::invitation::DryRunResponse>(200);
    "list-invitations" "GET" "/v1/organizations/{org}/invitations" => invitations::list,
        Access::Permission(permission::MEMBERS_READ), suspended: Owners, [READ, QUERY, TOUCH],
        "List pending or ended invitations",
        Operation::pages::<InvitationResponse>(&[query::INVITATION_STATUS]);
    "resend-invitations" "POST" "/v1/organizations/{org}/invitations/resend" => invitations::bulk::resend_some,
        Access::Permission(permission::MEMBERS_INVITE), [READ, PUT, UPDATE, DELETE, CHECK, TOUCH], traits: [ReadsAddresses, IsLimited],
        "Resend up to 100 selected invitations; without a body, resend every pending one in the background",
        Operation::optional_body::<BulkInvitationsRequest>().bulk::<InvitationVerdict>().answers::<JobResponse>(202);
    "cancel-invitations" "POST" "/v1/organizations/{org}/invitations/cancel" => invitations::bulk::cancel,
        Access::Permission(permission::MEMBERS_INVITE), [READ, PUT, UPDATE, DELETE, CHECK, TOUCH], traits: [ClaimsAddresses],
        "Cancel up to 100 pending invitations",
        Operation::takes::<BulkInvitationsRequest>().bulk::<InvitationVerdict>();
    "get-invitation" "GET" "/v1/organizations/{org}/invitations/{invitation}" => invitations::get,
        Access::Permission(permission::MEMBERS_READ), suspended: Owners, [READ, TOUCH],
        "Get an invitation",
        Operation::returns::<InvitationResponse>();
    "update-invitation" "PATCH" "/v1/organizations/{org}/invitations/{invitation}" => invitations::update,
        Access::Permission(permission::MEMBERS_INVITE), [READ, PUT, UPDATE, DELETE, CHECK, TOUCH],
        "Update a pending invitation",
        [
            RoleNotAssignable, NoSeatsAvailable, InvitationExpired, InvitationCancelled, InvitationDeclined,
            InvitationAlreadyAccepted, InvalidInvitations
        ],
        Operation::takes::<UpdateInvitationRequest>().answers::<InvitationResponse>(200);
    "cancel-invitation" "DELETE" "/v1/organizations/{org}/invitations/{invitation}" => invitations::cancel,
        Access::Permission(permission::MEMBERS_INVITE), [READ, PUT, UPDATE, DELETE, CHECK, TOUCH], traits: [ClaimsAddresses],
        "Cancel a pending invitation",
        [InvitationExpired, InvitationDeclined, InvitationAlreadyAccepted],
        Operation::no_content();
    "resend-invitation" "POST" "/v1/organizations/{org}/invitations/{invitation}/resend" => invitations::resend,
        Access::Permission(permission::MEMBERS_INVITE), [READ, PUT, UPDATE, DELETE, CHECK, TOUCH], traits: [ReadsAddresses, IsLimited],
        "Resend an invitation with a new link",
        [
            NoSeatsAvailable, AddressTaken, MailNotWanted, InvitationCancelled, InvitationDeclined,
            InvitationAlreadyAccepted, InvalidInvitations, InvitationResentTooOften, MailLimitReached
        ],
        Operation::no_body().answers::<InvitationResponse>(200);
    "list-my-invitations" "GET" "/v1/invitations" => invitations::respond::waiting, Access::User, [READ, QUERY, SECRET], traits: [ReadsAddresses],
        "List the caller's pending invitations",
        [EmailNotVerified],
        Operation::pages::<WaitingInvitationResponse>(&[]);
    "preview-invitation" "GET" "/v1/invitations/{token}" => invitations::respond::preview, Access::Public, [READ, SECRET], traits: [TakesToken],
        "Get the public preview of an invitation",
        [NotFound, InvitationLinkReplaced],
        Operation::returns::<InvitationPreviewResponse>();
    "accept-invitation" "POST" "/v1/invitations/{token}/accept" => invitations::respond::accept, Access::Invitee, [READ, PUT, UPDATE, DELETE, CHECK, SECRET], traits: [ClaimsAddresses],
        "Accept an invitation; the caller becomes a member",
        [
            MemberInactive, OrganizationSuspended, AlreadyMember, InviterLostAuthority, RoleNotEnabled, DomainNotAllowed,
            ResourceGone,
            InvitationExpired, InvitationCancelled, InvitationDeclined, InvitationAlreadyAccepted,
            InvitationLinkReplaced
        ],
        Operation::no_body().answers::<AcceptInvitationResponse>(200);
    "decline-invitation" "POST" "/v1/invitations/{token}/decline" => invitations::respond::decline, Access::Invitee, [READ, PUT, UPDATE, DELETE, SECRET], traits: [ClaimsAddresses],
        "Decline an invitation",
        [InvitationExpired, InvitationCancelled, InvitationAlreadyAccepted, InvitationLinkReplaced],
        Operation::no_content();
    "list-members" "GET" "/v1/organizations/{org}/members" => people::list,
        Access::Permission(permission::MEMBERS_READ), suspended: Owners, [READ, QUERY, QUERY_BY_ACTIVITY, TOUCH],
        "List people: members and pending invitations",
        Operation::lists::<PeopleResponse>(&query::PEOPLE).query_parameter(query::BY_SUBJECT);
    "export-members" "GET" "/v1/organizations/{org}/members/export" => exports::at_once,
        Access::WholePermission(permission::MEMBERS_READ), suspended: Owners, [READ, QUERY, QUERY_BY_ACTIVITY, PUT, TOUCH],
        "Download the people list as a file of up to 1,000 rows",
        [ExportTooLarge],
        Operation::files(&query::PEOPLE).query_parameter(query::FORMAT).query_parameter(query::TIME_ZONE);
    "create-export" "POST" "/v1/organizations/{org}/exports" => exports::create,
        Access::WholePermission(permission::MEMBERS_READ), suspended: Owners, [READ, PUT, CHECK, TOUCH], traits: [TellsApiUrl],
        "Start a background export of the people list",
        Operation::takes::<CreateExportRequest>().answers::<ExportResponse>(202);
    "get-export" "GET" "/v1/organizations/{org}/exports/{export}" => exports::get,
        Access::WholePermission(permission::MEMBERS_READ), suspended: Owners, [READ, TOUCH, GET_FILE],
        "Get an export's status and, once ready, its download link",
        Operation::returns::<ExportResponse>();
    "activate-members" "POST" "/v1/organizations/{org}/members/activate" => members::bulk::activate,
        Access::Permission(permission::MEMBERS_MANAGE), [READ, PUT, UPDATE, DELETE, CHECK, TOUCH],
        "Activate up to 100 members",
        Operation::takes::<BulkMembersRequest>().bulk::<MemberVerdict>();
    "deactivate-members" "POST" "/v1/organizations/{org}/members/deactivate" => members::bulk::deactivate,
        Access::Permission(permission::MEMBERS_MANAGE), [READ, PUT, UPDATE, DELETE, CHECK, TOUCH],
        "Deactivate up to 100 members",
        Operation::takes::<BulkMembersRequest>().bulk::<MemberVerdict>();
    "change-members-role" "POST" "/v1/organizations/{org}/members/change-role" => members::bulk::change_role,
        Access::Permission(permission::MEMBERS_MANAGE), [READ, PUT, UPDATE, DELETE, CHECK, TOUCH],
        "Replace all roles of up to 100 members with one role",
        Operation::takes::<ChangeRolesRequest>().bulk::<MemberVerdict>();
    "remove-members" "POST" "/v1/organizations/{org}/members/remove" => members::bulk::remove,
        Access::Permission(permission::MEMBERS_MANAGE), [READ, PUT, UPDATE, DELETE, CHECK, TOUCH], traits: [ClaimsAddresses],
        "Remove up to 100 members",
        Operation::takes::<BulkMembersRequest>().bulk::<MemberVerdict>();
    "get-member" "GET" "/v1/organizations/{org}/members/{member}" => members::get,
        Access::PermissionOrOneself(permission::MEMBERS_READ), suspended: Owners, [READ, TOUCH],
        "Get a member; `me` is the caller",
        Operation::returns::<MemberResponse>().query_parameter(query::AS);
    "update-member" "PATCH" "/v1/organizations/{org}/members/{member}" => members::update,
        Access::PermissionOrOneself(permission::MEMBERS_MANAGE), [READ, PUT, UPDATE, DELETE, CHECK, TOUCH],
        "Update a member's roles, status or profile",
        [RoleNotAssignable, NoSeatsAvailable, LastOwner, PayingOwner, OwnMembership],
        Operation::takes::<UpdateMemberRequest>().answers::<MemberResponse>(200);
    "remove-member" "DELETE" "/v1/organizations/{org}/members/{member}" => members::remove,
        Access::PermissionOrOneself(permission::MEMBERS_MANAGE), suspended: Leavers, [READ, PUT, UPDATE, DELETE, CHECK, TOUCH], traits: [ClaimsAddresses],
        "Remove a member; with `me`, leave the organization",
        [LastOwner, PayingOwner],
        Operation::no_content();
    "create-api-key" "POST" "/v1/organizations/{org}/members/{member}/api-keys" => api_keys::create,
        Access::Oneself, [READ, PUT, UPDATE, CHECK, TOUCH],
        "Create an API key for yourself or a member you manage; its secret is shown only once",
        [TooManyApiKeys, MemberWithoutAccess],
        Operation::takes::<CreateApiKeyRequest>().creates::<NewApiKeyResponse>();
    "list-api-keys" "GET" "/v1/organizations/{org}/members/{member}/api-keys" => api_keys::list,
        Access::Oneself, suspended: Owners, [READ, QUERY, TOUCH],
        "List a member's API keys, except revoked ones",
        Operation::pages::<ApiKeyResponse>(&[]);
    "revoke-api-key" "DELETE" "/v1/organizations/{org}/members/{member}/api-keys/{key}" => api_keys::revoke,
        Access::Oneself, [READ, PUT, UPDATE, CHECK, TOUCH],
        "Revoke an API key; it stops working immediately",
        Operation::no_content();
    "rotate-api-key" "POST" "/v1/organizations/{org}/members/{member}/api-keys/{key}/rotate" => api_keys::rotate,
        Access::Oneself, [READ, PUT, UPDATE, CHECK, TOUCH],
        "Rotate an API key's secret; the old one keeps working for some hours",
        [ApiKeyExpired, MemberWithoutAccess],
        Operation::optional_body::<RotateApiKeyRequest>().answers::<NewApiKeyResponse>(200);
    "verify-api-key" "POST" "/v1/api-keys/verify" => api_keys::verify, Access::User, [READ, TOUCH],
        "Verify an API key and optionally check a permission",
        Operation::takes::<VerifyApiKeyRequest>().answers::<VerifyApiKeyResponse>(200);
    "put-grant" "PUT" "/v1/organizations/{org}/members/{member}/grants/{type}/{id}" => members::grants::put,
        Access::PermissionOrOneself(permission::MEMBERS_MANAGE), [READ, PUT, UPDATE, DELETE, CHECK, TOUCH],
        "Assign or change a member's role on a resource",
        [RoleNotAssignable, NoSeatsAvailable],
        Operation::takes::<PutGrantRequest>().answers::<MemberResponse>(200);
    "delete-grant" "DELETE" "/v1/organizations/{org}/members/{member}/grants/{type}/{id}" => members::grants::delete,
        Access::PermissionOrOneself(permission::MEMBERS_MANAGE), [READ, PUT, UPDATE, DELETE, CHECK, TOUCH],
        "Remove a member's role on a resource",
        Operation::no_content();
    "evaluate-access" "POST" "/access/v1/evaluation" => access::evaluate, Access::Asker, suspended: Members, [READ, TOUCH],
        "Check whether a subject may act on a resource",
        Operation::takes::<EvaluationRequest>().answers::<DecisionResponse>(200);
    "evaluate-access-batch" "POST" "/access/v1/evaluations" => access::evaluate_batch, Access::Asker, suspended: Members, [READ, TOUCH],
        "Check up to 100 access requests at once",
        Operation::takes::<EvaluationsRequest>().answers::<DecisionsResponse>(200);
    "search-subjects" "POST" "/access/v1/search/subject" => access::search_subjects, Access::Asker, suspended: Members, [READ, QUERY, TOUCH],
        "Search for subjects that may act on a resource",
        Operation::searches::<SubjectSearchRequest, SubjectResult>();
    "search-resources" "POST" "/access/v1/search/resource" => access::search_resources, Access::Asker, suspended: Members, [READ, QUERY, TOUCH],
        "Search for resources that a subject may act on",
        Operation::searches::<ResourceSearchRequest, ResourceResult>();
    "search-actions" "POST" "/access/v1/search/action" => access::search_actions, Access::Asker, suspended: Members, [READ, TOUCH],
        "Search for actions that a subject may perform on a resource",
        Operation::searches::<ActionSearchRequest, ActionResult>();
    "get-authzen-configuration" "GET" "/.well-known/authzen-configuration" => access::configuration, Access::Public, [], traits: [TellsApiUrl],
        "Get the endpoints for access decisions",
        Operation::returns::<ConfigurationResponse>();
    // The decision point of one organization. The same functions; the path names the organization.
    "evaluate-access" "POST" "/v1/organizations/{org}/access/v1/evaluation" => access::evaluate, Access::Asker, suspended: Members, [READ, TOUCH],
        "Check whether a subject may act on a resource of this organization",
        [NotFound],
        Operation::takes::<EvaluationRequest>().answers::<DecisionResponse>(200);
    "evaluate-access-batch" "POST" "/v1/organizations/{org}/access/v1/evaluations" => access::evaluate_batch, Access::Asker, suspended: Members, [READ, TOUCH],
        "Check up to 100 access requests in this organization at once",
        [NotFound],
        Operation::takes::<EvaluationsRequest>().answers::<DecisionsResponse>(200);
    "search-subjects" "POST" "/v1/organizations/{org}/access/v1/search/subject" => access::search_subjects, Access::Asker, suspended: Members, [READ, QUERY, TOUCH],
        "Search for subjects that may act on a resource of this organization",
        [NotFound],
        Operation::searches::<SubjectSearchRequest, SubjectResult>();
    "search-resources" "POST" "/v1/organizations/{org}/access/v1/search/resource" => access::search_resources, Access::Asker, suspended: Members, [READ, QUERY, TOUCH],
        "Search for resources of this organization that a subject may act on",
        [NotFound],
        Operation::searches::<ResourceSearchRequest, ResourceResult>();
    "search-actions" "POST" "/v1/organizations/{org}/access/v1/search/action" => access::search_actions, Access::Asker, suspended: Members, [READ, TOUCH],
        "Search for actions that a subject may perform on a resource of this organization",
        [NotFound],
        Operation::searches::<ActionSearchRequest, ActionResult>();
    "get-authzen-configuration" "GET" "/.well-known/authzen-configuration/v1/organizations/{org}" => access::configuration, Access::Public, [], traits: [TellsApiUrl],
        "Get the endpoints for access decisions in one organization",
        [NotFound],
        Operation::returns::<ConfigurationResponse>();
    "add-member" "POST" "/v1/organizations/{org}/members" => invitations::create::add,
        Access::Permission(permission::MEMBERS_INVITE), [READ, PUT, UPDATE, DELETE, CHECK, TOUCH], traits: [ReadsAddresses, IsLimited],
        "Add a person directly if their account is known, or else invite them",
        [RoleNotAssignable, NoSeatsAvailable, InvalidInvitations, MailLimitReached],
        Operation::takes::<AddMemberRequest>().creates::<AddMemberResponse>();
    "list-contacts" "GET" "/v1/organizations/{org}/contacts" => contacts::list,
        Access::Permission(permission::CONTACTS_READ), suspended: Owners, [READ, QUERY, TOUCH],
        "List contacts, or search them by name or address",
        Operation::pages::<ContactResponse>(&[query::SEARCH_WORDS]);
    "put-contact" "PUT" "/v1/organizations/{org}/contacts/{contact}" => contacts::put,
        Access::PermissionOrPlatform(permission::CONTACTS_MANAGE), [READ, PUT, DELETE, CHECK, TOUCH],
        "Register or update a contact",
        [ContactAddressTaken],
        Operation::takes::<PutContactRequest>().answers::<ContactResponse>(200).answers::<ContactResponse>(201);
    "delete-contact" "DELETE" "/v1/organizations/{org}/contacts/{contact}" => contacts::delete,
        Access::PermissionOrPlatform(permission::CONTACTS_MANAGE), [READ, PUT, DELETE, CHECK, TOUCH],
        "Delete a contact; memberships are not affected",
        Operation::no_content();
    "list-events" "GET" "/v1/organizations/{org}/events" => events::list,
        Access::Permission(permission::EVENTS_READ), suspended: Owners, [READ, QUERY, TOUCH], traits: [ReadsEvents],
        "List events, newest first",
        Operation::pages::<EventResponse>(&query::EVENTS);
    "get-openapi" "GET" "/openapi.json" => about::openapi, Access::Public, [], traits: [TellsApiUrl],
        "Get the OpenAPI document", Operation::hidden();
    "get-docs" "GET" "/docs" => about::docs, Access::Public, [],
        "Get the API reference as a page", [NotFound], Operation::hidden();
    "get-docs" "GET" "/docs/{file}" => about::docs, Access::Public, [],
        "Get a file of the API reference page", [NotFound], Operation::hidden();
    "get-page" "GET" "/team" => page::page, Access::Public, [], traits: [TellsApiUrl, IsTeamPage],
        "Get the team page", Operation::hidden();
    "get-page" "GET" "/team/{file}" => page::page, Access::Public, [], traits: [TellsApiUrl, IsTeamPage],
        "Get a file of the team page", [NotFound], Operation::hidden();
    "get-page" "GET" "/team/invitations/{token}" => page::page, Access::Public, [], traits: [TellsApiUrl, IsTeamPage],
        "Get the team page for the link of an invitation", Operation::hidden();
    "not-found" "ANY" "$default" => about::not_found, Access::Public, [], traits: [TellsApiUrl],
        "Answer every other request with 404 or 405", [NotFound, MethodNotAllowed], Operation::hidden();
}

impl Route {
    /// The route of a binary; none for a function without one. All routes of one binary have the same requirements.
    #[must_use]
    pub fn of(binary: &str) -> Option<&'static Self> {
        ROUTES.iter().find(|route| route.binary == binary)
    }
}

/// The functions behind the schedule, the streams and the feedback of SES.
pub static BACKGROUND: &[Background] = &[
    Background {
        binary: "expire",
        calls: &[READ, QUERY_DUE, PUT, UPDATE, DELETE],
        traits: &[Trait::ClaimsAddresses],
    },
    Background {
        binary: "deliver-mail",
        calls: &[READ, UPDATE, CHECK, TOUCH, SECRET, "ses:SendRawEmail"],
        traits: &[Trait::StaysInOrganizations],
    },
    Background {
        binary: "finish-work",
        calls: &[
            READ,
            QUERY,
            QUERY_BY_ACTIVITY,
            PUT,
            UPDATE,
            DELETE,
            ERASE,
            GET_FILE,
            PUT_FILE,
            DELETE_FILE,
        ],
        traits: &[Trait::ClaimsAddresses, Trait::ReadsEvents],
    },
    Background {
        binary: "note-feedback",
        calls: &[UPDATE, CHECK, TOUCH],
        traits: &[Trait::StaysInOrganizations],
    },
];
