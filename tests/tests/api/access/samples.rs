//! The sample for axum, in front of a product of its own. `.ci/check-samples` runs the others.

#[path = "../../../../samples/axum.rs"]
#[expect(unreachable_pub, reason = "a sample is public where a product takes it")]
mod sample;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, put};
use muster_tests::harness::{Harness, Organization};
use sample::{Muster, SignedIn, authorize};
use serde_json::json;

/// The product's own sign-in: a header says who it is.
async fn sign_in(mut request: Request, next: Next) -> Response {
    let user = request.headers()["x-user"].to_str().unwrap().to_owned();
    request.extensions_mut().insert(SignedIn(user));
    next.run(request).await
}

async fn update() -> StatusCode {
    StatusCode::NO_CONTENT
}

#[tokio::test(flavor = "multi_thread")]
async fn the_layer_for_axum_lets_through_what_muster_permits_and_nothing_without_an_answer() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.join(&h, "ann", "program_admin", &["spring"]).await;
    acme.join(&h, "pia", "participant", &["spring"]).await;
    let key = acme.key(&h, &acme.owner, &json!({ "name": "product" })).await;
    let organization = format!("{}{}", h.backend.base_url(), acme.path(""));
    let muster = Muster::new(&organization, &key.secret);
    let (read, write) = (
        muster.check("content:read", "program"),
        muster.check("content:write", "program"),
    );
    let unreachable = Muster::new("http://127.0.0.1:9", &key.secret).check("content:read", "program");
    let refused = Muster::new(&organization, "mk_made_up").check("content:read", "program");
    let layer = |check| from_fn_with_state(check, authorize);
    let product = Router::new()
        .route("/programs/{id}", get(update).route_layer(layer(read)))
        .route("/write/{id}", put(update).route_layer(layer(write)))
        .route("/unreachable/{id}", get(update).route_layer(layer(unreachable)))
        .route("/refused/{id}", get(update).route_layer(layer(refused)))
        .layer(from_fn(sign_in));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, product).await });

    let owner = acme.owner.name().to_owned();
    // People whose `sub` looks like another person's name get nothing of theirs.
    let impostors = [format!("sub:{owner}"), acme.owner.id()];
    let cases = [
        (owner.as_str(), "GET", "/programs/autumn", 204),
        (&owner, "PUT", "/write/autumn", 204),
        ("ann", "PUT", "/write/spring", 204),
        ("ann", "PUT", "/write/autumn", 403),
        ("pia", "GET", "/programs/spring", 204),
        ("pia", "PUT", "/write/spring", 403),
        ("stella", "GET", "/programs/spring", 403),
        (&impostors[0], "GET", "/programs/spring", 403),
        (&impostors[1], "GET", "/programs/spring", 403),
        (&owner, "GET", "/unreachable/spring", 503),
        (&owner, "GET", "/refused/spring", 503),
    ];
    for (user, method, path, status) in cases {
        let request = h
            .http()
            .request(method.parse().unwrap(), format!("http://{address}{path}"));
        let answer = request.header("x-user", user).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{user} {method} {path}");
    }

    // A suspension is a denial, and no outage.
    let reason = json!({ "reason": "The plan has ended" });
    h.platform()
        .put(&h, &acme.path("/suspension"), &reason)
        .await
        .expect(200);
    let request = h.http().get(format!("http://{address}/programs/autumn"));
    let answer = request.header("x-user", &owner).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 403);
}
