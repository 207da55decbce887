//! The requests that are measured, each on something of its own that is always of the same size.

use futures::StreamExt as _;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// A kind of request that is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An access decision about oneself.
    Evaluate,
    /// The platform verifies an API key.
    VerifyKey,
    /// A user creates an organization.
    CreateOrganization,
    /// An owner invites one address.
    InviteOne,
    /// An owner invites twenty addresses at once.
    InviteTwenty,
    /// A user accepts an invitation.
    Accept,
    /// An owner changes a member's role.
    ChangeRole,
    /// A page of fifty among a hundred people.
    ListPeople,
}

/// All of them, as the table has them.
pub(crate) const KINDS: [Kind; 8] = [
    Kind::Evaluate,
    Kind::VerifyKey,
    Kind::CreateOrganization,
    Kind::InviteOne,
    Kind::InviteTwenty,
    Kind::Accept,
    Kind::ChangeRole,
    Kind::ListPeople,
];

impl Kind {
    /// Its name in the table.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Evaluate => "evaluate access",
            Self::VerifyKey => "verify an API key",
            Self::CreateOrganization => "create an organization",
            Self::InviteOne => "invite one",
            Self::InviteTwenty => "invite twenty",
            Self::Accept => "accept",
            Self::ChangeRole => "change a role",
            Self::ListPeople => "page of 50 among 100 people",
        }
    }
}

/// One request, ready to be sent.
#[derive(Debug, Clone)]
struct Prepared {
    method: Method,
    path: String,
    token: String,
    body: Value,
}

/// More mails than any measurement sends in one organization.
const MAILS_A_DAY: u64 = 1_000_000;

/// An organization, its owner's token, its path, and its owner's id.
struct Team {
    owner: String,
    path: String,
    me: String,
}

/// A running backend, and the requests that are measured next.
pub(crate) struct Scene {
    http: Client,
    base_url: String,
    platform: String,
    made: usize,
    prepared: VecDeque<Prepared>,
    writers: Vec<Team>,
}

impl Scene {
    /// Opens a backend that serves there.
    pub(crate) async fn open(base_url: &str) -> Self {
        let mut scene = Self {
            http: Client::new(),
            base_url: base_url.to_owned(),
            platform: String::new(),
            made: 0,
            prepared: VecDeque::new(),
            writers: Vec::new(),
        };
        scene.platform = scene
            .token(json!({"sub": "operator", "scope": "muster:platform"}))
            .await;
        for _ in 0..50 {
            let team = scene.team().await;
            scene.writers.push(team);
        }
        scene
    }

    async fn call(&self, request: Prepared) -> Value {
        let mut call = self
            .http
            .request(request.method.clone(), format!("{}{}", self.base_url, request.path));
        if !request.token.is_empty() {
            call = call.bearer_auth(&request.token);
        }
        if !request.body.is_null() {
            call = call.json(&request.body);
        }
        let answer = call.send().await.expect("the backend answers");
        let status = answer.status();
        let body = answer.bytes().await.expect("the whole answer");
        assert!(
            status.is_success(),
            "{request:?}: {status} {}",
            String::from_utf8_lossy(&body)
        );
        serde_json::from_slice(&body).unwrap_or_default()
    }

    async fn post(&self, token: &str, path: String, body: Value) -> Value {
        self.call(Prepared {
            method: Method::POST,
            path,
            token: token.to_owned(),
            body,
        })
        .await
    }

    async fn get(&self, token: &str, path: String) -> Value {
        self.call(Prepared {
            method: Method::GET,
            path,
            token: token.to_owned(),
            body: Value::Null,
        })
        .await
    }

    async fn token(&self, who: Value) -> String {
        let issued = self.post("", "/dev/token".to_owned(), who).await;
        issued["access_token"].as_str().unwrap().to_owned()
    }

    fn number(&mut self) -> usize {
        self.made += 1;
        self.made
    }

    /// A new organization with a new owner.
    async fn team(&mut self) -> Team {
        let name = format!("owner{}", self.number());
        let owner = self.person(&name).await;
        let body = json!({"name": "Acme", "role_set": "program-delivery"});
        let made = self.post(&owner, "/v1/organizations".to_owned(), body).await;
        let path = format!("/v1/organizations/{}", made["id"].as_str().unwrap());
        self.call(Prepared {
            method: Method::PUT,
            path: format!("{path}/plan"),
            token: self.platform.clone(),
            body: json!({"seat_limit": null, "allowed_domains": [], "mail_limit": MAILS_A_DAY}),
        })
        .await;
        let me = self.get(&owner, format!("{path}/members/me")).await["id"]
            .as_str()
            .unwrap()
            .to_owned();
        Team { owner, path, me }
    }

    async fn person(&self, name: &str) -> String {
        self.token(json!({"sub": name, "email": format!("{name}@x.example"), "name": name}))
            .await
    }

