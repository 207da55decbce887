//! Administrators hand out seats and projects to their co-workers.

use crate::team::{Team, member, texts};
use muster_tests::shortcuts::named;
use muster_tests::{Persona, recount};
use serde_json::{Value, json};

/// The organization, with those who are there from the beginning and a co-worker who is not.
struct Workspace {
    team: Team,
    /// Administrator, who made it.
    olivia: Persona,
    /// Administrator as well.
    adrian: Persona,
    /// Works in the project `web`.
    wendy: Persona,
    /// The co-worker who is about to be invited.
    carl: Persona,
}

#[tokio::test(flavor = "multi_thread")]
async fn user_management_dashboard() {
    let workspace = Workspace::open().await;
    workspace.step_1_the_dashboard().await;
    workspace.step_2_and_3_invite_a_co_worker().await;
    workspace.step_4_track_the_status().await;
    workspace.step_4_3_track_the_used_seats().await;
    workspace.step_5_edit_the_invited_user().await;
    workspace.step_4_2_the_user_has_registered().await;
    workspace.step_5_3_edit_a_registered_user().await;
    workspace.step_5_4_review_the_list().await;
    workspace.step_6_delete_a_seat().await;
    workspace.nobody_deletes_their_own().await;
    recount(&workspace.team.h).await;
}

impl Workspace {
    async fn open() -> Self {
        let projects = [("web", "Web shop"), ("app", "Phone app"), ("docs", "Documentation")];
        let team = Team::found("project-workspace", "olivia", "project", &projects).await;
        let workspace = Self {
            olivia: team.acme.owner.clone(),
            adrian: team.join("adrian", "administrator", &[]).await,
            wendy: team.join("wendy", "collaborator", &["web"]).await,
            carl: team.h.person("carl"),
            team,
        };
        workspace.team.acme.plan(&workspace.team.h, Some(4), &[]).await;
        workspace
    }

    /// The one place for all this is for those who manage users and seats.
    async fn step_1_the_dashboard(&self) {
        let team = &self.team;
        let everybody = [&self.olivia, &self.adrian, &self.wendy];
        assert_eq!(
            team.who_may(&everybody, "members:manage", None).await,
            ["olivia", "adrian"]
        );
        team.get(&self.adrian, "/members").await.expect(200);
        team.get(&self.wendy, "/members").await.problem(403, "forbidden");
        // Who has joined a project.
        let body = json!({ "subject": { "type": "user" }, "action": { "name": "sessions:read" },
            "resource": team.on(&["web"])[0], "context": { "organization": team.acme.id } });
        let found = self.olivia.post(&team.h, "/access/v1/search/subject", &body).await;
        let mut ids = texts(&found.expect(200).body["results"], "id");
        ids.sort();
        let mut expected: Vec<String> = everybody.iter().map(|who| who.name().to_owned()).collect();
        expected.sort();
        assert_eq!(ids, expected);
    }

    /// An address and one project at least, or more of them; then a mail goes out.
    async fn step_2_and_3_invite_a_co_worker(&self) {
        let team = &self.team;
        let carl = self.carl.email();
        team.invite(&self.wendy, carl, "collaborator", &["web"])
            .await
            .problem(403, "forbidden");
        let none = team.invite(&self.olivia, carl, "collaborator", &[]).await;
        let none = none.problem(422, "invalid-invitations");
        assert_eq!(none.faults(), named(&[("resources", "required")]));
        let nobody = team.invite(&self.olivia, "", "collaborator", &["web"]).await;
        let nobody = nobody.problem(422, "invalid-invitations");
        assert_eq!(nobody.faults(), named(&[("emails", "no_addresses")]));
        assert!(team.h.mail_to(carl).await.is_empty());

        let one = team.invite(&self.olivia, carl, "collaborator", &["web"]).await;
        let path = format!("/invitations/{}", one.expect(201).text("/invitations/0/id"));
        team.delete(&self.olivia, &path).await.expect(204);
        let several = team.invite(&self.olivia, carl, "collaborator", &["web", "app"]).await;
        let offered = several.expect(201).body["invitations"][0]["resources"].clone();
        assert_eq!(texts(&offered, "id"), ["app", "web"]);
        let mail = team.h.mail_to(carl).await.pop().unwrap();
        assert_eq!(mail.subject, "olivia invited you to join Acme");
        assert!(mail.text.contains("Web shop") && mail.text.contains("Phone app"));
        assert!(mail.html.contains("<a "), "a button to finish the registration");
    }

    /// Pending, until the co-worker has registered.
    async fn step_4_track_the_status(&self) {
        let team = &self.team;
        let row = team.row(&self.olivia, self.carl.email()).await;
        assert_eq!(
            (&row["kind"], &row["invite_status"]),
            (&json!("invitation"), &json!("pending"))
        );
        team.get(&self.carl, "/resources").await.problem(404, "not-found");
    }

