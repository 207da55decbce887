//! Inviting people, and adding those at once who are contacts with an account: one way for both.

use super::invitations::{Holders, found, holders, named};
use super::members::view;
use crate::shapes::invitation::{
    AddMember, AddedBody, CreateInvitations, DryRunBody, InvitationBody, InvitedBody, VerdictBody,
};
use crate::shapes::member::MemberBody;
use jiff::Timestamp;
use muster_domain::address::{Rejected, parse_list};
use muster_domain::rules::Fault;
use muster_domain::rules::invite::{Account, Holder, Invite, Known};
use muster_domain::rules::offer::Wanted;
use muster_domain::rules::pace::{Before, day, invite_at_pace};
use muster_domain::rules::settle::expire_invitation;
use muster_domain::{
    Address, Changes, Deliverability, Invitation, Member, Message, OrganizationId, ResourceKey, RoleId, Seats, Term,
    UserId,
};
use muster_edge::problem::NeededSeats;
use muster_edge::{Call, Ids, Inside, Outcome, Problem, Reply, Step, User};
use muster_store::commit::MAX_ITEMS;
use muster_store::{Commit, CommitError, Key, Snapshot};

/// How often a batch makes room for itself by ending what has lapsed.
const ROUNDS: usize = 3;

/// What is asked for.
struct Ask {
    addresses: Vec<Result<Address, Rejected>>,
    role: RoleId,
    resources: Vec<ResourceKey>,
    term: Option<Term>,
    message: Option<Message>,
    dry_run: bool,
}

/// What comes of it.
struct Done {
    invitations: Vec<Invitation>,
    added: Vec<Member>,
    changes: Changes,
}

/// What one reading comes to.
enum Turn {
    /// It can be done so.
    Done(Box<Done>),
    /// More must be read first.
    Read(Vec<Key>),
    /// One transaction does not hold it together with the ends of what has lapsed.
    Crowded(Box<Changes>),
}

/// Invites up to 20 addresses, all or none; those of contacts with an account are added.
pub async fn create(call: Call) -> Outcome {
    let user = call.caller().await?;
    let id: OrganizationId = call.path("org")?;
    let body: CreateInvitations = call.body()?;
    let addresses = parse_list(&body.emails).map_err(|e| {
        Problem::new(422, "invalid-invitations", "Nothing was sent").faults([Fault::field(
            "emails",
            e.code(),
            e.to_string(),
        )])
    })?;
    let ask = Ask {
        addresses,
        resources: named(&body.resources)?,
        role: body.role,
        term: body.duration,
        message: body.message,
        dry_run: body.dry_run,
    };
    carry_out(&call, &user, id, &ask, |inside, done| {
        let seats = inside.organization.seats();
        if ask.dry_run {
            return dry_run(inside, done, &ask, seats);
        }
        let reply = InvitedBody {
            invitations: done
                .invitations
                .iter()
                .map(|i| InvitationBody::of(i, call.now))
                .collect(),
            added: shown(inside, &done.added),
            seats: seats.after(done.changes.seat_delta()).into(),
        };
        Reply::json(201, &reply)
    })
    .await
}

/// Adds one person: at once if they are a contact with an account, by invitation otherwise.
pub async fn add(call: Call) -> Outcome {
    let user = call.caller().await?;
    let id: OrganizationId = call.path("org")?;
    let body: AddMember = call.body()?;
    let ask = Ask {
        addresses: vec![Ok(body.email)],
        resources: named(&body.resources)?,
        role: body.role,
        term: body.duration,
        message: body.message,
        dry_run: false,
    };
    carry_out(&call, &user, id, &ask, |inside, done| {
        let reply = AddedBody {
            member: shown(inside, &done.added).pop(),
            invitation: done.invitations.first().map(|i| InvitationBody::of(i, call.now)),
        };
        Reply::json(201, &reply)
    })
    .await
}

