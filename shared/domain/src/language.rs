//! The languages of emails.

use crate::vocabulary::vocabulary;
use serde::{Deserialize, Deserializer, Serialize};

vocabulary! {
    /// A language in which Muster writes emails, by its code in ISO 639-1.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
    pub enum Language {
        /// English.
        English = "en",
        /// German.
        German = "de",
        /// French.
        French = "fr",
        /// Spanish.
        Spanish = "es",
        /// Arabic.
        Arabic = "ar",
    }
}

impl Language {
    /// Whether it is written from right to left.
    #[must_use]
    pub const fn is_right_to_left(self) -> bool {
        matches!(self, Self::Arabic)
    }
}

/// Reads the language of a stored item. One that this version does not know, such as one that was removed, counts as not chosen.
pub(crate) fn stored<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Language>, D::Error> {
    let code = Option::<String>::deserialize(deserializer)?;
    Ok(code.and_then(|code| code.parse().ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Item {
        #[serde(default, deserialize_with = "stored")]
        language: Option<Language>,
    }

    #[test]
    fn an_item_with_an_unknown_language_can_be_read_and_has_none() {
        for (item, expected) in [
            (r#"{"language":"de"}"#, Some(Language::German)),
            (r#"{"language":null}"#, None),
            (r#"{"language":"tlh"}"#, None),
            ("{}", None),
        ] {
            assert_eq!(serde_json::from_str::<Item>(item).unwrap().language, expected, "{item}");
        }
    }
}
