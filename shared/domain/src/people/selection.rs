//! Whom a list of people is of, as it is asked for in words.

use super::{Filter, InviteStatus, Order, Period};
use crate::member::Status;
use crate::resource::ResourceKey;
use crate::roleset::RoleSet;
use crate::rules::Fault;
use crate::search;
use crate::text::RoleId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Longest text that is searched for, in characters.
const MAX_QUERY: usize = 200;
/// Most words that are searched for at once: each is a query.
const MAX_TERMS: usize = 8;
/// Most roles that are asked for at once.
const MAX_ROLES: usize = 16;

/// Whom a list of people is of, and in which order: filters and sort as they were asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selection {
    /// Beginnings of words of name and address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// `active` or `inactive`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// One of these roles.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub role: BTreeSet<String>,
    /// `accepted` or `pending`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invite_status: Option<String>,
    /// When they joined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub joined_in: Option<String>,
    /// A resource, as `type:id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// The order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
}

/// Gathers what cannot be asked for.
#[derive(Default)]
struct Faults(Vec<Fault>);

impl Faults {
    fn take<T>(&mut self, name: &str, value: Result<T, String>) -> Option<T> {
        value
            .map_err(|detail| self.0.push(Fault::field(name, "invalid_value", detail)))
            .ok()
    }
}

impl Selection {
    /// What is asked for, periods counted back from `now`.
    ///
    /// # Errors
    /// A fault for each field that cannot be asked for.
    pub fn read(&self, now: Timestamp) -> Result<(Filter, Option<Order>), Vec<Fault>> {
        let mut faults = Faults::default();
        let asked = self.q.as_deref().unwrap_or_default();
        let terms = search::terms(asked);
        if asked.chars().count() > MAX_QUERY || terms.len() > MAX_TERMS {
            let detail = format!("must be at most {MAX_QUERY} characters and {MAX_TERMS} words");
            faults.0.push(Fault::field("q", "too_long", detail));
        }
        let status = self.status.as_deref().map(|text| match text {
            "active" => Ok(Status::Active),
            "inactive" => Ok(Status::Inactive),
            _ => Err("must be one of active, inactive".to_owned()),
        });
        let invite_status = self.invite_status.as_deref().map(|text| match text {
            "accepted" => Ok(InviteStatus::Accepted),
            "pending" => Ok(InviteStatus::Pending),
            _ => Err("must be one of accepted, pending".to_owned()),
        });
        let joined = self.joined_in.as_deref();
        let joined = joined.map(|text| Period::parse(text, now).map_err(|e| e.to_string()));
        let sort = self.sort.as_deref();
        let sort = sort.map(|text| text.parse::<Order>().map_err(|e| e.to_string()));
        let filter = Filter {
            terms,
            status: status.and_then(|status| faults.take("status", status)),
            roles: faults.take("role", self.roles()).unwrap_or_default(),
            invite_status: invite_status.and_then(|status| faults.take("invite_status", status)),
            joined: joined.and_then(|joined| faults.take("joined_in", joined)),
            resource: self.on().and_then(|resource| faults.take("resource", resource)),
        };
        let order = sort.and_then(|sort| faults.take("sort", sort));
        if faults.0.is_empty() {
            Ok((filter, order))
        } else {
            Err(faults.0)
        }
    }

    fn roles(&self) -> Result<BTreeSet<RoleId>, String> {
        if self.role.len() > MAX_ROLES {
            return Err(format!("must be at most {MAX_ROLES} roles"));
        }
        let role = |text: &String| text.trim().parse::<RoleId>().map_err(|e| e.to_string());
        self.role.iter().map(role).collect()
    }

    fn on(&self) -> Option<Result<ResourceKey, String>> {
        let text = self.resource.as_deref()?;
        let key = text.split_once(':').and_then(|(kind, id)| {
            Some(ResourceKey {
                kind: kind.parse().ok()?,
                id: id.parse().ok()?,
            })
        });
        Some(key.ok_or_else(|| "must be a type and an id, such as `program:spring`".to_owned()))
    }
}

impl Filter {
    /// A fault for each role that the role set does not have.
    #[must_use]
    pub fn unknown_roles(&self, set: &RoleSet) -> Vec<Fault> {
        let unknown = self.roles.iter().filter(|role| set.role(role).is_none());
        unknown
            .map(|role| {
                Fault::field(
                    "role",
                    "unknown_role",
                    format!("`{role}` is not a role of this role set"),
                )
            })
            .collect()
    }
}
