//! Reads the table's stream in order, from where an earlier run stopped.

use super::event::LambdaRecord;
use crate::data::DataFolder;
use aws_sdk_dynamodbstreams::Client;
use aws_sdk_dynamodbstreams::error::{DisplayErrorContext, SdkError};
use aws_sdk_dynamodbstreams::types::ShardIteratorType;
use std::sync::Arc;

/// Where the place in the stream is kept: what was not handled before a stop is handled after the next start.
const POSITION: &str = "stream-position";

pub(super) struct Reader {
    client: Client,
    stream_arn: String,
    data: Arc<DataFolder>,
    iterator: Option<String>,
    position: Option<String>,
}

/// Why nothing could be read.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct ReadError(String);

impl<E, R> From<SdkError<E, R>> for ReadError
where
    SdkError<E, R>: std::error::Error,
{
    fn from(error: SdkError<E, R>) -> Self {
        Self(DisplayErrorContext(error).to_string())
    }
}

impl Reader {
    pub(super) fn new(client: Client, stream_arn: String, data: Arc<DataFolder>) -> Self {
        let position = data.read(POSITION).unwrap_or_else(|error| {
            tracing::warn!(%error, "the stream is read from its beginning");
            None
        });
        Self {
            client,
            stream_arn,
            data,
            iterator: None,
            position: position.map(|position| String::from_utf8_lossy(&position).into_owned()),
        }
    }

    /// The records that come next; none when the end is reached.
    pub(super) async fn next(&mut self) -> Result<Vec<LambdaRecord>, ReadError> {
        let iterator = match self.iterator.take() {
            Some(iterator) => iterator,
            None => self.open().await?,
        };
        let answer = self.client.get_records().shard_iterator(iterator).send().await?;
        self.iterator = answer.next_shard_iterator;
        Ok(answer
            .records
            .unwrap_or_default()
            .iter()
            .filter_map(|record| LambdaRecord::new(record, &self.stream_arn))
            .collect())
    }

    /// Marks these records as done with.
    pub(super) fn handled(&mut self, records: &[LambdaRecord]) {
        let Some(last) = records.last() else { return };
        self.position = Some(last.sequence_number.clone());
        if let Err(error) = self.data.write(POSITION, last.sequence_number.as_bytes()) {
            tracing::warn!(%error, "these records will be handled again after a restart");
        }
    }

    /// An iterator behind the last record handled. The embedded database keeps a table's stream in one shard.
    async fn open(&self) -> Result<String, ReadError> {
        let described = self
            .client
            .describe_stream()
            .stream_arn(&self.stream_arn)
            .send()
            .await?;
        let shard = described
            .stream_description()
            .and_then(|description| description.shards().first()?.shard_id())
            .ok_or_else(|| ReadError("the stream has no shard".to_owned()))?;
        let kind = match self.position {
            Some(_) => ShardIteratorType::AfterSequenceNumber,
            None => ShardIteratorType::TrimHorizon,
        };
        let opened = self
            .client
            .get_shard_iterator()
            .stream_arn(&self.stream_arn)
            .shard_id(shard)
            .shard_iterator_type(kind)
            .set_sequence_number(self.position.clone())
            .send()
            .await?;
        opened
            .shard_iterator
            .ok_or_else(|| ReadError("the shard has no iterator".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::{Endpoints, sdk_config};
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
        let (database, endpoint, _stop, _server) = started(&data).await;
        let arn = create_table(&database).await.unwrap();
        let endpoints = Endpoints {
            dynamodb: endpoint,
            services: String::new(),
            files: String::new(),
        };
        let client = Client::new(&sdk_config(endpoints, None));
        let reader = || Reader::new(client.clone(), arn.clone(), data.clone());

        let mut first = reader();
        assert!(first.next().await.unwrap().is_empty());
        put(&database, "a").await;
        put(&database, "b").await;
        let records = first.next().await.unwrap();
        assert_eq!(keys(&records), ["a", "b"]);
        first.handled(&records);
        put(&database, "c").await;
        assert_eq!(keys(&first.next().await.unwrap()), ["c"]);

        // `c` was read but not handled.
        let mut second = reader();
        assert_eq!(keys(&second.next().await.unwrap()), ["c"]);
    }
}
