//! Every key format of the table.
//!
//! | query | how it is read |
//! | --- | --- |
//! | any request in an organization | BatchGet of `ORG#o`/`ORG`, `ORG#o`/`TEAM#MEMBER#u` and its subject, strongly consistent |
//! | the list of people | Queries of entries, in parallel, then BatchGet of the rows themselves: |
//! | … members by name, or by joining date | Query `ORG#o`, `NAME#place#u`, or `JOINED#instant#u` |
//! | … members by last activity | Query index `by_activity`, `ORG#o` and `ORG#o#1` to `ORG#o#7` |
//! | … members with a status, by name | Query `ORG#o`, `STATUS#status#place#u` |
//! | … by the beginning of a word | Query `ORG#o`, `WORD#w…`: members and pending invitations |
//! | … pending invitations to a role, or on a resource | Query `ORG#o`, `OFFERED#role#i`, or `OFFERED_ON#type#id#registration#i` |
//! | number of people by role and status | Get `ORG#o`/`COUNTS`; each person's share in it: `COUNTED#…` |
//! | pending invitations | Query `ORG#o`, `TEAM#INVITATION#…`; ended ones under `PAST#INVITATION#…` |
//! | is this address taken here | Get `EMAIL#a`/`ORG#o`: the item's existence ensures uniqueness |
//! | invitations waiting for an address | Query `EMAIL#a` |
//! | organizations of a user | Query index `by_user`, `USER#u` |
//! | contacts | Query `ORG#o`, `CONTACT#…`; by address Get `CONTACT_AT#a`; by the beginning of a word Query `CONTACT_WORD#w…` |
//! | has this account been a member before | Get `ORG#o`/`FORMER#u` |
//! | API keys of a member, or of an organization | Query `ORG#o`, `KEY#u#…` or `KEY#…` |
//! | is this API key valid | BatchGet of `ORG#o`/`ORG`, `TEAM#MEMBER#u` and `KEY#u#n`: the secret names all three |
//! | resources, all or of one type | Query `ORG#o`, `RESOURCE#…` or `RESOURCE#type#…` |
//! | members with a role on a resource, by name | Query `ORG#o`, `GRANT#type#id#registration#place#u` |
//! | members with a role anywhere, by name | Query `ORG#o`, `HOLDER#role#place#u` |
//! | events, newest first | Query `EVENTS#o` backwards |
//! | mail in the outbox | Get `ORG#o`/`MAIL#m`, as the stream names it |
//! | mail held while an organization was deleted or suspended | Query `ORG#o`, `MAIL#…`, once that is over |
//! | does mail reach this address | Get `ORG#o`/`DELIVERABILITY#a`, with the mail or the invitee: outcome of earlier emails |
//! | number of emails sent for members today | Get `ORG#o`/`SENT#day` |
//! | an export | Get `ORG#o`/`EXPORT#e` |
//! | background work | Get `ORG#o`/`JOB#j`, as the stream or the due index names it |
//! | what is due | Query index `due`, `DUE#0` to `DUE#7`, up to an instant |
//! | was this request answered before | Get `IDEM#caller`/`hash` |
//!
//! The tenant is part of the partition key, so no id in a request can reach another tenant's items.

use aws_sdk_dynamodb::types::AttributeValue;
pub use muster_domain::people::instant;
use muster_domain::{
    ContactId, EmailAddress, ExportId, InvitationId, JobId, KeyId, MailId, OrganizationId, PersonId, ResourceKey,
    ResourceRef, ResourceType, RoleId, Status, UserId,
};
use std::collections::HashMap;

/// Attribute of the partition key.
pub const PK: &str = "PK";
/// Attribute of the sort key.
pub const SK: &str = "SK";
/// Attribute with the kind of the item.
pub const KIND: &str = "kind";
/// Attribute with the time after which DynamoDB may delete the item, in seconds since 1970.
pub const TTL: &str = "ttl";
/// Index of memberships by user.
pub const BY_USER: &str = "by_user";
/// Partition key of [`BY_USER`].
pub const BY_USER_PK: &str = "gsi1pk";
/// Sort key of [`BY_USER`].
pub const BY_USER_SK: &str = "gsi1sk";
/// Index of members by last activity.
pub const BY_ACTIVITY: &str = "by_activity";
/// Partition key of [`BY_ACTIVITY`].
pub const BY_ACTIVITY_PK: &str = "activity_pk";
/// Sort key of [`BY_ACTIVITY`].
pub const BY_ACTIVITY_SK: &str = "activity_sk";
/// Set on a member whose last change was only an activity note: the stream's readers ignore such a change.
pub const NOTED: &str = "noted";
/// Partitions of [`BY_ACTIVITY`] that an organization has.
///
/// An active member moves to the end of their partition, and DynamoDB does not split a partition there. With only one, an
/// organization could record no more active members a second than one partition takes writes.
pub(crate) const ACTIVITY_SHARDS: u8 = 8;
/// Sparse index of what is due.
pub const DUE: &str = "due";
/// Partition key of [`DUE`].
pub const DUE_PK: &str = "due_pk";
/// Sort key of [`DUE`].
pub const DUE_SK: &str = "due_sk";
/// Partitions of the due index: several, so that no single one takes all writes.
pub const DUE_SHARDS: u8 = 8;

