//! What each sample in `events/` speaks of, brought about; and the functions that take them.

use crate::Persona;
use crate::calls::run_as;
use crate::harness::{Harness, Organization};
use crate::samples::{Values, ids, invite, join, sample, waiting_token};
use jiff::{SignedDuration, Timestamp};
use muster_edge::App;
use muster_functions::routes::{ROUTES, call};
use muster_functions::{schedule, streams};
use serde_json::{Value, json};

/// Runs a function as Lambda does at a cold start, and expects what its sample is to be answered with; gives the body.
///
/// # Panics
/// If it answers otherwise.
pub async fn run(h: &Harness, binary: &str, event: &Value) -> Value {
    let known = h.backend.app();
    let app = App::new(known.config().clone(), known.sdk(), known.clock().clone());
    match binary {
        "expire" => {
            let done = run_as(binary, schedule::expire(&app, event.clone(), Timestamp::MAX))
                .await
                .unwrap();
            assert_eq!(done["complete"], true, "{done}");
            assert_eq!(done["left"], 0, "{done}");
            done
        }
        "note-feedback" => {
            let noted = run_as(binary, streams::note_feedback(&app, event.clone())).await;
            assert_eq!(noted.unwrap(), Value::Null);
            Value::Null
        }
        "deliver-mail" | "finish-work" => {
            let event = event.clone();
            let done = match binary {
                "deliver-mail" => run_as(binary, streams::deliver_mail(&app, event)).await,
                _ => run_as(binary, streams::finish_work(&app, event)).await,
            };
            assert_eq!(done.unwrap(), json!({ "batchItemFailures": [] }), "{binary}");
            Value::Null
        }
        _ => {
            assert!(
                ROUTES.iter().any(|route| route.binary == binary),
                "{binary} has no route: tell `run` in tests/src/prepared.rs how it is run and what it answers"
            );
            let request = lambda_http::request::from_str(&event.to_string()).unwrap();
            let reply = run_as(binary, call(binary, &app, request)).await;
            let status = reply.status().as_u16();
            let body = String::from_utf8_lossy(reply.body());
            let expected = match binary {
                // Rarely, somebody who is a member already: the invitation ends.
                "accept-invitation" if body.contains("/already-member") => 409,
                "create-organization" | "create-invitations" | "create-api-key" | "add-member" => 201,
                "create-export" => 202,
                "get-docs" => 302,
                "not-found" => 404,
                _ if event["requestContext"]["http"]["method"] == "DELETE" => 204,
                "decline-invitation" => 204,
                _ => 200,
            };
            assert_eq!(
                status, expected,
                "{binary}: is `events/{binary}.json` complete, does `prepared` in tests/src/prepared.rs bring about what it names, and \
                 does `run` there expect the right status? {body}"
            );
            serde_json::from_str(&body).unwrap_or_default()
        }
    }
}

/// How usual the case of a sample is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// As it usually is.
    Usual,
    /// As it is now and then.
    Rare,
    /// As it is once in the life of an organization.
    Once,
}

