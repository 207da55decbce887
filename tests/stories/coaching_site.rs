//! A coaching practice grows, and gets a team for its site with collections of pages.

use crate::team::{Team, member, texts};
use muster_tests::shortcuts::named;
use muster_tests::{Persona, recount};
use serde_json::{Value, json};

mod api_keys;

/// The site with one person in each of its roles.
struct Site {
    team: Team,
    /// Owner: the coach.
    olivia: Persona,
    /// Admin.
    adam: Persona,
    /// Editor.
    edna: Persona,
    /// Instructor, of the collection `basics`.
    ingo: Persona,
    /// Support.
    sue: Persona,
}

#[tokio::test(flavor = "multi_thread")]
async fn team_management() {
    let site = Site::open().await;
    site.accessing_team_settings().await;
    site.team_roles().await;
    site.owner().await;
    site.admin().await;
    site.editor().await;
    site.instructor().await;
    site.support().await;
    site.the_owner_is_never_removed_only_transferred().await;
    site.adding_from_existing_contacts().await;
    site.inviting_new_people().await;
    site.changing_roles().await;
    site.assigning_collections().await;
    site.removing_team_members().await;
    site.pending_invitations().await;
    let secret = site.api_keys().await;
    site.revoking_api_keys(&secret).await;
    site.best_practices().await;
    recount(&site.team.h).await;
}

impl Site {
    async fn open() -> Self {
        let collections = [("basics", "The basics"), ("advanced", "For the advanced")];
        let team = Team::found("coaching-site", "olivia", "collection", &collections).await;
        Self {
            olivia: team.acme.owner.clone(),
            adam: team.join("adam", "admin", &[]).await,
            edna: team.join("edna", "editor", &[]).await,
            ingo: team.join("ingo", "instructor", &["basics"]).await,
            sue: team.join("sue", "support", &[]).await,
            team,
        }
    }

    /// Who of the five may do this, on a collection or on the whole site.
    async fn who_may(&self, action: &str, on: Option<&str>) -> Vec<&str> {
        let all = [&self.olivia, &self.adam, &self.edna, &self.ingo, &self.sue];
        self.team.who_may(&all, action, on).await
    }

    /// The admin area's page about the team is for those who manage it.
    async fn accessing_team_settings(&self) {
        let team = &self.team;
        for who in [&self.olivia, &self.adam] {
            team.get(who, "/members").await.expect(200);
        }
        for who in [&self.edna, &self.ingo, &self.sue] {
            team.get(who, "/members").await.problem(403, "forbidden");
        }
    }

    /// Five roles, from full access to looking after customers.
    async fn team_roles(&self) {
        let roles = self.team.get(&self.olivia, "/roles").await.expect(200);
        assert_eq!(
            texts(&roles.body["items"], "name"),
            ["Owner", "Admin", "Editor", "Instructor", "Support"]
        );
    }

    /// Everything, with billing, the account's settings and deleting the site.
    async fn owner(&self) {
        let team = &self.team;
        let roles = team.get(&self.olivia, "/roles").await.expect(200);
        for role in roles.body["items"].as_array().unwrap() {
            for permission in role["permissions"].as_array().unwrap() {
                let permission = permission.as_str().unwrap();
                assert!(team.may(&self.olivia, permission, Some("basics")).await, "{permission}");
            }
        }
        assert_eq!(self.who_may("billing:manage", None).await, ["olivia"]);
        assert_eq!(self.who_may("organization:delete", None).await, ["olivia"]);
        // On a site of its own, since this one is needed further on.
        let body = json!({ "name": "Old site", "role_set": "coaching-site" });
        let old = self.olivia.post(&team.h, "/v1/organizations", &body).await.expect(201);
        let path = format!("/v1/organizations/{}", old.text("/id"));
        self.olivia.delete(&team.h, &path).await.expect(204);
        self.olivia.get(&team.h, &path).await.problem(404, "not-found");
    }

