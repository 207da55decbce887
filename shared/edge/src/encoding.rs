//! The encoding of queries: percent-encoded UTF-8, and nothing similar.
//!
//! Without this check, `%zz` and a byte that begins no character are read as something similar, and by another program as something
//! else.

use muster_domain::violation::Violation;
use percent_encoding::percent_decode_str;

/// A violation for each query parameter that cannot be decoded.
pub(crate) fn violations(query: &str) -> impl Iterator<Item = Violation> {
    let faulty = query.split('&').filter(|parameter| !is_encoded(parameter));
    faulty.map(|parameter| {
        let name = parameter.split('=').next().unwrap_or_default();
        let name = percent_decode_str(name).decode_utf8_lossy();
        Violation::field(name, "invalid_encoding", "must be percent-encoded UTF-8")
    })
}

/// Whether each `%` has its two digits, and the decoded bytes are UTF-8.
fn is_encoded(text: &str) -> bool {
    let is_escape = |rest: &str| {
        let digits = rest.as_bytes().get(..2);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    text.split('%').skip(1).all(is_escape) && percent_decode_str(text).decode_utf8().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_decoded_is_named() {
        for (query, name) in [
            ("q=%", "q"),
            ("q=%2", "q"),
            ("q=%zz", "q"),
            ("q=%2g", "q"),
            ("q=%+1", "q"),
            ("q=%%20", "q"),
            ("q=%ff", "q"),
            ("q=%C3", "q"),
            ("q=%C3%28", "q"),
            ("q=%ED%A0%80", "q"),
            ("%ff=1", "\u{fffd}"),
            ("%zz", "%zz"),
            ("a=1&q=%&b=2", "q"),
        ] {
            let found: Vec<_> = violations(query).collect();
            let expected = Violation::field(name, "invalid_encoding", "must be percent-encoded UTF-8");
            assert_eq!(found, [expected], "{query}");
        }
        for fine in [
            "",
            "q",
            "q=",
            "q=a+b&c",
            "q=%C3%A9",
            "q=%25zz",
            "q=%f0%9f%92%a9",
            "%71=%00",
            "a&&b",
        ] {
            assert_eq!(violations(fine).count(), 0, "{fine}");
        }
        assert_eq!(violations("a=%&b=1&c=%ff").count(), 2);
    }
}
