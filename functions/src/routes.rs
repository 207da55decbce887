//! The routes: one table from which gateway, OpenAPI document, template check and binaries are told apart by nobody.

pub mod about;
pub mod activation;
pub mod answers;
pub mod contacts;
pub mod events;
pub mod invitations;
pub mod inviting;
pub mod members;
pub mod organizations;
pub mod resources;

use crate::openapi::Operation;
use crate::shapes::contact::{ContactBody, PutContact};
use crate::shapes::event::EventBody;
use crate::shapes::invitation::{
    AcceptedBody, AddMember, AddedBody, CreateInvitations, InvitationBody, InvitedBody, JobBody, PreviewBody,
    UpdateInvitation, WaitingInvitation,
};
use crate::shapes::member::{MemberBody, PeopleBody, SetStatus, StatusResults, UpdateMember};
use crate::shapes::organization::{
    CreateOrganization, MyOrganization, OrganizationBody, RoleBody, SetPlan, UpdateOrganization,
};
use crate::shapes::resource::{PutResource, ResourceBody};
use lambda_http::{Body, Request, Response};
use muster_domain::permission;
use muster_edge::App;
use muster_edge::serve::answer;

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody, without a token.
    Public,
    /// Any signed-in user.
    User,
    /// Active members of the organization in the path; a stranger gets 404.
    Member,
    /// Members with this permission; one without it gets 403.
    Permission(&'static str),
    /// The platform alone.
    Platform,
}

/// One route, and the AWS calls its function may make.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// The function's binary.
    pub binary: &'static str,
    /// The HTTP method; `ANY` for the one that takes the rest.
    pub method: &'static str,
    /// The path as API Gateway has it; `$default` for the one that takes the rest.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    /// The AWS calls its function may make, by the names SDK and CloudTrail give them.
    pub calls: &'static [&'static str],
    /// What it does, in a line.
    pub summary: &'static str,
}

const READ: &str = "dynamodb:BatchGetItem";
const QUERY: &str = "dynamodb:Query";
const WRITE: &str = "dynamodb:TransactWriteItems";
/// Notes when a member was last seen.
const TOUCH: &str = "dynamodb:UpdateItem";
const SECRET: &str = "secretsmanager:GetSecretValue";

macro_rules! routes {
    ($( $binary:literal $method:literal $path:literal => $module:ident::$handler:ident,
        $access:expr, [$($call:ident),*], $summary:literal, $operation:expr; )*) => {
        /// Every HTTP route.
        pub static ROUTES: &[Route] = &[$( Route {
            binary: $binary, method: $method, path: $path, access: $access, calls: &[$($call),*], summary: $summary,
        } ),*];

        /// Answers a request with the handler of a binary, in this process. Only `local` links all of them.
        #[expect(unreachable_patterns, reason = "the page and its files are two routes of one binary")]
        pub async fn call(binary: &str, app: &App, request: Request) -> Response<Body> {
            match binary {
                $( $binary => answer(app, request, $module::$handler).await, )*
                _ => answer(app, request, about::not_found).await,
            }
        }

        /// What the OpenAPI document says of each route.
        pub(crate) fn operations() -> Vec<(&'static Route, Operation)> {
            ROUTES.iter().zip([$( $operation ),*]).collect()
        }
    };
}

