//! A practice whose team shares its clients.

use crate::team::{Team, member, texts};
use muster_tests::shortcuts::named;
use muster_tests::{Persona, recount};
use serde_json::{Value, json};

/// The practice, with somebody in each role.
struct Practice {
    team: Team,
    /// Owner, who made the team.
    olivia: Persona,
    /// Owner as well.
    oscar: Persona,
    /// Contributor.
    cora: Persona,
    /// Participant, with no client yet.
    pete: Persona,
}

#[tokio::test(flavor = "multi_thread")]
async fn managing_team_members() {
    let practice = Practice::open().await;
    practice.switch_team_and_manage_it().await;
    practice.an_owner_has_full_access().await;
    practice.a_contributor_collaborates().await;
    practice.a_participant_has_limited_access().await;
    practice.paying_owner().await;
    practice.editing_a_role().await;
    practice.editing_color_status_and_notifications().await;
    practice.the_paying_owner_is_neither_inactive_nor_removed().await;
    practice.inactive_members().await;
    practice
        .a_team_remains_active_only_while_its_paying_owner_has_a_plan()
        .await;
    practice.all_members_leave().await;
    practice.all_members_have_a_profile().await;
    practice.owners_create_profiles().await;
    practice.owners_assign_clients().await;
    practice.owners_remove_members().await;
    recount(&practice.team.h).await;
    practice.owners_delete_the_team().await;
    recount(&practice.team.h).await;
}

impl Practice {
    async fn open() -> Self {
        let clients = [("avery", "Avery"), ("blake", "Blake"), ("casey", "Casey")];
        let team = Team::found("client-practice", "olivia", "client", &clients).await;
        Self {
            olivia: team.acme.owner.clone(),
            oscar: team.join("oscar", "owner", &[]).await,
            cora: team.join("cora", "contributor", &[]).await,
            pete: team.join("pete", "participant", &[]).await,
            team,
        }
    }

    async fn who_may(&self, action: &str, on: Option<&str>) -> Vec<&str> {
        let all = [&self.olivia, &self.oscar, &self.cora, &self.pete];
        self.team.who_may(&all, action, on).await
    }

    /// Of the teams somebody is in they choose one; managing it is for those who may.
    async fn switch_team_and_manage_it(&self) {
        let team = &self.team;
        let body = json!({ "name": "Second practice", "role_set": "client-practice" });
        let other = self.cora.post(&team.h, "/v1/organizations", &body).await.expect(201);
        let mine = self.cora.get(&team.h, "/v1/organizations").await.expect(200);
        let mut known = texts(&mine.body["items"], "id");
        known.sort();
        let mut expected = [team.acme.id.clone(), other.text("/id")];
        expected.sort();
        assert_eq!(known, expected);
        let rows = team.list(&self.olivia).await;
        assert_eq!(rows.body["items"].as_array().unwrap().len(), 4);
    }

    /// All clients, members, settings and billing.
    async fn an_owner_has_full_access(&self) {
        for power in [
            "clients:manage",
            "members:manage",
            "organization:update",
            "billing:manage",
        ] {
            assert_eq!(self.who_may(power, None).await, ["olivia", "oscar"], "{power}");
        }
        assert_eq!(self.team.sees(&self.oscar).await, ["avery", "blake", "casey"]);
    }

    /// All clients, and themselves onto any journey; neither settings nor other members.
    async fn a_contributor_collaborates(&self) {
        let team = &self.team;
        assert_eq!(team.sees(&self.cora).await, ["avery", "blake", "casey"]);
        assert!(team.may(&self.cora, "journeys:join", Some("avery")).await);
        let as_contributor = json!({ "role": "contributor" });
        let own = team.grant(&self.cora, "avery");
        team.put(&self.cora, &own, as_contributor.clone()).await.expect(200);
        let me = team.get(&self.cora, "/members/me").await.expect(200);
        assert_eq!(texts(&me.body["grants"], "id"), ["avery"]);

        team.put(&self.cora, &team.grant(&self.pete, "avery"), as_contributor)
            .await
            .problem(403, "forbidden");
        team.patch(&self.cora, &member(&self.pete), json!({ "role": "contributor" }))
            .await
            .problem(403, "forbidden");
        team.get(&self.cora, "/members").await.problem(403, "forbidden");
        team.invite(&self.cora, "new@x.example", "participant", &[])
            .await
            .problem(403, "forbidden");
        team.patch(&self.cora, "", json!({ "name": "Cora's" }))
            .await
            .problem(403, "forbidden");
    }

