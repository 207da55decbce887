//! Pages of searches: a token continues only the search it came from.

use crate::api::access::ask::NamedOrganization;
use crate::api::access::find::{Search, SearchPage, SearchResponse};
use muster_domain::violation::Violation;
use muster_edge::cursors::CursorKey;
use muster_edge::query::{DEFAULT_LIMIT, MAX_LIMIT};
use muster_edge::{Call, Problem};
use muster_store::Cursor;
use serde_json::json;

/// The requested page of a search.
pub(super) struct Paging {
    /// The number of candidates to check.
    pub(super) limit: usize,
    /// The candidate after which the page begins.
    pub(super) after: Option<Cursor>,
    /// The search that a token is bound to.
    search: String,
    /// The key that seals tokens.
    key: CursorKey,
}

fn refused(field: &str, code: &'static str, detail: impl Into<String>) -> Problem {
    Problem::invalid([Violation::field(field, code, detail)])
}

impl Paging {
    /// The page that a search asks for. A token is bound to the whole search except `page`, of which only `properties` counts.
    pub(super) fn of(call: &Call, body: &impl Search, organization: NamedOrganization) -> Result<Self, Problem> {
        let mut whole = serde_json::to_value(body).map_err(|_| Problem::internal())?;
        if let Some(parts) = whole.as_object_mut() {
            parts.remove("page");
        }
        let page = body.page();
        let properties = page.and_then(|page| page.properties.as_ref());
        let search = format!("{} {organization:?} {whole} {}", call.raw_path(), json!(properties));
        let key = call.cursor_key()?.clone();
        let asked = match page.and_then(|page| page.limit) {
            Some(0) => return Err(refused("page.limit", "out_of_range", "must be at least 1")),
            Some(limit) => Some(usize::try_from(limit).unwrap_or(MAX_LIMIT).min(MAX_LIMIT)),
            None => None,
        };
        let token = page
            .and_then(|page| page.token.as_deref())
            .filter(|token| !token.is_empty());
        let Some(token) = token else {
            return Ok(Self {
                limit: asked.unwrap_or(DEFAULT_LIMIT),
                after: None,
                search,
                key,
            });
        };
        let foreign = || refused("page.token", "invalid_token", "the token belongs to another search");
        let opened = key.open(token, &search).map_err(|_| foreign())?;
        let (limit, after) = opened.sort_key().split_once(' ').ok_or_else(foreign)?;
        let limit: usize = limit.parse().map_err(|_| foreign())?;
        if asked.is_some_and(|asked| asked != limit) {
            return Err(refused(
                "page.limit",
                "changed",
                "must be the same as on the first page",
            ));
        }
        Ok(Self {
            limit: limit.clamp(1, MAX_LIMIT),
            after: Some(Cursor::after(after.to_owned())),
            search,
            key,
        })
    }

    /// The results, with the token of the next page.
    pub(super) fn response<T>(&self, results: Vec<T>, next: Option<&Cursor>) -> SearchResponse<T> {
        let token = |next: &Cursor| {
            let next = Cursor::after(format!("{} {}", self.limit, next.sort_key()));
            self.key.seal(&next, &self.search)
        };
        SearchResponse {
            page: SearchPage {
                next_token: next.and_then(token).unwrap_or_default(),
                count: results.len(),
            },
            context: None,
            results,
        }
    }
}
