//! One backend a test: a fresh table, its own clock, its own mail.

use crate::calls;
use crate::document;
use crate::packaged::Packaged;
use crate::personas::Persona;
use crate::problems;
use muster_domain::email::MAX_EMAILS;
use muster_local::{Backend, Options};
use reqwest::Method;
use serde_json::{Value, json};

/// A running backend and a client to call it with.
pub struct Harness {
    /// The backend.
    pub backend: Backend,
    http: reqwest::Client,
}

/// What a request was answered with.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body; null where there is none or it is not JSON.
    pub body: Value,
    /// The header fields.
    pub headers: reqwest::header::HeaderMap,
}

impl Answer {
    /// Reads this reply to its end.
    pub async fn read(reply: reqwest::Response) -> Self {
        let status = reply.status().as_u16();
        let headers = reply.headers().clone();
        let text = reply.text().await.unwrap_or_default();
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Self { status, body, headers }
    }

    /// This answer, which must have this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{:#}", self.body);
        self
    }

    /// This answer, which must be a problem of this kind.
    #[track_caller]
    pub fn problem(self, status: u16, kind: &str) -> Self {
        assert_eq!(self.status, status, "{:#}", self.body);
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        let found = self.body["type"].as_str().unwrap_or_default();
        assert!(
            found.ends_with(&format!("/{kind}")),
            "{found} is not {kind}: {:#}",
            self.body
        );
        self
    }

    /// A header field.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// A text of the body, by JSON pointer.
    #[track_caller]
    pub fn text(&self, pointer: &str) -> String {
        let found = self.body.pointer(pointer).and_then(Value::as_str);
        found
            .unwrap_or_else(|| panic!("no text at {pointer} in {:#}", self.body))
            .to_owned()
    }

    /// The body without the secret of an API key, which only the first answer shows.
    pub fn lasting(&self) -> Value {
        let mut body = self.body.clone();
        if let Some(fields) = body.as_object_mut() {
            fields.remove("secret");
        }
        body
    }

    /// The codes of the faults a problem names, each with its field or address.
    pub fn faults(&self) -> Vec<(String, String)> {
        let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
        let errors = self.body["errors"].as_array().cloned().unwrap_or_default();
        let place = |e: &Value| {
            if e["email"].is_string() {
                text(&e["email"])
            } else {
                text(&e["field"])
            }
        };
        errors.iter().map(|e| (place(e), text(&e["code"]))).collect()
    }
}

impl Harness {
    /// A fresh backend, without timers: the schedule runs when a test says so.
    pub async fn start() -> Self {
        Self::with(Options {
            timers: false,
            ..Options::default()
        })
        .await
    }

    /// A backend with these options, whose functions may do what their roles allow. They run as the environment says, unless
    /// the options watch or disturb what handlers ask of AWS: that is done in this process, and meets the product's own time
    /// limits.
    pub async fn with(mut options: Options) -> Self {
        if options.http_client.is_none() && options.functions.is_none() {
            options.functions = Packaged::wanted();
        }
        options.hurried |= options.http_client.is_some();
        options.http_client.get_or_insert_with(calls::client);
        let backend = Backend::start(options).await.expect("the backend starts");
        Self::over(backend)
    }

    /// A backend that was started otherwise, and a client to call it with.
    #[must_use]
    pub fn over(backend: Backend) -> Self {
        let http = reqwest::Client::new();
        Self { backend, http }
    }

    /// The person of this name, with the verified address `name@acme.example`.
    pub fn person(&self, name: &str) -> Persona {
        Persona::new(self.backend.identity().issuer(), name)
    }

    /// The operator of the platform.
    pub fn platform(&self) -> Persona {
        Persona::platform(self.backend.identity().issuer())
    }

    /// One request; `who` none is nobody.
    pub async fn send(
        &self,
        who: Option<&Persona>,
        method: Method,
        path: &str,
        body: Option<&Value>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = self.http.request(method, format!("{}{path}", self.backend.base_url()));
        if let Some(who) = who {
            request = request.bearer_auth(who.token(self));
        }
        if let Some(body) = body {
            request = request
                .header("content-type", "application/json")
                .body(body.to_string());
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.answered(request).await
    }

    /// Sends a request that was made elsewhere.
    pub async fn answered(&self, request: reqwest::RequestBuilder) -> Answer {
        let (http, request) = request.build_split();
        let request = request.expect("the request can be sent");
        let (method, path) = (request.method().clone(), request.url().path().to_owned());
        let reply = http.execute(request).await.expect("the backend answers");
        let answer = Answer::read(reply).await;
        document::assert_told(method.as_str(), &path, &answer);
        if let Some(kind) = answer.body["type"].as_str() {
            problems::note(method.as_str(), &path, kind);
        }
        answer
    }

    /// The way to AWS that no `http_client` of the options disturbs.
    pub fn quiet_sdk(&self) -> aws_config::SdkConfig {
        let mut sdk = self.backend.app().sdk().to_builder();
        sdk.set_http_client(Some(calls::client()));
        sdk.build()
    }

    /// A client for requests of another form.
    pub fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// Moves the clock on.
    pub fn advance(&self, by: jiff::SignedDuration) {
        self.backend.clock().advance(by);
    }

    /// Runs the scheduled function.
    pub async fn expire(&self) -> Value {
        self.backend.expire().await.expect("the schedule runs")
    }

    /// The token of the latest invitation mailed to an address.
    pub async fn invitation_token(&self, email: &str) -> String {
        self.backend.drained().await;
        let mail = self.backend.mail();
        let last = mail
            .iter()
            .rev()
            .find(|m| m.to == email && m.text.contains("/invitations/"));
        let text = &last
            .unwrap_or_else(|| panic!("no invitation was mailed to {email}"))
            .text;
        let (_, rest) = text.split_once("/invitations/").unwrap();
        rest.split_whitespace().next().unwrap().to_owned()
    }

    /// Where the person accepts the latest invitation mailed to them.
    pub async fn accept_path(&self, person: &Persona) -> String {
        format!("/v1/invitations/{}/accept", self.invitation_token(person.email()).await)
    }

    /// How many invitations were mailed to an address, once nothing waits to be delivered.
    pub async fn invitations_mailed(&self, email: &str) -> usize {
        self.backend.drained().await;
        self.invitations_mailed_so_far(email)
    }

    /// How many invitations were mailed to an address so far.
    pub fn invitations_mailed_so_far(&self, email: &str) -> usize {
        let mail = self.backend.mail();
        let invitations = mail
            .iter()
            .filter(|m| m.to == email && m.text.contains("/invitations/"));
        invitations.count()
    }
}

/// An organization of `program-delivery` with its owner, and the programs `spring` and `autumn`.
pub struct Organization {
    /// Its id.
    pub id: String,
    /// Its owner.
    pub owner: Persona,
}

impl Organization {
    /// Makes one through the API.
    pub async fn make(h: &Harness) -> Self {
        Self::of(h, h.person("olivia")).await
    }

