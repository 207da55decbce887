//! Inviting people, and adding those at once who are known by their account: one way for both.

mod people;

use super::invitations::{Holders, found, named};
use super::members::view;
use crate::shapes::invitation::{
    AddMember, AddedBody, CreateInvitations, DryRunBody, InvitationBody, InvitedBody, VerdictBody,
};
use crate::shapes::member::MemberBody;
use jiff::Timestamp;
use muster_domain::address::parse_list;
use muster_domain::rules::Violation;
use muster_domain::rules::invite::{self, Account, AddableContacts, Holder, Invite};
use muster_domain::rules::offer::Wanted;
use muster_domain::rules::pace::{self, Before};
use muster_domain::rules::settle;
use muster_domain::{
    Address, Changes, Deliverability, Invitation, Member, Message, OrganizationId, Pair, ResourceKey, ResourceRef,
    RoleId, Seats, Term,
};
use muster_edge::problem::NeededSeats;
use muster_edge::{Call, Ids, NextAction, OrgContext, Outcome, Problem, Reply, User};
use muster_store::commit::MAX_ITEMS;
use muster_store::{Key, ReadSet};
use people::{People, Whom};
use std::collections::BTreeSet;

/// How often a batch makes room for itself by ending what has lapsed.
const ROUNDS: usize = 3;

/// What is asked for.
struct Ask {
    whom: Whom,
    role: RoleId,
    resources: Vec<ResourceKey>,
    term: Option<Term>,
    message: Option<Message>,
    dry_run: bool,
}