    /// The clients they were given, nothing of the team.
    async fn a_participant_has_limited_access(&self) {
        let team = &self.team;
        assert!(team.sees(&self.pete).await.is_empty());
        let given = json!({ "role": "participant" });
        team.put(&self.olivia, &team.grant(&self.pete, "blake"), given.clone())
            .await
            .expect(200);
        assert_eq!(team.sees(&self.pete).await, ["blake"]);
        assert!(team.may(&self.pete, "clients:read", Some("blake")).await);
        assert!(!team.may(&self.pete, "clients:read", Some("avery")).await);
        assert!(!team.may(&self.pete, "journeys:join", Some("blake")).await);
        team.get(&self.pete, "/members").await.problem(403, "forbidden");
        team.put(&self.pete, &team.grant(&self.pete, "avery"), given)
            .await
            .problem(403, "forbidden");
    }

    /// Only an owner can be the one who pays, and one owner stays at all times.
    async fn paying_owner(&self) {
        let team = &self.team;
        let pays = |who: &Persona| json!({ "member": who.id() });
        team.put(&self.cora, "/paying-owner", pays(&self.cora))
            .await
            .problem(403, "forbidden");
        team.put(&self.olivia, "/paying-owner", pays(&self.cora))
            .await
            .problem(409, "not-an-owner");
        let named = team.put(&self.olivia, "/paying-owner", pays(&self.olivia)).await;
        assert_eq!(named.expect(200).text("/paying_owner"), self.olivia.id());

        // Of a team where nobody pays: its only owner.
        let solo = Team::found("client-practice", "sonia", "client", &[]).await;
        let owner = &solo.acme.owner;
        let participant = json!({ "role": "participant" });
        solo.patch(owner, "/members/me", participant)
            .await
            .problem(409, "last-owner");
        solo.delete(owner, "/members/me").await.problem(409, "last-owner");
    }

    /// The pencil beside a member: another role, and they stand in its group.
    async fn editing_a_role(&self) {
        let team = &self.team;
        let groups = async |who: &Persona| team.row(&self.olivia, who.email()).await["role"].clone();
        assert_eq!(groups(&self.cora).await, "contributor");
        let path = member(&self.cora);
        team.patch(&self.olivia, &path, json!({ "role": "participant" }))
            .await
            .expect(200);
        assert_eq!(groups(&self.cora).await, "participant");
        assert!(team.sees(&self.cora).await.is_empty());
        team.patch(&self.olivia, &path, json!({ "role": "contributor" }))
            .await
            .expect(200);
        assert_eq!(groups(&self.cora).await, "contributor");
        assert_eq!(team.sees(&self.cora).await.len(), 3);
    }

    /// In the same place: color, whether they are active, which notifications they get.
    async fn editing_color_status_and_notifications(&self) {
        let team = &self.team;
        let path = member(&self.pete);
        let body = json!({ "color": "#3366CC", "notifications": { "journey_updates": false }, "status": "inactive" });
        team.patch(&self.cora, &path, body.clone())
            .await
            .problem(403, "forbidden");
        let edited = team.patch(&self.olivia, &path, body).await.expect(200);
        assert_eq!(edited.text("/status"), "inactive");
        assert_eq!(edited.text("/profile/color"), "#3366cc");
        assert_eq!(
            edited.body["profile"]["notifications"],
            json!({ "journey_updates": false })
        );
        team.patch(&self.olivia, &path, json!({ "status": "active" }))
            .await
            .expect(200);
    }

    async fn the_paying_owner_is_neither_inactive_nor_removed(&self) {
        let team = &self.team;
        let payer = member(&self.olivia);
        for change in [json!({ "status": "inactive" }), json!({ "role": "contributor" })] {
            team.patch(&self.oscar, &payer, change)
                .await
                .problem(409, "paying-owner");
        }
        team.delete(&self.oscar, &payer).await.problem(409, "paying-owner");
    }

