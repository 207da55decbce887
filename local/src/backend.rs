//! The whole backend in one process. A process may run several, each with its own table.

mod local_aws;
mod task_set;

use crate::accounts::{AccountGroup, Accounts};
use crate::aws::{self, EXPORT_BUCKET, LINK_SECRET};
use crate::backlog::Backlog;
use crate::data::{DataError, DataFolder};
use crate::database::{DatabaseError, TABLE};
use crate::dev::{self, Development};
use crate::feedback::Feedback;
use crate::functions::{Functions, InProcess, Launcher, Surroundings};
use crate::gateway::cors::{self, Cors, CorsError};
use crate::gateway::{self, Gateway};
use crate::identity::{AUDIENCE, IdentityProvider, KeyError, Signing, TokenRequest};
use crate::schedule::Schedule;
use crate::sent_mail::SentMail;
use crate::sign_in::SignIns;
use crate::streams::{DeadLetter, MappingError, Pump, Reader};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use axum::Router;
use axum::middleware::from_fn_with_state;
use local_aws::LocalAws;
use muster_domain::roleset::{self, RoleSetError};
use muster_edge::mail::Fault;
use muster_edge::{App, Clock, Config, ConfigError};
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use task_set::TaskSet;
use tokio::net::TcpListener;

/// The sender of all mail.
const MAIL_FROM: &str = "Muster <no-reply@muster.example>";

/// The team page's client at the identity provider, which takes any.
const PAGE_CLIENT: &str = "team-page";

/// What stands at the end of all mail.
const POSTAL_LINE: &str = "1 Example Street, 12345 Springfield";
const SUPPORT: &str = "help@muster.example";

/// The configuration set of all mail.
const CONFIGURATION_SET: &str = "muster";

/// The options of a backend.
#[derive(Debug, Clone)]
pub struct Options {
    /// The loopback port of the API; any free one if none (or zero).
    pub port: Option<u16>,
    /// The folder that keeps all data. If none, data is in memory and lost with the backend.
    pub data: Option<PathBuf>,
    /// The folder with files that replace templates and words of emails.
    pub mail_templates: Option<PathBuf>,
    /// Whether the scheduled function runs by itself every minute.
    pub timers: bool,
    /// Whether the stream functions get the table's stream, and SES reports on mail. Tests that do so themselves turn it off.
    pub streams: bool,
    /// The HTTP client of the handlers' AWS calls, for tests that watch or disturb them.
    pub http_client: Option<SharedHttpClient>,
    /// Runs the functions elsewhere, or wraps those of this process. `http_client` does not see calls made elsewhere.
    pub functions: Option<Arc<dyn Launcher>>,
    /// The algorithm with which the identity provider signs tokens.
    pub signing: Signing,
    /// Whether these calls have only as much time as in Lambda, for tests that delay them.
    pub hurried: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: None,
            data: None,
            mail_templates: None,
            timers: true,
            streams: true,
            http_client: None,
            functions: None,
            signing: Signing::default(),
            hurried: false,
        }
    }
}

