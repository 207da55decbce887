//! Exports that are made in the background, from the request to the link.

use jiff::SignedDuration;
use muster_domain::export::{MAX_TRIES, WORKBOOK_STALL_TIMEOUT};
use muster_functions::routes::ROUTES;
use muster_functions::routes::exports::MAX_DIRECT_ROWS;
use muster_functions::streams;
use muster_tests::bench::Bench;
use muster_tests::calls::run_as;
use muster_tests::crowd::{Holding, crowd};
use muster_tests::faults::{At, DELETE_FILE, GET_FILE, Kind, PUT_FILE, Reach, TRANSACT};
use muster_tests::harness::Harness;
use muster_tests::requests::{Case, prepare};
use muster_tests::sampled::sampled;
use muster_tests::samples::{ids, sample};
use muster_tests::stream::Function;
use muster_tests::{Answer, recount};
use serde_json::{Value, json};

/// Members beside the owner: more than a part of the file holds, and more than is answered at once.
const MANY: usize = MAX_DIRECT_ROWS + 250;

/// An organization of so many members and a pending invitation.
async fn crowded(b: &Bench, size: usize) -> Case {
    let route = ROUTES.iter().find(|r| r.binary == "export-members").unwrap();
    let mut case = prepare(b, route).await;
    crowd(b, &case, "many", size, Holding::Grant).await;
    case.invite(b, "guest").await;
    b.drain().await;
    case
}

async fn ask(b: &Bench, case: &Case, format: &str) -> String {
    let path = case.organization().path("/exports");
    let asked = case
        .owner
        .post(&b.h, &path, &json!({ "format": format }))
        .await
        .expect(202);
    let id = asked.text("/id");
    assert_eq!(
        asked.header("location"),
        Some(case.organization().path(&format!("/exports/{id}")).as_str())
    );
    id
}

async fn shown(b: &Bench, case: &Case, id: &str) -> Answer {
    let path = case.organization().path(&format!("/exports/{id}"));
    case.owner.get(&b.h, &path).await.expect(200)
}

/// The files that lie in the bucket for an export.
pub(super) async fn files(h: &Harness, organization: &str, id: &str) -> Vec<String> {
    let client = aws_sdk_s3::Client::new(&h.quiet_sdk());
    let bucket = h.backend.app().config().export_bucket.clone().unwrap();
    let prefix = format!("exports/{organization}/{id}/");
    let found = client
        .list_objects_v2()
        .bucket(bucket)
        .prefix(&prefix)
        .send()
        .await
        .unwrap();
    let names = found.contents().iter().filter_map(|object| object.key());
    names
        .filter_map(|name| name.strip_prefix(&prefix))
        .map(ToOwned::to_owned)
        .collect()
}

