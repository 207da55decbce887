//! The people who play, and their tokens.

use jiff::{SignedDuration, Timestamp};
use muster_tests::{Harness, Persona};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// How long a token is used. It is good for twelve hours, and the clock moves while requests are under way.
const USED: SignedDuration = SignedDuration::from_hours(6);
/// How long a token is good without doubt.
const GOOD: SignedDuration = SignedDuration::from_hours(11);

/// One of the people.
#[derive(Debug)]
pub(crate) struct Person {
    /// Who they are to the identity provider.
    pub(crate) persona: Persona,
    /// Their id.
    pub(crate) id: String,
    /// Whether the identity provider says that their address is theirs.
    pub(crate) verified: bool,
}

/// A token, and until when it is accepted without doubt.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) good_until: Timestamp,
    renewed_at: Timestamp,
}

/// Everybody. People are known by their numbers, which a seed can repeat; ids are others in each run.
pub(crate) struct Cast {
    pub(crate) people: Vec<Person>,
    operator: Persona,
    by_id: HashMap<String, usize>,
    by_email: HashMap<String, usize>,
    tokens: Mutex<HashMap<Option<usize>, Token>>,
}

impl Cast {
    /// So many people, and the operator of the platform.
    pub(crate) fn new(h: &Harness, count: usize) -> Self {
        let people: Vec<Person> = (0..count).map(|number| person(h, number)).collect();
        let numbered = || people.iter().enumerate();
        Self {
            by_id: numbered().map(|(n, p)| (p.id.clone(), n)).collect(),
            by_email: numbered().map(|(n, p)| (p.persona.email().to_owned(), n)).collect(),
            people,
            operator: h.platform(),
            tokens: Mutex::default(),
        }
    }

    /// The number of the person with this id.
    pub(crate) fn of_id(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    /// The number of the person with this address.
    pub(crate) fn of_email(&self, email: &str) -> Option<usize> {
        self.by_email.get(email).copied()
    }

    /// The address of a person.
    pub(crate) fn email(&self, person: usize) -> &str {
        self.people[person].persona.email()
    }

    /// A token of a person, or of the platform's operator.
    pub(crate) fn token(&self, h: &Harness, person: Option<usize>) -> Token {
        let now = h.backend.clock().now();
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = tokens.get(&person).filter(|token| now < token.renewed_at) {
            return known.clone();
        }
        let persona = person.map_or(&self.operator, |person| &self.people[person].persona);
        let token = Token {
            text: persona.token(h),
            good_until: now + GOOD,
            renewed_at: now + USED,
        };
        tokens.insert(person, token.clone());
        token
    }
}

/// Most have an address of one company; some are outside helpers, some have an address at which mail does not arrive, and some
/// have not shown that theirs is theirs.
fn person(h: &Harness, number: usize) -> Person {
    let name = format!("person{number}");
    let (email, verified) = match number % 20 {
        3 | 9 | 17 => (format!("{name}@partner.example"), true),
        5 => (format!("bounce+{number}@acme.example"), true),
        11 => (format!("complaint+{number}@acme.example"), true),
        13 => (format!("{name}@acme.example"), false),
        _ => (format!("{name}@acme.example"), true),
    };
    let persona = h.person(&name).with_email(&email, verified);
    Person {
        id: persona.id(),
        persona,
        verified,
    }
}