/// Members as whoever adds them sees them: with all they were just given.
fn shown(inside: &Inside, added: &[Member]) -> Vec<MemberBody> {
    let view = view(inside);
    added.iter().map(|member| view.member(member, |_| true)).collect()
}

/// Invites and adds, all or none, in one transaction.
async fn carry_out(
    call: &Call,
    user: &User,
    id: OrganizationId,
    ask: &Ask,
    reply: impl Fn(&Inside, &Done) -> Result<Reply, Problem>,
) -> Outcome {
    let mut keys: Vec<Key> = ask.resources.iter().map(|key| Key::resource(id, key)).collect();
    for address in ask.addresses.iter().flatten() {
        keys.extend([
            Key::claim(id, address),
            Key::contact_at(id, address),
            Key::deliverability(id, address),
        ]);
    }
    keys.push(Key::sent_on(id, day(call.now)));
    for _ in 0..ROUNDS {
        let mut crowded = None;
        let outcome = call.change_inside(user, id, keys.clone(), |inside, seen, ids| {
            match turn(call, inside, seen, ask, ids)? {
                Turn::Read(more) => Ok(Step::Read(more)),
                Turn::Crowded(lapses) => {
                    crowded = Some((inside.clone(), lapses));
                    Ok(Step::Reply(Reply::empty()))
                }
                Turn::Done(done) if ask.dry_run => Ok(Step::Reply(reply(inside, &done)?)),
                Turn::Done(done) => {
                    let reply = reply(inside, &done)?;
                    Ok(inside.commit(done.changes, reply))
                }
            }
        });
        let outcome = outcome.await;
        match crowded {
            None => return outcome,
            Some((inside, lapses)) => end_lapsed(call, &inside, &lapses).await?,
        }
    }
    Err(Problem::conflict())
}

/// Entries of the lists of people that adding at once may take beside its transaction.
const MAX_ENTRIES: usize = 300;

/// Decides on what was read, so that one transaction holds it.
///
/// Whoever is added has entries for each resource, many more than an invitation. As many are added as one request can write, in the
/// order of their addresses; the others are invited, which is the same seats and the same answer of all or none.
fn turn(call: &Call, inside: &Inside, seen: &Snapshot, ask: &Ask, ids: &mut Ids) -> Result<Turn, Problem> {
    let scene = inside.scene()?;
    let (mut holders, accounts) = match (holders(&scene, seen, &ask.addresses)?, accounts(inside, seen, ask)?) {
        (Ok(holders), Ok(accounts)) => (holders, accounts),
        (holders, accounts) => {
            let more = [holders.err(), accounts.err()];
            return Ok(Turn::Read(more.into_iter().flatten().flatten().collect()));
        }
    };
    let resources = found(seen, inside.organization.id, &ask.resources)?;
    let known = deliverability(seen, inside.organization.id, &ask.addresses)?;
    let mail = Before {
        known: &known,
        sent: seen.sent(inside.organization.id, inside.now)?,
    };
    let mut most = usize::MAX;
    loop {
        let request = Invite {
            addresses: &ask.addresses,
            holders: &holders,
            known: Known {
                accounts: &accounts,
                most,
            },
            wanted: Wanted {
                role: &ask.role,
                resources: &resources,
                term: ask.term,
            },
            message: ask.message.clone(),
        };
        let (invitations, changes) = invite_at_pace(&scene, request, mail, ids)?;
        let added: Vec<Member> = changes.members.iter().filter_map(|p| p.after.clone()).collect();
        let weight = call.app.store().weight(&changes, inside.set, &inside.organization)?;
        // One item is the answer that may be kept for the request.
        let (weight, entries) = (weight.core + 1, weight.entries);
        if weight <= MAX_ITEMS && (entries <= MAX_ENTRIES || added.is_empty()) {
            return Ok(Turn::Done(Box::new(Done {
                invitations,
                added,
                changes,
            })));
        }
        let lapses = lapses(&holders, inside.now, ids);
        if !lapses.is_empty() && !ask.dry_run {
            return Ok(Turn::Crowded(Box::new(lapses)));
        }
        if lapses.is_empty() && added.is_empty() {
            return Err(Problem::internal());
        }
        if lapses.is_empty() {
            most = added.len() - 1;
        }
        holders.retain(|_, holder| !matches!(holder, Holder::Lapsed(_)));
    }
}

