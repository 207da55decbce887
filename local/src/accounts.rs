//! The accounts that the development identity provider lists for sign-in.

use crate::identity::TokenRequest;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The domain of the people in the stories. The `sub` of an address there is what stands before the `@`.
const DOMAIN: &str = "@acme.example";

/// A person to sign in as.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    /// The claims about them.
    pub(crate) person: TokenRequest,
    /// What they are in the group: their role.
    pub(crate) role: String,
}

/// Accounts that belong together.
#[derive(Debug, Clone)]
pub(crate) struct AccountGroup {
    /// The name of their organization.
    pub(crate) title: String,
    /// The accounts.
    pub(crate) accounts: Vec<Account>,
}

/// The accounts of a backend.
#[derive(Debug)]
pub(crate) struct Accounts(Mutex<Vec<AccountGroup>>);

impl Default for Accounts {
    /// The people of the first story.
    fn default() -> Self {
        let people = [
            ("olivia", "Begins in the first story"),
            ("ann", "Is invited"),
            ("bob", "Is invited"),
        ];
        let accounts = people.map(|(name, role)| Account {
            person: TokenRequest::of_address(&format!("{name}{DOMAIN}")),
            role: role.to_owned(),
        });
        Self(Mutex::new(vec![AccountGroup {
            title: "The first story".to_owned(),
            accounts: accounts.into(),
        }]))
    }
}

impl Accounts {
    /// Offers these in place of those before.
    pub(crate) fn offer(&self, groups: Vec<AccountGroup>) {
        *self.lock() = groups;
    }

    /// All of them.
    pub(crate) fn groups(&self) -> Vec<AccountGroup> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<AccountGroup>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TokenRequest {
    /// The person with this address, named after it.
    pub(crate) fn of_address(address: &str) -> Self {
        let (local, _) = address.split_once('@').unwrap_or((address, ""));
        let words = local.split(['.', '-', '_']).filter(|word| !word.is_empty());
        let name: Vec<String> = words.map(capitalized).collect();
        Self {
            sub: address.strip_suffix(DOMAIN).unwrap_or(address).to_owned(),
            email: Some(address.to_owned()),
            name: Some(name.join(" ")),
            ..Self::default()
        }
    }
}

/// A word with a capital letter.
pub(crate) fn capitalized(word: &str) -> String {
    let mut chars = word.chars();
    let first = chars.next().map(|first| first.to_uppercase().chain(chars).collect());
    first.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_named_after_their_address() {
        for (address, sub, name) in [
            ("ann@acme.example", "ann", "Ann"),
            ("ann.van-lee@acme.example", "ann.van-lee", "Ann Van Lee"),
            ("ann@partner.example", "ann@partner.example", "Ann"),
        ] {
            let person = TokenRequest::of_address(address);
            assert_eq!((person.sub.as_str(), person.name.as_deref()), (sub, Some(name)));
        }
    }
}