/// The people of a file, by address, once each.
fn people(mut lines: Vec<Vec<String>>) -> Vec<Vec<String>> {
    lines.remove(0);
    lines
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_list_is_made_in_the_background_and_its_progress_is_told_until_a_link_opens_it() {
    let b = Bench::start().await;
    let case = crowded(&b, MANY).await;
    let everybody = u64::try_from(MANY + 2).unwrap();
    let formats = sampled("a long list", vec!["csv", "xlsx"], 1);
    for format in formats.iter().copied() {
        let id = ask(&b, &case, format).await;
        let first = shown(&b, &case, &id).await;
        assert_eq!(
            (&first.body["state"], &first.body["rows"]),
            (&json!("running"), &json!(0))
        );
        assert_eq!(first.body["url"], Value::Null);
        b.drain().await;
        let last = shown(&b, &case, &id).await;
        assert_eq!(
            (&last.body["state"], &last.body["rows"]),
            (&json!("ready"), &json!(everybody))
        );
        let file = b.h.follow(&last.text("/url")).await;
        assert_eq!(file.status, 200);
        let name = format!("members-{}.{format}", &last.text("/created_at")[..10]);
        assert_eq!(
            file.header("content-disposition"),
            format!("attachment; filename=\"{name}\"")
        );
        let emails: Vec<String> = match format {
            "csv" => people(file.lines())
                .into_iter()
                .map(|mut line| line.remove(2))
                .collect(),
            _ => file
                .cells("Members")
                .iter()
                .skip(1)
                .map(|row| row[2].to_string())
                .collect(),
        };
        assert_eq!(emails.len(), MANY + 2);
        let mut once = emails.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), emails.len(), "nobody stands there twice");
        assert_eq!(
            files(&b.h, &case.organization().id, &id).await,
            [name],
            "the parts are gone"
        );
    }
    let events = case.organization().events(&b.h).await;
    let recorded: Vec<_> = events.iter().filter(|e| e["kind"] == "members.exported").collect();
    assert_eq!(recorded.len(), formats.len());
    for event in recorded {
        assert_eq!(
            (&event["actor"]["type"], &event["actor"]["id"]),
            (&json!("user"), &json!(case.owner.id()))
        );
        assert_eq!(event["after"]["rows"], json!(everybody));
    }
    recount(&b.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_dies_at_any_call_is_finished_by_the_next_with_the_same_file_and_one_record() {
    let b = Bench::start().await;
    let case = crowded(&b, 150).await;
    for format in ["csv", "xlsx"] {
        let (clean, _) = made(&b, &case, format, None).await;
        b.faults.clear();
        let (_, calls) = made(&b, &case, format, None).await;
        for n in sampled(format, (0..calls).collect(), 4) {
            let (again, _) = made(&b, &case, format, Some(n)).await;
            assert_eq!(again, clean, "killed at call {n} of {format}");
        }
    }
    recount(&b.h).await;
}

/// Has an export made, the job of which dies at this call; gives its cells, and how many calls it took.
async fn made(b: &Bench, case: &Case, format: &str, dies: Option<usize>) -> (Vec<Vec<String>>, usize) {
    let before = case.organization().recorded(&b.h, "members.exported").await;
    let id = ask(b, case, format).await;
    match dies {
        Some(n) => b.faults.inject(At::Call(n), Kind::Killed, Reach::Call),
        None => b.faults.clear(),
    }
    let mut calls = 0;
    loop {
        let mut stream = b.stream().await;
        loop {
            let fed = stream.feed(b.app(), Function::FinishWork);
            match b.faults.unless_killed(fed).await {
                Some(true) => {}
                Some(false) => break,
                None => b.faults.clear(),
            }
        }
        drop(stream);
        calls = calls.max(b.faults.calls().len());
        b.faults.clear();
        if ids(&b.h, &case.organization().id, "JOB#").await.is_empty() {
            break;
        }
        // Whoever was at a workbook has a while for it before somebody else is let at it.
        b.h.advance(WORKBOOK_STALL_TIMEOUT);
        b.expire().await.unwrap();
    }
    let last = shown(b, case, &id).await;
    assert_eq!(last.body["state"], "ready", "{dies:?}");
    assert_eq!(case.organization().recorded(&b.h, "members.exported").await, before + 1);
    let file = b.h.follow(&last.text("/url")).await;
    assert_eq!(files(&b.h, &case.organization().id, &id).await.len(), 1, "{dies:?}");
    let cells = match format {
        "csv" => file.lines(),
        _ => {
            let rows = file.cells("Members").into_iter();
            rows.map(|row| row.iter().map(ToString::to_string).collect()).collect()
        }
    };
    (cells, calls)
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_at_the_same_slices_make_one_file() {
    let b = Bench::start().await;
    let case = crowded(&b, MANY).await;
    let formats = sampled("two processes at the same slices", vec!["csv", "xlsx"], 1);
    for format in &formats {
        let id = ask(&b, &case, format).await;
        let job = ids(&b.h, &case.organization().id, "JOB#").await.remove(0);
        let values = vec![("org", case.organization().id.clone()), ("job", job)];
        let event = sample("finish-work", &values);
        let all = [0; 3].map(|_| run_as("finish-work", streams::finish_work(b.app(), event.clone())));
        for done in futures::future::join_all(all).await {
            done.unwrap();
        }
        b.drain().await;
        let last = shown(&b, &case, &id).await;
        assert_eq!(
            (&last.body["state"], &last.body["rows"]),
            (&json!("ready"), &json!(MANY + 2))
        );
        let file = b.h.follow(&last.text("/url")).await;
        let rows = match *format {
            "csv" => file.lines().len(),
            _ => file.cells("Members").len(),
        };
        assert_eq!(rows, MANY + 3);
    }
    assert_eq!(
        case.organization().recorded(&b.h, "members.exported").await,
        formats.len()
    );
    recount(&b.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_s3_fails_for_a_while_it_is_tried_again_and_when_it_fails_for_good_that_is_told() {
    let b = Bench::start().await;
    let case = crowded(&b, 3).await;
    for (operation, lasts, state) in [
        (PUT_FILE, 2, "ready"),
        (GET_FILE, 2, "ready"),
        (PUT_FILE, 20, "failed"),
        (GET_FILE, 20, "failed"),
        // The file is there; what is left of its parts is the bucket's to forget.
        (DELETE_FILE, 20, "ready"),
    ] {
        let id = ask(&b, &case, "csv").await;
        b.faults.inject(At::Every(operation), Kind::Rejected, Reach::Call);
        let mut turns = 0;
        while !ids(&b.h, &case.organization().id, "JOB#").await.is_empty() {
            assert!(turns <= 2 * usize::from(MAX_TRIES), "{operation} is tried without end");
            if turns == lasts {
                b.faults.clear();
            }
            let mut stream = b.stream().await;
            while stream.feed(b.app(), Function::FinishWork).await {}
            drop(stream);
            b.h.advance(SignedDuration::from_mins(20));
            b.expire().await.unwrap();
            turns += 1;
        }
        b.faults.clear();
        let last = shown(&b, &case, &id).await;
        assert_eq!(last.body["state"], state, "{operation} {lasts}");
        assert_eq!(last.body["url"].is_string(), state == "ready");
    }
    assert_eq!(case.organization().recorded(&b.h, "members.exported").await, 3);
    assert!(b.faults.count(TRANSACT) == 0);
    recount(&b.h).await;
}

/// S3 refuses a piece with a checksum where its upload was begun without the name of one.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_uploaded_without_checksums_and_deleted_with_one() {
    let b = Bench::start().await;
    let files = b.app().files().unwrap();
    let name = "exports/org_0351gb06UonDD6Qk3DjTVL/pieces.csv".to_owned();
    b.faults.clear();
    let upload = files.begin(&name, "text/csv").await.unwrap();
    let piece = files.piece(&name, &upload, 1, b"a,b".to_vec()).await.unwrap();
    files.finish(&name, &upload, &[piece]).await.unwrap();
    files.put(&name, b"c,d".to_vec()).await.unwrap();
    files.delete(&[name]).await.unwrap();
    let is_checksum = |field: &String| field.contains("checksum") || field == "x-amz-trailer" || field == "content-md5";
    let calls = b.faults.exchanges().into_iter();
    let calls: Vec<(String, bool)> = calls
        .map(|e| (e.operation.clone(), e.fields.iter().any(is_checksum)))
        .collect();
    let put = (PUT_FILE.to_owned(), false);
    let expected = [vec![put; 4], vec![(DELETE_FILE.to_owned(), true)]].concat();
    assert_eq!(calls, expected);
}
