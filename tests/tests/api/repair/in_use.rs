//! Repair beside people who come, change and go.

use muster_store::repair::{DifferenceKind, Options, RepairOutcome};
use muster_tests::harness::{Harness, Organization};
use muster_tests::recount;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How often each writer takes somebody in and lets them go again.
const ROUNDS: usize = 4;

async fn come_and_go(h: &Harness, acme: &Organization, writer: usize, round: usize) {
    let name = format!("w{writer}r{round}");
    let pat = acme.join(h, &name, "program_facilitator", &["spring"]).await;
    let path = acme.path(&format!("/members/{}", pat.id()));
    let grant = format!("{path}/grants/program/autumn");
    let deactivate = acme.path("/members/deactivate");
    acme.owner.put(h, &grant, &json!({ "role": "participant" })).await;
    acme.owner.post(h, &deactivate, &json!({ "members": [pat.id()] })).await;
    if !(writer + round).is_multiple_of(3) {
        acme.owner.delete(h, &path).await;
    }
    acme.invite(h, &format!("{name}-guest@acme.example"), "program_sponsor", &["autumn"])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repair_beside_eight_writers_tells_nothing_false_and_breaks_nothing() {
    let h = Arc::new(Harness::start().await);
    let acme = Arc::new(Organization::make(&h).await);
    let writing = Arc::new(AtomicBool::new(true));
    let writers: Vec<_> = (0..8)
        .map(|writer| {
            let (h, acme) = (h.clone(), acme.clone());
            tokio::spawn(async move {
                for round in 0..ROUNDS {
                    come_and_go(&h, &acme, writer, round).await;
                }
            })
        })
        .collect();
    let repairs = {
        let (h, acme, writing) = (h.clone(), acme.clone(), writing.clone());
        tokio::spawn(async move {
            let mut reports = Vec::new();
            while writing.load(Ordering::Relaxed) {
                let options = Options {
                    now: h.backend.clock().now(),
                    pause: Duration::from_millis(200),
                    fix: true,
                };
                let id = acme.id.parse().unwrap();
                reports.push(h.backend.app().store().repair(id, options).await.expect("a report"));
            }
            reports
        })
    };
    for writer in writers {
        writer.await.expect("the writer ends well");
    }
    writing.store(false, Ordering::Relaxed);
    let reports = repairs.await.expect("the repairs end well");
    assert!(!reports.is_empty());
    for difference in reports.iter().flat_map(|report| &report.differences) {
        // Counting lags behind by design; a lag that is told is no damage, and settling it twice makes no difference.
        let is_lag = difference.kind == DifferenceKind::Note;
        assert!(is_lag || difference.outcome == RepairOutcome::Busy, "{difference:#?}");
    }
    h.backend.drained().await;
    recount(&h).await;
    let options = Options {
        now: h.backend.clock().now(),
        pause: Duration::from_millis(200),
        fix: false,
    };
    let last = h
        .backend
        .app()
        .store()
        .repair(acme.id.parse().unwrap(), options)
        .await
        .expect("a report");
    assert_eq!(last.differences, []);
}
