//! Counting people whose items changed.

use super::RecordRef;
use muster_domain::{OrganizationId, PersonId};
use muster_edge::App;
use std::collections::BTreeMap;

/// Brings the counts to what the people of these records are now; gives the records to be tried again.
///
/// How often a record comes makes no difference, nor what it held: what is counted is what the person's item says now.
pub(super) async fn settle(app: &App, records: &[RecordRef]) -> Vec<String> {
    let mut people: BTreeMap<OrganizationId, Vec<(PersonId, &str)>> = BTreeMap::new();
    for RecordRef {
        key, sequence_number, ..
    } in records
    {
        if let (Some(organization), Some(person)) = (key.organization_of(), key.listed_person()) {
            people.entry(organization).or_default().push((person, sequence_number));
        }
    }
    let mut failed = Vec::new();
    for (organization, people) in people {
        let ids: Vec<PersonId> = people.iter().map(|(id, _)| *id).collect();
        // Boxed: the compiler gives up on futures nested as deep as the SDK's in here.
        if let Err(error) = Box::pin(app.store().reconcile_counts(organization, &ids)).await {
            tracing::warn!(%error, %organization, "people were not counted; it will be tried again");
            let left = people.iter().skip(error.from);
            failed.extend(left.map(|(_, number)| (*number).to_owned()));
        }
    }
    failed
}
