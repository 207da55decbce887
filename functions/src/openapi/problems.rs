//! The responses with problems: for each status of an operation, the types that it can have there.

use super::headers;
use crate::routes::Route;
use muster_edge::problem::ProblemType;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The types that a response can have, under one status.
type Types = BTreeSet<ProblemType>;

/// The responses with problems of all operations. Those of several operations are components, so each is written once.
pub(super) struct ProblemResponses {
    schema: Value,
    shared: BTreeSet<(u16, Types)>,
}

impl ProblemResponses {
    /// The responses of these routes, whose bodies have this schema.
    pub(super) fn of<'a>(routes: impl Iterator<Item = &'a Route>, schema: Value) -> Self {
        let mut counts: BTreeMap<(u16, Types), usize> = BTreeMap::new();
        for response in routes.flat_map(Route::problems_by_status) {
            *counts.entry(response).or_default() += 1;
        }
        let shared = counts.into_iter().filter(|(_, count)| *count > 1);
        Self {
            schema,
            shared: shared.map(|(response, _)| response).collect(),
        }
    }

    /// The responses of one route, by their statuses.
    pub(super) fn of_route(&self, route: &Route) -> Map<String, Value> {
        let all = route.problems_by_status().into_iter();
        let all = all.map(|(status, types)| {
            let (key, response) = (status.to_string(), (status, types));
            if self.shared.contains(&response) {
                let name = name(&response.1);
                (key, json!({ "$ref": format!("#/components/responses/{name}") }))
            } else {
                (key, self.described(&response.1))
            }
        });
        all.collect()
    }

    /// The responses of several routes, by their names.
    pub(super) fn components(&self) -> Map<String, Value> {
        let all = self.shared.iter();
        all.map(|(_, types)| (name(types), self.described(types))).collect()
    }

    fn described(&self, types: &Types) -> Value {
        let uris: Vec<String> = types.iter().map(|kind| kind.uri()).collect();
        let titles: Vec<&str> = types.iter().map(|kind| kind.title()).collect();
        let one_of = if titles.len() > 1 { "One of: " } else { "" };
        let only = json!({ "properties": { "type": { "enum": uris } } });
        let schema = json!({ "allOf": [self.schema, only] });
        json!({
            "description": format!("{one_of}{}.", titles.join("; ")),
            "headers": headers::of_problems(types),
            "content": { "application/problem+json": { "schema": schema } },
        })
    }
}

/// The name of a response: its types.
fn name(types: &Types) -> String {
    let names: Vec<String> = types.iter().map(|kind| format!("{kind:?}")).collect();
    names.join("Or")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::ROUTES;

    #[test]
    fn responses_of_several_operations_differ_in_their_names() {
        let responses = ProblemResponses::of(ROUTES.iter(), Value::Null);
        assert_eq!(responses.components().len(), responses.shared.len());
    }

    #[test]
    fn a_response_has_the_types_of_its_status() {
        let responses = ProblemResponses::of(ROUTES.iter(), Value::Null);
        let components = responses.components();
        for route in ROUTES {
            let told = responses.of_route(route);
            let by_status = route.problems_by_status();
            assert_eq!(told.len(), by_status.len(), "{}", route.binary);
            for (status, types) in by_status {
                let response = &told[&status.to_string()];
                let shared = response["$ref"].as_str().and_then(|place| place.rsplit('/').next());
                let response = shared.map_or(response, |name| &components[name]);
                let schema = &response["content"]["application/problem+json"]["schema"];
                let uris: Vec<String> = types.iter().map(|kind| kind.uri()).collect();
                assert_eq!(schema["allOf"][1]["properties"]["type"]["enum"], json!(uris));
            }
        }
    }
}
