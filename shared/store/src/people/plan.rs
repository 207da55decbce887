//! Choosing the entries that serve a query.

use super::PeopleQuery;
use super::block::Block;
use super::span::KeyRange;
use crate::keys;
use muster_domain::people::{By, Filter, Order};
use muster_domain::{Person, PersonId, ResourceRef};

/// How a block is read.
pub(super) struct PagePlan {
    pub(super) block: Block,
    order: Order,
    /// The word that the order is by, in [`Block::Words`].
    longest: String,
    /// The ranges of each filter whose entries have the block's order.
    pub(super) aligned: Vec<Vec<KeyRange>>,
    /// The ranges of everyone in the block's order, if no filter has entries in it.
    pub(super) base: Option<Vec<KeyRange>>,
    /// The ranges of each other filter except words.
    pub(super) others: Vec<Vec<KeyRange>>,
    /// Whether the people found by words must be known as well.
    pub(super) needs_words: bool,
    /// Whether the ranges are read from the end.
    pub(super) backwards: bool,
    /// Whether everyone in all the aligned ranges matches.
    pub(super) exact: bool,
    /// Whether a filter has no ranges here and is applied to the rows.
    pub(super) by_row: bool,
}

const BY_NAME: Order = Order {
    by: By::Name,
    descending: false,
};

/// Members who joined in a period are listed latest first by default.
const NEWEST_FIRST: Order = Order {
    by: By::Joined,
    descending: true,
};

impl PagePlan {
    pub(super) fn of(asked: &PeopleQuery, block: Block) -> Self {
        let natural = if asked.filter.joined.is_some() {
            NEWEST_FIRST
        } else {
            BY_NAME
        };
        let order = asked.order.unwrap_or(natural);
        let by_name = order.by == By::Name || block == Block::Invitations;
        let longest = asked.filter.terms.iter().max_by_key(|term| term.chars().count());
        let Facets { named, joined } = Facets::of(asked, block);
        let joined = joined.map(|span| vec![span]);
        let (aligned, others): (Vec<_>, Vec<_>) = match block {
            Block::Words => (Vec::new(), named.into_iter().chain(joined).collect()),
            _ if by_name => (named, joined.into_iter().collect()),
            _ if order.by == By::Joined => (joined.into_iter().collect(), named),
            _ => (Vec::new(), named.into_iter().chain(joined).collect()),
        };
        let all = match block {
            Block::Words => vec![KeyRange::word(longest.map_or("", String::as_str))],
            Block::Invitations => vec![KeyRange::of(keys::TEAM_INVITATION)],
            Block::Members => match order.by {
                By::Name => vec![KeyRange::of(keys::NAME)],
                By::Joined => vec![KeyRange::of(keys::JOINED)],
                By::LastActive => KeyRange::by_activity(),
            },
        };
        let words = asked.filter.terms.len();
        // The order of a word follows that word's range, which includes both kinds of people.
        let all_kinds = asked.filter.takes_members() && asked.filter.takes_invitations();
        let by_row = asked.roles_by_row && !asked.filter.roles.is_empty();
        let exact = others.is_empty() && !by_row && words <= usize::from(block == Block::Words && all_kinds);
        Self {
            block,
            order,
            longest: longest.cloned().unwrap_or_default(),
            base: aligned.is_empty().then_some(all),
            aligned,
            others,
            needs_words: words > 0 && !exact,
            backwards: order.descending && block == Block::Members,
            exact,
            by_row,
        }
    }

    /// Whether this kind of person belongs in the block.
    pub(super) fn takes(&self, filter: &Filter, id: PersonId) -> bool {
        match id {
            PersonId::Member(_) => self.block != Block::Invitations && filter.takes_members(),
            PersonId::Invitation(_) => self.block != Block::Members && filter.takes_invitations(),
        }
    }

    /// A person's place in the block: the text before their id.
    pub(super) fn place(&self, person: &Person) -> Option<String> {
        match (self.block, person) {
            (Block::Words, person) => {
                // Listed under the first of their words that matches, so that they appear once.
                let words = person.words();
                let word = words.iter().find(|word| word.starts_with(&self.longest))?;
                Some(format!("{word}#"))
            }
            (Block::Members, Person::Member(member)) => Some(format!("{}#", self.order.by.place(member))),
            (Block::Invitations, Person::Invitation(_)) => Some(String::new()),
            (Block::Members | Block::Invitations, _) => None,
        }
    }

    /// Whether a person who was found at one place, and now has another, is shown where they were found.
    ///
    /// A new name moves a member, and so does activity, such as requesting the list. A member who moved ahead is found again if
    /// there is `more` to come; one who moved back is not.
    pub(super) fn passes(&self, met: &str, own: &str, more: bool) -> bool {
        let ahead = if self.backwards { own < met } else { own > met };
        self.block == Block::Members && (!ahead || !more)
    }
}

/// The ranges of each filter.
struct Facets {
    /// The ranges of filters with entries by name, or by invitation.
    named: Vec<Vec<KeyRange>>,
    /// The range of members who joined in a period.
    joined: Option<KeyRange>,
}

impl Facets {
    fn of(asked: &PeopleQuery, block: Block) -> Self {
        let filter = &asked.filter;
        let (members, invitations) = (block != Block::Invitations, block != Block::Members);
        // Members' and invitations' entries have separate prefixes.
        let both = |held: String, offered: String| {
            let held = members.then(|| KeyRange::of(held));
            let offered = invitations.then(|| KeyRange::of(offered));
            held.into_iter().chain(offered)
        };
        let on = |resource: &ResourceRef| both(keys::grants_prefix(resource), keys::offers_on_prefix(resource));
        let within = asked.within.as_ref().map(|all| all.iter().flat_map(on).collect());
        let of = |role| both(keys::holders_prefix(role), keys::offers_prefix(role));
        let roles =
            (!filter.roles.is_empty() && !asked.roles_by_row).then(|| filter.roles.iter().flat_map(of).collect());
        let status = filter
            .status
            .map(|status| vec![KeyRange::of(keys::status_prefix(status))]);
        Self {
            named: [within, roles, status].into_iter().flatten().collect(),
            joined: filter.joined.map(KeyRange::joined),
        }
    }
}
