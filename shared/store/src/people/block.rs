//! The blocks of the list of people, and where a page ended in one of them.

use super::PeopleQuery;
use crate::cursor::Cursor;
use muster_domain::people::InviteStatus;

/// A part of a list, with an order of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Block {
    /// Search results, members and invitations alike, in the order of the matching words.
    Words,
    /// Members.
    Members,
    /// Pending invitations.
    Invitations,
}

impl Block {
    /// The parts of a list, in sequence.
    pub(super) fn of(asked: &PeopleQuery) -> Vec<Self> {
        let pending = asked.filter.invite_status == Some(InviteStatus::Pending);
        if asked.order.is_none() && !asked.filter.terms.is_empty() && !pending {
            return vec![Self::Words];
        }
        let members = asked.filter.takes_members().then_some(Self::Members);
        let invitations = asked.filter.takes_invitations().then_some(Self::Invitations);
        members.into_iter().chain(invitations).collect()
    }

    const fn letter(self) -> char {
        match self {
            Self::Words => 'w',
            Self::Members => 'm',
            Self::Invitations => 'i',
        }
    }
}

/// Where a page ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PageEnd {
    /// The part.
    pub(super) block: Block,
    /// The place in it that was last; empty before the first.
    pub(super) text: String,
}

impl PageEnd {
    pub(super) const fn start_of(block: Block) -> Self {
        Self {
            block,
            text: String::new(),
        }
    }

    pub(super) fn cursor(&self) -> Cursor {
        // INVARIANT 11: a cursor is a position in the order, and stays one when the person there leaves.
        Cursor::after(format!("{}{}", self.block.letter(), self.text))
    }

    pub(super) fn read(text: &str) -> Option<Self> {
        let blocks = [Block::Words, Block::Members, Block::Invitations];
        let letter = text.chars().next()?;
        let block = blocks.into_iter().find(|block| block.letter() == letter)?;
        Some(Self {
            block,
            text: text.chars().skip(1).collect(),
        })
    }
}
