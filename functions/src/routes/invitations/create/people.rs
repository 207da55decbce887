//! The people a request invites or adds, and what is known about them.

use crate::routes::lookup::{EmailHolders, Lookup, email_holders};
use muster_domain::email::Rejected;
use muster_domain::rules::DecisionContext;
use muster_domain::rules::invitations::create::{self, Account};
use muster_domain::{Contact, ContactId, EmailAddress, OrganizationId, RoleId};
use muster_edge::Problem;
use muster_store::{Key, ReadSet};

/// The people that a request names.
pub(super) enum Invitees {
    /// The people at these addresses.
    Emails(Vec<Result<EmailAddress, Rejected>>),
    /// The person of this contact.
    Contact(ContactId),
}

/// The people, with the holders of their addresses and their known accounts.
pub(super) struct InvitedPeople {
    pub(super) emails: Vec<Result<EmailAddress, Rejected>>,
    pub(super) holders: EmailHolders,
    pub(super) accounts: Vec<Account>,
}

/// A look-up that may fail.
type LookupResult<T> = Result<Lookup<T>, Problem>;

impl Invitees {
    /// The keys of the first read.
    pub(super) fn keys(&self, id: OrganizationId) -> Vec<Key> {
        match self {
            Self::Emails(emails) => {
                let at = |email| {
                    let held = [Key::claim(id, email), Key::deliverability(id, email)];
                    held.into_iter().chain([Key::contact_at(id, email)])
                };
                emails.iter().flatten().flat_map(at).collect()
            }
            Self::Contact(contact) => vec![Key::contact(id, contact)],
        }
    }

    /// The people, for a role. Only those who may be added directly cost another read.
    pub(super) fn people(
        &self,
        ctx: &DecisionContext<'_>,
        read: &ReadSet,
        role: &RoleId,
    ) -> LookupResult<InvitedPeople> {
        match self {
            Self::Emails(emails) => people_at(ctx, read, emails, role),
            Self::Contact(contact) => person_of(ctx, read, contact),
        }
    }
}

/// The people at these addresses, with the accounts that are vouched for.
fn people_at(
    ctx: &DecisionContext<'_>,
    read: &ReadSet,
    emails: &[Result<EmailAddress, Rejected>],
    role: &RoleId,
) -> LookupResult<InvitedPeople> {
    let mut accounts = Vec::new();
    let mut more = Vec::new();
    let may_be_added = ctx.set.role(role).is_some_and(|role| !role.allowlisted);
    for email in emails.iter().flatten().filter(|_| may_be_added) {
        let contact = read.contact_at(ctx.organization.id, email)?;
        // An account without a voucher is only a hint, and changes nothing.
        let Some(contact) = contact.filter(|contact| contact.vouched) else {
            continue;
        };
        match account(read, contact, false)? {
            Lookup::Ready(account) => accounts.push(with_refusal(read, account)?),
            Lookup::Needs(keys) => more.extend(keys),
        }
    }
    let holders = match email_holders(ctx, read, emails)? {
        Lookup::Ready(holders) => holders,
        Lookup::Needs(keys) => {
            more.extend(keys);
            EmailHolders::new()
        }
    };
    let people = InvitedPeople {
        emails: emails.to_vec(),
        holders,
        accounts,
    };
    Ok(Lookup::of(people, more))
}

/// The person whom a member picks from the contacts, at the address they join with or are invited at.
fn person_of(ctx: &DecisionContext<'_>, read: &ReadSet, id: &ContactId) -> LookupResult<InvitedPeople> {
    let organization = ctx.organization.id;
    let contact = create::pick(ctx, read.contact(organization, id)?)?;
    let at = |email: &EmailAddress| {
        [
            Key::claim(organization, email),
            Key::deliverability(organization, email),
        ]
    };
    let usual = at(&contact.email);
    let account = match account(read, contact, true)? {
        Lookup::Ready(account) => account,
        Lookup::Needs(more) => return Ok(Lookup::Needs(more.into_iter().chain(usual).collect())),
    };
    let joins_at = at(account.email());
    if !read.covers(&joins_at) {
        return Ok(Lookup::Needs(joins_at.into()));
    }
    let account = with_refusal(read, account)?;
    let emails = vec![Ok(account.email().clone())];
    Ok(match email_holders(ctx, read, &emails)? {
        Lookup::Ready(holders) => Lookup::Ready(InvitedPeople {
            emails,
            holders,
            accounts: vec![account],
        }),
        Lookup::Needs(more) => Lookup::Needs(more),
    })
}

/// The account, with whether the person at its address refuses invitations.
fn with_refusal(read: &ReadSet, account: Account) -> Result<Account, Problem> {
    let known = read.deliverability(account.contact.organization, account.email())?;
    Ok(Account {
        has_refused: known.is_some_and(|known| known.is_refused()),
        ..account
    })
}

/// A contact's account: whether it is a member, the record of earlier memberships, and the voucher; or the keys to read first.
fn account(read: &ReadSet, contact: Contact, picked: bool) -> LookupResult<Account> {
    let id = contact.organization;
    let Some(user) = contact.user else {
        return Ok(Lookup::Ready(Account {
            contact,
            former: None,
            picked,
            is_member: false,
            has_refused: false,
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
        has_refused: false,
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
