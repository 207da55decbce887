//! The limits, with the numbers of the documents.

use muster_domain::organization::{DEFAULT_INVITATION_DAYS, RESTORE_DAYS};
use muster_domain::rules::{bulk, deletion, expiry, keys, members, organizations, pace, resources, work};
use muster_domain::{api_key, email, export, job, member, resource, search};

#[test]
fn each_limit_is_the_number_that_the_documents_give() {
    let table = [
        ("rows of a bulk action", bulk::MAX_ROWS as i64, 100),
        ("addresses of one invitation request", email::MAX_EMAILS as i64, 20),
        ("resources of an invitation", resource::MAX_RESOURCES as i64, 50),
        ("grants of a member", member::MAX_GRANTS as i64, 64),
        ("grants that one PATCH changes", members::MAX_GRANT_CHANGES as i64, 64),
        ("keys of a member", i64::from(api_key::MAX_KEYS), 20),
        (
            "hours of an overlap, unless given",
            i64::from(keys::DEFAULT_OVERLAP_HOURS),
            24,
        ),
        ("hours of an overlap", i64::from(keys::MAX_OVERLAP_HOURS), 168),
        ("characters of a search", search::MAX_QUERY as i64, 200),
        ("deletions under way", resources::MAX_ENDING as i64, 100),
        ("deletions of one member", resources::MAX_ENDING_EACH as i64, 50),
        (
            "deletions with those of owners",
            resources::MAX_ENDING_OWNED as i64,
            150,
        ),
        ("mails to one address", pace::MAX_PER_RECIPIENT as i64, 5),
        ("hours for which they count", pace::PERIOD.as_hours(), 24),
        ("mails of an organization a day", pace::DEFAULT_MAIL_LIMIT as i64, 1_000),
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
        ("days for a restoration", i64::from(RESTORE_DAYS), 30),
        ("owners who get the last mail", deletion::MAX_FAREWELLS as i64, 50),
        ("minutes of a link to an export", export::LINK_LIFE.as_mins(), 15),
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
        ("things of a slice", work::SLICE as i64, 20),
        ("roles that one change ends", expiry::MAX_ENDED_ROLES as i64, 15),
    ];
    let other: Vec<_> = table
        .into_iter()
        .filter(|(_, limit, documented)| limit != documented)
        .collect();
    assert_eq!(other, []);
}
