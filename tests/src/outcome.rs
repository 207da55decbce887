//! Sending the request of a case, and all that has come of it.

use crate::bench::Bench;
use crate::harness::Answer;
use crate::personas::Persona;
use crate::requests::Case;
use aws_sdk_dynamodb::types::AttributeValue;
use muster_domain::OrganizationId;
use muster_store::Key;
use muster_store::items::Item;
use std::collections::{BTreeMap, BTreeSet};

impl Bench {
    /// Sends the request of a case; a POST with its `Idempotency-Key`.
    pub async fn send(&self, case: &Case) -> Answer {
        let key = [("idempotency-key", case.tag.as_str())];
        let headers: &[_] = if case.method == reqwest::Method::POST {
            &key
        } else {
            &[]
        };
        let method = case.method.clone();
        self.h
            .send(case.who.as_ref(), method, &case.path, case.body.as_ref(), headers)
            .await
    }

    /// All that has come of a case once the streams are drained: each thing in the organizations of its owner, and each
    /// mail sent for it, with how many there are of it. Ids and times are left out, so that two cases can be compared.
    pub async fn outcome(&self, case: &Case) -> BTreeMap<String, usize> {
        self.drain().await;
        let mut things = Vec::new();
        let mut organizations: BTreeSet<OrganizationId> = self.owned(&case.owner).await.into_iter().collect();
        // One that was erased has no members any more.
        organizations.extend(
            case.organization
                .as_ref()
                .and_then(|o| o.id.parse::<OrganizationId>().ok()),
        );
        for id in organizations {
            for partition in [format!("ORG#{id}"), format!("EVENTS#{id}")] {
                things.extend(self.partition(None, "PK", partition).await.iter().map(label));
            }
        }
        let mails = self.h.backend.mail().into_iter();
        let mails = mails
            .filter(|m| m.to.contains(&format!("-{}@", case.tag)))
            .map(|m| format!("mailed {} to {}", m.subject, m.to));
        let mut outcome = BTreeMap::new();
        for label in things.into_iter().chain(mails) {
            *outcome.entry(label.replace(&case.tag, "")).or_default() += 1;
        }
        outcome
    }

    /// The organizations of an owner.
    async fn owned(&self, owner: &Persona) -> Vec<OrganizationId> {
        let user = format!("USER#{}", owner.id());
        let memberships = self.partition(Some("by_user"), "gsi1pk", user).await;
        let organization = |item: &Item| Key::of(item)?.organization_of();
        memberships.iter().filter_map(organization).collect()
    }

    /// All items of one partition.
    async fn partition(&self, index: Option<&str>, name: &str, value: String) -> Vec<Item> {
        let query = aws_sdk_dynamodb::Client::new(self.quiet.sdk())
            .query()
            .table_name(self.h.backend.table())
            .set_index_name(index.map(Into::into))
            .key_condition_expression("#key = :value")
            .expression_attribute_names("#key", name)
            .expression_attribute_values(":value", AttributeValue::S(value));
        let mut pages = query.into_paginator().items().send();
        let mut items = Vec::new();
        while let Some(item) = pages.next().await {
            items.push(item.expect("the table can be read"));
        }
        items
    }
}

fn text<'a>(item: &'a Item, name: &str) -> Option<&'a String> {
    item.get(name)?.as_s().ok()
}

/// What an item says that is the same each time.
fn label(item: &Item) -> String {
    const TOLD: [&str; 20] = [
        "email",
        "name",
        "settings",
        "plan",
        "suspension",
        "seats_used",
        "active_owners",
        "version",
        "status",
        "role",
        "seat",
        "state",
        "mail",
        "generation",
        "message",
        "letter",
        "to",
        "event",
        "work",
        "held_by",
    ];
    let told = TOLD
        .iter()
        .filter_map(|name| Some(format!("{name}={}", plain(item.get(*name)?))));
    let grants = item.get("grants").and_then(|g| g.as_l().ok()).map_or(0, Vec::len);
    let resources = item.get("resources").and_then(|g| g.as_l().ok()).map_or(0, Vec::len);
    let kind = text(item, "kind").cloned().unwrap_or_default();
    let told: Vec<String> = told.collect();
    format!("{kind} {} grants={grants} resources={resources}", told.join(" "))
}

fn plain(value: &AttributeValue) -> String {
    match value {
        AttributeValue::S(text) | AttributeValue::N(text) => text.clone(),
        AttributeValue::M(map) => {
            let lasting = |(name, _): &(&String, &AttributeValue)| {
                !name.ends_with("_at")
                    && !name.ends_with("_until")
                    && !["invitation", "member", "source", "notice", "at"].contains(&name.as_str())
            };
            let sorted: BTreeMap<_, _> = map.iter().filter(lasting).map(|(n, v)| (n, plain(v))).collect();
            format!("{sorted:?}")
        }
        AttributeValue::L(list) => format!("{:?}", list.iter().map(plain).collect::<Vec<_>>()),
        other => format!("{other:?}"),
    }
}