/// What comes of it.
struct Done {
    addresses: Vec<Address>,
    invitations: Vec<Invitation>,
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

/// Invites up to 20 addresses, all or none; those at which an account is known are added.
pub async fn create(call: Call) -> Outcome {
    let user = call.caller().await?;
    let id: OrganizationId = call.path("org")?;
    let body: CreateInvitations = call.body()?;
    let addresses = parse_list(&body.emails).map_err(|e| {
        Problem::new(422, "invalid-invitations", "Nothing was sent").violations([Violation::field(
            "emails",
            e.code(),
            e.to_string(),
        )])
    })?;
    let ask = Ask {
        whom: Whom::Addresses(addresses),
        resources: named(&body.resources)?,
        role: body.role,
        term: body.duration,
        message: body.message,
        dry_run: body.dry_run,
    };
    carry_out(&call, &user, id, &ask, |org, done| {
        let seats = org.organization.seats();
        if ask.dry_run {
            return dry_run(org, &ask, done, seats);
        }
        let reply = InvitedBody {
            invitations: done
                .invitations
                .iter()
                .map(|i| InvitationBody::of(i, call.now))
                .collect(),
            added: shown(org, &ask, done),
            seats: seats.after(done.changes.seat_delta()).into(),
        };
        Reply::json(201, &reply)
    })
    .await
}

/// Adds one person: at once if they are known by their account, by invitation otherwise.
pub async fn add(call: Call) -> Outcome {
    let user = call.caller().await?;
    let id: OrganizationId = call.path("org")?;
    let body: AddMember = call.body()?;
    let whom = match (body.email, body.contact) {
        (Some(email), None) => Whom::Addresses(vec![Ok(email)]),
        (None, Some(contact)) => Whom::Contact(contact),
        (None, None) => return Err(one_of_both("email", "missing_field", "name `email` or `contact`")),
        (Some(_), Some(_)) => {
            return Err(one_of_both(
                "contact",
                "not_allowed",
                "name `email` or `contact`, not both",
            ));
        }
    };
    let ask = Ask {
        whom,
        resources: named(&body.resources)?,
        role: body.role,
        term: body.duration,
        message: body.message,
        dry_run: false,
    };
    carry_out(&call, &user, id, &ask, |org, done| {
        let reply = AddedBody {
            member: shown(org, &ask, done).pop(),
            invitation: done.invitations.first().map(|i| InvitationBody::of(i, call.now)),
        };
        Reply::json(201, &reply)
    })
    .await
}

fn one_of_both(field: &str, code: &'static str, detail: &str) -> Problem {
    Problem::invalid([Violation::field(field, code, detail)])
}

/// Members as whoever adds them sees them: with all they were just given, and of those who were members before, nothing else.
fn shown(org: &OrgContext, ask: &Ask, done: &Done) -> Vec<MemberBody> {
    let view = view(org);
    let given = |resource: &ResourceRef| ask.resources.contains(&resource.key);
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
    ask: &Ask,
    reply: impl Fn(&OrgContext, &Done) -> Result<Reply, Problem>,
) -> Outcome {
    let mut keys: Vec<Key> = ask.resources.iter().map(|key| Key::resource(id, key)).collect();
    keys.extend(ask.whom.keys(id));
    keys.push(Key::sent_on(id, pace::day(call.now)));
    for _ in 0..ROUNDS {
        let mut crowded = None;
        let outcome = call.change_in_org(user, id, keys.clone(), |org, read, ids| {
            match turn(call, org, read, ask, ids)? {
                Turn::Read(more) => Ok(NextAction::Read(more)),
                Turn::Crowded(lapses) => {
                    crowded = Some((org.clone(), lapses));
                    Ok(NextAction::Reply(Reply::empty()))
                }
                Turn::Done(done) if ask.dry_run => Ok(NextAction::Reply(reply(org, &done)?)),
                Turn::Done(done) => {
                    let reply = reply(org, &done)?;
                    Ok(org.commit(done.changes, reply))
                }
            }
        });
        let outcome = outcome.await;
        match crowded {
            None => return outcome,
            // Where somebody else has changed one of them, the next round reads how it stands.
            Some((org, lapses)) => {
                call.commit_apart(&org.organization, org.set, &lapses).await?;
            }
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
fn turn(call: &Call, org: &OrgContext, read: &ReadSet, ask: &Ask, ids: &mut Ids) -> Result<Turn, Problem> {
    let ctx = org.decision_context()?;
    let People {
        addresses,
        mut holders,
        accounts,
    } = match ask.whom.people(&ctx, read, &ask.role)? {
        Ok(people) => people,
        Err(more) => return Ok(Turn::Read(more)),
    };
    if ask.dry_run {
        // It leaves no trace, so it tells nobody of whom they do not see.
        holders.retain(|_, holder| !matches!(holder, Holder::Unseen(_) | Holder::OutOfSight));
    }
    let resources = found(read, org.organization.id, &ask.resources)?;
    let mailed = addresses
        .iter()
        .flatten()
        .chain(accounts.iter().flat_map(Account::mailboxes));
    let known = match deliverability(read, org.organization.id, mailed)? {
        Ok(known) => known,
        Err(more) => return Ok(Turn::Read(more)),
    };
    // Nor when somebody else last mailed an address.
    let untold = ask.dry_run && !invite::sees_contacts(&ctx);
    let mail = Before {
        known: if untold { &[] } else { &known },
        sent: read.sent(org.organization.id, org.now)?,
    };
    let mut most = usize::MAX;
    loop {
        let request = Invite {
            addresses: &addresses,
            holders: &holders,
            known: AddableContacts {
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
        let (invitations, changes) = pace::invite_at_pace(&ctx, request, mail, ids)?;
        let added = changes.members.iter().filter(|pair| pair.before.is_none()).count();
        let weight = call.app.store().weight(&changes, org.set, &org.organization)?;
        // One item is the answer that may be kept for the request.
        let (weight, entries) = (weight.core + 1, weight.entries);
        if weight <= MAX_ITEMS && (entries <= MAX_ENTRIES || added == 0) {
            return Ok(Turn::Done(Box::new(Done {
                addresses: addresses.into_iter().flatten().collect(),
                invitations,
                changes,
            })));
        }
        let lapses = lapses(&holders, org.now, ids);
        if !lapses.is_empty() && !ask.dry_run {
            return Ok(Turn::Crowded(Box::new(lapses)));
        }
        if lapses.is_empty() && added == 0 {
            return Err(Problem::internal());
        }
        if lapses.is_empty() {
            most = added - 1;
        }
        holders.retain(|_, holder| !matches!(holder, Holder::Lapsed(_)));
    }
}

/// What is known of mail to these addresses; or what else must be read to tell.
fn deliverability<'a>(
    read: &ReadSet,
    organization: OrganizationId,
    addresses: impl Iterator<Item = &'a Address>,
) -> Result<Result<Vec<Deliverability>, Vec<Key>>, Problem> {
    let mut known = Vec::new();
    let mut more = Vec::new();
    for address in addresses.collect::<BTreeSet<_>>() {
        let key = Key::deliverability(organization, address);
        if read.covers(std::slice::from_ref(&key)) {
            known.extend(read.deliverability(organization, address)?);
        } else {
            more.push(key);
        }
    }
    Ok(if more.is_empty() { Ok(known) } else { Err(more) })
}

/// What ends the invitations that have lapsed on these addresses, as the schedule would have.
fn lapses(holders: &Holders, now: Timestamp, ids: &mut Ids) -> Changes {
    let lapsed = holders.values().filter_map(|holder| match holder {
        Holder::Lapsed(invitation) => Some(settle::expire_invitation(invitation, now, ids)),
        Holder::Member(_) | Holder::Unseen(_) | Holder::Invitation(_) | Holder::OutOfSight => None,
    });
    lapsed.fold(Changes::default(), Changes::and)
}

fn dry_run(org: &OrgContext, ask: &Ask, done: &Done, seats: Seats) -> Result<Reply, Problem> {
    // Being added reveals a contact with an account, so only actors who see contacts are told of it.
    let added = if invite::sees_contacts(&org.decision_context()?) {
        shown(org, ask, done)
    } else {
        Vec::new()
    };
    let verdict = |email: &Address| VerdictBody {
        verdict: if added.iter().any(|m| m.email == *email) {
            "add"
        } else {
            "invite"
        }
        .into(),
        email: email.clone(),
    };
    let body = DryRunBody {
        dry_run: true,
        verdicts: done.addresses.iter().map(verdict).collect(),
        added,
        seats: NeededSeats {
            used: seats.used,
            limit: seats.limit,
            needed: done.changes.seat_delta(),
        },
    };
    Reply::json(200, &body)
}
