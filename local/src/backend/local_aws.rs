//! The AWS services that the functions use, in this process.

use super::task_set::TaskSet;
use super::{StartError, listen, local_address};
use crate::aws::{self, CREDENTIALS, Endpoints, FileStore, LinkSecret, SentMails};
use crate::data::DataFolder;
use crate::database::{self, EmbeddedDatabase};
use crate::feedback::Feedback;
use axum::Router;
use muster_edge::Clock;
use std::sync::Arc;

/// The services that the functions call.
pub(super) struct LocalAws {
    pub(super) database: EmbeddedDatabase,
    pub(super) files: Arc<FileStore>,
    pub(super) mailbox: SentMails,
    pub(super) endpoints: Endpoints,
    pub(super) stream_arn: String,
}

impl LocalAws {
    /// Starts the services; the task set keeps them running.
    pub(super) async fn start(
        tasks: &mut TaskSet,
        data: &DataFolder,
        clock: Clock,
        feedback: Feedback,
    ) -> Result<Self, StartError> {
        let database = EmbeddedDatabase::open(data)?;
        let mailbox = SentMails::new(clock, feedback);
        let files = FileStore::open(data.file("files")).map_err(StartError::Files)?;
        let endpoints = Endpoints {
            dynamodb: serve(tasks, "database", database.routes()).await?,
            services: serve(tasks, "services", services(data, mailbox.clone())?).await?,
            files: serve(tasks, "files", s3(&files)?).await?,
        };
        // Tests do not watch this client, since creating the table is not a function's call.
        let sdk = aws::sdk_config(endpoints.clone(), None);
        let stream_arn = database::create_table(&aws_sdk_dynamodb::Client::new(&sdk)).await?;
        Ok(Self {
            database,
            files: Arc::new(files),
            mailbox,
            endpoints,
            stream_arn,
        })
    }
}

/// Serves these routes on a loopback port of their own.
async fn serve(tasks: &mut TaskSet, name: &'static str, routes: Router) -> Result<String, StartError> {
    let listener = listen(0).await?;
    let endpoint = format!("http://{}", local_address(&listener)?);
    tasks.serve(name, listener, routes);
    Ok(endpoint)
}

/// SES and Secrets Manager.
fn services(data: &DataFolder, mailbox: SentMails) -> Result<Router, StartError> {
    let secret = data.read_or_write::<_, StartError>("link-secret.json", LinkSecret::generate)?;
    Ok(aws::services(
        mailbox,
        LinkSecret::new(&String::from_utf8_lossy(&secret)),
    ))
}

/// S3.
fn s3(files: &FileStore) -> Result<Router, StartError> {
    let (key, secret) = CREDENTIALS;
    files.routes(key, secret).map_err(StartError::Files)
}
