//! Fills one organization through the HTTP API itself, as a product would.

use super::story::olivia;
use crate::data::{DataError, DataFolder};
use crate::{Backend, KeyError, TokenRequest};
use reqwest::{Client, Method, RequestBuilder, StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The file that tells how far an earlier start has come.
const PROGRESS: &str = "demo";

/// The members, by role and program. All of them accept.
const TEAM: &[(&str, Option<&str>, &[&str])] = &[
    ("admin", None, &["amir"]),
    ("program_admin", Some("spring"), &["petra"]),
    ("program_facilitator", Some("summer"), &["felix"]),
    ("program_sponsor", Some("autumn"), &["sofia"]),
    ("participant", Some("spring"), &["pia", "paul", "priya"]),
];

/// The invitees who have not answered yet.
const INVITED: &[(&str, Option<&str>, &[&str])] = &[
    ("program_facilitator", Some("autumn"), &["fatma"]),
    ("participant", None, &["quentin", "rosa"]),
];

const PROGRAMS: &[(&str, &str)] = &[
    ("spring", "Spring cohort"),
    ("summer", "Summer cohort"),
    ("autumn", "Autumn cohort"),
];

/// The reason why the demo could not be filled.
#[derive(Debug, thiserror::Error)]
pub(super) enum DemoError {
    #[error(transparent)]
    Http(#[from] reqwest::Error),
    #[error(transparent)]
    Token(#[from] KeyError),
    #[error(transparent)]
    Data(#[from] DataError),
    #[error("its progress cannot be written: {0}")]
    Progress(#[from] serde_json::Error),
    #[error("{request} returned {status}: {body}")]
    Refused {
        request: String,
        status: StatusCode,
        body: String,
    },
    #[error("{0} is missing")]
    Missing(String),
}

/// The organization that this command fills. Any other organization of Olivia's stays as it is.
#[derive(Serialize, Deserialize)]
struct DemoProgress {
    /// The idempotency key of its creation: repeating the request finds an organization whose id was not written here.
    key: String,
    organization: Option<String>,
    is_filled: bool,
}

impl DemoProgress {
    #[expect(clippy::disallowed_methods, reason = "a key that no other request has")]
    fn begin() -> Self {
        Self {
            key: uuid::Uuid::new_v4().to_string(),
            organization: None,
            is_filled: false,
        }
    }

    fn read(data: &DataFolder) -> Result<Option<Self>, DemoError> {
        let kept = data.read(PROGRESS)?;
        Ok(kept.map(|kept| serde_json::from_slice(&kept)).transpose()?)
    }

    fn keep(&self, data: &DataFolder) -> Result<(), DemoError> {
        Ok(data.write(PROGRESS, &serde_json::to_vec(self)?)?)
    }
}

/// Fills an organization of Olivia's and returns its id. One that an earlier start filled stays as it is; one that it could not
/// complete is completed.
pub(super) async fn fill(backend: &Backend) -> Result<String, DemoError> {
    let demo = Demo {
        backend,
        client: Client::new(),
        owner: backend.issue_token(&olivia())?,
    };
    let data = backend.data();
    let mine = demo.all("/organizations", &demo.owner).await?;
    let mine: Vec<_> = mine.iter().map(|mine| text(mine, "id")).collect::<Result<_, _>>()?;
    let is_mine = |progress: &DemoProgress| progress.organization.as_ref().is_none_or(|id| mine.contains(id));
    let mut progress = match (DemoProgress::read(data)?.filter(is_mine), mine.first()) {
        (Some(progress), _) => progress,
        // It was created by hand, or by an earlier version of this command.
        (None, Some(other)) => return Ok(other.clone()),
        (None, None) => DemoProgress::begin(),
    };
    let organization = match &progress.organization {
        Some(organization) => organization.clone(),
        None => {
            progress.keep(data)?;
            demo.create(&progress.key).await?
        }
    };
    if !progress.is_filled {
        progress.organization = Some(organization.clone());
        progress.keep(data)?;
        demo.fill(&format!("/organizations/{organization}")).await?;
        progress.is_filled = true;
        progress.keep(data)?;
    }
    Ok(organization)
}

struct Demo<'a> {
    backend: &'a Backend,
    client: Client,
    owner: String,
}

impl Demo<'_> {
    async fn create(&self, key: &str) -> Result<String, DemoError> {
        let create = self
            .owned(Method::POST, "/organizations")
            .header("idempotency-key", key)
            .json(&json!({"name": "Acme Academy", "role_set": "program-delivery"}));
        text(&self.send(create).await?, "id")
    }

    /// Does all that is not done yet.
    async fn fill(&self, base: &str) -> Result<(), DemoError> {
        self.set_plan(base).await?;
        for (id, name) in PROGRAMS {
            let path = format!("{base}/resources/program/{id}");
            let register = self.owned(Method::PUT, &path).json(&json!({"name": name}));
            self.send(register).await?;
        }
        self.invite(base, TEAM).await?;
        self.backend.drained().await;
        let team: Vec<_> = TEAM.iter().flat_map(|(_, _, people)| *people).collect();
        let pending = self.emails(base, "pending").await?;
        for person in team {
            if pending.contains(&email_of(person)) {
                self.accept(base, person).await?;
            }
        }
        self.invite(base, INVITED).await
    }

    /// The addresses of the people with this state of their invitation.
    async fn emails(&self, base: &str, status: &str) -> Result<Vec<String>, DemoError> {
        let path = format!("{base}/members?invite_status={status}");
        let people = self.all(&path, &self.owner).await?;
        people.iter().map(|person| text(person, "email")).collect()
    }

    /// All items of a list.
    async fn all(&self, path: &str, token: &str) -> Result<Vec<Value>, DemoError> {
        let mut items = Vec::new();
        let mut next = path.to_owned();
        loop {
            let page = self.send(self.request(Method::GET, &next, token)).await?;
            items.extend(page.get("items").and_then(Value::as_array).cloned().unwrap_or_default());
            let Some(cursor) = page.get("next_cursor").and_then(Value::as_str) else {
                return Ok(items);
            };
            let mark = if path.contains('?') { '&' } else { '?' };
            next = format!("{path}{mark}cursor={cursor}");
        }
    }

    async fn set_plan(&self, base: &str) -> Result<(), DemoError> {
        let platform = self.backend.issue_token(&TokenRequest {
            sub: "operator".to_owned(),
            scope: Some("muster:platform".to_owned()),
            ..TokenRequest::default()
        })?;
        let plan = self
            .request(Method::PUT, &format!("{base}/plan"), &platform)
            .json(&json!({"seat_limit": 10, "allowed_domains": ["partner.example"]}));
        self.send(plan).await?;
        Ok(())
    }

    /// Invites those of them who are neither members nor invited.
    async fn invite(&self, base: &str, groups: &[(&str, Option<&str>, &[&str])]) -> Result<(), DemoError> {
        let mut known = self.emails(base, "accepted").await?;
        known.extend(self.emails(base, "pending").await?);
        for (role, program, people) in groups {
            let mut emails: Vec<_> = people.iter().map(|person| email_of(person)).collect();
            emails.retain(|email| !known.contains(email));
            if emails.is_empty() {
                continue;
            }
            let resources: Vec<_> = program
                .map(|id| json!({"type": "program", "id": id}))
                .into_iter()
                .collect();
            let invite = self
                .owned(Method::POST, &format!("{base}/invitations"))
                .json(&json!({"emails": emails, "role": role, "resources": resources}));
            self.send(invite).await?;
        }
        Ok(())
    }

    /// Finds the person's invitation, as their app would, and accepts it. An earlier process may have sent the mail with the link.
    async fn accept(&self, base: &str, person: &str) -> Result<(), DemoError> {
        let token = self.backend.issue_token(&TokenRequest {
            sub: person.to_owned(),
            email: Some(email_of(person)),
            name: Some(capitalized(person)),
            ..TokenRequest::default()
        })?;
        let waiting = self.all("/invitations", &token).await?;
        let is_here = |invitation: &&Value| {
            let organization = invitation.get("organization").and_then(Value::as_str);
            organization.is_some_and(|id| base.ends_with(id))
        };
        let invitation = waiting.iter().find(is_here);
        let invitation = invitation.ok_or_else(|| DemoError::Missing(format!("the invitation of {person}")))?;
        let path = format!("/invitations/{}/accept", text(invitation, "token")?);
        self.send(self.request(Method::POST, &path, &token)).await?;
        Ok(())
    }

    fn owned(&self, method: Method, path: &str) -> RequestBuilder {
        self.request(method, path, &self.owner)
    }

    fn request(&self, method: Method, path: &str, token: &str) -> RequestBuilder {
        let url = format!("{}/v1{path}", self.backend.base_url());
        self.client
            .request(method, url)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
    }

    async fn send(&self, request: RequestBuilder) -> Result<Value, DemoError> {
        let request = request.build()?;
        let line = format!("{} {}", request.method(), request.url().path());
        let reply = self.client.execute(request).await?;
        let status = reply.status();
        if status.is_success() {
            return Ok(reply.json().await?);
        }
        Err(DemoError::Refused {
            request: line,
            status,
            body: reply.text().await?,
        })
    }
}

fn email_of(person: &str) -> String {
    format!("{person}@acme.example")
}

fn capitalized(name: &str) -> String {
    let mut chars = name.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}

fn text(value: &Value, field: &str) -> Result<String, DemoError> {
    value
        .get(field)
        .and_then(Value::as_str)
        .map(str::to_owned)
        .ok_or_else(|| DemoError::Missing(format!("`{field}` of {value}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::{EXPIRE, NOTE_FEEDBACK, STREAM_FUNCTIONS};
    use crate::{Failure, Functions, Launcher, Options, Running, Surroundings};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    /// Requests succeed until none is left. The last one still takes effect, but is not answered.
    #[derive(Debug, Clone)]
    struct Kill(Arc<AtomicU32>);

    impl Launcher for Kill {
        fn launch(&self, _: Surroundings, here: Arc<dyn Functions>) -> Arc<dyn Functions> {
            Arc::new(Killed(self.clone(), here))
        }
    }

    struct Killed(Kill, Arc<dyn Functions>);

    impl Functions for Killed {
        fn invoke(&self, binary: &'static str, event: Value) -> Running {
            let Self(Kill(left), here) = self;
            let of_a_request = ![EXPIRE, NOTE_FEEDBACK].contains(&binary)
                && STREAM_FUNCTIONS.iter().all(|function| function.binary != binary);
            if !of_a_request {
                return here.invoke(binary, event);
            }
            let failed = || Failure::Failed("killed".to_owned());
            match left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)) {
                Ok(1) => {
                    let last = here.invoke(binary, event);
                    Box::pin(async move { last.await.and_then(|_| Err(failed())) })
                }
                Ok(_) => here.invoke(binary, event),
                Err(_) => Box::pin(std::future::ready(Err(failed()))),
            }
        }
    }

    async fn started(folder: &tempfile::TempDir) -> (Backend, Arc<AtomicU32>) {
        let left = Arc::new(AtomicU32::new(u32::MAX));
        let options = Options {
            data: Some(folder.path().to_owned()),
            timers: false,
            functions: Some(Arc::new(Kill(left.clone()))),
            ..Options::default()
        };
        (Backend::start(options).await.unwrap(), left)
    }

    /// The people of an organization of Olivia's: address, role, programs, and the state of the invitation.
    async fn people(backend: &Backend, organization: &str) -> Vec<String> {
        let demo = Demo {
            backend,
            client: Client::new(),
            owner: backend.issue_token(&olivia()).unwrap(),
        };
        let path = format!("/organizations/{organization}/members");
        let people = demo.all(&path, &demo.owner).await.unwrap();
        let told = people.iter().map(|person| {
            let grants = person["grants"].as_array().into_iter().flatten();
            let programs: Vec<_> = grants.map(|grant| grant["id"].to_string()).collect();
            let [email, role, status] = ["email", "role", "invite_status"].map(|field| person[field].to_string());
            format!("{email} {role} {programs:?} {status}")
        });
        let mut told: Vec<_> = told.collect();
        told.sort();
        told
    }

    #[tokio::test]
    async fn a_demo_that_is_killed_at_any_request_is_completed_and_other_organizations_stay_as_they_are() {
        let folders = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let (whole, _) = started(&folders[0]).await;
        let organization = fill(&whole).await.unwrap();
        let expected = people(&whole, &organization).await;
        assert_eq!(expected.len(), 11, "{expected:?}");

        let (backend, left) = started(&folders[1]).await;
        left.store(2, Ordering::SeqCst);
        fill(&backend).await.unwrap_err();
        left.store(u32::MAX, Ordering::SeqCst);
        let owner = backend.issue_token(&olivia()).unwrap();
        let demo = Demo {
            backend: &backend,
            client: Client::new(),
            owner,
        };
        let other = demo.create("another").await.unwrap();

        let mut kills = 1;
        let organization = loop {
            left.store(kills + 2, Ordering::SeqCst);
            let filled = fill(&backend).await;
            left.store(u32::MAX, Ordering::SeqCst);
            match filled {
                Ok(organization) => break organization,
                Err(_) => kills += 1,
            }
        };
        assert!(kills > 10, "{kills}");
        assert_eq!(people(&backend, &organization).await, expected);
        assert_eq!(people(&backend, &other).await.len(), 1);
        assert_eq!(demo.all("/organizations", &demo.owner).await.unwrap().len(), 2);

        // Completed once, it stays as it is.
        let pending = demo
            .all(&format!("/organizations/{organization}/invitations"), &demo.owner)
            .await
            .unwrap();
        let path = format!(
            "/organizations/{organization}/invitations/{}",
            text(&pending[0], "id").unwrap()
        );
        let cancel = demo.owned(Method::DELETE, &path).send().await.unwrap();
        assert!(cancel.status().is_success(), "{cancel:?}");
        assert_eq!(fill(&backend).await.unwrap(), organization);
        assert_eq!(people(&backend, &organization).await.len(), 10);
    }
}
