//! The list of people by looking at every row: what the indexes must give.

use jiff::Timestamp;
use muster_domain::search::fold;
use serde_json::Value;

/// What is asked for, as it stands in the query.
#[derive(Debug, Clone, Default)]
pub(super) struct Question {
    pub(super) q: &'static str,
    pub(super) status: &'static str,
    pub(super) roles: Vec<&'static str>,
    pub(super) invite_status: &'static str,
    /// The parameter, and the days within: from and before, counted back from now.
    pub(super) joined_in: Option<(&'static str, i64)>,
    pub(super) resource: &'static str,
    pub(super) sort: &'static str,
}

impl Question {
    pub(super) fn query(&self) -> String {
        let roles = self.roles.join(",");
        let joined = self.joined_in.map(|(text, _)| text).unwrap_or_default();
        [
            ("q", self.q),
            ("status", self.status),
            ("role", &roles),
            ("invite_status", self.invite_status),
            ("joined_in", joined),
            ("resource", self.resource),
            ("sort", self.sort),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", value.replace(' ', "%20")))
        .collect::<Vec<_>>()
        .join("&")
    }

    fn means(&self, row: &Value, now: Timestamp) -> bool {
        let is = |name: &str, wanted: &str| wanted.is_empty() || row[name] == wanted;
        let grants = row["grants"].as_array().expect("grants");
        let has_role = |role: &&str| row["role"] == **role || grants.iter().any(|grant| grant["role"] == **role);
        let on = |grant: &Value| format!("{}:{}", text(&grant["type"]), text(&grant["id"])) == self.resource;
        let joined = || {
            row["joined_at"]
                .as_str()
                .map(|at| at.parse::<Timestamp>().expect("an instant"))
        };
        let within = |days: i64| joined().is_some_and(|at| at >= now - jiff::SignedDuration::from_hours(24 * days));
        let words = words(row);
        self.q
            .split_whitespace()
            .all(|term| words.iter().any(|word| word.starts_with(&fold(term))))
            && is("status", self.status)
            && is("invite_status", self.invite_status)
            && (self.roles.is_empty() || self.roles.iter().any(has_role))
            && (self.resource.is_empty() || grants.iter().any(on))
            && self.joined_in.is_none_or(|(_, days)| within(days))
    }

    /// The rows that are meant, in order; where the order is by the words found, only which rows.
    pub(super) fn answer(&self, all: &[Value], now: Timestamp) -> Vec<Value> {
        let mut rows: Vec<Value> = all.iter().filter(|row| self.means(row, now)).cloned().collect();
        let natural = if self.joined_in.is_some() { "-joined" } else { "name" };
        let sort = if self.sort.is_empty() { natural } else { self.sort };
        let name = sort.trim_start_matches('-');
        let (mut members, pending): (Vec<Value>, Vec<Value>) = rows.drain(..).partition(|row| row["kind"] == "member");
        members.sort_by_key(|row| (place(row, name), text(&row["id"])));
        if sort.starts_with('-') {
            members.reverse();
        }
        let mut pending = pending;
        pending.sort_by_key(|row| text(&row["id"]));
        members.into_iter().chain(pending).collect()
    }

    /// Whether the order is by the words found.
    pub(super) fn is_by_words(&self) -> bool {
        !self.q.is_empty() && self.sort.is_empty()
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Text in the order of time, which the text of an answer is not: it tells no more digits of a second than there are.
fn instant(value: &Value) -> String {
    let at = value.as_str().map(|at| at.parse::<Timestamp>().expect("an instant"));
    at.map_or(String::new(), |at| format!("{:.3}", at))
}

fn place(row: &Value, sort: &str) -> String {
    match sort {
        "name" => fold(row["name"].as_str().unwrap_or(&text(&row["email"]))).replace([' ', '!', '"'], "$"),
        "joined" => instant(&row["joined_at"]),
        _ => instant(&row["last_active_at"]),
    }
}

fn words(row: &Value) -> Vec<String> {
    let email = fold(&text(&row["email"]));
    let (local, domain) = email.split_once('@').expect("an address");
    let named = row["name"].as_str().map_or(String::new(), fold);
    let parts = |text: &str| -> Vec<String> { text.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect() };
    let whole = named
        .split_whitespace()
        .flat_map(|word| [word.to_owned(), word.replace(['\'', '-'], "")]);
    [parts(&named), parts(local)]
        .concat()
        .into_iter()
        .filter(|part| !part.is_empty())
        .chain(whole)
        .chain([email.clone(), domain.to_owned()])
        .collect()
}
