//! The line of a route in the table, and that of a function without one.

use muster_domain::rules::suspension::OpenTo;
use muster_edge::problem::ProblemType;

/// Who may call a route.
///
/// [`crate::entry`] refuses callers of the wrong kind before anything is read. It does not check the permission that a line names: that
/// takes the member's roles, so the route's rule in `shared/domain/src/rules` checks it. The line and the rule agree:
/// `tests/tests/api/permissions.rs` calls each route that names a permission, or is for owners, as a member with all permissions but
/// that one, who is refused, and as a member with as few as the route takes, who is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anyone, without a token.
    Public,
    /// Signed-in users.
    User,
    /// Signed-in users with the verified address that the invitation in the path was sent to.
    Invitee,
    /// Active members of the organization in the path, and the platform; other callers get 404.
    Member,
    /// Signed-in active members, about themselves and the members they manage. The platform may read.
    Oneself,
    /// Members with this permission. The platform may read.
    Permission(&'static str),
    /// Like [`Access::Permission`], and members about themselves.
    PermissionOrOneself(&'static str),
    /// Like [`Access::Permission`], and the platform may also write.
    PermissionOrPlatform(&'static str),
    /// Members with this permission on the whole organization.
    WholePermission(&'static str),
    /// Signed-in members with this permission.
    UserPermission(&'static str),
    /// Signed-in active holders of the protected role.
    Owner,
    /// The platform.
    Platform,
    /// The platform, and members and API keys: about themselves, or about others with `members:read`.
    Asker,
}

impl Access {
    /// The permission that members need, if the line names one.
    #[must_use]
    pub const fn permission(self) -> Option<&'static str> {
        match self {
            Self::Permission(name)
            | Self::PermissionOrOneself(name)
            | Self::PermissionOrPlatform(name)
            | Self::WholePermission(name)
            | Self::UserPermission(name) => Some(name),
            Self::Public
            | Self::User
            | Self::Invitee
            | Self::Member
            | Self::Oneself
            | Self::Owner
            | Self::Platform
            | Self::Asker => None,
        }
    }

    /// Whether the platform may call the route: some only to read, others never.
    #[must_use]
    pub const fn admits_platform(self, reads: bool) -> bool {
        match self {
            Self::WholePermission(_) => false,
            Self::Oneself
            | Self::Permission(_)
            | Self::PermissionOrOneself(_)
            | Self::UserPermission(_)
            | Self::Owner => reads,
            Self::Public
            | Self::User
            | Self::Invitee
            | Self::Member
            | Self::PermissionOrPlatform(_)
            | Self::Platform
            | Self::Asker => true,
        }
    }

    /// Whether the route is about the organization in its path: callers outside it get 404.
    #[must_use]
    pub const fn is_inside(self) -> bool {
        match self {
            Self::Public | Self::User | Self::Invitee | Self::Asker => false,
            Self::Member
            | Self::Oneself
            | Self::Permission(_)
            | Self::PermissionOrOneself(_)
            | Self::PermissionOrPlatform(_)
            | Self::WholePermission(_)
            | Self::UserPermission(_)
            | Self::Owner
            | Self::Platform => true,
        }
    }
}

/// What a function does that its AWS calls do not show. The template follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trait {
    /// It tells addresses of this API, or compares with them, so it gets the API's URL.
    TellsApiUrl,
    /// It needs no token, and tells a caller who sends one more.
    TakesToken,
    /// It learns the holder of an address, so it may read claims on addresses.
    ReadsAddresses,
    /// It changes claims on addresses without reading them: a member or an invitation comes or goes.
    ClaimsAddresses,
    /// It reads events. Every function that writes adds some.
    ReadsEvents,
    /// It writes in the partitions of organizations only.
    StaysInOrganizations,
    /// Any user with an account can do it without bound, or it sends mail under the deployment's name: the route is limited to
    /// `MailRate`.
    IsLimited,
    /// It serves the team page. It is deployed only if the page has a client at the identity provider, and gets what the page signs
    /// users in with. It takes any query: the provider leads back to the page with one of its own. A visit asks for a dozen files at
    /// once, so it is not limited to `PublicRate`.
    IsTeamPage,
}

/// One route, and the AWS calls its function may make.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// The function's binary.
    pub binary: &'static str,
    /// The HTTP method; `ANY` for the route that takes all other requests.
    pub method: &'static str,
    /// The path as API Gateway writes it; `$default` for the route that takes all other requests.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    /// Which members can call it while their organization is suspended; the others are refused. A suspension does not affect the
    /// platform. It stops API keys everywhere except where this is [`OpenTo::Members`].
    pub while_suspended: OpenTo,
    /// Whether its handler reads a body. Otherwise a body is refused, except by GET, which ignores it.
    pub takes_body: bool,
    /// Whether it answers with a file, which has no entity tag.
    pub answers_file: bool,
    /// The path of its handler below `routes`.
    pub handler: &'static str,
    /// The AWS calls its function may make: the name in the SDK and CloudTrail, followed by the index that a query reads or the
    /// part of a transaction.
    pub calls: &'static [&'static str],
    /// What else its function does.
    pub traits: &'static [Trait],
    /// A summary of one line.
    pub summary: &'static str,
    /// The problems that do not follow from the rest of the line. [`Route::problems`] has all of them.
    pub own_problems: &'static [ProblemType],
}

impl Route {
    /// Whether its function may make this AWS call, by the name that the SDK gives it.
    #[must_use]
    pub fn may(&self, operation: &str) -> bool {
        self.calls.iter().any(|call| call.split(' ').next() == Some(operation))
    }

    /// Whether its function does this.
    #[must_use]
    pub fn has(&self, one: Trait) -> bool {
        self.traits.contains(&one)
    }

    /// The methods that lead to its function: a route for GET also takes HEAD.
    pub fn methods(&self) -> impl Iterator<Item = &'static str> + use<> {
        let head = (self.method == "GET").then_some("HEAD");
        std::iter::once(self.method).chain(head)
    }

    /// The number of its path's segments that are not parameters.
    pub(super) fn literals(&self) -> usize {
        self.path.split('/').filter(|part| !part.starts_with('{')).count()
    }

    /// Whether a path matches this route.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        let mut own = self.path.split('/');
        let mut asked = path.split('/');
        loop {
            match (own.next(), asked.next()) {
                (None, None) => return true,
                (Some(own), Some(asked)) if own == asked || (own.starts_with('{') && !asked.is_empty()) => {}
                _ => return false,
            }
        }
    }
}

/// A function that HTTP requests cannot reach.
#[derive(Debug, Clone, Copy)]
pub struct Background {
    /// The function's binary.
    pub binary: &'static str,
    /// The AWS calls it may make.
    pub calls: &'static [&'static str],
    /// What else it does.
    pub traits: &'static [Trait],
}