    /// Out of the dashboard and off the clients at once, and no seat of the plan.
    async fn inactive_members(&self) {
        let team = &self.team;
        team.acme.plan(&team.h, Some(4), &[]).await;
        assert_eq!(team.seats().await, (4, Some(4)));
        team.patch(&self.olivia, &member(&self.pete), json!({ "status": "inactive" }))
            .await
            .expect(200);
        for place in ["", "/resources", "/members/me"] {
            team.get(&self.pete, place).await.problem(403, "member-inactive");
        }
        assert!(!team.may(&self.pete, "clients:read", Some("blake")).await);
        assert_eq!(team.seats().await, (3, Some(4)));
        // Their clients wait for them.
        team.patch(&self.olivia, &member(&self.pete), json!({ "status": "active" }))
            .await
            .expect(200);
        assert_eq!(team.sees(&self.pete).await, ["blake"]);
        team.acme.plan(&team.h, None, &[]).await;
    }

    /// The plan of whoever pays ends on a day that the product knows. From then on the team is shut, and nothing of it is lost:
    /// another owner pays, and everybody is back where they were.
    async fn a_team_remains_active_only_while_its_paying_owner_has_a_plan(&self) {
        let (team, h) = (&self.team, &self.team.h);
        let path = team.acme.path("/suspension");
        let ends = h.backend.clock().now() + jiff::SignedDuration::from_hours(3 * 24);
        let body = json!({ "reason": "The plan of olivia has ended", "at": ends });
        h.platform().put(h, &path, &body).await.expect(200);
        let before = team.seats().await;
        assert_eq!(team.sees(&self.cora).await.len(), 3, "the plan has not ended yet");

        h.advance_days(3);
        for place in ["", "/resources", "/members/me"] {
            for who in [&self.cora, &self.pete] {
                team.get(who, place).await.problem(403, "organization-suspended");
            }
        }
        assert_eq!(self.who_may("clients:read", Some("avery")).await, [""; 0]);
        h.run_schedule().await;
        for who in [&self.olivia, &self.oscar] {
            let mail = h.mail_to(who.email()).await;
            let told = mail
                .iter()
                .filter(|mail| mail.text.contains("The plan of olivia has ended"));
            assert_eq!(told.count(), 1, "{}", who.name());
        }
        // Owners see why, whom there is and what it was about, and one of them takes over.
        let seen = team.get(&self.oscar, "").await.expect(200);
        assert_eq!(seen.text("/suspension/reason"), "The plan of olivia has ended");
        assert_eq!(team.list(&self.oscar).await.body["items"].as_array().unwrap().len(), 4);
        team.invite(&self.oscar, "new@x.example", "participant", &[])
            .await
            .problem(403, "organization-suspended");
        let pays = json!({ "member": self.oscar.id() });
        team.put(&self.oscar, "/paying-owner", pays).await.expect(200);

        // He pays, and the product resumes the team.
        h.platform().delete(h, &path).await.expect(204);
        assert_eq!(team.sees(&self.cora).await.len(), 3);
        assert_eq!(team.sees(&self.pete).await, ["blake"]);
        assert_eq!(team.seats().await, before);
        let pays = json!({ "member": self.olivia.id() });
        team.put(&self.oscar, "/paying-owner", pays).await.expect(200);
        recount(h).await;
    }

    /// Anybody may leave, but the owner who pays.
    async fn all_members_leave(&self) {
        let team = &self.team;
        for role in ["owner", "contributor", "participant"] {
            let guest = team.join(&format!("leaving-{role}"), role, &[]).await;
            team.delete(&guest, "/members/me").await.expect(204);
            team.get(&guest, "").await.problem(404, "not-found");
        }
        team.delete(&self.olivia, "/members/me")
            .await
            .problem(409, "paying-owner");
    }

    /// Each makes a profile, and looks at it as others see it.
    async fn all_members_have_a_profile(&self) {
        let team = &self.team;
        for who in [&self.oscar, &self.cora, &self.pete] {
            let body =
                json!({ "name": "Me", "bio": "Here to help", "skills": ["Listening"], "timezone": "Europe/Oslo" });
            team.patch(who, "/members/me", body).await.expect(200);
            let shown = team.get(who, "/members/me?as=others").await.expect(200);
            assert_eq!(shown.body["profile"]["skills"], json!(["Listening"]));
            assert_eq!(shown.text("/profile/bio"), "Here to help");
            let hidden = shown.body["profile"].get("notifications");
            assert_eq!(hidden, None, "settings are nobody else's");
        }
    }

