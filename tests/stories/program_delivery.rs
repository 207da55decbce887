//! An organization that runs programs adds people to its team, in seven roles.
//!
//! The list's search, filters and sort orders, and its export, are left out: they are yet to be built. That people
//! added to paid programs skip the payment is the product's to see to; here it is told who they are.

use crate::team::{Team, texts};
use muster_tests::shortcuts::named;
use muster_tests::{Answer, Persona, recount};
use serde_json::{Value, json};

mod managing;
mod paying;

/// The organization with those who invite others.
struct Academy {
    team: Team,
    /// Owner, who made it.
    olivia: Persona,
    /// Admin.
    amir: Persona,
    /// Program admin of `spring`.
    petra: Persona,
}

/// What the organization's mails say if nobody writes anything else.
const WELCOME: &str = "Welcome to the academy";

#[tokio::test(flavor = "multi_thread")]
async fn add_team_members_to_your_organization() {
    let academy = Academy::open().await;
    academy.seven_roles().await;
    academy.before_you_begin().await;
    academy.paste_email_addresses().await;
    academy.pick_owner_or_admin().await;
    academy.pick_implementation_admin().await;
    academy.pick_a_role_on_programs().await;
    academy.pick_participant().await;
    academy.skip_payment_for_paid_programs().await;
    academy.the_invitation_message().await;
    academy.pending_until_accepted().await;
    academy.seat_limits_and_batch_invites().await;
    academy.the_users_list().await;
    academy.resend_invitations().await;
    academy.change_a_role().await;
    academy.activate_and_deactivate().await;
    academy.the_last_owner_stays_active().await;
    academy.in_batches().await;
    academy.seat_counter().await;
    recount(&academy.team.h).await;
}

impl Academy {
    async fn open() -> Self {
        let programs = [("spring", "Spring cohort"), ("autumn", "Autumn cohort")];
        let team = Team::found("program-delivery", "olivia", "program", &programs).await;
        let olivia = team.acme.owner.clone();
        let body = json!({ "settings": { "default_message": WELCOME } });
        team.patch(&olivia, "", body).await.expect(200);
        Self {
            amir: team.join("amir", "admin", &[]).await,
            petra: team.join("petra", "program_admin", &["spring"]).await,
            olivia,
            team,
        }
    }

    /// Refused, with this at fault.
    #[track_caller]
    fn refused(answer: Answer, place: &str, code: &str) {
        let refused = answer.problem(422, "invalid-invitations");
        assert_eq!(refused.faults(), named(&[(place, code)]));
    }

    /// Three for the whole organization, four for programs; all through one way of inviting.
    async fn seven_roles(&self) {
        let roles = self.team.get(&self.olivia, "/roles").await.expect(200);
        let roles = roles.body["items"].as_array().unwrap();
        let reach = |wanted: &str| -> Vec<&str> {
            let rows = roles.iter().filter(|role| role["reach"] == wanted);
            rows.map(|role| role["name"].as_str().unwrap()).collect()
        };
        assert_eq!(reach("organization"), ["Owner", "Admin", "Implementation Admin"]);
        let on_programs = ["Program Admin", "Program Facilitator", "Program Sponsor", "Participant"];
        assert_eq!(reach("resource"), on_programs);
    }

