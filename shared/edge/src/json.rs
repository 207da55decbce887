//! JSON from outside: this is the one way in which bodies and tokens are parsed.
//!
//! On its own, `serde_json` lets the last of several equal names win, and serde accepts a list of values for a structure and an
//! object for a word. No documentation mentions these forms, and another program on the way may read them as something else.

mod flaw;
mod number;
mod strict;

pub use flaw::Flaw;
pub use strict::Strict;

use number::Written;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Map, Value};
use std::fmt;

/// Most repeated names that are reported.
const MAX_REPEATED: usize = 50;

/// A step from a value to one within it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum PathSegment {
    /// To a member of an object, by its name.
    Key(String),
    /// To an element of a list, counted from 0.
    Index(usize),
}

/// A JSON text.
#[derive(Debug, Clone, PartialEq)]
pub struct ParsedJson {
    /// Its value; of equal names the first counts.
    pub value: Value,
    /// The places where an object repeats a name: at most 50.
    pub repeated: Vec<Vec<PathSegment>>,
}

/// Parses a JSON text, with nothing after it.
///
/// # Errors
/// The place where it is not JSON.
pub fn parse(bytes: &[u8]) -> Result<ParsedJson, serde_json::Error> {
    let mut reading = Reading {
        repeated: Repeated::default(),
        numbers: Written::of(bytes),
    };
    let mut text = serde_json::Deserializer::from_slice(bytes);
    let value = Whole(&mut reading).deserialize(&mut text)?;
    text.end()?;
    let mut repeated = reading.repeated.0;
    for path in &mut repeated {
        path.reverse();
    }
    Ok(ParsedJson { value, repeated })
}

/// Paths to repeated names; during parsing they grow from the inside out.
#[derive(Default)]
struct Repeated(Vec<Vec<PathSegment>>);

impl Repeated {
    /// Records a name of an object whose own repetitions begin at `from`.
    fn note(&mut self, from: usize, name: String) {
        let path = vec![PathSegment::Key(name)];
        let known = self.0.iter().skip(from).any(|other| *other == path);
        if !known && self.0.len() < MAX_REPEATED {
            self.0.push(path);
        }
    }

    /// Prepends this step to the paths found since `from`.
    fn within(&mut self, from: usize, step: impl Fn() -> PathSegment) {
        for path in self.0.iter_mut().skip(from) {
            path.push(step());
        }
    }
}

/// The state of parsing a text.
struct Reading<'t> {
    repeated: Repeated,
    numbers: Written<'t>,
}

/// Reads a whole value.
struct Whole<'r, 't>(&'r mut Reading<'t>);

impl<'de> DeserializeSeed<'de> for Whole<'_, '_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Whole<'_, '_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        self.0.numbers.next();
        Ok(number.into())
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        self.0.numbers.next();
        Ok(number.into())
    }

    fn visit_f64<E: serde::de::Error>(self, near: f64) -> Result<Value, E> {
        let number = number::exactly(self.0.numbers.next(), near);
        Ok(Value::Number(number.ok_or_else(|| E::custom("not a number"))?))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::String(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        loop {
            let from = self.0.repeated.0.len();
            let Some(element) = elements.next_element_seed(Whole(self.0))? else {
                return Ok(Value::Array(list));
            };
            self.0.repeated.within(from, || PathSegment::Index(list.len()));
            list.push(element);
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        let mut own = Vec::new();
        while let Some(name) = members.next_key::<String>()? {
            let from = self.0.repeated.0.len();
            let value = members.next_value_seed(Whole(self.0))?;
            self.0.repeated.within(from, || PathSegment::Key(name.clone()));
            match object.entry(name) {
                Entry::Vacant(place) => {
                    place.insert(value);
                }
                Entry::Occupied(first) if own.len() < MAX_REPEATED => own.push(first.key().clone()),
                Entry::Occupied(_) => {}
            }
        }
        // Recorded at the end: paths from within other members are complete below this object by now.
        let from = self.0.repeated.0.len();
        for name in own {
            self.0.repeated.note(from, name);
        }
        Ok(Value::Object(object))
    }
}
