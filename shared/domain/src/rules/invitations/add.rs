//! Adding directly: a contact with an account becomes a member without an invitation.
//!
//! A matching address alone does not identify an account. The platform or a member must vouch for it, or a member picks the
//! contact as the person who was once a member and was removed. People who left on their own are invited, no matter who adds
//! them. So are people who have declined.

use crate::changes::{Changes, Pair};
use crate::contact::Contact;
use crate::email::EmailAddress;
use crate::event::{EntityRef, EventKind};
use crate::former::FormerMember;
use crate::id::{MailId, NewIds, UserId};
use crate::language::Language;
use crate::mail::{Letter, Mail, MailState};
use crate::member::{Member, Profile, Status};
use crate::roleset::permission;
use crate::rules::DecisionContext;
use crate::rules::api_keys;
use crate::rules::audit;
use crate::rules::giving::{self, GivingPath};
use crate::rules::offer::Offer;
use crate::rules::sources;
use crate::source::SourceKind;
use crate::text::{Message, Subject};
use crate::violation::Violation;

/// A contact with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The contact.
    pub contact: Contact,
    /// The record of the account's earlier memberships.
    pub former: Option<FormerMember>,
    /// Whether a member has picked the contact as that person, rather than entered an address.
    pub picked: bool,
    /// Whether the account is a member already, under any address.
    pub is_member: bool,
    /// Whether the person at its address has declined an invitation or reported one as spam, and accepted none since.
    pub has_refused: bool,
    /// The member who vouches that account and address are one person, if any and still a member.
    pub voucher: Option<Member>,
}

/// An account that is one person with an address.
struct Identity<'a> {
    id: UserId,
    subject: Option<&'a Subject>,
    email: &'a EmailAddress,
    vouched_by: Option<UserId>,
}

/// The reason for not picking a contact.
#[derive(Debug, PartialEq, Eq)]
pub enum PickRefusal {
    /// The actor may not invite anyone.
    Forbidden,
    /// The actor may not look up contacts.
    CannotReadContacts,
    /// There is no such contact.
    NotFound,
}

/// The contact that the actor picks, if they may look up contacts.
///
/// # Errors
/// [`PickRefusal`].
pub fn pick(ctx: &DecisionContext<'_>, found: Option<Contact>) -> Result<Contact, PickRefusal> {
    let authority = ctx.authority();
    if !authority.allows_somewhere(permission::MEMBERS_INVITE) {
        return Err(PickRefusal::Forbidden);
    }
    if !authority.allows(permission::CONTACTS_READ, None) {
        return Err(PickRefusal::CannotReadContacts);
    }
    found.ok_or(PickRefusal::NotFound)
}

impl Account {
    /// The account and its address, if more than a matching address identifies the account.
    fn identity(&self) -> Option<Identity<'_>> {
        let (id, subject) = (self.contact.user?, self.contact.subject.as_ref());
        let earlier = self.former.as_ref();
        let requires_invitation = self.has_refused || earlier.is_some_and(|former| former.requires_invitation);
        if requires_invitation && !self.is_member {
            return None;
        }
        if self.contact.vouched {
            let (email, vouched_by) = (&self.contact.email, self.contact.vouched_by);
            return Some(Identity {
                id,
                subject,
                email,
                vouched_by,
            });
        }
        // The actor who picks sees the contact. If its editors have changed the address since, the contact may have been made
        // to look like someone else.
        let shown = |former: &&FormerMember| self.picked && former.email == self.contact.email;
        let former = self.former.as_ref().filter(shown)?;
        let (email, vouched_by) = (&former.email, former.vouched_by);
        Some(Identity {
            id,
            subject,
            email,
            vouched_by,
        })
    }

    /// The address at which they join or are invited.
    #[must_use]
    pub fn email(&self) -> &EmailAddress {
        self.identity().map_or(&self.contact.email, |known| known.email)
    }

    /// The member who vouches that account and address are one person; `None` if no member does.
    #[must_use]
    pub fn vouched_by(&self) -> Option<UserId> {
        self.identity().and_then(|known| known.vouched_by)
    }

    /// Whether the account is added directly with the offer. A picked account that is a member already counts, so that
    /// [`Self::violation`] names it.
    ///
    /// No account is added to an allowlisted role, since the address is unverified. None is added where members may not leave,
    /// since people who did not agree must be able to. A member who vouched for the account must be able to offer the same at
    /// this moment, so that vouching gives them no power beyond their own.
    pub(super) fn can_be_added(&self, ctx: &DecisionContext<'_>, offer: Option<&Offer<'_>>) -> bool {
        if self.picked && self.is_member {
            return true;
        }
        let Some(known) = self.identity().filter(|_| ctx.set.members_may_leave) else {
            return false;
        };
        let Some(offer) = offer else { return true };
        if offer.role.allowlisted {
            return false;
        }
        match known.vouched_by {
            None => true,
            Some(id) if id == ctx.actor.id => true,
            Some(id) => self.voucher.as_ref().filter(|m| m.id == id).is_some_and(|voucher| {
                let voucher = DecisionContext {
                    actor: voucher,
                    key: None,
                    ..*ctx
                };
                giving::offer_until(&voucher, GivingPath::Invite, offer.role, &offer.resources).is_some()
            }),
        }
    }

    /// The addresses that get the mail: their own, and if only a member vouches for it, also the last one known to be theirs.
    #[must_use]
    pub fn mailboxes(&self) -> Vec<&EmailAddress> {
        let known = self.former.as_ref().filter(|former| former.vouched_by.is_none());
        let also = known
            .filter(|_| self.vouched_by().is_some())
            .map(|former| &former.email);
        let mut all = vec![self.email()];
        all.extend(also.filter(|email| *email != self.email()));
        all
    }

    /// The reason why the account cannot be added after the ones before it, if any.
    pub(super) fn violation(&self, before: &[(&EmailAddress, Option<&Self>)]) -> Option<Violation> {
        let email = self.email().as_str();
        if self.is_member {
            let detail = "is already a member under another address";
            return Some(Violation::email(email, "already_member", detail));
        }
        let same = |other: &&Self| other.contact.user == self.contact.user;
        let twin = before.iter().filter_map(|(_, account)| *account).find(same)?;
        let detail = format!("is the same person as {}", twin.email());
        Some(Violation::email(email, "same_person", detail))
    }
}

