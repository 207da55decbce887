//! Inviting people, and directly adding those whose account is known: one path for both.

mod people;

use crate::api::invitation::{
    AddMemberRequest, AddMemberResponse, CreateInvitationsRequest, CreateInvitationsResponse, DryRunOutcome,
    DryRunResponse, DryRunVerdict, InvitationResponse, InvitationView,
};
use crate::api::member::MemberResponse;
use crate::api::resource::ResourceNames;
use crate::offers::Offers;
use crate::routes::lookup::{EmailHolders, Lookup, resource_keys, resources_found};
use crate::routes::members::view;
use jiff::Timestamp;
use muster_domain::DecisionContext;
use muster_domain::email::parse_list;
use muster_domain::rules::expiry;
use muster_domain::rules::invitations::create::{self, Account, Holder, Invite, InviteRefusal};
use muster_domain::rules::invitations::mail_limits::{self, MailHistory};
use muster_domain::rules::offer::RequestedOffer;
use muster_domain::rules::pace::{self, SentToday};
use muster_domain::violation::Violation;
use muster_domain::{
    Changes, Deliverability, EmailAddress, Invitation, Language, Member, Message, OrganizationId, Pair, Resource,
    ResourceKey, ResourceRef, RoleId, Seats, Term,
};
use muster_edge::problem::NeededSeats;
use muster_edge::{Call, Ids, NextAction, OrgContext, Outcome, Problem, Reply, User};
use muster_store::commit::MAX_ITEMS;
use muster_store::{Backoff, Key, ReadSet};
use people::{InvitedPeople, Invitees};
use std::collections::BTreeSet;

/// Maximum number of rounds in which a batch makes room for itself by ending expired invitations.
const MAX_ROUNDS: usize = 3;

/// A request to invite or add people.
struct InviteRequest {
    invitees: Invitees,
    role: RoleId,
    resources: Vec<ResourceKey>,
    term: Option<Term>,
    message: Option<Message>,
    language: Option<Language>,
    dry_run: bool,
}

/// The decision on the whole batch of a request.
struct DecidedBatch {
    emails: Vec<EmailAddress>,
    invitations: Vec<Invitation>,
    changes: Changes,
    /// The names of the resources that the request names.
    names: ResourceNames,
}

/// The outcome of deciding a batch.
enum BatchOutcome {
    /// These changes can be written.
    Ready(Box<DecidedBatch>),
    /// The changes do not fit one transaction. These end the expired invitations, which makes room.
    TooLarge(Box<Changes>),
}

/// Invites up to 20 addresses, all or none. Addresses with a known account are added directly.
pub async fn create(call: Call, user: User) -> Outcome {
    let id: OrganizationId = call.path("org")?;
    let body: CreateInvitationsRequest = call.body()?;
    let emails = parse_list(&body.emails)
        .map_err(|e| InviteRefusal::Invalid(vec![Violation::field("emails", e.code(), e.to_string())]))?;
    let request = InviteRequest {
        invitees: Invitees::Emails(emails),
        resources: resource_keys(&body.resources)?,
        role: body.role,
        term: body.duration,
        message: body.message,
        language: body.language,
        dry_run: body.dry_run,
    };
    carry_out(&call, &user, id, &request, |org, done| {
        let seats = org.organization.seats();
        if request.dry_run {
            return dry_run(org, &request, done, seats);
        }
        let view = invitation_view(org, done);
        let reply = CreateInvitationsResponse {
            invitations: done
                .invitations
                .iter()
                .map(|i| InvitationResponse::of(i, &view))
                .collect(),
            added: shown(org, &request, done),
            seats: seats.after(done.changes.seat_delta()).into(),
        };
        Reply::json(201, &reply)
    })
    .await
}

/// Adds one person: directly if their account is known, by invitation otherwise.
pub async fn add(call: Call, user: User) -> Outcome {
    let id: OrganizationId = call.path("org")?;
    let body: AddMemberRequest = call.body()?;
    let invitees = match (body.email, body.contact) {
        (Some(email), None) => Invitees::Emails(vec![Ok(email)]),
        (None, Some(contact)) => Invitees::Contact(contact),
        (None, None) => {
            return Err(one_of_both(
                "email",
                "missing_field",
                "`email` or `contact` is required",
            ));
        }
        (Some(_), Some(_)) => {
            return Err(one_of_both("contact", "not_allowed", "cannot be combined with `email`"));
        }
    };
    let request = InviteRequest {
        invitees,
        resources: resource_keys(&body.resources)?,
        role: body.role,
        term: body.duration,
        message: body.message,
        language: body.language,
        dry_run: false,
    };
    carry_out(&call, &user, id, &request, |org, done| {
        let reply = AddMemberResponse {
            member: shown(org, &request, done).pop(),
            invitation: done
                .invitations
                .first()
                .map(|i| InvitationResponse::of(i, &invitation_view(org, done))),
        };
        Reply::json(201, &reply)
    })
    .await
}

