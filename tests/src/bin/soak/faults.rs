//! What goes wrong: AWS calls that fail before or after they took effect, invocations that die between two calls, and streams
//! that are not read for a while.
//!
//! All of it happens to one invocation at a time, that of a request or one in the background: the plan for it goes along with
//! its task. So it is known of each answer whether something was made to go wrong on the way to it.

use aws_smithy_runtime_api::client::http::{
    HttpClient as _, HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use fastrand::Rng;
use muster_local::{Failure, Functions, Launcher, Running, Surroundings};
use muster_tests::calls;
use muster_tests::faults::{Kind, Reach, TRANSACT, UPDATE, exchange, operation};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// Header field by which a request says which operation it is of.
pub(crate) const OPERATION: &str = "x-soak-operation";
/// Of so many invocations in the background, one is disturbed.
const BACKGROUND_ONE_IN: u64 = 40;
/// How often streams that are not read look whether they are again.
const LOOK: Duration = Duration::from_millis(5);

tokio::task_local! {
    static PLAN: Arc<Plan>;
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What shall go wrong in one invocation.
#[derive(Debug)]
pub(crate) struct Plan {
    call: usize,
    kind: Kind,
    reach: Reach,
    /// The calls so far, each with the number of its attempts.
    calls: Mutex<Vec<(String, usize)>>,
    struck: AtomicBool,
    killed: Notify,
}

impl Plan {
    /// One of the things that can go wrong.
    pub(crate) fn draw(rng: &mut Rng) -> Self {
        let kinds = [
            Kind::ServerError,
            Kind::LostReply,
            Kind::TimeoutBefore,
            Kind::TimeoutAfter,
            Kind::Throttled,
            Kind::Conflict,
            Kind::Killed,
        ];
        let reaches = [Reach::Attempt, Reach::Call, Reach::Rest];
        Self {
            call: rng.usize(0..5),
            kind: kinds[rng.usize(0..kinds.len())],
            reach: reaches[rng.usize(0..reaches.len())],
            calls: Mutex::default(),
            struck: AtomicBool::default(),
            killed: Notify::new(),
        }
    }

    /// Whether something went wrong.
    pub(crate) fn has_struck(&self) -> bool {
        self.struck.load(Ordering::SeqCst)
    }

    /// What happens to this attempt.
    fn meets(&self, request: &HttpRequest) -> Option<Kind> {
        let invocation = request.headers().get("amz-sdk-invocation-id").unwrap_or_default();
        let mut calls = lock(&self.calls);
        let call = calls.iter().position(|(known, _)| known == invocation);
        let call = call.unwrap_or_else(|| {
            calls.push((invocation.to_owned(), 0));
            calls.len() - 1
        });
        let (_, attempts) = &mut calls[call];
        *attempts += 1;
        let meets = match self.reach {
            Reach::Attempt => call == self.call && *attempts == 1,
            Reach::Call => call == self.call,
            Reach::Rest => call >= self.call,
        };
        let can_conflict = [TRANSACT, UPDATE].contains(&operation(request).as_str());
        let kind = match self.kind {
            Kind::Conflict if !can_conflict => Kind::Throttled,
            kind => kind,
        };
        meets.then(|| {
            self.struck.store(true, Ordering::SeqCst);
            kind
        })
    }
}

/// The HTTP client of the functions: it does to each call what the plan of its invocation says.
pub(crate) fn client() -> SharedHttpClient {
    let real = calls::client();
    http_client_fn(move |settings, components| {
        SharedHttpConnector::new(Connector(real.http_connector(settings, components)))
    })
}

#[derive(Debug)]
struct Connector(SharedHttpConnector);

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Ok(plan) = PLAN.try_with(Arc::clone) else {
            return self.0.call(request);
        };
        let Some(kind) = plan.meets(&request) else {
            return self.0.call(request);
        };
        let real = self.0.clone();
        HttpConnectorFuture::new(async move { exchange(&real, &plan.killed, request, Some(kind)).await })
    }
}

