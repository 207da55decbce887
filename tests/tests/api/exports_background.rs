//! Exports that are made in the background, from the request to the link.

use jiff::SignedDuration;
use muster_domain::export::{MAX_TRIES, WORKBOOK_PATIENCE};
use muster_functions::routes::ROUTES;
use muster_functions::routes::exports::AT_ONCE;
use muster_functions::streams;
use muster_local::Options;
use muster_tests::bench::Bench;
use muster_tests::crowd::{Holding, crowd};
use muster_tests::faults::{At, DELETE_FILE, GET_FILE, Kind, PUT_FILE, Reach, TRANSACT};
use muster_tests::harness::{Harness, Organization};
use muster_tests::requests::{Case, prepare};
use muster_tests::samples::{ids, sample};
use muster_tests::stream::Function;
use muster_tests::{Answer, recount};
use serde_json::{Value, json};

/// Members beside the owner: more than a part of the file holds, and more than is answered at once.
const MANY: usize = AT_ONCE + 250;

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
async fn files(h: &Harness, organization: &str, id: &str) -> Vec<String> {
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
    for format in ["csv", "xlsx"] {
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
        let addresses: Vec<String> = match format {
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
        assert_eq!(addresses.len(), MANY + 2);
        let mut once = addresses.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), addresses.len(), "nobody stands there twice");
        assert_eq!(
            files(&b.h, &case.organization().id, &id).await,
            [name],
            "the parts are gone"
        );
    }
    let events = case.organization().events(&b.h).await;
    let recorded: Vec<_> = events.iter().filter(|e| e["kind"] == "members.exported").collect();
    assert_eq!(recorded.len(), 2);
    for event in recorded {
        assert_eq!(event["actor"], json!({ "type": "user", "id": case.owner.id() }));
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
        for n in 0..calls {
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
        b.h.advance(WORKBOOK_PATIENCE);
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
    for format in ["csv", "xlsx"] {
        let id = ask(&b, &case, format).await;
        let job = ids(&b.h, &case.organization().id, "JOB#").await.remove(0);
        let values = vec![("org", case.organization().id.clone()), ("job", job)];
        let event = sample("finish-work", &values);
        let all = [0; 3].map(|_| streams::finish_work(b.app(), event.clone()));
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
        let rows = match format {
            "csv" => file.lines().len(),
            _ => file.cells("Members").len(),
        };
        assert_eq!(rows, MANY + 3);
    }
    assert_eq!(case.organization().recorded(&b.h, "members.exported").await, 2);
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

#[tokio::test]
async fn whoever_no_longer_sees_everybody_gets_no_file() {
    let options = Options {
        timers: false,
        streams: false,
        ..Options::default()
    };
    let h = Harness::with(options).await;
    let mut stream = muster_tests::stream::Stream::open(&h).await;
    let acme = Organization::make(&h).await;
    let path = acme.path("/exports");
    let wanted = json!({ "format": "csv" });
    let ada = muster_tests::samples::join(&h, &acme, "ada", "admin", &[]).await;
    let key = acme.key(&h, &ada, &json!({ "name": "crm" })).await;
    stream.drain(h.backend.app()).await;

    // What is made for a key ends with the key.
    let of_key = key.persona.post(&h, &path, &wanted).await.expect(202).text("/id");
    let revoked = format!("{}/{}", acme.keys_of(&ada), key.id);
    ada.delete(&h, &revoked).await.expect(204);
    // What was made before the demotion is not handed out after it, and what was asked for is not made.
    let ready = ada.post(&h, &path, &wanted).await.expect(202).text("/id");
    stream.drain(h.backend.app()).await;
    let export = |id: &str| acme.path(&format!("/exports/{id}"));
    let state = async |id: &str| ada.get(&h, &export(id)).await.expect(200).body["state"].clone();
    assert_eq!(
        (state(&of_key).await, state(&ready).await),
        (json!("failed"), json!("ready"))
    );
    let running = ada.post(&h, &path, &wanted).await.expect(202).text("/id");
    let demoted = json!({ "role": "program_admin", "resources": [{ "type": "program", "id": "spring" }] });
    let member = acme.path(&format!("/members/{}", ada.id()));
    acme.owner.patch(&h, &member, &demoted).await.expect(200);
    stream.drain(h.backend.app()).await;
    for id in [&of_key, &ready, &running] {
        ada.get(&h, &export(id)).await.problem(403, "forbidden");
        acme.owner.get(&h, &export(id)).await.problem(404, "not-found");
    }
    acme.owner
        .patch(&h, &member, &json!({ "role": "admin" }))
        .await
        .expect(200);
    assert_eq!(state(&running).await, "failed");
    assert!(files(&h, &acme.id, &running).await.is_empty());
    assert_eq!(acme.recorded(&h, "members.exported").await, 1);
}

#[tokio::test]
async fn an_export_is_its_askers_alone_for_a_day() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let other = Organization::of(&h, h.person("oto")).await;
    let asked = acme
        .owner
        .post(&h, &acme.path("/exports"), &json!({ "format": "xlsx" }))
        .await
        .expect(202);
    let id = asked.text("/id");
    h.backend.settled().await;
    let path = acme.path(&format!("/exports/{id}"));
    let ready = acme.owner.get(&h, &path).await.expect(200);
    assert_eq!(ready.body["state"], "ready");
    let ada = acme.join(&h, "ada", "admin", &[]).await;
    ada.get(&h, &path).await.problem(404, "not-found");
    other.owner.get(&h, &path).await.problem(404, "not-found");
    other
        .owner
        .get(&h, &other.path(&format!("/exports/{id}")))
        .await
        .problem(404, "not-found");
    let key = acme.key(&h, &acme.owner, &json!({ "name": "crm" })).await;
    key.persona.get(&h, &path).await.expect(200);

    let link = ready.text("/url");
    assert_eq!(h.follow(&link).await.status, 200);
    assert!(link.contains("X-Amz-Expires=900&"), "{link}");
    let unsigned = link.split('?').next().unwrap();
    for bad in [
        unsigned.to_owned(),
        link.replace("X-Amz-Expires=900", "X-Amz-Expires=9000"),
        link.replace(&id, "exp_0000000000000000000001"),
        link.replace(&acme.id, &other.id),
    ] {
        assert_eq!(h.follow(&bad).await.status, 403, "{bad}");
    }

    h.advance(SignedDuration::from_hours(24));
    acme.owner.get(&h, &path).await.problem(404, "not-found");
}

#[tokio::test]
async fn a_link_opens_nothing_once_its_time_is_over() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let asked = acme
        .owner
        .post(&h, &acme.path("/exports"), &json!({ "format": "csv" }))
        .await
        .expect(202);
    h.backend.settled().await;
    let name = format!(
        "exports/{}/{}/members-{}.csv",
        acme.id,
        asked.text("/id"),
        &asked.text("/created_at")[..10]
    );
    let store = muster_edge::files::Files::new(h.backend.app()).unwrap();
    let life = std::time::Duration::from_secs(15 * 60);
    for (minutes, status) in [(14, 200), (16, 403)] {
        let made = std::time::SystemTime::now() - std::time::Duration::from_secs(minutes * 60);
        let link = store.link(&name, "members.csv", made, life).await.unwrap();
        assert_eq!(h.follow(&link).await.status, status, "made {minutes} minutes ago");
    }
}

