//! Between two invocations a process stands still, as long as Lambda likes.

use super::{CREATE, make, start_wired};
use muster_tests::packaged::Settings;
use std::time::Duration;

/// The letter of a process's state, as the system tells it: `T` is stopped.
fn state(pid: u32) -> String {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let (_, rest) = stat.rsplit_once(") ").unwrap();
    rest[..1].to_owned()
}

#[tokio::test]
async fn a_frozen_process_goes_on_though_its_connections_were_closed() {
    let (h, packaged, wire) = start_wired(Settings::default()).await;
    let owner = h.person("olivia");
    make(&h, &owner).await.expect(201);
    let before = packaged.idle(CREATE);
    assert_eq!(before.len(), 1);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(state(before[0]), "T", "it is frozen");
    assert!(wire.cut() > 0, "it kept a connection to the table");
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(state(before[0]), "T", "nobody has told it");

    make(&h, &owner).await.expect(201);
    assert_eq!(packaged.idle(CREATE), before, "the same process has answered");
    let mine = owner.get(&h, "/v1/organizations").await.expect(200);
    assert_eq!(mine.body["items"].as_array().map(Vec::len), Some(2));
}
