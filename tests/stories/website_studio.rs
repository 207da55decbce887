//! A studio whose team works on all of its sites, each at their level.
//!
//! Making teams from a customer's identity provider (SAML) is left out: it is to come after the rest.

use crate::team::{Team, member, texts};
use muster_tests::{Persona, recount};
use serde_json::json;

/// The studio with one person at each level.
struct Studio {
    team: Team,
    /// Owner, who made it.
    olivia: Persona,
    /// Developer.
    dana: Persona,
    /// Technical editor.
    tess: Persona,
    /// Editor.
    eddy: Persona,
}

#[tokio::test(flavor = "multi_thread")]
async fn managing_your_team_members() {
    let studio = Studio::open().await;
    studio.whoever_makes_it_is_the_owner().await;
    studio.four_types_of_users().await;
    studio.owners().await;
    studio.developers().await;
    studio.technical_editors().await;
    studio.editors().await;
    studio.adding_a_new_team_member().await;
    studio.updating_a_level().await;
    studio.who_updates_whom().await;
    studio.removing_a_team_member().await;
    studio.who_removes_whom().await;
    recount(&studio.team.h).await;
}

impl Studio {
    async fn open() -> Self {
        let sites = [("shop", "The shop"), ("blog", "The blog")];
        let team = Team::found("website-studio", "olivia", "site", &sites).await;
        Self {
            olivia: team.acme.owner.clone(),
            dana: team.join("dana", "developer", &[]).await,
            tess: team.join("tess", "technical_editor", &[]).await,
            eddy: team.join("eddy", "editor", &[]).await,
            team,
        }
    }

    async fn who_may(&self, action: &str, on: Option<&str>) -> Vec<&str> {
        let all = [&self.olivia, &self.dana, &self.tess, &self.eddy];
        self.team.who_may(&all, action, on).await
    }

    async fn whoever_makes_it_is_the_owner(&self) {
        let body = json!({ "name": "Fresh", "role_set": "website-studio" });
        let h = &self.team.h;
        let fresh = h.person("frida");
        let made = fresh.post(h, "/v1/organizations", &body).await.expect(201);
        let me = format!("/v1/organizations/{}/members/me", made.text("/id"));
        assert_eq!(fresh.get(h, &me).await.expect(200).text("/role"), "owner");
    }

    async fn four_types_of_users(&self) {
        let roles = self.team.get(&self.olivia, "/roles").await.expect(200);
        let names = texts(&roles.body["items"], "name");
        assert_eq!(names, ["Owner", "Developer", "Technical Editor", "Editor"]);
    }

    /// Everything, as on an account of their own.
    async fn owners(&self) {
        let team = &self.team;
        let roles = team.get(&self.olivia, "/roles").await.expect(200);
        for role in roles.body["items"].as_array().unwrap() {
            for permission in role["permissions"].as_array().unwrap() {
                let permission = permission.as_str().unwrap();
                assert!(team.may(&self.olivia, permission, Some("shop")).await, "{permission}");
            }
        }
    }

    /// They make sites and manage all about them; billing is the owners'.
    async fn developers(&self) {
        let team = &self.team;
        for power in ["sites:create", "sites:manage"] {
            assert_eq!(self.who_may(power, None).await, ["olivia", "dana"], "{power}");
        }
        assert_eq!(self.who_may("billing:manage", None).await, ["olivia"]);
        let path = "/resources/site/landing";
        team.put(&self.dana, path, json!({ "name": "A landing page" }))
            .await
            .expect(201);
        for own in ["source:write", "content:write"] {
            assert!(team.may(&self.dana, own, Some("landing")).await, "{own}");
        }
        team.delete(&self.dana, path).await.expect(204);
        team.h.backend.drained().await;
    }

    /// The source editor on sites that are there; no new ones.
    async fn technical_editors(&self) {
        let team = &self.team;
        let source = self.who_may("source:write", Some("shop")).await;
        assert_eq!(source, ["olivia", "dana", "tess"]);
        assert!(!team.may(&self.tess, "sites:create", None).await);
        team.put(&self.tess, "/resources/site/mine", json!({ "name": "Mine" }))
            .await
            .problem(403, "forbidden");
    }

    /// Content, in the visual editors.
    async fn editors(&self) {
        let team = &self.team;
        let content = self.who_may("content:write", Some("shop")).await;
        assert_eq!(content, ["olivia", "dana", "tess", "eddy"]);
        for beyond in ["source:write", "sites:create", "sites:manage", "billing:manage"] {
            assert!(!team.may(&self.eddy, beyond, Some("shop")).await, "{beyond}");
        }
    }

