//! How often each route is asked: mostly what products ask for all the time, and of changes those that keep organizations alive.

use fastrand::Rng;
use muster_functions::routes;

/// How often each route is asked, of all.
const ROUTES: &[(&str, u32)] = &[
    ("evaluate-access", 1400),
    ("get-organization", 1100),
    ("get-member", 1100),
    ("verify-api-key", 800),
    ("list-members", 450),
    ("list-roles", 200),
    ("get-view", 200),
    ("search-actions", 300),
    ("get-invitation", 250),
    ("list-resources", 250),
    ("preview-invitation", 250),
    ("evaluate-access-batch", 250),
    ("list-invitations", 200),
    ("list-contacts", 200),
    ("search-resources", 150),
    ("search-subjects", 150),
    ("list-organizations", 150),
    ("list-events", 150),
    ("list-my-invitations", 120),
    ("list-api-keys", 120),
    ("get-export", 60),
    ("export-members", 30),
    ("not-found", 30),
    ("get-authzen-configuration", 30),
    ("list-role-sets", 20),
    ("get-docs", 3),
    ("get-page", 3),
    ("get-openapi", 2),
    ("accept-invitation", 300),
    ("create-invitations", 220),
    ("update-member", 180),
    ("put-grant", 140),
    ("create-api-key", 80),
    ("add-member", 80),
    ("delete-grant", 80),
    ("put-contact", 80),
    ("put-resource", 80),
    ("update-invitation", 60),
    ("update-organization", 60),
    ("cancel-invitation", 60),
    ("resend-invitation", 60),
    ("activate-members", 60),
    ("deactivate-members", 50),
    ("remove-member", 50),
    ("decline-invitation", 40),
    ("change-members-role", 40),
    ("rotate-api-key", 40),
    ("revoke-api-key", 40),
    ("delete-contact", 40),
    ("set-plan", 40),
    ("delete-resource", 30),
    ("transfer-ownership", 30),
    ("cancel-invitations", 30),
    ("resend-invitations", 30),
    ("name-paying-owner", 20),
    ("remove-members", 20),
    ("create-export", 20),
    ("suspend-organization", 8),
    ("resume-organization", 8),
    ("restore-organization", 8),
    ("delete-organization", 3),
    ("create-organization", 3),
];

/// The routes that have no weight, or a weight without a route.
pub(super) fn faults() -> Vec<String> {
    let unknown = ROUTES.iter().filter(|(binary, _)| routes::Route::of(binary).is_none());
    let unknown = unknown.map(|(binary, _)| format!("{binary}: it has a weight, and no route"));
    let unweighed = routes::ROUTES
        .iter()
        .filter(|route| ROUTES.iter().all(|(binary, _)| *binary != route.binary));
    let unweighed = unweighed.map(|route| {
        format!(
            "{}: add how often it is asked to tests/src/bin/soak/draw/weights.rs, and its request to a `fill_…` in draw/",
            route.binary
        )
    });
    unknown.chain(unweighed).collect()
}

/// The binary of one of them.
pub(super) fn drawn(rng: &mut Rng) -> &'static str {
    let all: u32 = ROUTES.iter().map(|(_, weight)| weight).sum();
    let mut left = rng.u32(0..all);
    for (binary, weight) in ROUTES {
        if left < *weight {
            return binary;
        }
        left -= weight;
    }
    "get-organization"
}
