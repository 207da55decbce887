//! What makes an email recognizable: an accent color that text stands out from, and a logo.

use crate::text::{Color, TextError, is_host_name};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The contrast that text needs to its background (WCAG 2.2, level AA).
const LEGIBLE: f64 = 4.5;
/// The contrast that a control needs to what is around it.
const DISTINCT: f64 = 3.0;
/// The most characters in the URL of a logo.
pub const MAX_LOGO_URL: usize = 500;

const WHITE: &str = "#ffffff";
const BLACK: &str = "#000000";
const GRAY: &str = "#8a8a94";

impl Color {
    /// The color of text on this one: white where that is legible, and black otherwise. One of them always is.
    #[must_use]
    pub fn text_color(&self) -> &'static str {
        if contrast(self.as_str(), WHITE) >= LEGIBLE {
            WHITE
        } else {
            BLACK
        }
    }

    /// The color of the edge of a button of this color, which must not disappear on white.
    #[must_use]
    pub fn edge_color(&self) -> &str {
        if contrast(self.as_str(), WHITE) >= DISTINCT {
            self.as_str()
        } else {
            GRAY
        }
    }
}

/// The contrast of two colors as WCAG defines it, from 1 to 21.
fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn luminance(color: &str) -> f64 {
    let channel = |from: usize| {
        let digits = color.get(from..from + 2).unwrap_or_default();
        let value = f64::from(u8::from_str_radix(digits, 16).unwrap_or_default()) / 255.0;
        if value <= 0.040_45 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

/// The https URL of a picture, of up to 500 characters. Nothing in it can end an attribute or hide its host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LogoUrl(String);

impl LogoUrl {
    /// The URL.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LogoUrl {
    type Err = TextError;

    fn from_str(url: &str) -> Result<Self, TextError> {
        if !(1..=MAX_LOGO_URL).contains(&url.len()) {
            return Err(TextError::Length(MAX_LOGO_URL));
        }
        let plain =
            |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"' | '\'' | '\\' | '`' | '{' | '}' | '|' | '^');
        let host = url.strip_prefix("https://").map(|rest| {
            let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
            rest.get(..end).unwrap_or_default()
        });
        (url.chars().all(plain) && host.is_some_and(is_host_name))
            .then(|| Self(url.to_owned()))
            .ok_or(TextError::Form(
                "must be an https URL, such as `https://cdn.example.com/logo.png`",
            ))
    }
}

impl TryFrom<String> for LogoUrl {
    type Error = TextError;

    fn try_from(url: String) -> Result<Self, TextError> {
        url.parse()
    }
}

impl From<LogoUrl> for String {
    fn from(url: LogoUrl) -> Self {
        url.0
    }
}

impl fmt::Display for LogoUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_that_of_wcag() {
        for (one, other, expected) in [
            ("#000000", "#ffffff", 21.0),
            ("#ffffff", "#ffffff", 1.0),
            ("#777777", "#ffffff", 4.48),
            ("#1d4ed8", "#ffffff", 6.70),
        ] {
            assert!(
                (contrast(one, other) - expected).abs() < 0.01,
                "{one} {}",
                contrast(one, other)
            );
        }
    }

    #[test]
    fn text_is_legible_on_every_color() {
        let levels = (0..=255).step_by(15);
        for (r, g, b) in levels
            .clone()
            .flat_map(|r| levels.clone().map(move |g| (r, g)))
            .flat_map(|(r, g)| levels.clone().map(move |b| (r, g, b)))
        {
            let color: Color = format!("#{r:02x}{g:02x}{b:02x}").parse().unwrap();
            assert!(contrast(color.as_str(), color.text_color()) >= LEGIBLE, "{color}");
            assert!(contrast(color.edge_color(), WHITE) >= DISTINCT, "{color}");
        }
        let dark: Color = "#1d4ed8".parse().unwrap();
        assert_eq!((dark.text_color(), dark.edge_color()), (WHITE, "#1d4ed8"));
        let light: Color = "#ffe600".parse().unwrap();
        assert_eq!((light.text_color(), light.edge_color()), (BLACK, GRAY));
    }

    #[test]
    fn a_logo_is_an_https_url_that_hides_nothing() {
        for url in [
            "https://cdn.example/logo.png",
            "https://a.b.example/l?v=1&w=2#x",
            "https://cdn.example",
        ] {
            assert_eq!(url.parse::<LogoUrl>().unwrap().as_str(), url);
        }
        for url in [
            "http://cdn.example/logo.png",
            "HTTPS://cdn.example/logo.png",
            "//cdn.example/logo.png",
            "data:image/png;base64,AAAA",
            "javascript:alert(1)",
            "https://",
            "https://localhost/logo.png",
            "https://user@cdn.example/logo.png",
            "https://cdn.example:8443/logo.png",
            "https://[::1]/logo.png",
            "https://127.0.0.1/logo.png",
            "https://0x7f.1/logo.png",
            "https://-cdn.example/logo.png",
            "https://cdn..example/logo.png",
            "https://cdn.example/lo go.png",
            "https://cdn.example/\"onerror=alert(1)",
            "https://cdn.example/é.png",
            "",
        ] {
            assert!(url.parse::<LogoUrl>().is_err(), "{url}");
        }
        let long = format!("https://cdn.example/{}", "x".repeat(MAX_LOGO_URL));
        assert_eq!(long.parse::<LogoUrl>(), Err(TextError::Length(MAX_LOGO_URL)));
    }
}