/// The reason why a backend did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A role set contradicts itself.
    #[error(transparent)]
    RoleSet(#[from] &'static RoleSetError),
    /// Another process listens on the port.
    #[error("port {0} is already in use")]
    PortTaken(u16),
    /// The port cannot be used for another reason.
    #[error("cannot listen on port {port}: {source}")]
    Listen {
        /// The requested port.
        port: u16,
        /// The operating system's error.
        source: io::Error,
    },
    /// The data folder is unusable.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The folder of files is unusable.
    #[error("cannot use the folder for files: {0}")]
    Files(io::Error),
    /// The embedded database is unusable.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The identity provider's key is unusable.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The template feeds a stream function in a way that this process cannot.
    #[error(transparent)]
    Mapping(#[from] MappingError),
    /// The template has no usable CORS configuration.
    #[error(transparent)]
    Cors(#[from] CorsError),
    /// The system gave no randomness for the secrets.
    #[error("cannot generate a secret: {0}")]
    Secret(#[from] getrandom::Error),
    /// A mail template of the operator's is not valid.
    #[error(transparent)]
    MailTemplate(#[from] Fault),
    /// The product did not accept its configuration.
    #[error(transparent)]
    Configuration(#[from] ConfigError),
}

/// A running backend. Dropping it ends it immediately; [`Backend::stop`] lets it finish its work.
pub struct Backend {
    base_url: String,
    app: App,
    environment: Vec<(&'static str, String)>,
    data: Arc<DataFolder>,
    functions: Arc<dyn Functions>,
    identity: Arc<IdentityProvider>,
    accounts: Arc<Accounts>,
    services: LocalAws,
    schedule: Schedule,
    pump: Pump,
    backlog: Backlog,
    /// The tasks that take work. They stop first, since they need the services of the other set.
    front: TaskSet,
    /// The tasks that serve the AWS services.
    back: TaskSet,
}

impl Backend {
    /// Starts the backend. When this returns, the API takes requests.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        roleset::all()?;
        let listener = listen(options.port.unwrap_or(0)).await?;
        let base_url = format!("http://{}", local_address(&listener)?);
        let data = Arc::new(DataFolder::open(options.data.as_deref())?);
        let identity = Arc::new(identity_provider(&data, &base_url, options.signing)?);
        let clock = Clock::adjustable();

        let (mut front, mut back) = (TaskSet::new(), TaskSet::new());
        let (feedback, pending) = Feedback::new(&data)?;
        let services = LocalAws::start(&mut back, &data, clock.clone(), feedback.clone()).await?;
        let mut sdk = aws::sdk_config(services.endpoints.clone(), options.http_client);
        if options.hurried {
            sdk = aws::hurried(&sdk);
        }
        let mut environment = deployment(&base_url, &identity);
        if let Some(folder) = &options.mail_templates {
            environment.push(("MUSTER_MAIL_TEMPLATES", folder.display().to_string()));
        }
        let app = App::new(configuration(&environment)?, &sdk, clock.clone());
        app.stationery()?;
        environment.extend(services.endpoints.environment());
        let functions = functions(options.functions, &app, &environment);

        let reader = Reader::new(services.database.stream(), services.stream_arn.clone(), data.clone());
        let (pump, pumping) = Pump::new(functions.clone(), reader, front.stopped())?;
        if options.streams {
            front.run(pumping);
            front.run(feedback.clone().run(pending, functions.clone(), front.stopped()));
        }
        let schedule = Schedule::new(functions.clone(), clock);
        if options.timers {
            front.run(schedule.clone().run(
                services.database.garbage_collector(),
                services.files.clone(),
                front.stopped(),
            ));
        }

        let mut backend = Self {
            base_url,
            app,
            environment,
            data,
            functions,
            identity,
            accounts: Arc::default(),
            services,
            schedule,
            backlog: Backlog::new(pump.clone(), feedback),
            pump,
            front,
            back,
        };
        backend.open(listener)?;
        // This fetches keys from the gateway, which is open now.
        backend.app.warm().await;
        Ok(backend)
    }

    /// Lets requests in.
    fn open(&mut self, listener: TcpListener) -> Result<(), StartError> {
        let gateway = Gateway::new(self.functions.clone(), self.clock().clone());
        let development = Development {
            identity: self.identity.clone(),
            base_url: self.base_url.clone(),
            app: self.app.clone(),
            mailbox: self.services.mailbox.clone(),
            backlog: self.backlog.clone(),
            schedule: self.schedule.clone(),
            accounts: self.accounts.clone(),
            sign_ins: SignIns::default(),
        };
        let routes = Router::new()
            .fallback(gateway::take)
            .with_state(Arc::new(gateway))
            .merge(dev::routes(development))
            .layer(from_fn_with_state(Arc::new(Cors::deployed()?), cors::answer));
        self.front.serve("gateway", listener, routes);
        Ok(())
    }

    /// The API's address: `http://127.0.0.1:8787`.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The address of the embedded DynamoDB.
    pub fn dynamodb_endpoint(&self) -> &str {
        &self.services.endpoints.dynamodb
    }

    /// The table's name.
    pub fn table(&self) -> &str {
        TABLE
    }

    /// The environment with which a function in a process of its own uses this backend, as a deployment would set it.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        self.environment.clone()
    }

    /// The clock of every handler.
    pub fn clock(&self) -> &Clock {
        self.app.clock()
    }

    /// The app that the handlers use.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// All sent mail, oldest first.
    pub fn mail(&self) -> Vec<SentMail> {
        self.services.mailbox.mails()
    }

    /// The mail from this position on, counted in all mail ever sent, as far as it is kept; and the position after it.
    pub fn mail_from(&self, place: usize) -> (Vec<SentMail>, usize) {
        self.services.mailbox.mails_from(place)
    }

    /// The data that this backend keeps.
    pub(crate) fn data(&self) -> &DataFolder {
        &self.data
    }

    /// The development identity provider.
    pub fn identity(&self) -> &IdentityProvider {
        &self.identity
    }

    /// Offers these people to sign in as, in place of those of the first story.
    pub(crate) fn offer_accounts(&self, groups: Vec<AccountGroup>) {
        self.accounts.offer(groups);
    }

    /// A token for this user, valid for half a day from now on.
    pub fn issue_token(&self, request: &TokenRequest) -> Result<String, KeyError> {
        self.identity.issue(request, self.clock().now())
    }

    /// Waits until all records now in the table's stream, and all that follow from them, have been handled.
    pub async fn drained(&self) {
        self.backlog.drained().await;
    }

    /// The records of the stream that were abandoned.
    pub fn dead_letters(&self) -> Vec<DeadLetter> {
        self.pump.dead_letters()
    }

    /// Runs the scheduled function now. Returns its answer, or why it failed.
    pub async fn expire(&self) -> Result<serde_json::Value, String> {
        self.schedule.run_now().await
    }

    /// Stops taking requests, finishes running ones, and closes the database.
    pub async fn stop(mut self) {
        self.front.stop().await;
        self.back.stop().await;
    }
}

/// The functions of this process, or those that the launcher makes of them.
fn functions(
    launcher: Option<Arc<dyn Launcher>>,
    app: &App,
    environment: &[(&'static str, String)],
) -> Arc<dyn Functions> {
    let here: Arc<dyn Functions> = Arc::new(InProcess(app.clone()));
    let Some(launcher) = launcher else { return here };
    let surroundings = Surroundings {
        environment: environment.to_vec(),
        clock: app.clock().clone(),
    };
    launcher.launch(surroundings, here)
}

async fn listen(port: u16) -> Result<TcpListener, StartError> {
    TcpListener::bind(("127.0.0.1", port))
        .await
        .map_err(|source| match source.kind() {
            io::ErrorKind::AddrInUse => StartError::PortTaken(port),
            _ => StartError::Listen { port, source },
        })
}

fn local_address(listener: &TcpListener) -> Result<SocketAddr, StartError> {
    listener
        .local_addr()
        .map_err(|source| StartError::Listen { port: 0, source })
}

/// The provider with its stored key. Its name is stored as well: users belong to their issuer, so a different port must
/// not turn all users into strangers.
fn identity_provider(data: &DataFolder, base_url: &str, signing: Signing) -> Result<IdentityProvider, StartError> {
    let name = || Ok::<_, DataError>(format!("{base_url}/dev").into_bytes());
    let issuer = data.read_or_write::<_, StartError>("issuer", name)?;
    let key = data.read_or_write::<_, StartError>(signing.file(), || signing.generate_key())?;
    let issuer = String::from_utf8_lossy(&issuer).into_owned();
    Ok(IdentityProvider::new(issuer, signing, &key)?)
}

/// The settings of a deployment's template, adapted to this process.
#[expect(clippy::disallowed_methods, reason = "Secrets Manager makes the key of cursors")]
fn deployment(base_url: &str, identity: &IdentityProvider) -> Vec<(&'static str, String)> {
    vec![
        ("MUSTER_TABLE", TABLE.to_owned()),
        ("MUSTER_ISSUER", identity.issuer().to_owned()),
        ("MUSTER_AUDIENCE", AUDIENCE.to_owned()),
        // Cursors last as long as this process.
        ("MUSTER_CURSOR_KEY", uuid::Uuid::new_v4().to_string()),
        ("MUSTER_JWKS_URL", format!("{base_url}/dev/jwks.json")),
        ("MUSTER_APP_URL", format!("{base_url}/team")),
        ("MUSTER_PAGE_CLIENT_ID", PAGE_CLIENT.to_owned()),
        // The issuer keeps the name of the port that it was first started on.
        (
            "MUSTER_PAGE_DISCOVERY_URL",
            format!("{base_url}/dev/.well-known/openid-configuration"),
        ),
        ("MUSTER_API_URL", base_url.to_owned()),
        ("MUSTER_LINK_SECRET_ID", LINK_SECRET.to_owned()),
        ("MUSTER_MAIL_FROM", MAIL_FROM.to_owned()),
        ("MUSTER_POSTAL_LINE", POSTAL_LINE.to_owned()),
        ("MUSTER_SUPPORT_EMAIL", SUPPORT.to_owned()),
        ("MUSTER_MAIL_CONFIGURATION_SET", CONFIGURATION_SET.to_owned()),
        ("MUSTER_EXPORT_BUCKET", EXPORT_BUCKET.to_owned()),
        ("MUSTER_TEST_ROLE_SETS", "true".to_owned()),
    ]
}

fn configuration(deployment: &[(&str, String)]) -> Result<Config, ConfigError> {
    Config::read(|variable| {
        let set = deployment.iter().find(|(name, _)| *name == variable);
        set.map(|(_, value)| value.clone())
    })
}
