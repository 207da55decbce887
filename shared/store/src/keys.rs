//! Every key format of the table.
//!
//! | who asks | how it is read |
//! | --- | --- |
//! | every request in an organization | BatchGet of `ORG#o`/`ORG`, `ORG#o`/`TEAM#MEMBER#u` and what it is about, strongly consistent |
//! | the list of people | Queries of entries, side by side, then BatchGet of the rows themselves: |
//! | … members by name, or by when they joined | Query `ORG#o`, `NAME#place#u`, or `JOINED#instant#u` |
//! | … members by when they were last seen | Query index `by_activity`, `ORG#o` and `ORG#o#1` to `ORG#o#7` |
//! | … members of a status, by name | Query `ORG#o`, `STATUS#status#place#u` |
//! | … by the beginning of a word | Query `ORG#o`, `WORD#w…`: members and pending invitations |
//! | … pending invitations of a role, or of a resource | Query `ORG#o`, `OFFERED#role#i`, or `OFFERED_ON#type#id#registration#i` |
//! | how many people by role and status | Get `ORG#o`/`COUNTS`; what of each person is in it: `COUNTED#…` |
//! | pending invitations | Query `ORG#o`, `TEAM#INVITATION#…`; ended ones under `PAST#INVITATION#…` |
//! | is this address taken here | Get `EMAIL#a`/`ORG#o`: the item's existence is the uniqueness |
//! | invitations waiting for an address | Query `EMAIL#a` |
//! | organizations of a user | Query index `by_user`, `USER#u` |
//! | contacts | Query `ORG#o`, `CONTACT#…`; by address Get `CONTACT_AT#a`; by the beginning of a word Query `CONTACT_WORD#w…` |
//! | has this account been a member before | Get `ORG#o`/`FORMER#u` |
//! | API keys of a member, or of an organization | Query `ORG#o`, `KEY#u#…` or `KEY#…` |
//! | is this API key good | BatchGet of `ORG#o`/`ORG`, `TEAM#MEMBER#u` and `KEY#u#n`: the secret names all three |
//! | resources, or those of a type | Query `ORG#o`, `RESOURCE#…` or `RESOURCE#type#…` |
//! | who has a role on a resource, by name | Query `ORG#o`, `GRANT#type#id#registration#place#u` |
//! | who holds a role anywhere, by name | Query `ORG#o`, `HOLDER#role#place#u` |
//! | events, newest first | Query `EVENTS#o` backwards |
//! | mail in the outbox | Get `ORG#o`/`MAIL#m`, as the stream names it |
//! | mail held while an organization was deleted | Query `ORG#o`, `MAIL#…`, once it is restored |
//! | does mail reach this address | Get `ORG#o`/`DELIVERABILITY#a`, beside the mail, or whoever is invited: what came of the mails before |
//! | how much mail did members have sent today | Get `ORG#o`/`SENT#day` |
//! | an export | Get `ORG#o`/`EXPORT#e` |
//! | background work | Get `ORG#o`/`JOB#j`, as the stream or the due index names it |
//! | what is due | Query index `due`, `DUE#0` to `DUE#7`, up to an instant |
//! | was this request answered before | Get `IDEM#caller`/`hash` |
//!
//! The tenant is part of the partition key, so no request can reach another tenant's items by any id it sends.

use aws_sdk_dynamodb::types::AttributeValue;
pub use muster_domain::people::instant;
use muster_domain::{
    Address, ContactId, ExportId, InvitationId, JobId, KeyId, MailId, OrganizationId, PersonId, ResourceKey,
    ResourceRef, ResourceType, RoleId, Status, UserId,
};
use std::collections::HashMap;

/// Attribute of the partition key.
pub const PK: &str = "PK";
/// Attribute of the sort key.
pub const SK: &str = "SK";
/// Attribute that says what kind of item it is.
pub const KIND: &str = "kind";
/// Attribute after which DynamoDB may throw the item away, in seconds since 1970.
pub const TTL: &str = "ttl";
/// Index of memberships by user.
pub const BY_USER: &str = "by_user";
/// Partition key of [`BY_USER`].
pub const BY_USER_PK: &str = "gsi1pk";
/// Sort key of [`BY_USER`].
pub const BY_USER_SK: &str = "gsi1sk";
/// Index of members by when they were last seen.
pub const BY_ACTIVITY: &str = "by_activity";
/// Partition key of [`BY_ACTIVITY`].
pub const BY_ACTIVITY_PK: &str = "activity_pk";
/// Sort key of [`BY_ACTIVITY`].
pub const BY_ACTIVITY_SK: &str = "activity_sk";
/// On a member whom nothing has changed but being seen since: the stream's readers leave such a change out.
pub const NOTED: &str = "noted";
/// Partitions of [`BY_ACTIVITY`] that an organization has.
///
/// Whoever is seen moves to the end of theirs, and no partition splits there: with one, an organization would note as many people a
/// second as one partition takes writes.
pub(crate) const ACTIVITY_SHARDS: u8 = 8;
/// Sparse index of what is due.
pub const DUE: &str = "due";
/// Partition key of [`DUE`].
pub const DUE_PK: &str = "due_pk";
/// Sort key of [`DUE`].
pub const DUE_SK: &str = "due_sk";
/// How many partitions the due index has, so that no single one takes all writes.
pub const DUE_SHARDS: u8 = 8;