/// Attributes that put an item into an index.
pub(crate) const INDEXED: [&str; 6] = [BY_USER_PK, BY_USER_SK, BY_ACTIVITY_PK, BY_ACTIVITY_SK, DUE_PK, DUE_SK];
/// Attribute that increases whenever a counter of the same item changes: see [`crate::repair`].
pub(crate) const MOVES: &str = "moves";

/// The key of one item.
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

/// Prefixes of people's entries.
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
pub(crate) fn email_pk(email: &EmailAddress) -> String {
    format!("EMAIL#{email}")
}

/// Partition of a user in [`BY_USER`].
pub(crate) fn user_pk(user: UserId) -> String {
    format!("USER#{user}")
}

/// Prefix of all grants on one registration of a resource.
pub(crate) fn grants_prefix(resource: &ResourceRef) -> String {
    format!(
        "GRANT#{}#{}#{}#",
        resource.key.kind, resource.key.id, resource.registration
    )
}

/// Prefix of all resources of a type.
pub(crate) fn resources_prefix(kind: &ResourceType) -> String {
    format!("{RESOURCE}{kind}#")
}

/// Prefix of all holders of a role.
pub(crate) fn holders_prefix(role: &RoleId) -> String {
    format!("HOLDER#{role}#")
}

/// Prefix of the members with a status.
pub(crate) fn status_prefix(status: Status) -> String {
    format!("STATUS#{status}#")
}

/// Prefix of all offers of a role.
pub(crate) fn offers_prefix(role: &RoleId) -> String {
    format!("OFFERED#{role}#")
}

/// Prefix of all offers on one registration of a resource.
pub(crate) fn offers_on_prefix(resource: &ResourceRef) -> String {
    format!("OFFERED_ON#{}", grants_prefix(resource).trim_start_matches("GRANT#"))
}

/// Prefix of all API keys of a member.
pub(crate) fn api_keys_prefix(owner: UserId) -> String {
    format!("{API_KEY}{owner}#")
}

/// Prefix of all contacts with a word that begins with `beginning`.
pub(crate) fn contact_words_prefix(beginning: &str) -> String {
    format!("CONTACT_WORD#{beginning}")
}

