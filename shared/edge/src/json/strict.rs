//! From a value to a type, in the type's one documented form.

use super::Flaw;
use serde::Deserializer;
use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{IntoDeserializer, Visitor};
use serde_json::{Map, Number, Value};

/// A value that is read strictly: a structure must be an object and not a list, a word must be text and not an object. A whole
/// number may have a fraction of zero, as in JSON Schema.
#[derive(Debug, Clone, Copy)]
pub struct Strict<'de>(pub &'de Value);

impl<'de> IntoDeserializer<'de, Flaw> for Strict<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

fn wrong(wanted: &str) -> Flaw {
    Flaw::Type(format!("must be {wanted}"))
}

/// A number as a whole one; `None` if it has a fraction.
fn whole(number: &Number) -> Option<i128> {
    let signed = number.as_i64().map(i128::from);
    let whole = signed.or(number.as_u64().map(i128::from));
    // Whole numbers of up to 64 bits are parsed as such, so a double without a fraction is out of every range.
    let beyond = || number.as_f64().filter(|n| n.fract() == 0.0).map(|_| i128::MAX);
    whole.or_else(beyond)
}

impl<'de> Strict<'de> {
    fn list<V: Visitor<'de>>(list: &'de [Value], visitor: V) -> Result<V::Value, Flaw> {
        SeqDeserializer::new(list.iter().map(Strict)).deserialize_any(visitor)
    }

    fn object<V: Visitor<'de>>(object: &'de Map<String, Value>, visitor: V) -> Result<V::Value, Flaw> {
        MapDeserializer::new(object.iter().map(|(name, value)| (name.as_str(), Strict(value)))).deserialize_any(visitor)
    }

    fn text(self) -> Result<&'de str, Flaw> {
        self.0.as_str().ok_or_else(|| wrong("a string"))
    }
}

/// The message for a number that its type cannot hold. The field's own range is narrower, and is checked elsewhere.
fn out_of_range(number: i128, is_unsigned: bool) -> String {
    let told = match (number < 0, is_unsigned) {
        (true, true) => "must not be negative",
        (true, false) => "is too small",
        (false, _) => "is too large",
    };
    told.to_owned()
}

/// Whole numbers of these types.
macro_rules! whole_numbers {
    ($($read:ident $visit:ident $type:ty,)*) => {$(
        fn $read<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
            let number = self.0.as_number().and_then(whole).ok_or_else(|| wrong("an integer"))?;
            let number = <$type>::try_from(number)
                .map_err(|_| Flaw::Value(out_of_range(number, <$type>::MIN == 0)))?;
            visitor.$visit(number)
        }
    )*};
}

impl<'de> Deserializer<'de> for Strict<'de> {
    type Error = Flaw;

    whole_numbers! {
        deserialize_i8 visit_i8 i8,
        deserialize_i16 visit_i16 i16,
        deserialize_i32 visit_i32 i32,
        deserialize_i64 visit_i64 i64,
        deserialize_u8 visit_u8 u8,
        deserialize_u16 visit_u16 u16,
        deserialize_u32 visit_u32 u32,
        deserialize_u64 visit_u64 u64,
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(flag) => visitor.visit_bool(*flag),
            Value::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(number), _, _) => visitor.visit_u64(number),
                (None, Some(number), _) => visitor.visit_i64(number),
                (None, None, Some(number)) => visitor.visit_f64(number),
                (None, None, None) => Err(wrong("a number")),
            },
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Array(list) => Self::list(list, visitor),
            Value::Object(object) => Self::object(object, visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
        visitor.visit_bool(self.0.as_bool().ok_or_else(|| wrong("a boolean"))?)
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
        visitor.visit_f64(self.0.as_f64().ok_or_else(|| wrong("a number"))?)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
        self.deserialize_str(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
        visitor.visit_borrowed_str(self.text()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
        self.deserialize_str(visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
        if self.0.is_null() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
        self.0.as_null().ok_or_else(|| wrong("null"))?;
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Flaw> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Flaw> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
        Self::list(self.0.as_array().ok_or_else(|| wrong("an array"))?, visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Flaw> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Flaw> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
        Self::object(self.0.as_object().ok_or_else(|| wrong("an object"))?, visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Flaw> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Flaw> {
        visitor.visit_enum(self.text()?.into_deserializer())
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
        visitor.visit_unit()
    }
}