/// Attributes that put an item into an index.
pub(crate) const INDEXED: [&str; 6] = [BY_USER_PK, BY_USER_SK, BY_ACTIVITY_PK, BY_ACTIVITY_SK, DUE_PK, DUE_SK];
/// Attribute that rises whenever a counter of the same item moves: see [`crate::repair`].
pub(crate) const MOVES: &str = "moves";

/// Where one item lies.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// Partition key.
    pub pk: String,
    /// Sort key.
    pub sk: String,
}

/// Sort key of the organization's own item.
const ORGANIZATION: &str = "ORG";
pub(crate) const TEAM: &str = "TEAM#";
pub(crate) const TEAM_MEMBER: &str = "TEAM#MEMBER#";
pub(crate) const TEAM_INVITATION: &str = "TEAM#INVITATION#";
pub(crate) const PAST_INVITATION: &str = "PAST#INVITATION#";
pub(crate) const RESOURCE: &str = "RESOURCE#";
pub(crate) const NAME: &str = "NAME#";
pub(crate) const JOINED: &str = "JOINED#";
pub(crate) const WORD: &str = "WORD#";
pub(crate) const CONTACT: &str = "CONTACT#";
pub(crate) const COUNTED: &str = "COUNTED#";
pub(crate) const API_KEY: &str = "KEY#";
pub(crate) const MAIL: &str = "MAIL#";

/// What entries of people begin with.
pub(crate) const ENTRIES: [&str; 8] = [
    "GRANT#",
    "HOLDER#",
    JOINED,
    NAME,
    "OFFERED#",
    "OFFERED_ON#",
    "STATUS#",
    WORD,
];

/// Partition of an organization.
pub(crate) fn organization_pk(organization: OrganizationId) -> String {
    format!("ORG#{organization}")
}

/// Partition of an organization's events.
pub(crate) fn events_pk(organization: OrganizationId) -> String {
    format!("EVENTS#{organization}")
}

/// Partition of an address.
pub(crate) fn address_pk(address: &Address) -> String {
    format!("EMAIL#{address}")
}

/// Partition of a user in [`BY_USER`].
pub(crate) fn user_pk(user: UserId) -> String {
    format!("USER#{user}")
}

/// What all grants on one registration of a resource begin with.
pub(crate) fn grants_prefix(resource: &ResourceRef) -> String {
    format!(
        "GRANT#{}#{}#{}#",
        resource.key.kind, resource.key.id, resource.registration
    )
}

/// What all resources of a type begin with.
pub(crate) fn resources_prefix(kind: &ResourceType) -> String {
    format!("{RESOURCE}{kind}#")
}

/// What all holders of a role begin with.
pub(crate) fn holders_prefix(role: &RoleId) -> String {
    format!("HOLDER#{role}#")
}

/// What the members of a status begin with.
pub(crate) fn status_prefix(status: Status) -> String {
    let status = match status {
        Status::Active => "active",
        Status::Inactive => "inactive",
    };
    format!("STATUS#{status}#")
}

/// What all offers of a role begin with.
pub(crate) fn offers_prefix(role: &RoleId) -> String {
    format!("OFFERED#{role}#")
}

/// What all offers on one registration of a resource begin with.
pub(crate) fn offers_on_prefix(resource: &ResourceRef) -> String {
    format!("OFFERED_ON#{}", grants_prefix(resource).trim_start_matches("GRANT#"))
}

/// What all API keys of a member begin with.
pub(crate) fn api_keys_prefix(owner: UserId) -> String {
    format!("{API_KEY}{owner}#")
}

/// What all contacts with a word that begins with `beginning` begin with.
pub(crate) fn contact_words_prefix(beginning: &str) -> String {
    format!("CONTACT_WORD#{beginning}")
}

