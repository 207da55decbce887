//! What becomes of mail while its organization is suspended.

use crate::suspension::{BEFORE, LATER, NOW, SOON, suspended};
use crate::team::*;
use muster_domain::mail::{Dispatch, MailState};
use muster_domain::rules::work::{release, resend_slice};
use muster_domain::{Letter, Mail, MailId, Organization};

fn mail(letter: Letter) -> Mail {
    Mail {
        id: MailId::from_bytes([1; 16]),
        organization: organization_id(),
        to: email_address("ann@x.example"),
        letter,
        asked: false,
        state: MailState::Held,
        late: None,
        language: None,
        created_at: now(),
    }
}

fn letters() -> [Letter; 6] {
    let invitation = Letter::Invitation {
        invitation: muster_domain::InvitationId::from_bytes([9; 16]),
        generation: 1,
    };
    let added = Letter::Added {
        member: user("ann"),
        role: role("admin"),
        resources: Vec::new(),
        by: None,
        message: None,
    };
    let ending = Letter::AccessEnding {
        role: role("participant"),
        resources: Vec::new(),
        ends_at: at(LATER),
        days: 7,
    };
    let of = |from| Letter::OrganizationSuspended { suspended_at: at(from) };
    [
        invitation,
        added,
        ending,
        of(NOW),
        of(BEFORE),
        Letter::OrganizationResumed,
    ]
}

#[test]
fn what_members_send_waits_for_the_end_and_what_time_brings_is_sent() {
    use Dispatch::{Hold, Send, Skip};
    let there = organization();
    let running = suspended(organization(), NOW);
    let planned = suspended(organization(), SOON);
    let deleted = Organization {
        deleted_at: Some(now()),
        ..running.clone()
    };
    for (known, expected) in [
        (&there, [Send, Send, Send, Skip, Skip, Send]),
        (&planned, [Send, Send, Send, Skip, Skip, Send]),
        (&running, [Hold, Hold, Send, Send, Skip, Skip]),
        (&deleted, [Hold; 6]),
    ] {
        let turns = letters().map(|letter| mail(letter).dispatch(Some(known), now()));
        assert_eq!(turns, expected, "{known:?}");
    }
}

#[test]
fn a_release_leaves_what_would_be_held_again() {
    let held = letters().map(mail).to_vec();
    let running = suspended(organization(), NOW);
    let changes = release(&running, held.clone(), now(), &mut ids());
    assert_eq!(changes.released, held[2..]);
    assert_eq!(changes.mail.len(), 4);
    let changes = release(&organization(), held.clone(), now(), &mut ids());
    assert_eq!(changes.released, held);
}

#[test]
fn no_invitation_is_sent_again_by_a_job_meanwhile() {
    let owner = holder("owner", "owner");
    let pending = [invitation(&owner, "guest@x.example", "admin")];
    let inviters = [owner.clone()];
    for (from, count) in [(NOW, 0), (SOON, 1)] {
        let organization = suspended(counted(&[&owner], &[&pending[0]]), from);
        let changes = resend_slice(&scene(&organization, &owner), &pending, &inviters, &[], &mut ids());
        assert_eq!(changes.mail.len(), count, "{from}");
    }
}
