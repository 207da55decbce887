//! Bulk actions on members: activate, deactivate, change their role, remove.

use super::{contact_keys, removal};
use crate::api::bulk::{BulkMembersRequest, ChangeRolesRequest, MemberOutcome, MemberVerdict};
use crate::routes::bulk::{Action, run};
use crate::routes::lookup::{resource_keys, resources_found};
use muster_domain::rules::DecisionContext;
use muster_domain::rules::activation;
use muster_domain::rules::members::{self, Holdings, MemberRefusal, MemberUpdate};
use muster_domain::rules::offer::{self, RequestedOffer};
use muster_domain::{Changes, NamedUser, OrganizationId, ResourceKey, RoleId, Status, Subject, Term, UserId, UserName};
use muster_edge::{Call, Ids, Outcome, Problem, User};
use muster_store::{Key, ReadSet};
use std::collections::BTreeMap;

/// Activates members; each takes a seat again.
pub async fn activate(call: Call, user: User) -> Outcome {
    switch(call, user, Status::Active).await
}

/// Deactivates members: they lose access at their next request, and free their seats.
pub async fn deactivate(call: Call, user: User) -> Outcome {
    switch(call, user, Status::Inactive).await
}

async fn switch(call: Call, user: User, status: Status) -> Outcome {
    let organization = call.path("org")?;
    let body: BulkMembersRequest = call.body()?;
    let Chosen { ids, subjects } = Chosen::of(&call, body.members);
    let switch = Switch { status, subjects };
    run(call, user, organization, ids, body.dry_run, switch).await
}

/// Gives members a role in place of all roles they hold.
pub async fn change_role(call: Call, user: User) -> Outcome {
    let organization = call.path("org")?;
    let body: ChangeRolesRequest = call.body()?;
    let Chosen { ids, subjects } = Chosen::of(&call, body.members);
    let wanted = Reassign {
        subjects,
        resources: resource_keys(&body.resources)?,
        role: body.role,
        term: body.duration,
    };
    run(call, user, organization, ids, body.dry_run, wanted).await
}

/// Ends memberships.
pub async fn remove(call: Call, user: User) -> Outcome {
    let organization = call.path("org")?;
    let body: BulkMembersRequest = call.body()?;
    let Chosen { ids, subjects } = Chosen::of(&call, body.members);
    run(call, user, organization, ids, body.dry_run, Remove { subjects }).await
}

/// The subjects by which a request names members.
type Subjects = BTreeMap<UserId, Subject>;

/// The members that a request names.
struct Chosen {
    ids: Vec<UserId>,
    subjects: Subjects,
}

impl Chosen {
    fn of(call: &Call, names: Vec<UserName>) -> Self {
        let users: Vec<NamedUser> = names.into_iter().map(|name| name.user(call.issuer())).collect();
        Self {
            ids: users.iter().map(|user| user.id).collect(),
            subjects: users
                .into_iter()
                .filter_map(|user| Some((user.id, user.subject?)))
                .collect(),
        }
    }
}

/// The items that all actions share.
macro_rules! of_members {
    () => {
        type Id = UserId;
        type Status = MemberOutcome;
        type Verdict = MemberVerdict;
        const REFUSED: MemberOutcome = MemberOutcome::Refused;
        const ROWS: &'static str = "members";

        fn verdict(&self, member: UserId, status: MemberOutcome, problem: Option<Problem>) -> MemberVerdict {
            MemberVerdict {
                member,
                subject: self.subjects.get(&member).cloned(),
                status,
                problem,
            }
        }
    };
}

struct Switch {
    status: Status,
    subjects: Subjects,
}

impl Action for Switch {
    of_members!();

    fn done(&self) -> MemberOutcome {
        match self.status {
            Status::Active => MemberOutcome::Activated,
            Status::Inactive => MemberOutcome::Deactivated,
        }
    }

    fn keys(&self, organization: OrganizationId, id: UserId) -> Vec<Key> {
        vec![Key::member(organization, id)]
    }

    fn row(&self, ctx: &DecisionContext<'_>, read: &ReadSet, id: UserId, ids: &mut Ids) -> Result<Changes, Problem> {
        let found = read.member(ctx.organization.id, id)?;
        Ok(activation::set_status(ctx, found.as_ref(), self.status, ids)?)
    }
}

struct Reassign {
    subjects: Subjects,
    role: RoleId,
    resources: Vec<ResourceKey>,
    term: Option<Term>,
}

impl Action for Reassign {
    of_members!();

    fn done(&self) -> MemberOutcome {
        MemberOutcome::Changed
    }

    fn shared(&self, organization: OrganizationId) -> Vec<Key> {
        let keys = self.resources.iter().map(|key| Key::resource(organization, key));
        keys.collect()
    }

    fn keys(&self, organization: OrganizationId, id: UserId) -> Vec<Key> {
        vec![Key::member(organization, id)]
    }

    fn check(&self, ctx: &DecisionContext<'_>, read: &ReadSet) -> Result<(), Problem> {
        let wanted = RequestedOffer {
            role: &self.role,
            resources: &resources_found(read, ctx.organization.id, &self.resources)?,
            term: self.term,
        };
        offer::check(ctx, &wanted).map(drop).map_err(Problem::invalid)
    }

    fn row(&self, ctx: &DecisionContext<'_>, read: &ReadSet, id: UserId, ids: &mut Ids) -> Result<Changes, Problem> {
        let member = read.member(ctx.organization.id, id)?;
        let wanted = RequestedOffer {
            role: &self.role,
            resources: &resources_found(read, ctx.organization.id, &self.resources)?,
            term: self.term,
        };
        let wanted = MemberUpdate {
            holdings: Some(Holdings::One(wanted)),
            ..MemberUpdate::default()
        };
        let (_, changes) = members::update(ctx, member.as_ref(), wanted, ids)?;
        Ok(changes)
    }
}

struct Remove {
    subjects: Subjects,
}

impl Action for Remove {
    of_members!();

    fn done(&self) -> MemberOutcome {
        MemberOutcome::Removed
    }

    fn keys(&self, organization: OrganizationId, id: UserId) -> Vec<Key> {
        vec![Key::member(organization, id)]
    }

    fn more(&self, ctx: &DecisionContext<'_>, read: &ReadSet, id: UserId) -> Result<Vec<Key>, Problem> {
        let Some(member) = read.member(ctx.organization.id, id)? else {
            return Ok(Vec::new());
        };
        let keys = contact_keys(&member)?;
        Ok(if read.covers(&keys) { Vec::new() } else { keys })
    }

    fn row(&self, ctx: &DecisionContext<'_>, read: &ReadSet, id: UserId, ids: &mut Ids) -> Result<Changes, Problem> {
        let member = read.member(ctx.organization.id, id)?;
        let member = member.ok_or(MemberRefusal::NotFound)?;
        removal(ctx, read, &member, ids)
    }
}
