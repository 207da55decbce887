//! What can go wrong between Muster and its table.

use crate::transaction::Position;
use aws_sdk_dynamodb::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_smithy_runtime_api::http::Response;
use std::error::Error;

/// The table did not answer as it should.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// DynamoDB refused, was too busy, or could not be reached.
    #[error("{operation} failed: {detail}")]
    Call {
        /// Which call.
        operation: &'static str,
        /// The cause, for the log only.
        detail: String,
        /// Whether trying again soon makes sense.
        busy: bool,
    },
    /// An item does not have the form of its kind.
    #[error("the item {pk} / {sk} is malformed: {detail}")]
    Malformed {
        /// Partition key.
        pk: String,
        /// Sort key.
        sk: String,
        /// What is wrong with it.
        detail: String,
    },
}

/// Errors by which DynamoDB says that it has too much to do at present.
const BUSY: [&str; 6] = [
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
    "TransactionConflictException",
    "TransactionInProgressException",
    "LimitExceededException",
];

impl StoreError {
    pub(crate) fn call<E>(operation: &'static str, error: SdkError<E, Response>) -> Self
    where
        E: Error + ProvideErrorMetadata + Send + Sync + 'static,
    {
        let code = error.as_service_error().and_then(ProvideErrorMetadata::code);
        let busy = code.is_some_and(|code| BUSY.contains(&code));
        // What DynamoDB says of a refused request repeats the request, addresses and all: only its code is kept.
        let detail = match (&error, code) {
            (SdkError::DispatchFailure(_) | SdkError::TimeoutError(_), _) => DisplayErrorContext(&error).to_string(),
            (_, Some(code)) => code.to_owned(),
            (_, None) => "an answer that cannot be read".to_owned(),
        };
        Self::Call {
            operation,
            detail,
            busy,
        }
    }

    /// Whether trying again soon makes sense.
    #[must_use]
    pub const fn is_busy(&self) -> bool {
        matches!(self, Self::Call { busy: true, .. })
    }
}

/// Whether a single conditional update was made: false if its condition did not hold.
pub(crate) fn was_made<T>(result: Result<T, SdkError<UpdateItemError, Response>>) -> Result<bool, StoreError> {
    match result {
        Ok(_) => Ok(true),
        Err(e)
            if e.as_service_error()
                .is_some_and(UpdateItemError::is_conditional_check_failed_exception) =>
        {
            Ok(false)
        }
        Err(e) => Err(StoreError::call("UpdateItem", e)),
    }
}

/// Why a change was not made. In every case but [`CommitError::Failed`] nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// Something was no longer as it was read: decide again.
    #[error("lost a race at {0:?}")]
    Lost(Vec<Position>),
    /// Another transaction was at the same items, or the table is too busy: try again.
    #[error("the table was busy")]
    Busy,
    /// Whether the change was made is not known.
    #[error(transparent)]
    Failed(#[from] StoreError),
}
