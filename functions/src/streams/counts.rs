//! Counting people whose items changed.

use super::RecordRef;
use muster_domain::{OrganizationId, PersonId};
use muster_edge::App;
use std::collections::BTreeMap;

/// Updates the counts to the current state of the people in these records, and returns the records to retry.
///
/// Neither repeats nor the content of a record matter: only the person's current item is counted.
pub(super) async fn reconcile(app: &App, records: &[RecordRef]) -> Vec<String> {
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
