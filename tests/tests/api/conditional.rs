//! Conditional requests: what is changed is what was seen, what is new is new, and what is known is not sent again.

use jiff::SignedDuration;
use muster_tests::harness::{Harness, Organization, invitation};
use muster_tests::{Answer, Persona, recount};
use reqwest::Method;
use serde_json::{Value, json};

/// Something under a path, and how it is changed there.
struct Thing {
    who: Persona,
    method: Method,
    path: String,
    bodies: [Option<Value>; 2],
    /// Where it is shown, if anywhere; else its changes show it.
    shown: Option<String>,
}

impl Thing {
    async fn send(&self, h: &Harness, body: usize, headers: &[(&str, &str)]) -> Answer {
        h.send(
            Some(&self.who),
            self.method.clone(),
            &self.path,
            self.bodies[body].as_ref(),
            headers,
        )
        .await
    }

    /// The tag of what is there.
    async fn tag(&self, h: &Harness) -> String {
        let answer = match &self.shown {
            Some(path) => self.who.get(h, path).await,
            None => self.send(h, 0, &[]).await,
        };
        answer.expect(200).header("etag").expect("a tag").to_owned()
    }
}

fn tag(answer: &Answer) -> String {
    answer.header("etag").expect("a tag").to_owned()
}

/// Everything that is changed under a path of its own.
async fn things(h: &Harness) -> (Organization, Vec<Thing>) {
    let acme = Organization::make(h).await;
    let pat = acme.join(h, "pat", "program_admin", &["spring"]).await;
    let invitation = acme.invite(h, "gus@acme.example", "participant", &[]).await;
    let contact = acme.path("/contacts/ann");
    let body = |name: &str| json!({ "email": "ann@x.example", "name": name });
    acme.owner.put(h, &contact, &body("Ann")).await.expect(201);
    h.backend.drained().await;
    let thing = |who: &Persona, method: Method, path: String, bodies: [Value; 2], shown: Option<String>| Thing {
        who: who.clone(),
        method,
        path,
        bodies: bodies.map(Some),
        shown,
    };
    let member = acme.path(&format!("/members/{}", pat.id()));
    let grant = |role: &str| json!({ "role": role });
    let things = vec![
        thing(
            &acme.owner,
            Method::PATCH,
            acme.path(""),
            [json!({ "name": "One" }), json!({ "name": "Two" })],
            Some(acme.path("")),
        ),
        thing(
            &h.platform(),
            Method::PUT,
            acme.path("/plan"),
            [json!({ "seat_limit": 50 }), json!({ "seat_limit": 60 })],
            None,
        ),
        thing(
            &h.platform(),
            Method::PUT,
            acme.path("/suspension"),
            ["One", "Two"].map(|reason| json!({ "reason": reason, "at": "2999-12-31T00:00:00Z" })),
            None,
        ),
        thing(
            &acme.owner,
            Method::PATCH,
            acme.path(&format!("/invitations/{invitation}")),
            [json!({ "message": "One" }), json!({ "message": "Two" })],
            Some(acme.path(&format!("/invitations/{invitation}"))),
        ),
        thing(
            &acme.owner,
            Method::PATCH,
            member.clone(),
            [json!({ "bio": "One" }), json!({ "bio": "Two" })],
            Some(member.clone()),
        ),
        thing(
            &acme.owner,
            Method::PUT,
            format!("{member}/grants/program/spring"),
            [grant("program_admin"), grant("program_facilitator")],
            Some(member),
        ),
        thing(
            &acme.owner,
            Method::PUT,
            acme.path("/resources/program/spring"),
            [json!({ "name": "One" }), json!({ "name": "Two" })],
            None,
        ),
        thing(&acme.owner, Method::PUT, contact, [body("One"), body("Two")], None),
    ];
    (acme, things)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_made_only_to_what_its_condition_names() {
    let h = Harness::start().await;
    let (_, things) = things(&h).await;
    for thing in &things {
        let what = format!("{} {}", thing.method, thing.path);
        let seen = thing.tag(&h).await;
        let refused = async |headers: &[(&str, &str)]| {
            thing.send(&h, 1, headers).await.problem(412, "precondition-failed");
        };
        refused(&[("if-match", "\"0\"")]).await;
        refused(&[("if-match", "\"a,b\"")]).await;
        refused(&[("if-match", "W/\"0\"")]).await;
        refused(&[("if-none-match", "*")]).await;
        refused(&[("if-none-match", &seen)]).await;
        refused(&[("if-none-match", &format!("\"a,b\", W/{seen}"))]).await;
        refused(&[("if-match", &seen), ("if-none-match", "*")]).await;
        assert_eq!(thing.tag(&h).await, seen, "{what}: nothing was changed");
        let changed = thing.send(&h, 1, &[("if-match", &format!("\"a,b\" ,, {seen}"))]).await;
        let now = tag(&changed.expect(200));
        assert_ne!(now, seen, "{what}");
        for old in [seen.clone(), format!("W/{seen}")] {
            thing
                .send(&h, 0, &[("if-match", &old)])
                .await
                .problem(412, "precondition-failed");
        }
        // As it comes back from behind a proxy that compresses.
        let weak = format!("W/{now}");
        let changed = thing.send(&h, 0, &[("if-match", &weak)]).await.expect(200);
        assert!(tag(&changed).starts_with('"'), "{what}: own tags are strong");
        thing
            .send(&h, 1, &[("if-match", &weak)])
            .await
            .problem(412, "precondition-failed");
        thing.send(&h, 0, &[("if-match", "*")]).await.expect(200);
        thing
            .send(&h, 1, &[("if-none-match", &seen), ("if-match", "*")])
            .await
            .expect(200);
    }
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_must_not_be_there_is_made_once_and_what_must_be_is_not_made() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let grant = format!("/members/{}/grants/program/autumn", pat.id());
    for (path, body, made) in [
        ("/resources/program/new".to_owned(), json!({ "name": "New" }), 201),
        ("/contacts/new".to_owned(), json!({ "email": "new@x.example" }), 201),
        (grant, json!({ "role": "program_facilitator" }), 200),
    ] {
        let path = acme.path(&path);
        let put = async |headers: &[(&str, &str)]| {
            h.send(Some(&acme.owner), Method::PUT, &path, Some(&body), headers)
                .await
        };
        put(&[("if-match", "*")]).await.problem(412, "precondition-failed");
        put(&[("if-match", "\"x\"")]).await.problem(412, "precondition-failed");
        put(&[("if-none-match", "*")]).await.expect(made);
        put(&[("if-none-match", "*")]).await.problem(412, "precondition-failed");
        put(&[("if-match", "*")]).await.expect(200);
        acme.owner.delete(&h, &path).await.expect(204);
        put(&[("if-match", "*")]).await.problem(412, "precondition-failed");
        put(&[("if-none-match", "*")]).await.expect(made);
    }
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_deleted_that_was_not_seen() {
    let h = Harness::start().await;
    let (acme, things) = things(&h).await;
    let key = acme.key(&h, &acme.owner, &json!({ "name": "zapier" })).await.id;
    let key = format!("{}/{key}", acme.keys_of(&acme.owner));
    // A plan is not deleted, a suspension not by members, and the last that somebody holds is not taken away so.
    let kept = ["/plan", "/suspension", "/grants/program/spring"];
    let is_deleted = |thing: &&Thing| !kept.iter().any(|end| thing.path.ends_with(end));
    let each = things
        .iter()
        .rev()
        .filter(is_deleted)
        .map(|thing| (&thing.path, Some(thing)));
    for (path, thing) in [(&key, None)].into_iter().chain(each) {
        let seen = match thing {
            Some(thing) => thing.tag(&h).await,
            None => "*".to_owned(),
        };
        let delete =
            async |headers: &[(&str, &str)]| h.send(Some(&acme.owner), Method::DELETE, path, None, headers).await;
        for headers in [
            &[("if-match", "\"x\"")][..],
            &[("if-none-match", "*")],
            &[("if-match", "*"), ("if-none-match", "*")],
        ] {
            delete(headers).await.problem(412, "precondition-failed");
        }
        delete(&[("if-match", &seen)]).await.expect(204);
        // What follows from it changes others.
        h.backend.drained().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tag_of_what_is_gone_is_not_that_of_what_comes_after_it() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = acme.join(&h, "ann", "admin", &[]).await;
    let path = acme.path(&format!("/members/{}", ann.id()));
    let (resource, contact) = (acme.path("/resources/program/new"), acme.path("/contacts/new"));
    let named = json!({ "name": "New" });
    let known = json!({ "email": "new@x.example" });
    let before = [
        tag(&acme.owner.get(&h, &path).await.expect(200)),
        tag(&acme.owner.put(&h, &resource, &named).await.expect(201)),
        tag(&acme.owner.put(&h, &contact, &known).await.expect(201)),
    ];
    for path in [&path, &resource, &contact] {
        acme.owner.delete(&h, path).await.expect(204);
    }
    h.backend.drained().await;
    let invited = acme.try_invite(&h, &invitation(ann.email(), "admin", &[])).await;
    if invited.expect(201).body["added"] == json!([]) {
        let token = h.invitation_token(ann.email()).await;
        ann.accept(&h, &token).await.expect(200);
    }
    let after = [
        tag(&acme.owner.get(&h, &path).await.expect(200)),
        tag(&acme.owner.put(&h, &resource, &named).await.expect(201)),
        tag(&acme.owner.put(&h, &contact, &known).await.expect(201)),
    ];
    let changes = [
        (Method::PATCH, &path, json!({ "bio": "Other" })),
        (Method::PUT, &resource, json!({ "name": "Other" })),
        (Method::PUT, &contact, json!({ "email": "other@x.example" })),
    ];
    for (((method, path, body), before), after) in changes.into_iter().zip(before).zip(after) {
        assert_ne!(before, after, "{path}");
        let send = async |tag: &str| {
            let headers = [("if-match", tag)];
            h.send(Some(&acme.owner), method.clone(), path, Some(&body), &headers)
                .await
        };
        send(&before).await.problem(412, "precondition-failed");
        send(&after).await.expect(200);
    }
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_responses_that_differ_never_have_one_tag_and_derived_state_prevents_no_change() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.allow_helpers(&h).await;
    let helper = acme.helper(&h, "helper").await;
    let invitation = acme.invite(&h, "gus@acme.example", "participant", &[]).await;
    let member = acme.path(&format!("/members/{}", helper.id()));
    let watched = [
        (acme.path(""), json!({ "name": "Other" })),
        (
            acme.path(&format!("/invitations/{invitation}")),
            json!({ "message": "Other" }),
        ),
        (acme.path("/members/me"), json!({ "bio": "Other" })),
        (member, json!({ "bio": "Other" })),
    ];
    let mut seen: Vec<Vec<(String, Value)>> = vec![Vec::new(); watched.len()];
    for turn in 0..5 {
        for ((path, _), seen) in watched.iter().zip(&mut seen) {
            let now = acme.owner.get(&h, path).await.expect(200);
            seen.push((tag(&now), now.body));
        }
        match turn {
            // Seats, and the way of the mail.
            0 => drop(acme.invite(&h, "new@acme.example", "admin", &[]).await),
            1 => {
                h.backend.drained().await;
            }
            // When they were last seen.
            2 => {
                h.advance(SignedDuration::from_mins(61));
                helper.get(&h, &acme.path("")).await.expect(200);
            }
            // The role that is over.
            3 => h.advance(SignedDuration::from_hours(24 * 32)),
            _ => {}
        }
    }
    for ((path, _), seen) in watched.iter().zip(&seen) {
        assert!(
            seen.iter().any(|(tag, _)| *tag != seen[0].0),
            "{path} shows no difference"
        );
        for (tag, body) in seen {
            for (other, shown) in seen {
                assert_eq!(tag == other, body == shown, "{path}: {body:#} {shown:#}");
            }
        }
    }
    // The role of the last one was over, and it was not for somebody to change by then.
    for ((path, body), seen) in watched.iter().zip(&seen).take(3) {
        let (first, _) = &seen[0];
        let headers = [("if-match", first.as_str())];
        let changed = h
            .send(Some(&acme.owner), Method::PATCH, path, Some(body), &headers)
            .await;
        // An invitation's time is up by then.
        let expected: &[u16] = if path.contains("/invitations/") { &[409] } else { &[200] };
        assert!(expected.contains(&changed.status), "{path}: {:#}", changed.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_caller_has_already_is_not_sent_again() {
    let h = Harness::start().await;
    let (acme, _) = things(&h).await;
    let key = acme.path(&format!("/members/{}/api-keys", acme.owner.id()));
    let paths = [
        acme.path(""),
        acme.path("/roles"),
        acme.path("/resources"),
        acme.path("/members"),
        acme.path("/members/me"),
        acme.path("/contacts"),
        acme.path("/invitations"),
        key,
        "/openapi.json".to_owned(),
        "/.well-known/authzen-configuration".to_owned(),
    ];
    acme.owner.get(&h, &acme.path("")).await.expect(200);
    for path in paths {
        let get = async |headers: &[(&str, &str)]| h.send(Some(&acme.owner), Method::GET, &path, None, headers).await;
        let seen = tag(&get(&[]).await.expect(200));
        assert!(seen.starts_with('"'), "{path}: {seen}");
        for same in [
            seen.clone(),
            format!("W/{seen}"),
            format!("\"x\", {seen}"),
            "*".to_owned(),
        ] {
            let answer = get(&[("if-none-match", &same)]).await.expect(304);
            assert_eq!((tag(&answer), &answer.body), (seen.clone(), &Value::Null), "{path}");
            assert!(answer.header("content-type").is_none(), "{path}");
            assert!(answer.header("cache-control").is_some(), "{path}");
        }
        get(&[("if-none-match", "\"x\", \"a,b\"")]).await.expect(200);
        get(&[("if-match", &seen)]).await.expect(200);
        get(&[("if-match", "*")]).await.expect(200);
        get(&[("if-match", "\"x\"")]).await.problem(412, "precondition-failed");
        get(&[("if-none-match", "x")])
            .await
            .problem(400, "malformed-if-none-match");
        get(&[("if-match", "\"x\" y")]).await.problem(400, "malformed-if-match");
    }
    // Who may not see it learns nothing of it by a condition.
    let stranger = h.person("stranger");
    for headers in [&[("if-none-match", "*")], &[("if-match", "*")]] {
        h.send(Some(&stranger), Method::GET, &acme.path(""), None, headers)
            .await
            .problem(404, "not-found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_condition_tells_nothing_of_what_is_out_of_sight() {
    let h = Harness::start().await;
    let (acme, _) = things(&h).await;
    let sam = acme.join(&h, "sam", "program_sponsor", &["spring"]).await;
    let contact = json!({ "email": "other@x.example" });
    for headers in [&[("if-none-match", "*")], &[("if-match", "*")]] {
        for (path, body) in [
            ("/contacts/ann", Some(&contact)),
            ("/contacts/none", Some(&contact)),
            ("/contacts/ann", None),
            ("/contacts/none", None),
        ] {
            let method = if body.is_some() { Method::PUT } else { Method::DELETE };
            h.send(Some(&sam), method, &acme.path(path), body, headers)
                .await
                .problem(403, "forbidden");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_grant_is_given_in_the_state_that_was_read_of_the_member() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let member = acme.path(&format!("/members/{}", pat.id()));
    let grant = format!("{member}/grants/program/autumn");
    let role = json!({ "role": "participant" });
    let read = acme.owner.get(&h, &member).await.expect(200);
    let tag = read.header("etag").unwrap().to_owned();
    let put = async |name: &str, value: &str| {
        let headers = [(name, value)];
        h.send(Some(&acme.owner), Method::PUT, &grant, Some(&role), &headers)
            .await
    };
    let lowered = json!({ "role": "program_facilitator" });
    let spring = format!("{member}/grants/program/spring");
    acme.owner.put(&h, &spring, &lowered).await.expect(200);
    put("if-match", &tag).await.problem(412, "precondition-failed");
    let read = acme.owner.get(&h, &member).await.expect(200);
    let tag = read.header("etag").unwrap().to_owned();
    put("if-match", &tag).await.expect(200);
    put("if-match", &tag).await.problem(412, "precondition-failed");
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_condition_on_a_grant_tells_nothing_of_members_out_of_sight() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let ada = acme.join(&h, "ada", "admin", &[]).await;
    let nobody = h.person("nobody");
    let role = json!({ "role": "participant" });
    for headers in [&[("if-match", "\"x\"")], &[("if-match", "*")]] {
        for id in [ada.id(), nobody.id()] {
            let path = acme.path(&format!("/members/{id}/grants/program/spring"));
            h.send(Some(&pat), Method::PUT, &path, Some(&role), headers)
                .await
                .problem(404, "not-found");
        }
    }
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_anyway_is_refused_for_its_own_reason() {
    let h = Harness::start().await;
    let (acme, things) = things(&h).await;
    let sam = acme.join(&h, "sam", "program_sponsor", &["spring"]).await;
    for thing in things {
        let thing = Thing {
            who: sam.clone(),
            ..thing
        };
        let what = format!("{} {}", thing.method, thing.path);
        let plain = thing.send(&h, 1, &[]).await;
        assert!([403, 404].contains(&plain.status), "{what}: {}", plain.status);
        for headers in [&[("if-match", "\"0\"")], &[("if-none-match", "*")]] {
            let refused = thing.send(&h, 1, headers).await;
            assert_eq!(
                (refused.status, &refused.body["type"]),
                (plain.status, &plain.body["type"]),
                "{what}"
            );
        }
    }
    recount(&h).await;
}
