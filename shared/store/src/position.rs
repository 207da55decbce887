//! Positions: what each item of a transaction is for.

/// The purpose of one item of a transaction, so that a failed condition can be named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// The organization: seats, owners, settings, plan.
    Organization,
    /// A member.
    Member,
    /// A member on whose authority the change rests.
    Authority,
    /// An invitation.
    Invitation,
    /// The claim on an address.
    Claim,
    /// A resource.
    Resource,
    /// A contact, or its address.
    Contact,
    /// The record of a former member.
    FormerMember,
    /// An API key.
    ApiKey,
    /// An index item.
    Index,
    /// An export.
    Export,
    /// Background work.
    Job,
    /// An event.
    Event,
    /// An email.
    Mail,
    /// The deliverability of an address.
    Deliverability,
    /// The number of emails sent on a day.
    Sent,
    /// The response stored for an `Idempotency-Key`.
    IdempotencyKey,
}
