//! The deployment's templates: where this process does what they say, it reads them, so that local and deployed cannot differ.

use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The template of the API, its functions, and the events that start them.
pub(crate) const API: &str = include_str!("../../template.yaml");

/// The template of the table.
const TABLE: &str = include_str!("../../infra/table.yaml");

/// The reason why this backend cannot use a template.
#[derive(Debug, Clone, thiserror::Error)]
pub enum TemplateError {
    /// It is not YAML, or has no resources.
    #[error("the template cannot be read: {0}")]
    Unreadable(String),
    /// A resource is missing, or lacks a required part.
    #[error("the template's resource `{resource}` cannot be used: {reason}")]
    Resource {
        /// Its logical id.
        resource: &'static str,
        /// What is wrong with it.
        reason: String,
    },
}

/// The resources of a template.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Template {
    resources: BTreeMap<String, Resource>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Resource {
    #[serde(default)]
    properties: Value,
}

type Parsed = LazyLock<Result<Template, TemplateError>>;

impl Template {
    /// The template of the API. Each process parses it once.
    pub(crate) fn api() -> Result<&'static Self, TemplateError> {
        static PARSED: Parsed = LazyLock::new(|| Template::parse(API));
        PARSED.as_ref().map_err(Clone::clone)
    }

    /// The template of the table. Each process parses it once.
    pub(crate) fn table() -> Result<&'static Self, TemplateError> {
        static PARSED: Parsed = LazyLock::new(|| Template::parse(TABLE));
        PARSED.as_ref().map_err(Clone::clone)
    }

    /// Parses a template. It must have intrinsic functions in their long form only (`Ref: Stage`), since `!Ref` is a YAML tag.
    pub(crate) fn parse(text: &str) -> Result<Self, TemplateError> {
        serde_saphyr::from_str(text).map_err(|error| TemplateError::Unreadable(error.to_string()))
    }

    /// The properties of a resource, as far as `T` has them. All others, which a deployment needs, are ignored.
    pub(crate) fn properties<'a, T: Deserialize<'a>>(&'a self, resource: &'static str) -> Result<T, TemplateError> {
        let unusable = |reason| TemplateError::Resource { resource, reason };
        let Some(found) = self.resources.get(resource) else {
            return Err(unusable("it is missing".to_owned()));
        };
        T::deserialize(&found.properties).map_err(|error| unusable(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_without_a_resource_is_named() {
        let template = Template::parse("Resources: {}").unwrap();
        let error = template.properties::<Value>("Table").unwrap_err();
        assert!(error.to_string().contains("`Table`"), "{error}");
    }

    #[test]
    fn a_property_that_is_missing_is_named() {
        #[derive(Debug, Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Queue {
            #[expect(dead_code, reason = "it is never read")]
            queue_name: String,
        }
        let template = Template::parse("Resources: {Jobs: {Properties: {Tags: []}}}").unwrap();
        let error = template.properties::<Queue>("Jobs").unwrap_err().to_string();
        assert!(error.contains("`Jobs`") && error.contains("QueueName"), "{error}");
    }
}
