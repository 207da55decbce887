//! The backend's clock, for processes that ask the system for the time: libfaketime stands between, and reads from a
//! file how far the clock was moved.

use super::{Ahead, lock};
use jiff::Timestamp;
use muster_edge::Clock;
use muster_local::Failure;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// Where libfaketime is. Without it the clock must not be moved.
const LIBRARY: &str = "MUSTER_TEST_FAKETIME";

/// The file that says how far the clock was moved.
pub(super) struct ClockFile {
    clock: Clock,
    path: PathBuf,
    library: Option<String>,
    told: Mutex<Ahead>,
}

impl ClockFile {
    pub(super) fn new(clock: Clock, folder: &Path) -> Self {
        let file = Self {
            clock,
            path: folder.join("clock"),
            library: std::env::var(LIBRARY).ok(),
            told: Mutex::default(),
        };
        file.write(Ahead::ZERO);
        file
    }

    /// Tells the processes where the clock stands; gives how far it is ahead of the system's.
    pub(super) fn tell(&self) -> Result<Ahead, Failure> {
        let ahead = ahead(&self.clock);
        let mut told = lock(&self.told);
        if ahead != *told {
            if self.library.is_none() {
                let problem = format!("the clock was moved, and {LIBRARY} does not say where libfaketime is");
                return Err(Failure::Failed(problem));
            }
            self.write(ahead);
            *told = ahead;
        }
        Ok(ahead)
    }

    fn write(&self, ahead: Ahead) {
        let seconds = format!("{:+.3}\n", ahead.as_secs_f64());
        // In one step, so that nobody reads half of it.
        let beside = self.path.with_extension("new");
        std::fs::write(&beside, seconds).expect("the clock can be told");
        std::fs::rename(&beside, &self.path).expect("the clock can be told");
    }

    /// What makes a process go by the file.
    pub(super) fn environment(&self) -> Vec<(String, String)> {
        let Some(library) = &self.library else {
            return Vec::new();
        };
        let file = self.path.to_string_lossy().into_owned();
        [
            ("LD_PRELOAD", library.as_str()),
            ("FAKETIME_TIMESTAMP_FILE", &file),
            ("FAKETIME_NO_CACHE", "1"),
            // Durations are measured as ever.
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }
}

/// What libfaketime leaves behind of a process that was killed.
pub(super) fn tidy(pid: u32) {
    for name in [format!("sem.faketime_sem_{pid}"), format!("faketime_shm_{pid}")] {
        // Most often there is none.
        let _ = std::fs::remove_file(Path::new("/dev/shm").join(name));
    }
}

/// To the millisecond: it tells whole ones, and is asked again if one passes meanwhile.
fn ahead(clock: &Clock) -> Ahead {
    loop {
        let before = Timestamp::now().as_millisecond();
        let moved = clock.now().as_millisecond();
        if Timestamp::now().as_millisecond() == before {
            return Ahead::from_millis(moved - before);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_ahead_by_what_it_was_moved() {
        let clock = Clock::adjustable();
        assert_eq!(ahead(&clock), Ahead::ZERO);
        clock.advance(Ahead::from_millis(86_400_007));
        assert_eq!(ahead(&clock), Ahead::from_millis(86_400_007));
        clock.advance(Ahead::from_hours(-48));
        assert_eq!(ahead(&clock), Ahead::from_millis(-86_399_993));
    }
}
