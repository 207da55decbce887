//! The page on which a person is chosen: HTML without a script.

use super::AuthorizationRequest;
use crate::accounts::AccountGroup;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY};
use axum::response::{IntoResponse, Response};
use std::fmt::Write;

const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'";

const STYLE: &str = "
:root{color-scheme:light dark;--muted:light-dark(#5d5e68,#a2a3ae);--border:light-dark(#e5e5ea,#2d2d33);--accent:light-dark(#4f46e5,#9192f8)}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1040px;padding:32px 20px 64px;background:light-dark(#fff,#111113);color:light-dark(#18181b,#ededf0);font:400 .875rem/1.45 ui-sans-serif,system-ui,sans-serif}
h1{font-size:1.375rem;font-weight:600;margin:0 0 4px}
h2{font-size:.875rem;font-weight:600;margin:0;padding:14px 16px;border-block-end:1px solid var(--border)}
p{margin:0;color:var(--muted)}
.groups{columns:310px;column-gap:20px;margin-block-start:28px}
section{break-inside:avoid;margin-block-end:20px;border:1px solid var(--border);border-radius:12px;overflow:hidden;background:light-dark(#fff,#1a1a1d)}
ul{list-style:none;margin:0;padding:6px}
a{display:block;padding:8px 10px;border-radius:8px;color:inherit;text-decoration:none;overflow-wrap:anywhere}
a:hover{background:color-mix(in oklab,currentColor 6%,transparent)}
:focus-visible{outline:2px solid var(--accent);outline-offset:-2px}
strong{font-weight:500}
small{display:block;font-size:.8125rem;color:var(--muted)}
form{display:grid;gap:12px;padding:16px}
label{display:grid;gap:4px;font-weight:500}
input{min-height:40px;padding:6px 12px;border:1px solid color-mix(in oklab,currentColor 45%,transparent);border-radius:8px;background:none;color:inherit;font:inherit}
button{min-height:40px;border:0;border-radius:8px;background:var(--accent);color:light-dark(#fff,#11111c);font:inherit;font-weight:500;cursor:pointer}
";

/// The page for this request.
pub(super) fn page(request: &AuthorizationRequest, groups: &[AccountGroup]) -> Response {
    let pairs = pairs(request);
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>Sign in</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <h1>Sign in as</h1>\n<p>This identity provider is for development. It asks for no password.</p>\n<div class=\"groups\">\n"
    );
    for group in groups.iter().filter(|group| !group.accounts.is_empty()) {
        let _ = writeln!(html, "<section><h2>{}</h2><ul>", escaped(&group.title));
        for account in &group.accounts {
            let (email, name) = (account.person.email.as_deref(), account.person.name.as_deref());
            let (email, name) = (email.unwrap_or_default(), name.unwrap_or_default());
            let mut query = form_urlencoded::Serializer::new(String::new());
            query
                .extend_pairs(&pairs)
                .append_pair("email", email)
                .append_pair("name", name);
            let _ = writeln!(
                html,
                "<li><a href=\"authorize?{}\"><strong>{}</strong> <small>{}</small> <small>{}</small></a></li>",
                escaped(&query.finish()),
                escaped(name),
                escaped(&account.role),
                escaped(email),
            );
        }
        html.push_str("</ul></section>\n");
    }
    html.push_str("<section><h2>Another person</h2><form action=\"authorize\">\n");
    for (name, value) in &pairs {
        let _ = writeln!(
            html,
            "<input type=\"hidden\" name=\"{name}\" value=\"{}\">",
            escaped(value)
        );
    }
    html.push_str(
        "<label>Name <input name=\"name\" autocomplete=\"off\"></label>\n\
         <label>Email <input name=\"email\" type=\"email\" required autocomplete=\"off\"></label>\n\
         <button>Sign in</button>\n</form></section>\n</div>\n</main>\n</body>\n</html>\n",
    );
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-store"),
    ];
    (headers, html).into_response()
}

/// What a choice sends again: the request without it.
fn pairs(request: &AuthorizationRequest) -> Vec<(&'static str, String)> {
    let all = [
        ("response_type", Some(&request.response_type)),
        ("client_id", Some(&request.client_id)),
        ("redirect_uri", Some(&request.redirect_uri)),
        ("state", request.state.as_ref()),
        ("code_challenge", Some(&request.code_challenge)),
        ("code_challenge_method", Some(&request.code_challenge_method)),
    ];
    all.into_iter()
        .filter_map(|(name, value)| Some((name, value?.clone())))
        .collect()
}

/// Text as HTML.
fn escaped(text: &str) -> String {
    let escapes = [("&", "&amp;"), ("\"", "&quot;"), ("<", "&lt;"), (">", "&gt;")];
    escapes.iter().fold(text.to_owned(), |text, (character, escape)| {
        text.replace(character, escape)
    })
}
