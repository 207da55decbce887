//! What must hold of every answer, in whatever order the requests under way took effect.

mod giving;

use crate::cast::Cast;
use crate::request::{Request, Who};
use crate::standing::{Before, Standing};
use crate::world::{Organization, World};
use jiff::Timestamp;
use muster_domain::RoleId;
use muster_domain::roleset::{RoleSet, permission};
use muster_edge::problem::ProblemType;
use muster_functions::routes::{Access, ROUTES};
use muster_tests::recount::tells_secret;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) text: String,
    pub(crate) body: Value,
    /// Whether it is the answer kept for an earlier request.
    pub(crate) replayed: bool,
    pub(crate) tag: Option<String>,
}

impl Reply {
    /// Whether what was asked for was done or shown.
    pub(crate) fn is_done(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// What was known when the request was sent.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    /// The person who asks, or whose key does.
    pub(crate) caller: Option<(usize, Before)>,
    /// The person whom the request is about, before it could make them more.
    pub(crate) about: Option<(usize, Before)>,
    /// Whether the organization was deleted, how often it may have been restored, and whether that was under way.
    pub(crate) closed: bool,
    pub(crate) restores: u64,
    pub(crate) restoring: bool,
    /// Whether the key that asks opened nothing any more, and whether the key asked about did not.
    pub(crate) dead: bool,
    pub(crate) asked_dead: bool,
    pub(crate) read_only: bool,
    pub(crate) limited: bool,
    /// Who else knows the secret of the key that asks, and of the key asked about.
    pub(crate) maker: Option<(usize, Before)>,
    pub(crate) asked_maker: Option<(usize, Before)>,
    /// Who answers for the invitation that is accepted.
    pub(crate) inviter: Option<(usize, Before)>,
    /// Until when the token is good, whatever the clock does meanwhile.
    pub(crate) good_until: Option<Timestamp>,
}

/// Everything that a judgment goes by.
pub(crate) struct Judgment<'a> {
    pub(crate) request: &'a Request,
    pub(crate) reply: &'a Reply,
    pub(crate) known: &'a Known,
    pub(crate) cast: &'a Cast,
    pub(crate) world: &'a World,
    /// Whether something was made to go wrong in this very request.
    pub(crate) struck: bool,
    pub(crate) now: Timestamp,
}

type Verdict = Result<(), String>;

fn must(holds: bool, what: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(what()) }
}

