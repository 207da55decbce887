//! Which entries serve what is asked for.

use super::Asked;
use super::place::Block;
use super::span::Span;
use crate::keys;
use muster_domain::people::{By, Filter, Order};
use muster_domain::{Person, PersonId, ResourceRef};

/// How a block is read.
pub(super) struct Plan {
    pub(super) block: Block,
    order: Order,
    /// The word that the order is by, in [`Block::Words`].
    longest: String,
    /// The ranges that are gone along; all of them have the block's order.
    pub(super) walk: Vec<Span>,
    /// Whether they are gone along from the end.
    pub(super) backwards: bool,
    /// The ranges of each filter.
    pub(super) facets: Vec<Vec<Span>>,
    /// Whether everybody in the walked ranges is meant.
    pub(super) exact: bool,
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
    pub(super) fn of(asked: &Asked, block: Block) -> Self {
        let natural = if asked.filter.joined.is_some() {
            NEWEST_FIRST
        } else {
            BY_NAME
        };
        let order = asked.order.unwrap_or(natural);
        let facets = Facets::of(asked, block);
        let longest = asked.filter.terms.iter().max_by_key(|term| term.chars().count());
        // Which filter has entries in this order: the one that names the fewest people comes first.
        let (walk, served) = match (block, order.by) {
            (Block::Words, _) => (facets.longest.clone(), facets.words.len().min(1)),
            (Block::Members, By::Joined) => match &facets.joined {
                Some(period) => (vec![period.clone()], 1),
                None => (vec![Span::of(keys::JOINED)], 0),
            },
            (Block::Members, By::LastActive) => (vec![Span::by_activity()], 0),
            (Block::Members, By::Name) => facets.first_of_all(keys::NAME),
            (Block::Invitations, _) => facets.first_of_all(keys::TEAM_INVITATION),
        };
        let facets = facets.all();
        Self {
            block,
            order,
            longest: longest.cloned().unwrap_or_default(),
            walk,
            backwards: order.descending && block == Block::Members,
            exact: facets.len() == served,
            facets,
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
    /// Being active moves a member to the latest: going towards it, they are met again there; going away from it, they never are.
    pub(super) fn passes(&self, met: &str, own: &str) -> bool {
        self.order.by == By::LastActive && self.block == Block::Members && self.backwards && own > met
    }
}

/// The ranges of each filter.
#[derive(Default)]
struct Facets {
    within: Option<Vec<Span>>,
    roles: Option<Vec<Span>>,
    status: Option<Span>,
    joined: Option<Span>,
    words: Vec<Span>,
    longest: Vec<Span>,
}

impl Facets {
    fn of(asked: &Asked, block: Block) -> Self {
        let filter = &asked.filter;
        let (members, invitations) = (block != Block::Invitations, block != Block::Members);
        // What members have and what invitations have lies apart.
        let both = |held: String, offered: String| {
            let held = members.then(|| Span::of(held));
            let offered = invitations.then(|| Span::of(offered));
            held.into_iter().chain(offered)
        };
        let on = |resource: &ResourceRef| both(keys::grants_prefix(resource), keys::offers_on_prefix(resource));
        let word = |term: &String| Span::of(format!("{}{term}", keys::WORD)).after(keys::WORD);
        let roles = filter.roles.iter();
        let longest = filter.terms.iter().max_by_key(|term| term.chars().count());
        Self {
            within: asked.within.as_ref().map(|all| all.iter().flat_map(on).collect()),
            roles: (!filter.roles.is_empty()).then(|| {
                roles
                    .flat_map(|role| both(keys::holders_prefix(role), keys::offers_prefix(role)))
                    .collect()
            }),
            status: filter.status.map(|status| Span::of(keys::status_prefix(status))),
            joined: filter.joined.map(Span::joined),
            words: filter.terms.iter().map(word).collect(),
            longest: longest.map(word).into_iter().collect(),
        }
    }

    /// The ranges of the first filter there is, or everybody's; and how many filters that serves.
    fn first_of_all(&self, everybody: &str) -> (Vec<Span>, usize) {
        let status = || self.status.clone().map(|span| vec![span]);
        let first = self.within.clone().or_else(|| self.roles.clone()).or_else(status);
        first.map_or_else(|| (vec![Span::of(everybody)], 0), |spans| (spans, 1))
    }

    fn all(self) -> Vec<Vec<Span>> {
        let one = |span: Option<Span>| span.map(|span| vec![span]);
        let some = [self.within, self.roles, one(self.status), one(self.joined)];
        let words = self.words.into_iter().map(|span| vec![span]);
        some.into_iter().flatten().chain(words).collect()
    }
}
