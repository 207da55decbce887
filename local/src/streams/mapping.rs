//! The event source mappings of the deployment's template, so that local and deployed cannot differ.

use super::event::LambdaRecord;
use super::filter::matches;
use crate::functions::{STREAM_FUNCTIONS, StreamFunction};
use crate::template::{Template, TemplateError};
use serde::Deserialize;
use serde_json::Value;

/// The records that a function gets, and how many in one call.
#[derive(Clone)]
pub(super) struct Mapping {
    pub(super) function: &'static StreamFunction,
    pub(super) patterns: Vec<Value>,
    pub(super) batch_size: usize,
}

impl Mapping {
    /// The records that pass one of the filters.
    pub(super) fn wanted(&self, records: &[LambdaRecord]) -> Vec<LambdaRecord> {
        let passes = |record: &&LambdaRecord| self.passes(&record.json);
        records.iter().filter(passes).cloned().collect()
    }

    /// Whether a record passes one of the filters.
    fn passes(&self, record: &Value) -> bool {
        self.patterns.iter().any(|pattern| matches(pattern, record))
    }
}

/// The filters of the template's event source mappings, for a program that reads the stream itself.
pub struct StreamFilters(Vec<Mapping>);

impl StreamFilters {
    /// Reads them from the template.
    ///
    /// # Errors
    /// The template has no usable mapping for a stream function.
    pub fn of_template() -> Result<Self, MappingError> {
        mappings().map(Self)
    }

    /// The binary of the function that gets a record, in the form that Lambda gives it; `None` if no filter lets it pass.
    #[must_use]
    pub fn taker(&self, record: &Value) -> Option<&'static str> {
        let taker = self.0.iter().find(|mapping| mapping.passes(record));
        taker.map(|mapping| mapping.function.binary)
    }
}

/// The template has no usable mapping for a stream function.
#[derive(Debug, thiserror::Error)]
pub enum MappingError {
    /// The template or the function cannot be read.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// A function is not fed from the table's stream.
    #[error("the template has no stream for `{0}`")]
    Missing(&'static str),
    /// A filter is not JSON.
    #[error("the template's filter for `{function}` is not JSON: {source}")]
    Filter {
        /// The function's logical id.
        function: &'static str,
        /// What is wrong with it.
        source: serde_json::Error,
    },
}

/// The mapping of each stream function.
pub(super) fn mappings() -> Result<Vec<Mapping>, MappingError> {
    let template = Template::api()?;
    STREAM_FUNCTIONS
        .iter()
        .map(|function| {
            let name = function.logical_id;
            let properties: FunctionProperties = template.properties(name)?;
            let source = properties.events.stream.ok_or(MappingError::Missing(name))?.properties;
            Ok(Mapping {
                function,
                patterns: source
                    .patterns()
                    .map_err(|source| MappingError::Filter { function: name, source })?,
                batch_size: source.batch_size,
            })
        })
        .collect()
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct FunctionProperties {
    #[serde(default)]
    events: Events,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Events {
    stream: Option<Event>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Event {
    properties: EventSource,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct EventSource {
    filter_criteria: FilterCriteria,
    batch_size: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct FilterCriteria {
    filters: Vec<Filter>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Filter {
    pattern: String,
}

impl EventSource {
    fn patterns(&self) -> serde_json::Result<Vec<Value>> {
        self.filter_criteria
            .filters
            .iter()
            .map(|filter| serde_json::from_str(&filter.pattern))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// The functions that get this record.
    fn takers_of(json: Value) -> Vec<&'static str> {
        let record = [LambdaRecord {
            sequence_number: "1".into(),
            json,
        }];
        let takers = mappings().unwrap().into_iter();
        let takers = takers.filter(|mapping| !mapping.wanted(&record).is_empty());
        takers.map(|mapping| mapping.function.logical_id).collect()
    }

    #[test]
    fn the_template_feeds_mail_and_work_to_their_functions() {
        let takers = |name: &str, image: Value| takers_of(json!({"eventName": name, "dynamodb": {"NewImage": image}}));
        let mail = |state| json!({"kind": {"S": "mail"}, "state": {"S": state}});
        let job = json!({"kind": {"S": "job"}});
        assert_eq!(takers("INSERT", mail("queued")), ["DeliverMailFunction"]);
        assert!(
            takers("MODIFY", mail("queued")).is_empty(),
            "a mail put back is not another mail"
        );
        assert_eq!(takers("MODIFY", mail("sent")), [""; 0]);
        assert_eq!(takers("INSERT", job.clone()), ["FinishWorkFunction"]);
        assert_eq!(takers("REMOVE", job), [""; 0]);
        assert_eq!(takers("INSERT", json!({"kind": {"S": "event"}})), [""; 0]);
    }

    #[test]
    fn members_who_come_change_or_go_are_counted_and_those_who_are_only_seen_start_nothing() {
        let member = json!({"kind": {"S": "member"}});
        let seen = json!({"kind": {"S": "member"}, "noted": {"BOOL": true}});
        let keys = json!({"PK": {"S": "ORG#o"}, "SK": {"S": "TEAM#u"}});
        let change = |images: Value| {
            let mut change = json!({"Keys": keys});
            change
                .as_object_mut()
                .unwrap()
                .extend(images.as_object().unwrap().clone());
            takers_of(json!({"eventName": "MODIFY", "dynamodb": change}))
        };
        let counted = ["FinishWorkFunction"];
        assert_eq!(change(json!({"NewImage": member})), counted);
        assert_eq!(change(json!({"NewImage": member, "OldImage": seen})), counted);
        assert_eq!(change(json!({"OldImage": seen})), counted);
        assert_eq!(change(json!({"NewImage": seen, "OldImage": member})), [""; 0]);
        assert_eq!(change(json!({"NewImage": seen, "OldImage": seen})), [""; 0]);
    }
}
