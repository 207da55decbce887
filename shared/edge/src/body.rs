//! Reading a JSON body, and naming every error in it, not only the first.

#[cfg(test)]
mod tests;

use crate::json::{self, Flaw, ParsedJson, PathSegment, Strict};
use crate::problem::Problem;
use muster_domain::violation::{Location, Violation};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_path_to_error::Segment;
use std::collections::BTreeMap;

/// Most bytes in a body.
pub const MAX_BYTES: usize = 64 * 1024;
/// Most errors that are named.
const MAX_FAULTS: usize = 50;
/// Most bytes of paths to repeated names in a response: each path can be as long as the body.
const MAX_PATHS: usize = MAX_BYTES;

/// A request body.
pub trait Body: DeserializeOwned {
    /// Required fields.
    const REQUIRED: &'static [&'static str];
}

/// The body of a request that takes none.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Empty {}

impl Body for Empty {
    const REQUIRED: &'static [&'static str] = &[];
}

/// A field of a PATCH: absent, null, or a value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Field<T> {
    /// Absent: the value stays as it is.
    #[default]
    Absent,
    /// Null: the value is removed.
    Null,
    /// A value.
    Value(T),
}

impl<T> Field<T> {
    /// The new value, if the field was present at all.
    pub fn as_change(self) -> Option<Option<T>> {
        match self {
            Self::Absent => None,
            Self::Null => Some(None),
            Self::Value(value) => Some(Some(value)),
        }
    }