/// One of the partitions of [`BY_ACTIVITY`]. The first has the name of the organization's own: it held all members before there
/// were several.
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

    /// The claim of an organization on an address: its existence ensures uniqueness.
    #[must_use]
    pub fn claim(organization: OrganizationId, email: &EmailAddress) -> Self {
        Self {
            pk: email_pk(email),
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

    /// The contact with an address: its existence ensures uniqueness.
    #[must_use]
    pub fn contact_at(organization: OrganizationId, email: &EmailAddress) -> Self {
        Self::within(organization, format!("CONTACT_AT#{email}"))
    }

    /// The record of a former member.
    #[must_use]
    pub fn former_member(organization: OrganizationId, id: UserId) -> Self {
        Self::within(organization, format!("FORMER#{id}"))
    }

    /// The index item of one word of a contact.
    #[must_use]
    pub fn contact_word(organization: OrganizationId, word: &str, id: &ContactId) -> Self {
        Self::within(organization, format!("{}#{id}", contact_words_prefix(word)))
    }

    /// An API key.
    #[must_use]
    pub fn api_key(organization: OrganizationId, id: KeyId) -> Self {
        Self::within(organization, format!("{}{:020}", api_keys_prefix(id.owner), id.number))
    }

    /// An entry of a list of people: a prefix, the person's place in the list, and their id.
    #[must_use]
    pub fn entry(organization: OrganizationId, prefix: &str, place: &str) -> Self {
        Self::within(organization, format!("{prefix}{place}"))
    }

    /// The number of people in an organization, by role and status.
    #[must_use]
    pub fn counts(organization: OrganizationId) -> Self {
        Self::within(organization, "COUNTS".to_owned())
    }

    /// A person's share in the counts.
    #[must_use]
    pub fn counted(organization: OrganizationId, person: PersonId) -> Self {
        Self::within(organization, format!("{COUNTED}{}", person_id(person)))
    }

    /// The person's own item: the pending one if they are an invitation.
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

    /// An email in the outbox.
    #[must_use]
    pub fn mail(organization: OrganizationId, id: MailId) -> Self {
        Self::within(organization, format!("{MAIL}{id}"))
    }

    /// Whether mail reaches an address.
    #[must_use]
    pub fn deliverability(organization: OrganizationId, email: &EmailAddress) -> Self {
        Self::within(organization, format!("DELIVERABILITY#{email}"))
    }

    /// The number of emails sent for members on a day.
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

    /// The key in DynamoDB's form.
    #[must_use]
    pub fn attributes(&self) -> HashMap<String, AttributeValue> {
        HashMap::from([
            (PK.to_owned(), AttributeValue::S(self.pk.clone())),
            (SK.to_owned(), AttributeValue::S(self.sk.clone())),
        ])
    }

    /// The key of an item that was read.
    #[must_use]
    pub fn of(item: &HashMap<String, AttributeValue>) -> Option<Self> {
        let text = |name| item.get(name)?.as_s().ok().cloned();
        Some(Self {
            pk: text(PK)?,
            sk: text(SK)?,
        })
    }

    /// Partition and place in the due index of this key's item, which is due at an instant.
    pub(crate) fn due(&self, at: jiff::Timestamp) -> [String; 2] {
        let place = format!("{}#{}#{}", instant(at), self.pk, self.sk);
        [due_shard(self.sum() % DUE_SHARDS), place]
    }

    /// The partition of the activity index for this member's item.
    pub(crate) fn activity_partition(&self) -> Option<String> {
        Some(activity_shard(self.organization_of()?, self.sum() % ACTIVITY_SHARDS))
    }

    /// A checksum that spreads items over shards.
    fn sum(&self) -> u8 {
        self.sk.bytes().fold(0u8, u8::wrapping_add)
    }

    /// The organization whose partition contains this key, if any.
    #[must_use]
    pub fn organization_of(&self) -> Option<OrganizationId> {
        self.pk.strip_prefix("ORG#")?.parse().ok()
    }

    /// The invitation that this key belongs to, pending or ended.
    #[must_use]
    pub fn invitation_of(&self) -> Option<InvitationId> {
        let sk = &self.sk;
        sk.strip_prefix(TEAM_INVITATION)
            .or_else(|| sk.strip_prefix(PAST_INVITATION))?
            .parse()
            .ok()
    }

    /// The member that this key belongs to: their own item, or an index item that ends in their id.
    #[must_use]
    pub fn member_of(&self) -> Option<UserId> {
        self.sk.rsplit('#').next()?.parse().ok()
    }

    /// The person that this key belongs to: their own item, or an entry that ends in their id.
    #[must_use]
    pub fn person_of(&self) -> Option<PersonId> {
        let id = self.sk.rsplit('#').next()?;
        let invitation = || id.parse().map(PersonId::Invitation);
        id.parse().map(PersonId::Member).or_else(|_| invitation()).ok()
    }

    /// The person whose own item has this key, as a member or a pending invitation.
    #[must_use]
    pub fn listed_person(&self) -> Option<PersonId> {
        self.person_of().filter(|_| self.sk.starts_with(TEAM))
    }

    /// The API key that this key belongs to, with the organization it opens.
    #[must_use]
    pub fn api_key_of(&self) -> Option<(OrganizationId, KeyId)> {
        let (owner, number) = self.sk.strip_prefix(API_KEY)?.split_once('#')?;
        let id = KeyId {
            owner: owner.parse().ok()?,
            number: number.parse().ok()?,
        };
        Some((self.organization_of()?, id))
    }

    /// The job that this key belongs to.
    #[must_use]
    pub fn job_of(&self) -> Option<JobId> {
        self.sk.strip_prefix("JOB#")?.parse().ok()
    }

    /// The mail that this key belongs to.
    #[must_use]
    pub fn mail_of(&self) -> Option<MailId> {
        self.sk.strip_prefix(MAIL)?.parse().ok()
    }
}
