//! An SES v2 that keeps sent mail for inspection.

use super::refusal;
use crate::feedback::Feedback;
use crate::sent_mail::SentMail;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use mail_parser::{Address, HeaderName, Message, MessageParser};
use muster_edge::Clock;
use serde::Deserialize;
use serde_json::json;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

/// Number of emails kept, so that a process that runs for long does not grow with all mail it ever sent.
pub(crate) const MAX_MAILS: usize = 1_000;

/// The most recent emails, oldest first.
#[derive(Clone)]
pub(crate) struct SentMails {
    clock: Clock,
    log: Arc<Mutex<MailLog>>,
    feedback: Feedback,
}

#[derive(Default)]
struct MailLog {
    mails: VecDeque<SentMail>,
    /// The number of emails before them.
    gone: usize,
}

impl SentMails {
    pub(crate) fn new(clock: Clock, feedback: Feedback) -> Self {
        Self {
            clock,
            log: Arc::default(),
            feedback,
        }
    }

    pub(crate) fn mails(&self) -> Vec<SentMail> {
        self.lock().mails.iter().cloned().collect()
    }

    /// The emails from this position on, counted from the first ever sent, and the position after them.
    pub(crate) fn mails_from(&self, place: usize) -> (Vec<SentMail>, usize) {
        let log = self.lock();
        let known = place.saturating_sub(log.gone);
        let mails = log.mails.iter().skip(known).cloned().collect();
        (mails, log.gone + log.mails.len())
    }

