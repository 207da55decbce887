//! Closed vocabularies: enums whose values have one name each, in the table, in requests and in responses.

/// The text is not a word of the vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be one of {}", .words.join(", "))]
pub struct UnknownWord {
    /// The words of the vocabulary.
    pub words: &'static [&'static str],
}

/// Declares an enum with a name for each value. The doc text of a value also describes it in the OpenAPI document.
macro_rules! vocabulary {
    ($(#[$of_enum:meta])* pub enum $name:ident { $($(#[doc = $text:literal])+ $value:ident = $word:literal,)+ }) => {
        $(#[$of_enum])*
        pub enum $name {
            $($(#[doc = $text])+ #[serde(rename = $word)] $value,)+
        }

        impl $name {
            /// The names of all values, in their order.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// All values, in their order.
            pub const ALL: [Self; Self::WORDS.len()] = [$(Self::$value),+];

            /// The name in the table, in requests and in responses.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$value => $word,)+
                }
            }

            /// What the value means.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self {
                    $(Self::$value => concat!($($text),+).trim_ascii(),)+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::vocabulary::UnknownWord;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let known = Self::ALL.into_iter().find(|value| value.as_str() == text);
                known.ok_or($crate::vocabulary::UnknownWord { words: Self::WORDS })
            }
        }
    };
}

pub(crate) use vocabulary;

#[cfg(test)]
#[expect(unreachable_pub, reason = "the macro makes public enums")]
mod tests {
    use serde::{Deserialize, Serialize};

    vocabulary! {
        /// A size.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Size {
            /// The size of a mouse.
            Small = "small",
            /// The size of an elephant, or of
            /// a house.
            VeryLarge = "very_large",
        }
    }

    #[test]
    fn each_value_has_one_name_everywhere() {
        assert_eq!(Size::ALL.map(Size::as_str), Size::WORDS);
        for (size, word) in [(Size::Small, "small"), (Size::VeryLarge, "very_large")] {
            assert_eq!((size.as_str(), size.to_string().as_str()), (word, word));
            assert_eq!(word.parse(), Ok(size));
            assert_eq!(serde_json::to_value(size).unwrap(), word);
            assert_eq!(serde_json::from_value::<Size>(word.into()).unwrap(), size);
        }
        let refused = "VeryLarge".parse::<Size>().unwrap_err();
        assert_eq!(refused.to_string(), "must be one of small, very_large");
    }

    #[test]
    fn each_value_says_what_it_means() {
        let texts = ["The size of a mouse.", "The size of an elephant, or of a house."];
        assert_eq!(Size::ALL.map(Size::text), texts);
    }
}
