use super::*;
use crate::id::{NUMBER_DIGITS, Registration};
use crate::resource::ResourceKey;

fn key_id() -> KeyId {
    KeyId {
        owner: UserId::from_bytes([1; 16]),
        number: 5,
    }
}

fn role(id: &str) -> RoleId {
    id.parse().unwrap()
}

fn resource(id: &str) -> ResourceRef {
    ResourceRef {
        key: ResourceKey {
            kind: "program".parse().unwrap(),
            id: id.parse().unwrap(),
        },
        registration: Registration::from_bytes([id.as_bytes()[0]; 16]),
    }
}

fn key(secret: &Secret) -> ApiKey {
    ApiKey {
        id: key_id(),
        organization: secret.organization(),
        name: "zapier".parse().unwrap(),
        limits: Limits::default(),
        hash: secret.hash(),
        previous: None,
        made_by: key_id().owner,
        known_by: KnownBy::default(),
        created_at: at("2026-03-01T00:00:00Z"),
        expires_at: None,
        revoked_at: None,
        last_used_at: None,
        version: 1,
    }
}

fn secret(random: u128) -> Secret {
    Secret::new(key_id(), OrganizationId::from_bytes([2; 16]), random)
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn a_key_has_one_id_which_is_stored_and_shown_alike() {
    let shown = key_id().to_string();
    assert_eq!(shown.len(), KeyId::PREFIX.len() + 22 + NUMBER_DIGITS);
    assert!(shown.starts_with("key_") && shown.ends_with("00000000005"), "{shown}");
    assert_eq!(format!("{:?}", key_id()), shown);
    assert_eq!(serde_json::to_value(key_id()).unwrap(), shown);
    let (owner, number) = shown.split_at(26);
    for other in [
        format!("{owner}0{number}"),
        format!("{owner}{}", &number[1..]),
        format!("{owner}-{}", &number[1..]),
        shown.replacen("key_", "usr_", 1),
    ] {
        assert!(other.parse::<KeyId>().is_err(), "{other}");
    }
}

#[test]
fn limits_leave_what_counts_and_lies_on_a_resource_of_theirs() {
    let (spring, autumn) = (resource("spring"), resource("autumn"));
    let on_spring = Limits {
        resources: vec![spring.clone()],
        ..Limits::default()
    };
    let ceiling = |resources: Vec<ResourceRef>| Limits {
        resources,
        ceiling: Some(vec![Holding {
            role: role("runner"),
            resource: Some(spring.clone()),
        }]),
        ..Limits::default()
    };
    let (capped, capped_elsewhere) = (ceiling(vec![]), ceiling(vec![autumn.clone()]));
    let whole = Limits::default();
    for (limits, id, on, covered, reached) in [
        (&whole, "runner", Some(&autumn), true, true),
        (&whole, "admin", None, true, true),
        // A role on the organization is held on each resource.
        (&on_spring, "admin", None, true, true),
        (&on_spring, "runner", Some(&spring), true, true),
        (&on_spring, "runner", Some(&autumn), true, false),
        (&capped, "runner", Some(&spring), true, true),
        (&capped, "runner", Some(&autumn), false, false),
        (&capped, "sponsor", Some(&spring), false, false),
        (&capped, "runner", None, false, false),
        (&capped_elsewhere, "runner", Some(&spring), true, false),
        (&capped_elsewhere, "runner", Some(&autumn), false, false),
    ] {
        let (role, asked) = (role(id), format!("{limits:?} {id} {on:?}"));
        assert_eq!(limits.cover(&role, on), covered, "{asked}");
        assert_eq!(limits.reach(&role, on), reached, "{asked}");
    }
}

#[test]
fn a_key_opens_with_its_secret_and_until_its_instant_with_the_one_before() {
    let until = at("2026-03-11T00:00:00Z");
    let (present, former) = (secret(1), secret(2));
    let rotated = ApiKey {
        previous: Some((former.hash(), until)),
        ..key(&present)
    };
    let doubled = ApiKey {
        previous: Some((present.hash(), until)),
        ..key(&present)
    };
    for (key, given, now, opens) in [
        (&rotated, &present, "2026-03-10T23:59:59Z", true),
        (&rotated, &former, "2026-03-10T23:59:59Z", true),
        (&rotated, &former, "2026-03-11T00:00:00Z", false),
        (&rotated, &present, "2026-03-11T00:00:00Z", true),
        (&rotated, &secret(3), "2026-03-10T23:59:59Z", false),
        (&doubled, &present, "2026-03-10T23:59:59Z", true),
    ] {
        assert_eq!(key.matches_secret(given, at(now)), opens, "{given:?} {now}");
    }
}

#[test]
fn a_use_is_noted_once_an_hour() {
    let used = |last: Option<&str>| ApiKey {
        last_used_at: last.map(at),
        ..key(&secret(1))
    };
    for (last, stale) in [
        (None, true),
        (Some("2026-03-10T11:00:00Z"), true),
        (Some("2026-03-10T11:00:01Z"), false),
        (Some("2026-03-10T12:00:00Z"), false),
    ] {
        assert_eq!(used(last).use_is_stale(at("2026-03-10T12:00:00Z")), stale, "{last:?}");
    }
}
