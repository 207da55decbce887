//! The table's definition in the deployment's template.

use super::DatabaseError;
use crate::template::Template;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::operation::create_table::builders::CreateTableFluentBuilder;
use aws_sdk_dynamodb::types::{self, AttributeDefinition, GlobalSecondaryIndex, KeySchemaElement, StreamSpecification};
use serde::Deserialize;

/// The table of the template, in the SDK's types.
pub(super) struct Table {
    keys: Vec<KeySchemaElement>,
    attributes: Vec<AttributeDefinition>,
    indexes: Vec<GlobalSecondaryIndex>,
    billing: types::BillingMode,
    stream: StreamSpecification,
    time_to_live: Option<String>,
}

impl Table {
    /// Reads the resource `Table` of a template.
    pub(super) fn read(template: &Template) -> Result<Self, DatabaseError> {
        let properties: TableProperties = template.properties("Table")?;
        Ok(Self {
            keys: keys(properties.key_schema)?,
            attributes: properties
                .attribute_definitions
                .into_iter()
                .map(Attribute::build)
                .collect::<Result<_, _>>()?,
            indexes: properties
                .global_secondary_indexes
                .into_iter()
                .map(Index::build)
                .collect::<Result<_, _>>()?,
            billing: properties.billing_mode.as_str().into(),
            stream: StreamSpecification::builder()
                .stream_enabled(true)
                .stream_view_type(properties.stream_specification.stream_view_type.as_str().into())
                .build()?,
            time_to_live: properties
                .time_to_live_specification
                .filter(|ttl| ttl.enabled)
                .map(|ttl| ttl.attribute_name),
        })
    }

    /// The request that creates it.
    pub(super) fn create(&self, client: &Client, name: &str) -> CreateTableFluentBuilder {
        client
            .create_table()
            .table_name(name)
            .set_key_schema(Some(self.keys.clone()))
            .set_attribute_definitions(Some(self.attributes.clone()))
            .set_global_secondary_indexes(Some(self.indexes.clone()))
            .billing_mode(self.billing.clone())
            .stream_specification(self.stream.clone())
    }

    /// The attributes of its primary key.
    pub(super) fn key_names(&self) -> Vec<String> {
        self.keys.iter().map(|key| key.attribute_name.clone()).collect()
    }

    /// The attribute with the time from which an item is garbage.
    pub(super) fn time_to_live(&self) -> Option<&str> {
        self.time_to_live.as_deref()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TableProperties {
    key_schema: Vec<Key>,
    attribute_definitions: Vec<Attribute>,
    #[serde(default)]
    global_secondary_indexes: Vec<Index>,
    billing_mode: String,
    stream_specification: Stream,
    time_to_live_specification: Option<TimeToLive>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Key {
    attribute_name: String,
    key_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Attribute {
    attribute_name: String,
    attribute_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Index {
    index_name: String,
    key_schema: Vec<Key>,
    projection: Projection,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Projection {
    projection_type: String,
    non_key_attributes: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Stream {
    stream_view_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TimeToLive {
    attribute_name: String,
    enabled: bool,
}

fn keys(schema: Vec<Key>) -> Result<Vec<KeySchemaElement>, BuildError> {
    schema
        .into_iter()
        .map(|key| {
            KeySchemaElement::builder()
                .attribute_name(key.attribute_name)
                .key_type(key.key_type.as_str().into())
                .build()
        })
        .collect()
}

impl Attribute {
    fn build(self) -> Result<AttributeDefinition, BuildError> {
        AttributeDefinition::builder()
            .attribute_name(self.attribute_name)
            .attribute_type(self.attribute_type.as_str().into())
            .build()
    }
}

impl Index {
    fn build(self) -> Result<GlobalSecondaryIndex, BuildError> {
        let projection = types::Projection::builder()
            .projection_type(self.projection.projection_type.as_str().into())
            .set_non_key_attributes(self.projection.non_key_attributes)
            .build();
        GlobalSecondaryIndex::builder()
            .index_name(self.index_name)
            .set_key_schema(Some(keys(self.key_schema)?))
            .projection(projection)
            .build()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_without_a_table_is_named() {
        let error = Table::read(&Template::parse("Resources: {}").unwrap()).err().unwrap();
        assert!(error.to_string().contains("`Table`"), "{error}");
    }

    #[test]
    fn what_a_deployment_adds_is_passed_over() {
        let text = "
            Conditions:
              IsProd:
                Fn::Equals: [{Ref: Stage}, prod]
            Resources:
              Table:
                DeletionPolicy: Retain
                Properties:
                  DeletionProtectionEnabled:
                    Fn::If: [IsProd, true, false]
                  BillingMode: PAY_PER_REQUEST
                  AttributeDefinitions: [{AttributeName: PK, AttributeType: S}]
                  KeySchema: [{AttributeName: PK, KeyType: HASH}]
                  StreamSpecification: {StreamViewType: NEW_IMAGE}
            ";
        let table = Table::read(&Template::parse(text).unwrap()).unwrap();
        assert_eq!(table.keys.len(), 1);
        assert_eq!(table.time_to_live(), None);
    }
}
