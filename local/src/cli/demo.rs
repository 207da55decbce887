//! Fills one organization through the HTTP API itself, as a product would.

use super::story::olivia;
use crate::{Backend, KeyError, TokenRequest};
use reqwest::{Client, Method, RequestBuilder, StatusCode, header};
use serde_json::{Value, json};

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
    #[error("{request} returned {status}: {body}")]
    Refused {
        request: String,
        status: StatusCode,
        body: String,
    },
    #[error("{0} is missing")]
    Missing(String),
}

/// Fills an organization of Olivia's and returns its id. One that is kept from an earlier start stays as it is.
pub(super) async fn fill(backend: &Backend) -> Result<String, DemoError> {
    let demo = Demo {
        backend,
        client: Client::new(),
        owner: backend.issue_token(&olivia())?,
    };
    let mine = demo.send(demo.owned(Method::GET, "/organizations")).await?;
    if let Some(id) = mine.pointer("/items/0/id").and_then(Value::as_str) {
        return Ok(id.to_owned());
    }
    let create = demo
        .owned(Method::POST, "/organizations")
        .json(&json!({"name": "Acme Academy", "role_set": "program-delivery"}));
    let created = demo.send(create).await?;
    let organization = text(&created, "id")?;
    let base = format!("/organizations/{organization}");
    demo.set_plan(&base).await?;
    for (id, name) in PROGRAMS {
        let path = format!("{base}/resources/program/{id}");
        let register = demo.owned(Method::PUT, &path).json(&json!({"name": name}));
        demo.send(register).await?;
    }
    for (role, program, people) in TEAM {
        demo.invite(&base, role, *program, people).await?;
    }
    backend.drained().await;
    for person in TEAM.iter().flat_map(|(_, _, people)| *people) {
        demo.accept(person).await?;
    }
    for (role, program, people) in INVITED {
        demo.invite(&base, role, *program, people).await?;
    }
    Ok(organization)
}

struct Demo<'a> {
    backend: &'a Backend,
    client: Client,
    owner: String,
}

impl Demo<'_> {
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

    async fn invite(&self, base: &str, role: &str, program: Option<&str>, people: &[&str]) -> Result<(), DemoError> {
        let emails: Vec<_> = people.iter().map(|person| email_of(person)).collect();
        let resources: Vec<_> = program
            .map(|id| json!({"type": "program", "id": id}))
            .into_iter()
            .collect();
        let invite = self
            .owned(Method::POST, &format!("{base}/invitations"))
            .json(&json!({"emails": emails, "role": role, "resources": resources}));
        self.send(invite).await?;
        Ok(())
    }

    /// Follows the link in the person's mail.
    async fn accept(&self, person: &str) -> Result<(), DemoError> {
        let email = email_of(person);
        let mail = self.backend.mail().into_iter().rfind(|mail| mail.to == email);
        let link = mail
            .as_ref()
            .and_then(|mail| mail.text.split_once("/invitations/"))
            .and_then(|(_, rest)| rest.split_whitespace().next())
            .ok_or_else(|| DemoError::Missing(format!("the mail to {email}")))?;
        let token = self.backend.issue_token(&TokenRequest {
            sub: person.to_owned(),
            email: Some(email),
            name: Some(capitalized(person)),
            ..TokenRequest::default()
        })?;
        let path = format!("/invitations/{link}/accept");
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
