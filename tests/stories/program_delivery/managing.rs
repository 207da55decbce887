//! The second half of the text: what becomes of people once they are in.

use super::Academy;
use crate::team::member;
use muster_tests::shortcuts::named;
use muster_tests::{Answer, Persona};
use serde_json::{Value, json};

/// The verdict of the only row, or of each.
fn verdicts(answer: &Answer) -> Vec<&str> {
    let rows = answer.body["results"].as_array().unwrap().iter();
    rows.map(|row| row["status"].as_str().unwrap()).collect()
}

fn members(people: &[&Persona]) -> Value {
    let ids: Vec<String> = people.iter().map(|who| who.id()).collect();
    json!({ "members": ids })
}

impl Academy {
    /// The rules of inviting hold here too: programs, domain, duration, seats.
    pub(super) async fn change_a_role(&self) {
        let team = &self.team;
        let (fay, pablo) = (team.h.person("fay"), team.h.person("pablo"));
        let change = async |who: &Persona, body: Value| team.patch(&self.amir, &member(who), body).await;
        let without = change(&fay, json!({ "role": "program_sponsor" })).await;
        let without = without.problem(422, "invalid-request");
        assert_eq!(without.faults(), named(&[("resources", "required")]));
        let to = json!({ "role": "program_sponsor", "resources": team.on(&["autumn"]) });
        change(&fay, to).await.expect(200);
        assert_eq!(team.row(&self.amir, fay.email()).await["role"], "program_sponsor");
        assert_eq!(team.sees(&fay).await, ["autumn"]);

        let role = "implementation_admin";
        let elsewhere = change(&fay, json!({ "role": role, "duration": "1_month" })).await;
        let elsewhere = elsewhere.problem(422, "invalid-request");
        assert_eq!(elsewhere.faults(), named(&[(fay.email(), "domain_not_allowed")]));
        let hal = team.h.person("hal");
        let endless = change(&hal, json!({ "role": role })).await;
        let endless = endless.problem(422, "invalid-request");
        assert_eq!(endless.faults(), named(&[("duration", "required")]));
        change(&hal, json!({ "role": role, "duration": "3_months" }))
            .await
            .expect(200);
        assert!(team.row(&self.amir, "hal@partner.example").await["role_expires_at"].is_string());

        change(&fay, json!({ "role": "owner" }))
            .await
            .problem(403, "role-not-assignable");
        // There is no free seat, and a learner had none.
        let full = change(&pablo, json!({ "role": "admin" })).await;
        let full = full.problem(409, "no-seats-available");
        assert_eq!(full.text("/title"), "No seats available");
        assert_eq!(full.body["seats"]["needed"], 1);
        assert_eq!(team.row(&self.amir, pablo.email()).await["role"], "participant");
    }

    /// Access goes and the seat with it, the data stays; back again while there is a seat.
    pub(super) async fn activate_and_deactivate(&self) {
        let team = &self.team;
        let flora = team.h.person("flora");
        let (used, limit) = team.seats().await;
        assert_eq!(Some(used), limit);
        team.patch(&flora, "/members/me", json!({ "bio": "Runs cohorts" }))
            .await
            .expect(200);
        let set = async |to: &str| {
            team.post(&self.amir, &format!("/members/{to}"), members(&[&flora]))
                .await
                .expect(200)
        };
        assert_eq!(verdicts(&set("deactivate").await), ["deactivated"]);
        team.get(&flora, "/resources").await.problem(403, "member-inactive");
        assert!(!team.may(&flora, "programs:run", Some("spring")).await);
        let row = team.row(&self.amir, flora.email()).await;
        assert_eq!(row["status"], "inactive");
        assert_eq!(row["grants"].as_array().unwrap().len(), 2);
        assert_eq!(team.seats().await, (used - 1, limit));

        team.invite(&self.amir, "quick@x.example", "admin", &[])
            .await
            .expect(201);
        let late = set("activate").await;
        assert_eq!(verdicts(&late), ["refused"]);
        assert!(late.text("/results/0/problem/type").ends_with("/no-seats-available"));
        let row = team.row(&self.amir, "quick@x.example").await;
        team.delete(&self.amir, &format!("/invitations/{}", row["id"].as_str().unwrap()))
            .await
            .expect(204);
        assert_eq!(verdicts(&set("activate").await), ["activated"]);
        assert!(team.may(&flora, "programs:run", Some("spring")).await);
        let kept = team.get(&flora, "/members/me").await.expect(200);
        assert_eq!(kept.text("/profile/bio"), "Runs cohorts");
        assert_eq!(team.seats().await, (used, limit));
    }

    /// Somebody who can manage the billing is always there.
    pub(super) async fn the_last_owner_stays_active(&self) {
        let team = &self.team;
        let oda = team.h.person("oda");
        let path = "/members/deactivate";
        let done = team.post(&oda, path, members(&[&self.olivia])).await.expect(200);
        assert_eq!(verdicts(&done), ["deactivated"]);
        assert!(team.may(&oda, "billing:manage", None).await);
        // Neither by themselves, nor by an admin, nor by stepping down or leaving.
        for who in [&oda, &self.amir] {
            assert_eq!(
                verdicts(&team.post(who, path, members(&[&oda])).await.expect(200)),
                ["refused"]
            );
        }
        team.patch(&oda, "/members/me", json!({ "role": "admin" }))
            .await
            .problem(409, "last-owner");
        team.delete(&oda, "/members/me").await.problem(409, "last-owner");
        let back = team.post(&oda, "/members/activate", members(&[&self.olivia])).await;
        assert_eq!(verdicts(&back.expect(200)), ["activated"]);
    }

    /// Several that were checked in the list, each with its own verdict.
    pub(super) async fn in_batches(&self) {
        let team = &self.team;
        let [fay, sam, pia] = ["fay", "sam", "pia"].map(|name| team.h.person(name));
        let checked = members(&[&fay, &self.olivia, &sam, &pia]);
        let done = team
            .post(&self.amir, "/members/deactivate", checked.clone())
            .await
            .expect(200);
        assert_eq!(
            verdicts(&done),
            ["deactivated", "refused", "deactivated", "deactivated"]
        );
        for who in [&fay, &sam, &pia] {
            assert_eq!(team.row(&self.amir, who.email()).await["status"], "inactive");
        }
        let done = team
            .post(&self.amir, "/members/activate", members(&[&fay, &sam, &pia]))
            .await;
        assert_eq!(verdicts(&done.expect(200)), ["activated"; 3]);
    }

    /// Beneath the list: used of all seats, and a warning at the limit and beyond.
    pub(super) async fn seat_counter(&self) {
        let team = &self.team;
        let counter = async || team.list(&self.amir).await.body["seats"].clone();
        let (used, _) = team.seats().await;
        let at = u32::try_from(used).unwrap();
        for (limit, warns) in [(at, true), (at + 1, false), (at - 1, true)] {
            team.acme.plan(&team.h, Some(limit), &[]).await;
            let expected = json!({ "used": used, "limit": limit, "at_limit": warns });
            assert_eq!(counter().await, expected);
        }
    }
}
