//! Paging through an organization while others change it.

use super::all_pages;
use muster_tests::harness::{Harness, Organization, invitation};
use muster_tests::sampled::{rounds, sampled};
use muster_tests::{Persona, recount};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Those who stay throughout.
const STAYING: usize = 24;
const WRITERS: usize = 8;
/// Walks through the whole organization while others write.
const WALKS: usize = 2;

/// Comes and goes, and gives those who stay other roles and another status, until told to stop.
async fn write(
    h: Arc<Harness>,
    acme: Arc<Organization>,
    staying: Arc<Vec<Persona>>,
    writer: usize,
    stop: Arc<AtomicBool>,
    done: Arc<AtomicUsize>,
) {
    let (mut turn, mut open) = (0, Vec::new());
    while !stop.load(Ordering::SeqCst) {
        turn += 1;
        let one = &staying[(turn * WRITERS + writer) % staying.len()];
        let rows = json!({ "members": [one.id()] });
        let verb = if turn % 2 == 0 { "activate" } else { "deactivate" };
        acme.owner
            .post(&h, &acme.path(&format!("/members/{verb}")), &rows)
            .await;
        let role = ["participant", "program_facilitator"][turn % 2];
        let program = ["spring", "autumn"][writer % 2];
        let body = json!({ "role": role, "resources": [{ "type": "program", "id": program }] });
        acme.owner
            .patch(&h, &acme.path(&format!("/members/{}", one.id())), &body)
            .await;
        let guest = format!("aguest{writer}x{turn}@acme.example");
        let invited = acme
            .owner
            .post(
                &h,
                &acme.path("/invitations"),
                &invitation(&guest, "participant", &["spring"]),
            )
            .await;
        // Few are open at a time: an organization that grows faster than it is walked through would have no end.
        open.extend(invited.body["invitations"][0]["id"].as_str().map(str::to_owned));
        if open.len() > 2 {
            acme.owner.delete(&h, &acme.invitation(&open.remove(0), "")).await;
        }
        done.fetch_add(1, Ordering::SeqCst);
    }
}

fn seen(rows: &[Value]) -> BTreeMap<String, usize> {
    let mut seen = BTreeMap::new();
    for row in rows {
        *seen.entry(row["id"].as_str().expect("an id").to_owned()).or_default() += 1;
    }
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_who_is_there_throughout_is_listed_exactly_once_while_eight_others_write() {
    let h = Arc::new(Harness::start().await);
    let acme = Arc::new(Organization::make(&h).await);
    let names: Vec<String> = (0..STAYING).map(|n| format!("m{n}")).collect();
    let staying = Arc::new(acme.join_many(&h, &names, "participant", &["spring"]).await);
    let kept = acme.invite(&h, "kept@acme.example", "participant", &["autumn"]).await;
    let (stop, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let writers: Vec<_> = (0..WRITERS)
        .map(|n| {
            tokio::spawn(write(
                h.clone(),
                acme.clone(),
                staying.clone(),
                n,
                stop.clone(),
                done.clone(),
            ))
        })
        .collect();
    let mut there: Vec<String> = staying.iter().map(Persona::id).collect();
    there.extend([acme.owner.id(), kept]);
    for _ in 0..rounds(WALKS) {
        for sort in sampled(
            "paging beside writers",
            ["name", "-name", "joined", "-joined", "-last_active"].into(),
            3,
        ) {
            let list = acme.path(&format!("/members?sort={sort}"));
            let (rows, _) = all_pages(&h, &acme.owner, &list, 5).await;
            let seen = seen(&rows);
            for id in &there {
                assert_eq!(seen.get(id), Some(&1), "{id} by {sort}");
            }
            let twice: Vec<_> = seen.iter().filter(|(_, times)| **times > 1).collect();
            assert!(twice.is_empty(), "seen more than once by {sort}: {twice:?}");
        }
        let (rows, _) = all_pages(&h, &acme.owner, &acme.path("/members?q=acme"), 5).await;
        let seen = seen(&rows);
        for id in &there {
            assert_eq!(seen.get(id), Some(&1), "{id} by words");
        }
    }
    stop.store(true, Ordering::SeqCst);
    for writer in writers {
        writer.await.expect("a writer");
    }
    let written = done.load(Ordering::SeqCst);
    assert!(written > WRITERS, "{written} turns: nobody wrote meanwhile");
    h.backend.drained().await;
    recount(&h).await;
}
