//! Counting the mail that members have sent on a day. It has an item of its own: the organization's is hot enough.

use super::Transaction;
use super::parts::{Edit, WriteCondition, number};
use crate::error::StoreError;
use crate::items::SENT;
use crate::keys::{self, Key};
use crate::position::Position;
use aws_sdk_dynamodb::types::AttributeValue;
use muster_domain::rules::pace::day;
use muster_domain::{Changes, Organization};

/// How long a day's count is stored, from the start of the day, in seconds: two days.
const KEPT_SECONDS: i64 = 2 * 24 * 60 * 60;

impl Transaction<'_> {
    /// Counts the mail that these changes send by hand, if the day has room for it.
    pub(super) fn sent(&mut self, organization: &Organization, changes: &Changes) -> Result<(), StoreError> {
        let count = changes.member_mail();
        let Some(mail) = changes.mail.first().filter(|_| count > 0) else {
            return Ok(());
        };
        let room = i128::from(organization.mail_limit()) - i128::from(count);
        // INVARIANT 12: the day still has room for this email when it is queued.
        let condition = match room {
            0.. => "(attribute_not_exists(#count) OR #count <= :room)",
            // No day has room for this much, not even one without any mail sent.
            _ => "#count <= :room",
        };
        let condition = WriteCondition::new(condition).name("#count", "count");
        let mut edit = Edit::when(condition.value(":room", number(room)));
        edit.add("count", count);
        edit.set(keys::KIND, AttributeValue::S(SENT.to_owned()));
        edit.set(keys::TTL, number(mail.created_at.as_second() + KEPT_SECONDS));
        self.update(
            Position::Sent,
            &Key::sent_on(organization.id, day(mail.created_at)),
            edit,
        )
    }
}