/// Brings about what a sample speaks of, in an organization of its own; nothing where a function has no such case.
pub async fn prepared(h: &Harness, binary: &str, case: Case) -> Option<Values> {
    let rare = case == Case::Rare;
    const SOMETIMES: &[&str] = &[
        "create-invitations",
        "resend-invitation",
        "resend-invitations",
        "change-members-role",
        "update-member",
        "transfer-ownership",
        "put-grant",
        "delete-grant",
        "add-member",
        "accept-invitation",
        "deliver-mail",
        "finish-work",
    ];
    match case {
        Case::Rare if !SOMETIMES.contains(&binary) => return None,
        Case::Once if binary != "finish-work" => return None,
        _ => {}
    }
    let acme = Organization::make(h).await;
    let mut values: Values = vec![("org", acme.id.clone())];
    let caller = match binary {
        "create-invitations" | "add-member" if rare => {
            invite(h, &acme, "ann@x.example", "participant", &[]).await;
            h.advance(SignedDuration::from_hours(24 * 8));
            acme.owner.clone()
        }
        // Ann is a contact with an account, who is added at once.
        "create-invitations" | "add-member" => {
            let body = json!({ "email": "ann@x.example", "subject": "ann" });
            h.platform()
                .put(h, &acme.path("/contacts/ann"), &body)
                .await
                .expect(201);
            acme.owner.clone()
        }
        "get-invitation" | "update-invitation" | "cancel-invitation" | "resend-invitation" | "cancel-invitations"
        | "resend-invitations" => {
            let invited = invite(h, &acme, "pat@acme.example", "program_admin", &["spring"]).await;
            values.push(("invitation", invited.text("/invitations/0/id")));
            if rare {
                h.advance(SignedDuration::from_hours(24 * 8));
                h.expire().await;
            }
            acme.owner.clone()
        }
        "list-my-invitations" | "preview-invitation" | "accept-invitation" | "decline-invitation" => {
            // Each has an address of its own, so that only one invitation waits there. An owner changes the count of owners.
            let guest = h.person(&own(&acme, binary));
            invite(h, &acme, guest.email(), "owner", &[]).await;
            let token = waiting_token(h, &guest).await;
            values.push(("invitation_token", token));
            if rare {
                // With another address, they are a member already.
                let other = guest.clone().with_email(&format!("other-{}", guest.email()), true);
                invite(h, &acme, other.email(), "admin", &[]).await;
                let token = waiting_token(h, &other).await;
                let path = format!("/v1/invitations/{token}/accept");
                other.post(h, &path, &json!({})).await.expect(200);
            }
            guest
        }
        "get-member"
        | "update-member"
        | "remove-member"
        | "activate-members"
        | "deactivate-members"
        | "change-members-role"
        | "remove-members" => {
            let member = member(h, &acme, binary, rare).await;
            values.push(("member", member.id()));
            acme.owner.clone()
        }
        "transfer-ownership" => {
            // A facilitator of programs, which the receiver keeps; rarely to one who is an owner already.
            let role = if rare { "owner" } else { "program_admin" };
            let programs: &[&str] = if rare { &[] } else { &["spring"] };
            let member = join(h, &acme, &own(&acme, binary), role, programs).await;
            values.push(("member", member.id()));
            acme.owner.clone()
        }
        "name-paying-owner" => {
            values.push(("owner", acme.owner.id()));
            acme.owner.clone()
        }
        "restore-organization" => {
            acme.owner.delete(h, &acme.path("")).await.expect(204);
            acme.owner.clone()
        }
        "resume-organization" => {
            let body = json!({ "reason": "The plan has ended" });
            h.platform().put(h, &acme.path("/suspension"), &body).await.expect(200);
            acme.owner.clone()
        }
        "create-api-key" | "list-api-keys" | "revoke-api-key" | "rotate-api-key" | "verify-api-key" => {
            let member = join(h, &acme, &own(&acme, binary), "program_admin", &["spring"]).await;
            values.push(("member", member.id()));
            let made = acme.key(h, &member, &json!({ "name": "made before" })).await;
            values.extend([("key", made.id), ("secret", made.secret)]);
            acme.owner.clone()
        }
        "put-grant" | "delete-grant" => {
            let member = member(h, &acme, binary, rare).await;
            // A grant that is taken away, or replaced.
            let before = match binary {
                "delete-grant" => Some("program_facilitator"),
                _ => (!rare).then_some("program_sponsor"),
            };
            if let Some(role) = before {
                let path = acme.path(&format!("/members/{}/grants/program/autumn", member.id()));
                acme.owner.put(h, &path, &json!({ "role": role })).await.expect(200);
            }
            values.push(("member", member.id()));
            acme.owner.clone()
        }
        "evaluate-access" | "evaluate-access-batch" | "search-actions" => {
            let member = member(h, &acme, binary, rare).await;
            values.push(("member", member.id()));
            acme.owner.clone()
        }
        // Somebody who may anywhere.
        "search-resources" => {
            values.push(("member", acme.owner.id()));
            acme.owner.clone()
        }
        "put-resource" => {
            let path = acme.path("/resources/program/spring");
            let body = json!({ "name": "Another name" });
            acme.owner.put(h, &path, &body).await.expect(200);
            acme.owner.clone()
        }
        "put-contact" | "delete-contact" => {
            let body = json!({ "email": "lee@y.example", "name": "Lee" });
            acme.owner.put(h, &acme.path("/contacts/ann"), &body).await.expect(201);
            acme.owner.clone()
        }
        "expire" => {
            invite(h, &acme, "late@acme.example", "program_admin", &["spring"]).await;
            h.advance(SignedDuration::from_hours(24 * 8));
            acme.owner.clone()
        }
        "deliver-mail" | "note-feedback" => {
            invite(h, &acme, "post@acme.example", "program_admin", &["spring"]).await;
            values.push(("mail", one(ids(h, &acme.id, "MAIL#").await)));
            if rare {
                // Of a deleted organization it is held.
                acme.owner.delete(h, &acme.path("")).await.expect(204);
            }
            acme.owner.clone()
        }
        // Rarely an export, whose file takes other calls.
        "finish-work" if rare => {
            values.push(("job", export(h, &acme).await.1));
            acme.owner.clone()
        }
        "get-export" => {
            let (id, job) = export(h, &acme).await;
            let done: Values = vec![("org", acme.id.clone()), ("job", job)];
            run(h, "finish-work", &sample("finish-work", &done)).await;
            values.push(("export", id));
            acme.owner.clone()
        }
        // Thirty days after its deletion, an organization is erased.
        "finish-work" if case == Case::Once => {
            acme.owner.delete(h, &acme.path("")).await.expect(204);
            values.push(("job", one(ids(h, &acme.id, "JOB#").await)));
            run(h, "finish-work", &sample("finish-work", &values)).await;
            h.advance(SignedDuration::from_hours(24 * 31));
            h.expire().await;
            acme.owner.clone()
        }
        "finish-work" => {
            join(h, &acme, &own(&acme, "worker"), "program_admin", &["spring"]).await;
            invite(h, &acme, "later@acme.example", "participant", &["spring"]).await;
            let path = acme.path("/resources/program/spring");
            acme.owner.delete(h, &path).await.expect(204);
            values.push(("job", one(ids(h, &acme.id, "JOB#").await)));
            acme.owner.clone()
        }
        _ => acme.owner.clone(),
    };
    // Long enough since the caller was last seen that it is noted again.
    h.advance(SignedDuration::from_hours(2));
    values.push(("token", token(h, binary, &caller)));
    Some(values)
}

