//! What can go wrong between Muster and its table.

use crate::backoff::Obstacle;
use crate::transaction::Position;
use aws_sdk_dynamodb::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_smithy_runtime_api::http::Response;
use std::error::Error;

/// The table did not answer as it should.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// DynamoDB has no throughput for it at present, and has done nothing of it.
    #[error("{operation} was throttled: {detail}")]
    Throttled {
        /// Which call.
        operation: &'static str,
        /// What it says, for the log only.
        detail: String,
    },
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
    /// The code looks at an item that it has not read: a programming error.
    #[error("an item {sk} was looked at, but not read")]
    NotRead {
        /// Sort key.
        sk: String,
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

/// Errors by which DynamoDB says that others are at the same items.
const BUSY: [&str; 2] = ["TransactionConflictException", "TransactionInProgressException"];

/// Errors by which DynamoDB says that a partition, a table or an account takes no more at present; and, with the last two, why it
/// has cancelled a transaction.
const THROTTLED: [&str; 6] = [
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
    "LimitExceededException",
    "ProvisionedThroughputExceeded",
    "ThrottlingError",
];

/// Whether DynamoDB says by this code that it has no throughput.
pub(crate) fn is_throttle(code: &str) -> bool {
    THROTTLED.contains(&code)
}

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
        if code.is_some_and(is_throttle) {
            return Self::Throttled { operation, detail };
        }
        Self::Call {
            operation,
            detail,
            busy,
        }
    }

    /// Whether DynamoDB had no throughput for it: nothing was done, and trying again after a pause makes sense.
    #[must_use]
    pub const fn is_throttled(&self) -> bool {
        matches!(self, Self::Throttled { .. })
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
    /// Another transaction was at the same items: try again.
    #[error("others were at the same items")]
    Busy,
    /// The table has no throughput for it at present: try again after a pause.
    #[error("the table was throttled")]
    Throttled,
    /// Whether the change was made is not known.
    #[error(transparent)]
    Failed(StoreError),
}

impl From<StoreError> for CommitError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Throttled { .. } => Self::Throttled,
            error => Self::Failed(error),
        }
    }
}

impl CommitError {
    /// What stood in the way of the change, if it may be tried again.
    #[must_use]
    pub const fn obstacle(&self) -> Option<Obstacle> {
        match self {
            Self::Lost(_) | Self::Busy => Some(Obstacle::Conflict),
            Self::Throttled => Some(Obstacle::Throttle),
            Self::Failed(_) => None,
        }
    }
}