/// What all faults of a run have in common; clones are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Faults(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    seed: u64,
    /// Plans of requests that are under way, by operation.
    plans: Mutex<HashMap<u64, Arc<Plan>>>,
    /// Whether nothing shall go wrong in the background.
    calm: AtomicBool,
    /// Whether the streams are not read at present.
    stalled: AtomicBool,
    /// Invocations in the background so far, those that something went wrong in, and all that were killed.
    background: AtomicU64,
    disturbed: AtomicU64,
    killed: AtomicU64,
    /// What failed in the background though nothing was made to go wrong.
    failures: Mutex<Vec<String>>,
}

impl Faults {
    /// None yet; those in the background follow from the seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self(Arc::new(Shared {
            seed,
            ..Shared::default()
        }))
    }

    /// This is to go wrong in the request of an operation.
    pub(crate) fn plan(&self, operation: u64, plan: Plan) -> Arc<Plan> {
        let plan = Arc::new(plan);
        lock(&self.0.plans).insert(operation, plan.clone());
        plan
    }

    /// The request of an operation was answered.
    pub(crate) fn answered(&self, operation: u64) {
        lock(&self.0.plans).remove(&operation);
    }

    /// Whether nothing goes wrong in the background from here on.
    pub(crate) fn set_calm(&self, calm: bool) {
        self.0.calm.store(calm, Ordering::SeqCst);
    }

    /// Whether the streams are not read from here on.
    pub(crate) fn set_stalled(&self, stalled: bool) {
        self.0.stalled.store(stalled, Ordering::SeqCst);
    }

    /// Whether the streams are not read.
    pub(crate) fn is_stalled(&self) -> bool {
        self.0.stalled.load(Ordering::SeqCst)
    }

    /// What failed in the background by itself, once.
    pub(crate) fn failures(&self) -> Vec<String> {
        std::mem::take(&mut *lock(&self.0.failures))
    }

    /// How many invocations in the background there were, in how many something went wrong, and how many were killed in all.
    pub(crate) fn counts(&self) -> [u64; 3] {
        [&self.0.background, &self.0.disturbed, &self.0.killed].map(|count| count.load(Ordering::SeqCst))
    }

    /// The plan of an invocation, if something shall go wrong in it.
    fn plan_of(&self, event: &Value) -> Option<Arc<Plan>> {
        if event["requestContext"]["http"].is_object() {
            let operation: u64 = event["headers"][OPERATION].as_str()?.parse().ok()?;
            return lock(&self.0.plans).get(&operation).cloned();
        }
        let number = self.0.background.fetch_add(1, Ordering::SeqCst);
        if self.0.calm.load(Ordering::SeqCst) {
            return None;
        }
        let mut rng = Rng::with_seed(self.0.seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        (rng.u64(0..BACKGROUND_ONE_IN) == 0).then(|| Arc::new(Plan::draw(&mut rng)))
    }

    async fn run(self, binary: &'static str, event: Value, here: Arc<dyn Functions>) -> Result<Value, Failure> {
        let is_request = event["requestContext"]["http"].is_object();
        while ["deliver-mail", "finish-work"].contains(&binary) && self.is_stalled() {
            tokio::time::sleep(LOOK).await;
        }
        let Some(plan) = self.plan_of(&event) else {
            let answer = here.invoke(binary, event).await;
            if let Err(failure) = answer.as_ref()
                && !is_request
            {
                lock(&self.0.failures).push(format!("{binary}: {failure}"));
            }
            return answer;
        };
        let answer = tokio::select! {
            biased;
            () = plan.killed.notified() => {
                self.0.killed.fetch_add(1, Ordering::SeqCst);
                Err(Failure::Failed("killed between two calls".to_owned()))
            }
            answer = PLAN.scope(plan.clone(), here.invoke(binary, event)) => answer,
        };
        if !is_request && plan.has_struck() {
            self.0.disturbed.fetch_add(1, Ordering::SeqCst);
        }
        answer
    }
}

impl Launcher for Faults {
    fn launch(&self, _: Surroundings, here: Arc<dyn Functions>) -> Arc<dyn Functions> {
        Arc::new(Disturbed {
            faults: self.clone(),
            here,
        })
    }
}

struct Disturbed {
    faults: Faults,
    here: Arc<dyn Functions>,
}

impl Functions for Disturbed {
    fn invoke(&self, binary: &'static str, event: Value) -> Running {
        Box::pin(self.faults.clone().run(binary, event, self.here.clone()))
    }
}
