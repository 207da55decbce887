//! Adding at once: a contact with an account becomes a member without an invitation.

use crate::address::Address;
use crate::changes::{Changes, Pair};
use crate::contact::Contact;
use crate::event::Party;
use crate::id::{MailId, NewIds};
use crate::mail::{Letter, Mail, MailState};
use crate::member::{Member, Profile, Status};
use crate::rules::giving::{Way, given, offer_until};
use crate::rules::keys::good_since;
use crate::rules::members::picture;
use crate::rules::offer::Offer;
use crate::rules::{Fault, Scene};
use crate::text::Message;

/// A contact with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The contact.
    pub contact: Contact,
    /// Whether the account is a member already, under whatever address.
    pub is_member: bool,
    /// The member who answers for account and address being one person, if one does and is still a member.
    pub voucher: Option<Member>,
}

/// Who can be added at once.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known<'a> {
    /// The contacts with accounts at the addresses that are asked for.
    pub accounts: &'a [Account],
    /// How many of them may be added: one transaction holds so many. The others are invited.
    pub most: usize,
}

impl<'a> Known<'a> {
    pub(super) fn at(&self, address: &Address) -> Option<&'a Account> {
        self.accounts.iter().find(|account| account.contact.email == *address)
    }
}

impl Account {
    /// Whether the account is taken to be the person of the address, for what is offered.
    ///
    /// Not for an allowlisted role, since nobody has verified the address. And a member who told whose account it is does
    /// not reach beyond themselves by that: they must be able to offer the same at this moment.
    pub(super) fn is_good(&self, scene: &Scene<'_>, offer: Option<&Offer<'_>>) -> bool {
        let Some(offer) = offer else { return true };
        if offer.role.allowlisted || self.contact.user.is_none() {
            return false;
        }
        match self.contact.vouched_by {
            None => true,
            Some(id) if id == scene.actor.id => true,
            Some(id) => self.voucher.as_ref().filter(|m| m.id == id).is_some_and(|voucher| {
                let voucher = Scene {
                    actor: voucher,
                    key: None,
                    ..*scene
                };
                offer_until(&voucher, Way::Invite, offer.role, &offer.resources).is_some()
            }),
        }
    }

    /// What keeps the account from being added, beside those that are to be added before it.
    pub(super) fn fault(&self, before: &[(&Address, Option<&Self>)]) -> Option<Fault> {
        let address = self.contact.email.as_str();
        if self.is_member {
            let detail = "is a member already, with another address";
            return Some(Fault::address(address, "already_member", detail));
        }
        let same = |other: &&Self| other.contact.user == self.contact.user;
        let twin = before.iter().filter_map(|(_, account)| *account).find(same)?;
        let detail = format!("is the same person as {}", twin.contact.email);
        Some(Fault::address(address, "same_person", detail))
    }
}

/// Makes the account a member with what is offered, and has them told so. Nothing of an earlier membership comes back.
pub(super) fn add(
    scene: &Scene<'_>,
    account: &Account,
    offer: &Offer<'_>,
    message: Option<&Message>,
    ids: &mut dyn NewIds,
) -> Changes {
    let contact = &account.contact;
    let Some((id, (role, grants))) = contact.user.zip(given(offer, Way::Invite, &[*scene])) else {
        return Changes::default();
    };
    let member = Member {
        id,
        organization: scene.organization.id,
        email: contact.email.clone(),
        vouched_by: contact.vouched_by,
        name: contact.name.clone(),
        status: Status::Active,
        role,
        grants,
        seat: false,
        keys: 0,
        keys_since: good_since(scene.now),
        profile: Profile::default(),
        joined_at: scene.now,
        last_active_at: None,
        due_at: None,
        version: 0,
    }
    .settled(scene.set, scene.now);
    let event = scene
        .recorder(ids)
        .event("member.added", Party::user(id), None, Some(picture(&member)));
    let letter = Letter::Added {
        member: id,
        role: offer.role.id.clone(),
        resources: offer.resources.iter().map(|r| r.key.clone()).collect(),
        by: scene.actor.name.clone(),
        message: message.cloned(),
    };
    let mail = Mail {
        id: MailId::from_uuid(ids.uuid()),
        organization: scene.organization.id,
        to: contact.email.clone(),
        letter,
        asked: true,
        state: MailState::Queued,
        created_at: scene.now,
    };
    Changes {
        members: vec![Pair::new(member)],
        events: vec![event],
        mail: vec![mail],
        ..Changes::default()
    }
}
