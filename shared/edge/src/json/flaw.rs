//! Why a value is not what it should be, in words of our own: what serde says is for programmers.

use serde::de::{Error, Expected, Unexpected};
use std::fmt;

/// Why a value is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// A member of this name is not known.
    #[error("unknown field")]
    Unknown(String),
    /// A member of this name must be there.
    #[error("is required")]
    Missing(&'static str),
    /// The value is of another type; this says of which it must be.
    #[error("{0}")]
    Type(String),
    /// The value is of the right type and cannot be; this says why.
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
