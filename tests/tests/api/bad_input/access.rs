//! The routes of the access standard: bad requests are 400 here, and what is not known is left unread.

use super::bodies::no_json;
use super::takers::Taker;
use super::{Ground, is_problem, names_field};
use serde_json::{Value, json};

fn asked(g: &Ground) -> Value {
    let subject = json!({ "type": "user", "id": g.member.id(), "properties": { "organization": g.acme.id } });
    json!({ "subject": subject, "action": { "name": "content:read", "properties": {} },
        "resource": { "type": "program", "id": "spring", "properties": {} }, "context": {} })
}

const fn asking(path: &'static str, requires: bool) -> Taker {
    Taker {
        method: "POST",
        path,
        platform: false,
        good: asked,
        requires,
        can_be_left_out: false,
    }
}

/// The routes; whether a route requires anything is whether an empty object is refused.
pub(super) const ASKERS: [Taker; 10] = [
    asking("/access/v1/evaluation", true),
    asking("/access/v1/evaluations", true),
    asking("/access/v1/search/subject", true),
    asking("/access/v1/search/resource", true),
    asking("/access/v1/search/action", true),
    asking("/v1/organizations/{org}/access/v1/evaluation", true),
    asking("/v1/organizations/{org}/access/v1/evaluations", true),
    asking("/v1/organizations/{org}/access/v1/search/subject", true),
    asking("/v1/organizations/{org}/access/v1/search/resource", true),
    asking("/v1/organizations/{org}/access/v1/search/action", true),
];

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_json_or_no_object_is_a_bad_request() {
    let g = Ground::make().await;
    for taker in &ASKERS {
        for (what, body) in no_json() {
            let answer = g.json(taker, body).await;
            is_problem(&answer, &[400], &format!("{what} to {}", taker.path));
            assert!(answer.text("/type").ends_with("/malformed-json"), "{what}");
        }
        for body in [json!(null), json!(7), json!("text"), json!([]), json!([asked(&g)])] {
            let answer = g.json(taker, body.to_string()).await;
            is_problem(&answer, &[400], &format!("{body} to {}", taker.path));
            assert_eq!(answer.faults(), [(String::new(), "wrong_type".to_owned())]);
        }
        for media_type in [None, Some("text/plain"), Some("application/jsonp")] {
            let answer = g.send(taker, media_type, asked(&g).to_string()).await;
            is_problem(&answer, &[400], taker.path);
            assert!(
                answer.text("/type").ends_with("/unsupported-media-type"),
                "{media_type:?}"
            );
        }
        let padded = format!("{}{}", asked(&g), " ".repeat(64 * 1024));
        is_problem(&g.json(taker, padded).await, &[413], taker.path);
    }
    g.stands().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_part_that_is_missing_or_of_another_type_is_named() {
    let g = Ground::make().await;
    for taker in &ASKERS {
        assert_eq!(
            taker.requires,
            g.json(taker, "{}").await.status == 400,
            "{}",
            taker.path
        );
        for (part, name) in [
            ("subject", "type"),
            ("subject", "id"),
            ("action", "name"),
            ("resource", "type"),
            ("resource", "id"),
        ] {
            let unread = match taker.path.rsplit('/').next() {
                Some("subject") => ("subject", "id") == (part, name),
                Some("resource") => ("resource", "id") == (part, name),
                Some("action") => part == "action",
                _ => false,
            };
            let field = format!("{part}.{name}");
            let mut missing = asked(&g);
            missing[part].as_object_mut().unwrap().remove(name);
            let wrongs = [json!(7), json!(null), json!([]), json!({}), json!(true)].map(|wrong| {
                let mut body = asked(&g);
                body[part][name] = wrong;
                body
            });
            for body in wrongs.into_iter().chain([missing]) {
                let answer = g.json(taker, body.to_string()).await;
                if unread {
                    assert!([200, 403].contains(&answer.status), "{} {body}", taker.path);
                } else {
                    is_problem(&answer, &[400], &format!("{} {body}", taker.path));
                    names_field(&answer, &field, taker.path);
                }
            }
        }
        for part in ["subject", "resource"] {
            for wrong in [json!("x"), json!(7), json!([]), json!(true)] {
                let mut body = asked(&g);
                body[part]["properties"] = wrong;
                let answer = g.json(taker, body.to_string()).await;
                is_problem(&answer, &[400], taker.path);
                names_field(&answer, &format!("{part}.properties"), taker.path);
            }
        }
        for wrong in [json!("x"), json!(7), json!([]), json!(true)] {
            let mut body = asked(&g);
            body["context"] = wrong;
            let answer = g.json(taker, body.to_string()).await;
            is_problem(&answer, &[400], taker.path);
            names_field(&answer, "context", taker.path);
        }
    }
    g.stands().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_known_is_left_unread_wherever_it_stands() {
    let g = Ground::make().await;
    for taker in &ASKERS {
        let mut body = asked(&g);
        for part in [
            "",
            "/subject",
            "/action",
            "/resource",
            "/subject/properties",
            "/context",
        ] {
            let object = body.pointer_mut(part).unwrap();
            for name in ["nonsense", "__proto__", "", "na\u{0}me", "dry_run"] {
                object[name] = json!({ "x": [1, null, { "y": "z" }] });
            }
        }
        let answer = g.json(taker, body.to_string()).await;
        assert_eq!(answer.status, 200, "{} {:#}", taker.path, answer.body);
    }
    g.stands().await;
}
