//! The text printed at the start: the addresses, and a first story to paste.

use crate::{Backend, KeyError, TokenRequest};
use std::fmt::Write;

/// The main character of the story; `--demo` makes her the owner of all its organizations.
pub(super) fn olivia() -> TokenRequest {
    TokenRequest {
        sub: "olivia".to_owned(),
        email: Some("olivia@acme.example".to_owned()),
        name: Some("Olivia".to_owned()),
        ..TokenRequest::default()
    }
}

/// The story's steps: what happens, and the lines that make it happen. The lines need a POSIX shell, curl, sed and grep.
const STEPS: &[(&str, &[&str])] = &[
    (
        "Get tokens for Olivia, for Ann and for the operator of the product",
        &[
            r#"token() { curl -s "$API/dev/token" -d "$1" | sed 's/.*"access_token":"\([^"]*\)".*/\1/'; }"#,
            r#"OLIVIA=$(token '{"sub":"olivia","email":"olivia@acme.example","name":"Olivia"}')"#,
            r#"ANN=$(token '{"sub":"ann","email":"ann@acme.example","name":"Ann"}')"#,
            r#"PLATFORM=$(token '{"sub":"operator","scope":"muster:platform"}')"#,
            r"JSON='Content-Type: application/json'",
        ],
    ),
    (
        "Olivia creates an organization; the operator gives it five seats",
        &[
            r#"ORG=$(curl -s "$API/v1/organizations" -H "Authorization: Bearer $OLIVIA" -H "$JSON" -d '{"name":"Acme","role_set":"program-delivery"}' | tee /dev/stderr | grep -o 'org_[0-9A-Za-z]*' | head -n 1)"#,
            r#"curl -sw '\n' -X PUT "$API/v1/organizations/$ORG/plan" -H "Authorization: Bearer $PLATFORM" -H "$JSON" -d '{"seat_limit":5,"allowed_domains":[]}'"#,
        ],
    ),
    (
        "She registers a program and invites two people to run it",
        &[
            r#"curl -sw '\n' -X PUT "$API/v1/organizations/$ORG/resources/program/spring" -H "Authorization: Bearer $OLIVIA" -H "$JSON" -d '{"name":"Spring cohort"}'"#,
            r#"curl -sw '\n' "$API/v1/organizations/$ORG/invitations" -H "Authorization: Bearer $OLIVIA" -H "$JSON" -d '{"emails":"ann@acme.example, bob@acme.example","role":"program_admin","resources":[{"type":"program","id":"spring"}],"message":"Welcome"}'"#,
        ],
    ),
    (
        "Ann opens the link in her email and accepts",
        &[
            r#"curl -sw '\n' "$API/dev/mail""#,
            r#"curl -sw '\n' "$API/v1/organizations/$ORG/invitations" -H "Authorization: Bearer $OLIVIA""#,
            r#"LINK=$(curl -s "$API/dev/mail" | tr '{' '\n' | grep '"to":"ann@acme.example"' | tail -n 1 | grep -o '/invitations/[0-9A-Za-z_-]*' | head -n 1)"#,
            r#"curl -sw '\n' "$API/v1$LINK""#,
            r#"curl -sw '\n' -X POST "$API/v1$LINK/accept" -H "Authorization: Bearer $ANN""#,
            r#"curl -sw '\n' "$API/v1/organizations/$ORG/members" -H "Authorization: Bearer $OLIVIA""#,
        ],
    ),
    (
        "Eight days later, Bob's invitation and Olivia's old token have expired",
        &[
            r#"curl -sw '\n' "$API/dev/clock" -d '{"advance":"P8D"}'"#,
            r#"curl -sw '\n' -X POST "$API/dev/jobs/expire""#,
            r#"OLIVIA=$(token '{"sub":"olivia","email":"olivia@acme.example","name":"Olivia"}')"#,
            r#"curl -sw '\n' "$API/v1/organizations/$ORG/invitations" -H "Authorization: Bearer $OLIVIA""#,
            r#"curl -sw '\n' "$API/v1/organizations/$ORG/events" -H "Authorization: Bearer $OLIVIA""#,
        ],
    ),
];

/// The whole text. Only lines to paste are indented.
pub(super) fn text(backend: &Backend, demo: Option<&str>) -> Result<String, KeyError> {
    let api = backend.base_url();
    let token = backend.issue_token(&olivia())?;
    let mut text = format!(
        "Team page: {api}/team\n\
         Muster is running at {api}. Press Ctrl-C to stop it.\n\
         API reference: {api}/docs\n\
         Captured mail: {api}/dev/mail\n\
         A token for Olivia, valid for 12 hours:\n{token}\n"
    );
    if let Some(organization) = demo {
        let _ = writeln!(
            text,
            "\nThe team page offers a person of each role, in an organization of each role set.\n\
             The demo organization is {organization}, and Olivia owns it. To list its people:\n\n  \
             curl -sw '\\n' {api}/v1/organizations/{organization}/members -H 'Authorization: Bearer {token}'"
        );
    }
    let _ = write!(
        text,
        "\nA first story. Paste the indented lines one at a time into another terminal.\n\n  API={api}\n"
    );
    for (title, lines) in STEPS {
        let _ = write!(text, "\n{title}:\n\n");
        for line in *lines {
            let _ = writeln!(text, "  {line}");
        }
    }
    Ok(text)
}
