//! Addresses that are none, that look like others, or that are others in disguise.

use super::takers::INVITE;
use super::{Ground, is_problem};
use serde_json::json;

/// Entries that no mail may go to.
const BAD: [&str; 38] = [
    "ann",
    "ann@",
    "@x.example",
    "ann@@x.example",
    "ann@x",
    "ann@localhost",
    "ann@127.0.0.1",
    "ann@[127.0.0.1]",
    "ann@[IPv6:::1]",
    "ann@x..example",
    "ann@.x.example",
    "ann@x.example.",
    "ann@-x.example",
    "ann@x_y.example",
    ".ann@x.example",
    "ann.@x.example",
    "an..n@x.example",
    "\"ann\"@x.example",
    "\"an n\"@x.example",
    "ann@x.example\u{0}",
    "an\u{0}n@x.example",
    "ann\u{7f}@x.example",
    "ann@x.example%00",
    "ann%0d%0aBcc:evil@x_.example",
    "mailto:ann%40x.example@x.example",
    // Look-alikes: the Kelvin sign, the full-width at sign and full stop, Cyrillic, Greek, full-width letters.
    "mar\u{212a}@x.example",
    "ann@mar\u{212a}.example",
    "ann\u{ff20}x.example",
    "ann@x\u{ff0e}example",
    "\u{430}nn@x.example",
    "\u{3b1}nn@x.example",
    "\u{ff41}nn@x.example",
    "ann@\u{ff58}.example",
    // What does not show, or turns the direction of what follows.
    "an\u{200b}n@x.example",
    "ann@x\u{200d}.example",
    "\u{202e}nna@x.example",
    "an\u{ad}n@x.example",
    "a\u{e0041}nn@x.example",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_address_is_named_and_no_address_of_its_batch_is_invited() {
    let g = Ground::make().await;
    for bad in BAD {
        for emails in [
            json!([bad]),
            json!(["good@x.example", bad]),
            json!(["good@x.example", bad, "better@x.example"]),
        ] {
            let mut body = (INVITE.good)(&g);
            body["emails"] = emails;
            let answer = g.json(&INVITE, body.to_string()).await;
            is_problem(&answer, &[422], bad);
            assert!(answer.text("/type").ends_with("/invalid-invitations"), "{bad:?}");
            let faults = answer.faults();
            assert_eq!(faults.len(), 1, "{bad:?}: {faults:?}");
            assert_eq!(faults[0].1, "invalid_email", "{bad:?}");
            assert!(bad.contains(&faults[0].0), "{bad:?} is named as {:?}", faults[0].0);
        }
    }
    let mut body = (INVITE.good)(&g);
    body["emails"] = json!(BAD[..20]);
    let answer = g.json(&INVITE, body.to_string()).await;
    is_problem(&answer, &[422], "twenty at once");
    assert_eq!(answer.faults().len(), 20, "each is named");
    g.stands().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn very_long_addresses_are_refused_and_shown_in_part() {
    let g = Ground::make().await;
    let label = "x".repeat(63);
    let domain = format!("{label}.{label}.{label}.{label}.example");
    for bad in [
        format!("{}@x.example", "a".repeat(65)),
        format!("{}@x.example", "a".repeat(50_000)),
        format!("ann@{}.example", "x".repeat(64)),
        format!("ann@{domain}"),
        "@".repeat(50_000),
        "<".repeat(50_000),
        "\"".repeat(20_000),
    ] {
        let mut body = (INVITE.good)(&g);
        body["emails"] = json!([bad]);
        let answer = g.json(&INVITE, body.to_string()).await;
        is_problem(&answer, &[422], &bad);
        assert!(answer.body.to_string().len() < 4_000, "the answer is of a size");
    }
    g.stands().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_cannot_be_brought_in_with_an_address() {
    let g = Ground::make().await;
    for bad in [
        "ann@x.example\r\nBcc: evil@x.example",
        "ann@x.example\nSubject: hello",
        "\"x\r\nBcc: <evil@x.example>\" ann",
    ] {
        let mut body = (INVITE.good)(&g);
        body["emails"] = json!(bad);
        let answer = g.json(&INVITE, body.to_string()).await;
        is_problem(&answer, &[422], bad);
        assert!(
            answer.faults().iter().all(|(_, code)| code == "invalid_email"),
            "{:#}",
            answer.body
        );
    }
    g.stands().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_spelling_of_an_address_is_the_same_address() {
    let g = Ground::make().await;
    let taken = [
        ("OLIVIA@ACME.EXAMPLE", "already_member"),
        ("Olivia <olivia@Acme.example>", "already_member"),
        ("mailto:oLiViA@acme.example", "already_member"),
        ("GUS@acme.EXAMPLE", "already_invited"),
    ];
    for (spelling, code) in taken {
        let mut body = (INVITE.good)(&g);
        body["emails"] = json!(spelling);
        let answer = g.json(&INVITE, body.to_string()).await;
        is_problem(&answer, &[422], spelling);
        let [(email, found)] = &answer.faults()[..] else {
            panic!("{:#}", answer.body);
        };
        assert_eq!(
            (found.as_str(), email.to_lowercase()),
            (code, email.clone()),
            "{spelling}"
        );
    }
    let mut body = (INVITE.good)(&g);
    body["emails"] = json!(
        "ann@x.example ANN@X.EXAMPLE, Ann@x.Example; ann@B\u{dc}CHER.example ann@b\u{fc}cher.example ann@xn--bcher-kva.example"
    );
    body["dry_run"] = json!(true);
    let answer = g.json(&INVITE, body.to_string()).await.expect(200);
    assert_eq!(
        answer.body["verdicts"].as_array().unwrap().len(),
        2,
        "{:#}",
        answer.body
    );
    g.stands().await;
}
