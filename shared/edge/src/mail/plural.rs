//! The forms that words take by number, as in CLDR.

use muster_domain::language::Language;
use serde::Deserialize;

/// A form of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Form {
    Zero,
    One,
    Two,
    Few,
    Many,
    Other,
}

impl Form {
    /// The form that a language uses for a number of things.
    pub(super) const fn of(language: Language, count: usize) -> Self {
        match language {
            Language::English | Language::German => match count {
                1 => Self::One,
                _ => Self::Other,
            },
            Language::French => match count {
                0 | 1 => Self::One,
                count if count.is_multiple_of(1_000_000) => Self::Many,
                _ => Self::Other,
            },
            Language::Spanish => match count {
                1 => Self::One,
                0 => Self::Other,
                count if count.is_multiple_of(1_000_000) => Self::Many,
                _ => Self::Other,
            },
            Language::Arabic => match (count, count % 100) {
                (0, _) => Self::Zero,
                (1, _) => Self::One,
                (2, _) => Self::Two,
                (_, 3..=10) => Self::Few,
                (_, 11..=99) => Self::Many,
                _ => Self::Other,
            },
        }
    }

    /// All forms of a language.
    pub(super) const fn all(language: Language) -> &'static [Self] {
        match language {
            Language::English | Language::German => &[Self::One, Self::Other],
            Language::French | Language::Spanish => &[Self::One, Self::Many, Self::Other],
            Language::Arabic => &[Self::Zero, Self::One, Self::Two, Self::Few, Self::Many, Self::Other],
        }
    }

    /// Whether the form stands for a single number, so that the words need not repeat it.
    pub(super) const fn is_exact(self) -> bool {
        matches!(self, Self::Zero | Self::One | Self::Two)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The samples of CLDR 47 for integers.
    #[test]
    fn each_number_has_the_form_that_cldr_gives_it() {
        let cases: [(Language, Form, &[usize]); 16] = [
            (Language::English, Form::One, &[1]),
            (Language::English, Form::Other, &[0, 2, 16, 100, 1_000_000]),
            (Language::German, Form::One, &[1]),
            (Language::German, Form::Other, &[0, 2, 16, 100, 1_000_000]),
            (Language::French, Form::One, &[0, 1]),
            (Language::French, Form::Many, &[1_000_000, 2_000_000]),
            (Language::French, Form::Other, &[2, 17, 100, 100_000, 1_000_001]),
            (Language::Spanish, Form::One, &[1]),
            (Language::Spanish, Form::Many, &[1_000_000, 2_000_000]),
            (Language::Spanish, Form::Other, &[0, 2, 16, 100, 1_000_001]),
            (Language::Arabic, Form::Zero, &[0]),
            (Language::Arabic, Form::One, &[1]),
            (Language::Arabic, Form::Two, &[2]),
            (Language::Arabic, Form::Few, &[3, 10, 103, 110, 1_003]),
            (Language::Arabic, Form::Many, &[11, 26, 99, 111, 1_011]),
            (Language::Arabic, Form::Other, &[100, 101, 102, 200, 202, 1_000_000]),
        ];
        for (language, form, counts) in cases {
            assert!(Form::all(language).contains(&form));
            for count in counts {
                assert_eq!(Form::of(language, *count), form, "{language} {count}");
            }
        }
    }
}
