//! What AWS is to the functions, in this process.

use super::crew::Crew;
use super::{StartError, listen, local_address};
use crate::aws::{self, CREDENTIALS, Endpoints, FileStore, LinkSecret, Mailbox};
use crate::data::DataFolder;
use crate::database::{self, EmbeddedDatabase};
use crate::feedback::Feedback;
use aws_config::SdkConfig;
use muster_edge::Clock;
use std::sync::Arc;

/// The services that the functions call.
pub(super) struct Cloud {
    pub(super) database: Arc<EmbeddedDatabase>,
    pub(super) files: Arc<FileStore>,
    pub(super) mailbox: Mailbox,
    pub(super) endpoints: Endpoints,
    /// For this process's own calls, which are nobody's to watch.
    pub(super) own_sdk: SdkConfig,
    pub(super) stream_arn: String,
}

impl Cloud {
    /// Starts them; the crew keeps them running.
    pub(super) async fn start(
        crew: &mut Crew,
        data: &DataFolder,
        clock: Clock,
        feedback: Feedback,
    ) -> Result<Self, StartError> {
        let (database, served) = EmbeddedDatabase::start(data, crew.stopped()).await?;
        crew.run(served);
        let mailbox = Mailbox::new(clock, feedback);
        let files = FileStore::open(data.file("files")).map_err(StartError::Files)?;
        let endpoints = Endpoints {
            dynamodb: database.endpoint().to_owned(),
            services: serve_services(crew, data, mailbox.clone()).await?,
            files: serve_files(crew, &files).await?,
        };
        let own_sdk = aws::sdk_config(endpoints.clone(), None);
        let stream_arn = database::create_table(&aws_sdk_dynamodb::Client::new(&own_sdk)).await?;
        Ok(Self {
            database: Arc::new(database),
            files: Arc::new(files),
            mailbox,
            endpoints,
            own_sdk,
            stream_arn,
        })
    }
}

/// Serves SES and Secrets Manager on a loopback port of their own.
async fn serve_services(crew: &mut Crew, data: &DataFolder, mailbox: Mailbox) -> Result<String, StartError> {
    let secret = data.read_or_write::<_, StartError>("link-secret.json", LinkSecret::generate)?;
    let routes = aws::services(mailbox, LinkSecret::new(&String::from_utf8_lossy(&secret)));
    let listener = listen(0).await?;
    let endpoint = format!("http://{}", local_address(&listener)?);
    crew.serve("services", listener, routes);
    Ok(endpoint)
}

/// Serves S3 on a loopback port of its own.
async fn serve_files(crew: &mut Crew, files: &FileStore) -> Result<String, StartError> {
    let (key, secret) = CREDENTIALS;
    let routes = files.routes(key, secret).map_err(StartError::Files)?;
    let listener = listen(0).await?;
    let endpoint = format!("http://{}", local_address(&listener)?);
    crew.serve("files", listener, routes);
    Ok(endpoint)
}
