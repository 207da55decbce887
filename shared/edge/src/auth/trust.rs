//! The issuers and clients whose tokens are accepted: judged by a token's claims, after its signature is verified.

use super::TokenError;
use serde::Deserialize;

/// The default scope that makes a token a platform token.
pub const PLATFORM_SCOPE: &str = "muster:platform";

/// The tokens that are accepted, and which of them are platform tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trust {
    /// The `iss` of tokens.
    pub issuer: String,
    /// The `aud` of tokens: one of these.
    pub audiences: Vec<String>,
    /// For access tokens without any `aud`, such as Cognito's: their `client_id` is one of these.
    pub clients: Vec<String>,
    /// The scope of platform tokens, in the provider's spelling.
    pub platform_scope: String,
}

/// A claim that some providers write as text and others as a list.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Words {
    One(String),
    Several(Vec<String>),
}

impl Words {
    fn all(&self) -> impl Iterator<Item = &str> {
        let (one, several) = match self {
            Self::One(text) => (Some(text.as_str()), [].as_slice()),
            Self::Several(list) => (None, list.as_slice()),
        };
        one.into_iter().chain(several.iter().map(String::as_str))
    }
}

/// The claims that decide about a token.
#[derive(Debug, Default, Deserialize)]
pub(super) struct TokenClaims {
    #[serde(default)]
    aud: Option<Words>,
    #[serde(default)]
    client_id: Option<String>,
    #[serde(default)]
    token_use: Option<String>,
    #[serde(default)]
    scope: Option<Words>,
}

impl Trust {
    /// Refuses a token that is for another recipient. `client_id` counts only if there is no `aud`.
    pub(super) fn accept(&self, grounds: &TokenClaims) -> Result<(), TokenError> {
        let is_ours = match (&grounds.aud, &grounds.client_id) {
            (Some(aud), _) => aud.all().any(|one| self.audiences.iter().any(|own| own == one)),
            (None, Some(client)) => {
                grounds.token_use.as_deref() == Some("access") && self.clients.iter().any(|own| own == client)
            }
            (None, None) => false,
        };
        if is_ours { Ok(()) } else { Err(TokenError::Foreign) }
    }

    /// Whether the token is a platform token: by `scope`, a text of words (RFC 9068, section 2.2.3), and by nothing similar. The
    /// scopes in a person's ID token are no grant.
    pub(super) fn is_platform(&self, grounds: &TokenClaims) -> bool {
        let Some(Words::One(scope)) = &grounds.scope else {
            return false;
        };
        grounds.token_use.as_deref().is_none_or(|kind| kind == "access")
            && scope.split(' ').any(|one| one == self.platform_scope)
    }
}
