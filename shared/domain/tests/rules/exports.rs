//! Exporting the list of people: who may export, and the states of an export.

use crate::team::*;
use muster_domain::api_key::Limits;
use muster_domain::export::{ExportRequest, Format, State};
use muster_domain::job::Exporting;
use muster_domain::people::Selection;
use muster_domain::rules::exports::{
    ExportRefusal, ask, check_may_export, failed, grown, may_go_on, ready, record, show,
};
use muster_domain::{ApiKey, DecisionContext, EntityRef, Export, Job, Member, Organization, Timestamp, Work};
use serde_json::json;

fn wanted() -> ExportRequest {
    ExportRequest {
        format: Format::Csv,
        timezone: "Europe/Paris".parse().unwrap(),
        filter: Selection {
            status: Some("active".into()),
            ..Selection::default()
        },
        sources: false,
        subjects: false,
    }
}

/// The export that this member asks for, in person.
fn asked(member: &Member) -> Export {
    ask(&scene(&organization(), member), wanted(), &mut ids()).unwrap().0
}

fn through<'a>(key: &'a ApiKey, scene: DecisionContext<'a>) -> DecisionContext<'a> {
    DecisionContext {
        key: Some(key),
        ..scene
    }
}

pub(crate) fn limited_to_spring(owner: &Member) -> ApiKey {
    let limits = Limits {
        resources: vec![reference("spring")],
        ..Limits::default()
    };
    ApiKey {
        limits,
        ..crate::keys::own(owner).0
    }
}

fn a_day_later() -> Timestamp {
    at("2026-03-11T12:00:00Z")
}

#[test]
fn only_a_member_who_sees_all_members_exports_the_list() {
    let acme = organization();
    for (role, may) in [
        ("owner", true),
        ("admin", true),
        ("implementation_admin", true),
        ("program_admin", false),
        ("program_facilitator", false),
        ("program_sponsor", false),
        ("participant", false),
    ] {
        let member = holder("member", role);
        let scene = scene(&acme, &member);
        assert_eq!(check_may_export(&scene).is_ok(), may, "{role}");
        assert_eq!(ask(&scene, wanted(), &mut ids()).is_ok(), may, "{role}");
    }
    let admin = holder("ann", "admin");
    let key = limited_to_spring(&admin);
    let refused = check_may_export(&through(&key, scene(&acme, &admin)));
    assert_eq!(refused, Err(ExportRefusal::Forbidden), "not everybody is on spring");
}

#[test]
fn an_export_that_is_asked_for_runs_for_a_day_as_a_job() {
    let (acme, admin) = (organization(), holder("ann", "admin"));
    let key = crate::keys::own(&admin).0;
    for (scene, by_key) in [
        (scene(&acme, &admin), None),
        (through(&key, scene(&acme, &admin)), Some(key.id)),
    ] {
        let (export, changes) = ask(&scene, wanted(), &mut ids()).unwrap();
        let expected = Export {
            id: export.id,
            organization: acme.id,
            by: admin.id,
            key: by_key,
            wanted: wanted(),
            state: State::Running,
            rows: 0,
            created_at: now(),
            expires_at: a_day_later(),
            version: 1,
        };
        assert_eq!(export, expected);
        let work = Work::Export {
            export: export.id,
            stage: Exporting::Read {
                after: None,
                parts: Vec::new(),
            },
            tries: 0,
            not_before: None,
        };
        let job = changes.jobs[0].after.clone().unwrap();
        assert_eq!(job, Job::new(job.id, acme.id, work, now()));
        let new = (changes.exports[0].before.as_ref(), changes.exports[0].after.as_ref());
        assert_eq!(new, (None, Some(&export)));
        assert!(changes.events.is_empty(), "nothing has left yet");
    }
}

#[test]
fn what_leaves_is_recorded_with_who_took_it_and_of_whom() {
    let (acme, admin) = (organization(), holder("ann", "admin"));
    let key = crate::keys::own(&admin).0;
    for (scene, actor) in [
        (scene(&acme, &admin), EntityRef::user(admin.id)),
        (through(&key, scene(&acme, &admin)), EntityRef::api_key(key.id)),
    ] {
        let event = record(&scene, &wanted(), 12, &mut ids());
        let told = json!({ "format": "csv", "timezone": "Europe/Paris", "filter": { "status": "active" },
            "subjects": false, "rows": 12 });
        assert_eq!((event.kind.as_str(), event.actor), ("members.exported", actor));
        assert_eq!((event.subject, event.at), (EntityRef::organization(acme.id), now()));
        assert_eq!((event.before, event.after), (None, Some(told)));
    }
}

