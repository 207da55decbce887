//! The process that is measured: this very program, run again as `cargo run` runs it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Environment variable: set in the process that serves.
const SERVES: &str = "MUSTER_BENCH_SERVES";
/// What the address that the server prints begins with.
const LOOPBACK: &str = "http://127.0.0.1:";

/// Whether this process is the one that is measured.
pub(crate) fn is_server() -> bool {
    std::env::var_os(SERVES).is_some()
}

/// A running backend in a process of its own; it ends when this is dropped.
pub(crate) struct Server {
    child: Child,
    base_url: String,
    data: Option<PathBuf>,
    threads: RefCell<HashMap<OsString, u64>>,
}

impl Server {
    /// Starts it on any free port.
    pub(crate) fn start(data: Option<&Path>) -> Self {
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command.env(SERVES, "1").args(["--port", "0"]).stdout(Stdio::piped());
        if let Some(data) = data {
            command.arg("--data").arg(data);
        }
        let mut child = command.spawn().expect("the backend starts");
        let mut out = BufReader::new(child.stdout.take().expect("its output"));
        let mut line = String::new();
        let base_url = loop {
            line.clear();
            assert!(out.read_line(&mut line).unwrap() > 0, "the backend ended");
            if let Some((_, rest)) = line.split_once(LOOPBACK) {
                let port: String = rest.chars().take_while(char::is_ascii_digit).collect();
                break format!("{LOOPBACK}{port}");
            }
        };
        // The server would fail to print if this end of the pipe were closed.
        std::thread::spawn(move || std::io::copy(&mut out, &mut std::io::sink()));
        Self {
            child,
            base_url,
            data: data.map(Path::to_owned),
            threads: RefCell::default(),
        }
    }

    /// Where its API is.
    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    fn proc(&self, file: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{file}", self.child.id())).expect("a Linux with /proc")
    }

    /// Processor time of all its threads; a thread that ended counts with its last known time.
    pub(crate) fn processor(&self) -> Duration {
        let threads = fs::read_dir(format!("/proc/{}/task", self.child.id())).expect("a Linux with /proc");
        let taken = threads.filter_map(|thread| {
            let thread = thread.ok()?;
            let schedule = fs::read_to_string(thread.path().join("schedstat")).ok()?;
            let taken = schedule.split(' ').next()?.parse::<u64>().ok()?;
            Some((thread.file_name(), taken))
        });
        let mut seen = self.threads.borrow_mut();
        seen.extend(taken);
        Duration::from_nanos(seen.values().sum())
    }

    /// Waits until it does nothing any more, and does not wait for its disk either.
    pub(crate) async fn rest(&self) {
        let mut before = self.processor();
        let mut quiet = 0;
        while quiet < 10 {
            tokio::time::sleep(Duration::from_millis(60)).await;
            let now = self.processor();
            let rests = now - before < Duration::from_millis(1);
            quiet = if rests { quiet + 1 } else { 0 };
            before = now;
        }
    }

    /// Memory that it has in use, in bytes.
    pub(crate) fn memory(&self) -> u64 {
        let status = self.proc("status");
        let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
    }

    /// The size of its files, in bytes.
    pub(crate) fn disk(&self) -> u64 {
        let Some(data) = &self.data else { return 0 };
        let files = fs::read_dir(data).unwrap();
        files.map(|file| file.unwrap().metadata().unwrap().len()).sum()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
