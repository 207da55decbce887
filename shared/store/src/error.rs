//! Errors between Muster and its table.

use crate::backoff::Obstacle;
use crate::position::Position;
use aws_sdk_dynamodb::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_smithy_runtime_api::http::Response;
use std::error::Error;

/// The table did not answer as it should.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// DynamoDB throttles the request, and has done nothing of it.
    #[error("{operation} was throttled: {detail}")]
    Throttled {
        /// The call.
        operation: &'static str,
        /// DynamoDB's message, for the log only.
        detail: String,
    },
    /// DynamoDB refused, was too busy, or could not be reached.
    #[error("{operation} failed: {detail}")]
    Call {
        /// The call.
        operation: &'static str,
        /// The cause, for the log only.
        detail: String,
        /// Whether trying again soon makes sense.
        busy: bool,
    },
    /// The code examines an item that it has not read: a programming error.
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
        /// The reason.
        detail: String,
    },
}

/// Error codes for conflicts with others on the same items.
const BUSY: [&str; 2] = ["TransactionConflictException", "TransactionInProgressException"];

/// Error codes for a partition, a table or an account that is throttled; and, the last two, for a transaction canceled for that
/// reason.
const THROTTLED: [&str; 6] = [
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
    "LimitExceededException",
    "ProvisionedThroughputExceeded",
    "ThrottlingError",
];

/// Whether this code means that DynamoDB throttles.
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
        // DynamoDB's message about a refused request repeats the request, addresses and all: only its code is kept.
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

    /// Whether DynamoDB throttled it: nothing was done, and a retry after a pause makes sense.
    #[must_use]
    pub const fn is_throttled(&self) -> bool {
        matches!(self, Self::Throttled { .. })
    }

    /// Whether trying again soon makes sense.
    #[must_use]
    pub const fn is_busy(&self) -> bool {
        matches!(self, Self::Call { busy: true, .. })
    }

    /// The obstacle to the call, if it may be tried again.
    #[must_use]
    pub const fn obstacle(&self) -> Option<Obstacle> {
        match self {
            Self::Throttled { .. } => Some(Obstacle::Throttle),
            Self::Call { busy: true, .. } => Some(Obstacle::Conflict),
            Self::Call { .. } | Self::NotRead { .. } | Self::Malformed { .. } => None,
        }
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

/// Why a change was not made. In every case but [`CommitError::Failed`], nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// Something was no longer as it was read: decide again.
    #[error("lost a race at {0:?}")]
    Lost(Vec<Position>),
    /// Another transaction was changing the same items: try again.
    #[error("others were at the same items")]
    Busy,
    /// The table throttles it at present: try again after a pause.
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
    /// The obstacle to the change, if it may be tried again.
    #[must_use]
    pub const fn obstacle(&self) -> Option<Obstacle> {
        match self {
            Self::Lost(_) | Self::Busy => Some(Obstacle::Conflict),
            Self::Throttled => Some(Obstacle::Throttle),
            Self::Failed(_) => None,
        }
    }
}
