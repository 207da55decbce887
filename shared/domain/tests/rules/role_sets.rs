//! What the texts say of each product's roles, case by case.

use crate::team::{Ids, at, codes, email_address, ids, now, role, user};
use muster_domain::email::Rejected;
use muster_domain::member::Profile;
use muster_domain::roleset::{Resources, find};
use muster_domain::rules::activation::set_status;
use muster_domain::rules::invitations::create::{Invite, InviteRefusal, invite};
use muster_domain::rules::members::{Holdings, MemberRefusal, MemberUpdate, remove, update};
use muster_domain::rules::offer::RequestedOffer;
use muster_domain::rules::organizations::{Founder, create};
use muster_domain::{
    Authority, DecisionContext, EmailAddress, Grant, Member, Organization, Registration, Resource, ResourceKey,
    ResourceRef, RoleAssignment, RoleSet, Status,
};
use std::collections::BTreeMap;

/// The products that the texts describe; an operator may ship more.
pub(crate) const FIVE: [&str; 5] = [
    "coaching-site",
    "client-practice",
    "project-workspace",
    "website-studio",
    "program-delivery",
];

/// An organization of one role set, with a resource for those who need one.
pub(crate) struct Firm {
    pub(crate) set: &'static RoleSet,
    pub(crate) organization: Organization,
}

impl Firm {
    pub(crate) fn of(role_set: &str) -> Self {
        let set = find(role_set).unwrap();
        let founder = Founder {
            id: user("founder"),
            subject: None,
            email: email_address("founder@acme.example"),
            name: None,
        };
        let (organization, _) = create(&founder, "Acme".parse().unwrap(), set, now(), &mut Ids::default()).unwrap();
        Self { set, organization }
    }

    /// This firm with the counters of these people.
    pub(crate) fn counting(mut self, people: &[&Member]) -> Self {
        self.organization.seats_used = people.iter().filter(|m| m.seat).count() as u64;
        self.organization.active_owners = people.iter().filter(|m| m.is_active_owner(self.set)).count() as u64;
        self
    }

    pub(crate) fn resource(&self, id: &str) -> Resource {
        let number = id.bytes().fold(7, |n: u128, b| n * 257 + u128::from(b));
        Resource {
            organization: self.organization.id,
            reference: ResourceRef {
                key: self.key(id),
                registration: Registration::from_bytes(number.to_be_bytes()),
            },
            name: "A thing".parse().unwrap(),
            created_at: now(),
            version: 1,
        }
    }

    pub(crate) fn key(&self, id: &str) -> ResourceKey {
        ResourceKey {
            kind: self.set.resource_type.clone(),
            id: id.parse().unwrap(),
        }
    }

    pub(crate) fn found(&self, id: &str) -> (ResourceKey, Option<Resource>) {
        (self.key(id), Some(self.resource(id)))
    }

    /// Somebody with a role, on these resources.
    pub(crate) fn member(&self, name: &str, id: &str, resources: &[&str]) -> Member {
        let held = RoleAssignment {
            role: role(id),
            expires_at: None,
            epoch: 0,
            source: None,
        };
        let on_organization = self.set.role(&role(id)).unwrap().held_on_organization();
        let grant = |id: &&str| Grant {
            resource: self.resource(id).reference,
            held: held.clone(),
        };
        Member {
            id: user(name),
            subject: Some(name.parse().unwrap()),
            organization: self.organization.id,
            email: email_address(&format!("{name}@acme.example")),
            name: None,
            status: Status::Active,
            role: on_organization.then(|| held.clone()),
            grants: resources.iter().map(grant).collect(),
            seat: false,
            vouched_by: None,
            keys: 0,
            keys_valid_from: at("2026-01-01T00:00:00Z"),
            profile: Profile::default(),
            joined_at: at("2026-01-01T00:00:00Z"),
            last_active_at: None,
            due_at: None,
            version: 0,
        }
        .recomputed(self.set, now())
    }

    /// Somebody with a role, on `one` where it needs a resource.
    pub(crate) fn holder(&self, name: &str, id: &str) -> Member {
        let needs = self.set.role(&role(id)).unwrap().resources == Resources::AtLeastOne;
        self.member(name, id, if needs { &["one"] } else { &[] })
    }

