//! What a change under way may need is left alone, or the change is made to look again.

use super::{Scene, entry, text};
use muster_domain::InvitationId;
use muster_domain::people::instant;
use muster_store::repair::{DifferenceKind, RepairError, Report};

#[tokio::test(flavor = "multi_thread")]
async fn entries_of_people_who_may_be_on_their_way_are_left_until_they_are_an_hour_old() {
    let s = Scene::set().await;
    let coming = InvitationId::from_bytes(7_u128.to_be_bytes());
    let now = instant(s.h.backend.clock().now());
    let key = s.at(&format!("WORD#coming#{coming}"));
    let mut item = entry();
    item.insert("mark".to_owned(), text(&format!("{now}#00000000000000000001")));
    s.put(&key, item).await;
    assert_eq!(s.repair(true).await, Report::default());
    assert!(s.get(&key).await.is_some());
    s.h.advance(jiff::SignedDuration::from_mins(61));
    s.fixes("nobody came", &[DifferenceKind::Entry]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deleting_an_entry_of_a_later_state_makes_changes_of_the_row_look_again() {
    let s = Scene::set().await;
    let version = |item: &muster_store::items::Item| item["version"].as_n().unwrap().parse::<u64>().unwrap();
    let name = s.key("NAME#", &s.pat.id()).await;
    let written = s.get(&name).await.unwrap()["mark"].as_s().unwrap().clone();
    let (came, _) = written.split_once('#').unwrap();
    let before = version(&s.get(&s.member()).await.unwrap());
    let key = s.at(&format!("WORD#later#{}", s.pat.id()));
    let mut later = entry();
    later.insert("mark".to_owned(), text(&format!("{came}#{:020}", before + 1)));
    s.put(&key, later).await;
    s.fixes("a change died half way", &[DifferenceKind::Entry]).await;
    assert_eq!(version(&s.get(&s.member()).await.unwrap()), before + 1);

    // One of an earlier state rests on nothing that could come.
    s.put(&key, entry()).await;
    s.fixes("an entry of long ago", &[DifferenceKind::Entry]).await;
    assert_eq!(version(&s.get(&s.member()).await.unwrap()), before + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organization_that_is_not_there_is_told_from_one_without_differences() {
    let s = Scene::set().await;
    let options = muster_store::repair::Options {
        now: s.h.backend.clock().now(),
        pause: std::time::Duration::ZERO,
        fix: true,
    };
    let nowhere = "org_0000000000000000000001".parse().unwrap();
    let told = s.h.backend.app().store().repair(nowhere, options).await;
    assert!(matches!(told, Err(RepairError::Unknown)));
}