    /// Who may invite: owners and admins anywhere, program admins to their programs, nobody else.
    async fn before_you_begin(&self) {
        let team = &self.team;
        let fay = team.join("fay", "program_facilitator", &["spring"]).await;
        let sam = team.join("sam", "program_sponsor", &["spring"]).await;
        let pia = team.join("pia", "participant", &["spring"]).await;
        let all = [&self.olivia, &self.amir, &self.petra, &fay, &sam, &pia];
        let anywhere = team.who_may(&all, "members:invite", None).await;
        assert_eq!(anywhere, ["olivia", "amir"]);
        let to_spring = team.who_may(&all, "members:invite", Some("spring")).await;
        assert_eq!(to_spring, ["olivia", "amir", "petra"]);
        for who in [&self.olivia, &self.amir, &self.petra] {
            let email = format!("of-{}@x.example", who.name());
            team.invite(who, &email, "participant", &["spring"]).await.expect(201);
        }
        for who in [&fay, &sam, &pia] {
            let refused = team.invite(who, "no@x.example", "participant", &["spring"]).await;
            refused.problem(403, "forbidden");
        }
        let beyond = team
            .invite(&self.petra, "no@x.example", "participant", &["autumn"])
            .await;
        beyond.problem(403, "role-not-assignable");
    }

    /// Commas, spaces and new lines between them, 20 at most.
    async fn paste_email_addresses(&self) {
        let team = &self.team;
        let pasted = "a1@x.example, a2@x.example a3@x.example\na4@x.example,a1@x.example\n";
        let sent = team.invite(&self.amir, pasted, "participant", &[]).await.expect(201);
        let emails = texts(&sent.body["invitations"], "email");
        assert_eq!(emails, ["a1@x.example", "a2@x.example", "a3@x.example", "a4@x.example"]);
        let many = |count: usize| (0..count).map(|n| format!("b{n}@x.example ")).collect::<String>();
        let refused = team.invite(&self.amir, &many(21), "participant", &[]).await;
        Self::refused(refused, "emails", "too_many_addresses");
        let sent = team.invite(&self.amir, &many(20), "participant", &[]).await.expect(201);
        assert_eq!(sent.body["invitations"].as_array().unwrap().len(), 20);
        assert_eq!(team.h.invitations_mailed("b19@x.example").await, 1);
    }

    /// Owners have the billing and are made by owners; admins have all but that.
    async fn pick_owner_or_admin(&self) {
        let team = &self.team;
        let refused = team.invite(&self.amir, "founder@x.example", "owner", &[]).await;
        refused.problem(403, "role-not-assignable");
        let oda = team.join("oda", "owner", &[]).await;
        let all = [&self.olivia, &oda, &self.amir];
        assert_eq!(team.who_may(&all, "billing:manage", None).await, ["olivia", "oda"]);
        let roles = team.get(&self.olivia, "/roles").await.expect(200);
        for permission in roles.body["items"][0]["permissions"].as_array().unwrap() {
            let permission = permission.as_str().unwrap();
            let beyond = ["billing:manage", "organization:delete"].contains(&permission);
            assert_eq!(team.may(&self.amir, permission, None).await, !beyond, "{permission}");
        }
    }

    /// Outside help: only once it is enabled, from allowed domains, and for a chosen time.
    async fn pick_implementation_admin(&self) {
        let team = &self.team;
        let hal = team.h.person("hal").with_email("hal@partner.example", true);
        let offered = async || {
            let roles = team.get(&self.amir, "/roles").await.expect(200);
            roles.body["items"][2]["assignable"].clone()
        };
        let ask = async |email: &str, duration: Value| {
            let body = json!({ "emails": email, "role": "implementation_admin", "duration": duration });
            team.post(&self.amir, "/invitations", body).await
        };
        assert_eq!(offered().await, false, "not in the list of roles");
        let off = ask(hal.email(), json!("1_month")).await;
        let off = off.problem(422, "invalid-invitations");
        let faults = [("role", "role_not_enabled"), (hal.email(), "domain_not_allowed")];
        assert_eq!(off.faults(), named(&faults));
        team.acme.plan(&team.h, None, &["partner.example"]).await;
        team.acme.optional_roles(&team.h, &["implementation_admin"]).await;
        assert_eq!(offered().await, true);

        let roles = team.get(&self.amir, "/roles").await.expect(200);
        let durations = ["1_month", "2_months", "3_months", "6_months", "forever"];
        assert_eq!(roles.body["items"][2]["durations"], json!(durations));
        Self::refused(ask(hal.email(), Value::Null).await, "duration", "required");
        let elsewhere = ask("hal@else.example", json!("1_month")).await;
        assert!(elsewhere.text("/errors/0/detail").contains("partner.example"));
        Self::refused(elsewhere, "hal@else.example", "domain_not_allowed");

        ask(hal.email(), json!("1_month")).await.expect(201);
        team.accept(&hal).await.expect(200);
        assert!(team.may(&hal, "content:write", Some("autumn")).await);
        assert!(!team.may(&hal, "billing:manage", None).await);
        let refused = team.invite(&hal, "founder@x.example", "owner", &[]).await;
        refused.problem(403, "role-not-assignable");
        team.h.advance_days(31);
        assert!(!team.may(&hal, "content:write", Some("autumn")).await);
        team.h.run_schedule().await;
    }

