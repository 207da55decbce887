use super::*;
use muster_domain::{Name, UserId};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only what is refused is looked at")]
struct Sample {
    name: Name,
    count: u32,
    #[serde(default)]
    members: Vec<UserId>,
    #[serde(default)]
    inner: Option<Inner>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Inner {
    days: u8,
}

impl Body for Sample {
    const REQUIRED: &'static [&'static str] = &["name", "count"];
}

fn violations(text: &str) -> Vec<(String, String)> {
    let problem = read::<Sample>(text.as_bytes(), Some("application/json; charset=utf-8")).unwrap_err();
    problem.errors.into_iter().map(|e| (e.field.unwrap(), e.code)).collect()
}

fn named(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(f, c)| ((*f).to_owned(), (*c).to_owned())).collect()
}

#[test]
fn every_field_at_fault_is_named_with_its_place() {
    let text = r#"{"nme":"x","count":"many","members":["usr_0000000000000000000001","bad",7,"usr_0000000000000000000002","worse"],
        "inner":{"days":300,"dys":1},"also":null}"#;
    let mut got = violations(text);
    got.sort();
    let mut want = named(&[
        ("name", "missing_field"),
        ("nme", "unknown_field"),
        ("count", "wrong_type"),
        ("members[1]", "invalid_value"),
        ("members[2]", "wrong_type"),
        ("members[4]", "invalid_value"),
        ("inner.days", "invalid_value"),
        ("inner.dys", "unknown_field"),
        ("also", "unknown_field"),
    ]);
    want.sort();
    assert_eq!(got, want);
}

#[test]
fn a_name_that_is_there_more_than_once_is_named_with_its_place() {
    let twice =
        r#"{"name":"x","count":1,"na\u006de":"x","inner":{"days":1,"days":1,"days":2},"members":[],"members":["bad"]}"#;
    assert_eq!(
        violations(twice),
        named(&[
            ("inner.days", "duplicate_field"),
            ("name", "duplicate_field"),
            ("members", "duplicate_field"),
        ])
    );
    let deep = r#"{"name":"x","count":1,"also":[{},{"a":[[{"b":1,"c":2,"b":1}]]}]}"#;
    assert_eq!(
        violations(deep),
        named(&[("also[1].a[0][0].b", "duplicate_field"), ("also", "unknown_field")])
    );
}

