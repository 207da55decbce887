//! Conditional requests (RFC 9110, section 13), and the entity tags they use.
//!
//! A tag has two parts. The first identifies a resource and its state: it differs after each change that a person makes, and for a
//! resource created anew after its deletion. The second is a digest of the response. That includes what changes by itself, such as
//! seats, the delivery of a mail or a member's last activity, and depends on what the caller may see. Two different responses never
//! share a tag. A change meant for a state is checked against the first part alone: otherwise the very request that reads a
//! resource could prevent its reader from changing it.

use crate::call::Call;
use crate::problem::{Problem, ProblemType};
use crate::reply::Reply;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::{AsHeaderName, HeaderMap, IF_MATCH, IF_NONE_MATCH};
use jiff::Timestamp;
use muster_domain::{ApiKey, Contact, Invitation, Member, Organization, Resource};
use sha2::{Digest, Sha256};

/// The separator of the two parts of a tag. Neither contains it.
const BETWEEN: char = '.';
/// Bytes of a digest that are used.
const DIGEST: usize = 9;

/// A resource with a state that changes can require.
pub trait Stated {
    /// When it was created: one name can be used several times in succession.
    fn came(&self) -> Timestamp;
    /// Increases with each change.
    fn version(&self) -> u64;

    /// The first part of its tags.
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
    Organization created_at,
    Resource created_at,
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
        Some(state) => format!("\"{state}{BETWEEN}{digest}\""),
        None => format!("\"{digest}\""),
    }
}

/// One entity tag of a request, strong as Muster sent it, or weak.
///
/// Muster sends strong tags only. A proxy that compresses its responses, such as CloudFront, makes them weak, and browsers send
/// them back so. The weak form of Muster's own tag identifies a state as exactly as the tag itself. So `If-Match` accepts it,
/// though a strong comparison (RFC 9110, section 13.1.1) would refuse it: otherwise no change behind such a proxy could be guarded.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Tag {
    /// The text between the quotation marks.
    opaque: Vec<u8>,
}

impl Tag {
    /// Whether it belongs to this state.
    fn is_of(&self, state: &str) -> bool {
        let mut parts = self.opaque.rsplitn(2, |byte| char::from(*byte) == BETWEEN);
        let (_digest, own) = (parts.next(), parts.next());
        own.is_some_and(|own| own == state.as_bytes())
    }

    /// Whether it is this response tag, by either comparison.
    fn is(&self, tag: &str) -> bool {
        tag.strip_prefix('"')
            .and_then(|tag| tag.strip_suffix('"'))
            .map(str::as_bytes)
            == Some(&*self.opaque)
    }
}

/// The tags of a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Tags {
    /// `*`: any existing resource.
    Any,
    /// One of these.
    These(Vec<Tag>),
}

impl Tags {
    /// The tags in the lines of a header field; `None` if the field is absent.
    fn of(headers: &HeaderMap, name: impl AsHeaderName) -> Result<Option<Self>, Malformed> {
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
    fn fit<T: ?Sized>(&self, there: Option<&T>, fits: impl Fn(&Tag, &T) -> bool) -> bool {
        match (self, there) {
            (_, None) => false,
            (Self::Any, Some(_)) => true,
            (Self::These(tags), Some(there)) => tags.iter().any(|tag| fits(tag, there)),
        }
    }
}

/// The text is not a list of entity tags.
#[derive(Debug, PartialEq, Eq)]
struct Malformed;

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

/// The conditions of a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preconditions {
    if_match: Option<Tags>,
    if_none_match: Option<Tags>,
}

impl Preconditions {
    /// The conditions in these header fields.
    ///
    /// # Errors
    /// 400 for a value that is not a list of entity tags.
    pub(crate) fn of(headers: &HeaderMap) -> Result<Self, Problem> {
        let malformed = |kind| {
            move |_| {
                Problem::new(kind)
                    .detail("send `*`, or the tag exactly as in the `ETag` of a response, with its quotation marks")
            }
        };
        Ok(Self {
            if_match: Tags::of(headers, IF_MATCH).map_err(malformed(ProblemType::MalformedIfMatch))?,
            if_none_match: Tags::of(headers, IF_NONE_MATCH).map_err(malformed(ProblemType::MalformedIfNoneMatch))?,
        })
    }

    /// Whether a resource in this state, or one that does not exist, may be changed.
    fn allow(&self, state: Option<&str>) -> bool {
        self.if_match.as_ref().is_none_or(|tags| tags.fit(state, Tag::is_of))
            && !self
                .if_none_match
                .as_ref()
                .is_some_and(|tags| tags.fit(state, Tag::is_of))
    }

    /// Like [`Preconditions::allow`], for a part of a resource in this state: its tags are those of the whole, whether the part
    /// exists yet or not.
    fn allow_part(&self, is_there: bool, whole: Option<&str>) -> bool {
        let fit = |tags: &Tags, there: bool| match tags {
            Tags::Any => is_there,
            Tags::These(_) => tags.fit(whole.filter(|_| there), Tag::is_of),
        };
        self.if_match.as_ref().is_none_or(|tags| fit(tags, true))
            && !self.if_none_match.as_ref().is_some_and(|tags| fit(tags, is_there))
    }

