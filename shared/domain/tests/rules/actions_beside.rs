//! What is offered in an organization, and with an invitation, is what is allowed.

use crate::actions::{choices, counted, firm, key_of, limits, may_create_key, people, switched_off, terms};
use crate::role_sets::{FIVE, Firm};
use crate::team::{at, email_address, ids, now, role, user};
use muster_domain::email::Rejected;
use muster_domain::invitation::{Delivery, Invitation, InvitationState};
use muster_domain::roleset::{Resources, Role};
use muster_domain::rules::actions::{self, OrganizationAction, PersonAction};
use muster_domain::rules::invitations::create::{Invite, invite};
use muster_domain::rules::invitations::{InvitationUpdate, Revival, cancel, change, resend};
use muster_domain::rules::members::remove;
use muster_domain::rules::offer::RequestedOffer;
use muster_domain::rules::organizations::OrganizationUpdate;
use muster_domain::rules::{contacts, deletion, exports, organizations, ownership, resources};
use muster_domain::{DecisionContext, EmailAddress, InvitationId};
use std::collections::BTreeMap;

fn may_invite(ctx: &DecisionContext<'_>, firm: &Firm) -> bool {
    let emails: [Result<EmailAddress, Rejected>; 1] = [Ok(email_address("new@acme.example"))];
    let holders = BTreeMap::new();
    ctx.set.roles.iter().any(|role| {
        choices(firm).iter().any(|resources| {
            terms(role).into_iter().any(|term| {
                let request = Invite {
                    emails: &emails,
                    holders: &holders,
                    accounts: &[],
                    wanted: RequestedOffer {
                        role: &role.id,
                        resources,
                        term,
                    },
                    message: None,
                    language: None,
                };
                invite(ctx, request, &mut ids()).is_ok()
            })
        })
    })
}

fn may_transfer(ctx: &DecisionContext<'_>, firm: &Firm) -> bool {
    let receiver = firm.holder("receiver", ctx.set.roles.last().unwrap().id.as_str());
    ctx.set.roles.iter().any(|role| {
        choices(firm).iter().any(|resources| {
            terms(role).into_iter().any(|term| {
                let then = RequestedOffer {
                    role: &role.id,
                    resources,
                    term,
                };
                ownership::transfer(ctx, Some(&receiver), &then, &mut ids()).is_ok()
            })
        })
    })
}

/// Whether a rule accepts some request of this action; none for those that only read, whose routes check a permission.
fn is_allowed_in(action: OrganizationAction, ctx: &DecisionContext<'_>, firm: &Firm) -> Option<bool> {
    Some(match action {
        OrganizationAction::ReadMembers
        | OrganizationAction::ReadContacts
        | OrganizationAction::ReadResources
        | OrganizationAction::ReadEvents => return None,
        OrganizationAction::InviteMembers => may_invite(ctx, firm),
        OrganizationAction::ExportMembers => exports::check_may_export(ctx).is_ok(),
        OrganizationAction::ManageContacts => contacts::may_manage(ctx),
        OrganizationAction::ManageResources => {
            let name = "A thing".parse().unwrap();
            resources::put(ctx, firm.key("new"), None, name, &mut ids()).is_ok()
        }
        OrganizationAction::UpdateOrganization => {
            let wanted = OrganizationUpdate {
                name: Some("Acme and Sons".parse().unwrap()),
                ..OrganizationUpdate::default()
            };
            organizations::update(ctx, wanted, &mut ids()).is_ok()
        }
        OrganizationAction::NamePayingOwner => ownership::name_paying_owner(ctx, Some(ctx.actor), &mut ids()).is_ok(),
        OrganizationAction::TransferOwnership => may_transfer(ctx, firm),
        OrganizationAction::DeleteOrganization => deletion::delete(ctx, &mut ids()).is_ok(),
        OrganizationAction::CreateApiKey => may_create_key(ctx, firm, ctx.actor),
        OrganizationAction::Leave => remove(ctx, Some(ctx.actor), &mut ids()).is_ok(),
    })
}

