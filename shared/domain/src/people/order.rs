//! Orders of the list of people, and where a member stands in each.

use crate::member::Member;
use crate::search;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// What a list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// The name, or the address of one without a name; whatever accents and case.
    Name,
    /// When they joined.
    Joined,
    /// When they were last seen; those who never were are the longest unseen.
    LastActive,
}

/// An order of members. Pending invitations, which have none of these, come after them, in the order they were first sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// What by.
    pub by: By,
    /// The last first.
    pub descending: bool,
}

/// The text is no order.
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
    /// Where a member stands, as text whose order is this one. Between two at the same place their ids decide.
    #[must_use]
    pub fn place(self, member: &Member) -> String {
        match self {
            Self::Name => search::place(member.name.as_ref(), &member.email),
            Self::Joined => instant(member.joined_at),
            Self::LastActive => member.last_active_at.map_or_else(|| "0".to_owned(), instant),
        }
    }
}

/// An instant as text whose order is the order of time, to the millisecond.
#[must_use]
pub fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}