    /// Makes one with this role set, without resources.
    pub async fn with_roles(h: &Harness, owner: Persona, role_set: &str) -> Self {
        let body = json!({ "name": "Acme", "role_set": role_set });
        let id = owner.post(h, "/v1/organizations", &body).await.expect(201).text("/id");
        Self { id, owner }
    }

    /// Makes one of this owner.
    pub async fn of(h: &Harness, owner: Persona) -> Self {
        Self::with_programs(h, owner, "program-delivery").await
    }

    /// Makes one with this role set, and with the programs.
    pub async fn with_programs(h: &Harness, owner: Persona, role_set: &str) -> Self {
        let organization = Self::with_roles(h, owner, role_set).await;
        for (id, name) in [("spring", "Spring cohort"), ("autumn", "Autumn cohort")] {
            let path = organization.path(&format!("/resources/program/{id}"));
            organization
                .owner
                .put(h, &path, &json!({ "name": name }))
                .await
                .expect(201);
        }
        organization
    }

    /// A path inside the organization.
    pub fn path(&self, rest: &str) -> String {
        format!("/v1/organizations/{}{rest}", self.id)
    }

    /// Sets the plan, as the platform.
    pub async fn plan(&self, h: &Harness, seats: Option<u32>, domains: &[&str]) {
        let body = json!({ "seat_limit": seats, "allowed_domains": domains });
        h.platform().put(h, &self.path("/plan"), &body).await.expect(200);
    }

    /// Switches optional roles on, and all others off.
    pub async fn optional_roles(&self, h: &Harness, roles: &[&str]) {
        let body = json!({ "settings": { "optional_roles": roles } });
        self.owner.patch(h, &self.path(""), &body).await.expect(200);
    }

    /// Seats in use, as the API tells it.
    pub async fn seats_used(&self, h: &Harness) -> u64 {
        self.owner.get(h, &self.path("")).await.expect(200).body["seats"]["used"]
            .as_u64()
            .unwrap()
    }

    /// Invites one person as the owner; answers the invitation's id.
    pub async fn invite(&self, h: &Harness, email: &str, role: &str, programs: &[&str]) -> String {
        self.owner
            .post(h, &self.path("/invitations"), &invitation(email, role, programs))
            .await
            .expect(201)
            .text("/invitations/0/id")
    }

    /// Invites many people as the owner, as few requests as it takes; answers the invitations' ids.
    pub async fn invite_many<T: AsRef<str>>(
        &self,
        h: &Harness,
        emails: &[T],
        role: &str,
        programs: &[&str],
    ) -> Vec<String> {
        let mut ids = Vec::new();
        for some in emails.chunks(MAX_EMAILS) {
            let some: Vec<&str> = some.iter().map(AsRef::as_ref).collect();
            let body = invitation(&some.join(" "), role, programs);
            let made = self.owner.post(h, &self.path("/invitations"), &body).await.expect(201);
            let made = made.body["invitations"].as_array().unwrap();
            ids.extend(made.iter().map(|i| i["id"].as_str().unwrap().to_owned()));
        }
        ids
    }

    /// Makes a person a member, by invitation and acceptance.
    pub async fn join(&self, h: &Harness, name: &str, role: &str, programs: &[&str]) -> Persona {
        let person = h.person(name);
        self.invite(h, person.email(), role, programs).await;
        let token = h.invitation_token(person.email()).await;
        person
            .post(h, &format!("/v1/invitations/{token}/accept"), &Value::Null)
            .await
            .expect(200);
        person
    }

    /// Makes many people members at once, under names that begin alike.
    pub async fn join_many(&self, h: &Harness, names: &[String], role: &str, programs: &[&str]) -> Vec<Persona> {
        let people: Vec<Persona> = names.iter().map(|name| h.person(name)).collect();
        let emails: Vec<&str> = people.iter().map(Persona::email).collect();
        self.invite_many(h, &emails, role, programs).await;
        for person in &people {
            let path = h.accept_path(person).await;
            person.post(h, &path, &Value::Null).await.expect(200);
        }
        people
    }
}

/// The body of an invitation; an implementation admin is invited for a month.
pub fn invitation(emails: &str, role: &str, programs: &[&str]) -> Value {
    let resources: Vec<Value> = programs
        .iter()
        .map(|id| json!({ "type": "program", "id": id }))
        .collect();
    let duration = (role == "implementation_admin").then_some("1_month");
    json!({ "emails": emails, "role": role, "resources": resources, "duration": duration })
}
