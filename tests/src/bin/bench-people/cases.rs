//! What is read, and how it is measured.

use crate::load::Loaded;
use crate::table::{Measured, table};
use muster_store::repair::Options;
use muster_tests::Persona;
use muster_tests::faults::Faults;
use muster_tests::harness::{Answer, Harness, Organization};
use muster_tests::markdown::Table;
use muster_tests::meter::Charge;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Names of cases of the list, with what they ask for.
const LISTS: [(&str, &str); 27] = [
    ("first page", ""),
    ("search: a rare word", "q=quill"),
    ("search: a common word", "q=ann"),
    ("search: a rare word and a common one", "q=quill+ann"),
    ("search: two common words", "q=ann+smi"),
    ("search: a common word, by name", "q=ann&sort=name"),
    ("active", "status=active"),
    ("inactive", "status=inactive"),
    ("role: owner", "role=owner"),
    ("role: admin", "role=admin"),
    ("role: implementation admin", "role=implementation_admin"),
    ("role: program admin", "role=program_admin"),
    ("role: facilitator", "role=program_facilitator"),
    ("role: sponsor", "role=program_sponsor"),
    ("role: participant", "role=participant"),
    ("two roles", "role=admin,program_sponsor"),
    ("accepted", "invite_status=accepted"),
    ("pending", "invite_status=pending"),
    ("joined in the last week", "joined_in=last_week"),
    ("joined in the last year", "joined_in=last_year"),
    ("on a program", "resource=program:p000"),
    ("sort: name, backwards", "sort=-name"),
    ("sort: joined", "sort=joined"),
    ("sort: joined, backwards", "sort=-joined"),
    ("sort: last active", "sort=last_active"),
    ("sort: last active, backwards", "sort=-last_active"),
    (
        "facilitators, the last seen first",
        "role=program_facilitator&sort=-last_active",
    ),
];
/// Combinations: several filters of many people each, which are searched for along one index.
const COMBINED: [(&str, &str); 3] = [
    ("active participants", "status=active&role=participant"),
    ("active, the latest first", "status=active&sort=-joined"),
    (
        "inactive facilitators on a program",
        "status=inactive&role=program_facilitator&resource=program:p000",
    ),
];

/// Largest organization that is looked at for differences here.
const REPAIRED: usize = 10_000;

/// A backend with loaded organizations.
pub(crate) struct Bench<'a> {
    pub(crate) h: &'a Harness,
    pub(crate) faults: &'a Faults,
    pub(crate) loaded: &'a [Loaded],
    pub(crate) rounds: usize,
    pub(crate) limit: usize,
}

/// A request that is measured.
pub(crate) struct Asked {
    who: Persona,
    method: Method,
    path: String,
    body: Option<Value>,
}

impl Asked {
    fn get(who: Persona, path: String) -> Self {
        Self {
            who,
            method: Method::GET,
            path,
            body: None,
        }
    }

    fn post(who: Persona, path: &str, body: Value) -> Self {
        Self {
            who,
            method: Method::POST,
            path: path.to_owned(),
            body: Some(body),
        }
    }
}