    /// An address and a level; a mail, a page to sign up or log in, and then all sites at that level.
    async fn adding_a_new_team_member(&self) {
        let team = &self.team;
        let nell = team.h.person("nell");
        let body = json!({ "email": nell.email(), "role": "technical_editor" });
        for who in [&self.tess, &self.eddy] {
            team.post(who, "/members", body.clone()).await.problem(403, "forbidden");
        }
        team.post(&self.dana, "/members", body).await.expect(201);
        let mail = team.h.mail_to(nell.email()).await.pop().unwrap();
        assert_eq!(mail.subject, "dana invited you to join Acme");

        // What the page behind the link tells somebody who is not signed in.
        let token = team.h.invitation_token(nell.email()).await;
        let page = team.h.preview(&token).await.expect(200);
        assert_eq!(page.text("/organization_name"), "Acme");
        assert_eq!(page.text("/role_name"), "Technical Editor");
        assert_eq!(page.text("/inviter"), "dana");
        assert_eq!(page.text("/email"), "n***@acme.example");
        assert_eq!(page.text("/state"), "pending");
        let path = format!("/v1/invitations/{token}/accept");
        let nobody = team.h.send(None, reqwest::Method::POST, &path, None, &[]).await;
        nobody.problem(401, "unauthorized");
        assert!(!team.may(&nell, "source:write", Some("shop")).await);

        nell.accept(&team.h, &token).await.expect(200);
        assert_eq!(team.sees(&nell).await, ["blog", "shop"]);
        for site in ["shop", "blog"] {
            assert!(team.may(&nell, "source:write", Some(site)).await);
            assert!(!team.may(&nell, "sites:manage", Some(site)).await);
        }
        // Of sites made later, too.
        let path = "/resources/site/campaign";
        team.put(&self.dana, path, json!({ "name": "A campaign" }))
            .await
            .expect(201);
        assert!(team.may(&nell, "source:write", Some("campaign")).await);
        assert_eq!(team.sees(&nell).await, ["blog", "campaign", "shop"]);
    }

    /// Up and down.
    async fn updating_a_level(&self) {
        let team = &self.team;
        let nell = team.h.person("nell");
        for (level, creates, writes_source) in [("developer", true, true), ("editor", false, false)] {
            let changed = team.patch(&self.olivia, &member(&nell), json!({ "role": level })).await;
            assert_eq!(changed.expect(200).text("/role"), level);
            assert_eq!(team.may(&nell, "sites:create", None).await, creates, "{level}");
            assert_eq!(
                team.may(&nell, "source:write", Some("blog")).await,
                writes_source,
                "{level}"
            );
        }
    }

    /// Owners and developers, and of these only owners where an owner is concerned.
    async fn who_updates_whom(&self) {
        let team = &self.team;
        let nell = team.h.person("nell");
        let to = |level: &str| json!({ "role": level });
        team.patch(&self.dana, &member(&nell), to("technical_editor"))
            .await
            .expect(200);
        for who in [&self.tess, &self.eddy] {
            team.patch(who, &member(&nell), to("editor"))
                .await
                .problem(403, "forbidden");
        }
        for change in [
            to("editor"),
            json!({ "name": "Other" }),
            json!({ "status": "inactive" }),
        ] {
            team.patch(&self.dana, &member(&self.olivia), change)
                .await
                .problem(403, "forbidden");
        }
        // Nor do developers make owners, of others or of themselves.
        for whom in [&nell, &self.dana] {
            team.patch(&self.dana, &member(whom), to("owner"))
                .await
                .problem(403, "role-not-assignable");
        }
        team.patch(&self.olivia, &member(&nell), to("owner")).await.expect(200);
        team.patch(&nell, &member(&self.olivia), json!({ "name": "Olivia" }))
            .await
            .expect(200);
        team.patch(&self.olivia, &member(&nell), to("editor")).await.expect(200);
    }

    /// Access is revoked: all sites, at once.
    async fn removing_a_team_member(&self) {
        let team = &self.team;
        let nell = team.h.person("nell");
        team.delete(&self.dana, &member(&nell)).await.expect(204);
        team.get(&nell, "/resources").await.problem(404, "not-found");
        assert!(!team.may(&nell, "content:write", Some("shop")).await);
    }

    /// Again owners and developers, and owners are for owners.
    async fn who_removes_whom(&self) {
        let team = &self.team;
        for who in [&self.tess, &self.eddy] {
            team.delete(who, &member(&self.dana)).await.problem(403, "forbidden");
        }
        team.delete(&self.tess, &member(&self.eddy))
            .await
            .problem(403, "forbidden");
        team.delete(&self.dana, &member(&self.olivia))
            .await
            .problem(403, "forbidden");
        let second = team.join("otto", "owner", &[]).await;
        team.delete(&self.olivia, &member(&second)).await.expect(204);
        team.delete(&self.olivia, &member(&self.dana)).await.expect(204);
        assert_eq!(self.who_may("sites:create", None).await, ["olivia"]);
    }
}