impl Judgment<'_> {
    /// Whether all is as it must be.
    ///
    /// # Errors
    /// What is not.
    pub(crate) fn pass(&self) -> Verdict {
        if self.reply.status >= 500 {
            return must(self.struck, || {
                "an error of the server's own, though nothing was made to go wrong".to_owned()
            });
        }
        self.is_well_formed()?;
        self.tells_no_secret()?;
        self.tells_nothing_of_others()?;
        self.is_allowed()
    }

    fn is_well_formed(&self) -> Verdict {
        let reply = self.reply;
        let route = self.request.route;
        if reply.status < 400 {
            let documented = DOCUMENTED.get(&(route.method, route.path));
            let fits = documented.is_none_or(|statuses| statuses.contains(&reply.status));
            return must(fits, || {
                format!("{} is no status that the document names", reply.status)
            });
        }
        let body = &reply.body;
        let text = |name: &str| body[name].as_str().unwrap_or_default();
        let is_problem = reply.content_type == "application/problem+json"
            && text("type").starts_with(muster_edge::problem::TYPE_BASE)
            && !text("title").is_empty()
            && !text("request_id").is_empty()
            && body["status"] == reply.status;
        // What the gateway refuses by itself never reached a function.
        let of_gateway = self.request.spoiled && [400, 413, 414, 431].contains(&reply.status);
        must(is_problem || of_gateway, || {
            "a refusal that is no well-formed problem".to_owned()
        })?;
        let kind = ProblemType::of(text("type")).filter(|kind| route.problems().contains(kind));
        let is_named = kind.is_some_and(|kind| route.status(kind) == reply.status);
        must(is_named || of_gateway, || {
            "a problem that the route does not name".to_owned()
        })
    }

    fn tells_no_secret(&self) -> Verdict {
        let text = &self.reply.text;
        let tells = ["create-api-key", "rotate-api-key"].contains(&self.request.route.binary)
            && self.reply.is_done()
            && !self.reply.replayed;
        must(tells || !tells_secret(text), || {
            "the secret of an API key is told again".to_owned()
        })?;
        must(!text.contains("eyJ0eXAiOi") && !text.contains("eyJhbGciOi"), || {
            "a token is told".to_owned()
        })
    }

    /// An answer about one organization names nothing of another.
    fn tells_nothing_of_others(&self) -> Verdict {
        let Some(own) = self
            .request
            .organization
            .filter(|_| self.request.is_inside() && self.reply.is_done())
        else {
            return Ok(());
        };
        for prefix in ["org_", "inv_", "key_", "exp_"] {
            for (at, _) in self.reply.text.match_indices(prefix) {
                let rest = &self.reply.text[at + prefix.len()..];
                let digits = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
                let id = &self.reply.text[at..at + prefix.len() + digits];
                let owner = self.world.owner_of(id).unwrap_or(own);
                must(owner == own, || format!("{id} belongs to another organization"))?;
            }
        }
        Ok(())
    }

    fn is_allowed(&self) -> Verdict {
        let (request, reply) = (self.request, self.reply);
        match request.who {
            Who::Nobody => {
                let open = request.route.access == Access::Public || request.spoiled;
                return must(open || reply.status == 401, || {
                    "nobody got something else than 401".to_owned()
                });
            }
            Who::Platform => {
                return must(!reply.is_done() || self.is_for_platform(), || {
                    "the platform changed something".to_owned()
                });
            }
            Who::Key(..) => self.is_within_key()?,
            Who::Person(_) => {
                let fresh = self.known.good_until.is_some_and(|until| self.now < until);
                must(reply.status != 401 || !fresh || request.spoiled, || {
                    "a good token was refused".to_owned()
                })?;
            }
        }
        self.keeps_emails()?;
        self.keeps_keys()?;
        match request
            .organization
            .and_then(|number| self.world.organizations.get(number))
        {
            Some(organization) => self.is_within_standing(organization),
            None => Ok(()),
        }
    }

    /// The platform reads, sets plans, suspends, resumes, restores, and keeps contacts.
    fn is_for_platform(&self) -> bool {
        let request = self.request;
        let changes = [
            "set-plan",
            "suspend-organization",
            "resume-organization",
            "restore-organization",
            "put-contact",
            "delete-contact",
        ];
        let takes_along = ["export-members", "get-export"];
        (request.reads() && !takes_along.contains(&request.route.binary)) || changes.contains(&request.route.binary)
    }

    fn is_within_key(&self) -> Verdict {
        let (request, reply) = (self.request, self.reply);
        if request.route.access == Access::Public {
            return Ok(());
        }
        must(!reply.is_done() || !self.known.dead, || {
            "a key that is revoked or over opened something".to_owned()
        })?;
        must(
            !reply.is_done() || !self.is_worthless(self.caller(), self.known.maker.as_ref()),
            || "a key opened something whose maker may do nothing".to_owned(),
        )?;
        let is_about_a_member = matches!(request.route.access, Access::PermissionOrOneself(_));
        let own = is_about_a_member && request.about == self.caller();
        must(!reply.is_done() || !own || !self.known.limited, || {
            "a key that is limited to resources is its owner's master".to_owned()
        })?;
        let changes = reply.is_done() && !request.reads();
        must(!changes || !self.known.read_only, || {
            "a key that only reads changed something".to_owned()
        })?;
        let access = request.route.access;
        let in_person = matches!(
            access,
            Access::Owner | Access::Oneself | Access::Invitee | Access::Platform
        ) || (access == Access::User && request.route.binary != "verify-api-key")
            || request.route.binary == "delete-organization";
        must(!reply.is_done() || !in_person, || {
            "a key did what is for people".to_owned()
        })
    }

    /// The person who asks, or whose key does.
    fn caller(&self) -> Option<usize> {
        self.known.caller.as_ref().map(|(person, _)| *person)
    }

    /// Whether the person asked about may do the action asked about; none if that is not known.
    fn subject_may(&self) -> Option<bool> {
        let organization = &self.world.organizations[self.request.organization?];
        let (person, before) = self.known.about.as_ref()?;
        let most = organization.bounds.most_since(*person, before, self.request)?;
        let body = self.request.body.as_ref()?;
        let action = body["action"].as_str().or(body["action"]["name"].as_str())?;
        let closed = self.known.closed && organization.restores == self.known.restores;
        Some(!closed && most.allows(organization.set, action))
    }

    fn is_within_standing(&self, organization: &Organization) -> Verdict {
        let (request, reply) = (self.request, self.reply);
        let decided = request.route.access == Access::Asker;
        let permitted = decided && reply.body["decision"] == true;
        must(!permitted || self.subject_may() != Some(false), || {
            "a decision permits what nothing gives".to_owned()
        })?;
        let Some((caller, before)) = self.known.caller.as_ref() else {
            return Ok(());
        };
        if !request.is_inside() && !decided {
            return Ok(());
        }
        let done = reply.is_done();
        let closed = self.known.closed && organization.restores == self.known.restores;
        must(!(done && closed && !decided), || {
            "a deleted organization answered".to_owned()
        })?;
        let Some(most) = organization.bounds.most_since(*caller, before, request) else {
            return Ok(());
        };
        let is_stranger = most == Standing::Stranger || closed;
        if is_stranger && request.is_inside() && matches!(request.who, Who::Person(_)) {
            // Where only the platform may call, everybody else gets one answer, whatever is there.
            let refusal = if request.route.access == Access::Platform {
                403
            } else {
                404
            };
            let hidden = [refusal, 401].contains(&reply.status) || request.spoiled;
            must(hidden && !done, || {
                format!("{most:?} got {} and not {refusal}", reply.status)
            })?;
        }
        // A kept answer tells members what they did as what they were then.
        if reply.replayed && matches!(most, Standing::Active(_)) {
            return Ok(());
        }
        let oneself = request.about == Some(*caller);
        let may = may_succeed(request, &most, organization.set, oneself);
        must(!done || may, || format!("{most:?} may not do this"))?;
        self.gives_no_more(organization, &most, oneself)
    }

    /// What is given is something that the giver may give, unless it was held before.
    fn gives_no_more(&self, organization: &Organization, most: &Standing, oneself: bool) -> Verdict {
        let (request, set) = (self.request, organization.set);
        let Some(role) = request.gives.as_ref().filter(|_| self.reply.is_done()) else {
            return Ok(());
        };
        if self.held_before(organization, role) {
            return Ok(());
        }
        let may = most.may_give(set, role) || (oneself && most.may_take(set, role));
        must(may, || format!("{most:?} gave {role}"))
    }

    /// Whether the person whom the request is about may have held the role before.
    fn held_before(&self, organization: &Organization, role: &RoleId) -> bool {
        let Some((person, before)) = &self.known.about else {
            return false;
        };
        match organization.bounds.most_since(*person, before, self.request) {
            Some(Standing::Active(roles)) => roles.contains(role),
            Some(Standing::Stranger) => false,
            Some(Standing::Inactive) | None => true,
        }
    }
}