    /// Program admin, facilitator and sponsor: for the programs picked, one at least.
    async fn pick_a_role_on_programs(&self) {
        let team = &self.team;
        for role in ["program_admin", "program_facilitator", "program_sponsor"] {
            let without = team.invite(&self.amir, "new@x.example", role, &[]).await;
            Self::refused(without, "resources", "required");
        }
        let people = [
            team.join("paula", "program_admin", &["spring", "autumn"]).await,
            team.join("flora", "program_facilitator", &["spring", "autumn"]).await,
            team.join("sasha", "program_sponsor", &["autumn"]).await,
        ];
        let people: Vec<&Persona> = people.iter().collect();
        for (power, program, who) in [
            ("content:write", "autumn", &["paula"][..]),
            ("programs:run", "spring", &["paula", "flora"]),
            ("programs:read", "autumn", &["paula", "flora", "sasha"]),
            ("programs:read", "spring", &["paula", "flora"]),
            ("content:read", "autumn", &["paula", "flora"]),
        ] {
            assert_eq!(
                team.who_may(&people, power, Some(program)).await,
                who,
                "{power} {program}"
            );
        }
    }

    /// Learners: with programs or without.
    async fn pick_participant(&self) {
        let team = &self.team;
        let without = team.join("pablo", "participant", &[]).await;
        let with = team.join("priya", "participant", &["spring"]).await;
        assert!(team.sees(&without).await.is_empty());
        assert_eq!(team.sees(&with).await, ["spring"], "right away");
        assert!(team.may(&with, "content:read", Some("spring")).await);
    }

    /// The organization's, unless the inviter writes another.
    async fn the_invitation_message(&self) {
        let team = &self.team;
        team.invite(&self.amir, "m1@x.example", "participant", &[])
            .await
            .expect(201);
        let body = json!({ "emails": "m2@x.example", "role": "participant", "message": "See you on Monday" });
        team.post(&self.amir, "/invitations", body).await.expect(201);
        for (email, message) in [("m1@x.example", WELCOME), ("m2@x.example", "See you on Monday")] {
            let mail = team.h.mail_to(email).await.pop().unwrap();
            assert!(mail.text.contains(message), "{}", mail.text);
        }
        let settings = team.get(&self.amir, "").await.expect(200);
        assert_eq!(
            settings.text("/settings/default_message"),
            WELCOME,
            "to be filled in beforehand"
        );
    }

    /// Each gets a mail, and stands in the list as pending until they accept.
    async fn pending_until_accepted(&self) {
        let team = &self.team;
        let (ann, bob) = (team.h.person("ann"), team.h.person("bob"));
        let both = format!("{}\n{}", ann.email(), bob.email());
        team.invite(&self.amir, &both, "program_facilitator", &["spring"])
            .await
            .expect(201);
        let status = async |who: &Persona| team.row(&self.amir, who.email()).await["invite_status"].clone();
        for who in [&ann, &bob] {
            assert_eq!(team.h.invitations_mailed(who.email()).await, 1);
            assert_eq!(status(who).await, "pending");
        }
        team.accept(&ann).await.expect(200);
        assert_eq!(
            (status(&ann).await, status(&bob).await),
            (json!("accepted"), json!("pending"))
        );
    }

