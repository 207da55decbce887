//! What SES reports of mail in simulated time, and Lambda's queue of those events, in which they wait for their function.

use super::bridge::Mails;
use super::settings::Settings;
use futures::future::LocalBoxFuture;
use futures::stream::{FuturesUnordered, StreamExt as _};
use muster_domain::DeliveryEvent;
use muster_edge::App;
use muster_functions::streams;
use muster_local::run_as;
use serde_json::Value;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// The function.
pub(super) const BINARY: &str = "note-feedback";
/// What SES reports of each mail, and how long after it took the mail. Nobody promises these; they are usual.
const REPORTS: [(DeliveryEvent, Duration); 2] = [
    (DeliveryEvent::Sent, Duration::from_millis(300)),
    (DeliveryEvent::Delivered, Duration::from_secs(2)),
];
/// How long Lambda waits before it tries an event again, each time.
const PAUSES: [Duration; 2] = [Duration::from_secs(60), Duration::from_secs(120)];
/// How often it is looked whether an event is to be handed over.
const LOOK: Duration = Duration::from_millis(50);

/// An event on its way to the function.
struct Reported {
    event: Value,
    /// When it is handed over.
    at: Instant,
    failures: usize,
}

/// The events of SES, and the function's processes.
pub(super) struct Feedback {
    waiting: RefCell<VecDeque<Reported>>,
    free: RefCell<Vec<App>>,
    processes: usize,
    retries: usize,
    is_held: Cell<bool>,
    dead: RefCell<Vec<Value>>,
    last: Cell<Instant>,
}

/// An event that the function has looked at.
struct Ended {
    reported: Reported,
    app: App,
    is_noted: bool,
}

impl Feedback {
    pub(super) fn new(settings: &Settings, processes: Vec<App>) -> Self {
        let retries = usize::try_from(settings.retries(BINARY)).expect("a few");
        assert!(retries <= PAUSES.len(), "Lambda tries an event again twice at most");
        Self {
            waiting: RefCell::default(),
            processes: processes.len(),
            free: RefCell::new(processes),
            retries,
            is_held: Cell::new(false),
            dead: RefCell::default(),
            last: Cell::new(Instant::now()),
        }
    }

    /// Holds events back from here on, or no longer.
    pub(super) fn hold(&self, is_held: bool) {
        self.is_held.set(is_held);
    }

    /// When the function ended last.
    pub(super) fn last_noted(&self) -> Instant {
        self.last.get()
    }

    pub(super) fn dead_letters(&self) -> Vec<Value> {
        self.dead.borrow().clone()
    }

    /// Whether nothing waits, but for what is held back.
    pub(super) fn is_idle(&self) -> bool {
        let is_free = self.free.borrow().len() == self.processes;
        is_free && (self.is_held.get() || self.waiting.borrow().is_empty())
    }

    /// Hands events to the function, without end.
    pub(super) async fn run(&self, mails: &Mails) {
        let mut running = FuturesUnordered::new();
        loop {
            self.report(mails);
            running.extend(self.begun());
            tokio::select! {
                biased;
                Some(ended) = running.next() => self.end(ended),
                () = sleep(LOOK) => {}
            }
        }
    }

    /// Takes in what SES reports of the mail that it took since the last time.
    fn report(&self, mails: &Mails) {
        for (mail, taken) in mails.take_unreported() {
            let reports = REPORTS.into_iter().map(|(told, after)| Reported {
                event: mail.event(told, mail.sent_at),
                at: taken + after,
                failures: 0,
            });
            self.waiting.borrow_mut().extend(reports);
        }
    }

    /// Begins with as many events as there are processes for, those first that have waited longest.
    fn begun(&self) -> Vec<LocalBoxFuture<'static, Ended>> {
        let mut begun: Vec<LocalBoxFuture<'static, Ended>> = Vec::new();
        let (mut waiting, mut free) = (self.waiting.borrow_mut(), self.free.borrow_mut());
        let now = Instant::now();
        while !self.is_held.get() && !free.is_empty() {
            let due = waiting.iter().enumerate().filter(|(_, reported)| reported.at <= now);
            let Some((place, _)) = due.min_by_key(|(_, reported)| reported.at) else {
                break;
            };
            let (Some(reported), Some(app)) = (waiting.remove(place), free.pop()) else {
                break;
            };
            begun.push(Box::pin(async move {
                let noted = streams::note_feedback(&app, reported.event.clone());
                let is_noted = run_as(BINARY, noted).await.is_ok();
                Ended {
                    reported,
                    app,
                    is_noted,
                }
            }));
        }
        begun
    }

    /// Lambda tries an event again at which the function failed, after a pause, until it gives it up.
    fn end(&self, ended: Ended) {
        let Ended {
            mut reported,
            app,
            is_noted,
        } = ended;
        self.free.borrow_mut().push(app);
        self.last.set(Instant::now());
        if is_noted {
            return;
        }
        let pause = PAUSES
            .get(..self.retries)
            .and_then(|pauses| pauses.get(reported.failures));
        match pause {
            Some(pause) => {
                reported.failures += 1;
                reported.at = Instant::now() + *pause;
                self.waiting.borrow_mut().push_back(reported);
            }
            None => self.dead.borrow_mut().push(reported.event),
        }
    }
}