/// The name of somebody whom no other organization knows, however often a sample is prepared.
fn own(acme: &Organization, name: &str) -> String {
    format!("{name}-{}", acme.id.to_lowercase())
}

/// An export that is asked for, and its job.
async fn export(h: &Harness, acme: &Organization) -> (String, String) {
    // By last activity, which is in an index of its own.
    let wanted = json!({ "format": "csv", "filter": { "sort": "-last_active" } });
    let asked = acme.owner.post(h, &acme.path("/exports"), &wanted).await.expect(202);
    (asked.text("/id"), one(ids(h, &acme.id, "JOB#").await))
}

/// A member for others to act on.
async fn member(h: &Harness, acme: &Organization, binary: &str, rare: bool) -> Persona {
    // Rarely one who takes a seat by the change, and loses a program.
    let (role, programs): (_, &[&str]) = match rare {
        true => ("participant", &["spring", "autumn"]),
        false => ("program_admin", &["spring"]),
    };
    let member = join(h, acme, &own(acme, binary), role, programs).await;
    if binary == "activate-members" {
        let body = json!({ "members": [member.id()] });
        let path = acme.path("/members/deactivate");
        acme.owner.post(h, &path, &body).await.expect(200);
    }
    member
}

/// The caller's token; a plan is set by the platform, which restores organizations as well.
fn token(h: &Harness, binary: &str, caller: &Persona) -> String {
    match binary {
        "set-plan" | "restore-organization" | "suspend-organization" | "resume-organization" => h.platform().token(h),
        _ => caller.token(h),
    }
}

fn one(mut ids: Vec<String>) -> String {
    assert_eq!(ids.len(), 1, "{ids:?}");
    ids.remove(0)
}
