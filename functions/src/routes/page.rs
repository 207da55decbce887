//! The team page: what `web/build.mjs` made of `web/page` and `web/elements`, served from this binary.

use muster_edge::config::PageConfig;
use muster_edge::{Call, Outcome, Problem, Reply};

/// A file of the page.
struct File {
    name: &'static str,
    content: &'static [u8],
    gzip: &'static [u8],
}

/// All files of `web/dist`, sorted by their names.
static FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/page.rs"));

/// The page itself, in which the settings of the deployment are still missing.
const PAGE: &str = include_str!("../../../web/dist/team.html");
const PAGE_NAME: &str = "team.html";

/// Serves the page, or a file that it loads. The page is the same for every path and every query, which it reads by itself: what the
/// identity provider leads back with, and the token of an invitation.
pub async fn page(call: Call) -> Outcome {
    let name: String = call.path("file")?;
    if name.is_empty() {
        return whole_page(&call);
    }
    let found = FILES.iter().find(|file| file.name == name && name != PAGE_NAME);
    let file = found.ok_or_else(|| Problem::not_found("file"))?;
    let (media_type, age) = kind_of(&name);
    let reply = match call.takes_gzip() {
        true => shown(media_type, file.gzip).header("content-encoding", "gzip"),
        false => shown(media_type, file.content),
    };
    Ok(reply.header("cache-control", age).header("vary", "accept-encoding"))
}

fn shown(media_type: &'static str, body: &[u8]) -> Reply {
    Reply {
        status: 200,
        media_type,
        body: body.to_vec(),
        ..Reply::empty()
    }
    .header("referrer-policy", "no-referrer")
}

/// The media type of a file, and how long caches keep it: forever if its name has the hash of its content.
fn kind_of(name: &str) -> (&'static str, &'static str) {
    const FOREVER: &str = "public, max-age=31536000, immutable";
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("js") => ("text/javascript; charset=utf-8", FOREVER),
        Some("css") => ("text/css; charset=utf-8", FOREVER),
        Some("svg") => ("image/svg+xml", FOREVER),
        _ => ("text/plain; charset=utf-8", "public, max-age=300"),
    }
}

fn whole_page(call: &Call) -> Outcome {
    let config = call.app.config();
    // The function is deployed only with them.
    let page = config.page.as_ref().ok_or_else(Problem::internal)?;
    let settings = [
        ("{{path}}", config.api_path()),
        ("{{issuer}}", &config.trust.issuer),
        ("{{discovery}}", &page.discovery_url),
        ("{{audience}}", &config.trust.audiences.join(",")),
        ("{{client}}", &page.client_id),
    ];
    let html = settings.iter().fold(PAGE.to_owned(), |html, (place, value)| {
        html.replace(place, &escaped(value))
    });
    Ok(shown("text/html; charset=utf-8", html.as_bytes()).header("content-security-policy", policy(page)))
}

/// Text as the value of an attribute.
fn escaped(text: &str) -> String {
    let escapes = [("&", "&amp;"), ("\"", "&quot;"), ("<", "&lt;"), ("{", "&#123;")];
    escapes.iter().fold(text.to_owned(), |text, (character, escape)| {
        text.replace(character, escape)
    })
}

/// The content security policy: nothing but the page's own files, and requests to the API and to the identity provider.
fn policy(page: &PageConfig) -> String {
    let mut origins = vec!["'self'".to_owned()];
    for url in std::iter::once(&page.discovery_url).chain(&page.token_origin) {
        origins.extend(origin(url).filter(|origin| !origins.contains(origin)));
    }
    let connect = origins.join(" ");
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src {connect}; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html"
    )
}

/// The origin of a URL.
fn origin(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    // Anything else would end the directive, or begin another source.
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-.:[]".contains(c);
    (!host.is_empty() && host.chars().all(is_plain)).then(|| format!("{scheme}://{host}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_no_file_that_is_not_there_and_every_file_but_the_licenses_has_a_hash() {
        let named: Vec<&str> = PAGE
            .split("{{path}}/team/")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        assert!(named.len() >= 3, "{named:?}");
        for name in named {
            assert!(FILES.iter().any(|file| file.name == name), "{name}");
        }
        for file in FILES
            .iter()
            .filter(|file| ![PAGE_NAME, "licenses.txt"].contains(&file.name))
        {
            let (stem, _) = file.name.rsplit_once('.').unwrap();
            let (_, hash) = stem.rsplit_once('-').unwrap();
            assert!(
                hash.len() == 8 && hash.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()),
                "{}",
                file.name
            );
        }
    }

    #[test]
    fn requests_go_to_the_provider_and_to_its_token_endpoint_and_nowhere_else() {
        let page = |discovery: &str, token: Option<&str>| PageConfig {
            client_id: "page".into(),
            discovery_url: discovery.into(),
            token_origin: token.map(Into::into),
        };
        for (page, allowed) in [
            (page("https://id.example/a/b", None), "'self' https://id.example"),
            (
                page("https://id.example:8443/a", Some("https://id.example:8443")),
                "'self' https://id.example:8443",
            ),
            (
                page("https://id.example", Some("https://in.example")),
                "'self' https://id.example https://in.example",
            ),
            (page("https://id.example; script-src *", None), "'self'"),
            (page("https://id.example *", None), "'self'"),
        ] {
            assert!(
                policy(&page).contains(&format!("; connect-src {allowed}; base-uri")),
                "{allowed}: {}",
                policy(&page)
            );
        }
    }

    #[test]
    fn a_setting_stays_within_its_attribute() {
        assert_eq!(
            escaped(r#"a"b<c>&{{client}}"#),
            "a&quot;b&lt;c>&amp;&#123;&#123;client}}"
        );
    }
}