    /// An owner tells what a member is good at.
    async fn owners_create_profiles(&self) {
        let team = &self.team;
        let body = json!({ "skills": ["Family systems", "Grief"], "bio": "Ten years of practice" });
        team.patch(&self.cora, &member(&self.pete), body.clone())
            .await
            .problem(403, "forbidden");
        team.patch(&self.olivia, &member(&self.pete), body).await.expect(200);
        let own = team.get(&self.pete, "/members/me?as=others").await.expect(200);
        assert_eq!(own.body["profile"]["skills"], json!(["Family systems", "Grief"]));
        let seen = team
            .get(&self.oscar, &format!("{}?as=others", member(&self.pete)))
            .await
            .expect(200);
        assert_eq!(seen.body["profile"], own.body["profile"]);
    }

    /// One client more, one less, or the whole list; and who has one.
    async fn owners_assign_clients(&self) {
        let team = &self.team;
        let as_participant = json!({ "role": "participant" });
        team.put(&self.olivia, &team.grant(&self.pete, "casey"), as_participant)
            .await
            .expect(200);
        assert_eq!(team.sees(&self.pete).await, ["blake", "casey"]);
        team.delete(&self.olivia, &team.grant(&self.pete, "blake"))
            .await
            .expect(204);
        assert_eq!(team.sees(&self.pete).await, ["casey"]);
        let list = json!({ "role": "participant", "resources": team.on(&["avery", "blake"]) });
        team.patch(&self.olivia, &member(&self.pete), list).await.expect(200);
        assert_eq!(team.sees(&self.pete).await, ["avery", "blake"]);
        let as_contributor = json!({ "role": "contributor" });
        team.put(&self.olivia, &team.grant(&self.cora, "blake"), as_contributor)
            .await
            .expect(200);
        assert_eq!(
            self.who_may("journeys:read", Some("casey")).await,
            ["olivia", "oscar", "cora"]
        );
        assert!(team.may(&self.pete, "journeys:read", Some("blake")).await);
        let unknown = json!({ "role": "participant", "resources": team.on(&["nobody"]) });
        let refused = team.patch(&self.olivia, &member(&self.pete), unknown).await;
        let refused = refused.problem(422, "invalid-request");
        assert_eq!(refused.faults(), named(&[("resources[0]", "unknown_resource")]));
    }

    /// Out at once and off all clients; they can be added again, without them.
    async fn owners_remove_members(&self) {
        let team = &self.team;
        team.delete(&self.cora, &member(&self.pete))
            .await
            .problem(403, "forbidden");
        team.delete(&self.olivia, &member(&self.pete)).await.expect(204);
        for place in ["", "/resources"] {
            team.get(&self.pete, place).await.problem(404, "not-found");
        }
        assert!(!team.may(&self.pete, "clients:read", Some("avery")).await);
        let found = team.get(&self.olivia, "/contacts?q=pete").await.expect(200);
        let body = json!({ "contact": found.text("/items/0/id"), "role": "participant" });
        let again = team.post(&self.olivia, "/members", body).await.expect(201);
        assert_eq!(again.text("/member/id"), self.pete.id());
        assert_eq!(again.body["member"]["grants"], json!([]));
        assert!(team.sees(&self.pete).await.is_empty());
    }

    /// The end of the team, for everybody in it and all its clients.
    async fn owners_delete_the_team(&self) {
        let team = &self.team;
        for who in [&self.cora, &self.pete] {
            team.delete(who, "").await.problem(403, "forbidden");
        }
        team.delete(&self.olivia, "").await.expect(204);
        for who in [&self.olivia, &self.oscar, &self.cora, &self.pete] {
            for place in ["", "/resources", "/members/me"] {
                team.get(who, place).await.problem(404, "not-found");
            }
        }
        assert_eq!(self.who_may("clients:read", Some("avery")).await, [""; 0]);
        let mine = self.pete.get(&team.h, "/v1/organizations").await.expect(200);
        assert_eq!(mine.body["items"], json!([]));
        // For good: nothing of the client data is left once the days are over in which the platform can undo it.
        team.h.backend.drained().await;
        team.h.advance_days(31);
        team.h.run_schedule().await;
        team.h.run_schedule().await;
        let path = team.acme.path("/restore");
        team.h
            .platform()
            .post(&team.h, &path, &Value::Null)
            .await
            .problem(404, "not-found");
    }
}