/// What the actor chose for the email to a person who is added.
#[derive(Clone, Copy)]
pub(super) struct Greeting<'a> {
    /// A message.
    pub(super) message: Option<&'a Message>,
    /// The language.
    pub(super) language: Option<Language>,
}

/// Makes the account a member with the offered roles, and notifies them by email. Nothing of an earlier membership comes back.
pub(super) fn add(
    ctx: &DecisionContext<'_>,
    account: &Account,
    offer: &Offer<'_>,
    greeting: Greeting<'_>,
    ids: &mut dyn NewIds,
) -> Changes {
    let given = giving::roles_given(offer, GivingPath::Invite, &[*ctx]);
    let Some((known, (role, grants))) = account.identity().zip(given) else {
        return Changes::default();
    };
    let id = known.id;
    let member = Member {
        id,
        subject: known.subject.cloned(),
        organization: ctx.organization.id,
        email: known.email.clone(),
        vouched_by: known.vouched_by,
        name: account.contact.name.clone(),
        status: Status::Active,
        role,
        grants,
        seat: false,
        keys: 0,
        keys_valid_from: api_keys::valid_from(ctx.now),
        profile: Profile {
            language: greeting.language,
            ..Profile::default()
        },
        joined_at: ctx.now,
        last_active_at: None,
        due_at: None,
        version: 0,
    };
    let member = sources::with_source(None, member, ctx.source(SourceKind::Added)).recomputed(ctx.set, ctx.now);
    let event = ctx.recorder(ids).event(
        EventKind::MemberAdded,
        EntityRef::user(id),
        None,
        Some(audit::member(&member)),
    );
    let mailboxes = account.mailboxes().into_iter();
    let mail = mailboxes
        .map(|mailbox| added_mail(ctx, id, mailbox, offer, greeting, ids))
        .collect();
    Changes {
        members: vec![Pair::new(member)],
        events: vec![event],
        mail,
        relied_on_former: vec![(id, account.former.as_ref().map(|former| former.version))],
        ..Changes::default()
    }
}

/// The mail that tells a member what they were added to.
pub(super) fn added_mail(
    ctx: &DecisionContext<'_>,
    member: UserId,
    recipient: &EmailAddress,
    offer: &Offer<'_>,
    greeting: Greeting<'_>,
    ids: &mut dyn NewIds,
) -> Mail {
    Mail {
        id: MailId::from_uuid(ids.uuid()),
        organization: ctx.organization.id,
        to: recipient.clone(),
        language: greeting.language,
        letter: Letter::Added {
            member,
            role: offer.role.id.clone(),
            resources: offer.resources.iter().map(|r| r.key.clone()).collect(),
            by: ctx.actor.name.clone(),
            message: greeting.message.cloned(),
        },
        asked: true,
        state: MailState::Queued,
        late: None,
        created_at: ctx.now,
    }
}