    /// The team, all content and all settings; neither billing nor the end of the site.
    async fn admin(&self) {
        let team = &self.team;
        assert_eq!(self.who_may("members:manage", None).await, ["olivia", "adam"]);
        assert_eq!(self.who_may("settings:manage", None).await, ["olivia", "adam"]);
        for content in ["pages:write", "collections:manage", "memberships:manage"] {
            assert!(team.may(&self.adam, content, None).await, "{content}");
        }
        team.patch(&self.adam, "", json!({ "name": "Calm coaching" }))
            .await
            .expect(200);
        assert!(!team.may(&self.adam, "billing:manage", None).await);
        team.delete(&self.adam, "").await.problem(403, "forbidden");
    }

    /// All pages and collections, a look at contacts and memberships; no say in the team.
    async fn editor(&self) {
        let team = &self.team;
        let with_editor = ["olivia", "adam", "edna"];
        assert_eq!(self.who_may("pages:write", Some("advanced")).await, with_editor);
        assert_eq!(self.who_may("pages:write", None).await, with_editor);
        assert_eq!(self.who_may("collections:manage", None).await, with_editor);
        team.put(
            &self.edna,
            "/resources/collection/retreat",
            json!({ "name": "A retreat" }),
        )
        .await
        .expect(201);
        team.get(&self.edna, "/contacts").await.expect(200);
        assert!(team.may(&self.edna, "memberships:read", None).await);
        assert!(!team.may(&self.edna, "memberships:manage", None).await);

        let body = json!({ "email": "new@x.example", "role": "support" });
        team.post(&self.edna, "/members", body).await.problem(403, "forbidden");
        let sue = member(&self.sue);
        team.patch(&self.edna, &sue, json!({ "role": "editor" }))
            .await
            .problem(403, "forbidden");
        team.delete(&self.edna, &sue).await.problem(403, "forbidden");
        team.patch(&self.edna, "", json!({ "name": "Edna's" }))
            .await
            .problem(403, "forbidden");
    }

    /// The collections assigned, and no others; of contacts, those that the product shows on these.
    async fn instructor(&self) {
        let team = &self.team;
        assert_eq!(team.sees(&self.ingo).await, ["basics"]);
        for page in ["pages:read", "pages:write"] {
            assert!(team.may(&self.ingo, page, Some("basics")).await);
            assert!(!team.may(&self.ingo, page, Some("advanced")).await);
            assert!(!team.may(&self.ingo, page, None).await);
        }
        team.put(&self.ingo, "/resources/collection/mine", json!({ "name": "Mine" }))
            .await
            .problem(403, "forbidden");
        assert!(team.may(&self.ingo, "contacts:read", Some("basics")).await);
        assert!(!team.may(&self.ingo, "contacts:read", Some("advanced")).await);
        team.get(&self.ingo, "/contacts").await.problem(403, "forbidden");
        assert!(!team.may(&self.ingo, "memberships:read", Some("basics")).await);
    }

    /// Contacts and memberships to look at; no content at all.
    async fn support(&self) {
        let team = &self.team;
        let those_who_see = ["olivia", "adam", "edna", "sue"];
        assert_eq!(self.who_may("contacts:read", None).await, those_who_see);
        assert_eq!(self.who_may("memberships:read", None).await, those_who_see);
        team.get(&self.sue, "/contacts").await.expect(200);
        let body = json!({ "email": "new@x.example" });
        team.put(&self.sue, "/contacts/new", body)
            .await
            .problem(403, "forbidden");
        for beyond in ["memberships:manage", "contacts:manage", "pages:read", "pages:write"] {
            assert!(!team.may(&self.sue, beyond, Some("basics")).await, "{beyond}");
        }
        assert!(team.sees(&self.sue).await.is_empty());
    }

