//! Why a value is invalid, in our own words: serde's messages are for programmers.

use serde::de::{Error, Expected, Unexpected};
use std::fmt;

/// Why a value is invalid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// There is no member with this name.
    #[error("unknown field")]
    Unknown(String),
    /// A member with this name is required.
    #[error("is required")]
    Missing(&'static str),
    /// The value has another type; this is the required one.
    #[error("{0}")]
    Type(String),
    /// The value has the right type but is invalid; this is the reason.
    #[error("{0}")]
    Value(String),
}

impl Error for Flaw {
    fn custom<T: fmt::Display>(why: T) -> Self {
        Self::Value(why.to_string())
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::Type(format!("must be {expected}"))
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::Value(format!("must be {expected}"))
    }

    fn invalid_length(_: usize, expected: &dyn Expected) -> Self {
        Self::Value(format!("must be {expected}"))
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::Value(format!("must be one of {}", expected.join(", ")))
    }

    fn unknown_field(name: &str, _: &'static [&'static str]) -> Self {
        Self::Unknown(name.to_owned())
    }

    fn missing_field(name: &'static str) -> Self {
        Self::Missing(name)
    }

    fn duplicate_field(_: &'static str) -> Self {
        Self::Value("may be given only once".to_owned())
    }
}