    /// The response to a request that reads: without its body if the caller has it.
    ///
    /// # Errors
    /// 412 if the caller requires another one.
    pub(crate) fn shown(&self, mut reply: Reply) -> Result<Reply, Problem> {
        if reply.status != 200 || reply.binary {
            return Ok(reply);
        }
        let tag = reply.etag.get_or_insert_with(|| tag(None, &reply.body)).clone();
        let there = Some(tag.as_str());
        if self.if_match.as_ref().is_some_and(|tags| !tags.fit(there, Tag::is)) {
            return Err(Problem::precondition_failed());
        }
        if self.if_none_match.as_ref().is_some_and(|tags| tags.fit(there, Tag::is)) {
            return Ok(reply.not_modified());
        }
        Ok(reply)
    }
}

impl Call {
    /// Refuses unless the request's conditions hold for this resource as it was read; `None` for one that does not exist.
    ///
    /// Call this only once it is known that the caller may see or change the resource: no condition may reveal what the caller
    /// cannot see.
    ///
    /// # Errors
    /// 412.
    pub fn precondition(&self, thing: Option<&impl Stated>) -> Result<(), Problem> {
        if self.conditions.allow(thing.map(Stated::state).as_deref()) {
            Ok(())
        } else {
            Err(Problem::precondition_failed())
        }
    }
    /// Like [`Call::precondition`], for a part of a resource that shares its state. A part that does not exist yet can be created
    /// in the state that the caller has read of the whole, and `*` refers to the part.
    ///
    /// # Errors
    /// 412.
    pub fn precondition_of_part(&self, is_there: bool, whole: Option<&impl Stated>) -> Result<(), Problem> {
        if self
            .conditions
            .allow_part(is_there, whole.map(Stated::state).as_deref())
        {
            Ok(())
        } else {
            Err(Problem::precondition_failed())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

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

    fn conditions(fields: &[(&'static str, &str)]) -> Preconditions {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(*name, HeaderValue::from_str(value).unwrap());
        }
        Preconditions::of(&headers).unwrap()
    }

    #[test]
    fn a_change_is_made_in_the_state_it_is_meant_for_whatever_else_is_shown() {
        for (fields, there, not_there) in [
            (&[][..], true, true),
            (&[("if-match", "*")], true, false),
            (&[("if-match", "\"1f-3.shown\"")], true, false),
            (&[("if-match", "\"1f-3.otherwise\"")], true, false),
            (&[("if-match", "W/\"1f-3.shown\"")], true, false),
            (&[("if-match", "W/\"1f-3.otherwise\"")], true, false),
            (&[("if-match", "\"x\", W/\"1f-3.shown\"")], true, false),
            (&[("if-match", "W/\"1f-2.shown\"")], false, false),
            (&[("if-match", "W/\"2f-3.shown\"")], false, false),
            (&[("if-match", "\"W/1f-3.shown\"")], false, false),
            (&[("if-match", "\"1f-2.shown\", \"1f-3.shown\"")], true, false),
            (
                &[("if-match", "\"1f-2.shown\""), ("if-match", "\"1f-3.shown\"")],
                true,
                false,
            ),
            (&[("if-match", "\"1f-2.shown\"")], false, false),
            (&[("if-match", "\"2f-3.shown\"")], false, false),
            (&[("if-match", "\"1f-3\"")], false, false),
            (&[("if-match", "\"shown\"")], false, false),
            (&[("if-none-match", "*")], false, true),
            (&[("if-none-match", "\"1f-3.shown\"")], false, true),
            (&[("if-none-match", "W/\"1f-3.shown\"")], false, true),
            (&[("if-none-match", "\"1f-2.shown\"")], true, true),
            (&[("if-match", "*"), ("if-none-match", "*")], false, false),
            (&[("if-match", "*"), ("if-none-match", "\"1f-2.shown\"")], true, false),
        ] {
            let conditions = conditions(fields);
            assert_eq!(conditions.allow(Some("1f-3")), there, "{fields:?}");
            assert_eq!(conditions.allow(None), not_there, "{fields:?}");
        }
    }

    #[test]
    fn what_the_caller_has_already_is_not_sent_again() {
        let reply = Reply::json(200, &"shown").unwrap();
        let tag = tag(None, b"\"shown\"");
        let with = |name: &'static str, value: &str| conditions(&[(name, value)]).shown(reply.clone());
        for same in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".to_owned()] {
            let answer = with("if-none-match", &same).unwrap();
            assert_eq!((answer.status, answer.body.len()), (304, 0), "{same}");
            assert_eq!(answer.etag.as_deref(), Some(&*tag));
        }
        assert_eq!(with("if-none-match", "\"x\"").unwrap().status, 200);
        for same in [&tag, "*", &format!("W/{tag}"), &format!("W/\"x\", W/{tag}")] {
            assert_eq!(with("if-match", same).unwrap().status, 200, "{same}");
        }
        for other in ["\"x\"", "W/\"x\""] {
            assert_eq!(with("if-match", other).unwrap_err().status, 412, "{other}");
        }
        assert_eq!(with("if-none-match", "\"x\"").unwrap().etag, Some(tag));
    }
}
