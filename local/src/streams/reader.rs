//! Reads the table's stream in order, from where an earlier run stopped.

use super::event::LambdaRecord;
use crate::data::DataFolder;
use crate::database::TableStream;
use crate::patience::Patience;
use std::sync::Arc;

/// The file that keeps the position in the stream: records not handled before a stop are handled after the next start.
const POSITION: &str = "stream-position";

/// Reads records, and drops handled ones.
pub(crate) struct Reader {
    stream: Arc<TableStream>,
    stream_arn: String,
    data: Arc<DataFolder>,
    iterator: Option<String>,
    position: Option<String>,
}

/// The reason why nothing could be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReadError {
    #[error(transparent)]
    Database(#[from] dynoxide::DynoxideError),
    #[error("a record has no JSON: {0}")]
    Record(#[from] serde_json::Error),
    #[error("the stream has no iterator")]
    NoIterator,
}

impl Reader {
    /// A reader that continues where an earlier one stopped.
    pub(crate) fn new(stream: Arc<TableStream>, stream_arn: String, data: Arc<DataFolder>) -> Self {
        let position = place(&stream, &stream_arn, &data);
        Self {
            stream,
            stream_arn,
            data,
            iterator: None,
            position,
        }
    }

    /// The patience with its records: if the data is kept, a later process continues where this one stops.
    pub(super) fn patience(&self) -> Patience {
        Patience::with(&self.data)
    }

    /// The next records; none at the end.
    pub(super) fn next(&mut self) -> Result<Vec<LambdaRecord>, ReadError> {
        let iterator = match self.iterator.take() {
            Some(iterator) => iterator,
            None => {
                let opened = self.stream.iterator(&self.stream_arn, self.position.as_deref())?;
                opened.ok_or(ReadError::NoIterator)?
            }
        };
        let answer = self.stream.records(iterator)?;
        let records: Result<_, _> = answer
            .records
            .iter()
            .map(|record| LambdaRecord::new(record, &self.stream_arn))
            .collect();
        let records = records?;
        self.iterator = answer.next_shard_iterator;
        Ok(records)
    }

    /// Completes when there may be more records.
    pub(super) async fn written(&self) {
        self.stream.written().await;
    }

    /// Marks these records as handled.
    pub(super) fn handled(&mut self, records: &[LambdaRecord]) {
        let Some(last) = records.last() else { return };
        self.position = Some(last.sequence_number.clone());
        match self.data.write(POSITION, last.sequence_number.as_bytes()) {
            Ok(()) => self.stream.handled(records.len(), last.event_id()),
            Err(error) => tracing::warn!(%error, "these records will be handled again after a restart"),
        }
    }
}

/// The position where an earlier run stopped.
///
/// The last handled record is kept, so a position without a record is damaged, or belongs to another database. Then all remaining
/// records are handled: handling a record twice does no harm, but not handling it loses mail.
fn place(stream: &TableStream, stream_arn: &str, data: &DataFolder) -> Option<String> {
    let kept = data.read(POSITION).unwrap_or_else(|error| {
        tracing::warn!(%error, "the stream is read from its beginning");
        None
    });
    let place = String::from_utf8_lossy(&kept?).into_owned();
    match stream.has(stream_arn, &place) {
        Ok(true) => Some(place),
        Ok(false) => {
            tracing::warn!(
                place,
                "no record is at this place, so the stream is read from its beginning"
            );
            None
        }
        Err(error) => {
            tracing::warn!(%error, "the stream is read from its beginning");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::tests::started;
    use crate::database::{TABLE, create_table};
    use aws_sdk_dynamodb::types::AttributeValue;

    async fn put(client: &aws_sdk_dynamodb::Client, key: &str) {
        let key = AttributeValue::S(key.to_owned());
        client
            .put_item()
            .table_name(TABLE)
            .item("PK", key.clone())
            .item("SK", key)
            .send()
            .await
            .unwrap();
    }

    fn keys(records: &[LambdaRecord]) -> Vec<&str> {
        records
            .iter()
            .map(|record| record.json["dynamodb"]["Keys"]["PK"]["S"].as_str().unwrap())
            .collect()
    }

    #[tokio::test]
    async fn reading_goes_on_where_it_stopped() {
        let folder = tempfile::tempdir().unwrap();
        let data = Arc::new(DataFolder::open(Some(folder.path())).unwrap());
        let (client, database, _server) = started(&data).await;
        let arn = create_table(&client).await.unwrap();
        let stream = database.stream();
        let reader = || Reader::new(stream.clone(), arn.clone(), data.clone());

        let mut first = reader();
        assert!(first.next().unwrap().is_empty());
        put(&client, "a").await;
        put(&client, "b").await;
        let records = first.next().unwrap();
        assert_eq!(keys(&records), ["a", "b"]);
        first.handled(&records);
        put(&client, "c").await;
        assert_eq!(keys(&first.next().unwrap()), ["c"]);

        assert_eq!(
            database.stream().count(),
            2,
            "`a` was handled and is gone; `b` marks the place"
        );

        // `c` was read but not handled.
        let mut second = reader();
        assert_eq!(keys(&second.next().unwrap()), ["c"]);
    }

    #[tokio::test]
    async fn a_damaged_place_and_one_of_another_database_lose_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let data = Arc::new(DataFolder::open(Some(folder.path())).unwrap());
        let (client, database, _server) = started(&data).await;
        let arn = create_table(&client).await.unwrap();
        let mut reader = Reader::new(database.stream(), arn.clone(), data.clone());
        put(&client, "a").await;
        let handled = reader.next().unwrap();
        reader.handled(&handled);
        put(&client, "b").await;
        let place = data.read(POSITION).unwrap().unwrap();
        let ahead = format!("{}9", String::from_utf8_lossy(&place));

        for damaged in ["", "\0\0\0", "somewhere", "12", ahead.as_str()] {
            data.write(POSITION, damaged.as_bytes()).unwrap();
            let mut reader = Reader::new(database.stream(), arn.clone(), data.clone());
            assert_eq!(keys(&reader.next().unwrap()), ["a", "b"], "{damaged:?}");
        }
        data.write(POSITION, &place).unwrap();
        let mut reader = Reader::new(database.stream(), arn, data);
        assert_eq!(keys(&reader.next().unwrap()), ["b"]);
    }
}
