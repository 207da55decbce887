//! Which entries serve what is asked for.

use super::PeopleQuery;
use super::place::Block;
use super::span::KeyRange;
use crate::keys;
use muster_domain::people::{By, Filter, Order};
use muster_domain::{Person, PersonId, ResourceRef};

/// How a block is read.
pub(super) struct Plan {
    pub(super) block: Block,
    order: Order,
    /// The word that the order is by, in [`Block::Words`].
    longest: String,
    /// The ranges of each filter whose entries have the block's order.
    pub(super) aligned: Vec<Vec<KeyRange>>,
    /// The ranges of everybody in the block's order, where no filter has entries in it.
    pub(super) base: Option<Vec<KeyRange>>,
    /// The ranges of each other filter but those of words.
    pub(super) others: Vec<Vec<KeyRange>>,
    /// Whether whom the words find must be known as well.
    pub(super) needs_words: bool,
    /// Whether they are gone along from the end.
    pub(super) backwards: bool,
    /// Whether whoever is in all the aligned ranges is meant.
    pub(super) exact: bool,
    /// Whether a filter has no ranges here and is applied to the rows.
    pub(super) by_row: bool,
}

const BY_NAME: Order = Order {
    by: By::Name,
    descending: false,
};

/// Those who joined in a period are listed with the latest first, unless something else is asked for.
const NEWEST_FIRST: Order = Order {
    by: By::Joined,
    descending: true,
};

impl Plan {
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
        // In the order of a word, that word is what is gone along, and both kinds of people with it.
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

    /// Whether this kind of person belongs into the block.
    pub(super) fn takes(&self, filter: &Filter, id: PersonId) -> bool {
        match id {
            PersonId::Member(_) => self.block != Block::Invitations && filter.takes_members(),
            PersonId::Invitation(_) => self.block != Block::Members && filter.takes_invitations(),
        }
    }

    /// Where a person stands in the block: what comes before their id in the text of their place.
    pub(super) fn place(&self, person: &Person) -> Option<String> {
        match (self.block, person) {
            (Block::Words, person) => {
                // Under the first of their words that is meant, so that they come once.
                let words = person.words();
                let word = words.iter().find(|word| word.starts_with(&self.longest))?;
                Some(format!("{word}#"))
            }
            (Block::Members, Person::Member(member)) => Some(format!("{}#", self.order.by.place(member))),
            (Block::Invitations, Person::Invitation(_)) => Some(String::new()),
            (Block::Members | Block::Invitations, _) => None,
        }
    }

    /// Whether somebody who was met at one place, and stands at another by now, is to be shown where they were met.
    ///
    /// A new name moves a member, and so does being active, as asking for the list is. Moved ahead they are met again, if there is
    /// `more` to come; moved behind us, they are not.
    pub(super) fn passes(&self, met: &str, own: &str, more: bool) -> bool {
        let ahead = if self.backwards { own < met } else { own > met };
        self.block == Block::Members && (!ahead || !more)
    }
}

/// The ranges of each filter.
struct Facets {
    /// Those whose entries are by name, or by invitation.
    named: Vec<Vec<KeyRange>>,
    /// Those who joined in a period.
    joined: Option<KeyRange>,
}

impl Facets {
    fn of(asked: &PeopleQuery, block: Block) -> Self {
        let filter = &asked.filter;
        let (members, invitations) = (block != Block::Invitations, block != Block::Members);
        // What members have and what invitations have lies apart.
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