#[test]
fn however_many_names_are_repeated_the_answer_is_of_a_size() {
    let many: Vec<String> = (0..2_000).map(|n| format!("\"{n}\":1,\"{n}\":1")).collect();
    let many = many.join(",");
    let got = violations(&format!("{{{many}}}"));
    assert_eq!(
        got.iter().filter(|(_, code)| code == "duplicate_field").count(),
        MAX_FAULTS
    );
    let long = "x".repeat(40_000);
    let problem = read::<Sample>(
        format!(r#"{{"{long}":{{{}}}}}"#, &many[..20_000].rsplit_once(',').unwrap().0).as_bytes(),
        Some("application/json"),
    )
    .unwrap_err();
    let told: usize = problem
        .errors
        .iter()
        .filter_map(|e| e.field.as_ref())
        .map(String::len)
        .sum();
    assert!(told < 3 * MAX_BYTES, "{told}");
}

#[test]
fn a_structure_is_no_list_a_word_no_object_and_a_whole_number_may_have_a_fraction_of_zero() {
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Word {
        One,
    }
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Forms {
        #[serde(default)]
        inner: Option<Inner>,
        #[serde(default)]
        all: Vec<Inner>,
        #[serde(default)]
        word: Option<Word>,
        #[serde(default, deserialize_with = "given")]
        set: Option<u8>,
    }
    impl Body for Forms {
        const REQUIRED: &'static [&'static str] = &[];
    }
    let read = |text: &str| read::<Forms>(text.as_bytes(), Some("application/json"));
    for (text, field, code) in [
        (r#"{"inner":[1]}"#, "inner", "wrong_type"),
        (r#"{"all":[[1]]}"#, "all[0]", "wrong_type"),
        (r#"{"all":{"days":1}}"#, "all", "wrong_type"),
        (r#"{"word":{"one":null}}"#, "word", "wrong_type"),
        (r#"{"word":["one"]}"#, "word", "wrong_type"),
        (r#"{"word":"two"}"#, "word", "invalid_value"),
        (r#"{"set":null}"#, "set", "wrong_type"),
        (r#"{"set":1.5}"#, "set", "wrong_type"),
        (r#"{"set":0.9999999999999999}"#, "set", "wrong_type"),
        (r#"{"set":0.99999999999999999999}"#, "set", "wrong_type"),
        (r#"{"set":1.00000000000000000001}"#, "set", "wrong_type"),
        (r#"{"set":1e-400}"#, "set", "wrong_type"),
        (r#"{"set":"1"}"#, "set", "wrong_type"),
        (r#"{"set":256.0}"#, "set", "invalid_value"),
        (r#"{"set":1e300}"#, "set", "invalid_value"),
        (r#"{"set":-1}"#, "set", "invalid_value"),
    ] {
        let problem = read(text).unwrap_err();
        let errors: Vec<_> = problem
            .errors
            .iter()
            .map(|e| (e.field.as_deref().unwrap(), &*e.code))
            .collect();
        assert_eq!(errors, [(field, code)], "{text}");
    }
    for (text, set) in [
        ("7.0", 7),
        ("7e0", 7),
        ("0.7e1", 7),
        ("-0", 0),
        ("-0.0", 0),
        ("255", 255),
    ] {
        assert_eq!(read(&format!(r#"{{"set":{text}}}"#)).unwrap().set, Some(set), "{text}");
    }
    let good = read(r#"{"inner":{"days":1},"all":[{"days":2}],"word":"one"}"#).unwrap();
    assert_eq!((good.inner.map(|i| i.days), good.word), (Some(1), Some(Word::One)));
    assert_eq!(good.all.len(), 1);
}

#[test]
fn a_body_with_a_content_coding_is_refused_with_the_coding_that_is_taken() {
    for none in [&[][..], &["identity"], &["", "Identity , identity"]] {
        assert!(plain(none.iter().map(|line| line.as_bytes())).is_ok(), "{none:?}");
    }
    for packed in [
        &["gzip"][..],
        &["br, identity"],
        &["identity", "zstd"],
        &["\u{e4}"],
        &["identity;q=1"],
    ] {
        let refused = plain(packed.iter().map(|line| line.as_bytes())).unwrap_err();
        assert_eq!(refused.status, 415, "{packed:?}");
        assert!(refused.kind.ends_with("/unsupported-media-type"));
        assert_eq!(refused.headers, [("accept-encoding", "identity".to_owned())]);
    }
}

#[test]
fn what_is_wrong_is_told_in_our_words() {
    let text = r#"{"name":7,"count":-1,"members":{},"inner":{"days":"x"}}"#;
    let problem = read::<Sample>(text.as_bytes(), Some("application/json")).unwrap_err();
    let mut told: Vec<_> = problem.errors.into_iter().map(|e| e.detail).collect();
    told.sort();
    assert_eq!(
        told,
        [
            "must be a string",
            "must be an array",
            "must be an integer",
            "must not be negative",
        ]
    );
}

#[test]
fn what_is_not_json_too_large_or_of_another_type_is_refused_as_such() {
    let status = |text: &[u8], media: Option<&str>| read::<Sample>(text, media).unwrap_err().status;
    assert_eq!(status(b"{", Some("application/json")), 400);
    assert_eq!(status(b"", Some("application/json")), 400);
    assert_eq!(status(b"{}", Some("text/plain")), 415);
    assert_eq!(status(b"{}", None), 415);
    for other in [
        "application/json; charset=utf-16",
        "application/json;charset=latin1",
        "application/json; charset",
        "application/json; charset=",
        "application/json; CHARSET=\"iso-8859-1\"",
        "application/json; x=y; charset=us-ascii",
        "application/json; charset=utf-8; charset=utf-16",
        "application/json; charset=utf-8, application/json",
    ] {
        assert_eq!(status(b"{}", Some(other)), 415, "{other}");
    }
    for utf_8 in [
        "application/json;",
        "application/json; charset=utf-8",
        "APPLICATION/JSON;CHARSET=UTF-8",
        "application/json ; charset = \"utf-8\"",
        "application/json; charset=utf8; profile=x",
    ] {
        assert_eq!(status(b"[]", Some(utf_8)), 422, "{utf_8}");
    }
    assert_eq!(status(b"[]", Some("application/json")), 422);
    assert_eq!(status(&vec![b' '; MAX_BYTES + 1], Some("application/json")), 413);
    assert_eq!(status("[".repeat(10_000).as_bytes(), Some("application/json")), 400);
}
