//! The people a request invites or adds, and what is known about them.

use crate::routes::lookup::{Holders, Lookup, address_holders};
use muster_domain::address::Rejected;
use muster_domain::rules::DecisionContext;
use muster_domain::rules::invitations::create::{self, Account};
use muster_domain::{Address, Contact, ContactId, OrganizationId, RoleId};
use muster_edge::Problem;
use muster_store::{Key, ReadSet};

/// The people that a request names.
pub(super) enum Invitees {
    /// The people at these addresses.
    Addresses(Vec<Result<Address, Rejected>>),
    /// The person of this contact.
    Contact(ContactId),
}

/// The people, with the holders of their addresses and their known accounts.
pub(super) struct People {
    pub(super) addresses: Vec<Result<Address, Rejected>>,
    pub(super) holders: Holders,
    pub(super) accounts: Vec<Account>,
}

/// A look-up that may fail.
type Found<T> = Result<Lookup<T>, Problem>;

impl Invitees {
    /// The keys of the first read.
    pub(super) fn keys(&self, id: OrganizationId) -> Vec<Key> {
        match self {
            Self::Addresses(addresses) => {
                let at = |address| {
                    let held = [Key::claim(id, address), Key::deliverability(id, address)];
                    held.into_iter().chain([Key::contact_at(id, address)])
                };
                addresses.iter().flatten().flat_map(at).collect()
            }
            Self::Contact(contact) => vec![Key::contact(id, contact)],
        }
    }

    /// The people, for a role. Only those who may be added directly cost another read.
    pub(super) fn people(&self, ctx: &DecisionContext<'_>, read: &ReadSet, role: &RoleId) -> Found<People> {
        match self {
            Self::Addresses(addresses) => people_at(ctx, read, addresses, role),
            Self::Contact(contact) => person_of(ctx, read, contact),
        }
    }
}

/// The people at these addresses, with the accounts that are vouched for.
fn people_at(
    ctx: &DecisionContext<'_>,
    read: &ReadSet,
    addresses: &[Result<Address, Rejected>],
    role: &RoleId,
) -> Found<People> {
    let mut accounts = Vec::new();
    let mut more = Vec::new();
    let may_be_added = ctx.set.role(role).is_some_and(|role| !role.allowlisted);
    for address in addresses.iter().flatten().filter(|_| may_be_added) {
        let contact = read.contact_at(ctx.organization.id, address)?;
        // An account without a voucher is only a hint, and changes nothing.
        let Some(contact) = contact.filter(|contact| contact.vouched) else {
            continue;
        };
        match account(read, contact, false)? {
            Lookup::Ready(account) => accounts.push(with_willingness(read, account)?),
            Lookup::Needs(keys) => more.extend(keys),
        }
    }
    let holders = match address_holders(ctx, read, addresses)? {
        Lookup::Ready(holders) => holders,
        Lookup::Needs(keys) => {
            more.extend(keys);
            Holders::new()
        }
    };
    let people = People {
        addresses: addresses.to_vec(),
        holders,
        accounts,
    };
    Ok(Lookup::of(people, more))
}

/// The person whom a member picks from the contacts, at the address they join with or are invited at.
fn person_of(ctx: &DecisionContext<'_>, read: &ReadSet, id: &ContactId) -> Found<People> {
    let organization = ctx.organization.id;
    let contact = create::pick(ctx, read.contact(organization, id)?)?;
    let at = |address: &Address| {
        [
            Key::claim(organization, address),
            Key::deliverability(organization, address),
        ]
    };
    let usual = at(&contact.email);
    let account = match account(read, contact, true)? {
        Lookup::Ready(account) => account,
        Lookup::Needs(more) => return Ok(Lookup::Needs(more.into_iter().chain(usual).collect())),
    };
    let joins_at = at(account.address());
    if !read.covers(&joins_at) {
        return Ok(Lookup::Needs(joins_at.into()));
    }
    let account = with_willingness(read, account)?;
    let addresses = vec![Ok(account.address().clone())];
    Ok(match address_holders(ctx, read, &addresses)? {
        Lookup::Ready(holders) => Lookup::Ready(People {
            addresses,
            holders,
            accounts: vec![account],
        }),
        Lookup::Needs(more) => Lookup::Needs(more),
    })
}

/// The account, with whether the person at its address refuses invitations.
fn with_willingness(read: &ReadSet, account: Account) -> Result<Account, Problem> {
    let known = read.deliverability(account.contact.organization, account.address())?;
    Ok(Account {
        is_unwilling: known.is_some_and(|known| known.is_refused()),
        ..account
    })
}

/// A contact's account: whether it is a member, the record of earlier memberships, and the voucher; or the keys to read first.
fn account(read: &ReadSet, contact: Contact, picked: bool) -> Found<Account> {
    let id = contact.organization;
    let Some(user) = contact.user else {
        return Ok(Lookup::Ready(Account {
            contact,
            former: None,
            picked,
            is_member: false,
            is_unwilling: false,
            voucher: None,
        }));
    };
    let mut keys = vec![Key::member(id, user), Key::former_member(id, user)];
    keys.extend(contact.vouched_by.map(|by| Key::member(id, by)));
    if !read.covers(&keys) {
        return Ok(Lookup::Needs(keys));
    }
    let account = Account {
        former: read.former_member(id, user)?,
        picked,
        is_member: read.member(id, user)?.is_some(),
        is_unwilling: false,
        voucher: None,
        contact,
    };
    let Some(by) = account.vouched_by() else {
        return Ok(Lookup::Ready(account));
    };
    let key = Key::member(id, by);
    if !read.covers(std::slice::from_ref(&key)) {
        return Ok(Lookup::Needs(vec![key]));
    }
    let voucher = read.member(id, by)?;
    Ok(Lookup::Ready(Account { voucher, ..account }))
}