/// Whether somebody who is at most this may have this request granted.
fn may_succeed(request: &Request, most: &Standing, set: &RoleSet, oneself: bool) -> bool {
    let binary = request.route.binary;
    match (most, request.route.access) {
        (Standing::Stranger, Access::Asker) => oneself,
        (Standing::Stranger, _) => false,
        // Whether one who is inactive may leave is the rules' business.
        (Standing::Inactive, _) => binary == "remove-member" && oneself,
        (_, Access::Public | Access::User | Access::Invitee | Access::Member) => true,
        (_, Access::Oneself) => oneself || most.allows(set, permission::MEMBERS_MANAGE),
        (_, Access::Asker) => oneself || most.allows(set, permission::MEMBERS_READ),
        (_, Access::PermissionOrOneself(wanted)) => oneself || most.allows(set, wanted),
        (
            _,
            Access::Permission(wanted)
            | Access::PermissionOrPlatform(wanted)
            | Access::WholePermission(wanted)
            | Access::UserPermission(wanted),
        ) => most.allows(set, wanted),
        (_, Access::Owner) => most.roles(set).any(|role| role.protected),
        (_, Access::Platform) => false,
    }
}

type Statuses = BTreeMap<(&'static str, &'static str), Vec<u16>>;

/// The statuses by which each route of the document does what it is asked.
static DOCUMENTED: LazyLock<Statuses> = LazyLock::new(|| {
    let document = muster_functions::openapi::document();
    let documented = ROUTES.iter().filter_map(|route| {
        let place = &document["paths"][route.path][route.method.to_lowercase()]["responses"];
        let statuses = place.as_object()?.keys().filter_map(|status| status.parse().ok());
        Some(((route.method, route.path), statuses.collect()))
    });
    documented.collect()
});