    async fn the_owner_is_never_removed_only_transferred(&self) {
        let team = &self.team;
        let owner = member(&self.olivia);
        team.delete(&self.adam, &owner).await.problem(403, "forbidden");
        team.patch(&self.adam, &owner, json!({ "role": "admin" }))
            .await
            .problem(403, "forbidden");
        team.delete(&self.olivia, &owner).await.problem(409, "last-owner");
        // Nor is there a second one who could take over.
        team.patch(&self.olivia, &member(&self.adam), json!({ "role": "owner" }))
            .await
            .problem(403, "role-not-assignable");

        let to = |who: &Persona| json!({ "to": who.id(), "then": "admin" });
        let path = "/transfer-ownership";
        team.post(&self.adam, path, to(&self.adam))
            .await
            .problem(403, "forbidden");
        team.post(&self.olivia, path, to(&self.adam)).await.expect(200);
        assert_eq!(self.who_may("billing:manage", None).await, ["adam"]);
        team.post(&self.adam, path, to(&self.olivia)).await.expect(200);
        assert_eq!(self.who_may("billing:manage", None).await, ["olivia"]);
    }

    /// Somebody the site knows, with an account: typed for, picked, given a role, and in.
    async fn adding_from_existing_contacts(&self) {
        let team = &self.team;
        let nora = team.h.person("nora");
        // The product tells who its contacts are.
        for (id, body) in [
            (
                "c1",
                json!({ "email": nora.email(), "name": "Nora Quist", "subject": "nora" }),
            ),
            ("c2", json!({ "email": "paul@x.example", "name": "Paul Norton" })),
        ] {
            let path = team.acme.path(&format!("/contacts/{id}"));
            team.h.platform().put(&team.h, &path, &body).await.expect(201);
        }
        for (typed, suggested) in [("no", &["c1", "c2"][..]), ("Qui", &["c1"]), ("nora@ac", &["c1"])] {
            let found = team.get(&self.adam, &format!("/contacts?q={typed}")).await.expect(200);
            let mut ids = texts(&found.body["items"], "id");
            ids.sort();
            assert_eq!(ids, suggested, "{typed}");
        }
        let body = json!({ "contact": "c1", "role": "editor" });
        let added = team.post(&self.adam, "/members", body).await.expect(201);
        assert_eq!(added.text("/member/id"), nora.id());
        assert!(team.may(&nora, "pages:write", Some("basics")).await, "at once");
        assert_eq!(team.h.invitations_mailed(nora.email()).await, 0);
        assert_eq!(team.h.mail_to(nora.email()).await.len(), 1, "they are told");
    }

    /// Somebody new: an address, a role, and a mail that invites them.
    async fn inviting_new_people(&self) {
        let team = &self.team;
        let pam = team.h.person("pam");
        let body = json!({ "email": pam.email(), "role": "editor" });
        let done = team.post(&self.adam, "/members", body).await.expect(201);
        assert_eq!(done.text("/invitation/email"), pam.email());
        team.get(&pam, "").await.problem(404, "not-found");
        let mail = team.h.mail_to(pam.email()).await;
        assert_eq!(mail[0].subject, "adam invited you to join Calm coaching");
        team.accept(&pam).await.expect(200);
        team.get(&pam, "").await.expect(200);
    }

    /// Found in the list, edited, saved.
    async fn changing_roles(&self) {
        let team = &self.team;
        let pam = team.h.person("pam");
        let row = team.row(&self.adam, pam.email()).await;
        let path = format!("/members/{}", row["id"].as_str().unwrap());
        team.patch(&self.adam, &path, json!({ "role": "support" }))
            .await
            .expect(200);
        assert_eq!(team.row(&self.adam, pam.email()).await["role"], "support");
        assert!(!team.may(&pam, "pages:write", None).await);
        assert!(team.may(&pam, "memberships:read", None).await);
    }

