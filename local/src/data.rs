//! What a backend keeps between two runs: a folder, or nothing at all.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The folder of a backend that was started with `--data`; without one, everything lives in memory.
///
/// Two backends on one folder would overwrite each other, so the folder is locked while it is open.
#[derive(Debug)]
pub(crate) struct DataFolder {
    path: Option<PathBuf>,
    _lock: Option<File>,
}

/// Why the data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// Another process (or another backend of this one) has the folder open.
    #[error("the data folder `{}` is in use by another Muster", .0.display())]
    InUse(PathBuf),
    /// The folder, or a file in it, cannot be read or written.
    #[error("cannot use `{}` for data: {source}", .path.display())]
    Unusable {
        /// The folder or file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
}

impl DataFolder {
    /// Opens (and creates) the folder, or keeps nothing when there is none.
    pub(crate) fn open(path: Option<&Path>) -> Result<Self, DataError> {
        let Some(path) = path else {
            return Ok(Self {
                path: None,
                _lock: None,
            });
        };
        fs::create_dir_all(path).map_err(unusable(path))?;
        let lock = File::create(path.join("lock")).map_err(unusable(path))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self {
                path: Some(path.to_owned()),
                _lock: Some(lock),
            }),
            Err(TryLockError::WouldBlock) => Err(DataError::InUse(path.to_owned())),
            Err(TryLockError::Error(source)) => Err(unusable(path)(source)),
        }
    }

    /// Where a file of this name lives, when anything is kept.
    pub(crate) fn file(&self, name: &str) -> Option<PathBuf> {
        self.path.as_deref().map(|folder| folder.join(name))
    }

    /// Reads a file that an earlier run kept.
    pub(crate) fn read(&self, name: &str) -> Result<Option<Vec<u8>>, DataError> {
        let Some(path) = self.file(name) else {
            return Ok(None);
        };
        match fs::read(&path) {
            Ok(content) => Ok(Some(content)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(DataError::Unusable { path, source }),
        }
    }

    /// Keeps a file, whole or not at all: a crash leaves the old content.
    pub(crate) fn write(&self, name: &str, content: &[u8]) -> Result<(), DataError> {
        let Some(path) = self.file(name) else {
            return Ok(());
        };
        let draft = path.with_extension("draft");
        let write = || {
            private_file(&draft)?.write_all(content)?;
            fs::rename(&draft, &path)
        };
        write().map_err(unusable(&path))
    }

    /// What an earlier run kept under this name, else what `make` gives, kept from now on.
    pub(crate) fn read_or_write<M, E: From<M> + From<DataError>>(
        &self,
        name: &str,
        make: impl FnOnce() -> Result<Vec<u8>, M>,
    ) -> Result<Vec<u8>, E> {
        if let Some(content) = self.read(name)? {
            return Ok(content);
        }
        let content = make()?;
        self.write(name, &content)?;
        Ok(content)
    }
}

fn unusable(path: &Path) -> impl FnOnce(io::Error) -> DataError {
    let path = path.to_owned();
    move |source| DataError::Unusable { path, source }
}

/// The folder holds a signing key and a link secret: nobody else on the machine may read them.
fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(folder: &DataFolder, value: &[u8]) -> Vec<u8> {
        folder
            .read_or_write::<_, DataError>("x", || Ok::<_, DataError>(value.to_vec()))
            .unwrap()
    }

    #[test]
    fn a_kept_value_survives_and_a_second_user_of_the_folder_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let first = DataFolder::open(Some(folder.path())).unwrap();
        assert_eq!(kept(&first, b"1"), b"1");
        assert!(matches!(
            DataFolder::open(Some(folder.path())),
            Err(DataError::InUse(_))
        ));
        drop(first);

        let second = DataFolder::open(Some(folder.path())).unwrap();
        assert_eq!(kept(&second, b"2"), b"1");
    }

    #[test]
    fn a_file_is_no_folder() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = DataFolder::open(Some(file.path())).unwrap_err();
        assert!(error.to_string().starts_with("cannot use `"), "{error}");
    }

    #[test]
    fn without_a_folder_nothing_is_kept() {
        let nothing = DataFolder::open(None).unwrap();
        nothing.write("x", b"1").unwrap();
        assert_eq!(nothing.read("x").unwrap(), None);
    }
}