    /// Used of all seats, whatever the projects; more of them from the plan.
    async fn step_4_3_track_the_used_seats(&self) {
        let team = &self.team;
        let counter = async || team.list(&self.olivia).await.body["seats"].clone();
        assert_eq!(counter().await, json!({ "used": 4, "limit": 4, "at_limit": true }));
        let fifth = team
            .invite(&self.olivia, "fifth@x.example", "collaborator", &["docs"])
            .await;
        let refused = fifth.problem(409, "no-seats-available");
        assert_eq!(refused.body["seats"], json!({ "used": 4, "limit": 4, "needed": 1 }));
        team.acme.plan(&team.h, Some(5), &[]).await;
        assert_eq!(counter().await, json!({ "used": 4, "limit": 5, "at_limit": false }));
    }

    /// Before they join: other projects, the same address, one project at least.
    async fn step_5_edit_the_invited_user(&self) {
        let team = &self.team;
        let row = team.row(&self.olivia, self.carl.email()).await;
        let path = format!("/invitations/{}", row["id"].as_str().unwrap());
        let edited = team
            .patch(&self.olivia, &path, json!({ "resources": team.on(&["app", "docs"]) }))
            .await
            .expect(200);
        assert_eq!(texts(&edited.body["resources"], "id"), ["app", "docs"]);
        let other = team
            .patch(&self.olivia, &path, json!({ "email": "else@x.example" }))
            .await;
        let other = other.problem(422, "invalid-request");
        assert_eq!(other.faults(), named(&[("email", "unknown_field")]));
        let none = team.patch(&self.olivia, &path, json!({ "resources": [] })).await;
        let none = none.problem(422, "invalid-invitations");
        assert_eq!(none.faults(), named(&[("resources", "required")]));
    }

    /// The link of the mail, an account, and they take part in what the invitation says by then.
    async fn step_4_2_the_user_has_registered(&self) {
        let team = &self.team;
        team.accept(&self.carl).await.expect(200);
        let row = team.row(&self.olivia, self.carl.email()).await;
        assert_eq!(
            (&row["kind"], &row["invite_status"]),
            (&json!("member"), &json!("accepted"))
        );
        assert_eq!(team.sees(&self.carl).await, ["app", "docs"]);
        assert_eq!(
            team.seats().await,
            (4, Some(5)),
            "the seat they had is the one they have"
        );
    }

    /// Projects come and go, and one always stays; the address is still the same.
    async fn step_5_3_edit_a_registered_user(&self) {
        let team = &self.team;
        let path = member(&self.carl);
        let projects = |ids: &[&str]| json!({ "role": "collaborator", "resources": team.on(ids) });
        team.patch(&self.olivia, &path, projects(&["web", "docs"]))
            .await
            .expect(200);
        assert_eq!(team.sees(&self.carl).await, ["docs", "web"]);
        assert!(!team.may(&self.carl, "sessions:read", Some("app")).await);
        // One more, one less.
        let grant = |id: &str| team.grant(&self.carl, id);
        let role = json!({ "role": "collaborator" });
        team.put(&self.olivia, &grant("app"), role).await.expect(200);
        for id in ["web", "docs"] {
            team.delete(&self.olivia, &grant(id)).await.expect(204);
        }
        let last = team.delete(&self.olivia, &grant("app")).await;
        assert_eq!(
            last.problem(422, "invalid-request").faults(),
            named(&[("grants", "required")])
        );
        let none = team.patch(&self.olivia, &path, projects(&[])).await;
        assert_eq!(
            none.problem(422, "invalid-request").faults(),
            named(&[("resources", "required")])
        );
        let other = team
            .patch(&self.olivia, &path, json!({ "email": "else@x.example" }))
            .await;
        assert_eq!(
            other.problem(422, "invalid-request").faults(),
            named(&[("email", "unknown_field")])
        );
        team.patch(&self.wendy, &path, projects(&["web"]))
            .await
            .problem(403, "forbidden");
    }

    /// The grid has everybody's projects as they are now.
    async fn step_5_4_review_the_list(&self) {
        let team = &self.team;
        for (who, projects) in [(&self.carl, &["app"]), (&self.wendy, &["web"])] {
            let row = team.row(&self.adrian, who.email()).await;
            assert_eq!(texts(&row["grants"], "id"), projects);
        }
    }

    /// Somebody left the company: their seat is deleted, and free.
    async fn step_6_delete_a_seat(&self) {
        let team = &self.team;
        team.delete(&self.wendy, &member(&self.carl))
            .await
            .problem(403, "forbidden");
        team.delete(&self.olivia, &member(&self.carl)).await.expect(204);
        assert_eq!(team.seats().await, (3, Some(5)));
        assert_eq!(team.row(&self.olivia, self.carl.email()).await, Value::Null);
        team.get(&self.carl, "/resources").await.problem(404, "not-found");
    }

    /// That takes another account of the organization.
    async fn nobody_deletes_their_own(&self) {
        let team = &self.team;
        for who in [&self.olivia, &self.adrian, &self.wendy] {
            for own in ["/members/me", &member(who)] {
                team.delete(who, own).await.problem(403, "forbidden");
            }
        }
        team.delete(&self.olivia, &member(&self.adrian)).await.expect(204);
        team.get(&self.adrian, "").await.problem(404, "not-found");
    }
}