/// The view of the caller, who sees the names of the resources that they named.
fn invitation_view<'a>(org: &'a OrgContext, done: &DecidedBatch) -> InvitationView<'a> {
    InvitationView {
        offers: Offers::to(org),
        names: done.names.clone(),
        now: org.now,
    }
}

fn one_of_both(field: &str, code: &'static str, detail: &str) -> Problem {
    Problem::invalid([Violation::field(field, code, detail)])
}

/// Members as the caller who adds them sees them: with all they were just given, but earlier members with nothing else.
fn shown(org: &OrgContext, request: &InviteRequest, done: &DecidedBatch) -> Vec<MemberResponse> {
    let later = org.after(&done.changes);
    let view = view(&later, done.names.clone());
    let given = |resource: &ResourceRef| request.resources.contains(&resource.key);
    let show = |pair: &Pair<Member>| {
        let member = view.member(pair.after.as_ref()?, given);
        Some(if pair.before.is_some() {
            member.for_others()
        } else {
            member
        })
    };
    done.changes.members.iter().filter_map(show).collect()
}

/// Invites and adds, all or none, in one transaction.
async fn carry_out(
    call: &Call,
    user: &User,
    id: OrganizationId,
    request: &InviteRequest,
    reply: impl Fn(&OrgContext, &DecidedBatch) -> Result<Reply, Problem>,
) -> Outcome {
    let mut keys: Vec<Key> = request.resources.iter().map(|key| Key::resource(id, key)).collect();
    keys.extend(request.invitees.keys(id));
    keys.push(Key::sent_on(id, pace::day(call.now)));
    let mut backoff = Backoff::after_conflict();
    for _ in 0..MAX_ROUNDS {
        let mut too_large = None;
        let outcome = call.change_in_org(user, id, keys.clone(), |org, read, ids| {
            let basis = match Basis::of(&org.decision_context()?, read, request)? {
                Lookup::Ready(basis) => basis,
                Lookup::Needs(more) => return Ok(NextAction::Read(more)),
            };
            match decide(call, org, request, basis, ids)? {
                BatchOutcome::TooLarge(ends) => {
                    too_large = Some((org.clone(), ends));
                    Ok(NextAction::Reply(Reply::empty()))
                }
                BatchOutcome::Ready(done) if request.dry_run => Ok(NextAction::Reply(reply(org, &done)?)),
                BatchOutcome::Ready(done) => {
                    let reply = reply(org, &done)?;
                    Ok(org.commit(done.changes, reply))
                }
            }
        });
        let outcome = outcome.await;
        match too_large {
            None => return outcome,
            // If another request has changed one of these invitations, the next round reads its current state.
            Some((org, ends)) => {
                if !call.commit_apart(&org.organization, org.set, &ends).await? {
                    backoff.pause().await;
                }
            }
        }
    }
    Err(Problem::conflict())
}

/// Maximum number of entries in the lists of people that adding directly may write besides its transaction.
const MAX_ENTRIES: usize = 300;

/// The data that a decision is based on.
struct Basis {
    people: InvitedPeople,
    known: Vec<Deliverability>,
    sent: SentToday,
    resources: Vec<(ResourceKey, Option<Resource>)>,
}

impl Basis {
    /// The basis of this request, or the keys to read first.
    fn of(ctx: &DecisionContext<'_>, read: &ReadSet, request: &InviteRequest) -> Result<Lookup<Self>, Problem> {
        let (people, known) = match people_and_mail(ctx, read, request)? {
            Lookup::Ready(found) => found,
            Lookup::Needs(more) => return Ok(Lookup::Needs(more)),
        };
        // A dry run also does not reveal when another member last mailed an address.
        let is_hidden = request.dry_run && !create::sees_contacts(ctx);
        Ok(Lookup::Ready(Self {
            people,
            resources: resources_found(read, ctx.organization.id, &request.resources)?,
            known: if is_hidden { Vec::new() } else { known },
            sent: read.sent(ctx.organization.id, ctx.now)?,
        }))
    }

    /// Invites the people, and adds those with an account.
    fn invite(
        &self,
        ctx: &DecisionContext<'_>,
        request: &InviteRequest,
        ids: &mut Ids,
    ) -> Result<(Vec<Invitation>, Changes), Problem> {
        let invite = Invite {
            emails: &self.people.emails,
            holders: &self.people.holders,
            accounts: &self.people.accounts,
            wanted: RequestedOffer {
                role: &request.role,
                resources: &self.resources,
                term: request.term,
            },
            message: request.message.clone(),
            language: request.language,
        };
        let mail = MailHistory {
            known: &self.known,
            sent: self.sent,
        };
        Ok(mail_limits::invite_within_limits(ctx, invite, mail, ids)?)
    }
}

