//! The request and responses in a route's line.

use super::query::{CURSOR, LIMIT, Parameter};
use crate::api::PageResponse;
use crate::api::access::find::SearchResponse;
use crate::api::bulk::BulkResponse;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;

/// Schemas by their names.
pub(super) type Schemas = BTreeMap<String, Value>;

/// The input and the answers of one route.
#[derive(Default)]
pub struct Operation {
    pub(super) hidden: bool,
    pub(super) body: Option<Value>,
    pub(super) is_body_optional: bool,
    pub(super) replies: Vec<(u16, Option<Value>)>,
    pub(super) is_paged: bool,
    is_bulk: bool,
    pub(super) query: Vec<Parameter>,
    pub(super) schemas: Schemas,
}

impl Operation {
    /// Takes no body.
    pub(crate) fn no_body() -> Self {
        Self::default()
    }

    /// Not part of the document.
    pub(crate) fn hidden() -> Self {
        Self {
            hidden: true,
            ..Self::default()
        }
    }

    /// Takes a body.
    pub(crate) fn takes<T: ToSchema>() -> Self {
        let mut operation = Self::default();
        operation.body = Some(operation.reference::<T>());
        operation
    }

    /// Takes a body, which can be omitted.
    pub(crate) fn optional_body<T: ToSchema>() -> Self {
        Self {
            is_body_optional: true,
            ..Self::takes::<T>()
        }
    }

    /// Answers 200 with a body.
    pub(crate) fn returns<T: ToSchema>() -> Self {
        Self::no_body().answers::<T>(200)
    }

    /// Answers 200 with a whole list of rows.
    pub(crate) fn returns_all<Row: ToSchema>() -> Self {
        let mut operation = Self::returns::<PageResponse<Row>>();
        operation.reference::<Row>();
        operation
    }

    /// Answers 200 with a page of rows.
    pub(crate) fn pages<Row: ToSchema>(filters: &[Parameter]) -> Self {
        let mut operation = Self::lists::<PageResponse<Row>>(filters);
        operation.reference::<Row>();
        operation
    }

    /// Answers 200 with a page of a list.
    pub(crate) fn lists<T: ToSchema>(filters: &[Parameter]) -> Self {
        Self {
            is_paged: true,
            query: filters.iter().copied().chain([LIMIT, CURSOR]).collect(),
            ..Self::returns::<T>()
        }
    }

    /// Answers 200 with a file.
    pub(crate) fn files(filters: &[Parameter]) -> Self {
        Self {
            query: filters.to_vec(),
            replies: vec![(200, None)],
            ..Self::default()
        }
    }

    /// Takes a search, and answers 200 with a page of results.
    pub(crate) fn searches<T: ToSchema, Row: ToSchema>() -> Self {
        let mut operation = Self::takes::<T>().answers::<SearchResponse<Row>>(200);
        operation.reference::<Row>();
        operation.is_paged = true;
        operation
    }

    /// Takes this query parameter.
    pub(crate) fn query_parameter(mut self, parameter: Parameter) -> Self {
        self.query.push(parameter);
        self
    }

    /// Answers 204.
    pub(crate) fn no_content() -> Self {
        Self {
            replies: vec![(204, None)],
            ..Self::default()
        }
    }

    /// Answers 201 with a body.
    pub(crate) fn creates<T: ToSchema>(self) -> Self {
        self.answers::<T>(201)
    }

    /// Answers with a body.
    pub(crate) fn answers<T: ToSchema>(mut self, status: u16) -> Self {
        let reference = self.reference::<T>();
        self.replies.push((status, Some(reference)));
        self
    }

    /// Answers 200 with a verdict for each row.
    pub(crate) fn bulk<Row: ToSchema>(self) -> Self {
        let mut operation = self.answers::<BulkResponse<Row>>(200);
        operation.reference::<Row>();
        operation.is_bulk = true;
        operation
    }

    /// Whether it answers with pages, and so seals cursors.
    #[cfg(test)]
    pub(crate) const fn has_pages(&self) -> bool {
        self.is_paged
    }

    /// Whether it is a bulk action, which decides up to a hundred rows.
    #[cfg(test)]
    pub(crate) const fn is_bulk(&self) -> bool {
        self.is_bulk
    }

    /// A reference to a type's schema, which the document then contains.
    pub(super) fn reference<T: ToSchema>(&mut self) -> Value {
        let mut found: Vec<(String, RefOr<Schema>)> = Vec::new();
        T::schemas(&mut found);
        found.push((name_of::<T>(), T::schema()));
        for (name, schema) in found {
            self.schemas
                .insert(name, serde_json::to_value(schema).unwrap_or_default());
        }
        json!({ "$ref": format!("#/components/schemas/{}", name_of::<T>()) })
    }
}

/// The name of a type's schema. The name for a generic type includes its argument's, so that different arguments differ.
fn name_of<T: ToSchema>() -> String {
    let full = std::any::type_name::<T>();
    let parts = full.split(['<', '>', ',', ' ']).filter(|part| !part.is_empty());
    parts.filter_map(|part| part.rsplit("::").next()).collect()
}
