//! Cursors: where a list goes on. Opaque to clients, and bound to the list they came from.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

const CHECK: usize = 8;

/// Where a list goes on: after this sort key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(String);

/// The cursor is altered, or of another list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the cursor is not one of this list")]
pub struct ForeignCursor;

impl Cursor {
    /// A cursor after this sort key.
    #[must_use]
    pub const fn after(sk: String) -> Self {
        Self(sk)
    }

    /// The sort key.
    #[must_use]
    pub fn sort_key(&self) -> &str {
        &self.0
    }

    /// The cursor as text, for the list that `list` describes (route, organization, filter, sort).
    #[must_use]
    pub fn seal(&self, list: &str) -> String {
        let mut bytes = check(list, self.0.as_bytes());
        bytes.extend(self.0.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The cursor in a text.
    ///
    /// # Errors
    /// [`ForeignCursor`] if it was not made for this list.
    pub fn open(text: &str, list: &str) -> Result<Self, ForeignCursor> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| ForeignCursor)?;
        let (sum, sk) = bytes.split_at_checked(CHECK).ok_or(ForeignCursor)?;
        if check(list, sk) != sum {
            return Err(ForeignCursor);
        }
        String::from_utf8(sk.to_vec()).map(Self).map_err(|_| ForeignCursor)
    }
}

/// A checksum against mistakes. It keeps no secret: a list never leaves its partition and prefix, whatever a cursor says.
fn check(list: &str, sk: &[u8]) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(b"muster/cursor/v1");
    hash.update((list.len() as u64).to_be_bytes());
    hash.update(list.as_bytes());
    hash.update(sk);
    hash.finalize().iter().take(CHECK).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_opens_for_its_own_list_only_and_not_when_altered() {
        let text = Cursor::after("TEAM#MEMBER#usr_1".into()).seal("members/org_1");
        assert_eq!(
            Cursor::open(&text, "members/org_1").unwrap().sort_key(),
            "TEAM#MEMBER#usr_1"
        );
        assert!(Cursor::open(&text, "members/org_2").is_err());
        assert!(Cursor::open(&text.replace('V', "W"), "members/org_1").is_err());
        for bad in ["", "x", "é", "AAAAAAAAAAAAAAAA"] {
            assert!(Cursor::open(bad, "members/org_1").is_err(), "{bad}");
        }
    }
}
