//! Cursors: where a list continues.

/// Where a list continues: after this place, which each list writes in its own way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(String);

impl Cursor {
    /// A cursor after this place.
    #[must_use]
    pub const fn after(place: String) -> Self {
        Self(place)
    }

    /// The place: a sort key, in most lists.
    #[must_use]
    pub fn sort_key(&self) -> &str {
        &self.0
    }
}
