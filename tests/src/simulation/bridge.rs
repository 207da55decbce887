//! The way from simulated time to AWS and back.

use crate::faults::{ERASE, QUERY, READ, SEND_EMAIL, TRANSACT, UPDATE, operation, whole};
use aws_smithy_runtime_api::client::http::{
    HttpClient as _, HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use jiff::{SignedDuration, Timestamp};
use muster_edge::Clock;
use muster_local::SentMail;
use serde_json::Value;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::time::{Instant, sleep};

/// What a call takes, there and back. Nobody promises these; they are what is usual within a Region.
pub(super) fn latency(operation: &str) -> Duration {
    Duration::from_millis(match operation {
        READ | QUERY => 5,
        UPDATE => 6,
        ERASE => 10,
        TRANSACT => 15,
        SEND_EMAIL => 40,
        _ => 10,
    })
}

/// A client whose calls another runtime makes while this thread waits, so that simulated time stands still.
pub(super) fn client(real: SharedHttpClient, cloud: Handle) -> SharedHttpClient {
    http_client_fn(move |settings, components| {
        SharedHttpConnector::new(Bridge {
            real: real.http_connector(settings, components),
            cloud: cloud.clone(),
        })
    })
}

#[derive(Debug)]
struct Bridge {
    real: SharedHttpConnector,
    cloud: Handle,
}

impl HttpConnector for Bridge {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        // Begun here: whose call it is, is known from this task.
        let exchange = self.real.call(request);
        let (reply, replied) = mpsc::channel();
        self.cloud.spawn(async move {
            let answer = match exchange.await {
                Ok(answer) => whole(answer).await,
                Err(error) => Err(error),
            };
            let _ = reply.send(answer);
        });
        HttpConnectorFuture::ready(replied.recv().expect("the call ends"))
    }
}

/// Simulated time, and the clock of functions, which follows it.
#[derive(Debug)]
pub(super) struct Time {
    clock: Clock,
    /// What the clock showed at an instant of simulated time.
    shown: Mutex<(Timestamp, Instant)>,
}

impl Time {
    pub(super) fn of(clock: Clock) -> Self {
        let shown = Mutex::new((clock.now(), Instant::now()));
        Self { clock, shown }
    }

    /// Begins anew from what the clock shows.
    pub(super) fn begin(&self) {
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = (self.clock.now(), Instant::now());
    }

    /// Sets the clock to what it is in simulated time: the system's goes on while calls are made.
    pub(super) fn follow(&self) {
        let (shown, at) = *self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let since = SignedDuration::try_from(at.elapsed()).expect("a time that can be told");
        self.clock.advance((shown + since).duration_since(self.clock.now()));
    }

    pub(super) fn advance(&self, by: SignedDuration) {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).0 += by;
        self.follow();
    }
}

/// Mail that SES took.
#[derive(Debug, Clone, Default)]
pub(super) struct Mails(Arc<Mutex<Taken>>);

#[derive(Debug, Default)]
struct Taken {
    emails: Vec<String>,
    /// What SES has reported nothing of, with the instant at which it was taken.
    unreported: Vec<(SentMail, Instant)>,
}

impl Mails {
    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets the addresses.
    pub(super) fn forget(&self) {
        self.lock().emails.clear();
    }

    /// The addresses of all mail.
    pub(super) fn all(&self) -> Vec<String> {
        self.lock().emails.clone()
    }

    /// Whether SES has reported on all mail.
    pub(super) fn is_reported(&self) -> bool {
        self.lock().unreported.is_empty()
    }

    /// The mail of which nothing was reported yet, and now is.
    pub(super) fn take_unreported(&self) -> Vec<(SentMail, Instant)> {
        std::mem::take(&mut self.lock().unreported)
    }

    fn note(&self, request: &[u8], sent_at: Timestamp) {
        let request: Value = serde_json::from_slice(request).expect("a mail");
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let to = text(&request["Destination"]["ToAddresses"][0]).expect("a mail has an address");
        let tags = request["EmailTags"].as_array().into_iter().flatten();
        let mail = SentMail {
            to: to.clone(),
            subject: String::new(),
            text: String::new(),
            html: String::new(),
            sent_at,
            from: text(&request["FromEmailAddress"]).expect("a mail has a sender"),
            configuration_set: text(&request["ConfigurationSetName"]),
            tags: tags
                .filter_map(|tag| Some((text(&tag["Name"])?, text(&tag["Value"])?)))
                .collect(),
            raw: Vec::new(),
        };
        let mut taken = self.lock();
        taken.emails.push(to);
        taken.unreported.push((mail, Instant::now()));
    }
}

/// Lets calls take their time.
#[derive(Debug, Clone)]
pub(super) struct Timed {
    time: Arc<Time>,
    mails: Mails,
}

impl Timed {
    pub(super) const fn new(time: Arc<Time>, mails: Mails) -> Self {
        Self { time, mails }
    }

    pub(super) fn client_over(&self, real: SharedHttpClient) -> SharedHttpClient {
        let timed = self.clone();
        http_client_fn(move |settings, components| {
            SharedHttpConnector::new(TimedConnector {
                real: real.http_connector(settings, components),
                timed: timed.clone(),
            })
        })
    }
}

#[derive(Debug)]
struct TimedConnector {
    real: SharedHttpConnector,
    timed: Timed,
}

impl HttpConnector for TimedConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (real, timed) = (self.real.clone(), self.timed.clone());
        HttpConnectorFuture::new(async move {
            timed.time.follow();
            let name = operation(&request);
            let mail = (name == SEND_EMAIL).then(|| request.body().bytes().unwrap_or_default().to_vec());
            let reply = real.call(request).await?;
            if let Some(mail) = mail.filter(|_| reply.status().is_success()) {
                timed.mails.note(&mail, timed.time.clock.now());
            }
            sleep(latency(&name)).await;
            timed.time.follow();
            Ok(reply)
        })
    }
}
