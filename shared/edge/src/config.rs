//! Configuration, from the environment alone. A missing or invalid variable is named at startup.

use crate::auth::{PLATFORM_SCOPE, Trust};
use crate::cursors::CursorKey;
use crate::mail::{Brand, DEFAULT_ACCENT, Mailbox};
use muster_domain::Language;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

/// The settings of a deployment.
#[derive(Debug, Clone)]
pub struct Config {
    /// `MUSTER_TABLE`: the name of the DynamoDB table.
    pub table: String,
    /// `MUSTER_ISSUER`, `MUSTER_AUDIENCE`, `MUSTER_CLIENTS`, `MUSTER_PLATFORM_SCOPE`: whose tokens are accepted. Audiences and
    /// clients are comma-separated lists.
    pub trust: Trust,
    /// `MUSTER_CURSOR_KEY`: the key that seals the cursors of lists; only functions with paged lists have it.
    pub cursor_key: Option<CursorKey>,
    /// `MUSTER_JWKS_URL`: where the identity provider publishes its keys.
    pub jwks_url: String,
    /// `MUSTER_APP_URL`: the product's address; links in mail are `{app_url}/invitations/{token}`.
    pub app_url: String,
    /// `MUSTER_API_URL`: this API's address, for a domain with a path of its own; otherwise the host name of each request is used.
    pub api_url: Option<String>,
    /// `MUSTER_LINK_SECRET_ID`: the secret in Secrets Manager that creates links, JSON `{"current", "previous"}`.
    pub link_secret_id: Option<String>,
    /// `MUSTER_MAIL_FROM`: the sender of mail, such as `Acme <team@acme.example>`.
    pub mail_from: Option<Mailbox>,
    /// `MUSTER_MAIL_CONFIGURATION_SET`: the SES configuration set, if there is one.
    pub mail_configuration_set: Option<String>,
    /// `MUSTER_PRODUCT_NAME`, `MUSTER_LOGO_URL`, `MUSTER_ACCENT_COLOR`, `MUSTER_POSTAL_LINE`, `MUSTER_SUPPORT_EMAIL`: how letters show
    /// the product. Its name is that of the sender by default.
    pub brand: Brand,
    /// `MUSTER_LANGUAGE`: the language of readers whose own is unknown; English by default.
    pub language: Language,
    /// `MUSTER_MAIL_TEMPLATES`: a folder with files that replace templates and words of letters.
    pub mail_templates: Option<PathBuf>,
    /// `MUSTER_MAILS_PER_SECOND`, `MUSTER_MAIL_DELIVERERS`: how many emails the mail service accepts a second, and how many
    /// processes share that. Stored as the time between two emails of this process; zero without the first.
    pub mail_interval: Duration,
    /// `MUSTER_EXPORT_BUCKET`: the S3 bucket for exports.
    pub export_bucket: Option<String>,
    /// `MUSTER_TEST_ROLE_SETS`: whether organizations can be made with the role sets that only tests use; false by default.
    pub test_role_sets: bool,
    /// `MUSTER_PAGE_CLIENT_ID` and the variables beside it: how the team page signs users in; only the function that serves it has them.
    pub page: Option<PageConfig>,
    /// `MUSTER_METRICS`: the CloudWatch namespace of the metrics; without it none are written.
    pub metrics: Option<String>,
}

/// How the team page signs users in.
#[derive(Debug, Clone)]
pub struct PageConfig {
    /// `MUSTER_PAGE_CLIENT_ID`: the page's client at the identity provider.
    pub client_id: String,
    /// `MUSTER_PAGE_DISCOVERY_URL`: where the provider describes itself; by default, where OpenID Connect Discovery puts it.
    pub discovery_url: String,
    /// `MUSTER_PAGE_TOKEN_ORIGIN`: the origin of the provider's token endpoint, if it is not that of the description.
    pub token_origin: Option<String>,
}

/// A variable that is missing or invalid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the environment variable {variable} {reason}")]
pub struct ConfigError {
    /// The variable.
    pub variable: &'static str,
    /// The reason.
    pub reason: String,
}

fn refuse(variable: &'static str, reason: impl Into<String>) -> ConfigError {
    ConfigError {
        variable,
        reason: reason.into(),
    }
}