#[test]
fn what_is_offered_in_an_organization_is_what_some_request_is_allowed_to_everybody_in_every_product() {
    for role_set in FIVE {
        let some = firm(role_set);
        for actor in people(&some, "actor") {
            for limits in limits(&some) {
                let own = key_of(&actor, limits);
                let firm = counted(firm(role_set), &actor, &actor, 1);
                let ctx = DecisionContext {
                    key: own.as_ref(),
                    ..firm.scene(&actor)
                };
                let offered = actions::in_organization(&ctx);
                for action in OrganizationAction::ALL {
                    if let Some(allowed) = is_allowed_in(action, &ctx, &firm) {
                        let what = (
                            action.as_str(),
                            &actor.role,
                            &actor.grants,
                            own.as_ref().map(|k| &k.limits),
                        );
                        assert_eq!(offered.contains(&action), allowed, "{role_set} {what:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_role_that_is_off_or_that_no_domain_may_have_is_offered_to_nobody() {
    let invites = |change: fn(&mut Firm)| {
        let mut firm = firm("program-delivery");
        // A helper who can do nothing but bring in helpers.
        let helper = role("implementation_admin");
        let mut set = firm.set.clone();
        for defined in &mut set.roles {
            defined.assigns.retain(|assigned| *assigned == helper);
        }
        change(&mut firm);
        let owner = firm.holder("olivia", "owner");
        let ctx = DecisionContext {
            set: &set,
            ..firm.scene(&owner)
        };
        actions::in_organization(&ctx).contains(&OrganizationAction::InviteMembers)
    };
    assert!(invites(|_| {}));
    assert!(!invites(|firm| firm.organization.settings.optional_roles.clear()));
    assert!(!invites(|firm| firm.organization.plan.allowed_domains.clear()));
}

/// An invitation that was sent long enough ago to be resent.
fn invitation(firm: &Firm, defined: &Role, on: &[&str], state: InvitationState, mail: Delivery) -> Invitation {
    Invitation {
        id: InvitationId::from_bytes([9; 16]),
        organization: firm.organization.id,
        email: email_address("guest@acme.example"),
        role: defined.id.clone(),
        resources: on.iter().map(|id| firm.resource(id).reference).collect(),
        term: defined.durations.first().copied(),
        epoch: 0,
        message: None,
        invited_by: user("founder"),
        sent_through: None,
        api_key: None,
        inviter_name: None,
        generation: 1,
        state,
        mail,
        seat: false,
        created_at: at("2026-03-01T12:00:00Z"),
        sent_at: at("2026-03-06T12:00:00Z"),
        expires_at: at("2026-03-13T12:00:00Z"),
        ended_at: None,
        accepted_by: None,
        cancel_reason: None,
        language: None,
        version: 1,
    }
}

fn is_allowed_with(action: PersonAction, ctx: &DecisionContext<'_>, firm: &Firm, invitation: &Invitation) -> bool {
    let resources = ["one", "two"].map(|id| firm.resource(id));
    match action {
        PersonAction::Edit => {
            let wanted = InvitationUpdate {
                offer: None,
                message: Some(Some("Welcome".parse().unwrap())),
                language: None,
            };
            change(ctx, Some(invitation), wanted, &mut ids()).is_ok()
        }
        PersonAction::Cancel => cancel(ctx, Some(invitation), &mut ids()).is_ok_and(|changes| !changes.is_empty()),
        PersonAction::Resend => {
            let revival = Revival {
                holder: None,
                resources: &resources,
            };
            resend(ctx, Some(invitation), &revival, &mut ids()).is_ok()
        }
        _ => false,
    }
}

#[test]
fn what_is_offered_with_an_invitation_is_what_some_request_is_allowed_to_everybody_in_every_product() {
    let pending = InvitationState::Pending;
    let states = [
        (pending, Delivery::Sent),
        (pending, Delivery::Declined),
        (InvitationState::Expired, Delivery::Bounced),
        (InvitationState::Expired, Delivery::Complained),
        (InvitationState::Cancelled, Delivery::Sent),
        (InvitationState::Declined, Delivery::Sent),
        (InvitationState::Accepted, Delivery::Sent),
    ];
    for role_set in FIVE {
        let firm = firm(role_set);
        for actor in people(&firm, "actor") {
            for limits in limits(&firm) {
                let own = key_of(&actor, limits);
                let ctx = DecisionContext {
                    key: own.as_ref(),
                    ..firm.scene(&actor)
                };
                for defined in &firm.set.roles {
                    let placed: &[&[&str]] = match defined.resources {
                        Resources::None => &[&[]],
                        _ => &[&["one"], &["one", "two"]],
                    };
                    for (on, (state, mail)) in placed.iter().flat_map(|on| states.map(|state| (on, state))) {
                        let invitation = invitation(&firm, defined, on, state, mail);
                        let offered = actions::with_invitation(&ctx, &invitation);
                        for action in PersonAction::ALL {
                            let allowed = is_allowed_with(action, &ctx, &firm, &invitation);
                            let what = (
                                action.as_str(),
                                &actor.role,
                                &actor.grants,
                                &defined.id,
                                on,
                                state,
                                mail,
                            );
                            assert_eq!(offered.contains(&action), allowed, "{role_set} {what:?}");
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn how_soon_one_may_be_resent_and_whether_seats_are_free_is_not_what_is_offered() {
    let mut firm = firm("program-delivery");
    firm.organization.plan.seat_limit = Some(0);
    firm.organization.seats_used = 5;
    let owner = firm.holder("olivia", "owner");
    let admin = firm.set.role(&role("admin")).unwrap();
    let sent_now = Invitation {
        sent_at: now(),
        ..invitation(&firm, admin, &[], InvitationState::Pending, Delivery::Sent)
    };
    let all = [PersonAction::Edit, PersonAction::Resend, PersonAction::Cancel];
    assert_eq!(actions::with_invitation(&firm.scene(&owner), &sent_now), all);
    let off = switched_off(&firm, firm.holder("ann", "admin"));
    assert!(actions::with_member(&firm.scene(&owner), &off).contains(&PersonAction::Activate));
    assert!(actions::in_organization(&firm.scene(&owner)).contains(&OrganizationAction::InviteMembers));
}
