//! A connection between a function's process and a service, in the hands of a test: it can be cut, refused, or left
//! without an answer.

use crate::packaged::lock;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};

/// What becomes of new connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// They lead to the service.
    Through,
    /// They are closed at once.
    Refusing,
    /// They are accepted, and nothing ever comes back.
    Silent,
}

/// What new connections meet: where they lead, and how.
#[derive(Debug)]
struct Far {
    manner: Manner,
    service: Option<SocketAddr>,
    open: Vec<AbortHandle>,
}

/// An address that leads to a service once it is known.
#[derive(Debug)]
pub struct Wire {
    address: SocketAddr,
    far: Arc<Mutex<Far>>,
    _listening: JoinSet<()>,
}

impl Wire {
    /// One whose service is not known yet.
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a port");
        let address = listener.local_addr().expect("a port has a number");
        let far = Arc::new(Mutex::new(Far {
            manner: Manner::Silent,
            service: None,
            open: Vec::new(),
        }));
        let mut listening = JoinSet::new();
        listening.spawn(listen(listener, far.clone()));
        Self {
            address,
            far,
            _listening: listening,
        }
    }

    /// Its URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Leads to the service of this URL from here on.
    pub fn lead_to(&self, url: &str) {
        let service = url.trim_start_matches("http://").parse();
        lock(&self.far).service = Some(service.expect("the URL of a local service"));
        self.become_now(Manner::Through);
    }

    /// Treats connections in this manner from here on, and ends those that are open.
    pub fn become_now(&self, manner: Manner) {
        lock(&self.far).manner = manner;
        self.cut();
    }

    /// Ends the connections that are open; gives how many there were.
    pub fn cut(&self) -> usize {
        let open = std::mem::take(&mut lock(&self.far).open);
        let ended = open.iter().filter(|connection| !connection.is_finished()).count();
        open.iter().for_each(AbortHandle::abort);
        ended
    }
}

async fn listen(listener: TcpListener, far: Arc<Mutex<Far>>) {
    let mut connections = JoinSet::new();
    while let Ok((near, _)) = listener.accept().await {
        let mut there = lock(&far);
        let lead = lead(near, there.manner, there.service);
        there.open.push(connections.spawn(lead));
    }
}

async fn lead(mut near: TcpStream, manner: Manner, service: Option<SocketAddr>) {
    match (manner, service) {
        (Manner::Refusing, _) => drop(near),
        (Manner::Through, Some(service)) => {
            if let Ok(mut far) = TcpStream::connect(service).await {
                // Whichever side ends it.
                let _ = copy_bidirectional(&mut near, &mut far).await;
            }
        }
        (Manner::Silent, _) | (Manner::Through, None) => std::future::pending().await,
    }
}
