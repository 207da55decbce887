//! Limits on mail: how much members may send to one address and in one organization.
//!
//! Only mail that a member sends by hand counts: invitations, and mail about having been added. Notices follow from changes of
//! state, and are few.

use crate::changes::Changes;
use crate::feedback::{Deliverability, RecentMail};
use crate::invitation::Invitation;
use crate::mail::Mail;
use crate::organization::Organization;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// The most emails sent by hand that one address gets from an organization within [`PERIOD`].
pub const MAX_PER_RECIPIENT: usize = 5;

/// The period over which mail to one address is counted.
pub const PERIOD: SignedDuration = SignedDuration::from_hours(24);

/// The most emails a day that the members of an organization may send, unless its plan sets another limit.
pub const DEFAULT_MAIL_LIMIT: u64 = 1_000;

/// The delay after an invitation's first, second, … mail before it can be resent; after later ones, [`PERIOD`].
///
/// Two further emails without a delay help an invitee who looks for the first. These delays allow at most five emails within any
/// 24 hours.
const RESEND_DELAYS: [SignedDuration; 4] = [
    SignedDuration::ZERO,
    SignedDuration::ZERO,
    SignedDuration::from_mins(10),
    SignedDuration::from_hours(1),
];

/// When the invitation can be resent; `None` if that is now. Of two concurrent requests, the second one may be dated before
/// the first.
#[must_use]
pub fn resend_allowed_at(invitation: &Invitation) -> Option<Timestamp> {
    let mails = usize::try_from(invitation.generation).unwrap_or(usize::MAX);
    let delay = RESEND_DELAYS.get(mails.saturating_sub(1)).copied().unwrap_or(PERIOD);
    (!delay.is_zero()).then(|| invitation.sent_at.checked_add(delay).unwrap_or(Timestamp::MAX))
}

/// The emails that count at `now`.
pub(super) fn counted(mailed: &[RecentMail], now: Timestamp) -> impl Iterator<Item = &RecentMail> {
    mailed.iter().filter(move |mail| now.duration_since(mail.at) < PERIOD)
}

/// When the address can be mailed by hand again; `None` if it can be now.
#[must_use]
pub fn email_allowed_at(known: &Deliverability, now: Timestamp) -> Option<Timestamp> {
    let mut counted: Vec<Timestamp> = counted(&known.mailed, now).map(|mail| mail.at).collect();
    counted.sort_unstable();
    let first = counted.iter().rev().nth(MAX_PER_RECIPIENT - 1)?;
    first.checked_add(PERIOD).ok()
}

/// The recent emails to an address with this email added; `None` if they would be too many. An email counts once, however often
/// it is tried: one that goes back to the outbox, and returns from there under another id, is taken out by [`without`].
#[must_use]
pub fn with_mail_counted(mailed: &[RecentMail], mail: &Mail, now: Timestamp) -> Option<Vec<RecentMail>> {
    let mut counted: Vec<RecentMail> = counted(mailed, now).cloned().collect();
    if counted.iter().any(|recent| recent.mail == mail.id) {
        return Some(counted);
    }
    if counted.len() >= MAX_PER_RECIPIENT {
        return None;
    }
    counted.push(RecentMail { mail: mail.id, at: now });
    Some(counted)
}

/// The sendings to an address without this email, which was not sent; none if it is not among them.
#[must_use]
pub fn without(mailed: &[RecentMail], mail: &Mail) -> Option<Vec<RecentMail>> {
    let others: Vec<RecentMail> = mailed
        .iter()
        .filter(|sending| sending.mail != mail.id)
        .cloned()
        .collect();
    (others.len() < mailed.len()).then_some(others)
}

/// The mail sent for an organization's members on a day, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SentToday {
    /// How many emails.
    pub count: u64,
    /// The present instant of that day.
    pub now: Timestamp,
}

/// The wait before something can be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// Until this instant.
    pub until: Timestamp,
    /// The same as seconds from now.
    pub seconds: u64,
}

impl Wait {
    /// From one instant to another.
    #[must_use]
    pub fn between(now: Timestamp, until: Timestamp) -> Self {
        let left = until.duration_since(now).as_millis().max(0);
        Self {
            until,
            seconds: u64::try_from(left).unwrap_or(u64::MAX).div_ceil(1_000),
        }
    }
}

/// The refusal of more mail than an organization's members may send on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailLimit {
    /// The most emails a day.
    pub limit: u64,
    /// The wait until the next day; `None` if even a whole day's limit would not suffice.
    pub wait: Option<Wait>,
}

/// The day, in UTC, on which an email counts.
#[must_use]
pub fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

/// When the day ends.
#[must_use]
pub fn day_ends(at: Timestamp) -> Timestamp {
    let tomorrow = day(at).tomorrow().and_then(|day| day.to_zoned(TimeZone::UTC));
    tomorrow.map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}

impl Organization {
    /// The most emails a day that its members may send.
    #[must_use]
    pub fn mail_limit(&self) -> u64 {
        self.plan.mail_limit.unwrap_or(DEFAULT_MAIL_LIMIT)
    }
}

impl Changes {
    /// The number of emails that a member sends by hand with these changes. Released mail does not count: it counted when it was
    /// first queued.
    #[must_use]
    pub fn member_mail(&self) -> u64 {
        let count = |mail: &[Mail]| mail.iter().filter(|mail| mail.letter.is_by_hand()).count() as u64;
        count(&self.mail).saturating_sub(count(&self.released))
    }
}

impl SentToday {
    /// How many more emails can be sent on the day.
    #[must_use]
    pub fn room(self, organization: &Organization) -> u64 {
        organization.mail_limit().saturating_sub(self.count)
    }

    /// This number, with the emails of these changes.
    #[must_use]
    pub fn and(self, changes: &Changes) -> Self {
        Self {
            count: self.count.saturating_add(changes.member_mail()),
            ..self
        }
    }

    /// Whether the mail of these changes can be sent on the day.
    ///
    /// # Errors
    /// [`MailLimit`].
    pub fn fits(self, organization: &Organization, changes: &Changes) -> Result<(), MailLimit> {
        let needed = changes.member_mail();
        if needed <= self.room(organization) {
            return Ok(());
        }
        let limit = organization.mail_limit();
        let wait = Wait::between(self.now, day_ends(self.now));
        Err(MailLimit {
            limit,
            wait: (needed <= limit).then_some(wait),
        })
    }
}