    pub(crate) fn scene<'a>(&'a self, actor: &'a Member) -> DecisionContext<'a> {
        DecisionContext {
            organization: &self.organization,
            set: self.set,
            actor,
            key: None,
            now: now(),
            known: None,
        }
    }

    /// What comes of making somebody hold exactly this.
    fn make(&self, actor: &Member, target: &Member, id: &str, resources: &[&str]) -> Result<Member, MemberRefusal> {
        let wished = role(id);
        let resources: Vec<_> = resources.iter().map(|id| self.found(id)).collect();
        let holdings = Some(Holdings::One(RequestedOffer {
            role: &wished,
            resources: &resources,
            term: None,
        }));
        let request = MemberUpdate {
            holdings,
            ..MemberUpdate::default()
        };
        update(&self.scene(actor), Some(target), request, &mut ids()).map(|r| r.0)
    }

    fn removes(&self, actor: &Member, target: &Member) -> Result<(), MemberRefusal> {
        remove(&self.scene(actor), Some(target), &mut ids()).map(|_| ())
    }

    fn invites(&self, actor: &Member, id: &str) -> Result<(), InviteRefusal> {
        let needs = self.set.role(&role(id)).unwrap().resources == Resources::AtLeastOne;
        let emails: [Result<EmailAddress, Rejected>; 1] = [Ok(email_address("new@acme.example"))];
        let resources: Vec<_> = needs.then(|| self.found("one")).into_iter().collect();
        let wished = role(id);
        let request = Invite {
            emails: &emails,
            holders: &BTreeMap::new(),
            wanted: RequestedOffer {
                role: &wished,
                resources: &resources,
                term: None,
            },
            message: None,
            accounts: &[],
            language: None,
        };
        invite(&self.scene(actor), request, &mut ids()).map(|_| ())
    }

    /// Permissions somebody has on a resource that is not theirs.
    fn elsewhere(&self, member: &Member, permission: &str) -> bool {
        let authority = Authority::of(member, &self.organization, self.set, now());
        authority.allows(permission, Some(&self.resource("other").reference))
    }
}

/// Who may remove, demote and invite whom: `actor target verdict`, the verdict for all three.
fn may_touch(role_set: &str, rows: &[(&str, &str, bool)]) {
    for (actor, target, may) in rows {
        let firm = Firm::of(role_set);
        let (other, actor, target) = (
            firm.holder("other", firm.set.roles[0].id.as_str()),
            firm.holder("actor", actor),
            firm.holder("target", target),
        );
        let firm = firm.counting(&[&other, &actor, &target]);
        let what = format!("{role_set}: {:?} on {:?}", actor.role, target.role);
        assert_eq!(firm.removes(&actor, &target).is_ok(), *may, "removing, {what}");
        let lowest = firm.set.roles.last().unwrap().id.as_str();
        let resources: &[&str] = match firm.set.roles.last().unwrap().resources {
            Resources::None => &[],
            _ => &["one"],
        };
        let changed = firm.make(&actor, &target, lowest, resources);
        assert_eq!(changed.is_ok(), *may, "demoting, {what}: {changed:?}");
        let off = set_status(&firm.scene(&actor), Some(&target), Status::Inactive, &mut ids());
        assert_eq!(off.is_ok(), *may, "deactivating, {what}");
    }
}

