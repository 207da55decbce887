//! The methods of the client: one for each operation of the document.

use super::types::{camel, comment, member, pascal, type_of};
use serde_json::Value;
use std::fmt::Write as _;

/// Methods that are named otherwise than by the rule.
const NAMED: [(&str, &str); 2] = [("list_my_invitations", "listMine"), ("export_members", "download")];

/// What else a request sends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Input {
    Nothing,
    Body { is_required: bool },
    Query,
}

/// One method.
#[derive(Clone)]
pub(super) struct Method<'d> {
    pub(super) tag: &'d str,
    pub(super) name: String,
    pub(super) verb: &'d str,
    pub(super) path: &'d str,
    operation: &'d Value,
}

/// All methods, in the order of their paths.
pub(super) fn methods(document: &Value) -> Vec<Method<'_>> {
    let paths = document["paths"].as_object().unwrap().iter();
    let operations = paths.flat_map(|(path, verbs)| {
        let verbs = verbs.as_object().unwrap().iter();
        verbs.map(move |(verb, operation)| (path, verb, operation))
    });
    operations
        .map(|(path, verb, operation)| {
            let tag = operation["tags"][0].as_str().unwrap();
            let id = operation["operationId"].as_str().unwrap();
            Method {
                tag,
                name: name(id, tag, path),
                verb,
                path,
                operation,
            }
        })
        .collect()
}

/// The name of a method: its operation's id, without the group's name. Bulk actions end in `Many`.
pub(super) fn name(id: &str, tag: &str, path: &str) -> String {
    if let Some((_, name)) = NAMED.iter().find(|(named, _)| *named == id) {
        return (*name).to_owned();
    }
    let many = tag.replace('-', "_");
    let one = many.strip_suffix('s').filter(|_| tag != "access").unwrap_or(&many);
    let words = format!("_{id}_");
    let is_many = words.contains(&format!("_{many}_")) && tag != "access";
    let without = words
        .replace(&format!("_{many}_"), "_")
        .replace(&format!("_{one}_"), "_");
    let is_bulk = is_many && !id.starts_with("list") && !path.ends_with(tag);
    let ending = if is_bulk { "Many" } else { "" };
    camel(without.trim_matches('_')) + ending
}

