//! Orders of the list of people, and the position of a member in each.

use crate::member::Member;
use crate::search;
use crate::vocabulary::{UnknownWord, vocabulary};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

vocabulary! {
    /// The sort key of a list.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
    pub enum By {
        /// The name, or the address of a person without one; accents and case do not count.
        Name = "name",
        /// When they joined.
        Joined = "joined",
        /// When they were last seen; members who never were count as the longest unseen.
        LastActive = "last_active",
    }
}

/// An order of members. Pending invitations, which have none of these, come after them, in the order they were first sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The sort key.
    pub by: By,
    /// Whether the last comes first.
    pub descending: bool,
}

impl Order {
    /// All orders.
    pub const ALL: [Self; 6] = [
        Self::rising(By::Name),
        Self::falling(By::Name),
        Self::rising(By::Joined),
        Self::falling(By::Joined),
        Self::rising(By::LastActive),
        Self::falling(By::LastActive),
    ];

    /// The names of all orders.
    pub const WORDS: &'static [&'static str] = &Self::NAMES;

    const NAMES: [&'static str; 6] = {
        let [a, b, c, d, e, f] = Self::ALL;
        [a.as_str(), b.as_str(), c.as_str(), d.as_str(), e.as_str(), f.as_str()]
    };

    const fn rising(by: By) -> Self {
        Self { by, descending: false }
    }

    const fn falling(by: By) -> Self {
        Self { by, descending: true }
    }

    /// The name in requests: that of the sort key, after a `-` if the last comes first.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match (self.by, self.descending) {
            (by, false) => by.as_str(),
            (By::Name, true) => "-name",
            (By::Joined, true) => "-joined",
            (By::LastActive, true) => "-last_active",
        }
    }
}

impl FromStr for Order {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let known = Self::ALL.into_iter().find(|order| order.as_str() == text);
        known.ok_or(UnknownWord { words: Self::WORDS })
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
            let refused = text.parse::<Order>().unwrap_err();
            assert_eq!(
                refused.to_string(),
                "must be one of name, -name, joined, -joined, last_active, -last_active"
            );
        }
    }

    #[test]
    fn instants_stand_in_the_order_of_time_to_the_millisecond() {
        let at = |text: &str| instant(text.parse().unwrap());
        assert_eq!(at("2026-03-10T12:00:00.0129Z"), "2026-03-10T12:00:00.012Z");
        assert!(at("2026-03-10T12:00:00Z") < at("2026-03-10T12:00:00.001Z"));
    }
}
