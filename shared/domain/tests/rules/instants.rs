//! Instants as they are written: RFC 3339, and nothing else.

use jiff::Timestamp;
use muster_domain::Instant;
use proptest::prelude::*;

fn read(text: &str) -> Option<Instant> {
    text.parse().ok()
}

fn at(text: &str) -> Instant {
    Instant::At(text.parse().unwrap())
}

#[test]
fn what_rfc_3339_writes_is_read() {
    for (text, canonical) in [
        ("2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z"),
        ("2026-01-31t12:00:00z", "2026-01-31T12:00:00Z"),
        ("2026-01-31T12:00:00+01:00", "2026-01-31T11:00:00Z"),
        ("2026-01-31T12:00:00-00:30", "2026-01-31T12:30:00Z"),
        ("2026-01-31T12:00:00+00:00", "2026-01-31T12:00:00Z"),
        ("2026-01-31T12:00:00-00:00", "2026-01-31T12:00:00Z"),
        ("2026-01-01T00:00:00+23:59", "2025-12-31T00:01:00Z"),
        ("2025-12-31T23:59:59-23:59", "2026-01-01T23:58:59Z"),
        ("2026-01-31T12:00:00.5Z", "2026-01-31T12:00:00.5Z"),
        ("2026-01-31T12:00:00.000000001Z", "2026-01-31T12:00:00.000000001Z"),
        ("2026-01-31T12:00:00.0000000019Z", "2026-01-31T12:00:00.000000001Z"),
        ("2026-01-31T12:00:00.25+01:00", "2026-01-31T11:00:00.25Z"),
        ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"),
        ("0000-02-29T00:00:00Z", "0000-02-29T00:00:00Z"),
        ("2026-01-31T23:59:59Z", "2026-01-31T23:59:59Z"),
    ] {
        assert_eq!(read(text), Some(at(canonical)), "{text}");
    }
    // The RFC's own examples.
    assert_eq!(read("1985-04-12T23:20:50.52Z"), Some(at("1985-04-12T23:20:50.52Z")));
    assert_eq!(read("1996-12-19T16:39:57-08:00"), Some(at("1996-12-20T00:39:57Z")));
    assert_eq!(
        read("1937-01-01T12:00:27.87+00:20"),
        Some(at("1937-01-01T11:40:27.87Z"))
    );
}

#[test]
fn a_leap_second_is_the_first_second_of_the_next_day_and_stands_at_the_end_of_a_month_in_utc() {
    for (text, canonical) in [
        ("1990-12-31T23:59:60Z", "1991-01-01T00:00:00Z"),
        ("1990-12-31T15:59:60-08:00", "1991-01-01T00:00:00Z"),
        ("2016-12-31T23:59:60.5Z", "2017-01-01T00:00:00.5Z"),
        ("2015-07-01T00:59:60+01:00", "2015-07-01T00:00:00Z"),
    ] {
        assert_eq!(read(text), Some(at(canonical)), "{text}");
    }
    for text in [
        "1990-12-30T23:59:60Z",
        "1990-12-31T23:58:60Z",
        "1990-12-31T22:59:60Z",
        "1990-12-31T23:59:60-08:00",
        "1990-12-31T23:59:61Z",
    ] {
        assert_eq!(read(text), None, "{text}");
    }
}

#[test]
fn no_other_way_of_writing_an_instant_is_read() {
    for text in [
        "",
        "tomorrow",
        "now",
        "0",
        "1769860800",
        "2026-01-31",
        "2026-01-31T12:00:00",
        "2026-01-31T12:00Z",
        "2026-01-31T12Z",
        "2026-01-31 12:00:00Z",
        "2026-01-31_12:00:00Z",
        "2026-01-31T12:00:00 Z",
        " 2026-01-31T12:00:00Z",
        "2026-01-31T12:00:00Z ",
        "2026-01-31T12:00:00Z\n",
        "2026-01-31T12:00:00ZZ",
        "2026-01-31T12:00:00Z[Europe/Paris]",
        "2026-01-31T12:00:00+01:00[Europe/Paris]",
        "2026-01-31T12:00:00[UTC]",
        "2026-01-31T12:00:00,5Z",
        "2026-01-31T12:00:00.Z",
        "2026-01-31T12:00:00.",
        "2026-01-31T12:00:00.5",
        "2026-01-31T12:00:00.5.5Z",
        "2026-01-31T12:00:00+01",
        "2026-01-31T12:00:00+0100",
        "2026-01-31T12:00:00+01:00:00",
        "2026-01-31T12:00:00+24:00",
        "2026-01-31T12:00:00-24:00",
        "2026-01-31T12:00:00+01:60",
        "2026-01-31T12:00:00+1:00",
        "2026-01-31T12:00:00\u{2212}01:00",
        "2026-01-31T24:00:00Z",
        "2026-01-31T12:60:00Z",
        "2026-01-31T12:00:61Z",
        "2026-02-29T12:00:00Z",
        "2026-00-01T12:00:00Z",
        "2026-13-01T12:00:00Z",
        "2026-01-00T12:00:00Z",
        "2026-01-32T12:00:00Z",
        "2026-1-31T12:00:00Z",
        "26-01-31T12:00:00Z",
        "20260131T120000Z",
        "2026-031T12:00:00Z",
        "2026-W05-6T12:00:00Z",
        "+002026-01-31T12:00:00Z",
        "-002026-01-31T12:00:00Z",
        "12026-01-31T12:00:00Z",
        "Sat, 31 Jan 2026 12:00:00 GMT",
        "2026-01-31T12:00:0\u{661}Z",
        "\u{ff12}026-01-31T12:00:00Z",
        "2026/01/31T12:00:00Z",
        "2026-01-31T12-00-00Z",
        "2026-01-31T12:+0:00Z",
    ] {
        assert_eq!(read(text), None, "{text}");
    }
}

#[test]
fn the_end_of_all_time_means_never() {
    for text in [
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59.999Z",
        "9999-12-31T00:00:00Z",
        "9999-12-31T23:59:60Z",
        "9999-12-31T23:59:59+14:00",
        "9999-12-31T23:59:59-14:00",
        "9999-12-30T22:00:00.999999999Z",
    ] {
        assert_eq!(read(text), Some(Instant::Never), "{text}");
    }
    let last = "9999-12-30T22:00:00.999999998Z";
    assert_eq!(read(last), Some(at(last)));
    assert_eq!(read("0000-01-01T00:00:00+23:59"), Some(at("-000001-12-31T00:01:00Z")));
}

#[test]
fn never_is_no_end_and_a_beginning_that_nothing_follows() {
    let instant = at("2026-01-31T12:00:00Z");
    let same: Timestamp = "2026-01-31T12:00:00Z".parse().unwrap();
    assert_eq!((instant.end(), instant.beginning()), (Some(same), same));
    assert_eq!(
        (Instant::Never.end(), Instant::Never.beginning()),
        (None, Timestamp::MAX)
    );
    assert!(instant < Instant::Never);
}

proptest! {
    #[test]
    fn whatever_is_written_here_is_read_back(seconds in -62_167_219_200..253_402_207_200_i64, nanoseconds in 0..1_000_000_000_i32) {
        let instant = Timestamp::new(seconds, nanoseconds).unwrap();
        prop_assert_eq!(read(&instant.to_string()), Some(Instant::At(instant)));
    }

    #[test]
    fn no_text_makes_it_panic(text in "[0-9TtZz:+. \u{e9}-]{0,40}") {
        let _ = read(&text);
    }
}
