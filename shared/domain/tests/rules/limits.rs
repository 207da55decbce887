//! The limits, with the numbers of the documents.

use muster_domain::organization::{DEFAULT_INVITATION_DAYS, RESTORE_DAYS};
use muster_domain::rules::{api_keys, bulk, deletion, expiry, members, organizations, pace, resources, work};
use muster_domain::{api_key, email, export, job, member, resource, search};

/// A number as the documents have it.
fn grouped(number: u64) -> String {
    match number {
        0..1_000 => number.to_string(),
        _ => format!("{},{:03}", number / 1_000, number % 1_000),
    }
}

#[test]
fn each_limit_is_the_number_that_the_documents_give() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/API.md");
    let document = std::fs::read_to_string(path).unwrap();
    let said = [
        format!("up to {} selected rows", bulk::MAX_ROWS),
        format!("up to {} addresses", email::MAX_EMAILS),
        format!("offers at most {} resources", resource::MAX_RESOURCES),
        format!("holds at most {}", member::MAX_GRANTS),
        format!("at most {} grants", members::MAX_GRANT_CHANGES),
        format!("at most {} at a time", api_key::MAX_KEYS),
        format!(
            "({} by default, 0 to {})",
            api_keys::DEFAULT_OVERLAP_HOURS,
            api_keys::MAX_OVERLAP_HOURS
        ),
        format!("has at most {} characters", search::MAX_QUERY),
        format!("At most {} resources", resources::MAX_ENDING),
        format!("at most {} of them", resources::MAX_ENDING_EACH),
        format!(
            "Owners have {} more",
            resources::MAX_ENDING_OWNED - resources::MAX_ENDING
        ),
        format!("within {} hours", pace::PERIOD.as_hours()),
        format!("{} emails a day", grouped(pace::DEFAULT_MAIL_LIMIT)),
        format!("For {RESTORE_DAYS} days the platform"),
        format!("Up to {} of its former owners", deletion::MAX_FAREWELLS),
        format!("for {} minutes", export::LINK_LIFE.as_mins()),
    ];
    let unsaid: Vec<_> = said.iter().filter(|said| !document.contains(*said)).collect();
    assert_eq!(unsaid, Vec::<&String>::new());
}

#[test]
fn each_limit_that_no_document_spells_as_a_number_is_what_it_was_chosen_to_be() {
    let table = [
        ("emails to one address", pace::MAX_PER_RECIPIENT as i64, 5),
        ("domains of a plan", organizations::MAX_DOMAINS as i64, 100),
        (
            "days of an invitation, unless set",
            i64::from(DEFAULT_INVITATION_DAYS),
            7,
        ),
        (
            "days of an invitation at least",
            i64::from(*organizations::INVITATION_DAYS.start()),
            1,
        ),
        (
            "days of an invitation at most",
            i64::from(*organizations::INVITATION_DAYS.end()),
            30,
        ),
        ("tries of a slice of an export", i64::from(export::MAX_TRIES), 5),
        (
            "seconds before the second look of a deletion",
            work::IN_FLIGHT_GRACE.as_secs(),
            60,
        ),
        (
            "seconds before a job counts as stalled",
            job::JOB_STALL_TIMEOUT.as_secs(),
            120,
        ),
        ("things of a slice", work::SLICE_SIZE as i64, 20),
        ("roles that one change ends", expiry::MAX_ENDED_ROLES as i64, 15),
    ];
    let other: Vec<_> = table
        .into_iter()
        .filter(|(_, limit, documented)| limit != documented)
        .collect();
    assert_eq!(other, []);
}