    /// All of a batch or nothing of it, with the figures; who uses no seat always fits.
    async fn seat_limits_and_batch_invites(&self) {
        let team = &self.team;
        let (used, _) = team.seats().await;
        let limit = u32::try_from(used).unwrap() + 1;
        team.acme.plan(&team.h, Some(limit), &["partner.example"]).await;
        let batch = "s1@x.example s2@x.example";
        let refused = team.invite(&self.amir, batch, "admin", &[]).await;
        let refused = refused.problem(409, "no-seats-available");
        assert_eq!(refused.text("/title"), "No seats available");
        assert!(refused.text("/detail").starts_with("upgrade the plan or free a seat"));
        assert_eq!(
            refused.body["seats"],
            json!({ "used": used, "limit": limit, "needed": 2 })
        );
        for email in ["s1@x.example", "s2@x.example"] {
            assert!(team.h.mail_to(email).await.is_empty());
        }
        team.invite(&self.amir, "s1@x.example", "admin", &[]).await.expect(201);
        assert_eq!(team.seats().await, (used + 1, Some(used + 1)));

        team.invite(
            &self.amir,
            "l1@x.example l2@x.example l3@x.example",
            "participant",
            &["spring"],
        )
        .await
        .expect(201);
        let body = json!({ "emails": "h1@partner.example h2@partner.example", "role": "implementation_admin",
            "duration": "forever" });
        team.post(&self.amir, "/invitations", body).await.expect(201);
        assert_eq!(team.seats().await, (used + 1, Some(used + 1)));
    }

    /// Everybody in one list, with what a row tells.
    async fn the_users_list(&self) {
        let team = &self.team;
        team.patch(
            &self.petra,
            "/members/me",
            json!({ "name": "Petra P.", "timezone": "Europe/Berlin" }),
        )
        .await
        .expect(200);
        let row = team.row(&self.amir, self.petra.email()).await;
        assert_eq!(row["name"], "Petra P.");
        assert_eq!(row["email"], self.petra.email());
        assert_eq!(row["role"], "program_admin");
        assert_eq!(row["timezone"], "Europe/Berlin");
        assert_eq!(
            (&row["status"], &row["invite_status"]),
            (&json!("active"), &json!("accepted"))
        );
        assert!(row["joined_at"].is_string() && row["last_active_at"].is_string());
        let invited = team.row(&self.amir, "s1@x.example").await;
        assert_eq!(
            (&invited["role"], &invited["joined_at"]),
            (&json!("admin"), &Value::Null)
        );
    }

    /// One of them, or all that are pending.
    async fn resend_invitations(&self) {
        let team = &self.team;
        let row = team.row(&self.amir, "s1@x.example").await;
        let path = format!("/invitations/{}/resend", row["id"].as_str().unwrap());
        let mailed = async |email: &str| team.h.invitations_mailed(email).await;
        let before = (mailed("s1@x.example").await, mailed("l1@x.example").await);
        team.post(&self.amir, &path, Value::Null).await.expect(200);
        assert_eq!(
            (mailed("s1@x.example").await, mailed("l1@x.example").await),
            (before.0 + 1, before.1)
        );

        let pending = team.get(&self.amir, "/invitations?limit=100").await.expect(200);
        let emails = texts(&pending.body["items"], "email");
        assert!(emails.len() > 5);
        let sent = team.h.backend.mail().len();
        team.post(&self.amir, "/invitations/resend", Value::Null)
            .await
            .expect(202);
        team.h.backend.drained().await;
        assert_eq!(team.h.backend.mail().len(), sent + emails.len());
        assert_eq!(mailed("l1@x.example").await, before.1 + 1);
    }
}
