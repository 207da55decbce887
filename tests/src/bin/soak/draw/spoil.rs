//! Requests that are wrong in some way.

use super::Draw;
use crate::request::Request;
use serde_json::{Value, json};

impl Draw<'_> {
    /// Makes a request faulty.
    pub(super) fn spoil(&mut self, request: &mut Request) {
        request.spoiled = true;
        match self.rng.u32(0..8) {
            0 => add(&mut request.body, "nonsense", json!(1)),
            1 => request.body = Some(json!([])),
            2 => request.body = Some(Value::String("\u{0}".repeat(3))),
            3 => request.headers.push(("content-type", "text/plain".to_owned())),
            4 => {
                let sign = if request.path.contains('?') { '&' } else { '?' };
                request.path.push(sign);
                request
                    .path
                    .push_str(["limit=0", "limit=x", "cursor=x", "sort=nothing", "q=%00"][self.rng.usize(0..5)]);
            }
            5 => request.headers.push(("if-match", "nonsense".to_owned())),
            6 => wrong(&mut request.body, self.rng.usize(0..8)),
            _ => request.path = request.path.replacen("_0", "_zz", 1),
        }
    }
}

fn add(body: &mut Option<Value>, name: &str, value: Value) {
    let body = body.get_or_insert_with(|| json!({}));
    if let Some(fields) = body.as_object_mut() {
        fields.insert(name.to_owned(), value);
    }
}

/// Gives a field a value of another kind.
fn wrong(body: &mut Option<Value>, place: usize) {
    let Some(fields) = body.as_mut().and_then(Value::as_object_mut) else {
        return;
    };
    let count = fields.len().max(1);
    if let Some((_, value)) = fields.iter_mut().nth(place % count) {
        *value = match value {
            Value::String(_) => json!({ "a": [1] }),
            Value::Array(_) => json!("all"),
            Value::Null => json!(-1),
            _ => json!(["x", null]),
        };
    }
}
