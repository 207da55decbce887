//! The sources of roles are for those who manage members: in what they are shown, in exports and in events.

use crate::sources::{earlier, had, key_of, made, through};
use crate::team::*;
use muster_domain::api_key::Limits;
use muster_domain::export::{ExportRequest, Format};
use muster_domain::people::Selection;
use muster_domain::roleset::condition::SentProperties;
use muster_domain::rules::access::{Decision, Question, decide};
use muster_domain::rules::activation::set_status;
use muster_domain::rules::exports::{self, ExportRefusal, shows_sources};
use muster_domain::rules::members::{Holdings, grant_one, remove};
use muster_domain::rules::sources::{SourceDetail, SourceViewer};
use muster_domain::rules::work::end_grants;
use muster_domain::{Member, Organization, Status, Timestamp};
use serde_json::{Value, json};

const HELPER: &str = "implementation_admin";

/// A source as events tell it.
pub(crate) fn told_as(kind: &str, by: &str, at: Timestamp) -> Value {
    json!({ "kind": kind, "invitation": null, "by": user(by), "api_key": null, "at": at })
}

#[test]
fn events_tell_the_sources_of_what_comes_changes_and_goes_and_of_nothing_else() {
    let owner = holder("olivia", "owner");
    let pat = had(somebody(
        "pat",
        Some(held("participant", None)),
        vec![
            grant("spring", "program_admin", None),
            grant("autumn", "program_sponsor", None),
        ],
    ));
    let acme = counted(&[&owner, &pat], &[]);
    let (ctx, key) = (scene(&acme, &owner), key_of(&owner, Limits::default()));
    let old = told_as("added", "somebody", earlier().at);
    let told = |state: &Option<Value>| -> Vec<(String, Option<Value>)> {
        let state = state.as_ref().unwrap();
        let mut all = vec![("all".to_owned(), state.get("role_source").cloned())];
        for grant in state["grants"].as_array().unwrap() {
            all.push((grant["id"].as_str().unwrap().to_owned(), grant.get("source").cloned()));
        }
        all
    };
    let row = |place: &str, source: Option<&Value>| (place.to_owned(), source.cloned());

    let wish = wanted_grant("spring", "program_sponsor", None);
    let (_, changes) = grant_one(&through(&key, ctx), Some(&pat), &wish, &mut ids()).unwrap();
    let new = json!({ "kind": "assigned", "invitation": null, "by": owner.id, "api_key": key.id, "at": now() });
    let event = &changes.events[0];
    let before = [row("all", None), row("autumn", None), row("spring", Some(&old))];
    assert_eq!(told(&event.before), before);
    let changed = [row("all", None), row("autumn", None), row("spring", Some(&new))];
    assert_eq!(told(&event.after), changed);

    let (sponsor, autumn) = (role("program_sponsor"), [found("autumn")]);
    let (_, changes) = made(&ctx, &pat, Holdings::One(wanted(&sponsor, &autumn, None)));
    let event = &changes.events[0];
    let gone = [row("all", Some(&old)), row("autumn", None), row("spring", Some(&old))];
    assert_eq!(told(&event.before), gone);
    assert_eq!(told(&event.after), [row("all", None), row("autumn", None)]);

    let changes = set_status(&ctx, Some(&pat), Status::Inactive, &mut ids()).unwrap();
    let untouched = [row("all", None), row("autumn", None), row("spring", None)];
    let event = &changes.events[0];
    assert_eq!(
        [&event.before, &event.after].map(told),
        [untouched.clone(), untouched].map(Vec::from)
    );

    let changes = remove(&ctx, Some(&pat), &mut ids()).unwrap();
    let all = [
        row("all", Some(&old)),
        row("autumn", Some(&old)),
        row("spring", Some(&old)),
    ];
    assert_eq!(told(&changes.events[0].before), all);

    let changes = end_grants(
        set(),
        &reference("spring"),
        std::slice::from_ref(&pat),
        now(),
        &mut ids(),
    );
    assert_eq!(told(&changes.events[0].before), before);
    assert_eq!(told(&changes.events[0].after), [row("all", None), row("autumn", None)]);
}

