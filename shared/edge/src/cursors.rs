//! Cursors as clients see them: opaque, and bound to the list they came from.
//!
//! A place in a list can belong to a person whom the caller may not see, so it is encrypted. Callers cannot make up places either,
//! since only what was sealed here opens.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use muster_store::Cursor;
use sha2::{Digest, Sha256};
use std::fmt;

/// The cursor was altered, or belongs to another list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the cursor belongs to another list, filter or sort; start again without a cursor")]
pub struct ForeignCursor;

/// The key that seals a deployment's cursors. After a change of key they do not open, and lists start over.
#[derive(Clone)]
pub struct CursorKey([u8; 32]);

impl fmt::Debug for CursorKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CursorKey")
    }
}

impl CursorKey {
    /// The key derived from a text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"muster/cursor/v2");
        hash.update(text.as_bytes());
        Self(hash.finalize().into())
    }

    fn cipher(&self) -> Option<LessSafeKey> {
        UnboundKey::new(&AES_256_GCM, &self.0).ok().map(LessSafeKey::new)
    }

    /// The cursor as text, for the list that `list` describes (route, organization, filter, sort); `None` without randomness.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "a nonce is random, and no caller can choose it"
    )]
    pub fn seal(&self, cursor: &Cursor, list: &str) -> Option<String> {
        let mut nonce = [0; NONCE_LEN];
        getrandom::fill(&mut nonce).ok()?;
        let mut sealed = cursor.sort_key().as_bytes().to_vec();
        let aad = Aad::from(list.as_bytes());
        self.cipher()?
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut sealed)
            .ok()?;
        Some(URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat()))
    }

    /// The cursor in a text.
    ///
    /// # Errors
    /// [`ForeignCursor`] if it was not made for this list.
    pub fn open(&self, text: &str, list: &str) -> Result<Cursor, ForeignCursor> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| ForeignCursor)?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN).ok_or(ForeignCursor)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| ForeignCursor)?;
        let cipher = self.cipher().ok_or(ForeignCursor)?;
        let mut place = sealed.to_vec();
        let place = cipher
            .open_in_place(nonce, Aad::from(list.as_bytes()), &mut place)
            .map_err(|_| ForeignCursor)?;
        String::from_utf8(place.to_vec())
            .map(Cursor::after)
            .map_err(|_| ForeignCursor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_opens_for_its_own_list_and_deployment_only_and_not_when_altered() {
        let key = CursorKey::new("one");
        let place = "NAME#hidden@x.example#usr_1";
        let text = key.seal(&Cursor::after(place.into()), "members/org_1").unwrap();
        assert_eq!(key.open(&text, "members/org_1").unwrap().sort_key(), place);
        assert!(key.open(&text, "members/org_2").is_err());
        assert!(CursorKey::new("other").open(&text, "members/org_1").is_err());
        for at in 0..text.len() {
            let other = if text.as_bytes()[at] == b'A' { "B" } else { "A" };
            let altered = [&text[..at], other, &text[at + 1..]].concat();
            assert!(key.open(&altered, "members/org_1").is_err(), "altered at {at}");
        }
        for bad in ["", "x", "é", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            assert!(key.open(bad, "members/org_1").is_err(), "{bad}");
        }
    }

    #[test]
    fn a_cursor_does_not_tell_its_place() {
        let text = CursorKey::new("one")
            .seal(&Cursor::after("hidden".into()), "list")
            .unwrap();
        let bytes = URL_SAFE_NO_PAD.decode(text).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains("hidden"));
        assert!(!format!("{:?}", CursorKey::new("one")).contains("one"));
    }
}