/// One of the partitions of [`BY_ACTIVITY`]. The first is called as the organization's own, where everybody lay before there were several.
pub(crate) fn activity_shard(organization: OrganizationId, shard: u8) -> String {
    match shard {
        0 => organization_pk(organization),
        shard => format!("{}#{shard}", organization_pk(organization)),
    }
}

/// A partition of the due index.
pub(crate) fn due_shard(shard: u8) -> String {
    format!("DUE#{shard}")
}

/// A person's id as text.
pub(crate) fn person_id(person: PersonId) -> String {
    match person {
        PersonId::Member(id) => id.to_string(),
        PersonId::Invitation(id) => id.to_string(),
    }
}

impl Key {
    fn within(organization: OrganizationId, sk: String) -> Self {
        Self {
            pk: organization_pk(organization),
            sk,
        }
    }

    /// The organization itself.
    #[must_use]
    pub fn organization(id: OrganizationId) -> Self {
        Self::within(id, ORGANIZATION.to_owned())
    }

    /// A member.
    #[must_use]
    pub fn member(organization: OrganizationId, id: UserId) -> Self {
        Self::within(organization, format!("{TEAM_MEMBER}{id}"))
    }

    /// An invitation while it is pending.
    #[must_use]
    pub fn pending_invitation(organization: OrganizationId, id: InvitationId) -> Self {
        Self::within(organization, format!("{TEAM_INVITATION}{id}"))
    }

    /// An invitation once it has ended.
    #[must_use]
    pub fn past_invitation(organization: OrganizationId, id: InvitationId) -> Self {
        Self::within(organization, format!("{PAST_INVITATION}{id}"))
    }

    /// The claim of an organization on an address: its existence is the uniqueness.
    #[must_use]
    pub fn claim(organization: OrganizationId, address: &Address) -> Self {
        Self {
            pk: address_pk(address),
            sk: organization_pk(organization),
        }
    }

    /// A resource.
    #[must_use]
    pub fn resource(organization: OrganizationId, key: &ResourceKey) -> Self {
        Self::within(organization, format!("{RESOURCE}{}#{}", key.kind, key.id))
    }

    /// A contact.
    #[must_use]
    pub fn contact(organization: OrganizationId, id: &ContactId) -> Self {
        Self::within(organization, format!("{CONTACT}{id}"))
    }

    /// The contact of an address: its existence is the uniqueness.
    #[must_use]
    pub fn contact_at(organization: OrganizationId, address: &Address) -> Self {
        Self::within(organization, format!("CONTACT_AT#{address}"))
    }

    /// What is kept of a former member.
    #[must_use]
    pub fn former_member(organization: OrganizationId, id: UserId) -> Self {
        Self::within(organization, format!("FORMER#{id}"))
    }

    /// The index item of a word of a contact's.
    #[must_use]
    pub fn contact_word(organization: OrganizationId, word: &str, id: &ContactId) -> Self {
        Self::within(organization, format!("{}#{id}", contact_words_prefix(word)))
    }

    /// An API key.
    #[must_use]
    pub fn api_key(organization: OrganizationId, id: KeyId) -> Self {
        Self::within(organization, format!("{}{:020}", api_keys_prefix(id.owner), id.number))
    }

    /// An entry of the list of people, or of another that is kept of them: a prefix, where they stand in it, and who it is.
    #[must_use]
    pub fn entry(organization: OrganizationId, prefix: &str, place: &str) -> Self {
        Self::within(organization, format!("{prefix}{place}"))
    }

    /// How many people an organization has, by role and status.
    #[must_use]
    pub fn counts(organization: OrganizationId) -> Self {
        Self::within(organization, "COUNTS".to_owned())
    }

    /// What of a person the counts hold.
    #[must_use]
    pub fn counted(organization: OrganizationId, person: PersonId) -> Self {
        Self::within(organization, format!("{COUNTED}{}", person_id(person)))
    }

    /// The person's own item, pending if it is an invitation's.
    #[must_use]
    pub fn person(organization: OrganizationId, person: PersonId) -> Self {
        match person {
            PersonId::Member(id) => Self::member(organization, id),
            PersonId::Invitation(id) => Self::pending_invitation(organization, id),
        }
    }

    /// An event.
    #[must_use]
    pub fn event(organization: OrganizationId, id: muster_domain::EventId) -> Self {
        Self {
            pk: events_pk(organization),
            sk: id.to_string(),
        }
    }

    /// A mail in the outbox.
    #[must_use]
    pub fn mail(organization: OrganizationId, id: MailId) -> Self {
        Self::within(organization, format!("{MAIL}{id}"))
    }

