//! Orders of the list of people, and the position of a member in each.

use crate::member::Member;
use crate::search;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// The sort key of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// The name, or the address of a person without one; accents and case do not count.
    Name,
    /// When they joined.
    Joined,
    /// When they were last seen; members who never were count as the longest unseen.
    LastActive,
}

/// An order of members. Pending invitations, which have none of these, come after them, in the order they were first sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The sort key.
    pub by: By,
    /// Whether the last comes first.
    pub descending: bool,
}

/// The text is not an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be one of name, -name, joined, -joined, last_active, -last_active")]
pub struct OrderError;

impl FromStr for Order {
    type Err = OrderError;
    fn from_str(text: &str) -> Result<Self, OrderError> {
        let (descending, name) = text.strip_prefix('-').map_or((false, text), |name| (true, name));
        let by = match name {
            "name" => By::Name,
            "joined" => By::Joined,
            "last_active" => By::LastActive,
            _ => return Err(OrderError),
        };
        Ok(Self { by, descending })
    }
}

impl By {
    /// The position of a member, as text that sorts in this order. Ids decide between two members at the same position.
    #[must_use]
    pub fn place(self, member: &Member) -> String {
        match self {
            Self::Name => search::place(member.name.as_ref(), &member.email),
            Self::Joined => instant(member.joined_at),
            Self::LastActive => member.last_active_at.map_or_else(|| "0".to_owned(), instant),
        }
    }
}

/// An instant as text that sorts by time, to the millisecond.
#[must_use]
pub fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_a_name_with_or_without_a_minus() {
        for (name, by) in [
            ("name", By::Name),
            ("joined", By::Joined),
            ("last_active", By::LastActive),
        ] {
            for (text, descending) in [(name.to_owned(), false), (format!("-{name}"), true)] {
                assert_eq!(text.parse(), Ok(Order { by, descending }), "{text}");
            }
        }
        for text in ["", "-", "Name", "--name", "email"] {
            assert_eq!(text.parse::<Order>(), Err(OrderError), "{text}");
        }
    }

    #[test]
    fn instants_stand_in_the_order_of_time_to_the_millisecond() {
        let at = |text: &str| instant(text.parse().unwrap());
        assert_eq!(at("2026-03-10T12:00:00.0129Z"), "2026-03-10T12:00:00.012Z");
        assert!(at("2026-03-10T12:00:00Z") < at("2026-03-10T12:00:00.001Z"));
    }
}