impl Method<'_> {
    fn parameters(&self, place: &str) -> impl Iterator<Item = &Value> {
        let all = self.operation["parameters"].as_array().into_iter().flatten();
        all.filter(move |parameter| parameter["in"] == place)
    }

    fn has_header(&self, name: &str) -> bool {
        self.parameters("header").any(|parameter| parameter["name"] == name)
    }

    fn is_paged(&self) -> bool {
        self.operation["x-pagination"].is_object()
    }

    fn input(&self) -> Input {
        let body = &self.operation["requestBody"];
        match (body.is_object(), self.parameters("query").next()) {
            (true, _) => Input::Body {
                is_required: body["required"] == true,
            },
            (false, Some(_)) => Input::Query,
            (false, None) => Input::Nothing,
        }
    }

    /// Whether it answers with a file.
    fn is_file(&self) -> bool {
        let content = self.operation["responses"]["200"]["content"].as_object();
        content.is_some_and(|content| !content.contains_key("application/json"))
    }

    /// What the client must know to call it, beside its method and its path.
    pub(super) fn traits(&self) -> Vec<&'static str> {
        let is_public = self.operation["security"].as_array().is_some_and(Vec::is_empty);
        [
            (matches!(self.input(), Input::Body { .. }), "body"),
            (self.input() == Input::Query, "query"),
            (self.is_paged(), "pages"),
            (self.has_header("Idempotency-Key"), "key"),
            (self.is_file(), "file"),
            (is_public, "public"),
        ]
        .into_iter()
        .filter_map(|(is_so, name)| is_so.then_some(name))
        .collect()
    }

    /// What it does and who may call it.
    pub(super) fn text(&self) -> String {
        let text = |key: &str| self.operation[key].as_str().unwrap_or_default();
        format!("{}.\n\n{}", text("summary"), text("description"))
    }

    fn query_name(&self) -> String {
        pascal(self.operation["operationId"].as_str().unwrap()) + "Query"
    }

    /// The type of its query, if it takes one.
    pub(super) fn query_declaration(&self) -> String {
        if self.input() != Input::Query {
            return String::new();
        }
        let mut text = format!(
            "\n/** What `{}.{}` takes. */\nexport interface {} {{\n",
            camel(self.tag),
            self.name,
            self.query_name()
        );
        for parameter in self.parameters("query") {
            let told = parameter["description"]
                .as_str()
                .or(parameter["schema"]["description"].as_str());
            text.push_str(&comment(told.unwrap_or_default(), "  "));
            // A list is written with commas between its words.
            let is_list = parameter["schema"]["pattern"]
                .as_str()
                .is_some_and(|pattern| pattern.contains("(?:,"));
            let list = if is_list { " | readonly string[]" } else { "" };
            let value = type_of(&parameter["schema"], "  ") + list;
            writeln!(
                text,
                "  {}?: {value} | null | undefined;",
                member(parameter["name"].as_str().unwrap())
            )
            .unwrap();
        }
        text.push_str("}\n");
        text
    }

    /// Its options, and what they are named in a signature that depends on them.
    fn options(&self) -> &'static str {
        match self.verb {
            "get" if self.is_paged() => "Options",
            "get" if self.has_header("If-None-Match") => "ReadOptions",
            "put" | "patch" | "delete" => "ChangeOptions",
            _ if self.has_header("Idempotency-Key") => "PostOptions",
            _ => "Options",
        }
    }

    /// Its responses: each status with the type of its body.
    fn answers(&self) -> Vec<(String, Vec<String>)> {
        let responses = self.operation["responses"].as_object().unwrap();
        let mut answers: Vec<(String, Vec<String>)> = Vec::new();
        for (status, response) in responses.iter().filter(|(status, _)| status.starts_with('2')) {
            let body = match &response["content"]["application/json"]["schema"] {
                Value::Null if self.is_file() => "Blob".to_owned(),
                Value::Null => "undefined".to_owned(),
                schema => type_of(schema, ""),
            };
            match answers.iter_mut().find(|(other, _)| *other == body) {
                Some((_, statuses)) => statuses.push(status.clone()),
                None => answers.push((body, vec![status.clone()])),
            }
        }
        answers
    }

    /// The method as a member of an interface.
    pub(super) fn signature(&self) -> String {
        let mut arguments: Vec<String> = self
            .parameters("path")
            .map(|parameter| format!("{}: string", argument(parameter["name"].as_str().unwrap())))
            .collect();
        match self.input() {
            Input::Nothing => {}
            Input::Query => arguments.push(format!("query?: {}", self.query_name())),
            Input::Body { is_required } => {
                let body = type_of(
                    &self.operation["requestBody"]["content"]["application/json"]["schema"],
                    "",
                );
                arguments.push(format!("body{}: {body}", if is_required { "" } else { "?" }));
            }
        }
        let options = self.options();
        let is_read = options == "ReadOptions";
        arguments.push(format!("options?: {}", if is_read { "O" } else { options }));
        let answers = self.answers().into_iter();
        let answers = answers.map(|(body, statuses)| (format!("Answer<{}, {body}>", statuses.join(" | ")), body));
        let (mut answers, bodies): (Vec<String>, Vec<String>) = answers.unzip();
        if is_read {
            answers.push("NotModified<O>".to_owned());
        }
        let result = if self.is_paged() {
            format!("Listing<{}>", bodies.join(" | "))
        } else {
            format!("Promise<{}>", answers.join(" | "))
        };
        let generic = if is_read {
            "<O extends ReadOptions = ReadOptions>"
        } else {
            ""
        };
        format!("{}{generic}({}): {result};", self.name, arguments.join(", "))
    }
}

/// The name of a parameter in a signature. Some names are words of the language.
fn argument(name: &str) -> &str {
    match name {
        "export" => "exportId",
        name => name,
    }
}