#[test]
fn an_export_is_shown_to_its_requester_until_its_end() {
    let (acme, ann, bob) = (organization(), holder("ann", "admin"), holder("bob", "admin"));
    let export = asked(&ann);
    let shown = |scene: &DecisionContext<'_>| show(scene, Some(export.clone()));
    assert_eq!(shown(&scene(&acme, &ann)), Ok(export.clone()));
    assert_eq!(shown(&scene(&acme, &bob)), Err(ExportRefusal::NotFound));
    let last = later(scene(&acme, &ann), "2026-03-11T11:59:59Z");
    assert_eq!(shown(&last), Ok(export.clone()));
    let over = later(scene(&acme, &ann), "2026-03-11T12:00:00Z");
    assert_eq!(shown(&over), Err(ExportRefusal::NotFound));
    assert_eq!(show(&scene(&acme, &ann), None), Err(ExportRefusal::NotFound));
    for (joined_at, expected) in [
        (export.created_at, Ok(export.clone())),
        (at("2026-03-10T12:00:00.000000001Z"), Err(ExportRefusal::NotFound)),
    ] {
        let back = Member {
            joined_at,
            ..ann.clone()
        };
        assert_eq!(shown(&scene(&acme, &back)), expected, "in another membership");
    }
    let lowered = holder("ann", "participant");
    assert_eq!(shown(&scene(&acme, &lowered)), Err(ExportRefusal::Forbidden));
    let key = limited_to_spring(&ann);
    assert_eq!(shown(&through(&key, scene(&acme, &ann))), Err(ExportRefusal::Forbidden));
}

#[test]
fn an_export_goes_on_while_its_requester_still_may_the_same_way() {
    let (acme, ann) = (organization(), holder("ann", "admin"));
    let key = crate::keys::own(&ann).0;
    let other_key = crate::keys::made(&ann, &ann, &[], Some(a_day_later())).unwrap().0;
    let other_key = ApiKey {
        id: muster_domain::KeyId {
            number: key.id.number + 1,
            ..key.id
        },
        ..other_key
    };
    let revoked = ApiKey {
        revoked_at: Some(now()),
        ..key.clone()
    };
    let deleted = Organization {
        deleted_at: Some(now()),
        ..organization()
    };
    let (lowered, resting) = (holder("ann", "participant"), inactive(holder("ann", "admin")));
    let in_person = asked(&ann);
    let by_key = Export {
        key: Some(key.id),
        ..in_person.clone()
    };
    let whole = scene(&acme, &ann);
    for (what, scene, export, goes_on) in [
        ("in person", whole, &in_person, true),
        ("through the key", through(&key, whole), &by_key, true),
        ("another way", through(&key, whole), &in_person, false),
        ("without the key", whole, &by_key, false),
        ("through another key", through(&other_key, whole), &by_key, false),
        ("through a revoked key", through(&revoked, whole), &by_key, false),
        (
            "in a deleted organization",
            self::scene(&deleted, &ann),
            &in_person,
            false,
        ),
        ("with another role", self::scene(&acme, &lowered), &in_person, false),
        ("while inactive", self::scene(&acme, &resting), &in_person, false),
    ] {
        assert_eq!(may_go_on(&scene, export), goes_on, "{what}");
    }
}

#[test]
fn rows_add_up_and_the_end_is_one_version_on_with_a_day_to_fetch_the_file() {
    let (acme, ann) = (organization(), holder("ann", "admin"));
    let before = Export {
        version: 3,
        ..grown(&grown(&asked(&ann), 20), 5)
    };
    assert_eq!((before.rows, grown(&before, 0).version), (25, 4));
    let scene = later(scene(&acme, &ann), "2026-03-10T18:00:00Z");
    let changes = ready(&scene, &before, &mut ids());
    assert_eq!(
        (one_version_on(&changes), kinds(&changes)),
        (1, vec!["members.exported"])
    );
    assert_eq!(changes.events[0].after.as_ref().unwrap()["rows"], 25);
    let after = changes.exports[0].after.clone().unwrap();
    let expected = Export {
        state: State::Ready,
        expires_at: at("2026-03-11T18:00:00Z"),
        version: 4,
        ..before.clone()
    };
    assert_eq!(after, expected);
    let changes = failed(&before);
    assert_eq!((one_version_on(&changes), changes.events.len()), (1, 0));
    let expected = Export {
        state: State::Failed,
        version: 4,
        ..before
    };
    assert_eq!(changes.exports[0].after, Some(expected));
}