#[tokio::test]
async fn a_body_that_cannot_be_is_refused_by_field() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    for (body, field) in [
        (json!({}), "format"),
        (json!({ "format": "pdf" }), "format"),
        (json!({ "format": "csv", "timezone": "Mars/Base" }), "timezone"),
        (
            json!({ "format": "csv", "filter": { "nonsense": 1 } }),
            "filter.nonsense",
        ),
        (json!({ "format": "csv", "filter": [] }), "filter"),
    ] {
        let refused = acme.owner.post(&h, &acme.path("/exports"), &body).await;
        assert_eq!(refused.problem(422, "invalid-request").faults()[0].0, field, "{body}");
    }
}

#[tokio::test]
async fn nothing_is_made_for_a_deleted_organization_and_erasing_it_takes_its_exports_along() {
    let options = Options {
        timers: false,
        streams: false,
        ..Options::default()
    };
    let h = Harness::with(options).await;
    let mut stream = muster_tests::stream::Stream::open(&h).await;
    let acme = Organization::make(&h).await;
    let wanted = json!({ "format": "csv" });
    let asked = acme
        .owner
        .post(&h, &acme.path("/exports"), &wanted)
        .await
        .expect(202)
        .text("/id");
    acme.owner.delete(&h, &acme.path("")).await.expect(204);
    stream.drain(h.backend.app()).await;
    assert!(files(&h, &acme.id, &asked).await.is_empty());
    assert_eq!(ids(&h, &acme.id, "EXPORT#").await, [asked]);
    h.advance(SignedDuration::from_hours(24 * 31));
    h.expire().await;
    stream.drain(h.backend.app()).await;
    assert!(ids(&h, &acme.id, "EXPORT#").await.is_empty());
}