routes! {
    "create-organization" "POST" "/v1/organizations" => organizations::create, Access::User, [READ, WRITE],
        "Make an organization; the caller becomes its owner",
        Operation::takes::<CreateOrganization>().creates::<OrganizationBody>();
    "list-organizations" "GET" "/v1/organizations" => organizations::list, Access::User, [READ, QUERY],
        "List the organizations the caller is a member of",
        Operation::pages::<MyOrganization>(&[]);
    "get-organization" "GET" "/v1/organizations/{org}" => organizations::get, Access::Member, [READ, TOUCH],
        "Show an organization",
        Operation::shows::<OrganizationBody>();
    "update-organization" "PATCH" "/v1/organizations/{org}" => organizations::update,
        Access::Permission(permission::ORGANIZATION_UPDATE), [READ, WRITE, TOUCH],
        "Change name and settings",
        Operation::takes::<UpdateOrganization>().answers::<OrganizationBody>(200);
    "set-plan" "PUT" "/v1/organizations/{org}/plan" => organizations::set_plan, Access::Platform, [READ, WRITE, TOUCH],
        "Set seat limit and allowed domains",
        Operation::takes::<SetPlan>().answers::<OrganizationBody>(200);
    "list-roles" "GET" "/v1/organizations/{org}/roles" => organizations::roles, Access::Member, [READ, TOUCH],
        "List the roles, with those the caller may give",
        Operation::shows_all::<RoleBody>();
    "list-resources" "GET" "/v1/organizations/{org}/resources" => resources::list,
        Access::Permission(permission::RESOURCES_READ), [READ, QUERY, TOUCH],
        "List resources",
        Operation::pages::<ResourceBody>(&[]);
    "put-resource" "PUT" "/v1/organizations/{org}/resources/{type}/{id}" => resources::put,
        Access::Permission(permission::RESOURCES_MANAGE), [READ, WRITE, TOUCH],
        "Register a resource, or rename it",
        Operation::takes::<PutResource>().answers::<ResourceBody>(200).answers::<ResourceBody>(201);
    "delete-resource" "DELETE" "/v1/organizations/{org}/resources/{type}/{id}" => resources::delete,
        Access::Permission(permission::RESOURCES_MANAGE), [READ, WRITE, TOUCH],
        "Delete a resource; access through it ends at once",
        Operation::done();
    "create-invitations" "POST" "/v1/organizations/{org}/invitations" => inviting::create,
        Access::Permission(permission::MEMBERS_INVITE), [READ, WRITE, TOUCH],
        "Invite up to 20 addresses, all or none; contacts with an account are added at once",
        Operation::takes::<CreateInvitations>().creates::<InvitedBody>().answers::<crate::shapes::invitation::DryRunBody>(200);
    "list-invitations" "GET" "/v1/organizations/{org}/invitations" => invitations::list,
        Access::Permission(permission::MEMBERS_READ), [READ, QUERY, TOUCH],
        "List invitations that are pending, or have ended",
        Operation::pages::<InvitationBody>(&["status"]);
    "resend-invitations" "POST" "/v1/organizations/{org}/invitations/resend" => invitations::resend_every,
        Access::Permission(permission::MEMBERS_INVITE), [READ, WRITE, TOUCH],
        "Send every pending invitation again, in the background",
        Operation::plain().answers::<JobBody>(202);
    "get-invitation" "GET" "/v1/organizations/{org}/invitations/{invitation}" => invitations::get,
        Access::Permission(permission::MEMBERS_READ), [READ, TOUCH],
        "Show an invitation",
        Operation::shows::<InvitationBody>();
    "update-invitation" "PATCH" "/v1/organizations/{org}/invitations/{invitation}" => invitations::update,
        Access::Permission(permission::MEMBERS_INVITE), [READ, WRITE, TOUCH],
        "Change what a pending invitation offers",
        Operation::takes::<UpdateInvitation>().answers::<InvitationBody>(200);
    "cancel-invitation" "DELETE" "/v1/organizations/{org}/invitations/{invitation}" => invitations::cancel,
        Access::Permission(permission::MEMBERS_INVITE), [READ, WRITE, TOUCH],
        "Take a pending invitation back",
        Operation::done();
    "resend-invitation" "POST" "/v1/organizations/{org}/invitations/{invitation}/resend" => invitations::resend,
        Access::Permission(permission::MEMBERS_INVITE), [READ, WRITE, TOUCH],
        "Send an invitation again, with a new link",
        Operation::plain().answers::<InvitationBody>(200);
    "list-my-invitations" "GET" "/v1/invitations" => answers::waiting, Access::User, [READ, QUERY, SECRET],
        "List the invitations that wait for the caller",
        Operation::pages::<WaitingInvitation>(&[]);
    "preview-invitation" "GET" "/v1/invitations/{token}" => answers::preview, Access::Public, [READ, SECRET],
        "Show what an invitation's link may show to anybody",
        Operation::shows::<PreviewBody>();
    "accept-invitation" "POST" "/v1/invitations/{token}/accept" => answers::accept, Access::User, [READ, WRITE, SECRET],
        "Accept an invitation; the caller becomes a member",
        Operation::plain().answers::<AcceptedBody>(200);
    "decline-invitation" "POST" "/v1/invitations/{token}/decline" => answers::decline, Access::User, [READ, WRITE, SECRET],
        "Decline an invitation",
        Operation::done();
    "list-members" "GET" "/v1/organizations/{org}/members" => members::list,
        Access::Permission(permission::MEMBERS_READ), [READ, QUERY, TOUCH],
        "List people: pending invitations, then members",
        Operation::lists::<PeopleBody>(&[]);
    "activate-members" "POST" "/v1/organizations/{org}/members/activate" => activation::activate,
        Access::Permission(permission::MEMBERS_MANAGE), [READ, WRITE, TOUCH],
        "Activate up to 100 members",
        Operation::takes::<SetStatus>().answers::<StatusResults>(200);
    "deactivate-members" "POST" "/v1/organizations/{org}/members/deactivate" => activation::deactivate,
        Access::Permission(permission::MEMBERS_MANAGE), [READ, WRITE, TOUCH],
        "Deactivate up to 100 members",
        Operation::takes::<SetStatus>().answers::<StatusResults>(200);
    "get-member" "GET" "/v1/organizations/{org}/members/{member}" => members::get,
        Access::Permission(permission::MEMBERS_READ), [READ, TOUCH],
        "Show a member; `me` is the caller",
        Operation::shows::<MemberBody>();
    "update-member" "PATCH" "/v1/organizations/{org}/members/{member}" => members::update,
        Access::Permission(permission::MEMBERS_MANAGE), [READ, WRITE, TOUCH],
        "Change a member's roles, or one's own profile",
        Operation::takes::<UpdateMember>().answers::<MemberBody>(200);
    "remove-member" "DELETE" "/v1/organizations/{org}/members/{member}" => members::remove,
        Access::Permission(permission::MEMBERS_MANAGE), [READ, WRITE, TOUCH],
        "End a membership; `me` leaves",
        Operation::done();
    "add-member" "POST" "/v1/organizations/{org}/members" => inviting::add,
        Access::Permission(permission::MEMBERS_INVITE), [READ, WRITE, TOUCH],
        "Add a person: at once if they are a contact with an account, by invitation otherwise",
        Operation::takes::<AddMember>().creates::<AddedBody>();
    "list-contacts" "GET" "/v1/organizations/{org}/contacts" => contacts::list,
        Access::Permission(permission::CONTACTS_READ), [READ, QUERY, TOUCH],
        "List contacts, or look some up by the beginnings of words of their names and addresses",
        Operation::pages::<ContactBody>(&["q"]);
    "put-contact" "PUT" "/v1/organizations/{org}/contacts/{contact}" => contacts::put,
        Access::Permission(permission::CONTACTS_MANAGE), [READ, WRITE, TOUCH],
        "Register a contact, or change it",
        Operation::takes::<PutContact>().answers::<ContactBody>(200).answers::<ContactBody>(201);
    "delete-contact" "DELETE" "/v1/organizations/{org}/contacts/{contact}" => contacts::delete,
        Access::Permission(permission::CONTACTS_MANAGE), [READ, WRITE, TOUCH],
        "Delete a contact; a membership stays",
        Operation::done();
    "list-events" "GET" "/v1/organizations/{org}/events" => events::list,
        Access::Permission(permission::EVENTS_READ), [READ, QUERY, TOUCH],
        "List events, newest first",
        Operation::pages::<EventBody>(&[]);
    "get-openapi" "GET" "/openapi.json" => about::openapi, Access::Public, [],
        "This description", Operation::hidden();
    "get-docs" "GET" "/docs" => about::docs, Access::Public, [],
        "This description as a page", Operation::hidden();
    "get-docs" "GET" "/docs/{file}" => about::docs, Access::Public, [],
        "The page's files", Operation::hidden();
    "not-found" "ANY" "$default" => about::not_found, Access::Public, [],
        "What no other route takes", Operation::hidden();
}

/// A function that no HTTP request reaches.
#[derive(Debug, Clone, Copy)]
pub struct Background {
    /// The function's binary.
    pub binary: &'static str,
    /// The AWS calls it may make.
    pub calls: &'static [&'static str],
}

/// The functions behind schedule and streams.
pub static BACKGROUND: &[Background] = &[
    Background {
        binary: "expire",
        calls: &[READ, QUERY, WRITE],
    },
    Background {
        binary: "deliver-mail",
        calls: &[READ, TOUCH, SECRET, "ses:SendRawEmail"],
    },
    Background {
        binary: "finish-work",
        calls: &[READ, QUERY, WRITE],
    },
];