#[test]
fn a_coaching_site_has_one_owner_whom_no_member_makes_demotes_or_removes() {
    let firm = Firm::of("coaching-site");
    let (owner, admin) = (firm.holder("owner", "owner"), firm.holder("admin", "admin"));
    let firm = firm.counting(&[&owner, &admin]);
    for actor in [&owner, &admin] {
        let invited = firm.invites(actor, "owner");
        assert_eq!(invited, Err(InviteRefusal::RoleNotAssignable("owner".into())));
        let made = firm.make(actor, &admin, "owner", &[]);
        assert_eq!(made, Err(MemberRefusal::RoleNotAssignable("owner".into())));
    }
    assert_eq!(firm.removes(&admin, &owner), Err(MemberRefusal::Forbidden));
    assert_eq!(firm.make(&admin, &owner, "admin", &[]), Err(MemberRefusal::Forbidden));
    assert_eq!(firm.make(&owner, &owner, "admin", &[]), Err(MemberRefusal::LastOwner));
    assert_eq!(firm.removes(&owner, &owner), Err(MemberRefusal::LastOwner));
    let off = set_status(&firm.scene(&admin), Some(&owner), Status::Inactive, &mut ids());
    assert_eq!(off, Err(MemberRefusal::Forbidden));
    assert!(firm.removes(&admin, &admin).is_ok(), "everybody else may leave");
}

#[test]
fn on_a_coaching_site_admins_manage_the_team_and_no_member_below_them_does() {
    may_touch(
        "coaching-site",
        &[
            ("owner", "admin", true),
            ("admin", "owner", false),
            ("admin", "admin", true),
            ("admin", "editor", true),
            ("admin", "instructor", true),
            ("admin", "support", true),
            ("editor", "instructor", false),
            ("editor", "support", false),
            ("instructor", "support", false),
            ("support", "instructor", false),
        ],
    );
}

#[test]
fn an_instructor_works_on_assigned_collections_only() {
    let firm = Firm::of("coaching-site");
    let (admin, instructor) = (firm.holder("admin", "admin"), firm.holder("ina", "instructor"));
    let mine = Some(firm.resource("one").reference);
    let authority = Authority::of(&instructor, &firm.organization, firm.set, now());
    assert!(authority.allows("pages:write", mine.as_ref()) && authority.allows("contacts:read", mine.as_ref()));
    assert!(!firm.elsewhere(&instructor, "pages:write") && !authority.allows("contacts:read", None));
    let editor = firm.holder("eddy", "editor");
    assert!(firm.elsewhere(&editor, "pages:write") && !firm.elsewhere(&editor, "members:manage"));
    let refused = firm.make(&admin, &editor, "instructor", &[]);
    assert!(matches!(refused, Err(MemberRefusal::Invalid(violations)) if codes(&violations) == ["resources required"]));
}

#[test]
fn in_a_client_practice_only_owners_manage_members_and_settings() {
    may_touch(
        "client-practice",
        &[
            ("owner", "owner", true),
            ("owner", "contributor", true),
            ("owner", "participant", true),
            ("contributor", "owner", false),
            ("contributor", "contributor", false),
            ("contributor", "participant", false),
            ("participant", "contributor", false),
        ],
    );
    let firm = Firm::of("client-practice");
    let (contributor, participant) = (
        firm.holder("cora", "contributor"),
        firm.member("paul", "participant", &["one"]),
    );
    assert!(firm.elsewhere(&contributor, "clients:read") && !firm.elsewhere(&participant, "clients:read"));
    for permission in ["organization:update", "members:manage", "billing:manage"] {
        assert!(!firm.elsewhere(&contributor, permission), "{permission}");
    }
}

#[test]
fn in_a_client_practice_all_members_may_leave_but_the_last_owner() {
    let firm = Firm::of("client-practice");
    let people = ["owner", "contributor", "participant"].map(|id| firm.holder(id, id));
    let firm = firm.counting(&[&people[0], &people[1], &people[2]]);
    assert_eq!(firm.removes(&people[0], &people[0]), Err(MemberRefusal::LastOwner));
    assert_eq!(firm.removes(&people[1], &people[1]), Ok(()));
    assert_eq!(firm.removes(&people[2], &people[2]), Ok(()));
    let second = firm.holder("second", "owner");
    let firm = firm.counting(&[&people[0], &second]);
    assert_eq!(firm.removes(&people[0], &people[0]), Ok(()));
}

