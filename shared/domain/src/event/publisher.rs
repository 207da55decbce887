//! The publisher of events: how a deployment names their types, and where it serves what they refer to.

use crate::text::is_host_name;
use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// The longest prefix: with it, the longest type fits the 128 characters of a `detail-type` of Amazon EventBridge.
const MAX_TYPE_PREFIX: usize = 64;

/// The longest base address.
const MAX_BASE_URL: usize = 500;

/// How a deployment names the types of its events, and where it serves what they refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publisher {
    /// The beginning of every type.
    pub type_prefix: TypePrefix,
    /// The address of the API, such as `https://api.example.com`.
    pub api: BaseUrl,
    /// The address below which the schemas are served, such as `https://api.example.com/v1/event-schemas`.
    pub schemas: BaseUrl,
}

/// The beginning of every type: a domain of the operator's in reverse order, such as `com.example.muster`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypePrefix(String);

/// The text is not a prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be at most {MAX_TYPE_PREFIX} characters: labels of lowercase letters, digits and `-`, separated by dots, such as \
     `com.example.muster`"
)]
pub struct TypePrefixError;

impl TypePrefix {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TypePrefix {
    type Err = TypePrefixError;
    fn from_str(text: &str) -> Result<Self, TypePrefixError> {
        let is_label = |label: &str| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        let fits = text.len() <= MAX_TYPE_PREFIX && text.contains('.') && text.split('.').all(is_label);
        fits.then(|| Self(text.to_owned())).ok_or(TypePrefixError)
    }
}

impl fmt::Display for TypePrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An address to which paths are appended: without a query, a fragment or a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(String);

/// The text is not such an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be an `http` or `https` address of at most {MAX_BASE_URL} characters, without a query and without a slash at the end, such \
     as `https://api.example.com`"
)]
pub struct BaseUrlError;

impl BaseUrl {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for BaseUrl {
    type Err = BaseUrlError;
    fn from_str(text: &str) -> Result<Self, BaseUrlError> {
        let rest = ["https://", "http://"]
            .iter()
            .find_map(|scheme| text.strip_prefix(scheme));
        let fits = rest.filter(|_| text.len() <= MAX_BASE_URL).is_some_and(|rest| {
            let mut parts = rest.split('/');
            parts.next().is_some_and(is_authority) && parts.all(is_segment)
        });
        fits.then(|| Self(text.to_owned())).ok_or(BaseUrlError)
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a text is a host with or without a port. On one machine, the host can also be `localhost` or an address.
fn is_authority(text: &str) -> bool {
    let end = text.rfind(']').map_or(0, |at| at + 1);
    let (host, port) = match text.get(end..).and_then(|rest| rest.rsplit_once(':')) {
        Some((name, port)) => (text.get(..end + name.len()).unwrap_or_default(), Some(port)),
        None => (text, None),
    };
    let literal = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let is_host = host == "localhost"
        || is_host_name(host)
        || host.parse::<Ipv4Addr>().is_ok()
        || literal.is_some_and(|address| address.parse::<Ipv6Addr>().is_ok());
    let is_port = |port: &str| port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok();
    is_host && port.is_none_or(is_port)
}

/// Whether a text is one part of a path, neither empty nor a step up.
fn is_segment(text: &str) -> bool {
    let is_plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b));
    is_plain && !matches!(text, "" | "." | "..")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::EventKind;

    #[test]
    fn a_prefix_is_a_domain_in_reverse_order() {
        let long = format!("com.{}", "a".repeat(MAX_TYPE_PREFIX - 4));
        for good in ["com.example.muster", "example.muster", "io.x-1.2", &long] {
            assert_eq!(good.parse::<TypePrefix>().unwrap().as_str(), good);
        }
        let too_long = format!("{long}a");
        for bad in [
            "",
            "muster",
            "com.",
            ".com",
            "com..muster",
            "Com.example",
            "com.exa_mple",
            "com.-example",
            "com.example-",
            "com.exämple",
            "com.example muster",
            "com.example.*",
            &too_long,
        ] {
            assert_eq!(bad.parse::<TypePrefix>(), Err(TypePrefixError), "{bad}");
        }
    }

    #[test]
    fn every_type_with_the_longest_prefix_fits_a_detail_type() {
        let longest = EventKind::ALL.map(|kind| kind.versioned().len());
        assert!(longest.into_iter().all(|length| MAX_TYPE_PREFIX + 1 + length <= 128));
    }

    #[test]
    fn paths_can_be_appended_to_a_base_address() {
        for good in [
            "https://api.example.com",
            "https://api.example.com/v1/event-schemas",
            "https://api.example.com:8443/team",
            "http://127.0.0.1:8787",
            "http://localhost:8787/v1",
            "http://[::1]:8787",
            "http://[::1]",
        ] {
            assert_eq!(good.parse::<BaseUrl>().unwrap().as_str(), good);
        }
        let long = format!("https://api.example.com/{}", "a".repeat(MAX_BASE_URL));
        for bad in [
            "",
            "api.example.com",
            "ftp://api.example.com",
            "https://",
            "https://api",
            "https://api.example.com/",
            "https://api.example.com//v1",
            "https://api.example.com/../v1",
            "https://api.example.com?a=b",
            "https://api.example.com/v1?a=b",
            "https://api.example.com#a",
            "https://user@api.example.com",
            "https://api.example.com:",
            "https://api.example.com:65536",
            "https://api.example.com:+1",
            "https://[::1",
            "https://[api.example.com]",
            "https://api.example.com/a b",
            "https://api.example.com/\u{e9}",
            &long,
        ] {
            assert_eq!(bad.parse::<BaseUrl>(), Err(BaseUrlError), "{bad}");
        }
    }
}
