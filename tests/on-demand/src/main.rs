//! A function for tests alone, which goes wrong when it is told to. It is served as all functions are.

use muster_edge::{Call, Outcome, Problem, Reply, serve};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};

/// In place of the function of a route, it does what the last part of the path says; in place of a stream function, it
/// panics over its first batch.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let stands_for = std::env::var("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_default();
    if stands_for == "deliver-mail" {
        serve::events(async |_, _, _| Ok(take())).await
    } else {
        serve::http(answer).await
    }
}

async fn answer(call: Call) -> Outcome {
    match call.path::<String>("token")?.as_str() {
        "panic" => panic_now(),
        "fail" => Err(Problem::internal()),
        "end" => std::process::exit(3),
        "hang" => std::future::pending().await,
        _ => Reply::json(200, &json!({ "pid": std::process::id() })),
    }
}

fn take() -> Value {
    static HAS_FAILED: AtomicBool = AtomicBool::new(false);
    if !HAS_FAILED.swap(true, Ordering::SeqCst) {
        panic_now();
    }
    json!({ "batchItemFailures": [] })
}

#[expect(clippy::panic, reason = "it is what this function is for")]
fn panic_now() -> ! {
    panic!("on demand")
}
