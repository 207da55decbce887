//! An S3 with one bucket: files in a folder, behind the protocol of the real SDK.
//!
//! Beside the bucket's folder, the server keeps what else it knows: two side files per file, and the pieces of uploads. It
//! deletes no side file with its file.

mod temporary;

use axum::Router;
use axum::error_handling::HandleError;
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s_fs::FileSystem;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use temporary::TemporaryFolder;

/// The bucket's name.
pub(crate) const EXPORT_BUCKET: &str = "muster-exports";

/// How long a file, or an upload that is not finished, is kept, as in the bucket's lifecycle in the template.
const LIFE: Duration = Duration::from_secs(24 * 60 * 60);

/// The store of files.
#[derive(Debug)]
pub(crate) struct FileStore {
    root: PathBuf,
    /// A temporary folder that is deleted with the backend, unless the files are kept.
    _folder: Option<TemporaryFolder>,
}

impl FileStore {
    /// Opens the folder, or a temporary one that is deleted with the backend.
    pub(crate) fn open(kept: Option<PathBuf>) -> io::Result<Self> {
        let folder = match kept {
            Some(_) => None,
            None => Some(TemporaryFolder::new("muster-files-")?),
        };
        let root = kept.or_else(|| folder.as_ref().map(|folder| folder.path().to_owned()));
        let root = root.unwrap_or_default();
        fs::create_dir_all(root.join(EXPORT_BUCKET))?;
        Ok(Self { root, _folder: folder })
    }

    /// The service's routes. They answer only requests and links that are signed with these keys.
    pub(crate) fn routes(&self, access_key: &str, secret_key: &str) -> io::Result<Router> {
        let files = FileSystem::new(&self.root).map_err(|error| io::Error::other(format!("{error:?}")))?;
        let mut service = S3ServiceBuilder::new(files);
        service.set_auth(SimpleAuth::from_single(access_key, secret_key));
        let service = HandleError::new(service.build(), |error: s3s::HttpError| async move {
            tracing::error!(?error, "the embedded S3 failed");
            StatusCode::INTERNAL_SERVER_ERROR
        });
        Ok(Router::new().fallback_service(service))
    }

    /// Deletes expired files, as S3 does eventually, and all that belongs to files that are gone.
    #[expect(clippy::disallowed_methods, reason = "files are dated by the system's clock")]
    pub(crate) fn collect_garbage(&self) {
        let Some(before) = SystemTime::now().checked_sub(LIFE) else {
            return;
        };
        let files = delete_older(&self.root.join(EXPORT_BUCKET), before);
        if let Err(error) = files.and_then(|()| self.delete_beside(before)) {
            tracing::warn!(%error, "expired files stay");
        }
    }

    /// Deletes old pieces of unfinished uploads, and old side files of files that are gone. A young one may belong to a file that
    /// is being written.
    fn delete_beside(&self, before: SystemTime) -> io::Result<()> {
        for entry in fs::read_dir(&self.root)? {
            let entry = entry?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let belongs_to = match side_file_of(&name) {
                Some(file) => Some(self.root.join(file)),
                None if name.starts_with(".upload") || name.starts_with(".bucket-") => None,
                None => continue,
            };
            if is_older(&entry, before)? && !belongs_to.is_some_and(|file| file.exists()) {
                unless_gone(fs::remove_file(entry.path()))?;
            }
        }
        Ok(())
    }
}

/// The file that this side file belongs to, as a path below the root; none for other files, and for those of an upload.
fn side_file_of(name: &str) -> Option<PathBuf> {
    let name = name.strip_prefix(".bucket-")?;
    let (bucket, rest) = name.split_once(".object-")?;
    let file = rest.strip_suffix(".internal.json");
    let file = file.or_else(|| rest.strip_suffix(".metadata.json"))?;
    let decoded = |part: &str| String::from_utf8(URL_SAFE_NO_PAD.decode(part).ok()?).ok();
    Some(Path::new(&decoded(bucket)?).join(decoded(file)?))
}

