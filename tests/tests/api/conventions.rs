//! What holds on every route: problems, request ids, cursors, entity tags.

use muster_functions::routes::{ROUTES, Route, Trait};
use muster_tests::harness::{Harness, Organization};
use muster_tests::shortcuts::named;
use muster_tests::{Answer, Snapshot, deployment, recount};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn what_no_route_takes_is_a_problem_too() {
    let h = Harness::start().await;
    for path in [
        "/",
        "/v1",
        "/v2/organizations",
        "/v1/organizations/",
        "/v1/organizations/x/nothing",
        "//v1//organizations",
    ] {
        let found = h.send(None, Method::GET, path, None, &[]).await;
        let found = found.problem(404, "not-found");
        assert_eq!(found.body["status"], 404, "{path}");
    }
}

#[tokio::test]
async fn another_method_is_answered_with_those_there_are() {
    let h = Harness::start().await;
    for (method, path, allow) in [
        (Method::DELETE, "/v1/organizations", "GET, HEAD, OPTIONS, POST"),
        (
            Method::PUT,
            "/v1/organizations/org_x",
            "DELETE, GET, HEAD, OPTIONS, PATCH",
        ),
        (Method::GET, "/v1/organizations/org_x/plan", "OPTIONS, PUT"),
        (Method::HEAD, "/v1/organizations/org_x/plan", "OPTIONS, PUT"),
        (Method::PATCH, "/v1/invitations/abc", "GET, HEAD, OPTIONS"),
        (Method::GET, "/v1/invitations/abc/accept", "OPTIONS, POST"),
        (
            Method::POST,
            "/v1/organizations/org_x/members/usr_x",
            "DELETE, GET, HEAD, OPTIONS, PATCH",
        ),
        (Method::POST, "/openapi.json", "GET, HEAD, OPTIONS"),
        // What has a path of its own is nobody's member.
        (Method::PUT, "/v1/organizations/org_x/members/remove", "OPTIONS, POST"),
        (
            Method::PUT,
            "/v1/organizations/org_x/members/export",
            "GET, HEAD, OPTIONS",
        ),
        (
            Method::PUT,
            "/v1/organizations/org_x/invitations/cancel",
            "OPTIONS, POST",
        ),
    ] {
        let is_head = method == Method::HEAD;
        let refused = h.send(None, method, path, None, &[]).await;
        assert_eq!(refused.header("allow"), Some(allow), "{path}");
        if is_head {
            assert_eq!((refused.status, refused.body), (405, Value::Null), "{path}");
        } else {
            refused.problem(405, "method-not-allowed");
        }
        let told = h.send(None, Method::OPTIONS, path, None, &[]).await.expect(204);
        assert_eq!(told.header("allow"), Some(allow), "{path}");
    }
    h.send(None, Method::OPTIONS, "/nothing", None, &[])
        .await
        .problem(404, "not-found");
}

/// Paths that are read, with somebody who may.
async fn read_paths(h: &Harness) -> (Organization, Vec<String>) {
    let acme = Organization::make(h).await;
    let pat = acme.join(h, "pat", "program_admin", &["spring"]).await;
    let invitation = acme.invite(h, "a@x.example", "participant", &[]).await;
    let token = h.invitation_token("a@x.example").await;
    let wanted = json!({ "format": "csv" });
    let export = acme
        .owner
        .post(h, &acme.path("/exports"), &wanted)
        .await
        .expect(202)
        .text("/id");
    h.backend.drained().await;
    let paths = ROUTES.iter().filter(|route| route.method == "GET").map(|route| {
        let path = route.path.replace("{org}", &acme.id).replace("{member}", &pat.id());
        let path = path.replace("{invitation}", &invitation).replace("{token}", &token);
        let path = path
            .replace("{export}", &export)
            .replace("/team/{file}", "/team/licenses.txt");
        path.replace("{file}", "index.html")
    });
    let paths = paths.collect();
    (acme, paths)
}

