//! Packages as they would be uploaded, unpacked as Lambda does: once, for all tests.

use super::lock;
use crate::deployment::repository;
use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

static UNPACKED: Mutex<BTreeMap<PathBuf, PathBuf>> = Mutex::new(BTreeMap::new());

/// The program in a function's package. It lies beside the package, under the checksum of its content, so that another build is
/// another file.
///
/// # Panics
/// If there is no package, or it holds no program.
pub fn unpacked(archive: &Path) -> PathBuf {
    let mut unpacked = lock(&UNPACKED);
    unpacked
        .entry(archive.to_owned())
        .or_insert_with(|| unpack(archive))
        .clone()
}

/// The folder that packages are built into.
#[must_use]
pub fn built() -> PathBuf {
    repository().join("target/lambda")
}

/// The package of a function in a folder of packages.
#[must_use]
pub fn archive(folder: &Path, binary: &str) -> PathBuf {
    folder.join(binary).join("bootstrap.zip")
}

fn unpack(archive: &Path) -> PathBuf {
    let file = std::fs::File::open(archive);
    let file = file.unwrap_or_else(|error| panic!("{}: {error}; build it with .ci/build-lambda", archive.display()));
    let mut zip = zip::ZipArchive::new(file).expect("a package is a zip file");
    let mut entry = zip.by_name("bootstrap").expect("a package holds `bootstrap`");
    let mode = entry.unix_mode().unwrap_or_default();
    assert_eq!(
        mode & 0o555,
        0o555,
        "{}: `bootstrap` must be executable for everybody",
        archive.display()
    );
    let path = archive.with_file_name(format!("bootstrap-{:08x}", entry.crc32()));
    if !path.exists() {
        let mut program = Vec::new();
        entry.read_to_end(&mut program).expect("a package can be unpacked");
        let beside = path.with_extension(std::process::id().to_string());
        std::fs::write(&beside, program).expect("the folder takes the program");
        set_executable(&beside);
        std::fs::rename(&beside, &path).expect("the folder takes the program");
    }
    path
}

#[cfg(unix)]
fn set_executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let permissions = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(path, permissions).expect("the program becomes executable");
}

#[cfg(not(unix))]
fn set_executable(_path: &Path) {}
