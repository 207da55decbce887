//! Reading a JSON body, and naming everything that is wrong with it rather than the first thing.

use crate::problem::Problem;
use muster_domain::rules::Fault;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_path_to_error::Segment;
use std::collections::BTreeMap;

/// Most bytes of a body.
pub const MAX_BYTES: usize = 64 * 1024;
/// Most faults that are named.
const MAX_FAULTS: usize = 50;

/// A request body.
pub trait Body: DeserializeOwned {
    /// Fields that must be there.
    const REQUIRED: &'static [&'static str];
}

/// A field of a PATCH: not there, null, or a value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Field<T> {
    /// Not named: stays as it is.
    #[default]
    Absent,
    /// Named as null: is taken away.
    Null,
    /// Named with a value.
    Value(T),
}

impl<T> Field<T> {
    /// What shall be, if the field was named at all.
    pub fn named(self) -> Option<Option<T>> {
        match self {
            Self::Absent => None,
            Self::Null => Some(None),
            Self::Value(value) => Some(Some(value)),
        }
    }

    /// The value, if there is one.
    pub fn value(self) -> Option<T> {
        self.named().flatten()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Option::deserialize(deserializer)? {
            Some(value) => Self::Value(value),
            None => Self::Null,
        })
    }
}

/// The body in these bytes.
///
/// # Errors
/// 413, 415, 400 for what is not JSON, and 422 naming every field at fault.
pub fn read<T: Body>(bytes: &[u8], media_type: Option<&str>) -> Result<T, Problem> {
    if bytes.len() > MAX_BYTES {
        return Err(Problem::new(413, "body-too-large", "The body is too large")
            .detail(format!("at most {MAX_BYTES} bytes are taken")));
    }
    let essence = media_type
        .and_then(|m| m.split(';').next())
        .map(str::trim)
        .unwrap_or_default();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(Problem::new(415, "unsupported-media-type", "The body must be JSON")
            .detail("send `content-type: application/json`"));
    }
    let value: Value = serde_json::from_slice(bytes).map_err(|e| {
        Problem::new(400, "malformed-json", "The body is not JSON").detail(format!(
            "at line {}, column {}",
            e.line(),
            e.column()
        ))
    })?;
    if !value.is_object() {
        return Err(Problem::invalid([Fault::field(
            "",
            "wrong_type",
            "the body must be a JSON object",
        )]));
    }
    let mut faults: Vec<Fault> = T::REQUIRED
        .iter()
        .filter(|name| value.get(**name).is_none())
        .map(|name| Fault::field(*name, "missing_field", "must be there"))
        .collect();
    match typed(value, &mut faults) {
        Some(body) if faults.is_empty() => Ok(body),
        _ => Err(Problem::invalid(faults)),
    }
}

/// Reads a typed body; each fault found is noted and taken out, and the rest is read again for the next one.
fn typed<T: Body>(mut value: Value, faults: &mut Vec<Fault>) -> Option<T> {
    let mut taken_out = Removed::default();
    loop {
        let error = match serde_path_to_error::deserialize::<_, T>(&value) {
            Ok(body) => return Some(body),
            Err(error) => error,
        };
        let message = error.inner().to_string();
        let mut path: Vec<Step> = error.path().iter().filter_map(Step::of).collect();
        let code = code_of(&message);
        if code == "missing_field" {
            // Top-level ones are named already; a nested one makes its parent incomplete.
            let name = quoted(&message);
            if !path.is_empty() && !faults.iter().any(|f| f.at == spot(&taken_out, &path, name)) {
                faults.push(fault(&taken_out, &path, name, code, "must be there"));
            }
        } else {
            let name = quoted(&message).filter(|_| code == "unknown_field");
            let detail = if name.is_some() {
                "is not known here"
            } else {
                message.as_str()
            };
            if let Some(name) = name.filter(|name| path.last() != Some(&Step::Key((*name).to_owned()))) {
                path.push(Step::Key(name.to_owned()));
            }
            faults.push(fault(&taken_out, &path, None, code, detail));
        }
        if faults.len() >= MAX_FAULTS || !taken_out.remove(&mut value, &path) {
            if faults.is_empty() {
                faults.push(Fault::field("", "invalid_value", message));
            }
            return None;
        }
    }
}

fn code_of(message: &str) -> &'static str {
    match message {
        m if m.starts_with("unknown field") => "unknown_field",
        m if m.starts_with("missing field") => "missing_field",
        m if m.starts_with("invalid type") => "wrong_type",
        _ => "invalid_value",
    }
}

fn quoted(message: &str) -> Option<&str> {
    message.split('`').nth(1)
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Key(String),
    Index(usize),
}

