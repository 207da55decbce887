//! One request, as it is drawn: who asks for what, and what is known beforehand of what may come of it.

use muster_domain::RoleId;
use muster_functions::routes::{ROUTES, Route};
use serde_json::Value;
use std::fmt;

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    /// Nobody: without a token.
    Nobody,
    /// The platform's operator.
    Platform,
    /// A person, signed in.
    Person(usize),
    /// Whoever has this key of this organization.
    Key(usize, usize),
}

/// A request.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// Where it goes.
    pub(crate) route: &'static Route,
    /// Who asks.
    pub(crate) who: Who,
    /// The organization that it is about.
    pub(crate) organization: Option<usize>,
    /// The path, filled in.
    pub(crate) path: String,
    /// The body.
    pub(crate) body: Option<Value>,
    /// Header fields.
    pub(crate) headers: Vec<(&'static str, String)>,
    /// The person that it is about.
    pub(crate) about: Option<usize>,
    /// Those who may be more after it than before.
    pub(crate) gains: Vec<usize>,
    /// The role that it gives.
    pub(crate) gives: Option<RoleId>,
    /// The key that it is about.
    pub(crate) key: Option<usize>,
    /// Whether it was made faulty.
    pub(crate) spoiled: bool,
    /// Whether it was sent before, with the same `Idempotency-Key`.
    pub(crate) repeated: bool,
}

impl Request {
    /// A request to the route of this binary.
    pub(crate) fn new(binary: &str, who: Who) -> Self {
        let route = ROUTES.iter().find(|route| route.binary == binary).expect("a route");
        Self {
            route,
            who,
            organization: None,
            path: route.path.to_owned(),
            body: None,
            headers: Vec::new(),
            about: None,
            gains: Vec::new(),
            gives: None,
            key: None,
            spoiled: false,
            repeated: false,
        }
    }

    /// Fills a variable of the path in.
    pub(crate) fn fill(&mut self, name: &str, value: &str) {
        self.path = self.path.replace(&format!("{{{name}}}"), value);
    }

    /// Whether the path names an organization.
    pub(crate) fn is_inside(&self) -> bool {
        self.route.path.contains("{org}")
    }

    /// How often it may give this person more.
    pub(crate) fn gains_of(&self, person: usize) -> u64 {
        self.gains.iter().filter(|gains| **gains == person).count() as u64
    }

    /// Whether it only reads, whoever asks.
    pub(crate) fn reads(&self) -> bool {
        self.route.method == "GET" || self.route.path.starts_with("/access/") || self.route.binary == "verify-api-key"
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {} {}", self.who, self.route.method, self.path)?;
        if let Some(body) = &self.body {
            write!(f, " {body}")?;
        }
        for (name, value) in &self.headers {
            write!(f, " [{name}: {value}]")?;
        }
        Ok(())
    }
}
