//! Fills an organization of each role set through the HTTP API itself, as a product would.

mod organizations;

use super::story::olivia;
use crate::data::{DataError, DataFolder};
use crate::{Backend, KeyError, TokenRequest};
use organizations::{ALL, DemoOrganization, Offer};
use reqwest::{Client, Method, RequestBuilder, StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

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

/// How far an organization of the demo has come. Any other organization of Olivia's stays as it is.
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

    fn read(data: &DataFolder, file: &str) -> Result<Option<Self>, DemoError> {
        let kept = data.read(file)?;
        Ok(kept.map(|kept| serde_json::from_slice(&kept)).transpose()?)
    }

    fn keep(&self, data: &DataFolder, file: &str) -> Result<(), DemoError> {
        Ok(data.write(file, &serde_json::to_vec(self)?)?)
    }
}

/// Fills an organization of each role set, and returns the id of the first. One that an earlier start filled stays as it is; one that it
/// could not complete is completed. Their people are offered to sign in as.
pub(super) async fn fill(backend: &Backend) -> Result<String, DemoError> {
    let demo = Demo {
        backend,
        client: Client::new(),
        owner: backend.issue_token(&olivia())?,
    };
    let mine = demo.all("/organizations", &demo.owner).await?;
    let mine: Vec<_> = mine.iter().map(|mine| text(mine, "id")).collect::<Result<_, _>>()?;
    let mut first = None;
    for organization in ALL {
        let id = demo.complete(organization, &mine).await?;
        first.get_or_insert(id);
    }
    backend.offer_accounts(organizations::accounts());
    first.ok_or_else(|| DemoError::Missing("an organization".to_owned()))
}

struct Demo<'a> {
    backend: &'a Backend,
    client: Client,
    owner: String,
}

impl Demo<'_> {
    /// Creates and fills an organization, as far as no earlier start has done it.
    async fn complete(&self, organization: &DemoOrganization, mine: &[String]) -> Result<String, DemoError> {
        let (data, file) = (self.backend.data(), organization.progress);
        let is_mine = |progress: &DemoProgress| progress.organization.as_ref().is_none_or(|id| mine.contains(id));
        let kept = DemoProgress::read(data, file)?.filter(is_mine);
        let mut progress = kept.unwrap_or_else(DemoProgress::begin);
        let id = match &progress.organization {
            Some(id) => id.clone(),
            None => {
                progress.keep(data, file)?;
                self.create(organization, &progress.key).await?
            }
        };
        if !progress.is_filled {
            progress.organization = Some(id.clone());
            progress.keep(data, file)?;
            self.fill(organization, &format!("/organizations/{id}")).await?;
            progress.is_filled = true;
            progress.keep(data, file)?;
        }
        Ok(id)
    }

    async fn create(&self, organization: &DemoOrganization, key: &str) -> Result<String, DemoError> {
        let create = self
            .owned(Method::POST, "/organizations")
            .header("idempotency-key", key)
            .json(&json!({"name": organization.name, "role_set": organization.role_set}));
        text(&self.send(create).await?, "id")
    }

    /// Does all that is not done yet.
    async fn fill(&self, organization: &DemoOrganization, base: &str) -> Result<(), DemoError> {
        self.set_plan(organization, base).await?;
        if !organization.optional_roles.is_empty() {
            let settings = json!({"settings": {"optional_roles": organization.optional_roles}});
            self.send(self.owned(Method::PATCH, base).json(&settings)).await?;
        }
        let kind = organization.resource_type;
        for (id, name) in organization.resources {
            let path = format!("{base}/resources/{kind}/{id}");
            let register = self.owned(Method::PUT, &path).json(&json!({"name": name}));
            self.send(register).await?;
        }
        self.invite(base, kind, organization.team).await?;
        self.backend.drained().await;
        let pending = self.emails(base, "pending").await?;
        for address in organization.team.iter().flat_map(|offer| offer.people) {
            if pending.iter().any(|email| email == address) {
                self.accept(base, address).await?;
            }
        }
        self.invite(base, kind, organization.invited).await
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

    async fn set_plan(&self, organization: &DemoOrganization, base: &str) -> Result<(), DemoError> {
        let platform = self.backend.issue_token(&TokenRequest {
            sub: "operator".to_owned(),
            scope: Some("muster:platform".to_owned()),
            ..TokenRequest::default()
        })?;
        let plan = self
            .request(Method::PUT, &format!("{base}/plan"), &platform)
            .json(&json!({"seat_limit": organization.seats, "allowed_domains": ["partner.example"]}));
        self.send(plan).await?;
        Ok(())
    }

    /// Invites those of them who are neither members nor invited.
    async fn invite(&self, base: &str, resource_type: &str, offers: &[Offer]) -> Result<(), DemoError> {
        let mut known = self.emails(base, "accepted").await?;
        known.extend(self.emails(base, "pending").await?);
        for offer in offers {
            let mut emails = offer.people.to_vec();
            emails.retain(|email| !known.iter().any(|known| known == email));
            if emails.is_empty() {
                continue;
            }
            let resources: Vec<_> = offer
                .resource
                .map(|id| json!({"type": resource_type, "id": id}))
                .into_iter()
                .collect();
            let invite = self.owned(Method::POST, &format!("{base}/invitations")).json(
                &json!({"emails": emails, "role": offer.role, "resources": resources, "duration": offer.duration}),
            );
            self.send(invite).await?;
        }
        Ok(())
    }

    /// Finds the person's invitation, as their app would, and accepts it. An earlier process may have sent the mail with the link.
    async fn accept(&self, base: &str, address: &str) -> Result<(), DemoError> {
        let token = self.backend.issue_token(&TokenRequest::of_address(address))?;
        let waiting = self.all("/invitations", &token).await?;
        let is_here = |invitation: &&Value| {
            let organization = invitation.get("organization").and_then(Value::as_str);
            organization.is_some_and(|id| base.ends_with(id))
        };
        let invitation = waiting.iter().find(is_here);
        let invitation = invitation.ok_or_else(|| DemoError::Missing(format!("the invitation of {address}")))?;
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
        assert_eq!(expected.len(), 12, "{expected:?}");

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
        let other = demo.create(&ALL[0], "another").await.unwrap();

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
        assert_eq!(
            demo.all("/organizations", &demo.owner).await.unwrap().len(),
            ALL.len() + 1
        );

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
        assert_eq!(people(&backend, &organization).await.len(), 11);
    }
}