/// Deletes old files, and old folders that are empty.
fn delete_older(folder: &Path, before: SystemTime) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let is_old = is_older(&entry, before)?;
        if !entry.file_type()?.is_dir() {
            if is_old {
                unless_gone(fs::remove_file(entry.path()))?;
            }
            continue;
        }
        delete_older(&entry.path(), before)?;
        if is_old && fs::read_dir(entry.path())?.next().is_none() {
            // A file may be written into it at this moment.
            match fs::remove_dir(entry.path()) {
                Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => {}
                done => unless_gone(done)?,
            }
        }
    }
    Ok(())
}

/// Whether the file was last changed before this time. One that is gone was not.
fn is_older(entry: &fs::DirEntry, before: SystemTime) -> io::Result<bool> {
    match entry.metadata().and_then(|known| known.modified()) {
        Ok(modified) => Ok(modified < before),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// The result of deleting a file that a request may delete at the same time.
fn unless_gone(deleted: io::Result<()>) -> io::Result<()> {
    match deleted {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::{Endpoints, sdk_config};
    use axum::body::Bytes;
    use muster_edge::files::Files;
    use muster_edge::{App, Clock, Config};

    /// The served bucket, and the product's own client for it.
    async fn served() -> (FileStore, Files, reqwest::Client) {
        let store = FileStore::open(None).unwrap();
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let endpoints = Endpoints {
            dynamodb: String::new(),
            services: String::new(),
            files: format!("http://{}", listener.local_addr().unwrap()),
        };
        let routes = store.routes("local", "local").unwrap();
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let config = Config::read(|name| match name {
            "MUSTER_EXPORT_BUCKET" => Some(EXPORT_BUCKET.into()),
            "MUSTER_JWKS_URL" | "MUSTER_APP_URL" => Some("http://localhost".into()),
            "MUSTER_TABLE" | "MUSTER_ISSUER" | "MUSTER_AUDIENCE" => Some("x".into()),
            _ => None,
        });
        let app = App::new(config.unwrap(), &sdk_config(endpoints, None), Clock::system());
        (store, app.files().unwrap().clone(), reqwest::Client::new())
    }

    async fn opened(http: &reqwest::Client, link: &str) -> (StatusCode, Option<String>, Bytes) {
        let answer = http.get(link).send().await.unwrap();
        let kept_as = answer.headers().get("content-disposition");
        let kept_as = kept_as.map(|name| name.to_str().unwrap().to_owned());
        (answer.status(), kept_as, answer.bytes().await.unwrap())
    }

    /// The minimum size of a piece of an upload, except the last: S3 accepts no smaller ones.
    const MIN_PIECE: usize = 5 * 1024 * 1024;

    const QUARTER: Duration = Duration::from_secs(15 * 60);

    #[tokio::test]
    async fn the_real_client_writes_reads_and_deletes_and_a_link_opens_one_file_for_whoever_has_it() {
        let (_store, files, http) = served().await;
        files.put("a/one", b"1".to_vec()).await.unwrap();
        files.put("a/one", b"one".to_vec()).await.unwrap();
        assert_eq!(files.get("a/one").await.unwrap(), b"one");

        let now = SystemTime::now();
        let link = files.link("a/one", "kept.csv", now, QUARTER).await.unwrap();
        let (status, kept_as, content) = opened(&http, &link).await;
        assert_eq!((status, &content[..]), (StatusCode::OK, &b"one"[..]));
        assert_eq!(kept_as.as_deref(), Some("attachment; filename=\"kept.csv\""));

        let bare = link.split('?').next().unwrap();
        let before = files
            .link("a/one", "kept.csv", now - 2 * QUARTER, QUARTER)
            .await
            .unwrap();
        let turned = link.replace("a/one", "a/two");
        let other_name = link.replace("kept.csv", "evil.exe");
        let longer = link.replace("X-Amz-Expires=900", "X-Amz-Expires=90000");
        files.put("a/two", b"2".to_vec()).await.unwrap();
        for bad in [bare, &before, &turned, &other_name, &longer] {
            let (status, _, content) = opened(&http, bad).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{bad}: {content:?}");
        }

        files.delete(&["a/one".into(), "a/never".into()]).await.unwrap();
        assert!(files.get("a/one").await.is_err());
        assert_eq!(opened(&http, &link).await.0, StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn a_file_of_pieces_is_the_same_whoever_wrote_them_and_is_made_once() {
        let (_store, files, _) = served().await;
        let upload = files.begin("a/big", "text/csv").await.unwrap();
        let (first, last) = (vec![b'1'; MIN_PIECE], b"2".to_vec());
        let mut pieces = Vec::new();
        for _ in 0..2 {
            pieces = vec![
                files.piece("a/big", &upload, 1, first.clone()).await.unwrap(),
                files.piece("a/big", &upload, 2, last.clone()).await.unwrap(),
            ];
        }
        files.finish("a/big", &upload, &pieces).await.unwrap();
        files.finish("a/big", &upload, &pieces).await.unwrap();
        assert_eq!(files.get("a/big").await.unwrap(), [first, last].concat());
        assert!(files.finish("a/none", &upload, &pieces).await.is_err());
    }

    /// Makes everything in this folder appear to be older than it may become.
    fn age(folder: &Path) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                age(&path);
            }
            let file = fs::File::open(path).unwrap();
            file.set_modified(SystemTime::now() - LIFE - QUARTER).unwrap();
        }
    }

    /// All files and folders.
    fn listed(folder: &Path, root: &Path) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                found.extend(listed(&path, root));
            }
            found.push(path.strip_prefix(root).unwrap().to_owned());
        }
        found.sort();
        found
    }

    #[tokio::test]
    async fn what_belongs_to_a_file_goes_with_it_and_so_do_unfinished_uploads_and_empty_folders() {
        let (store, files, _) = served().await;
        files.put("exports/a/old", b"1".to_vec()).await.unwrap();
        files.put("exports/b/deleted", b"2".to_vec()).await.unwrap();
        files.delete(&["exports/b/deleted".into()]).await.unwrap();
        let upload = files.begin("exports/c/big", "text/csv").await.unwrap();
        let piece = files.piece("exports/c/big", &upload, 1, b"3".to_vec()).await.unwrap();
        files.finish("exports/c/big", &upload, &[piece]).await.unwrap();
        let upload = files.begin("exports/d/cut", "text/csv").await.unwrap();
        files.piece("exports/d/cut", &upload, 1, b"4".to_vec()).await.unwrap();
        let all = listed(&store.root, &store.root);
        assert!(all.len() > 12, "{all:?}");
        store.collect_garbage();
        assert_eq!(listed(&store.root, &store.root), all);

        age(&store.root);
        let (other, same_files, _) = served().await;
        for files in [&files, &same_files] {
            files.put("exports/e/new", b"5".to_vec()).await.unwrap();
            let upload = files.begin("exports/f/new", "text/csv").await.unwrap();
            let piece = files.piece("exports/f/new", &upload, 1, b"6".to_vec()).await.unwrap();
            files.finish("exports/f/new", &upload, &[piece]).await.unwrap();
        }
        store.collect_garbage();
        assert_eq!(listed(&store.root, &store.root), listed(&other.root, &other.root));
        assert_eq!(files.get("exports/f/new").await.unwrap(), b"6");

        // Side files that are old do not go before their file.
        age(&store.root);
        let file = fs::File::open(store.root.join(EXPORT_BUCKET).join("exports/e/new")).unwrap();
        file.set_modified(SystemTime::now()).unwrap();
        store.collect_garbage();
        let left = listed(&store.root, &store.root);
        let side_files = left
            .iter()
            .filter(|path| path.to_string_lossy().starts_with(".bucket-"));
        assert!(side_files.count() > 0, "{left:?}");
        assert_eq!(files.get("exports/e/new").await.unwrap(), b"5");
    }

    #[test]
    fn files_go_when_their_time_is_over() {
        let store = FileStore::open(None).unwrap();
        let folder = store.root.join(EXPORT_BUCKET).join("exports");
        fs::create_dir(&folder).unwrap();
        for (name, age) in [("old", LIFE + QUARTER), ("new", LIFE - QUARTER)] {
            let file = fs::File::create(folder.join(name)).unwrap();
            file.set_modified(SystemTime::now() - age).unwrap();
        }
        store.collect_garbage();
        assert!(!folder.join("old").exists() && folder.join("new").exists());
    }
}