#[tokio::test(flavor = "multi_thread")]
async fn head_is_answered_as_get_is_without_a_body() {
    let h = Harness::start().await;
    let (acme, paths) = read_paths(&h).await;
    // What follows by itself has followed.
    acme.owner.get(&h, &acme.path("")).await.expect(200);
    for path in paths {
        for (who, query) in [(Some(&acme.owner), ""), (None, ""), (Some(&acme.owner), "?nonsense=1")] {
            let path = format!("{path}{query}");
            let get = h.send(who, Method::GET, &path, None, &[]).await;
            let head = h.send(who, Method::HEAD, &path, None, &[]).await;
            assert_eq!(head.status, get.status, "{path}");
            assert_eq!(head.body, Value::Null);
            let changing = ["x-request-id", "apigw-requestid", "date"];
            // A link is another one each time, a file has the instant in it, and each problem its request's id.
            let is_new = get.status >= 400 || path.contains("/export");
            for name in get.headers.keys() {
                let told = |answer: &Answer| answer.headers.get_all(name).iter().cloned().collect::<Vec<_>>();
                let is_new = is_new && ["etag", "content-length", "content-disposition"].contains(&name.as_str());
                if !changing.contains(&name.as_str()) && !is_new {
                    assert_eq!(told(&head), told(&get), "{name} of {path}");
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn head_changes_nothing_whatever_get_does() {
    let h = Harness::start().await;
    let (acme, paths) = read_paths(&h).await;
    // That the owner is here is noted by now.
    acme.owner.get(&h, &acme.path("")).await.expect(200);
    h.backend.drained().await;
    let before = Snapshot::of(&h).await;
    for path in paths {
        let head = h.send(Some(&acme.owner), Method::HEAD, &path, None, &[]).await;
        assert!(head.status < 400, "{path}: {}", head.status);
    }
    h.backend.drained().await;
    before.assert_unchanged(&h, "HEAD").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parameter_that_is_not_known_is_refused_on_every_route_and_nothing_is_done() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let invitation = acme.invite(&h, "a@x.example", "participant", &[]).await;
    let token = h.invitation_token("a@x.example").await;
    h.backend.drained().await;
    let (before, mails) = (Snapshot::of(&h).await, h.backend.mail().len());
    // The identity provider leads back to the team page with a query of its own.
    let knows = |route: &&Route| route.path.starts_with('/') && !route.has(Trait::IsTeamPage);
    for route in ROUTES.iter().filter(knows) {
        let path = route.path.replace("{org}", &acme.id).replace("{member}", &pat.id());
        let path = path.replace("{invitation}", &invitation).replace("{token}", &token);
        let path = path.replace("{type}", "program").replace("{id}", "spring");
        let path = path.replace("{contact}", "ann").replace("{file}", "index.html");
        for method in route.methods() {
            for (query, name) in [
                ("dry_run=true", "dry_run"),
                ("nonsense", "nonsense"),
                ("Limit=1", "Limit"),
                ("=1", ""),
                ("limit%00=1", "limit\0"),
            ] {
                let method: Method = method.parse().unwrap();
                let body = json!({ "emails": "new@x.example", "role": "participant" });
                let body = Some(&body).filter(|_| !["GET", "HEAD"].contains(&method.as_str()));
                let path = format!("{path}?{query}");
                let is_head = method == Method::HEAD;
                let what = format!("{method} {path}");
                let answer = h.send(Some(&acme.owner), method, &path, body, &[]).await;
                assert_eq!(answer.status, 400, "{what}: {:#}", answer.body);
                if !is_head {
                    let faults = answer.problem(400, "invalid-query").faults();
                    assert_eq!(faults, named(&[(name, "unknown_parameter")]), "{what}");
                }
            }
        }
    }
    before.assert_unchanged(&h, "unknown parameters").await;
    assert_eq!(h.backend.mail().len(), mails);
    let refused = acme
        .owner
        .post(&h, &acme.path("/invitations?dry_run=true"), &json!({}))
        .await;
    let told = refused.problem(400, "invalid-query").text("/errors/0/detail");
    assert!(told.contains("body"), "{told}");
}

#[tokio::test]
async fn a_body_that_is_too_large_of_another_type_or_no_json_is_refused_as_such() {
    let h = Harness::start().await;
    let ann = h.person("ann");
    let url = format!("{}/v1/organizations", h.backend.base_url());
    let send = async |media: Option<&str>, body: Vec<u8>| {
        let mut request = h.http().post(&url).bearer_auth(ann.token(&h)).body(body);
        if let Some(media) = media {
            request = request.header("content-type", media);
        }
        h.answered(request).await
    };
    let json = Some("application/json");
    send(json, vec![b' '; 65 * 1024]).await.problem(413, "body-too-large");
    send(json, vec![b' '; 11 * 1024 * 1024])
        .await
        .problem(413, "body-too-large");
    let good = br#"{"name":"Acme","role_set":"program-delivery"}"#.to_vec();
    for media in [
        None,
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        Some("multipart/form-data"),
        Some("application/jsonx"),
    ] {
        send(media, good.clone()).await.problem(415, "unsupported-media-type");
    }
    for bad in [&b"{"[..], b"", b"{} {}", b"\xff\xfe", b"{\"a\":1e999}", b"nul"] {
        send(json, bad.to_vec()).await.problem(400, "malformed-json");
    }
    for bad in ["[]", "null", "\"x\"", "1"] {
        send(json, bad.into()).await.problem(422, "invalid-request");
    }
    send(Some("Application/JSON; charset=utf-8"), good).await.expect(201);
}

#[tokio::test]
async fn every_reply_has_its_request_id_and_problems_repeat_it() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let mut seen = std::collections::BTreeSet::new();
    let stranger = h.person("stranger");
    for (who, path) in [
        (Some(&acme.owner), acme.path("")),
        (Some(&acme.owner), acme.path("/members?limit=0")),
        (Some(&stranger), acme.path("")),
        (None, acme.path("")),
        (None, "/nothing".to_owned()),
        (None, "/openapi.json".to_owned()),
    ] {
        let reply = h.send(who, Method::GET, &path, None, &[]).await;
        let id = reply.header("x-request-id").expect("an id").to_owned();
        assert!(!id.is_empty());
        if reply.status >= 400 {
            assert_eq!(reply.body["request_id"], json!(id), "{path}");
        }
        assert!(seen.insert(id), "each has its own");
    }
}

#[tokio::test]
async fn no_answer_is_kept_by_caches_or_read_as_another_type() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    for path in [acme.path(""), acme.path("/members"), "/nothing".to_owned()] {
        let reply = acme.owner.get(&h, &path).await;
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    }
    let refused = h.send(None, Method::GET, &acme.path(""), None, &[]).await;
    let refused = refused.problem(401, "unauthorized");
    assert!(refused.header("www-authenticate").unwrap().starts_with("Bearer"));
}

#[tokio::test]
async fn the_document_comes_packed_to_those_alone_who_take_it_so() {
    let h = Harness::start().await;
    let whole: Value = serde_json::from_str(&deployment::file("infra/openapi.json")).unwrap();
    for (takes, packed) in [
        (None, false),
        (Some("br"), false),
        (Some("gzip;q=0"), false),
        (Some("gzip; q=0.0, br"), false),
        (Some("gzip;Q=0"), false),
        (Some("gzip;q=0.0;x=1"), false),
        (Some("gzip;q=-1"), false),
        (Some("xgzip, identity"), false),
        (Some("gzip"), true),
        (Some("br, GZIP;q=0.5"), true),
    ] {
        let mut request = h.http().get(format!("{}/openapi.json", h.backend.base_url()));
        if let Some(takes) = takes {
            request = request.header("accept-encoding", takes);
        }
        let answer = request.send().await.unwrap();
        let field = |name: &str| answer.headers().get(name).map(|v| v.to_str().unwrap().to_owned());
        assert_eq!(
            field("content-encoding"),
            packed.then(|| "gzip".to_owned()),
            "{takes:?}"
        );
        assert_eq!(field("vary").as_deref(), Some("accept-encoding"));
        assert_eq!(field("content-type").as_deref(), Some("application/json"));
        let body = answer.bytes().await.unwrap();
        let document: Value = if packed {
            serde_json::from_reader(flate2::read::GzDecoder::new(body.as_ref())).unwrap()
        } else {
            serde_json::from_slice(&body).unwrap()
        };
        assert_eq!(document, whole, "{takes:?}");
    }
}

/// Lists of an organization with two rows or more.
async fn lists(h: &Harness, acme: &Organization) -> Vec<String> {
    acme.invite(h, "a@x.example", "participant", &[]).await;
    acme.invite(h, "b@x.example", "participant", &[]).await;
    ["/members", "/invitations", "/resources", "/events"]
        .iter()
        .map(|p| acme.path(p))
        .collect()
}

#[tokio::test]
async fn limits_are_1_to_100_and_unknown_or_repeated_parameters_are_named() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let mut paths = lists(&h, &acme).await;
    paths.extend(["/v1/organizations".to_owned(), "/v1/invitations".to_owned()]);
    for path in paths {
        for bad in ["0", "101", "-1", "x", "", "1.5", "99999999999999999999"] {
            let refused = acme.owner.get(&h, &format!("{path}?limit={bad}")).await;
            let refused = refused.problem(400, "invalid-query");
            assert_eq!(refused.faults(), named(&[("limit", "out_of_range")]), "{path} {bad}");
        }
        for good in [1, 100] {
            acme.owner.get(&h, &format!("{path}?limit={good}")).await.expect(200);
        }
        let refused = acme.owner.get(&h, &format!("{path}?limit=1&limit=2&page=3")).await;
        assert_eq!(
            refused.problem(400, "invalid-query").faults(),
            named(&[("limit", "repeated_parameter"), ("page", "unknown_parameter")])
        );
    }
}

#[tokio::test]
async fn a_cursor_is_good_for_its_own_list_alone_and_not_when_altered() {
    let h = Harness::start().await;
    let (acme, other) = (Organization::make(&h).await, Organization::make(&h).await);
    let paths = lists(&h, &acme).await;
    let others = lists(&h, &other).await;
    let mut cursors = Vec::new();
    for path in &paths {
        let page = acme.owner.get(&h, &format!("{path}?limit=1")).await.expect(200);
        cursors.push(page.text("/next_cursor"));
    }
    for (i, cursor) in cursors.iter().enumerate() {
        assert!(!cursor.contains("MEMBER") && !cursor.contains('#'), "opaque: {cursor}");
        let own = format!("{}?cursor={cursor}", paths[i]);
        acme.owner.get(&h, &own).await.expect(200);
        let altered = if cursor.starts_with('A') { "B" } else { "A" }.to_owned() + &cursor[1..];
        let mut foreign: Vec<String> = paths.iter().chain(&others).map(ToString::to_string).collect();
        foreign.remove(i);
        let wrong = foreign.iter().map(|path| format!("{path}?cursor={cursor}"));
        let bad = [altered.as_str(), "x", "", &cursor[..cursor.len() - 1]].map(|c| format!("{}?cursor={c}", paths[i]));
        for path in wrong.chain(bad) {
            let refused = acme.owner.get(&h, &path).await.problem(400, "invalid-query");
            assert_eq!(refused.faults(), named(&[("cursor", "invalid_cursor")]), "{path}");
        }
    }
    let filtered = format!("{}?status=ended&cursor={}", paths[1], cursors[1]);
    acme.owner.get(&h, &filtered).await.problem(400, "invalid-query");
}

#[tokio::test]
async fn if_match_lets_only_those_change_a_thing_who_saw_it_as_it_is() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let id = acme.invite(&h, "a@x.example", "participant", &[]).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    h.backend.drained().await;
    let spring = json!([{ "type": "program", "id": "spring" }]);
    for (path, bodies) in [
        (acme.path(""), [json!({ "name": "One" }), json!({ "name": "Two" })]),
        (
            acme.invitation(&id, ""),
            [json!({ "message": "One" }), json!({ "message": "Two" })],
        ),
        (
            acme.path(&format!("/members/{}", pat.id())),
            [
                json!({ "role": "program_facilitator", "resources": spring }),
                json!({ "role": "program_sponsor", "resources": spring }),
            ],
        ),
    ] {
        let patch = async |body: &Value, tag: &str| {
            let headers = [("if-match", tag)];
            h.send(Some(&acme.owner), Method::PATCH, &path, Some(body), &headers)
                .await
        };
        let read = acme.owner.get(&h, &path).await.expect(200);
        let seen = read.header("etag").expect("an entity tag").to_owned();
        let changed = patch(&bodies[0], &seen).await.expect(200);
        let now = changed.header("etag").unwrap().to_owned();
        assert_ne!(now, seen);
        assert_eq!(
            acme.owner.get(&h, &path).await.header("etag"),
            Some(now.as_str()),
            "{path}"
        );
        let before = acme.owner.get(&h, &path).await.body;
        patch(&bodies[1], &seen).await.problem(412, "precondition-failed");
        patch(&bodies[1], &format!("W/{seen}"))
            .await
            .problem(412, "precondition-failed");
        for malformed in ["x", "\"", "1", ""] {
            patch(&bodies[1], malformed).await.problem(400, "malformed-if-match");
        }
        assert_eq!(acme.owner.get(&h, &path).await.body, before, "nothing was changed");
        patch(&bodies[1], &format!("{seen}, {now}")).await.expect(200);
        patch(&bodies[0], "*").await.expect(200);
        acme.owner.patch(&h, &path, &bodies[1]).await.expect(200);
    }
    recount(&h).await;
}
