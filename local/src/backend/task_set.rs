//! Tasks that end together.

use axum::Router;
use axum::serve::ListenerExt;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How long a stop waits for running work.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// A set of tasks that stop together, and end with their owner at the latest.
pub(super) struct TaskSet {
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl TaskSet {
    pub(super) fn new() -> Self {
        Self {
            stop: watch::Sender::new(false),
            tasks: JoinSet::new(),
        }
    }

    /// Becomes true at the stop.
    pub(super) fn stopped(&self) -> watch::Receiver<bool> {
        self.stop.subscribe()
    }

    /// Adds a task.
    pub(super) fn run(&mut self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(task);
    }

    /// Serves these routes until the stop.
    pub(super) fn serve(&mut self, name: &'static str, listener: TcpListener, routes: Router) {
        let mut stopped = self.stopped();
        // Small replies must not wait for the client's acknowledgment of the headers.
        let listener = listener.tap_io(|connection| {
            if let Err(error) = connection.set_nodelay(true) {
                tracing::debug!(%error, "the connection answers slowly");
            }
        });
        let service = routes.into_make_service_with_connect_info::<SocketAddr>();
        self.run(async move {
            let stop = async move {
                // An error means that the backend is gone, which is also a stop.
                let _ = stopped.wait_for(|stopped| *stopped).await;
            };
            let served = axum::serve(listener, service).with_graceful_shutdown(stop);
            if let Err(error) = served.await {
                tracing::error!(name, %error, "stopped serving");
            }
        });
    }

    /// Waits a while for running work, then ends it.
    pub(super) async fn stop(&mut self) {
        self.stop.send_replace(true);
        let finish = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(STOP_TIMEOUT, finish).await.is_err() {
            self.tasks.shutdown().await;
        }
    }
}