impl Step {
    fn of(segment: &Segment) -> Option<Self> {
        match segment {
            Segment::Map { key } => Some(Self::Key(key.clone())),
            Segment::Seq { index } => Some(Self::Index(*index)),
            Segment::Enum { .. } | Segment::Unknown => None,
        }
    }
}

fn fault(removed: &Removed, path: &[Step], name: Option<&str>, code: &'static str, detail: &str) -> Fault {
    Fault {
        at: spot(removed, path, name),
        code,
        detail: detail.chars().take(300).collect(),
    }
}

fn spot(removed: &Removed, path: &[Step], name: Option<&str>) -> muster_domain::rules::Spot {
    let mut text = String::new();
    for (depth, step) in path.iter().enumerate() {
        match step {
            Step::Key(key) if text.is_empty() => text.push_str(key),
            Step::Key(key) => text = format!("{text}.{key}"),
            Step::Index(index) => {
                let original = removed.original(path.get(..depth).unwrap_or_default(), *index);
                text = format!("{text}[{original}]");
            }
        }
    }
    if let Some(name) = name {
        text = if text.is_empty() {
            name.to_owned()
        } else {
            format!("{text}.{name}")
        };
    }
    muster_domain::rules::Spot::Field(text)
}

/// Which elements were taken out of which list, so that later faults keep their places.
#[derive(Default)]
struct Removed {
    lists: BTreeMap<Vec<Step>, Vec<usize>>,
}

impl Removed {
    fn original(&self, list: &[Step], index: usize) -> usize {
        let gone = self.lists.get(list).map_or(&[][..], Vec::as_slice);
        gone.iter()
            .fold(index, |at, gone| if *gone <= at { at + 1 } else { at })
    }

    /// Takes out what stands at the path; false if nothing does.
    fn remove(&mut self, value: &mut Value, path: &[Step]) -> bool {
        let Some((last, parents)) = path.split_last() else {
            return false;
        };
        let mut at = value;
        for step in parents {
            let next = match step {
                Step::Key(key) => at.get_mut(key),
                Step::Index(index) => at.get_mut(index),
            };
            let Some(next) = next else { return false };
            at = next;
        }
        match (last, at) {
            (Step::Key(key), Value::Object(map)) => map.remove(key).is_some(),
            (Step::Index(index), Value::Array(list)) if *index < list.len() => {
                list.remove(*index);
                let original = self.original(parents, *index);
                let gone = self.lists.entry(parents.to_vec()).or_default();
                gone.push(original);
                gone.sort_unstable();
                true
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_domain::{Name, UserId};

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only what is refused is looked at")]
    struct Sample {
        name: Name,
        count: u32,
        #[serde(default)]
        members: Vec<UserId>,
        #[serde(default)]
        inner: Option<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only what is refused is looked at")]
    struct Inner {
        days: u8,
    }

    impl Body for Sample {
        const REQUIRED: &'static [&'static str] = &["name", "count"];
    }

    fn faults(text: &str) -> Vec<(String, String)> {
        let problem = read::<Sample>(text.as_bytes(), Some("application/json; charset=utf-8")).unwrap_err();
        problem.errors.into_iter().map(|e| (e.field.unwrap(), e.code)).collect()
    }

    fn named(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(f, c)| ((*f).to_owned(), (*c).to_owned())).collect()
    }

    #[test]
    fn every_field_at_fault_is_named_with_its_place() {
        let text = r#"{"nme":"x","count":"many","members":["usr_0000000000000000000001","bad",7,"usr_0000000000000000000002","worse"],
            "inner":{"days":300,"dys":1},"also":null}"#;
        let mut got = faults(text);
        got.sort();
        let mut want = named(&[
            ("name", "missing_field"),
            ("nme", "unknown_field"),
            ("count", "wrong_type"),
            ("members[1]", "invalid_value"),
            ("members[2]", "wrong_type"),
            ("members[4]", "invalid_value"),
            ("inner.days", "invalid_value"),
            ("inner.dys", "unknown_field"),
            ("also", "unknown_field"),
        ]);
        want.sort();
        assert_eq!(got, want);
    }

    #[test]
    fn what_is_not_json_too_large_or_of_another_type_is_refused_as_such() {
        let status = |text: &[u8], media: Option<&str>| read::<Sample>(text, media).unwrap_err().status;
        assert_eq!(status(b"{", Some("application/json")), 400);
        assert_eq!(status(b"", Some("application/json")), 400);
        assert_eq!(status(b"{}", Some("text/plain")), 415);
        assert_eq!(status(b"{}", None), 415);
        assert_eq!(status(b"[]", Some("application/json")), 422);
        assert_eq!(status(&vec![b' '; MAX_BYTES + 1], Some("application/json")), 413);
        assert_eq!(status("[".repeat(10_000).as_bytes(), Some("application/json")), 400);
    }
}
