//! Conditional requests (RFC 9110, section 13).

use crate::etag::{Stated, Tag, Tags, tag};
use crate::problem::Problem;
use crate::reply::Reply;
use http::header::{HeaderMap, IF_MATCH, IF_NONE_MATCH};

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
        Ok(Self {
            if_match: Tags::of(headers, IF_MATCH).map_err(|_| Problem::malformed_if_match())?,
            if_none_match: Tags::of(headers, IF_NONE_MATCH).map_err(|_| Problem::malformed_if_none_match())?,
        })
    }

    /// Refuses unless the conditions hold for this resource; `None` for one that does not exist.
    pub(crate) fn check(&self, thing: Option<&impl Stated>) -> Result<(), Problem> {
        let allowed = self.allow(thing.map(Stated::state).as_deref());
        allowed.then_some(()).ok_or_else(Problem::precondition_failed)
    }

    /// Like [`Preconditions::check`], for a part of a resource that shares its state.
    pub(crate) fn check_part(&self, is_there: bool, whole: Option<&impl Stated>) -> Result<(), Problem> {
        let allowed = self.allow_part(is_there, whole.map(Stated::state).as_deref());
        allowed.then_some(()).ok_or_else(Problem::precondition_failed)
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

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

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
            (&[("if-match", "\"1f-3\"")], true, false),
            (&[("if-match", "\"1f-2\"")], false, false),
            (&[("if-match", "\"f-3\"")], false, false),
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
