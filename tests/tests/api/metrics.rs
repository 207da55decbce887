//! What a process counts, and that whatever is watched in CloudWatch is counted somewhere.

use muster_domain::DeliveryEvent;
use muster_edge::Metric;
use muster_functions::routes::ROUTES;
use muster_tests::bench::Bench;
use muster_tests::deployment::file;
use muster_tests::faults::{At, Kind, Reach, SEND_EMAIL, TRANSACT};
use muster_tests::requests::prepare;
use muster_tests::stream::Function;
use muster_tests::stream::hear;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn counted(b: &Bench, metric: Metric) -> u64 {
    b.app().metrics().counted(metric)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conflict_is_counted_and_so_is_a_change_that_is_given_up() {
    let b = Bench::start().await;
    let route = ROUTES.iter().find(|r| r.binary == "put-resource").expect("a route");
    let case = prepare(&b, route).await;
    let both = |b: &Bench| (counted(b, Metric::ConflictsRetried), counted(b, Metric::CommitsRefused));
    let (retried, refused) = both(&b);
    b.faults.inject(At::First(TRANSACT), Kind::Conflict, Reach::Call);
    b.send(&case).await.expect(201);
    assert_eq!(both(&b), (retried + 1, refused));
    b.faults.clear();

    let path = case.organization().path("");
    b.faults.inject(At::Every(TRANSACT), Kind::Conflict, Reach::Rest);
    let renamed = case.owner.patch(&b.h, &path, &json!({ "name": "Another" })).await;
    renamed.problem(409, "conflict");
    assert_eq!(both(&b), (retried + 1 + 9, refused + 1), "ten tries");
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_work_and_sweeps_are_counted() {
    let b = Bench::start().await;
    let route = ROUTES.iter().find(|r| r.binary == "put-resource").expect("a route");
    let mut case = prepare(&b, route).await;
    case.invite(&b, "ann").await;
    b.stream().await.drain(b.app()).await;
    let before = Metric::ALL.map(|metric| counted(&b, metric));
    let more = |metric: Metric| counted(&b, metric) - before[metric as usize];

    case.invite(&b, "bob").await;
    b.faults.inject(At::Every(SEND_EMAIL), Kind::Rejected, Reach::Rest);
    b.stream().await.drain(b.app()).await;
    b.faults.clear();
    let mail = b.h.backend.mail().pop().unwrap();
    for told in [
        DeliveryEvent::Bounced,
        DeliveryEvent::Complained,
        DeliveryEvent::Delivered,
    ] {
        hear(b.app(), mail.event(told, mail.sent_at)).await.unwrap();
    }
    let resend = case.organization().path("/invitations/resend");
    case.owner.post(&b.h, &resend, &Value::Null).await.expect(202);
    b.stream().await.feed(b.app(), Function::FinishWork).await;
    // Of what is resent, nothing holds any more when it is to be sent.
    b.h.advance_days(8);
    b.expire().await.unwrap();
    b.stream().await.drain(b.app()).await;
    let told = [
        Metric::MailFailed,
        Metric::MailBounced,
        Metric::MailComplained,
        Metric::JobsDone,
    ]
    .map(more);
    assert_eq!(told, [1, 1, 1, 1]);
    assert_eq!((more(Metric::MailSent), more(Metric::MailSkipped)), (0, 1));
    assert!(more(Metric::DueProcessed) >= 2, "both invitations have lapsed");
    assert_eq!((more(Metric::DueLeft), more(Metric::SweepsBehind)), (0, 0));

    // A sweep without time.
    case.invite(&b, "cyd").await;
    b.h.advance_days(8);
    let late = muster_functions::schedule::expire(b.app(), json!({}), jiff::Timestamp::UNIX_EPOCH).await;
    assert_eq!(late.unwrap()["complete"], false);
    assert_eq!(more(Metric::SweepsBehind), 1);
}

/// Every text in a template, wherever it stands.
fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| texts(value, found)),
        Value::Object(values) => values.values().for_each(|value| texts(value, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[test]
fn alarms_and_dashboard_watch_what_is_counted_and_all_that_is_counted_is_shown() {
    let operations: Value = serde_saphyr::from_str(&file("infra/operations.yaml")).unwrap();
    let own = json!({ "Fn::Sub": "Muster/${Name}" });
    let resources: Vec<&Value> = operations["Resources"].as_object().unwrap().values().collect();
    let name = |value: &Value| value.as_str().unwrap().to_owned();
    let filtered: BTreeSet<String> = resources
        .iter()
        .filter(|r| r["Type"] == "AWS::Logs::MetricFilter")
        .map(|r| {
            let made = &r["Properties"]["MetricTransformations"][0];
            assert_eq!(made["MetricNamespace"], own);
            name(&made["MetricName"])
        })
        .collect();
    let coded: BTreeSet<String> = Metric::ALL.map(|metric| metric.name().to_owned()).into();
    assert!(filtered.is_disjoint(&coded), "nothing is counted twice");
    let known: BTreeSet<String> = filtered.union(&coded).cloned().collect();

    let watched: BTreeSet<String> = resources
        .iter()
        .map(|r| &r["Properties"])
        .filter(|p| p["Namespace"] == own)
        .map(|p| name(&p["MetricName"]))
        .collect();
    assert!(watched.is_subset(&known), "{watched:?}");
    assert!(watched.contains("SweepsBehind") && watched.contains("MailFailed"));

    let mut all = Vec::new();
    texts(&operations["Resources"]["Dashboard"], &mut all);
    let body = all.into_iter().find(|text| text.contains("widgets")).unwrap();
    let body: Value = serde_json::from_str(&body).unwrap();
    let alarms = operations["Resources"].as_object().unwrap().iter();
    let alarms =
        alarms.filter(|(_, r)| r["Type"] == "AWS::CloudWatch::Alarm" || r["Type"] == "AWS::CloudWatch::CompositeAlarm");
    let alarms: BTreeSet<String> = alarms.map(|(alarm, _)| format!("${{{alarm}.Arn}}")).collect();
    let listed = body["widgets"].as_array().unwrap().iter();
    let listed = listed
        .filter_map(|widget| widget["properties"]["alarms"].as_array())
        .flatten();
    let listed: Vec<String> = listed.map(name).collect();
    assert_eq!(
        listed.iter().cloned().collect::<BTreeSet<_>>(),
        alarms,
        "every alarm, and no other"
    );
    assert_eq!(listed.len(), alarms.len(), "each once");

    let mut shown = BTreeSet::new();
    for widget in body["widgets"].as_array().unwrap() {
        let mut namespace = String::new();
        for metric in widget["properties"]["metrics"].as_array().into_iter().flatten() {
            let Some(first) = metric[0].as_str() else { continue };
            if first != "." && first != "..." {
                namespace = first.to_owned();
            }
            if namespace == "Muster/${Name}" {
                shown.insert(name(&metric[1]));
            }
        }
    }
    assert_eq!(shown, coded, "what functions count, and no other name");

    let template: Value = serde_saphyr::from_str(&file("template.yaml")).unwrap();
    let variables = &template["Globals"]["Function"]["Environment"]["Variables"];
    assert_eq!(
        variables["MUSTER_METRICS"],
        json!({ "Fn::Sub": "Muster/${AWS::StackName}" })
    );
}
