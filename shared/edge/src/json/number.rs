//! Numbers as they are written: whole numbers are exact, and others never become whole.
//!
//! `serde_json` passes a number with a fraction or an exponent as the nearest double, which may be whole even if the text is not:
//! `0.99999999999999999` would be 1.

use serde_json::Number;

/// The numbers of a JSON text, in sequence.
pub(super) struct Written<'t> {
    rest: &'t [u8],
}

impl<'t> Written<'t> {
    /// The numbers of this text.
    pub(super) fn of(text: &'t [u8]) -> Self {
        Self { rest: text }
    }

    /// The next number, as it is written: digits in strings do not count.
    pub(super) fn next(&mut self) -> &'t [u8] {
        let (mut in_string, mut escaped) = (false, false);
        let start = self.rest.iter().position(|byte| {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = in_string,
                b'"' => in_string = !in_string,
                _ => {}
            }
            !in_string && is_of_number(*byte, true)
        });
        let number = start.and_then(|start| self.rest.get(start..)).unwrap_or_default();
        let end = number.iter().position(|byte| !is_of_number(*byte, false));
        let (number, rest) = number.split_at(end.unwrap_or(number.len()));
        self.rest = rest;
        number
    }
}

/// Whether a number can contain this byte, or begin with it if `begins`.
fn is_of_number(byte: u8, begins: bool) -> bool {
    matches!(byte, b'-' | b'0'..=b'9') || !begins && matches!(byte, b'+' | b'.' | b'e' | b'E')
}

/// The number with this spelling, where `near` is the double that it was parsed as; `None` if it is too large.
pub(super) fn exactly(written: &[u8], near: f64) -> Option<Number> {
    let Some(whole) = whole(written) else {
        return Number::from_f64(broken(near));
    };
    let signed = i64::try_from(whole).map(Number::from);
    let number = signed.or_else(|_| u64::try_from(whole).map(Number::from));
    number.ok().or_else(|| Number::from_f64(near))
}

/// A whole number from its spelling, saturating at 128 bits. `None` if it is not whole.
fn whole(written: &[u8]) -> Option<i128> {
    let text = std::str::from_utf8(written).ok()?;
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (digits, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = [digits, fraction].concat();
    let kept = all.trim_end_matches('0');
    if kept.trim_start_matches(['-', '0']).is_empty() {
        return Some(0);
    }
    // An exponent that does not parse here has more digits than any text's length could offset.
    let beyond = if exponent.starts_with('-') { i64::MIN } else { i64::MAX };
    let exponent = exponent.parse().unwrap_or(beyond);
    let behind = i64::try_from(fraction.len()).ok()?;
    let ending = i64::try_from(all.len() - kept.len()).ok()?;
    // Zeros to append to the digits that are kept.
    let zeros = exponent.saturating_sub(behind).saturating_add(ending);
    let zeros = u32::try_from(zeros.min(i64::from(u32::MAX))).ok()?;
    let whole = 10_i128
        .checked_pow(zeros)
        .and_then(|scale| kept.parse::<i128>().ok()?.checked_mul(scale));
    Some(whole.unwrap_or(if kept.starts_with('-') { i128::MIN } else { i128::MAX }))
}

/// A double that is not whole, for a number that is not: if `near` is whole, the next one toward 0, as far as doubles have
/// fractions.
fn broken(near: f64) -> f64 {
    if near == 0.0 {
        f64::from_bits(1).copysign(near)
    } else if near.fract() == 0.0 && near.is_sign_positive() {
        near.next_down()
    } else if near.fract() == 0.0 {
        near.next_up()
    } else {
        near
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;
    use serde_json::Value;

    fn read(text: &str) -> Number {
        match parse(text.as_bytes()).unwrap().value {
            Value::Number(number) => number,
            other => panic!("{text} is {other}"),
        }
    }

    #[test]
    fn a_whole_number_is_exact_however_it_is_written() {
        for (text, number) in [
            ("7.0", 7),
            ("7.000000000000000000000000", 7),
            ("0.7e1", 7),
            ("0.07E+2", 7),
            ("700e-2", 7),
            ("-7.0", -7),
            ("-0", 0),
            ("-0.0", 0),
            ("0e5", 0),
            ("0.000e-99", 0),
            ("0.3e1", 3),
            ("1e3", 1_000),
            ("9007199254740993.0", 9_007_199_254_740_993),
            ("9.223372036854775807e18", i64::MAX),
            ("-9223372036854775808.0", i64::MIN),
        ] {
            assert_eq!(read(text).as_i64(), Some(number), "{text}");
        }
        assert_eq!(read("18446744073709551615.0").as_u64(), Some(u64::MAX));
        for text in [
            "18446744073709551616",
            "18446744073709551616.0",
            "1e300",
            "-1e19",
            "1e30",
        ] {
            assert!(!read(text).is_i64() && !read(text).is_u64(), "{text}");
        }
    }

    #[test]
    fn what_is_not_whole_is_read_as_none_that_is() {
        for text in [
            "0.9999999999999999",
            "0.99999999999999999",
            "0.999999999999999999999999999999999999",
            "1.00000000000000000001",
            "-0.99999999999999999999",
            "29.999999999999999999",
            "30.0000000000000000000000001",
            "1e-400",
            "-1e-400",
            "1e-99999999999999999999",
            "7.5",
            "75e-1",
            "4294967295.00000000000000000001",
            "1000000000000000.00000000000000000001",
        ] {
            let number = read(text).as_f64().unwrap();
            assert!(number.fract() != 0.0, "{text} is {number}");
            let written: f64 = text.parse().unwrap();
            assert!(
                (number - written).abs() <= written.abs() * f64::EPSILON + f64::MIN_POSITIVE,
                "{text}: {number}"
            );
        }
    }

    #[test]
    fn numbers_keep_their_places_among_texts_and_names_that_look_like_them() {
        let text =
            r#"{"1.5":"0.5","\"2.5":[1,-2,"3.5\\",3.0,{"e":4e0}],"7":null,"x":false,"n":0.99999999999999999999}"#;
        let value = parse(text.as_bytes()).unwrap().value;
        let list = serde_json::json!([1, -2, "3.5\\", 3, { "e": 4 }]);
        assert_eq!(value["\"2.5"], list);
        assert_eq!(value["1.5"], "0.5");
        assert!(value["n"].as_f64().is_some_and(|n| n < 1.0));
    }
}