impl Bench<'_> {
    /// The table of all reads.
    pub(crate) async fn reads(&self) -> String {
        let mut rows = Vec::new();
        for (name, query) in LISTS.into_iter().chain(COMBINED) {
            rows.push((name, self.measured(self.lists(query, "")).await));
        }
        rows.insert(1, ("a page in the middle", self.middle().await));
        rows.push(("access decision", self.measured(self.decisions()).await));
        let mut checks = Vec::new();
        for loaded in self.loaded {
            checks.push(self.check(loaded).await);
        }
        rows.push(("key check", self.measured(checks).await));
        table(self.loaded.iter().map(|loaded| loaded.size).collect(), &rows)
    }

    /// What looking for differences takes; there are none in what was loaded.
    pub(crate) async fn repairs(&self) -> String {
        let mut table = Table::new(&["people", "exchanges", "read units", "units a person", "s"]);
        for loaded in self.loaded.iter().filter(|loaded| loaded.size <= REPAIRED) {
            self.faults.clear();
            let options = Options {
                now: self.h.backend.clock().now(),
                pause: Duration::ZERO,
                fix: false,
            };
            let began = Instant::now();
            let report = self
                .h
                .backend
                .app()
                .store()
                .repair(loaded.id, options)
                .await
                .expect("a report");
            let time = began.elapsed().as_secs_f64();
            assert_eq!(report.differences, [], "nothing differs in what was loaded");
            let exchanges = self.faults.exchanges();
            let units = Charge::of(&exchanges).reads;
            let (people, count) = (loaded.size, exchanges.len());
            table.row(&[
                people.to_string(),
                count.to_string(),
                units.to_string(),
                format!("{:.1}", units / people as f64),
                format!("{time:.1}"),
            ]);
        }
        self.faults.clear();
        table.with("")
    }

    pub(crate) fn organization(&self, loaded: &Loaded) -> Organization {
        Organization {
            id: loaded.id.to_string(),
            owner: self.h.person("olivia"),
        }
    }

    fn lists(&self, query: &str, more: &str) -> Vec<Asked> {
        let each = self.loaded.iter().map(|loaded| self.organization(loaded));
        each.map(|o| {
            Asked::get(
                o.owner.clone(),
                o.path(&format!("/members?{query}&limit={}{more}", self.limit)),
            )
        })
        .collect()
    }

    /// A page from half of the people on.
    async fn middle(&self) -> Vec<Measured> {
        let mut pages = Vec::new();
        for loaded in self.loaded {
            let organization = self.organization(loaded);
            let (mut left, mut cursor) = (loaded.size / 2, String::new());
            while left > 0 {
                let step = left.min(100);
                let path = organization.path(&format!("/members?limit={step}{cursor}"));
                let page = organization.owner.get(self.h, &path).await.expect(200);
                cursor = format!("&cursor={}", page.text("/next_cursor"));
                left -= step;
                self.faults.clear();
            }
            let path = organization.path(&format!("/members?limit={}{cursor}", self.limit));
            pages.push(Asked::get(organization.owner, path));
        }
        self.measured(pages).await
    }

    fn decisions(&self) -> Vec<Asked> {
        let each = self.loaded.iter().map(|loaded| {
            let subject = json!({
                "type": "user", "id": loaded.somebody.to_string(),
                "properties": { "organization": loaded.id.to_string() },
            });
            let body = json!({
                "subject": subject, "action": { "name": "programs:read" },
                "resource": { "type": "program", "id": "p000" },
            });
            Asked::post(self.h.platform(), "/access/v1/evaluation", body)
        });
        each.collect()
    }

    async fn check(&self, loaded: &Loaded) -> Asked {
        let organization = self.organization(loaded);
        let key = organization
            .key(self.h, &organization.owner, &json!({ "name": "Bench" }))
            .await;
        let body = json!({
            "key": key.secret, "action": "programs:read", "resource": { "type": "program", "id": "p000" },
        });
        Asked::post(self.h.platform(), "/v1/api-keys/verify", body)
    }

    async fn send(&self, asked: &Asked) -> Answer {
        self.faults.clear();
        let answer = self
            .h
            .send(
                Some(&asked.who),
                asked.method.clone(),
                &asked.path,
                asked.body.as_ref(),
                &[],
            )
            .await;
        answer.expect(200)
    }

    /// What each of these requests takes; they are timed in turn, so that what else the machine does meets all of them.
    async fn measured(&self, asked: Vec<Asked>) -> Vec<Measured> {
        let mut measured = Vec::new();
        for asked in &asked {
            // Once before, so that nothing is noted that is noted once an hour.
            self.send(asked).await;
            let answer = self.send(asked).await;
            let charge = Charge::of(&self.faults.exchanges());
            measured.push(Measured {
                rows: answer.body["items"].as_array().map(Vec::len),
                round_trips: self.faults.round_trips(),
                items: charge.items,
                units: charge.reads,
                times: Vec::new(),
            });
        }
        for _ in 0..self.rounds {
            for (asked, measured) in asked.iter().zip(&mut measured) {
                let began = Instant::now();
                self.send(asked).await;
                measured.times.push(began.elapsed());
            }
        }
        measured
    }
}