/// Somebody who looks, and how much they see of the roles of `pia` on the organization, on spring and on autumn.
type Look = (&'static str, [SourceDetail; 3]);

#[test]
fn those_who_manage_members_there_see_all_of_it_and_members_see_their_own_without_the_giver() {
    use SourceDetail::{Full, Hidden, WithoutGiver};
    let acme = organization();
    let places = [None, Some(reference("spring")), Some(reference("autumn"))];
    let seen = |viewer: &SourceViewer<'_>, holder: &Member| -> [SourceDetail; 3] {
        places.each_ref().map(|on| viewer.detail(holder.id, on.as_ref()))
    };
    let pia = holder("pia", "participant");
    let others: [Look; 7] = [
        ("owner", [Full, Full, Full]),
        ("admin", [Full, Full, Full]),
        (HELPER, [Full, Full, Full]),
        ("program_admin", [Hidden, Full, Hidden]),
        ("program_facilitator", [Hidden, Full, Hidden]),
        ("program_sponsor", [Hidden, Hidden, Hidden]),
        ("participant", [Hidden, Hidden, Hidden]),
    ];
    let own: [Look; 7] = [
        ("owner", [Full, Full, Full]),
        ("admin", [Full, Full, Full]),
        (HELPER, [Full, Full, Full]),
        ("program_admin", [WithoutGiver, Full, WithoutGiver]),
        ("program_facilitator", [WithoutGiver, Full, WithoutGiver]),
        ("program_sponsor", [WithoutGiver, Full, WithoutGiver]),
        ("participant", [WithoutGiver, WithoutGiver, WithoutGiver]),
    ];
    for ((role, of_others), (_, of_own)) in others.into_iter().zip(own) {
        let viewer = holder("viewer", role);
        let in_person = scene(&acme, &viewer);
        let read_only = key_of(
            &viewer,
            Limits {
                read_only: true,
                ..Limits::default()
            },
        );
        let sight = SourceViewer::of(&in_person);
        assert_eq!(
            (seen(&sight, &pia), seen(&sight, &viewer)),
            (of_others, of_own),
            "{role}"
        );
        // A read-only key manages no members, and sees its owner's own roles as they do.
        let reads = SourceViewer::of(&through(&read_only, in_person));
        assert_eq!(
            (seen(&reads, &pia), seen(&reads, &viewer)),
            ([Hidden; 3], of_own),
            "{role}"
        );
        let asleep = inactive(viewer.clone());
        let sight = SourceViewer::of(&scene(&acme, &asleep));
        assert_eq!(seen(&sight, &pia), [Hidden; 3], "{role}");
        assert_eq!(seen(&sight, &asleep), [WithoutGiver; 3], "{role}");
    }
    // A key that is limited to some of the roles shows its owner nothing of the others.
    let (admin, sam) = (holder("ada", "admin"), holder("sam", "program_sponsor"));
    let on_spring = |owner: &Member| {
        let resources = vec![reference("spring")];
        key_of(
            owner,
            Limits {
                resources,
                ..Limits::default()
            },
        )
    };
    for (owner, expected) in [(&admin, [Hidden, Full, Hidden]), (&sam, [Hidden; 3])] {
        let key = on_spring(owner);
        let sight = SourceViewer::of(&through(&key, scene(&acme, owner)));
        assert_eq!(seen(&sight, &pia), expected);
        assert_eq!(seen(&sight, owner), expected);
    }
    assert_eq!(seen(&SourceViewer::Platform, &pia), [Full; 3]);
}

#[test]
fn an_export_shows_sources_to_those_who_manage_all_members() {
    let acme = organization();
    for (role, shown) in [
        ("owner", true),
        ("admin", true),
        ("program_admin", false),
        ("program_sponsor", false),
    ] {
        assert_eq!(shows_sources(&scene(&acme, &holder("viewer", role))), shown, "{role}");
    }
    let admin = holder("viewer", "admin");
    let reads = Limits {
        read_only: true,
        ..Limits::default()
    };
    let read_only = key_of(&admin, reads);
    assert!(!shows_sources(&through(&read_only, scene(&acme, &admin))));
    // Whoever manages members no longer gets no file that has them.
    let wanted = ExportRequest {
        format: Format::Csv,
        timezone: "UTC".parse().unwrap(),
        filter: Selection::default(),
        sources: true,
        subjects: false,
    };
    let in_person = scene(&acme, &admin);
    let (export, _) = exports::ask(&in_person, wanted, &mut ids()).unwrap();
    let reading = through(&read_only, in_person);
    assert!(exports::may_go_on(&in_person, &export));
    assert_eq!(exports::show(&in_person, Some(export.clone())), Ok(export.clone()));
    assert_eq!(exports::show(&reading, Some(export)), Err(ExportRefusal::Forbidden));
}

#[test]
fn a_decision_knows_where_the_role_that_allows_it_came_from() {
    let acme = organization();
    let mut pat = somebody(
        "pat",
        Some(held("participant", None)),
        vec![
            grant("autumn", "program_admin", None),
            grant("spring", "program_admin", None),
        ],
    );
    pat.grants[1].held.source = Some(earlier());
    let both = had(somebody("ada", Some(held("admin", None)), vec![]));
    let by = |acme: &Organization, member: &Member, program: &str| {
        let on = reference(program);
        let question = Question {
            organization: acme,
            set: set(),
            member,
            key: None,
            action: "content:read",
            resource: Some(&on),
            properties: SentProperties::default(),
            now: now(),
        };
        match decide(&question) {
            Decision::Allowed(granting) => granting.source(member),
            denied => panic!("{denied:?}"),
        }
    };
    assert_eq!(by(&acme, &pat, "spring"), Some(earlier()));
    assert_eq!(by(&acme, &pat, "autumn"), None);
    assert_eq!(by(&acme, &both, "autumn"), Some(earlier()));
}
