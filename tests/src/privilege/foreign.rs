//! What a function must not do, made of what it may.

use super::{Grant, grants};
use crate::cloudformation::SENDER;
use crate::permissions::{ATTRIBUTES, ENCLOSING, FROM, LEADING_KEYS, Needed, RETURN_VALUES};
use crate::roles::Role;
use serde_json::Value;

/// The kinds of partitions that the table has, and one that it has not.
pub const KINDS: [&str; 5] = ["ORG#", "EVENTS#", "EMAIL#", "IDEM#", "OTHER#"];

/// Attributes that decide who may do what.
const DECIDING: [&str; 4] = ["role", "grants", "owners", "expires_at"];

/// What could be asked of the services that functions use, as far as it does harm.
const ACTIONS: &[&str] = &[
    "dynamodb:BatchGetItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:CreateBackup",
    "dynamodb:DeleteItem",
    "dynamodb:DeleteResourcePolicy",
    "dynamodb:DeleteTable",
    "dynamodb:DescribeTable",
    "dynamodb:ExportTableToPointInTime",
    "dynamodb:GetItem",
    "dynamodb:PartiQLDelete",
    "dynamodb:PartiQLInsert",
    "dynamodb:PartiQLSelect",
    "dynamodb:PartiQLUpdate",
    "dynamodb:PutItem",
    "dynamodb:PutResourcePolicy",
    "dynamodb:Query",
    "dynamodb:Scan",
    "dynamodb:UpdateItem",
    "dynamodb:UpdateTable",
    "dynamodb:UpdateTimeToLive",
    "s3:AbortMultipartUpload",
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:PutObject",
    "s3:PutObjectAcl",
    "secretsmanager:DeleteSecret",
    "secretsmanager:GetSecretValue",
    "secretsmanager:PutSecretValue",
    "secretsmanager:UpdateSecret",
    "ses:SendBulkEmail",
    "ses:SendEmail",
    "ses:SendRawEmail",
    "ses:SendTemplatedEmail",
    "sqs:DeleteMessage",
    "sqs:ReceiveMessage",
    "sqs:SendMessage",
    "sts:AssumeRole",
    "iam:PutRolePolicy",
    "lambda:InvokeFunction",
    "kms:Decrypt",
];

/// What a grant allows, as a request.
fn example(grant: &Grant) -> Needed {
    let text = |value: &Value| value.as_str().expect("a text").replace('*', "_");
    let mut needed = Needed::new(text(&grant.says["Action"]), resource(&grant.says["Resource"]));
    let conditions = grant.says["Condition"]
        .as_object()
        .into_iter()
        .flat_map(|operators| operators.values());
    for (key, value) in conditions.flat_map(|keys| keys.as_object().expect("keys")) {
        needed = needed.with(key, [text(&value[0])]);
    }
    if needed.action.starts_with("dynamodb:") && !needed.resource.contains("/stream/") {
        needed = needed.with(LEADING_KEYS, ["ORG#_"]);
    }
    needed
}

fn resource(pattern: &Value) -> String {
    match pattern.as_str().expect("a resource is a text") {
        "*" => "arn:aws:xray:us-east-1:000000000000:group/default".to_owned(),
        arn => arn.replace('*', "_"),
    }
}

/// What a role allows, and what it must not allow beside it: another resource, account, sender or action, and a write
/// outside of a transaction, or one that is answered with the item.
///
/// # Panics
/// If the role does not allow what one of its statements does: then another one takes it away altogether.
#[must_use]
pub fn attempts(role: &Role) -> Vec<Needed> {
    let examples: Vec<Needed> = grants(role).iter().map(example).collect();
    let mut foreign = Vec::new();
    for needed in &examples {
        assert!(role.allows(needed), "allowed and denied: {needed:?}");
        if !needed.action.starts_with("xray:") {
            foreign.extend(elsewhere(needed));
        }
        if needed.context.contains_key(FROM) {
            let other = SENDER.replace("no-reply@", "ceo@");
            foreign.push(needed.clone().with(FROM, [other]));
        }
        if needed.context.contains_key(ENCLOSING) {
            let mut alone = needed.clone();
            alone.context.remove(ENCLOSING);
            foreign.push(alone.with(ATTRIBUTES, DECIDING));
        }
        if needed.context.contains_key(ATTRIBUTES) {
            foreign.extend(DECIDING.map(|name| needed.clone().with(ATTRIBUTES, ["PK", "SK", name])));
        }
        if needed.action == "dynamodb:UpdateItem" && needed.context.contains_key(ATTRIBUTES) {
            // One that is answered with the item as it was is a read. A batch of writes is never answered so.
            foreign.push(needed.clone().with(RETURN_VALUES, ["ALL_OLD"]));
        }
        let held = |action: &str| {
            examples
                .iter()
                .any(|e| e.action == action && e.resource == needed.resource)
        };
        let others = ACTIONS.iter().filter(|action| !held(action));
        foreign.extend(others.map(|action| Needed {
            action: (*action).to_owned(),
            ..needed.clone()
        }));
    }
    foreign.sort_unstable();
    foreign.dedup();
    foreign
}

/// The same done to something else.
fn elsewhere(needed: &Needed) -> Vec<Needed> {
    let arn = &needed.resource;
    let mut others = vec![
        arn.replace(":000000000000:", ":111111111111:"),
        arn.replace(":us-east-1:", ":eu-west-1:"),
    ];
    let mut changed = |from: &str, to: &str| others.push(arn.replacen(from, to, 1));
    changed(":table/muster", ":table/another");
    changed(":::muster-exports", ":::another");
    changed("/exports/", "/private/");
    changed(":secret:", ":secret:another/");
    changed(":identity/", ":identity/another.");
    changed(":configuration-set/", ":configuration-set/another-");
    changed("/muster/muster/", "/muster/another/");
    for index in ["by_user", "by_activity", "due"] {
        changed("/index/", &format!("/index/{index}-"));
    }
    if let (Some((before, _)), true) = (arn.rsplit_once(':'), arn.contains(":sqs:")) {
        others.push(format!("{before}:another"));
    }
    let differ = others.into_iter().filter(|other| other != arn);
    let on = |resource| Needed {
        resource,
        ..needed.clone()
    };
    differ.map(on).collect()
}

/// The kinds of partitions that a role reaches in the table itself by an action, asked for alone and beside the
/// partition of an organization.
#[must_use]
pub fn partitions(role: &Role, action: &str) -> Vec<&'static str> {
    let grants = grants(role);
    let examples = grants.iter().map(example);
    let on_table: Vec<Needed> = examples
        .filter(|e| e.action == action && e.resource.ends_with(":table/muster"))
        .collect();
    let reaches = |kind: &&'static str| {
        let key = if kind.ends_with('#') {
            format!("{kind}_")
        } else {
            (*kind).to_owned()
        };
        let alone = |needed: &Needed| role.allows(&needed.clone().with(LEADING_KEYS, [&key]));
        let beside = |needed: &Needed| role.allows(&needed.clone().with(LEADING_KEYS, ["ORG#_", &key]));
        let alone = on_table.iter().any(alone);
        assert_eq!(
            alone,
            on_table.iter().any(beside),
            "{kind} is judged otherwise beside another partition"
        );
        alone
    };
    KINDS.iter().copied().filter(reaches).collect()
}
