//! Bulk actions on invitations: resend and cancel.

use super::{revival_keys, sent_again};
use crate::api::bulk::{BulkInvitationsRequest, InvitationOutcome, InvitationVerdict};
use crate::api::invitation::JobResponse;
use crate::routes::bulk::{Action, run};
use crate::routes::lookup::invitation_keys;
use jiff::Timestamp;
use muster_domain::rules::DecisionContext;
use muster_domain::rules::invitations::{self, InvitationRefusal};
use muster_domain::rules::pace;
use muster_domain::{Changes, EmailAddress, InvitationId, OrganizationId};
use muster_edge::{Call, Ids, Outcome, Problem, Reply, User};
use muster_store::{Key, ReadSet};
use std::collections::BTreeSet;

/// Resends these invitations, each with a new link; expired ones are revived.
async fn resend(call: Call, user: User, organization: OrganizationId, chosen: BulkInvitationsRequest) -> Outcome {
    let resend = Resend { now: call.now };
    run(call, user, organization, chosen.invitations, chosen.dry_run, resend).await
}

/// Cancels pending invitations.
pub async fn cancel(call: Call, user: User) -> Outcome {
    let organization = call.path("org")?;
    let chosen: BulkInvitationsRequest = call.body()?;
    run(call, user, organization, chosen.invitations, chosen.dry_run, Cancel).await
}

/// The items that both actions share.
macro_rules! of_invitations {
    () => {
        type Id = InvitationId;
        type Status = InvitationOutcome;
        type Verdict = InvitationVerdict;
        const REFUSED: InvitationOutcome = InvitationOutcome::Refused;
        const ROWS: &'static str = "invitations";

        fn keys(&self, organization: OrganizationId, id: InvitationId) -> Vec<Key> {
            invitation_keys(organization, id)
        }

        fn verdict(
            &self,
            invitation: InvitationId,
            status: InvitationOutcome,
            problem: Option<Problem>,
        ) -> InvitationVerdict {
            InvitationVerdict {
                invitation,
                status,
                problem,
            }
        }
    };
}

struct Resend {
    now: Timestamp,
}

impl Action for Resend {
    of_invitations!();

    fn done(&self) -> InvitationOutcome {
        InvitationOutcome::Resent
    }

    fn shared(&self, organization: OrganizationId) -> Vec<Key> {
        vec![Key::sent_on(organization, pace::day(self.now))]
    }

    fn exceeds(
        &self,
        ctx: &DecisionContext<'_>,
        read: &ReadSet,
        before: &Changes,
        more: &Changes,
    ) -> Result<Option<Problem>, Problem> {
        let emails = |changes: &Changes| -> BTreeSet<EmailAddress> {
            let after = changes.invitations.iter().filter_map(|pair| pair.after.as_ref());
            after.map(|invitation| invitation.email.clone()).collect()
        };
        // Two ended invitations to one address: the first that is revived takes it.
        if !emails(before).is_disjoint(&emails(more)) {
            return Ok(Some(InvitationRefusal::EmailTaken.into()));
        }
        let sent = read.sent(ctx.organization.id, ctx.now)?.and(before);
        let refusal = sent.fits(ctx.organization, more).err();
        Ok(refusal.map(|limit| InvitationRefusal::MailLimit(limit).into()))
    }

    fn more(&self, ctx: &DecisionContext<'_>, read: &ReadSet, id: InvitationId) -> Result<Vec<Key>, Problem> {
        revival_keys(ctx, read, id)
    }

    fn row(
        &self,
        ctx: &DecisionContext<'_>,
        read: &ReadSet,
        id: InvitationId,
        ids: &mut Ids,
    ) -> Result<Changes, Problem> {
        sent_again(ctx, read, id, ids).map(|(_, changes)| changes)
    }
}

struct Cancel;

impl Action for Cancel {
    of_invitations!();

    fn done(&self) -> InvitationOutcome {
        InvitationOutcome::Cancelled
    }

    fn row(
        &self,
        ctx: &DecisionContext<'_>,
        read: &ReadSet,
        id: InvitationId,
        ids: &mut Ids,
    ) -> Result<Changes, Problem> {
        let found = read.invitation(ctx.organization.id, id)?;
        Ok(invitations::cancel(ctx, found.as_ref(), ids)?)
    }
}

/// Resends chosen invitations or, without a body, every pending one in the background.
pub async fn resend_some(call: Call, user: User) -> Outcome {
    let organization: OrganizationId = call.path("org")?;
    match call.body_if_any()? {
        Some(chosen) => resend(call, user, organization, chosen).await,
        None => resend_every(&call, &user, organization).await,
    }
}

async fn resend_every(call: &Call, user: &User, organization: OrganizationId) -> Outcome {
    call.change_in_org(user, organization, Vec::new(), |org, _, ids| {
        let (job, changes) = invitations::resend_all(&org.decision_context()?, ids)?;
        let body = JobResponse {
            job: job.id,
            status: "accepted".into(),
        };
        Ok(org.commit(changes, Reply::json(202, &body)?))
    })
    .await
}
