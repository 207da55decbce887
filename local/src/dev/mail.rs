//! `/dev/mail`: captured mail, as JSON for programs and as a mailbox for browsers; and samples of all letters.
//!
//! No page has a script, and none runs one from an email: its HTML is a document of its own, in a frame whose policy allows nothing
//! but styles and pictures.

use super::{Development, Shared};
use crate::aws::MAX_MAILS;
use crate::problem::Problem;
use crate::sent_mail::SentMail;
use axum::extract::{Path, State};
use axum::http::header::{
    ACCEPT, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use minijinja::{Environment, UndefinedBehavior, Value, context};
use muster_domain::Language;
use muster_edge::mail::samples;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// How long a list waits for pending mail.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The policy of the pages: their own styles, and frames of this host.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The policy of an email's HTML. It holds also where the HTML is opened on its own.
const LETTER_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; base-uri 'self'; form-action 'none'; \
                             frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox";

/// The pages, by the names by which they extend each other.
const PAGES: [(&str, &str); 4] = [
    ("page.html", include_str!("../../templates/page.html")),
    ("inbox.html", include_str!("../../templates/inbox.html")),
    ("letter.html", include_str!("../../templates/letter.html")),
    ("samples.html", include_str!("../../templates/samples.html")),
];

/// The routes below `/dev`.
pub(super) fn routes() -> Router<Arc<Development>> {
    Router::new()
        .route("/mail", super::only("GET", get(list)))
        .route("/mail/samples", super::only("GET", get(list_samples)))
        .route("/mail/samples/{language}/{name}", super::only("GET", get(show_sample)))
        .route(
            "/mail/samples/{language}/{name}/{part}",
            super::only("GET", get(show_sample_part)),
        )
        .route("/mail/{number}", super::only("GET", get(show)))
        .route("/mail/{number}/{part}", super::only("GET", get(show_part)))
}

/// Waits for pending mail first, so that a caller finds an email right after the request that caused it.
async fn list(State(development): Shared, headers: HeaderMap) -> Result<Response, Problem> {
    // Mail that takes longer shows up in a later answer.
    let _ = tokio::time::timeout(TIMEOUT, development.backlog.drained()).await;
    let vary = [(VARY, "Accept")];
    if !wants_html(&headers) {
        return Ok((vary, Json(development.mailbox.mails())).into_response());
    }
    let (mails, end) = development.mailbox.mails_from(0);
    let first = end - mails.len();
    let rows: Vec<Value> = mails
        .iter()
        .enumerate()
        .rev()
        .map(|(at, mail)| context! { number => first + at, ..head(mail) })
        .collect();
    let page = page(
        "inbox.html",
        context! { title => "Inbox", mails => rows, most => MAX_MAILS },
    )?;
    Ok((vary, page).into_response())
}

/// Whether the caller is a browser: programs ask for JSON or for anything.
fn wants_html(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let types = accepted.flat_map(|value| value.split(','));
    types
        .filter_map(|one| one.split(';').next())
        .any(|one| one.trim().eq_ignore_ascii_case("text/html"))
}

async fn show(State(development): Shared, Path(number): Path<usize>) -> Result<Response, Problem> {
    let mail = find(&development, number)?;
    letter(&mail, &format!("/dev/mail/{number}"), context! { languages => () })
}

async fn show_part(
    State(development): Shared,
    Path((number, part)): Path<(usize, String)>,
) -> Result<Response, Problem> {
    part_of(&find(&development, number)?, &part)
}

async fn list_samples() -> Result<Response, Problem> {
    let all = samples::all(Language::English, "").map_err(|error| Problem::internal(error.to_string()))?;
    let names: Vec<&str> = all.iter().map(|sample| sample.name).collect();
    page(
        "samples.html",
        context! { title => "Samples", names => names, languages => Language::WORDS.to_vec() },
    )
}

async fn show_sample(
    State(development): Shared,
    Path((language, name)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let mail = sample(&development, &language, &name)?;
    let more = context! { name => name.as_str(), languages => Language::WORDS.to_vec() };
    letter(&mail, &format!("/dev/mail/samples/{language}/{name}"), more)
}

async fn show_sample_part(
    State(development): Shared,
    Path((language, name, part)): Path<(String, String, String)>,
) -> Result<Response, Problem> {
    part_of(&sample(&development, &language, &name)?, &part)
}

/// The email at this position of all that were ever sent.
fn find(development: &Development, number: usize) -> Result<SentMail, Problem> {
    let (mails, end) = development.mailbox.mails_from(number);
    let first = end - mails.len();
    let found = mails.into_iter().next().filter(|_| first == number);
    found.ok_or_else(|| Problem::not_found("there is no such email, or it is no longer kept"))
}

/// A sample as it would be sent now.
fn sample(development: &Development, language: &str, name: &str) -> Result<SentMail, Problem> {
    let internal = |error: &dyn std::fmt::Display| Problem::internal(error.to_string());
    let unknown = || Problem::not_found("there is no such sample");
    let language: Language = language.parse().map_err(|_| unknown())?;
    let all = samples::all(language, "").map_err(|error| internal(&error))?;
    let content = all
        .into_iter()
        .find(|sample| sample.name == name)
        .ok_or_else(unknown)?
        .content;
    let config = development.app.config();
    let stationery = development.app.stationery().map_err(|fault| internal(&fault))?;
    let reader = samples::reader().map_err(|error| internal(&error))?;
    let written = stationery
        .write(&content, reader, Some(language), None)
        .map_err(|error| internal(&error))?;
    let from = config
        .mail_from
        .as_ref()
        .ok_or_else(|| Problem::internal("there is no sender"))?;
    let sent_at = development.app.clock().now();
    Ok(SentMail {
        to: written.recipient.to_string(),
        from: from.email().to_string(),
        raw: written.mime(from, "sample", sent_at),
        subject: written.subject,
        text: written.text,
        html: written.html,
        sent_at,
        configuration_set: None,
        tags: std::collections::BTreeMap::new(),
    })
}

/// What a list and a page say about an email.
fn head(mail: &SentMail) -> Value {
    let sent_at = mail.sent_at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string();
    context! { to => mail.to.as_str(), from => mail.from.as_str(), subject => mail.subject.as_str(), sent_at => sent_at }
}

fn letter(mail: &SentMail, address: &str, more: Value) -> Result<Response, Problem> {
    let raw = String::from_utf8_lossy(&mail.raw);
    let headers = raw.split_once("\r\n\r\n").map_or(&*raw, |(headers, _)| headers);
    let values = context! {
        title => mail.subject.as_str(), mail => head(mail), address => address, headers => headers, size => mail.raw.len(),
        pieces => pieces(&mail.text), ..more
    };
    page("letter.html", values)
}

/// The text in pieces, of which links can be opened. A letter has each of its links on a line of its own.
fn pieces(text: &str) -> Vec<Value> {
    let is_link =
        |line: &str| ["http://", "https://"].iter().any(|scheme| line.starts_with(scheme)) && !line.contains(' ');
    text.split_inclusive('\n')
        .flat_map(|line| {
            let (shown, end) = line.strip_suffix('\n').map_or((line, ""), |shown| (shown, "\n"));
            [
                context! { text => shown, link => is_link(shown) },
                context! { text => end, link => false },
            ]
        })
        .collect()
}

/// `html` or `raw`.
fn part_of(mail: &SentMail, part: &str) -> Result<Response, Problem> {
    match part {
        "html" => {
            // Links open beside the mailbox. In its frame, the pages of other hosts could not.
            let body = match mail.html.split_once("<head>") {
                Some((before, after)) => format!("{before}<head><base target=\"_blank\">{after}"),
                None => mail.html.clone(),
            };
            Ok(document("text/html; charset=utf-8", LETTER_POLICY, body))
        }
        "raw" => Ok(document("text/plain; charset=utf-8", PAGE_POLICY, mail.raw.clone())),
        _ => Err(Problem::not_found("an email has the parts `html` and `raw`")),
    }
}

fn page(name: &str, values: Value) -> Result<Response, Problem> {
    static ENVIRONMENT: OnceLock<Environment<'static>> = OnceLock::new();
    let environment = ENVIRONMENT.get_or_init(|| {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        for (name, source) in PAGES {
            if let Err(error) = environment.add_template(name, source) {
                tracing::error!(%error, name, "a page of the mailbox is not a template");
            }
        }
        environment
    });
    let rendered = environment
        .get_template(name)
        .and_then(|template| template.render(values));
    let body = rendered.map_err(|error| Problem::internal(error.to_string()))?;
    Ok(document("text/html; charset=utf-8", PAGE_POLICY, body))
}

fn document(content_type: &'static str, policy: &'static str, body: impl IntoResponse) -> Response {
    let headers: [(HeaderName, &str); 4] = [
        (CONTENT_TYPE, content_type),
        (CONTENT_SECURITY_POLICY, policy),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
    ];
    (headers, body).into_response()
}
