//! The embedded DynamoDB, called over HTTP, with the table of the deployment's template.

mod garbage;
mod server;
mod stream;
mod table;

use crate::data::{DataError, DataFolder};
use crate::template::{Template, TemplateError};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{BuildError, DisplayErrorContext};
use aws_sdk_dynamodb::operation::create_table::CreateTableError;
use aws_sdk_dynamodb::types::{TimeToLiveSpecification, TimeToLiveStatus};
use axum::Router;
use dynoxide::Database;
use std::sync::Arc;

pub(crate) use garbage::GarbageCollector;
pub(crate) use stream::TableStream;
use table::Table;

/// The table's name. Each backend has its own database, so one name serves all.
pub(crate) const TABLE: &str = "muster";

/// The embedded database.
pub(crate) struct EmbeddedDatabase {
    database: Database,
    stream: Arc<TableStream>,
    garbage: GarbageCollector,
}

/// The reason why the database did not start.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// Its file cannot be kept.
    #[error(transparent)]
    Data(#[from] DataError),
    /// Its file is damaged, or not a database.
    #[error("cannot open the database: {0}")]
    Open(String),
    /// The template does not describe a table that can be created here.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// The table's definition is incomplete.
    #[error("the table's definition is incomplete: {0}")]
    Definition(#[from] BuildError),
    /// The database refused the table.
    #[error("cannot create the table: {0}")]
    Table(String),
}

impl EmbeddedDatabase {
    /// Opens the database.
    ///
    /// # Errors
    /// Its file is not a database.
    #[expect(clippy::disallowed_methods, reason = "databases in memory need different names")]
    pub(crate) fn open(data: &DataFolder) -> Result<Self, DatabaseError> {
        let file = match data.file("muster.db") {
            Some(file) => file.to_string_lossy().into_owned(),
            // In memory, under a name that a second connection of this process can also open.
            None => format!("file:/muster-{}?vfs=memdb", uuid::Uuid::new_v4()),
        };
        let database = Database::new(&file).map_err(|error| DatabaseError::Open(error.to_string()))?;
        let stream = Arc::new(TableStream::open(database.clone(), &file)?);
        let garbage = GarbageCollector::new(database.clone())?;
        Ok(Self {
            database,
            stream,
            garbage,
        })
    }

    /// The HTTP interface for the SDK.
    pub(crate) fn routes(&self) -> Router {
        server::routes(self.database.clone(), self.stream.clone())
    }

    /// The table's stream.
    pub(crate) fn stream(&self) -> Arc<TableStream> {
        self.stream.clone()
    }

    /// Deletes items whose time to live is over, step by step.
    pub(crate) fn garbage_collector(&self) -> GarbageCollector {
        self.garbage.clone()
    }
}

/// Creates the table as the template describes it, unless an earlier run did. Returns its stream's ARN.
pub(crate) async fn create_table(client: &Client) -> Result<String, DatabaseError> {
    let table = Table::read(Template::table()?)?;
    match table.create(client, TABLE).send().await {
        Ok(_) => {}
        Err(error) if error.as_service_error().is_some_and(is_there_already) => {}
        Err(error) => return Err(refused(error)),
    }
    set_time_to_live(client, &table).await?;
    let described = client
        .describe_table()
        .table_name(TABLE)
        .send()
        .await
        .map_err(refused)?;
    described
        .table
        .and_then(|table| table.latest_stream_arn)
        .ok_or_else(|| DatabaseError::Table("it has no stream".to_owned()))
}

fn is_there_already(error: &CreateTableError) -> bool {
    error.is_resource_in_use_exception()
}

/// Sets the table's time to live, unless it is set: an earlier process may have been killed right after it created the table.
async fn set_time_to_live(client: &Client, table: &Table) -> Result<(), DatabaseError> {
    let Some(ttl) = table.time_to_live() else {
        return Ok(());
    };
    let described = client.describe_time_to_live().table_name(TABLE).send().await;
    let present = described.map_err(refused)?.time_to_live_description;
    if present.is_some_and(|present| present.time_to_live_status == Some(TimeToLiveStatus::Enabled)) {
        return Ok(());
    }
    let specification = TimeToLiveSpecification::builder()
        .attribute_name(ttl)
        .enabled(true)
        .build()
        .map_err(refused)?;
    client
        .update_time_to_live()
        .table_name(TABLE)
        .time_to_live_specification(specification)
        .send()
        .await
        .map_err(refused)?;
    Ok(())
}

fn refused(error: impl std::error::Error) -> DatabaseError {
    DatabaseError::Table(DisplayErrorContext(error).to_string())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::aws::{Endpoints, sdk_config};
    use aws_sdk_dynamodb::types::{AttributeValue, BillingMode, StreamViewType};
    use tokio::net::TcpListener;
    use tokio::task::JoinHandle;

    /// A client, the database with its table, and the task that serves it.
    pub(crate) async fn started(data: &DataFolder) -> (Client, EmbeddedDatabase, JoinHandle<()>) {
        let database = EmbeddedDatabase::open(data).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let routes = database.routes();
        let server = tokio::spawn(async { axum::serve(listener, routes).await.unwrap() });
        let sdk = sdk_config(
            Endpoints {
                dynamodb: endpoint,
                services: String::new(),
                files: String::new(),
            },
            None,
        );
        let client = Client::new(&sdk);
        create_table(&client).await.unwrap();
        (client, database, server)
    }

    #[tokio::test]
    async fn the_table_is_the_templates() {
        let nothing = DataFolder::open(None).unwrap();
        let (client, _, _server) = started(&nothing).await;
        let described = client
            .describe_table()
            .table_name(TABLE)
            .send()
            .await
            .unwrap()
            .table
            .unwrap();
        assert_eq!(
            described.billing_mode_summary().unwrap().billing_mode().unwrap(),
            &BillingMode::PayPerRequest
        );
        assert_eq!(
            described.stream_specification().unwrap().stream_view_type().unwrap(),
            &StreamViewType::NewAndOldImages
        );
        let mut indexes: Vec<_> = described
            .global_secondary_indexes()
            .iter()
            .map(|index| index.index_name().unwrap())
            .collect();
        indexes.sort_unstable();
        assert_eq!(indexes, ["by_activity", "by_user", "due"]);
        let ttl = client.describe_time_to_live().table_name(TABLE).send().await.unwrap();
        assert_eq!(ttl.time_to_live_description().unwrap().attribute_name(), Some("ttl"));
    }

    #[tokio::test]
    async fn a_kept_database_is_there_again() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataFolder::open(Some(folder.path())).unwrap();
        let key = |client: &Client| {
            client
                .get_item()
                .table_name(TABLE)
                .key("PK", AttributeValue::S("a".into()))
                .key("SK", AttributeValue::S("b".into()))
        };

        let (client, database, server) = started(&data).await;
        client
            .put_item()
            .table_name(TABLE)
            .item("PK", AttributeValue::S("a".into()))
            .item("SK", AttributeValue::S("b".into()))
            .send()
            .await
            .unwrap();
        server.abort();
        drop(database);

        let (client, _, _server) = started(&data).await;
        assert!(key(&client).send().await.unwrap().item.is_some());
    }

    #[tokio::test]
    async fn a_table_whose_process_was_killed_before_its_time_to_live_was_set_gets_it() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataFolder::open(Some(folder.path())).unwrap();
        let (client, _, _server) = started(&data).await;
        let ttl = |enabled| {
            let specification = TimeToLiveSpecification::builder()
                .attribute_name("ttl")
                .enabled(enabled);
            specification.build().unwrap()
        };
        let without = client.update_time_to_live().table_name(TABLE);
        without.time_to_live_specification(ttl(false)).send().await.unwrap();

        create_table(&client).await.unwrap();
        let described = client.describe_time_to_live().table_name(TABLE).send().await.unwrap();
        let status = described.time_to_live_description.unwrap().time_to_live_status;
        assert_eq!(status, Some(TimeToLiveStatus::Enabled));
    }
}
