//! Deletes items whose time to live is over, as DynamoDB does eventually: a few at a time, since only reading the whole table
//! finds them.

use super::table::Table;
use super::{DatabaseError, TABLE};
use crate::template::Template;
use dynoxide::actions::delete_item::DeleteItemRequest;
use dynoxide::actions::scan::ScanRequest;
use dynoxide::types::AttributeValue;
use dynoxide::{Database, DynoxideError};
use std::collections::HashMap;
use std::time::SystemTime;

/// Number of items that one step reads: other requests wait for at most one step.
const STEP: usize = 50;

/// The condition of an item whose time to live is over.
const OVER: &str = "#ttl < :now";

/// A pass through the table.
#[derive(Clone)]
pub(crate) struct GarbageCollector {
    database: Database,
    keys: Vec<String>,
    time_to_live: Option<String>,
    /// The last item that was read; none at the beginning.
    after: Option<HashMap<String, AttributeValue>>,
}

impl GarbageCollector {
    /// Begins before the first item of the template's table.
    pub(super) fn new(database: Database) -> Result<Self, DatabaseError> {
        let table = Table::read(Template::table()?)?;
        Ok(Self {
            database,
            keys: table.key_names(),
            time_to_live: table.time_to_live().map(str::to_owned),
            after: None,
        })
    }

    /// Reads the next items, and deletes those whose time is over. Returns whether there are more; otherwise, and after an
    /// error, the next step begins a new pass.
    ///
    /// # Errors
    /// The embedded database's.
    #[expect(clippy::disallowed_methods, reason = "items expire by the system's clock")]
    pub(crate) fn step(&mut self) -> Result<bool, DynoxideError> {
        let Some(time_to_live) = &self.time_to_live else {
            return Ok(false);
        };
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let now = now.unwrap_or_default().as_secs().to_string();
        let names = Some(HashMap::from([("#ttl".to_owned(), time_to_live.clone())]));
        let values = Some(HashMap::from([(":now".to_owned(), AttributeValue::N(now))]));
        let read = self.database.scan(ScanRequest {
            table_name: TABLE.to_owned(),
            filter_expression: Some(OVER.to_owned()),
            expression_attribute_names: names.clone(),
            expression_attribute_values: values.clone(),
            limit: Some(STEP),
            exclusive_start_key: self.after.take(),
            ..ScanRequest::default()
        })?;
        for mut key in read.items.unwrap_or_default() {
            key.retain(|name, _| self.keys.contains(name));
            let deleted = self.database.delete_item(DeleteItemRequest {
                table_name: TABLE.to_owned(),
                key,
                condition_expression: Some(OVER.to_owned()),
                expression_attribute_names: names.clone(),
                expression_attribute_values: values.clone(),
                ..DeleteItemRequest::default()
            });
            match deleted {
                // It may have been changed since it was read.
                Ok(_) | Err(DynoxideError::ConditionalCheckFailedException(..)) => {}
                Err(error) => return Err(error),
            }
        }
        self.after = read.last_evaluated_key;
        Ok(self.after.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::DataFolder;
    use crate::database::tests::started;
    use aws_sdk_dynamodb::types::AttributeValue;

    #[tokio::test]
    async fn items_whose_time_is_over_are_collected_in_small_steps_and_others_stay() {
        let (client, database, _server) = started(&DataFolder::open(None).unwrap()).await;
        let all = STEP * 2 + 1;
        for number in 0..all {
            let name = AttributeValue::S(format!("{number:03}"));
            let ttl = if number % 2 == 0 { "1" } else { "99999999999" };
            let put = client
                .put_item()
                .table_name(TABLE)
                .item("PK", name.clone())
                .item("SK", name);
            let put = if number == 0 {
                put
            } else {
                put.item("ttl", AttributeValue::N(ttl.to_owned()))
            };
            put.send().await.unwrap();
        }
        let mut collector = database.garbage_collector();
        let left = async || {
            let left = client.scan().table_name(TABLE).send().await.unwrap().items.unwrap();
            let mut left: Vec<usize> = left
                .iter()
                .map(|item| item["PK"].as_s().unwrap().parse().unwrap())
                .collect();
            left.sort_unstable();
            left
        };
        let expected: Vec<_> = (0..all).filter(|number| *number == 0 || number % 2 == 1).collect();

        assert!(collector.step().unwrap());
        let after_one = left().await.len();
        assert!(after_one > expected.len() && after_one < all, "{after_one}");
        while collector.step().unwrap() {}
        assert_eq!(left().await, expected);

        // And again from the beginning.
        while collector.step().unwrap() {}
        assert_eq!(left().await, expected);
    }
}
