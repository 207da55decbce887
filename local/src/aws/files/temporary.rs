//! Temporary folders that do not outlive their process, even if it is killed.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use tempfile::TempDir;

/// A file in each folder that is locked while its process lives. A process id would mean nothing in another container.
const LOCK: &str = "lock";

/// A temporary folder. It is deleted when it is dropped; if its process was killed, when the next one is made.
#[derive(Debug)]
pub(super) struct TemporaryFolder {
    _lock: File,
    folder: TempDir,
}

impl TemporaryFolder {
    /// Makes a folder whose name begins so, and deletes such folders of processes that are gone.
    pub(super) fn new(prefix: &str) -> io::Result<Self> {
        Self::new_in(&std::env::temp_dir(), prefix)
    }

    fn new_in(place: &Path, prefix: &str) -> io::Result<Self> {
        if let Err(error) = delete_abandoned(place, prefix) {
            tracing::debug!(%error, "folders of killed processes stay");
        }
        let folder = tempfile::Builder::new().prefix(prefix).tempdir_in(place)?;
        // It gets its name when it is locked: another process takes a lock that it can have as a sign that this one is gone.
        let draft = folder.path().join("lock.draft");
        let lock = File::create(&draft)?;
        lock.lock()?;
        fs::rename(draft, folder.path().join(LOCK))?;
        Ok(Self { _lock: lock, folder })
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }
}

fn delete_abandoned(place: &Path, prefix: &str) -> io::Result<()> {
    for entry in fs::read_dir(place)? {
        let entry = entry?;
        if !entry.file_name().to_string_lossy().starts_with(prefix) || !entry.file_type()?.is_dir() {
            continue;
        }
        // Without a lock, the folder is not complete yet, or not of this user.
        let Ok(lock) = File::options().write(true).open(entry.path().join(LOCK)) else {
            continue;
        };
        if lock.try_lock().is_ok()
            && let Err(error) = fs::remove_dir_all(entry.path())
        {
            tracing::debug!(%error, "the folder of a killed process stays");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_goes_with_its_process_and_not_before() {
        let place = tempfile::tempdir().unwrap();
        let make = || TemporaryFolder::new_in(place.path(), "x-").unwrap();
        let killed = make();
        let path = killed.path().to_owned();
        fs::write(path.join("file"), "1").unwrap();
        let living = make();
        assert!(path.exists());

        // All that a kill does: the lock goes, the folder stays.
        let TemporaryFolder { _lock: lock, folder } = killed;
        let _ = folder.keep();
        drop(lock);
        fs::create_dir(place.path().join("y-other")).unwrap();
        fs::create_dir(place.path().join("x-begun")).unwrap();
        let next = make();
        assert!(!path.exists());
        for path in [
            living.path(),
            next.path(),
            &place.path().join("y-other"),
            &place.path().join("x-begun"),
        ] {
            assert!(path.exists(), "{}", path.display());
        }
        let path = next.path().to_owned();
        drop(next);
        assert!(!path.exists());
    }
}
