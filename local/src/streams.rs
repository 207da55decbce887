//! Feeds the table's stream to the stream functions, as Lambda's event source mappings do.

mod delivery;
mod event;
mod filter;
mod mapping;
mod reader;

use crate::functions::Functions;
use delivery::Delivery;
#[cfg(test)]
pub(crate) use filter::matches;
pub use mapping::{MappingError, StreamFilters};
pub(crate) use reader::Reader;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};

/// How long the reader waits without a reported write: garbage collection reports none, and a read may have failed.
const POLL_INTERVAL: Duration = Duration::from_millis(500);

/// How long the reader waits for further writes after one, to batch records as an event source mapping does.
const BATCHING_WINDOW: Duration = Duration::from_millis(25);

/// A record that its function failed to take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// The function, as the template names it.
    pub function: &'static str,
    /// The record's place in the stream.
    pub sequence_number: String,
    /// The function's last error.
    pub reason: String,
}

/// The handle of a running pump.
#[derive(Clone)]
pub(crate) struct Pump {
    waiting: mpsc::UnboundedSender<oneshot::Sender<()>>,
    dead_letters: DeadLetters,
}

type DeadLetters = Arc<Mutex<Vec<DeadLetter>>>;

impl Pump {
    /// Returns a pump's handle and the future that pumps until `stopped`.
    pub(crate) fn new(
        functions: Arc<dyn Functions>,
        reader: Reader,
        stopped: watch::Receiver<bool>,
    ) -> Result<(Self, impl Future<Output = ()> + use<>), MappingError> {
        let (waiting, waiters) = mpsc::unbounded_channel();
        let pump = Self {
            waiting,
            dead_letters: DeadLetters::default(),
        };
        let running = Running {
            delivery: Delivery::new(functions, mapping::mappings()?, reader.patience()),
            reader,
            dead_letters: pump.dead_letters.clone(),
            waiters,
            stopped,
        };
        Ok((pump, running.run()))
    }

    /// Waits until all records now in the stream, and all that their handling adds, have been handled.
    pub(crate) async fn drained(&self) {
        let (done, drained) = oneshot::channel();
        if self.waiting.send(done).is_ok() {
            // An error means that the pump has stopped and will handle no more records.
            let _ = drained.await;
        }
    }

    /// The records that were abandoned.
    pub(crate) fn dead_letters(&self) -> Vec<DeadLetter> {
        self.dead_letters.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

struct Running {
    reader: Reader,
    delivery: Delivery,
    dead_letters: DeadLetters,
    waiters: mpsc::UnboundedReceiver<oneshot::Sender<()>>,
    stopped: watch::Receiver<bool>,
}

impl Running {
    async fn run(mut self) {
        let mut waiting = Vec::new();
        while !*self.stopped.borrow() {
            // If this read finds nothing, it answers all waiters that came before it.
            while let Ok(waiter) = self.waiters.try_recv() {
                waiting.push(waiter);
            }
            match self.reader.next() {
                Ok(records) if records.is_empty() => {
                    for waiter in waiting.drain(..) {
                        // The waiter may be gone.
                        let _ = waiter.send(());
                    }
                    waiting.extend(self.rest().await);
                }
                Ok(records) => {
                    let given_up = self.delivery.deliver(&records).await;
                    self.dead_letters
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .extend(given_up);
                    self.reader.handled(&records);
                }
                Err(error) => {
                    tracing::error!(%error, "the table's stream cannot be read");
                    waiting.extend(self.rest().await);
                }
            }
        }
    }

    /// Rests until there may be work. Returns a waiter that came meanwhile.
    async fn rest(&mut self) -> Option<oneshot::Sender<()>> {
        tokio::select! {
            () = tokio::time::sleep(POLL_INTERVAL) => None,
            () = async { self.reader.written().await; tokio::time::sleep(BATCHING_WINDOW).await } => None,
            waiter = self.waiters.recv() => waiter,
            _ = self.stopped.wait_for(|stopped| *stopped) => None,
        }
    }
}
