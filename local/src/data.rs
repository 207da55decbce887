//! The data that a backend keeps between two runs: a folder, or nothing.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// The folder of a backend that was started with `--data`. Without one, all data is in memory.
///
/// Two backends on one folder would overwrite each other, so the folder is locked while it is open.
#[derive(Debug)]
pub(crate) struct DataFolder {
    path: Option<PathBuf>,
    _lock: Option<File>,
}

/// The reason why the data folder cannot be used.
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
        /// The operating system's error.
        source: io::Error,
    },
}

impl DataFolder {
    /// Opens (and creates) the folder, or keeps nothing if there is none.
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

    /// Whether a later process finds the data of this one.
    pub(crate) fn is_kept(&self) -> bool {
        self.path.is_some()
    }

    /// The path of a file with this name, if data is kept.
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

    /// The journal with this name, and the lines that an earlier run kept in it.
    pub(crate) fn journal(&self, name: &str) -> Result<(Journal, Vec<String>), DataError> {
        let Some(path) = self.file(name) else {
            return Ok((Journal(None), Vec::new()));
        };
        let open = || {
            let mut options = private_options();
            let mut file = options.read(true).append(true).open(&path)?;
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            // A process that was killed during a write leaves an incomplete line.
            if bytes.last().is_some_and(|last| *last != b'\n') {
                file.write_all(b"\n")?;
            }
            let lines = String::from_utf8_lossy(&bytes).lines().map(str::to_owned).collect();
            let length = file.metadata()?.len();
            Ok((Journal(Some(Lines { file, length })), lines))
        };
        open().map_err(unusable(&path))
    }

    /// Keeps a file atomically: a crash of the process leaves the old content.
    pub(crate) fn write(&self, name: &str, content: &[u8]) -> Result<(), DataError> {
        let Some(path) = self.file(name) else {
            return Ok(());
        };
        let draft = path.with_extension("draft");
        let write = || {
            private_options()
                .write(true)
                .truncate(true)
                .open(&draft)?
                .write_all(content)?;
            fs::rename(&draft, &path)
        };
        write().map_err(unusable(&path))
    }

    /// The content that an earlier run kept under this name, else the result of `make`, which is kept from now on.
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

/// Lines that are kept until all of them are done. Without a folder, nothing is kept.
#[derive(Debug)]
pub(crate) struct Journal(Option<Lines>);

/// A file of lines.
#[derive(Debug)]
struct Lines {
    file: File,
    /// The length of all whole lines, in bytes.
    length: u64,
}

impl Journal {
    /// Keeps a line.
    ///
    /// # Errors
    /// It is not kept, but all others are.
    pub(crate) fn append(&mut self, line: &str) -> io::Result<()> {
        let line = format!("{line}\n");
        match &mut self.0 {
            Some(lines) => lines.append(|file| file.write_all(line.as_bytes())),
            None => Ok(()),
        }
    }

    /// Forgets all lines.
    pub(crate) fn clear(&mut self) -> io::Result<()> {
        match &mut self.0 {
            Some(lines) => lines.cut(0),
            None => Ok(()),
        }
    }
}

impl Lines {
    /// Adds what `write` writes, or nothing: on a full disk, a part of a line may be written, and the next line must not continue
    /// it.
    fn append(&mut self, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
        if self.file.metadata()?.len() != self.length {
            // An earlier attempt to remove such a part failed.
            self.cut(self.length)?;
        }
        let written = write(&mut self.file).and_then(|()| self.file.metadata());
        match written {
            Ok(known) => {
                self.length = known.len();
                Ok(())
            }
            Err(error) => {
                if let Err(error) = self.cut(self.length) {
                    tracing::warn!(%error, "a part of a line stays until the next line");
                }
                Err(error)
            }
        }
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.file.set_len(length)?;
        self.length = length;
        Ok(())
    }
}

fn unusable(path: &Path) -> impl FnOnce(io::Error) -> DataError {
    let path = path.to_owned();
    move |source| DataError::Unusable { path, source }
}

/// The folder holds a signing key and a link secret, which other users of the machine must not read.
fn private_options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
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
    fn a_journal_keeps_its_lines_until_it_is_cleared_and_survives_a_line_without_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataFolder::open(Some(folder.path())).unwrap();
        let (mut journal, lines) = data.journal("x").unwrap();
        assert!(lines.is_empty());
        journal.append("one").unwrap();
        fs::write(folder.path().join("x"), "one\ntw").unwrap();

        let (mut journal, lines) = data.journal("x").unwrap();
        assert_eq!(lines, ["one", "tw"]);
        journal.append("three").unwrap();
        let (mut journal, lines) = data.journal("x").unwrap();
        assert_eq!(lines, ["one", "tw", "three"]);

        journal.clear().unwrap();
        journal.append("four").unwrap();
        assert_eq!(data.journal("x").unwrap().1, ["four"]);
    }

    #[test]
    fn a_line_that_a_full_disk_cuts_off_spoils_no_other_line() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataFolder::open(Some(folder.path())).unwrap();
        let (mut journal, _) = data.journal("x").unwrap();
        journal.append("one").unwrap();
        let cut_off = |file: &mut File| {
            file.write_all(b"tw")?;
            Err(io::ErrorKind::StorageFull.into())
        };
        let error = journal.0.as_mut().unwrap().append(cut_off).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        assert_eq!(data.journal("x").unwrap().1, ["one"]);

        // The same, if the part could not be removed immediately.
        fs::write(folder.path().join("x"), "one\ntw").unwrap();
        journal.append("three").unwrap();
        assert_eq!(data.journal("x").unwrap().1, ["one", "three"]);
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
