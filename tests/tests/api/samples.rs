//! Each sample in `events/` is taken by its function, which calls what its role allows and leaves nothing of that unused.

use muster_local::Options;
use muster_tests::deployment::functions;
use muster_tests::faults::Faults;
use muster_tests::harness::Harness;
use muster_tests::permissions::needed;
use muster_tests::prepared::{Case, prepared, run};
use muster_tests::recount;
use muster_tests::samples::sample;
use std::collections::{BTreeMap, BTreeSet};

#[tokio::test(flavor = "multi_thread")]
async fn each_sample_is_answered_and_each_function_calls_exactly_what_its_role_allows() {
    let watch = Faults::default();
    let h = Harness::with(Options {
        timers: false,
        streams: false,
        http_client: Some(watch.client()),
        ..Options::default()
    })
    .await;
    let functions = functions();
    let mut seen: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for binary in functions.keys() {
        // Once as it usually is, and where that does not show all of a function, once more as it is now and then.
        for case in [Case::Usual, Case::Rare, Case::Once] {
            let Some(values) = prepared(&h, binary, case).await else {
                continue;
            };
            watch.clear();
            let answered = run(&h, binary, &sample(binary, &values)).await;
            let calls = watch.exchanges();
            let seen = seen.entry(binary).or_default();
            seen.extend(calls.iter().flat_map(needed));
            // Whoever follows a link acts with the permissions of the function that made it.
            if let Some(link) = answered["url"].as_str() {
                assert_eq!(h.http().get(link).send().await.unwrap().status(), 200, "{link}");
                seen.insert("s3:GetObject".to_owned());
            }
        }
    }
    let allowed: BTreeMap<&str, BTreeSet<String>> = functions.iter().map(|(b, f)| (b.as_str(), f.allowed())).collect();
    let differs = |binary: &&str| seen.get(binary) != allowed.get(binary);
    let different: Vec<_> = allowed
        .keys()
        .filter(|b| differs(b))
        .map(|b| (b, &seen[b], &allowed[b]))
        .collect();
    assert!(different.is_empty(), "calls made and allowed differ: {different:#?}");
    recount(&h).await;
}
