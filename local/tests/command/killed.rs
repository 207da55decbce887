//! A killed process loses no change and no mail: the next process continues.

use super::running;
use reqwest::Client;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Child;
use std::time::{Duration, Instant};

/// A process on a folder, and where its API is. Dropping it kills it.
struct Process {
    child: Child,
    base_url: String,
    http: Client,
}

impl Process {
    fn start(folder: &Path) -> Self {
        let (child, said) = running(&["--port", "0", "--data", folder.to_str().unwrap()]);
        let (_, address) = said.split_once(" at ").unwrap();
        let base_url = address.split(". ").next().unwrap().to_owned();
        Self {
            child,
            base_url,
            http: Client::new(),
        }
    }

    async fn post(&self, token: &str, path: &str, body: Value) -> Value {
        let request = self.http.post(format!("{}{path}", self.base_url)).bearer_auth(token);
        request.json(&body).send().await.unwrap().json().await.unwrap()
    }

    async fn get(&self, token: &str, path: &str) -> Value {
        let request = self.http.get(format!("{}{path}", self.base_url)).bearer_auth(token);
        request.send().await.unwrap().json().await.unwrap()
    }

    async fn token(&self) -> String {
        let olivia = json!({"sub": "olivia", "email": "olivia@acme.example"});
        let issued = self.post("", "/dev/token", olivia).await;
        issued["access_token"].as_str().unwrap().to_owned()
    }

    /// How far the mail of each invitation has come.
    async fn mail(&self, token: &str, invitations: &str) -> Vec<String> {
        let mut mail = Vec::new();
        let mut path = format!("{invitations}?limit=100");
        loop {
            let page = self.get(token, &path).await;
            let items = page["items"].as_array().unwrap();
            mail.extend(items.iter().map(|item| item["mail"].as_str().unwrap().to_owned()));
            let Some(next) = page["next_cursor"].as_str() else {
                return mail;
            };
            path = format!("{invitations}?limit=100&cursor={next}");
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // SIGKILL: nothing is finished, nothing is closed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn no_change_and_no_mail_is_lost_when_the_process_is_killed_again_and_again() {
    const ROUNDS: usize = 5;
    const REQUESTS: usize = 4;
    let folder = tempfile::tempdir().unwrap();
    let mut invitations = String::new();
    for round in 0..ROUNDS {
        let process = Process::start(folder.path());
        let token = process.token().await;
        if invitations.is_empty() {
            let body = json!({"name": "Acme", "role_set": "program-delivery"});
            let made = process.post(&token, "/v1/organizations", body).await;
            invitations = format!("/v1/organizations/{}/invitations", made["id"].as_str().unwrap());
        }
        for request in 0..REQUESTS {
            let emails: Vec<String> = (0..20)
                .map(|n| format!("guest{round}x{request}x{n}@acme.example"))
                .collect();
            let body = json!({"emails": emails, "role": "participant"});
            let made = process.post(&token, &invitations, body).await;
            assert_eq!(made["invitations"].as_array().unwrap().len(), 20);
        }
        // Killed here, with most of the mail still to be sent.
    }
    let process = Process::start(folder.path());
    let token = process.token().await;
    let begun = Instant::now();
    loop {
        let mail = process.mail(&token, &invitations).await;
        assert_eq!(mail.len(), ROUNDS * REQUESTS * 20);
        // What SES tells of each mail is not lost either.
        if mail.iter().all(|mail| mail == "delivered") {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{mail:?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