    /// The value, if there is one.
    pub fn value(self) -> Option<T> {
        self.as_change().flatten()
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

/// A field that can be absent but never null: null would have no meaning.
///
/// # Errors
/// The deserializer's.
pub fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// The body in these bytes.
///
/// # Errors
/// 413, 415, 400 for what is not JSON, and 422 naming every invalid field.
pub fn read<T: Body>(bytes: &[u8], media_type: Option<&str>) -> Result<T, Problem> {
    if bytes.len() > MAX_BYTES {
        return Err(Problem::body_too_large(MAX_BYTES));
    }
    if !media_type.is_some_and(is_json) {
        return Err(Problem::unsupported_media_type());
    }
    let ParsedJson { value, repeated } =
        json::parse(bytes).map_err(|e| Problem::malformed_json(e.line(), e.column()))?;
    if !value.is_object() {
        return Err(Problem::invalid([Violation::field(
            "",
            "wrong_type",
            "the body must be a JSON object",
        )]));
    }
    let mut violations = more_than_once(&repeated);
    let missing = T::REQUIRED.iter().filter(|name| value.get(**name).is_none());
    violations.extend(missing.map(|name| Violation::field(*name, "missing_field", "is required")));
    match typed(value, &mut violations) {
        Some(body) if violations.is_empty() => Ok(body),
        _ => Err(Problem::invalid(violations)),
    }
}

/// Whether a body of this media type is JSON in UTF-8, which is the default.
fn is_json(media_type: &str) -> bool {
    let mut parts = media_type.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let fits = |parameter: &str| {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let value = value.trim().trim_matches('"');
        !name.trim().eq_ignore_ascii_case("charset")
            || ["utf-8", "utf8"].iter().any(|it| value.eq_ignore_ascii_case(it))
    };
    essence.eq_ignore_ascii_case("application/json") && parts.all(fits)
}

/// Refuses a body with a content coding, given these values of `Content-Encoding`: it is not what its media type says.
///
/// # Errors
/// 415, with the one coding that is accepted (RFC 9110, section 15.5.16).
pub(crate) fn plain<'a>(codings: impl IntoIterator<Item = &'a [u8]>) -> Result<(), Problem> {
    let mut codings = codings.into_iter().flat_map(|line| line.split(|byte| *byte == b','));
    let is_none = |coding: &[u8]| coding.is_empty() || coding.eq_ignore_ascii_case(b"identity");
    if codings.all(|coding| is_none(coding.trim_ascii())) {
        return Ok(());
    }
    Err(Problem::unsupported_content_coding())
}

/// A violation for each name that an object repeats: programs differ in which of the values they use.
fn more_than_once(repeated: &[Vec<PathSegment>]) -> Vec<Violation> {
    let mut room = MAX_PATHS;
    let mut violations = Vec::new();
    for path in repeated {
        let path = written(&Removed::default(), path);
        // The first path is reported whatever its length: it is no longer than the body.
        if !violations.is_empty() && path.len() > room {
            break;
        }
        room = room.saturating_sub(path.len());
        violations.push(Violation::field(path, "duplicate_field", "is given more than once"));
    }
    violations
}

/// Reads a typed body. Each error found is recorded and removed, and the rest is read again to find the next one.
fn typed<T: Body>(mut value: Value, violations: &mut Vec<Violation>) -> Option<T> {
    let mut taken_out = Removed::default();
    loop {
        let error = match serde_path_to_error::deserialize::<_, T>(Strict(&value)) {
            Ok(body) => return Some(body),
            Err(error) => error,
        };
        let flaw = error.inner();
        let mut path: Vec<PathSegment> = error.path().iter().filter_map(step).collect();
        match flaw {
            // Missing top-level fields are named already; a nested one makes its parent incomplete.
            Flaw::Missing(name) => {
                let within = [path.as_slice(), &[PathSegment::Key((*name).to_owned())]].concat();
                let missing = violation(&taken_out, &within, flaw);
                if !path.is_empty() && !violations.iter().any(|f| f.at == missing.at) {
                    violations.push(missing);
                }
            }
            Flaw::Unknown(name) => {
                let last = PathSegment::Key(name.clone());
                if path.last() != Some(&last) {
                    path.push(last);
                }
                violations.push(violation(&taken_out, &path, flaw));
            }
            Flaw::Type(_) | Flaw::Value(_) => violations.push(violation(&taken_out, &path, flaw)),
        }
        if violations.len() >= MAX_FAULTS || !taken_out.remove(&mut value, &path) {
            if violations.is_empty() {
                violations.push(violation(&taken_out, &[], flaw));
            }
            return None;
        }
    }
}

fn step(segment: &Segment) -> Option<PathSegment> {
    match segment {
        Segment::Map { key } => Some(PathSegment::Key(key.clone())),
        Segment::Seq { index } => Some(PathSegment::Index(*index)),
        Segment::Enum { .. } | Segment::Unknown => None,
    }
}

fn violation(removed: &Removed, path: &[PathSegment], flaw: &Flaw) -> Violation {
    Violation {
        at: Location::Field(written(removed, path)),
        code: match flaw {
            Flaw::Unknown(_) => "unknown_field",
            Flaw::Missing(_) => "missing_field",
            Flaw::Type(_) => "wrong_type",
            Flaw::Value(_) => "invalid_value",
        },
        detail: flaw.to_string(),
    }
}

/// A path as problems show it, such as `resources[0].id`.
fn written(removed: &Removed, path: &[PathSegment]) -> String {
    let mut text = String::new();
    for (depth, step) in path.iter().enumerate() {
        match step {
            PathSegment::Key(key) => {
                if depth > 0 {
                    text.push('.');
                }
                text.push_str(key);
            }
            PathSegment::Index(index) => {
                let original = removed.original(path.get(..depth).unwrap_or_default(), *index);
                text.push_str(&format!("[{original}]"));
            }
        }
    }
    text
}

/// The elements removed from each list, so that later errors keep their positions.
#[derive(Default)]
struct Removed {
    lists: BTreeMap<Vec<PathSegment>, Vec<usize>>,
}

impl Removed {
    fn original(&self, list: &[PathSegment], index: usize) -> usize {
        let gone = self.lists.get(list).map_or(&[][..], Vec::as_slice);
        gone.iter()
            .fold(index, |at, gone| if *gone <= at { at + 1 } else { at })
    }

    /// Removes the value at the path; false if there is none.
    fn remove(&mut self, value: &mut Value, path: &[PathSegment]) -> bool {
        let Some((last, parents)) = path.split_last() else {
            return false;
        };
        let mut at = value;
        for step in parents {
            let next = match step {
                PathSegment::Key(key) => at.get_mut(key),
                PathSegment::Index(index) => at.get_mut(index),
            };
            let Some(next) = next else { return false };
            at = next;
        }
        match (last, at) {
            (PathSegment::Key(key), Value::Object(map)) => map.remove(key).is_some(),
            (PathSegment::Index(index), Value::Array(list)) if *index < list.len() => {
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