    /// Makes this many people members at once, as contacts with an account.
    async fn fill(&mut self, team: &Team, people: usize) -> Vec<String> {
        let mut members = Vec::new();
        let first = self.number();
        self.made += people;
        let names: Vec<String> = (first..first + people).map(|n| format!("person{n}")).collect();
        for names in names.chunks(10) {
            for name in names {
                self.call(Prepared {
                    method: Method::PUT,
                    path: format!("{}/contacts/{name}", team.path),
                    token: team.owner.clone(),
                    body: json!({"email": format!("{name}@x.example"), "name": name, "subject": name}),
                })
                .await;
            }
            let emails: Vec<String> = names.iter().map(|name| format!("{name}@x.example")).collect();
            let body = json!({"emails": emails, "role": "participant"});
            let added = self.post(&team.owner, format!("{}/invitations", team.path), body).await;
            let added = added["added"].as_array().unwrap();
            members.extend(added.iter().map(|member| member["id"].as_str().unwrap().to_owned()));
        }
        members
    }

    /// Prepares as many requests of a kind, on organizations of their own.
    pub(crate) async fn prepare(&mut self, kind: Kind, count: usize) {
        self.prepared.clear();
        let team = self.team().await;
        let post = |path: String, token: &str, body: Value| Prepared {
            method: Method::POST,
            path,
            token: token.to_owned(),
            body,
        };
        let invitations = format!("{}/invitations", team.path);
        match kind {
            Kind::Evaluate => {
                let organization = team.path.rsplit('/').next().unwrap();
                let question = json!({
                    "subject": {"type": "user", "id": team.me, "properties": {"organization": organization}},
                    "action": {"name": "members:manage"},
                    "resource": {"type": "organization", "id": organization},
                });
                let request = post("/access/v1/evaluation".to_owned(), &team.owner, question);
                self.prepared.extend(std::iter::repeat_n(request, count));
            }
            Kind::VerifyKey => {
                let made = self
                    .post(
                        &team.owner,
                        format!("{}/members/me/api-keys", team.path),
                        json!({"name": "k"}),
                    )
                    .await;
                let request = post(
                    "/v1/api-keys/verify".to_owned(),
                    &self.platform,
                    json!({"key": made["secret"]}),
                );
                self.prepared.extend(std::iter::repeat_n(request, count));
            }
            Kind::CreateOrganization => {
                let body = json!({"name": "Another", "role_set": "program-delivery"});
                let request = post("/v1/organizations".to_owned(), &team.owner, body);
                self.prepared.extend(std::iter::repeat_n(request, count));
            }
            Kind::InviteOne | Kind::InviteTwenty => {
                let invitees = if kind == Kind::InviteOne { 1 } else { 20 };
                for _ in 0..count {
                    let emails: Vec<String> = (0..invitees)
                        .map(|_| format!("guest{}@y.example", self.number()))
                        .collect();
                    let body = json!({"emails": emails, "role": "participant"});
                    self.prepared.push_back(post(invitations.clone(), &team.owner, body));
                }
            }
            Kind::Accept => {
                for _ in 0..count {
                    let name = format!("guest{}", self.number());
                    let body = json!({"emails": format!("{name}@x.example"), "role": "participant"});
                    self.post(&team.owner, invitations.clone(), body).await;
                    let guest = self.person(&name).await;
                    let waiting = self.get(&guest, "/v1/invitations".to_owned()).await;
                    let token = waiting["items"][0]["token"].as_str().unwrap();
                    let path = format!("/v1/invitations/{token}/accept");
                    self.prepared.push_back(post(path, &guest, Value::Null));
                }
            }
            Kind::ChangeRole => {
                let members = self.fill(&team, count).await;
                for member in members {
                    self.prepared.push_back(Prepared {
                        method: Method::PATCH,
                        path: format!("{}/members/{member}", team.path),
                        token: team.owner.clone(),
                        body: json!({"role": "admin"}),
                    });
                }
            }
            Kind::ListPeople => {
                self.fill(&team, 99).await;
                let request = Prepared {
                    method: Method::GET,
                    path: format!("{}/members?limit=50&sort=-joined", team.path),
                    token: team.owner.clone(),
                    body: Value::Null,
                };
                self.prepared.extend(std::iter::repeat_n(request, count));
            }
        }
    }

    /// Sends the next prepared request; gives how long its answer took.
    pub(crate) async fn send(&mut self) -> Duration {
        let request = self.prepared.pop_front().expect("a prepared request");
        let begun = Instant::now();
        self.call(request).await;
        begun.elapsed()
    }

    /// Makes as many changes as fast as it can: invitations, and settings of organizations, by turns.
    pub(crate) async fn write(&mut self, count: usize, at_once: usize) {
        let first = self.made;
        self.made += count;
        let scene = &*self;
        let changes = (first..first + count).map(|n| async move {
            let team = &scene.writers[n % scene.writers.len()];
            let invites = n % 4 == 0;
            scene
                .call(Prepared {
                    method: if invites { Method::POST } else { Method::PATCH },
                    path: match invites {
                        true => format!("{}/invitations", team.path),
                        false => team.path.clone(),
                    },
                    token: team.owner.clone(),
                    body: match invites {
                        true => json!({"emails": format!("more{n}@y.example"), "role": "participant"}),
                        false => json!({"name": format!("Acme {n}")}),
                    },
                })
                .await;
        });
        futures::stream::iter(changes)
            .buffer_unordered(at_once)
            .collect::<Vec<()>>()
            .await;
    }
}