    /// Whether mail reaches an address.
    #[must_use]
    pub fn deliverability(organization: OrganizationId, address: &Address) -> Self {
        Self::within(organization, format!("DELIVERABILITY#{address}"))
    }

    /// How much mail members had sent on a day.
    #[must_use]
    pub fn sent_on(organization: OrganizationId, day: jiff::civil::Date) -> Self {
        Self::within(organization, format!("SENT#{day}"))
    }

    /// An export.
    #[must_use]
    pub fn export(organization: OrganizationId, id: ExportId) -> Self {
        Self::within(organization, format!("EXPORT#{id}"))
    }

    /// A piece of background work.
    #[must_use]
    pub fn job(organization: OrganizationId, id: JobId) -> Self {
        Self::within(organization, format!("JOB#{id}"))
    }

    /// The record of a request that was answered.
    #[must_use]
    pub fn once(caller: &str, hash: &str) -> Self {
        Self {
            pk: format!("IDEM#{caller}"),
            sk: hash.to_owned(),
        }
    }

    /// The key as DynamoDB takes it.
    #[must_use]
    pub fn attributes(&self) -> HashMap<String, AttributeValue> {
        HashMap::from([
            (PK.to_owned(), AttributeValue::S(self.pk.clone())),
            (SK.to_owned(), AttributeValue::S(self.sk.clone())),
        ])
    }

    /// The key of an item as it was read.
    #[must_use]
    pub fn of(item: &HashMap<String, AttributeValue>) -> Option<Self> {
        let text = |name| item.get(name)?.as_s().ok().cloned();
        Some(Self {
            pk: text(PK)?,
            sk: text(SK)?,
        })
    }

    /// Partition and place in the due index of this key's item, when something about it is due at an instant.
    pub(crate) fn due(&self, at: jiff::Timestamp) -> [String; 2] {
        let place = format!("{}#{}#{}", instant(at), self.pk, self.sk);
        [due_shard(self.sum() % DUE_SHARDS), place]
    }

    /// The partition of the index by activity that this member's item goes to.
    pub(crate) fn activity_partition(&self) -> Option<String> {
        Some(activity_shard(self.organization_of()?, self.sum() % ACTIVITY_SHARDS))
    }

    /// What spreads items over shards.
    fn sum(&self) -> u8 {
        self.sk.bytes().fold(0u8, u8::wrapping_add)
    }

    /// The organization whose partition this key is in, if it is in one.
    #[must_use]
    pub fn organization_of(&self) -> Option<OrganizationId> {
        self.pk.strip_prefix("ORG#")?.parse().ok()
    }

    /// The invitation this key is of, pending or ended.
    #[must_use]
    pub fn invitation_of(&self) -> Option<InvitationId> {
        let sk = &self.sk;
        sk.strip_prefix(TEAM_INVITATION)
            .or_else(|| sk.strip_prefix(PAST_INVITATION))?
            .parse()
            .ok()
    }

    /// The member this key is of: the item itself, or an index item that ends in it.
    #[must_use]
    pub fn member_of(&self) -> Option<UserId> {
        self.sk.rsplit('#').next()?.parse().ok()
    }

    /// The person this key is of: the item itself, or an entry that ends in it.
    #[must_use]
    pub fn person_of(&self) -> Option<PersonId> {
        let id = self.sk.rsplit('#').next()?;
        let invitation = || id.parse().map(PersonId::Invitation);
        id.parse().map(PersonId::Member).or_else(|_| invitation()).ok()
    }

    /// The person whose own item lies here, as a member or a pending invitation.
    #[must_use]
    pub fn listed_person(&self) -> Option<PersonId> {
        self.person_of().filter(|_| self.sk.starts_with(TEAM))
    }

    /// The API key this key is of, with the organization it opens.
    #[must_use]
    pub fn api_key_of(&self) -> Option<(OrganizationId, KeyId)> {
        let (owner, number) = self.sk.strip_prefix(API_KEY)?.split_once('#')?;
        let id = KeyId {
            owner: owner.parse().ok()?,
            number: number.parse().ok()?,
        };
        Some((self.organization_of()?, id))
    }

    /// The job this key is of.
    #[must_use]
    pub fn job_of(&self) -> Option<JobId> {
        self.sk.strip_prefix("JOB#")?.parse().ok()
    }

    /// The mail this key is of.
    #[must_use]
    pub fn mail_of(&self) -> Option<MailId> {
        self.sk.strip_prefix(MAIL)?.parse().ok()
    }
}
