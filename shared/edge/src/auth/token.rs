//! A token, strictly by RFC 7515 (signatures), RFC 7519 (claims) and RFC 8725 (security advice).

use super::TokenError;
use crate::body::given;
use crate::json::{self, Strict};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::{Number, Value};

/// The accepted kinds of token: access tokens (RFC 9068), and those that do not state their kind. All others (logout tokens,
/// proofs, event tokens) are for other recipients.
const KINDS: [&str; 2] = ["at+jwt", "jwt"];

/// The prefix that every media type in a header may omit (RFC 7515, section 4.1.9).
const APPLICATION: &str = "application/";

/// The claim that makes a token an event token, such as a logout (RFC 8417, section 2.2), whatever its header says.
const EVENTS: &str = "events";

#[derive(Deserialize)]
struct Header {
    alg: Algorithm,
    #[serde(default, deserialize_with = "given")]
    kid: Option<String>,
    #[serde(default, deserialize_with = "given")]
    typ: Option<String>,
    /// Whether there are extensions that must be understood, whatever they are.
    #[serde(default, deserialize_with = "there")]
    crit: bool,
}

/// Whether it is present at all, even as null.
fn there<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Value::deserialize(deserializer).map(|_| true)
}

/// A token of which only the header is trusted so far.
pub(super) struct Token<'t> {
    /// The algorithm that its header names.
    pub(super) algorithm: Algorithm,
    /// The key that its header names.
    pub(super) key_id: String,
    /// The signed text: header and claims.
    signed: &'t str,
    claims: &'t str,
    signature: &'t str,
}

/// A part of a token: an object without repeated names.
fn part<T: DeserializeOwned>(encoded: &str) -> Result<(Value, T), TokenError> {
    let bytes = URL_SAFE_NO_PAD.decode(encoded).map_err(|_| TokenError::Malformed)?;
    let text = json::parse(&bytes).map_err(|_| TokenError::Malformed)?;
    if !text.repeated.is_empty() {
        return Err(TokenError::Malformed);
    }
    let part = T::deserialize(Strict(&text.value)).map_err(|_| TokenError::Malformed)?;
    Ok((text.value, part))
}

/// Whether a header's `typ` is an accepted kind.
fn is_accepted(typ: &str) -> bool {
    let kind = typ.to_ascii_lowercase();
    KINDS.contains(&kind.strip_prefix(APPLICATION).unwrap_or(&kind))
}

impl<'t> Token<'t> {
    /// A token of an accepted kind.
    ///
    /// # Errors
    /// [`TokenError`].
    pub(super) fn read(token: &'t str) -> Result<Self, TokenError> {
        let (signed, signature) = token.rsplit_once('.').ok_or(TokenError::Malformed)?;
        let (header, claims) = signed.split_once('.').ok_or(TokenError::Malformed)?;
        let (_, header): (_, Header) = part(header)?;
        if header.crit || !header.typ.as_deref().is_none_or(is_accepted) {
            return Err(TokenError::Kind);
        }
        Ok(Self {
            algorithm: header.alg,
            key_id: header.kid.ok_or(TokenError::UnknownKey)?,
            signed,
            claims,
            signature,
        })
    }

    /// The claims, if this key signed them.
    ///
    /// # Errors
    /// [`TokenError`].
    pub(super) fn claims<T: DeserializeOwned>(&self, key: &DecodingKey, algorithm: Algorithm) -> Result<T, TokenError> {
        let is_signed = crypto::verify(self.signature, self.signed.as_bytes(), key, algorithm);
        if !is_signed.is_ok_and(|is_signed| is_signed) {
            return Err(TokenError::Malformed);
        }
        let (whole, claims): (Value, T) = part(self.claims)?;
        if whole.get(EVENTS).is_some() {
            return Err(TokenError::Kind);
        }
        Ok(claims)
    }
}

/// `9999-12-31T23:59:59Z`, in seconds since 1970. A [`Timestamp`] ends a day earlier.
const NEVER: i64 = 253_402_300_799;

/// Seconds since 1970, which may have a fraction (RFC 7519, section 2).
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct NumericDate(Number);

impl NumericDate {
    /// The instant. Dates on the last day of the year 9999, which some issuers use for "never", give the last instant there is.
    ///
    /// # Errors
    /// [`TokenError::Time`] for a date outside the range of time.
    pub(super) fn at(&self) -> Result<Timestamp, TokenError> {
        let whole = self.0.as_i64().map(SignedDuration::from_secs);
        let exact = || SignedDuration::try_from_secs_f64(self.0.as_f64()?).ok();
        let since = whole.or_else(exact).ok_or(TokenError::Time)?;
        let last = Timestamp::MAX.as_duration();
        let since = if since <= SignedDuration::from_secs(NEVER) {
            since.min(last)
        } else {
            since
        };
        Timestamp::from_duration(since).map_err(|_| TokenError::Time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_says_that_it_is_an_access_token_or_nothing() {
        for typ in [
            "JWT",
            "jwt",
            "application/jwt",
            "at+jwt",
            "AT+JWT",
            "application/at+jwt",
        ] {
            assert!(is_accepted(typ), "{typ}");
        }
        for typ in [
            "",
            "JOSE",
            "logout+jwt",
            "id+jwt",
            "dpop+jwt",
            "secevent+jwt",
            "JWT ",
            "application/",
            "application/application/jwt",
            "text/jwt",
            "at+jwt; charset=utf-8",
        ] {
            assert!(!is_accepted(typ), "{typ}");
        }
    }

    #[test]
    fn a_date_is_a_number_of_seconds_with_or_without_a_fraction() {
        let at = |text: &str| {
            let date: NumericDate = serde_json::from_str(text).unwrap();
            date.at()
        };
        for (text, instant) in [
            ("0", "1970-01-01T00:00:00Z"),
            ("1769860800", "2026-01-31T12:00:00Z"),
            ("1769860800.0", "2026-01-31T12:00:00Z"),
            ("1769860800.5", "2026-01-31T12:00:00.5Z"),
            ("1.7698608e9", "2026-01-31T12:00:00Z"),
            ("-1.5", "1969-12-31T23:59:58.5Z"),
            ("253402300799", "9999-12-30T22:00:00.999999999Z"),
        ] {
            assert_eq!(at(text), Ok(instant.parse().unwrap()), "{text}");
        }
        for text in [
            "9223372036854775807",
            "18446744073709551615",
            "1e300",
            "-1e300",
            "253402300800",
            "300000000000",
        ] {
            assert_eq!(at(text), Err(TokenError::Time), "{text}");
        }
    }
}
