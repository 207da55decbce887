//! The table's stream, as the embedded database keeps it: each record is a row of a table in its SQLite file.
//!
//! The database keeps every record forever, and scans all of them for the number of each new record and for each read.
//! DynamoDB deletes records after a day. A second connection to the same file compensates: it adds the index that these
//! queries need, and deletes handled records.

use super::{DatabaseError, TABLE};
use dynoxide::actions::get_records::{GetRecordsRequest, GetRecordsResponse};
use dynoxide::actions::get_shard_iterator::GetShardIteratorRequest;
use dynoxide::{Database, DynoxideError};
use rusqlite::{Connection, TransactionBehavior, params};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// Longer than any transaction of the embedded database.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Serves both queries: the highest number of a table, and the records after a number.
const INDEX: &str = "CREATE INDEX IF NOT EXISTS _stream_records_in_order
    ON _stream_records (table_name, CAST(sequence_number AS INTEGER))";

/// Keeps the record itself, so that the next number is above it even if the system's clock is set back. The folder of an earlier
/// commit may have hundreds of thousands of records before it: deleting all of them in one statement would block all other writers.
const DELETE_BEFORE: &str = "DELETE FROM _stream_records WHERE id IN (
    SELECT id FROM _stream_records WHERE id < (SELECT id FROM _stream_records WHERE event_id = ?1) ORDER BY id LIMIT ?2)";

/// Number of handled records after which the first are deleted. Each deletion empties the database's page cache, so not every
/// batch deletes.
const DELETE_AFTER: usize = 1_000;

/// Maximum number of records in one deletion.
const MAX_DELETED: usize = 20_000;

/// The stream of the one table.
pub(crate) struct TableStream {
    database: Database,
    written: Notify,
    kept: Mutex<RecordCleaner>,
}

struct RecordCleaner {
    connection: Connection,
    handled: usize,
}

impl TableStream {
    /// Opens the stream of this database, which has already created its own tables in the file.
    ///
    /// # Errors
    /// An error of SQLite.
    pub(super) fn open(database: Database, file: &str) -> Result<Self, DatabaseError> {
        let open = || {
            let connection = Connection::open(file)?;
            connection.busy_timeout(BUSY_TIMEOUT)?;
            connection.execute_batch(INDEX)?;
            Ok(connection)
        };
        let connection = open().map_err(|error: rusqlite::Error| DatabaseError::Open(error.to_string()))?;
        Ok(Self {
            database,
            written: Notify::new(),
            kept: Mutex::new(RecordCleaner {
                connection,
                // The first batch also deletes the records that an earlier process handled.
                handled: DELETE_AFTER,
            }),
        })
    }

    /// Wakes the reader of the stream after a write.
    pub(super) fn note_write(&self) {
        self.written.notify_one();
    }

    /// Waits until there was a write since it last returned.
    pub(crate) async fn written(&self) {
        self.written.notified().await;
    }

    /// Whether the stream still has the record with this number. It always has the last one that was handled.
    ///
    /// # Errors
    /// An error of the embedded database, also for text that is not a number.
    pub(crate) fn has(&self, arn: &str, sequence_number: &str) -> Result<bool, DynoxideError> {
        let opened = self.database.get_shard_iterator(GetShardIteratorRequest {
            stream_arn: arn.to_owned(),
            shard_id: dynoxide::streams::shard_id(TABLE),
            shard_iterator_type: "AT_SEQUENCE_NUMBER".to_owned(),
            sequence_number: Some(sequence_number.to_owned()),
        })?;
        let Some(shard_iterator) = opened.shard_iterator else {
            return Ok(false);
        };
        let limit = Some(1);
        let answer = self.database.get_records(GetRecordsRequest { shard_iterator, limit })?;
        let first = answer.records.first();
        Ok(first.is_some_and(|record| record.dynamodb.sequence_number == sequence_number))
    }

    /// An iterator after the record with this number, or at the oldest record.
    ///
    /// # Errors
    /// The embedded database's.
    pub(crate) fn iterator(&self, arn: &str, after: Option<&str>) -> Result<Option<String>, DynoxideError> {
        let kind = match after {
            Some(_) => "AFTER_SEQUENCE_NUMBER",
            None => "TRIM_HORIZON",
        };
        let opened = self.database.get_shard_iterator(GetShardIteratorRequest {
            stream_arn: arn.to_owned(),
            shard_id: dynoxide::streams::shard_id(TABLE),
            shard_iterator_type: kind.to_owned(),
            sequence_number: after.map(str::to_owned),
        })?;
        Ok(opened.shard_iterator)
    }

    /// The records from an iterator on, and the iterator after them.
    ///
    /// # Errors
    /// The embedded database's.
    pub(crate) fn records(&self, shard_iterator: String) -> Result<GetRecordsResponse, DynoxideError> {
        self.database.get_records(GetRecordsRequest {
            shard_iterator,
            limit: None,
        })
    }

    /// Counts `count` more handled records, the last of which has this event id. From time to time this deletes those before it.
    pub(crate) fn handled(&self, count: usize, last: &str) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.handled += count;
        if kept.handled < DELETE_AFTER {
            return;
        }
        match delete_before(&mut kept.connection, last) {
            // More records are deleted after the next batch.
            Ok(deleted) if deleted == MAX_DELETED => {}
            Ok(_) => kept.handled = 0,
            // The records are deleted after a later batch.
            Err(error) => tracing::warn!(%error, "handled records of the stream stay"),
        }
    }

    /// The number of records.
    #[cfg(test)]
    pub(crate) fn count(&self) -> usize {
        let kept = self.kept.lock().unwrap();
        let count = "SELECT COUNT(*) FROM _stream_records";
        kept.connection.query_row(count, [], |row| row.get(0)).unwrap()
    }
}

/// Deletes the records before this one, and returns their number.
fn delete_before(connection: &mut Connection, event_id: &str) -> rusqlite::Result<usize> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let deleted = transaction.execute(DELETE_BEFORE, params![event_id, MAX_DELETED])?;
    transaction.commit()?;
    Ok(deleted)
}

#[cfg(test)]
mod tests {
    use crate::data::DataFolder;
    use crate::database::EmbeddedDatabase;

    /// The embedded database's own queries, as in its version 3.2.
    const QUERIES: [&str; 2] = [
        "SELECT COALESCE(MAX(CAST(sequence_number AS INTEGER)), 0) + 1 FROM _stream_records WHERE table_name = ?1",
        "SELECT event_name FROM _stream_records
             WHERE table_name = ?1 AND shard_id = ?2 AND CAST(sequence_number AS INTEGER) > ?3
             ORDER BY CAST(sequence_number AS INTEGER) ASC
             LIMIT ?4",
    ];

    #[test]
    fn the_index_serves_the_queries_of_the_embedded_database() {
        let database = EmbeddedDatabase::open(&DataFolder::open(None).unwrap()).unwrap();
        let kept = database.stream.kept.lock().unwrap();
        for query in QUERIES {
            let explain = format!("EXPLAIN QUERY PLAN {query}");
            let mut plan = kept.connection.prepare(&explain).unwrap();
            let values = rusqlite::params_from_iter(vec![1; plan.parameter_count()]);
            let plan: String = plan.query_row(values, |row| row.get(3)).unwrap();
            assert!(plan.contains("INDEX _stream_records_in_order"), "{plan}: {query}");
        }
    }
}
