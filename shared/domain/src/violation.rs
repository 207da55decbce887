//! Violations: the errors of a request, each with its place.

/// One error of a request, in a field or an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Its place in the request.
    pub at: Location,
    /// Its stable code.
    pub code: &'static str,
    /// The error in words.
    pub detail: String,
}

/// The place of an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A field of the request, as a path.
    Field(String),
    /// One of the addresses, as it was given.
    Email(String),
}

impl Violation {
    /// An error in a field.
    pub fn field(path: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            at: Location::Field(path.into()),
            code,
            detail: detail.into(),
        }
    }

    /// The error of a list with more entries than this, if it has more.
    #[must_use]
    pub fn too_many(path: &str, count: usize, max: usize) -> Option<Self> {
        let detail = || format!("must have at most {max} entries");
        (count > max).then(|| Self::field(path, "too_many", detail()))
    }

    /// An error in an address.
    pub fn email(email: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            at: Location::Email(email.into()),
            code,
            detail: detail.into(),
        }
    }
}