/// The name of the product where neither it nor its sender has one.
const PRODUCT: &str = "Muster";

/// A value as its type reads it.
fn parsed<T: FromStr<Err: std::fmt::Display>>(variable: &'static str, value: String) -> Result<T, ConfigError> {
    value
        .trim()
        .parse()
        .map_err(|error: T::Err| refuse(variable, error.to_string()))
}

/// The same for a variable that can be missing.
fn maybe<T: FromStr<Err: std::fmt::Display>>(
    variable: &'static str,
    value: Option<String>,
) -> Result<Option<T>, ConfigError> {
    value.map(|value| parsed(variable, value)).transpose()
}

/// The words between commas.
fn words(text: &str) -> Vec<String> {
    let all = text.split(',').map(str::trim);
    all.filter(|word| !word.is_empty()).map(ToOwned::to_owned).collect()
}

impl Config {
    /// Reads the process's environment.
    ///
    /// # Errors
    /// [`ConfigError`], naming the first variable that is missing or invalid.
    #[expect(clippy::disallowed_methods, reason = "this is where the environment is read")]
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::read(|name| std::env::var(name).ok())
    }

    /// Reads the variables through `get`.
    ///
    /// # Errors
    /// [`ConfigError`], naming the first variable that is missing or invalid.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let optional = |name: &'static str| get(name).filter(|value| !value.trim().is_empty());
        let required = |name: &'static str| optional(name).ok_or_else(|| refuse(name, "is not set"));
        let web_address = |name: &'static str, value: String| -> Result<String, ConfigError> {
            let parsed: http::Uri = value.parse().map_err(|_| refuse(name, "is not a URL"))?;
            let web = matches!(parsed.scheme_str(), Some("http" | "https"));
            web.then(|| value.trim_end_matches('/').to_owned())
                .ok_or_else(|| refuse(name, "must start with http:// or https://"))
        };
        let url = |name: &'static str| web_address(name, required(name)?);
        let number = |name: &'static str| -> Result<Option<NonZeroU32>, ConfigError> {
            let parsed = optional(name).map(|value| value.trim().parse::<NonZeroU32>());
            parsed
                .transpose()
                .map_err(|_| refuse(name, "must be an integer of at least 1"))
        };
        let mail_from: Option<Mailbox> = optional("MUSTER_MAIL_FROM")
            .map(|from| {
                from.parse()
                    .map_err(|e| refuse("MUSTER_MAIL_FROM", format!("is not a valid sender: {e}")))
            })
            .transpose()?;
        let optional_url = |name: &'static str| optional(name).map(|value| web_address(name, value)).transpose();
        let issuer = required("MUSTER_ISSUER")?;
        let page = match optional("MUSTER_PAGE_CLIENT_ID") {
            None => None,
            Some(client_id) => Some(PageConfig {
                client_id,
                discovery_url: optional_url("MUSTER_PAGE_DISCOVERY_URL")?
                    .unwrap_or_else(|| format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'))),
                token_origin: optional_url("MUSTER_PAGE_TOKEN_ORIGIN")?,
            }),
        };
        let sender = mail_from.as_ref().and_then(Mailbox::name).unwrap_or(PRODUCT);
        Ok(Self {
            table: required("MUSTER_TABLE")?,
            trust: Trust {
                issuer,
                audiences: words(&required("MUSTER_AUDIENCE")?),
                clients: words(&optional("MUSTER_CLIENTS").unwrap_or_default()),
                platform_scope: optional("MUSTER_PLATFORM_SCOPE").unwrap_or_else(|| PLATFORM_SCOPE.to_owned()),
            },
            cursor_key: optional("MUSTER_CURSOR_KEY").map(|text| CursorKey::new(&text)),
            jwks_url: url("MUSTER_JWKS_URL")?,
            app_url: url("MUSTER_APP_URL")?,
            api_url: optional_url("MUSTER_API_URL")?,
            link_secret_id: optional("MUSTER_LINK_SECRET_ID"),
            brand: Brand {
                product: parsed(
                    "MUSTER_PRODUCT_NAME",
                    optional("MUSTER_PRODUCT_NAME").unwrap_or_else(|| sender.to_owned()),
                )?,
                logo: maybe("MUSTER_LOGO_URL", optional("MUSTER_LOGO_URL"))?,
                accent: parsed(
                    "MUSTER_ACCENT_COLOR",
                    optional("MUSTER_ACCENT_COLOR").unwrap_or_else(|| DEFAULT_ACCENT.to_owned()),
                )?,
                postal_line: maybe("MUSTER_POSTAL_LINE", optional("MUSTER_POSTAL_LINE"))?,
                support: maybe("MUSTER_SUPPORT_EMAIL", optional("MUSTER_SUPPORT_EMAIL"))?,
            },
            language: maybe("MUSTER_LANGUAGE", optional("MUSTER_LANGUAGE"))?.unwrap_or(Language::English),
            mail_templates: optional("MUSTER_MAIL_TEMPLATES").map(PathBuf::from),
            mail_from,
            mail_configuration_set: optional("MUSTER_MAIL_CONFIGURATION_SET"),
            mail_interval: match number("MUSTER_MAILS_PER_SECOND")? {
                None => Duration::ZERO,
                Some(rate) => {
                    let deliverers = number("MUSTER_MAIL_DELIVERERS")?.map_or(1, NonZeroU32::get);
                    Duration::from_secs(1) * deliverers / rate.get()
                }
            },
            export_bucket: optional("MUSTER_EXPORT_BUCKET"),
            test_role_sets: match optional("MUSTER_TEST_ROLE_SETS").as_deref() {
                None | Some("false") => false,
                Some("true") => true,
                Some(_) => return Err(refuse("MUSTER_TEST_ROLE_SETS", "must be `true` or `false`")),
            },
            page,
            metrics: optional("MUSTER_METRICS"),
        })
    }

    /// The path of [`Config::api_url`], such as `/team`; empty where it has none.
    #[must_use]
    pub fn api_path(&self) -> &str {
        let url = self.api_url.as_deref().unwrap_or_default();
        let (_, place) = url.split_once("://").unwrap_or_default();
        place.find('/').and_then(|at| place.get(at..)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(changed: &str, value: Option<&str>) -> Result<Config, ConfigError> {
        Config::read(|name| match name {
            name if name == changed => value.map(Into::into),
            "MUSTER_TABLE" => Some("table".into()),
            "MUSTER_ISSUER" => Some("https://id.example".into()),
            "MUSTER_AUDIENCE" => Some("muster".into()),
            "MUSTER_JWKS_URL" => Some("https://id.example/jwks.json".into()),
            "MUSTER_APP_URL" => Some("https://app.example/".into()),
            "MUSTER_PAGE_CLIENT_ID" => Some("page".into()),
            _ => None,
        })
    }

    #[test]
    fn a_function_that_pages_nothing_needs_no_key_of_cursors() {
        assert!(read("", None).unwrap().cursor_key.is_none());
        assert!(read("MUSTER_CURSOR_KEY", Some(" ")).unwrap().cursor_key.is_none());
        assert!(read("MUSTER_CURSOR_KEY", Some("key")).unwrap().cursor_key.is_some());
    }

    #[test]
    fn role_sets_for_tests_are_off_unless_they_are_switched_on() {
        for (value, is_on) in [(None, false), (Some("false"), false), (Some("true"), true)] {
            assert_eq!(read("MUSTER_TEST_ROLE_SETS", value).unwrap().test_role_sets, is_on);
        }
    }

    #[test]
    fn the_path_of_the_api_is_what_its_address_has_after_the_host() {
        for (url, path) in [
            (None, ""),
            (Some("https://api.example"), ""),
            (Some("https://api.example/"), ""),
            (Some("https://api.example:8443/team"), "/team"),
            (Some("https://api.example/of/team/"), "/of/team"),
        ] {
            assert_eq!(read("MUSTER_API_URL", url).unwrap().api_path(), path, "{url:?}");
        }
    }

    #[test]
    fn the_provider_describes_itself_below_the_issuer_unless_another_place_is_given() {
        for (issuer, found) in [
            (
                "https://id.example",
                "https://id.example/.well-known/openid-configuration",
            ),
            (
                "https://id.example/",
                "https://id.example/.well-known/openid-configuration",
            ),
            (
                "https://id.example/a/",
                "https://id.example/a/.well-known/openid-configuration",
            ),
        ] {
            let page = read("MUSTER_ISSUER", Some(issuer)).unwrap().page.unwrap();
            assert_eq!(page.discovery_url, found);
        }
        let given = read("MUSTER_PAGE_DISCOVERY_URL", Some("https://b.example/x")).unwrap();
        assert_eq!(given.page.unwrap().discovery_url, "https://b.example/x");
        assert!(read("MUSTER_PAGE_CLIENT_ID", None).unwrap().page.is_none());
    }

    #[test]
    fn a_missing_or_bad_variable_is_named() {
        assert_eq!(read("", None).unwrap().app_url, "https://app.example");
        let trust = read("MUSTER_CLIENTS", Some("one, two,")).unwrap().trust;
        assert_eq!(trust.clients, ["one", "two"]);
        assert_eq!(trust.audiences, ["muster"]);
        assert_eq!(trust.platform_scope, "muster:platform");
        let cases = [
            ("MUSTER_TABLE", None),
            ("MUSTER_ISSUER", Some("  ")),
            ("MUSTER_AUDIENCE", None),
            ("MUSTER_JWKS_URL", Some("not a url")),
            ("MUSTER_APP_URL", Some("ftp://app.example")),
            ("MUSTER_API_URL", Some("api.example")),
            ("MUSTER_PAGE_TOKEN_ORIGIN", Some("id.example")),
            ("MUSTER_MAIL_FROM", Some("nobody")),
            ("MUSTER_PRODUCT_NAME", Some("A\nB")),
            ("MUSTER_LOGO_URL", Some("http://cdn.example/logo.png")),
            ("MUSTER_ACCENT_COLOR", Some("blue")),
            ("MUSTER_POSTAL_LINE", Some("1 Main Street\n12345 Town")),
            ("MUSTER_SUPPORT_EMAIL", Some("help")),
            ("MUSTER_LANGUAGE", Some("tlh")),
            ("MUSTER_MAILS_PER_SECOND", Some("0")),
            ("MUSTER_MAILS_PER_SECOND", Some("many")),
            ("MUSTER_TEST_ROLE_SETS", Some("yes")),
        ];
        for (name, value) in cases {
            assert_eq!(read(name, value).unwrap_err().variable, name);
        }
    }

    #[test]
    fn letters_show_the_product_as_it_is_configured() {
        let brand = read("", None).unwrap().brand;
        assert_eq!(
            (brand.product.as_str(), brand.accent.as_str()),
            ("Muster", DEFAULT_ACCENT)
        );
        assert_eq!((brand.logo, brand.postal_line, brand.support), (None, None, None));
        let named = read("MUSTER_MAIL_FROM", Some("Acme <no-reply@acme.example>"))
            .unwrap()
            .brand;
        assert_eq!(named.product.as_str(), "Acme");
        let colored = read("MUSTER_ACCENT_COLOR", Some("#FFE600")).unwrap().brand;
        assert_eq!(colored.accent.as_str(), "#ffe600");
        assert_eq!(read("", None).unwrap().language, Language::English);
        assert_eq!(read("MUSTER_LANGUAGE", Some("ar")).unwrap().language, Language::Arabic);
    }

    #[test]
    fn processes_share_the_rate_of_mail() {
        assert_eq!(read("", None).unwrap().mail_interval, Duration::ZERO);
        let alone = read("MUSTER_MAILS_PER_SECOND", Some("20")).unwrap();
        assert_eq!(alone.mail_interval, Duration::from_millis(50));
        let shared = |name: &str| match name {
            "MUSTER_MAILS_PER_SECOND" => Some("1".to_owned()),
            "MUSTER_MAIL_DELIVERERS" => Some("4".to_owned()),
            "MUSTER_MAIL_FROM"
            | "MUSTER_API_URL"
            | "MUSTER_TEST_ROLE_SETS"
            | "MUSTER_ACCENT_COLOR"
            | "MUSTER_SUPPORT_EMAIL"
            | "MUSTER_LANGUAGE"
            | "MUSTER_PAGE_CLIENT_ID" => None,
            _ => Some("https://value.example".to_owned()),
        };
        assert_eq!(Config::read(shared).unwrap().mail_interval, Duration::from_secs(4));
    }
}