    /// The boxes that are checked are the collections an instructor has.
    async fn assigning_collections(&self) {
        let team = &self.team;
        let ingo = member(&self.ingo);
        let checked = |ids: &[&str]| json!({ "role": "instructor", "resources": team.on(ids) });
        team.patch(&self.adam, &ingo, checked(&["advanced", "retreat"]))
            .await
            .expect(200);
        assert_eq!(team.sees(&self.ingo).await, ["advanced", "retreat"]);
        assert!(!team.may(&self.ingo, "pages:write", Some("basics")).await);
        assert!(team.may(&self.ingo, "pages:write", Some("advanced")).await);
        let none = team.patch(&self.adam, &ingo, checked(&[])).await;
        let none = none.problem(422, "invalid-request");
        assert_eq!(none.faults(), named(&[("resources", "required")]));
        team.patch(&self.ingo, &ingo, checked(&["basics"]))
            .await
            .problem(403, "forbidden");
    }

    /// No access any more, but a contact still, who can come again.
    async fn removing_team_members(&self) {
        let team = &self.team;
        let pam = team.h.person("pam");
        team.delete(&self.adam, &member(&pam)).await.expect(204);
        team.get(&pam, "").await.problem(404, "not-found");
        assert!(!team.may(&pam, "memberships:read", None).await);
        assert_eq!(team.row(&self.adam, pam.email()).await, Value::Null);
        let found = team.get(&self.adam, "/contacts?q=pam").await.expect(200);
        assert_eq!(found.text("/items/0/email"), pam.email());
        let body = json!({ "contact": found.text("/items/0/id"), "role": "support" });
        let again = team.post(&self.adam, "/members", body).await.expect(201);
        assert_eq!(again.text("/member/id"), pam.id());
    }

    /// A list of their own: sent again, taken back, or over by themselves after a set time.
    async fn pending_invitations(&self) {
        let team = &self.team;
        let (vic, walt) = (team.h.person("vic"), team.h.person("walt"));
        let both = format!("{} {}", vic.email(), walt.email());
        team.invite(&self.adam, &both, "editor", &[]).await.expect(201);
        let pending = team.get(&self.adam, "/invitations").await.expect(200);
        assert_eq!(texts(&pending.body["items"], "email"), [vic.email(), walt.email()]);
        let ids = texts(&pending.body["items"], "id");
        assert_eq!(team.h.invitations_mailed(vic.email()).await, 1);

        let path = format!("/invitations/{}/resend", ids[0]);
        team.post(&self.adam, &path, Value::Null).await.expect(200);
        assert_eq!(team.h.invitations_mailed(vic.email()).await, 2);
        team.delete(&self.adam, &format!("/invitations/{}", ids[0]))
            .await
            .expect(204);
        team.accept(&vic).await.problem(410, "invitation-cancelled");

        team.h.advance_days(7);
        team.accept(&walt).await.problem(410, "invitation-expired");
        let pending = team.get(&self.adam, "/invitations").await.expect(200);
        assert_eq!(pending.body["items"], json!([]));
        // How long that time is, the site sets.
        let body = json!({ "settings": { "invitation_ttl_days": 2 } });
        team.patch(&self.adam, "", body).await.expect(200);
        team.invite(&self.adam, walt.email(), "editor", &[]).await.expect(201);
        team.h.advance_days(2);
        team.accept(&walt).await.problem(410, "invitation-expired");
        team.h.run_schedule().await;
    }

    /// Who was not there for long is found by when they were last active, and removed.
    async fn best_practices(&self) {
        let team = &self.team;
        team.h.advance_days(60);
        team.get(&self.sue, "/contacts").await.expect(200);
        let seen = |row: &Value| {
            row["last_active_at"]
                .as_str()
                .unwrap()
                .parse::<jiff::Timestamp>()
                .unwrap()
        };
        let nora = team.row(&self.olivia, "nora@acme.example").await;
        let sue = team.row(&self.olivia, self.sue.email()).await;
        assert!(nora["last_active_at"].is_null() || seen(&nora) < seen(&sue));
        let path = format!("/members/{}", nora["id"].as_str().unwrap());
        team.delete(&self.olivia, &path).await.expect(204);
    }
}