    fn keep(&self, mails: Vec<SentMail>) {
        let mut log = self.lock();
        log.mails.extend(mails);
        let gone = log.mails.len().saturating_sub(MAX_MAILS);
        log.mails.drain(..gone);
        log.gone += gone;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, MailLog> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SendEmail {
    #[serde(default)]
    destination: Destination,
    content: Content,
    configuration_set_name: Option<String>,
    #[serde(default)]
    email_tags: Vec<Tag>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    name: String,
    value: String,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Destination {
    to_addresses: Vec<String>,
    cc_addresses: Vec<String>,
    bcc_addresses: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Content {
    raw: Raw,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Raw {
    data: String,
}

/// `POST /v2/email/outbound-emails`
#[expect(clippy::disallowed_methods, reason = "SES gives emails their ids")]
pub(super) async fn send_email(State(mailbox): State<SentMails>, body: Bytes) -> Response {
    match read(&body, mailbox.clock.now()) {
        Ok(mails) => {
            for mail in &mails {
                mailbox.feedback.report(mail);
            }
            mailbox.keep(mails);
            Json(json!({"MessageId": uuid::Uuid::now_v7().to_string()})).into_response()
        }
        Err(message) => refusal("BadRequestException", &message),
    }
}

/// One email for each recipient, or the reason why SES refuses the request.
fn read(body: &[u8], sent_at: Timestamp) -> Result<Vec<SentMail>, String> {
    let request: SendEmail = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let raw = STANDARD
        .decode(&request.content.raw.data)
        .map_err(|error| format!("the raw message is not base64: {error}"))?;
    let message = MessageParser::default()
        .parse(&raw)
        .ok_or("the raw message is not MIME")?;
    check_headers(&message)?;
    check_tags(&request.email_tags)?;
    let from = first_email(message.from()).ok_or("Missing required header 'From'.")?;
    let recipients = recipients(&request.destination, &message)?;
    let tags = request
        .email_tags
        .iter()
        .map(|tag| (tag.name.clone(), tag.value.clone()));
    let tags: BTreeMap<String, String> = tags.collect();
    Ok(recipients
        .into_iter()
        .map(|to| SentMail {
            to,
            subject: message.subject().unwrap_or_default().to_owned(),
            text: message.body_text(0).unwrap_or_default().into_owned(),
            html: message.body_html(0).unwrap_or_default().into_owned(),
            sent_at,
            from: from.clone(),
            configuration_set: request.configuration_set_name.clone(),
            tags: tags.clone(),
            raw: raw.clone(),
        })
        .collect())
}

/// SES refuses a message that has one of these headers twice, as an injected line break would cause.
fn check_headers(message: &Message<'_>) -> Result<(), String> {
    for name in [
        HeaderName::From,
        HeaderName::To,
        HeaderName::Subject,
        HeaderName::Date,
        HeaderName::MessageId,
    ] {
        let count = message.headers().iter().filter(|header| header.name == name).count();
        if count > 1 {
            return Err(format!("Duplicate header '{}'.", name.as_str()));
        }
    }
    Ok(())
}

/// SES accepts letters, digits and a few signs in tags, at most 256 characters.
fn check_tags(tags: &[Tag]) -> Result<(), String> {
    let plain = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "_-.@".contains(c));
    let fits = |text: &str| (1..=256).contains(&text.len()) && plain(text);
    match tags.iter().find(|tag| !fits(&tag.name) || !fits(&tag.value)) {
        Some(tag) => Err(format!("Invalid tag <{}>.", tag.name)),
        None => Ok(()),
    }
}

/// The request's recipients, else the message's own.
fn recipients(destination: &Destination, message: &Message<'_>) -> Result<Vec<String>, String> {
    let mut recipients = [
        &destination.to_addresses,
        &destination.cc_addresses,
        &destination.bcc_addresses,
    ]
    .map(Clone::clone)
    .concat();
    if recipients.is_empty() {
        recipients = [message.to(), message.cc(), message.bcc()]
            .into_iter()
            .flatten()
            .flat_map(Address::iter)
            .filter_map(|address| address.address().map(str::to_owned))
            .collect();
    }
    if recipients.is_empty() {
        return Err("Missing required header 'To'.".to_owned());
    }
    if let Some(recipient) = recipients.iter().find(|recipient| !deliverable(recipient)) {
        return Err(format!(
            "Local address contains control or whitespace, or the address is not ASCII: {recipient}"
        ));
    }
    Ok(recipients)
}

/// SES accepts printable ASCII on both sides of the last `@`; other domains must be in punycode.
fn deliverable(email: &str) -> bool {
    email.rsplit_once('@').is_some_and(|(local, domain)| {
        [local, domain]
            .iter()
            .all(|part| !part.is_empty() && part.chars().all(|char| char.is_ascii_graphic()))
    })
}

fn first_email(addresses: Option<&Address<'_>>) -> Option<String> {
    addresses?
        .first()?
        .address()
        .filter(|email| deliverable(email))
        .map(str::to_owned)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::aws::{Endpoints, LinkSecret, sdk_config, services};
    use crate::data::DataFolder;
    use aws_config::SdkConfig;
    use aws_sdk_sesv2::Client;
    use aws_sdk_sesv2::error::SdkError;
    use aws_sdk_sesv2::operation::send_email::{SendEmailError, SendEmailOutput};
    use aws_sdk_sesv2::primitives::Blob;
    use aws_sdk_sesv2::types::{Destination, EmailContent, RawMessage};
    use mail_builder::MessageBuilder;

    /// Serves both services, and returns the mailbox of the mail they receive.
    pub(in crate::aws) async fn serve() -> (SdkConfig, SentMails) {
        let mailbox = SentMails::new(
            Clock::system(),
            Feedback::new(&DataFolder::open(None).unwrap()).unwrap().0,
        );
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoints = Endpoints {
            dynamodb: String::new(),
            services: format!("http://{}", listener.local_addr().unwrap()),
            files: String::new(),
        };
        let routes = services(mailbox.clone(), LinkSecret::new("the secret"));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        (sdk_config(endpoints, None), mailbox)
    }

    async fn send(
        sdk: &SdkConfig,
        to: Option<&str>,
        raw: Vec<u8>,
    ) -> Result<SendEmailOutput, SdkError<SendEmailError>> {
        let message = RawMessage::builder().data(Blob::new(raw)).build().unwrap();
        let destination = Destination::builder()
            .set_to_addresses(to.map(|to| vec![to.to_owned()]))
            .build();
        Client::new(sdk)
            .send_email()
            .destination(destination)
            .content(EmailContent::builder().raw(message).build())
            .configuration_set_name("muster")
            .send()
            .await
    }

    fn mime() -> MessageBuilder<'static> {
        MessageBuilder::new()
            .from(("Muster", "no-reply@muster.example"))
            .to("ann@x.example")
            .subject("Grüße, Ann")
            .text_body("Hello.\nÄ line.")
            .html_body("<p>Hello.</p>")
    }

    #[tokio::test]
    async fn what_the_real_client_sends_is_kept_decoded() {
        let (sdk, mailbox) = serve().await;
        let sent = send(&sdk, Some("ann@x.example"), mime().write_to_vec().unwrap())
            .await
            .unwrap();
        assert!(sent.message_id().is_some());

        let mails = mailbox.mails();
        let [mail] = mails.as_slice() else {
            panic!("one mail was sent, {} were kept", mails.len())
        };
        assert_eq!(mail.to, "ann@x.example");
        assert_eq!(mail.from, "no-reply@muster.example");
        assert_eq!(mail.subject, "Grüße, Ann");
        assert_eq!(mail.text.replace("\r\n", "\n"), "Hello.\nÄ line.");
        assert_eq!(mail.html, "<p>Hello.</p>");
        assert_eq!(mail.configuration_set.as_deref(), Some("muster"));
    }

    #[test]
    fn the_last_mails_are_kept() {
        let mailbox = SentMails::new(
            Clock::system(),
            Feedback::new(&DataFolder::open(None).unwrap()).unwrap().0,
        );
        let raw = STANDARD.encode(mime().write_to_vec().unwrap());
        for n in 0..MAX_MAILS + 3 {
            let body = json!({"Destination": {"ToAddresses": [format!("guest{n}@x.example")]}, "Content": {"Raw": {"Data": raw}}});
            mailbox.keep(read(body.to_string().as_bytes(), Timestamp::now()).unwrap());
        }
        let mails = mailbox.mails();
        assert_eq!(mails.len(), MAX_MAILS);
        assert_eq!(mails[0].to, "guest3@x.example");
    }

    #[tokio::test]
    async fn without_a_destination_the_header_counts() {
        let (sdk, mailbox) = serve().await;
        send(&sdk, None, mime().write_to_vec().unwrap()).await.unwrap();
        assert_eq!(mailbox.mails()[0].to, "ann@x.example");
    }

    #[tokio::test]
    async fn what_ses_would_refuse_is_refused() {
        let (sdk, mailbox) = serve().await;
        let twice = "From: a@x.example\r\nSubject: a\r\nSubject: b\r\n\r\nHi";
        let nobody = "From: a@x.example\r\nSubject: a\r\n\r\nHi";
        for (to, raw) in [
            (Some("ann@x.example"), ""),
            (Some("ann@x.example"), "no headers at all"),
            (Some("ann@x.example"), twice),
            (Some("ann@münchen.example"), "From: a@x.example\r\n\r\nHi"),
            (Some("an n@x.example"), "From: a@x.example\r\n\r\nHi"),
            (None, nobody),
        ] {
            let error = send(&sdk, to, raw.into()).await.unwrap_err();
            assert!(
                error.into_service_error().is_bad_request_exception(),
                "{to:?} {raw:?} was refused otherwise"
            );
        }
        assert!(mailbox.mails().is_empty());
    }
}
