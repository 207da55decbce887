//! Sending mail through SES.

use crate::app::App;
use crate::mail::Outgoing;
use aws_sdk_sesv2::config::retry::RetryConfig;
use aws_sdk_sesv2::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_sesv2::operation::send_email::SendEmailError;
use aws_sdk_sesv2::primitives::Blob;
use aws_sdk_sesv2::types::{Destination, EmailContent, MessageTag, RawMessage};
use muster_domain::Mail;
use tokio::time::Instant;

/// The tag that names an email's organization in the events that SES sends about it. Every reader of these events sees tags: they
/// hold ids, never an address.
pub const ORGANIZATION: &str = "organization";
/// The tag that names the mail itself.
pub const MAIL: &str = "mail";

/// Why SES did not accept an email.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// SES refuses this email permanently.
    #[error("refused: {0}")]
    Refused(String),
    /// Its turn comes too late for this process.
    #[error("its turn comes too late")]
    NoTurn,
    /// SES accepts no more mail this second.
    #[error("throttled: {0}")]
    Throttled(String),
    /// SES accepts no mail of this account or sender for longer, whichever mail it is.
    #[error("not taken at present: {0}")]
    Closed(String),
    /// It was certainly not sent; a later retry makes sense.
    #[error("not sent: {0}")]
    NotSent(String),
    /// Whether it was sent is not known.
    #[error("not known whether sent: {0}")]
    Unknown(String),
}

/// Sends mail for a process.
pub struct Post {
    client: aws_sdk_sesv2::Client,
    app: App,
    until: Instant,
}

impl Post {
    /// The client of SES, for turns that come by this instant. It makes one request for each email: the outbox does the retries,
    /// and knows when one could send an email twice.
    #[must_use]
    pub fn new(app: &App, until: Instant) -> Self {
        let sdk = app.sdk().to_builder().retry_config(RetryConfig::disabled()).build();
        Self {
            client: aws_sdk_sesv2::Client::new(&sdk),
            app: app.clone(),
            until,
        }
    }

    /// Whether there is a turn for one more mail.
    #[must_use]
    pub fn has_turn(&self) -> bool {
        self.app.mail_turns().comes_by(self.until)
    }

    /// Sends one email of the outbox as it was written, when its turn has come. The `Message-ID` and a tag hold its id.
    ///
    /// # Errors
    /// [`PostError`].
    pub async fn send(&self, written: &Outgoing, mail: &Mail) -> Result<(), PostError> {
        let config = self.app.config();
        let from = config
            .mail_from
            .as_ref()
            .ok_or_else(|| PostError::NotSent("MUSTER_MAIL_FROM is not set".into()))?;
        let mime = written.mime(from, &mail.id.to_string(), self.app.clock().now());
        let unfit = |e: aws_sdk_sesv2::error::BuildError| PostError::Refused(e.to_string());
        let raw = RawMessage::builder().data(Blob::new(mime)).build().map_err(unfit)?;
        let tag = |name, value: String| MessageTag::builder().name(name).value(value).build().map_err(unfit);
        if !self.app.mail_turns().take_by(self.until).await {
            return Err(PostError::NoTurn);
        }
        let sent = self
            .client
            .send_email()
            // The display name is in the message itself. Here SES and a policy on `ses:FromAddress` require the address alone.
            .from_email_address(from.email().as_str())
            .destination(Destination::builder().to_addresses(written.recipient.as_str()).build())
            .content(EmailContent::builder().raw(raw).build())
            .set_configuration_set_name(config.mail_configuration_set.clone())
            .email_tags(tag(ORGANIZATION, mail.organization.to_string())?)
            .email_tags(tag(MAIL, mail.id.to_string())?)
            .send()
            .await;
        sent.map(|_| ()).map_err(classify_error)
    }
}

/// Codes by which SES says that it accepts no more, this second or this day.
const THROTTLES: [&str; 4] = [
    "TooManyRequestsException",
    "LimitExceededException",
    "ThrottlingException",
    "Throttling",
];

/// Whether the message of SES contains this, ignoring case.
fn says(message: Option<&str>, words: &str) -> bool {
    message.is_some_and(|message| message.to_ascii_lowercase().contains(words))
}

fn classify_error(error: SdkError<SendEmailError>) -> PostError {
    // SES's message about a refused email can contain its addresses: only the code is kept.
    let text = match (&error, error.as_service_error().and_then(ProvideErrorMetadata::code)) {
        (SdkError::DispatchFailure(_) | SdkError::TimeoutError(_), _) => DisplayErrorContext(&error).to_string(),
        (_, Some(code)) => code.to_owned(),
        (_, None) => "an answer that cannot be read".to_owned(),
    };
    match &error {
        SdkError::ConstructionFailure(_) => PostError::NotSent(text),
        SdkError::DispatchFailure(failure) if failure.is_user() => PostError::NotSent(text),
        SdkError::ServiceError(service) => match service.err() {
            // SES has not verified the sender, or in the sandbox the recipient. That is no error of the mail, and may change any
            // moment.
            SendEmailError::MessageRejected(rejected) if says(rejected.message(), "not verified") => {
                PostError::Closed(text)
            }
            SendEmailError::MessageRejected(_) | SendEmailError::BadRequestException(_) => PostError::Refused(text),
            SendEmailError::AccountSuspendedException(_)
            | SendEmailError::SendingPausedException(_)
            | SendEmailError::MailFromDomainNotVerifiedException(_) => PostError::Closed(text),
            error if error.code().is_some_and(|code| THROTTLES.contains(&code)) => {
                if says(error.message(), "quota") {
                    PostError::Closed(text)
                } else {
                    PostError::Throttled(text)
                }
            }
            // Any other response except a server error means that SES did not accept the mail.
            _ if service.raw().status().is_client_error() => PostError::NotSent(text),
            _ => PostError::Unknown(text),
        },
        _ => PostError::Unknown(text),
    }
}
