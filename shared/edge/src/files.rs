//! Files in S3: the parts of an export in progress, the finished file, and links to it.

use aws_config::SdkConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::{RequestChecksumCalculation, ResponseChecksumValidation};
use aws_sdk_s3::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart, Delete, ObjectIdentifier};
use std::error::Error;
use std::time::{Duration, SystemTime};

/// Most files that one request deletes.
const MAX_DELETED_FILES: usize = 1000;

/// A file was not written, read or deleted.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// `MUSTER_EXPORT_BUCKET` is not set.
    #[error("MUSTER_EXPORT_BUCKET is not set")]
    NoBucket,
    /// The call to S3 failed.
    #[error("{call} failed: {detail}")]
    Call {
        /// Which call.
        call: &'static str,
        /// The cause, for the log only.
        detail: String,
    },
}

fn failed<E>(call: &'static str) -> impl FnOnce(SdkError<E>) -> FilesError
where
    E: Error + ProvideErrorMetadata + Send + Sync + 'static,
{
    move |error| {
        let code = error.as_service_error().and_then(ProvideErrorMetadata::code);
        let detail = code.map_or_else(|| DisplayErrorContext(&error).to_string(), ToOwned::to_owned);
        FilesError::Call { call, detail }
    }
}

fn unfit(call: &'static str) -> impl FnOnce(aws_sdk_s3::error::BuildError) -> FilesError {
    move |error| FilesError::Call {
        call,
        detail: error.to_string(),
    }
}

/// The bucket of exports.
#[derive(Debug, Clone)]
pub struct Files {
    client: Client,
    bucket: String,
}

impl Files {
    pub(crate) fn new(sdk: &SdkConfig, bucket: String) -> Self {
        // A piece of a file takes longer than an item in the table.
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(1))
            .operation_attempt_timeout(Duration::from_secs(10))
            .operation_timeout(Duration::from_secs(25))
            .build();
        let config = aws_sdk_s3::config::Builder::from(sdk)
            .timeout_config(timeouts)
            // The request's signature covers the hash of its body. A checksum beside it would have to use the algorithm that the
            // upload was begun with, which names none.
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            // Otherwise a link would require a header field that no browser sends.
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
            .build();
        Self {
            client: Client::from_conf(config),
            bucket,
        }
    }

    /// Writes a file, replacing any file with this name.
    ///
    /// # Errors
    /// [`FilesError`], here and below.
    pub async fn put(&self, name: &str, content: Vec<u8>) -> Result<(), FilesError> {
        let put = self.client.put_object().bucket(&self.bucket).key(name);
        let call = put.body(ByteStream::from(content)).send().await;
        call.map(drop).map_err(failed("PutObject"))
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`FilesError`].
    pub async fn get(&self, name: &str) -> Result<Vec<u8>, FilesError> {
        let get = self.client.get_object().bucket(&self.bucket).key(name);
        let found = get.send().await.map_err(failed("GetObject"))?;
        let content = found.body.collect().await.map_err(|error| FilesError::Call {
            call: "GetObject",
            detail: error.to_string(),
        })?;
        Ok(content.to_vec())
    }

    /// Deletes files; a missing one counts as deleted.
    ///
    /// # Errors
    /// [`FilesError`].
    pub async fn delete(&self, names: &[String]) -> Result<(), FilesError> {
        for names in names.chunks(MAX_DELETED_FILES) {
            let each = names.iter().map(|name| ObjectIdentifier::builder().key(name).build());
            let each = each.collect::<Result<Vec<_>, _>>().map_err(unfit("DeleteObjects"))?;
            let all = Delete::builder().set_objects(Some(each)).quiet(true).build();
            let all = all.map_err(unfit("DeleteObjects"))?;
            let delete = self.client.delete_objects().bucket(&self.bucket).delete(all);
            let done = delete.send().await.map_err(failed("DeleteObjects"))?;
            if let Some(error) = done.errors().first() {
                return Err(FilesError::Call {
                    call: "DeleteObjects",
                    detail: error.code().unwrap_or("of one").to_owned(),
                });
            }
        }
        Ok(())
    }

    /// Begins a file that is uploaded in pieces; returns the upload's id.
    ///
    /// # Errors
    /// [`FilesError`].
    pub async fn begin(&self, name: &str, media_type: &str) -> Result<String, FilesError> {
        let begin = self.client.create_multipart_upload().bucket(&self.bucket).key(name);
        let begun = begin.content_type(media_type).send().await;
        let begun = begun.map_err(failed("CreateMultipartUpload"))?;
        begun.upload_id.ok_or_else(|| FilesError::Call {
            call: "CreateMultipartUpload",
            detail: "the upload has no id".into(),
        })
    }

    /// Writes a piece, replacing any piece with this number (from 1); returns the tag that S3 gives it.
    ///
    /// # Errors
    /// [`FilesError`].
    pub async fn piece(&self, name: &str, upload: &str, number: usize, content: Vec<u8>) -> Result<String, FilesError> {
        let piece = self.client.upload_part().bucket(&self.bucket).key(name);
        let piece = piece.upload_id(upload).part_number(as_number(number));
        let call = piece.body(ByteStream::from(content)).send().await;
        let done = call.map_err(failed("UploadPart"))?;
        Ok(done.e_tag.unwrap_or_default())
    }

    /// Assembles the file from its pieces, named by S3's response to each. A file that exists already counts as finished: the
    /// process that made it died before it could report that.
    ///
    /// # Errors
    /// [`FilesError`].
    pub async fn finish(&self, name: &str, upload: &str, pieces: &[String]) -> Result<(), FilesError> {
        let part = |(number, tag): (usize, &String)| {
            let part = CompletedPart::builder().part_number(as_number(number + 1));
            part.e_tag(tag).build()
        };
        let parts = pieces.iter().enumerate().map(part).collect();
        let whole = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
        let finish = self.client.complete_multipart_upload().bucket(&self.bucket).key(name);
        let call = finish.upload_id(upload).multipart_upload(whole).send().await;
        match call {
            Ok(_) => Ok(()),
            Err(_) if self.is_there(name).await => Ok(()),
            Err(error) => Err(failed("CompleteMultipartUpload")(error)),
        }
    }

    /// Whether this file exists; none is empty. This requests its first byte: `HeadObject` would be a call that nothing else makes,
    /// and the largest function would have to include all of its code.
    async fn is_there(&self, name: &str) -> bool {
        let get = self.client.get_object().bucket(&self.bucket).key(name);
        get.range("bytes=0-0").send().await.is_ok()
    }

    /// A link that opens the file without further credentials, for this long from `start`, and makes browsers save it under this
    /// name.
    ///
    /// # Errors
    /// [`FilesError`].
    pub async fn link(
        &self,
        name: &str,
        keep_as: &str,
        start: SystemTime,
        life: Duration,
    ) -> Result<String, FilesError> {
        let unfit = |error: aws_sdk_s3::presigning::PresigningConfigError| FilesError::Call {
            call: "GetObject",
            detail: error.to_string(),
        };
        let signing = PresigningConfig::builder().start_time(start).expires_in(life);
        let signing = signing.build().map_err(unfit)?;
        let get = self.client.get_object().bucket(&self.bucket).key(name);
        let get = get.response_content_disposition(attachment(keep_as));
        let signed = get.presigned(signing).await.map_err(failed("GetObject"))?;
        Ok(signed.uri().to_owned())
    }
}

/// The header value that makes a browser save a response under this name, which is plain ASCII without quotation marks.
#[must_use]
pub fn attachment(name: &str) -> String {
    format!("attachment; filename=\"{name}\"")
}

/// S3 counts pieces up to 10,000.
fn as_number(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
