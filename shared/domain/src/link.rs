//! Invitation links. A link's token is derived with the deployment's secret and stored nowhere: the mailer can make it again,
//! and the table never holds it.

use crate::id::{InvitationId, OrganizationId, UserId};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// The fewest characters of a secret.
pub const MIN_SECRET: usize = 32;
const BODY: usize = 16 * 3 + 4;
const MAC: usize = 16;
/// The characters of a token, in base64 without padding.
const TOKEN: usize = ((BODY + MAC) * 4).div_ceil(3);

/// The secrets of links: the current one, and the previous one, whose links stay valid through a rotation.
#[derive(Clone)]
pub struct LinkSecrets {
    current: Vec<u8>,
    previous: Option<Vec<u8>>,
}

/// The secret is too short to be safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a link secret must have at least {MIN_SECRET} characters")]
pub struct WeakSecret;

/// The content of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// The organization.
    pub organization: OrganizationId,
    /// The invitation.
    pub invitation: InvitationId,
    /// The member who sent it, whose authority is read first. The invitation itself decides who the inviter is.
    pub inviter: UserId,
    /// The generation of the invitation's link ([`Invitation::generation`](crate::Invitation::generation)).
    pub generation: u32,
}

impl LinkSecrets {
    /// Secrets from the deployment's configuration.
    ///
    /// # Errors
    /// [`WeakSecret`] if one of them is too short.
    pub fn new(current: &str, previous: Option<&str>) -> Result<Self, WeakSecret> {
        if [Some(current), previous].iter().flatten().any(|s| s.len() < MIN_SECRET) {
            return Err(WeakSecret);
        }
        Ok(Self {
            current: current.into(),
            previous: previous.map(Into::into),
        })
    }

    /// The token of a link.
    #[must_use]
    pub fn token(&self, link: &Link) -> String {
        // INVARIANT 5: the token is derived for each email, so the table stores none.
        let mut bytes = link.to_bytes();
        let mac = mac(&self.current, &bytes).map(|m| m.finalize().into_bytes());
        bytes.extend(mac.iter().flatten().take(MAC));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The link of a token; `None` if this deployment never made the token.
    #[must_use]
    pub fn open(&self, token: &str) -> Option<Link> {
        if token.len() != TOKEN {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (body, given) = bytes.split_at_checked(BODY)?;
        let good = |secret: &Vec<u8>| {
            given.len() == MAC && mac(secret, body).is_some_and(|m| m.verify_truncated_left(given).is_ok())
        };
        let known = good(&self.current) || self.previous.as_ref().is_some_and(good);
        known.then(|| Link::from_bytes(body)).flatten()
    }
}

/// HMAC-SHA-256 over the link's bytes, of which 128 bits are kept. The crate compares in constant time.
fn mac(secret: &[u8], body: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
    mac.update(b"muster/invitation-link/v1");
    mac.update(body);
    Some(mac)
}

impl Link {
    fn to_bytes(self) -> Vec<u8> {
        let ids = [
            self.organization.to_bytes(),
            self.invitation.to_bytes(),
            self.inviter.to_bytes(),
        ];
        [ids.as_flattened(), &self.generation.to_be_bytes()].concat()
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (organization, rest) = bytes.split_first_chunk::<16>()?;
        let (invitation, rest) = rest.split_first_chunk::<16>()?;
        let (inviter, rest) = rest.split_first_chunk::<16>()?;
        let (generation, _) = rest.split_first_chunk::<4>()?;
        Some(Self {
            organization: OrganizationId::from_bytes(*organization),
            invitation: InvitationId::from_bytes(*invitation),
            inviter: UserId::from_bytes(*inviter),
            generation: u32::from_be_bytes(*generation),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const OLD: &str = "an-old-secret-of-more-than-32-characters";
    const NEW: &str = "a-new-secret-of-more-than-32-characters!";

    fn link(n: u128, generation: u32) -> Link {
        Link {
            organization: OrganizationId::from_bytes(n.to_be_bytes()),
            invitation: InvitationId::from_bytes((n ^ 1).to_be_bytes()),
            inviter: UserId::from_bytes((n ^ 2).to_be_bytes()),
            generation,
        }
    }

    #[test]
    fn a_link_stays_good_through_one_rotation_of_the_secret_and_not_through_two() {
        let token = LinkSecrets::new(OLD, None).unwrap().token(&link(7, 1));
        assert_eq!(LinkSecrets::new(NEW, Some(OLD)).unwrap().open(&token), Some(link(7, 1)));
        assert_eq!(LinkSecrets::new(NEW, None).unwrap().open(&token), None);
    }

    #[test]
    fn a_secret_has_as_many_characters_as_it_must_have() {
        let (enough, short) = ("x".repeat(MIN_SECRET), "x".repeat(MIN_SECRET - 1));
        assert!(LinkSecrets::new(&enough, Some(&enough)).is_ok());
        assert!(LinkSecrets::new(&short, None).is_err());
        assert!(LinkSecrets::new(&enough, Some(&short)).is_err());
    }

    #[test]
    fn what_begins_or_ends_as_a_good_token_is_none() {
        let secrets = LinkSecrets::new(NEW, None).unwrap();
        let token = secrets.token(&link(7, 1));
        assert!(secrets.open(&token).is_some());
        for other in [
            &token[..90],
            &token[1..],
            &format!("{token}A"),
            &format!("{token}="),
            "",
        ] {
            assert_eq!(secrets.open(other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn a_token_opens_to_its_own_link_and_any_changed_bit_closes_it(n: u128, generation: u32, at in 0..91usize, bit in 0..7u8) {
            let secrets = LinkSecrets::new(NEW, Some(OLD)).unwrap();
            let token = secrets.token(&link(n, generation));
            prop_assert_eq!(secrets.open(&token), Some(link(n, generation)));
            let mut other = token.clone().into_bytes();
            other[at] ^= 1 << bit;
            if let Ok(other) = String::from_utf8(other) {
                prop_assert_eq!(secrets.open(&other), None);
            }
        }

        #[test]
        fn no_text_opens_or_panics(text: String) {
            prop_assert_eq!(LinkSecrets::new(NEW, None).unwrap().open(&text), None);
        }
    }
}