/// What is known of mail to these addresses.
fn deliverability(
    seen: &Snapshot,
    organization: OrganizationId,
    addresses: &[Result<Address, Rejected>],
) -> Result<Vec<Deliverability>, Problem> {
    let mut known = Vec::new();
    for address in addresses.iter().flatten() {
        known.extend(seen.deliverability(organization, address)?);
    }
    Ok(known)
}

/// Contacts with an account at these addresses; or what else must be read to tell whether they are members, and who
/// answers for them. Only those who may be added cost that second read.
fn accounts(inside: &Inside, seen: &Snapshot, ask: &Ask) -> Result<Result<Vec<Account>, Vec<Key>>, Problem> {
    let id = inside.organization.id;
    let mut accounts = Vec::new();
    let mut more = Vec::new();
    if inside.set.role(&ask.role).is_none_or(|role| role.allowlisted) {
        return Ok(Ok(accounts));
    }
    for address in ask.addresses.iter().flatten() {
        let Some(contact) = seen.contact_at(id, address)? else {
            continue;
        };
        let Some(user) = contact.user else { continue };
        let people: Vec<UserId> = contact.vouched_by.into_iter().chain([user]).collect();
        let keys: Vec<Key> = people.iter().map(|person| Key::member(id, *person)).collect();
        if !seen.has_asked(&keys) {
            more.extend(keys);
            continue;
        }
        let voucher = contact.vouched_by.map(|by| seen.member(id, by)).transpose()?.flatten();
        accounts.push(Account {
            is_member: seen.member(id, user)?.is_some(),
            voucher,
            contact,
        });
    }
    Ok(if more.is_empty() { Ok(accounts) } else { Err(more) })
}

/// What ends the invitations that have lapsed on these addresses, as the schedule would have.
fn lapses(holders: &Holders, now: Timestamp, ids: &mut Ids) -> Changes {
    let lapsed = holders.values().filter_map(|holder| match holder {
        Holder::Lapsed(invitation) => Some(expire_invitation(invitation, now, ids)),
        Holder::Member(_) | Holder::Invitation(_) => None,
    });
    lapsed.fold(Changes::default(), Changes::and)
}

/// Ends lapsed invitations ahead of a batch that would not fit one transaction together with their ends.
async fn end_lapsed(call: &Call, inside: &Inside, changes: &Changes) -> Result<(), Problem> {
    let commit = Commit {
        changes,
        set: inside.set,
        organization: Some(&inside.organization),
        once: None,
        now: call.now,
    };
    match call.app.store().commit(commit).await {
        // Somebody else changed one of them: the next round reads how it stands.
        Ok(()) | Err(CommitError::Lost(_) | CommitError::Busy) => Ok(()),
        Err(CommitError::Failed(error)) => Err(error.into()),
    }
}

fn dry_run(inside: &Inside, done: &Done, ask: &Ask, seats: Seats) -> Result<Reply, Problem> {
    let verdict = |email: &Address| VerdictBody {
        verdict: if done.added.iter().any(|m| m.email == *email) {
            "add"
        } else {
            "invite"
        }
        .into(),
        email: email.clone(),
    };
    let body = DryRunBody {
        dry_run: true,
        verdicts: ask.addresses.iter().flatten().map(verdict).collect(),
        added: shown(inside, &done.added),
        seats: NeededSeats {
            used: seats.used,
            limit: seats.limit,
            needed: done.changes.seat_delta(),
        },
    };
    Reply::json(200, &body)
}