/// Decides such that the changes fit one transaction.
///
/// An added member has entries for each resource, many more than an invitation. As many people are added as one request can write,
/// in the order of their addresses. The others are invited, which takes the same seats and keeps the answer all or none.
fn decide(
    call: &Call,
    org: &OrgContext,
    request: &InviteRequest,
    mut basis: Basis,
    ids: &mut Ids,
) -> Result<BatchOutcome, Problem> {
    let ctx = org.decision_context()?;
    loop {
        let (invitations, changes) = basis.invite(&ctx, request, ids)?;
        let last_added = changes.new_members().last().map(|member| member.id);
        if fits(call, org, &changes, last_added.is_some())? {
            return Ok(BatchOutcome::Ready(Box::new(DecidedBatch {
                emails: basis.people.emails.into_iter().flatten().collect(),
                invitations,
                changes,
                names: basis.resources.into_iter().filter_map(|(_, found)| found).collect(),
            })));
        }
        let InvitedPeople { holders, accounts, .. } = &mut basis.people;
        let ends = end_expired(holders, org.now, ids);
        if !ends.is_empty() && !request.dry_run {
            return Ok(BatchOutcome::TooLarge(Box::new(ends)));
        }
        if ends.is_empty() && last_added.is_none() {
            return Err(Problem::internal());
        }
        if ends.is_empty() {
            accounts.retain(|account| account.contact.user != last_added);
        }
        holders.retain(|_, holder| !matches!(holder, Holder::ExpiredInvitation(_)));
    }
}

/// Whether these changes fit into one transaction, and one request can write the index entries of the added members.
fn fits(call: &Call, org: &OrgContext, changes: &Changes, adds: bool) -> Result<bool, Problem> {
    let weight = call.app.store().weight(changes, org.set, &org.organization)?;
    // One item is left for the answer that may be stored for the request.
    Ok(weight.core < MAX_ITEMS && (weight.entries <= MAX_ENTRIES || !adds))
}

/// The people whom a request names, and what is known about mail to them; or the keys to read first.
fn people_and_mail(
    ctx: &DecisionContext<'_>,
    read: &ReadSet,
    request: &InviteRequest,
) -> Result<Lookup<(InvitedPeople, Vec<Deliverability>)>, Problem> {
    let mut people = match request.invitees.people(ctx, read, &request.role)? {
        Lookup::Ready(people) => people,
        Lookup::Needs(more) => return Ok(Lookup::Needs(more)),
    };
    if request.dry_run {
        // A dry run leaves no trace, so it must not reveal holders whom the caller cannot see.
        people
            .holders
            .retain(|_, holder| !matches!(holder, Holder::HiddenMember(_) | Holder::HiddenInvitation));
    }
    let emails = people.emails.iter().flatten();
    let mailed = emails.chain(people.accounts.iter().flat_map(Account::mailboxes));
    Ok(match deliverability(read, ctx.organization.id, mailed)? {
        Lookup::Ready(known) => Lookup::Ready((people, known)),
        Lookup::Needs(more) => Lookup::Needs(more),
    })
}

/// What is known about mail to these addresses, or the keys to read first.
fn deliverability<'a>(
    read: &ReadSet,
    organization: OrganizationId,
    emails: impl Iterator<Item = &'a EmailAddress>,
) -> Result<Lookup<Vec<Deliverability>>, Problem> {
    let mut known = Vec::new();
    let mut more = Vec::new();
    for email in emails.collect::<BTreeSet<_>>() {
        let key = Key::deliverability(organization, email);
        if read.covers(std::slice::from_ref(&key)) {
            known.extend(read.deliverability(organization, email)?);
        } else {
            more.push(key);
        }
    }
    Ok(Lookup::of(known, more))
}

/// The changes that end the expired invitations to these addresses, as the schedule would.
fn end_expired(holders: &EmailHolders, now: Timestamp, ids: &mut Ids) -> Changes {
    let ends = holders.values().filter_map(|holder| match holder {
        Holder::ExpiredInvitation(invitation) => Some(expiry::expire_invitation(invitation, now, ids)),
        Holder::Member(_) | Holder::HiddenMember(_) | Holder::Invitation(_) | Holder::HiddenInvitation => None,
    });
    ends.fold(Changes::default(), Changes::and)
}

fn dry_run(org: &OrgContext, request: &InviteRequest, done: &DecidedBatch, seats: Seats) -> Result<Reply, Problem> {
    // Being added reveals a contact with an account, so the answer shows it only to actors who see contacts.
    let added = if create::sees_contacts(&org.decision_context()?) {
        shown(org, request, done)
    } else {
        Vec::new()
    };
    let verdict = |email: &EmailAddress| DryRunVerdict {
        verdict: match added.iter().any(|m| m.email == *email) {
            true => DryRunOutcome::Add,
            false => DryRunOutcome::Invite,
        },
        email: email.clone(),
    };
    let body = DryRunResponse {
        dry_run: true,
        verdicts: done.emails.iter().map(verdict).collect(),
        added,
        seats: NeededSeats {
            used: seats.used,
            limit: seats.limit,
            needed: done.changes.seat_delta(),
        },
    };
    Reply::json(200, &body)
}