#[test]
fn in_a_project_workspace_no_member_removes_themselves_and_administrators_remove_each_other() {
    may_touch(
        "project-workspace",
        &[
            ("administrator", "administrator", true),
            ("administrator", "collaborator", true),
            ("collaborator", "administrator", false),
            ("collaborator", "collaborator", false),
        ],
    );
    let firm = Firm::of("project-workspace");
    let (ada, bob, cleo) = (
        firm.holder("ada", "administrator"),
        firm.holder("bob", "administrator"),
        firm.holder("cleo", "collaborator"),
    );
    let firm = firm.counting(&[&ada, &bob, &cleo]);
    for own in [&ada, &bob, &cleo] {
        assert_eq!(firm.removes(own, own), Err(MemberRefusal::CannotLeave));
    }
}

#[test]
fn in_a_project_workspace_a_collaborator_has_one_project_at_least() {
    let firm = Firm::of("project-workspace");
    let (ada, cleo) = (
        firm.holder("ada", "administrator"),
        firm.member("cleo", "collaborator", &["one", "two"]),
    );
    let firm = firm.counting(&[&ada, &cleo]);
    assert_eq!(
        firm.make(&ada, &cleo, "collaborator", &["two"]).unwrap().grants.len(),
        1
    );
    let refused = firm.make(&ada, &cleo, "collaborator", &[]);
    assert!(matches!(refused, Err(MemberRefusal::Invalid(violations)) if codes(&violations) == ["resources required"]));
}

#[test]
fn in_a_website_studio_developers_manage_all_members_but_owners_and_only_owners_make_owners() {
    may_touch(
        "website-studio",
        &[
            ("owner", "owner", true),
            ("owner", "developer", true),
            ("developer", "owner", false),
            ("developer", "developer", true),
            ("developer", "technical_editor", true),
            ("developer", "editor", true),
            ("technical_editor", "editor", false),
            ("editor", "editor", false),
        ],
    );
    let firm = Firm::of("website-studio");
    let (owner, developer, editor) = (
        firm.holder("owner", "owner"),
        firm.holder("dev", "developer"),
        firm.holder("eddy", "editor"),
    );
    let firm = firm.counting(&[&owner, &developer, &editor]);
    let not_theirs = || MemberRefusal::RoleNotAssignable("owner".into());
    assert_eq!(firm.make(&developer, &editor, "owner", &[]), Err(not_theirs()));
    assert_eq!(firm.make(&developer, &developer, "owner", &[]), Err(not_theirs()));
    assert!(firm.invites(&developer, "developer").is_ok() && firm.invites(&developer, "owner").is_err());
    assert!(firm.make(&owner, &editor, "owner", &[]).is_ok());
}

#[test]
fn in_a_website_studio_every_member_has_all_sites_at_their_level() {
    let firm = Firm::of("website-studio");
    let rows = [
        ("owner", "sites:create source:write content:write billing:manage"),
        ("developer", "sites:create source:write content:write"),
        ("technical_editor", "source:write content:write"),
        ("editor", "content:write"),
    ];
    for (id, may) in rows {
        let member = firm.holder("somebody", id);
        for permission in ["sites:create", "source:write", "content:write", "billing:manage"] {
            let expected = may.split(' ').any(|p| p == permission);
            assert_eq!(firm.elsewhere(&member, permission), expected, "{id} {permission}");
        }
    }
}

#[test]
fn in_program_delivery_owners_are_made_and_touched_by_owners_only() {
    may_touch(
        "program-delivery",
        &[
            ("owner", "owner", true),
            ("admin", "owner", false),
            ("admin", "admin", true),
            ("program_admin", "admin", false),
        ],
    );
    let firm = Firm::of("program-delivery");
    let (owner, admin) = (firm.holder("owner", "owner"), firm.holder("admin", "admin"));
    let firm = firm.counting(&[&owner, &admin]);
    assert!(firm.invites(&owner, "owner").is_ok());
    assert!(firm.invites(&admin, "owner").is_err());
}

#[test]
fn billing_is_for_the_role_that_must_never_run_out_and_for_no_other() {
    for set in FIVE.map(|id| find(id).unwrap()) {
        for role in &set.roles {
            assert_eq!(role.allows("billing:manage"), role.protected, "{} {}", set.id, role.id);
            assert_eq!(
                role.allows("organization:delete"),
                role.protected,
                "{} {}",
                set.id,
                role.id
            );
        }
    }
}
