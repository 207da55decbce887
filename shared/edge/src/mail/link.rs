//! The links of letters.

use super::LetterError;
use http::Uri;
use std::fmt;
use std::str::FromStr;

/// An http or https address without anything that could end it early or hide its host.
#[derive(Clone, PartialEq, Eq)]
pub struct WebLink(String);

impl FromStr for WebLink {
    type Err = LetterError;

    fn from_str(link: &str) -> Result<Self, Self::Err> {
        let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"' | '\\' | '`');
        let uri: Uri = link.parse().map_err(|_| LetterError::Link)?;
        let scheme = matches!(uri.scheme_str(), Some("http" | "https"));
        let host = uri
            .authority()
            .is_some_and(|authority| !authority.as_str().contains('@'));
        (scheme && host && link.chars().all(plain))
            .then(|| Self(link.to_owned()))
            .ok_or(LetterError::Link)
    }
}

impl fmt::Display for WebLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
