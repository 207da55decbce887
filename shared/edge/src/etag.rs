//! Entity tags (RFC 9110, section 8.8.3).
//!
//! A tag has two parts. The first identifies a resource and its state: it differs after each change that a person makes, and for a
//! resource created anew after its deletion. The second is a digest of the response. That includes what changes by itself, such as
//! seats, the delivery of an email or a member's last activity, and depends on what the caller may see. Two different responses
//! never share a tag. A change meant for a state is checked against the first part alone: otherwise the very request that reads a
//! resource could prevent its reader from changing it.
//!
//! Bodies show the first part as `version`. A tag of it alone is no tag of a response, but it names a state, so that a change of a
//! row of a list can be guarded without reading the row again.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::{AsHeaderName, HeaderMap};
use jiff::Timestamp;
use muster_domain::{ApiKey, Contact, Invitation, Member, Organization, Resource};
use sha2::{Digest, Sha256};

/// The separator of the two parts of a tag. Neither contains it.
const SEPARATOR: char = '.';
/// Bytes of a digest that are used.
const DIGEST: usize = 9;

/// A resource with a state that changes can require.
pub trait Stated {
    /// When it was created: one name can be used several times in succession.
    fn came(&self) -> Timestamp;
    /// Increases with each change.
    fn version(&self) -> u64;

    /// The first part of its tags, and the `version` of its bodies.
    fn state(&self) -> String {
        format!("{:x}-{}", self.came().as_nanosecond(), self.version())
    }
}

macro_rules! stated {
    ($($thing:ident $came:ident,)*) => {$(
        impl Stated for $thing {
            fn came(&self) -> Timestamp {
                self.$came
            }
            fn version(&self) -> u64 {
                self.version
            }
        }
    )*};
}

stated! {
    ApiKey created_at,
    Contact created_at,
    Invitation created_at,
    Member joined_at,
    Resource created_at,
}

/// An organization as a caller sees it: changes of a suspension that they do not see are none.
pub struct SeenOrganization<'a> {
    organization: &'a Organization,
    sees_suspension: bool,
}

impl<'a> SeenOrganization<'a> {
    /// The organization as a caller sees it who sees its suspension, or does not.
    #[must_use]
    pub const fn new(organization: &'a Organization, sees_suspension: bool) -> Self {
        Self {
            organization,
            sees_suspension,
        }
    }
}

impl Stated for SeenOrganization<'_> {
    fn came(&self) -> Timestamp {
        self.organization.created_at
    }

    fn version(&self) -> u64 {
        let Organization {
            version,
            suspension_changes,
            ..
        } = self.organization;
        if self.sees_suspension {
            *version
        } else {
            version.saturating_sub(*suspension_changes)
        }
    }
}

/// A digest of a response body.
fn digest(body: &[u8]) -> String {
    let digest = Sha256::digest(body);
    URL_SAFE_NO_PAD.encode(digest.get(..DIGEST).unwrap_or_default())
}

/// The tag of a response with this body, including the state of a resource that has one.
pub(crate) fn tag(state: Option<&str>, body: &[u8]) -> String {
    let digest = digest(body);
    match state {
        Some(state) => format!("\"{state}{SEPARATOR}{digest}\""),
        None => format!("\"{digest}\""),
    }
}

/// One entity tag of a request, strong as Muster sent it, or weak.
///
/// Muster sends strong tags only. A proxy that compresses its responses, such as CloudFront, makes them weak, and browsers send
/// them back so. The weak form of Muster's own tag identifies a state as exactly as the tag itself. So `If-Match` accepts it,
/// though a strong comparison (RFC 9110, section 13.1.1) would refuse it: otherwise no change behind such a proxy could be guarded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag {
    /// The text between the quotation marks.
    opaque: Vec<u8>,
}

impl Tag {
    /// Whether it belongs to this state: with a digest, as in a tag of a response, or without, as in a body.
    pub(crate) fn is_of(&self, state: &str) -> bool {
        if self.opaque == state.as_bytes() {
            return true;
        }
        let mut parts = self.opaque.rsplitn(2, |byte| char::from(*byte) == SEPARATOR);
        let (_digest, own) = (parts.next(), parts.next());
        own.is_some_and(|own| own == state.as_bytes())
    }

    /// Whether it is this response tag, by either comparison.
    pub(crate) fn is(&self, tag: &str) -> bool {
        tag.strip_prefix('"')
            .and_then(|tag| tag.strip_suffix('"'))
            .map(str::as_bytes)
            == Some(&*self.opaque)
    }
}

/// The tags of a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Tags {
    /// `*`: any existing resource.
    Any,
    /// One of these.
    These(Vec<Tag>),
}

impl Tags {
    /// The tags in the lines of a header field; `None` if the field is absent.
    pub(crate) fn of(headers: &HeaderMap, name: impl AsHeaderName) -> Result<Option<Self>, Malformed> {
        let lines: Vec<&[u8]> = headers.get_all(name).iter().map(|line| line.as_bytes()).collect();
        if lines.is_empty() {
            return Ok(None);
        }
        Self::read(&lines.join(&b","[..])).map(Some)
    }

