//! What makes a letter recognizable as the product's, or as that of an organization.

use super::values::Shown;
use super::words::Words;
use minijinja::Value;
use muster_domain::LogoUrl;
use muster_domain::email::EmailAddress;
use muster_domain::text::{Color, Name};

/// The accent color of a deployment that sets none.
pub const DEFAULT_ACCENT: &str = "#1d4ed8";

/// The product, as its letters show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brand {
    /// Its name.
    pub product: Name,
    /// Its logo. Without one, letters show the name in its place.
    pub logo: Option<LogoUrl>,
    /// The color of buttons and of the edge of a letter.
    pub accent: Color,
    /// The postal address of its operator, on one line.
    pub postal_line: Option<Name>,
    /// The address for questions.
    pub support: Option<EmailAddress>,
}

/// An organization's own look, which replaces that of the product.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrganizationBrand {
    /// Its name, which stands in place of the logo where pictures are not loaded.
    pub name: String,
    /// Its logo.
    pub logo: Option<LogoUrl>,
    /// Its accent color.
    pub accent: Option<Color>,
}

impl Brand {
    /// What templates know as `brand`.
    pub(super) fn value(&self, own: Option<&OrganizationBrand>, words: &Words) -> Value {
        let accent = own.and_then(|own| own.accent.as_ref()).unwrap_or(&self.accent);
        let own_logo = own.and_then(|own| Some((own.logo.as_ref()?, own.name.as_str())));
        let logo = own_logo.or_else(|| Some((self.logo.as_ref()?, self.product.as_str())));
        let shown = |text: &str| Shown::isolated(text, words).into_value();
        Value::from_pairs([
            ("product", shown(self.product.as_str())),
            ("logo", logo.map_or_else(none, |(url, _)| Value::from(url.as_str()))),
            ("logo_text", logo.map_or_else(none, |(_, text)| Value::from(text))),
            ("accent", Value::from(accent.as_str())),
            ("accent_text", Value::from(accent.text_color())),
            ("accent_edge", Value::from(accent.edge_color())),
            (
                "postal_line",
                self.postal_line.as_ref().map_or_else(none, |line| shown(line.as_str())),
            ),
            (
                "support",
                self.support
                    .as_ref()
                    .map_or_else(none, |email| Shown::mailto(email.as_str(), words).into_value()),
            ),
        ])
    }
}

fn none() -> Value {
    Value::from(())
}
