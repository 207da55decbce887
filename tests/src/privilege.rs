//! Whether what roles allow and what functions do is the same.

mod foreign;

pub use foreign::{KINDS, attempts, partitions};

use crate::calls::Used;
use crate::permissions::{LEADING_KEYS, Needed};
use crate::roles::{Role, Roles, Statement, alone_allows};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The least that a policy can allow: one action on one resource, under one value of each condition.
#[derive(Debug, Clone, PartialEq)]
pub struct Grant {
    /// The policy it is from.
    pub policy: String,
    /// The statement that says just this.
    pub says: Value,
}

/// Everything that a role allows, in its smallest parts.
#[must_use]
pub fn grants(role: &Role) -> Vec<Grant> {
    let allows = role.statements.iter().filter(|s| s.says["Effect"] == "Allow");
    allows.flat_map(split).collect()
}

fn split(statement: &Statement) -> Vec<Grant> {
    let mut parts = Vec::new();
    for action in each(&statement.says["Action"]) {
        for resource in each(&statement.says["Resource"]) {
            for condition in conditions(&statement.says["Condition"]) {
                let mut says = json!({ "Effect": "Allow", "Action": action, "Resource": resource });
                if !condition.is_null() {
                    says["Condition"] = condition;
                }
                let policy = statement.policy.clone();
                parts.push(Grant { policy, says });
            }
        }
    }
    parts
}

fn each(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_else(|| vec![value.clone()])
}

/// A condition for each of the values that it lets through. What all values must be among is looked for among any.
fn conditions(condition: &Value) -> Vec<Value> {
    let operators = condition.as_object().into_iter().flatten();
    let keys = operators.flat_map(|(operator, keys)| {
        keys.as_object()
            .into_iter()
            .flatten()
            .map(move |(k, v)| (operator, k, v))
    });
    let mut all = vec![Value::Null];
    for (operator, key, values) in keys {
        let with = |condition: &Value, value: Value| {
            let mut condition = condition.clone();
            condition[operator.replace("ForAllValues:", "ForAnyValue:")][key] = json!([value]);
            condition
        };
        all = all
            .iter()
            .flat_map(|condition| each(values).into_iter().map(move |value| with(condition, value)))
            .collect();
    }
    all
}

impl std::fmt::Display for Grant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (says, policy) = (&self.says, &self.policy);
        write!(f, "{} on {} by `{policy}`", says["Action"], says["Resource"])?;
        match &says["Condition"] {
            Value::Null => Ok(()),
            condition => write!(f, " if {condition}"),
        }
    }
}

/// What is wrong with a function's role, given all that was done with it.
#[must_use]
pub fn faults(binary: &str, role: &Role, done: &[&Needed]) -> Vec<String> {
    let mut faults = Vec::new();
    for needed in done.iter().filter(|needed| !role.allows(needed)) {
        faults.push(format!("{binary}: does what its role does not allow: {needed:?}"));
    }
    for grant in grants(role) {
        if !done.iter().any(|needed| alone_allows(&grant.says, needed)) {
            faults.push(format!("{binary}: no test needs {grant}"));
        }
    }
    let denials = role
        .statements
        .iter()
        .filter(|statement| statement.says["Effect"] == "Deny");
    for denial in denials {
        faults.extend(idle(binary, role, denial, done));
    }
    faults
}

/// What a denial of partitions says in vain: one that it excepts is never used, or one that it names is out of reach
/// without it.
fn idle(binary: &str, role: &Role, denial: &Statement, done: &[&Needed]) -> Vec<String> {
    let condition = &denial.says["Condition"];
    let policy = &denial.policy;
    let mut faults = Vec::new();
    for excepted in each(&condition["ForAnyValue:StringNotLike"][LEADING_KEYS])
        .iter()
        .filter(|v| v.is_string())
    {
        let mut says = json!({ "Effect": "Allow", "Action": "*", "Resource": denial.says["Resource"] });
        says["Condition"]["ForAnyValue:StringLike"][LEADING_KEYS] = json!([excepted]);
        if !done.iter().any(|needed| alone_allows(&says, needed)) {
            faults.push(format!("{binary}: no test needs that `{policy}` excepts {excepted}"));
        }
    }
    let without = role.without(policy);
    for named in each(&condition["ForAnyValue:StringLike"][LEADING_KEYS])
        .iter()
        .filter_map(Value::as_str)
    {
        let key = named.replace('*', "_");
        let denied = |needed: &&&Needed| {
            let meant = (**needed).clone().with(LEADING_KEYS, [&key]);
            without(&meant) && !role.allows(&meant)
        };
        if !done
            .iter()
            .filter(|needed| needed.context.contains_key(LEADING_KEYS))
            .any(|needed| denied(&needed))
        {
            faults.push(format!("{binary}: `{policy}` takes nothing away by naming {named}"));
        }
    }
    faults
}

/// What is wrong with all roles, given all that was noted.
#[must_use]
pub fn all_faults(roles: &Roles, used: &BTreeSet<Used>) -> Vec<String> {
    let of_role = |(binary, role): (&String, &Role)| {
        let noted = used
            .iter()
            .filter(|used| used.binary == *binary)
            .map(|used| &used.needed);
        let done: Vec<&Needed> = noted.chain(&role.by_lambda).collect();
        faults(binary, role, &done)
    };
    roles.by_binary.iter().flat_map(of_role).collect()
}