    /// `*`, or `1#entity-tag`; empty list elements are ignored, as recipients must.
    fn read(text: &[u8]) -> Result<Self, Malformed> {
        let mut rest = blank(text);
        if let Some(behind) = rest.strip_prefix(b"*") {
            return if blank(behind).is_empty() {
                Ok(Self::Any)
            } else {
                Err(Malformed)
            };
        }
        let mut tags = Vec::new();
        while !rest.is_empty() {
            if let Some(behind) = rest.strip_prefix(b",") {
                rest = blank(behind);
                continue;
            }
            let (tag, behind) = one(rest)?;
            tags.push(tag);
            rest = blank(behind);
            if !(rest.is_empty() || rest.starts_with(b",")) {
                return Err(Malformed);
            }
        }
        if tags.is_empty() {
            Err(Malformed)
        } else {
            Ok(Self::These(tags))
        }
    }

    /// Whether one of them matches the resource, if it exists.
    pub(crate) fn fit<T: ?Sized>(&self, there: Option<&T>, fits: impl Fn(&Tag, &T) -> bool) -> bool {
        match (self, there) {
            (_, None) => false,
            (Self::Any, Some(_)) => true,
            (Self::These(tags), Some(there)) => tags.iter().any(|tag| fits(tag, there)),
        }
    }
}

/// The text is not a list of entity tags.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

/// The text after the spaces and tabs that may surround an element: no other white space may.
fn blank(text: &[u8]) -> &[u8] {
    let end = text.iter().position(|byte| !matches!(byte, b' ' | b'\t'));
    end.and_then(|end| text.get(end..)).unwrap_or_default()
}

/// The tag that a text begins with, and the rest. Any visible character may be between the quotation marks, commas too.
fn one(text: &[u8]) -> Result<(Tag, &[u8]), Malformed> {
    let rest = text.strip_prefix(b"W/").unwrap_or(text);
    let rest = rest.strip_prefix(b"\"").ok_or(Malformed)?;
    let end = rest.iter().position(|byte| *byte == b'"').ok_or(Malformed)?;
    let (opaque, behind) = rest.split_at_checked(end).ok_or(Malformed)?;
    let is_tag = opaque.iter().all(|byte| matches!(byte, 0x21 | 0x23..=0x7e | 0x80..));
    let tag = Tag {
        opaque: opaque.to_vec(),
    };
    if is_tag {
        Ok((tag, behind.get(1..).unwrap_or_default()))
    } else {
        Err(Malformed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Option<Vec<String>> {
        match Tags::read(text).ok()? {
            Tags::Any => Some(vec!["*".to_owned()]),
            Tags::These(tags) => Some(
                tags.into_iter()
                    .map(|tag| String::from_utf8_lossy(&tag.opaque).into_owned())
                    .collect(),
            ),
        }
    }

    #[test]
    fn a_list_of_tags_is_read_by_its_grammar() {
        let all = |tags: &[&str]| Some(tags.iter().map(|tag| (*tag).to_owned()).collect::<Vec<_>>());
        for (text, tags) in [
            (&b"*"[..], all(&["*"])),
            (b" \t* ", all(&["*"])),
            (b"\"\"", all(&[""])),
            (b"\"a\"", all(&["a"])),
            (b"\"a,b\"", all(&["a,b"])),
            (b"\"a\",\"b\"", all(&["a", "b"])),
            (b" \"a\" \t,\t \"b\" ", all(&["a", "b"])),
            (b",, \"a\" , ,\"b\",", all(&["a", "b"])),
            (b"\"*\"", all(&["*"])),
            (b"\"W/\"", all(&["W/"])),
            (b"\"a\\\"", all(&["a\\"])),
            (b"\"!#~'\"", all(&["!#~'"])),
            (b"\"\xff\"", all(&["\u{fffd}"])),
            (b"W/\"a\", \"b\"", all(&["a", "b"])),
            (b"\"a\" ,W/\"b,W/\"", all(&["a", "b,W/"])),
        ] {
            assert_eq!(read(text), tags, "{}", String::from_utf8_lossy(text));
        }
        for text in [
            &b""[..],
            b" ",
            b",",
            b" , ,",
            b"a",
            b"\"",
            b"\"a",
            b"a\"",
            b"'a'",
            b"w/\"a\"",
            b"W/ \"a\"",
            b"W/a",
            b"W/",
            b"\"a b\"",
            b"\"a\tb\"",
            b"\"a\x7f\"",
            b"\"a\" \"b\"",
            b"\"a\"b",
            b"\"a\";\"b\"",
            b"* , \"a\"",
            b"\"a\", *",
            b"**",
            b"\x0b\"a\"",
            b"\xc2\xa0\"a\"",
            b"\"a\"\xa0",
        ] {
            assert_eq!(read(text), None, "{}", String::from_utf8_lossy(text));
        }
    }
}
