//! Several processes of one function serve at the same time.

use super::start;
use muster_tests::harness::{Organization, invitation};
use muster_tests::packaged::Settings;
use muster_tests::{Packaged, Shot, recount, together};
use std::collections::BTreeSet;
use std::sync::Arc;

#[tokio::test(flavor = "multi_thread")]
async fn four_processes_at_once_give_out_no_more_seats_than_there_are() {
    let packaged = Packaged::with(Settings {
        processes: 4,
        ..Settings::default()
    });
    let h = Arc::new(start(&packaged, false).await);
    let acme = Organization::make(&h).await;
    acme.plan(&h, Some(6), &[]).await;
    let shots = (0..24).map(|n| {
        let body = invitation(&format!("guest-{n}@acme.example"), "admin", &[]);
        Shot::post(&h, &acme.owner, &acme.path("/invitations")).body(&body)
    });
    let answers = together(&h, shots.collect()).await;
    let statuses: BTreeSet<u16> = answers.iter().map(|a| a.status).collect();
    assert_eq!(statuses, BTreeSet::from([201, 409]));
    assert_eq!(answers.iter().filter(|a| a.status == 201).count(), 5);
    assert_eq!(acme.seats_used(&h).await, 6);
    assert_eq!(packaged.idle("create-invitations").len(), 4, "all of them have served");
    recount(&h).await;
}
