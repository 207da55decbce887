//! Finding people however their names and addresses are typed, and sorting them so.

use super::{all_pages, listed, rename};
use muster_tests::harness::{Harness, Organization};
use muster_tests::recount;
use serde_json::json;

#[tokio::test]
async fn people_are_found_however_their_names_are_typed() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let people = [
        (
            "p1",
            "Łukasz Wałęsa",
            &["lukasz", "walesa", "łukasz", "WAŁĘSA", "wa\u{142}e\u{328}sa"][..],
        ),
        ("p2", "Søren Ørsted", &["soren orsted", "ørs", "SØREN"]),
        (
            "p3",
            "Sinéad O’Brien",
            &["o'brien", "o’brien", "obrien", "O‘BRIEN", "sine\u{301}ad"],
        ),
        (
            "p4",
            "Anne–Marie Groß",
            &[
                "anne-marie",
                "anne‑marie",
                "annemarie",
                "marie",
                "gross",
                "GROSS",
                "GROẞ",
            ],
        ),
        ("p5", "Þórunn Æsa", &["thorunn", "aesa", "þór"]),
        ("p6", "Işıl İnan", &["isil", "inan", "IŞIL", "İNAN"]),
        ("p7", "Ｊｕｎ ﬁsher", &["jun", "fisher"]),
        ("p8", "ΣΊΣΥΦΟΣ", &["σίσυφος", "σισυφοσ"]),
    ];
    for (account, name, _) in people {
        let person = acme.join(&h, account, "participant", &["spring"]).await;
        rename(&h, &acme, &person, name).await;
    }
    for (account, name, queries) in people {
        let email = format!("{account}@acme.example");
        for query in queries {
            for query in [
                (*query).to_owned(),
                format!("\u{200b}{query}\u{ad}"),
                format!("\u{feff}{query}"),
            ] {
                assert_eq!(
                    listed(&h, &acme, &format!("q={query}")).await,
                    [&*email],
                    "{name}: {query:?}"
                );
            }
        }
    }
    let (rows, _) = all_pages(&h, &acme.owner, &acme.path("/members?sort=name"), 3).await;
    let names: Vec<&str> = rows.iter().filter_map(|row| row["name"].as_str()).collect();
    let sorted = [
        "Anne–Marie Groß",
        "Işıl İnan",
        "Ｊｕｎ ﬁsher",
        "Łukasz Wałęsa",
        "olivia",
        "Sinéad O’Brien",
        "Søren Ørsted",
        "Þórunn Æsa",
        "ΣΊΣΥΦΟΣ",
    ];
    assert_eq!(names, sorted);
    recount(&h).await;
}

#[tokio::test]
async fn an_international_address_is_found_as_it_was_typed_and_as_it_is_stored() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let member = h.person("ann").with_email("ann@exämple.example", true);
    acme.invite(&h, member.email(), "participant", &[]).await;
    let token = muster_tests::samples::waiting_token(&h, &member).await;
    member.accept(&h, &token).await.expect(200);
    acme.invite(&h, "bob@exämple.example", "participant", &[]).await;
    let body = json!({ "email": "cyd@exämple.example", "name": "Cyd" });
    acme.owner.put(&h, &acme.path("/contacts/cyd"), &body).await.expect(201);
    let domain = "xn--exmple-cua.example";
    for (name, typed) in [("ann", "members"), ("bob", "members"), ("cyd", "contacts")] {
        for query in [
            format!("{name}@exämple.example"),
            format!("{name}@EXÄMPLE"),
            format!("{name}@exa\u{308}m"),
            format!("{name}@example"),
            format!("{name}@{domain}"),
        ] {
            let path = acme.path(&format!("/{typed}?q={query}"));
            let page = acme.owner.get(&h, &path).await.expect(200);
            assert_eq!(page.body["items"][0]["email"], format!("{name}@{domain}"), "{query}");
            assert_eq!(page.body["items"].as_array().unwrap().len(), 1, "{query}");
        }
    }
    assert_eq!(listed(&h, &acme, "q=exämple").await.len(), 2);
    assert_eq!(listed(&h, &acme, "q=xn--ex").await.len(), 2);
    recount(&h).await;
}
