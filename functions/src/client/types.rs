//! Schemas as types of TypeScript.

use serde_json::Value;

/// Words in camel case.
pub(super) fn camel(words: &str) -> String {
    let mut parts = words.split(['_', '-']);
    let first = parts.next().unwrap_or_default().to_owned();
    first + &parts.map(capitalized).collect::<String>()
}

/// Words in pascal case.
pub(super) fn pascal(words: &str) -> String {
    words.split(['_', '-']).map(capitalized).collect()
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The name of a member, quoted if it must be.
pub(super) fn member(name: &str) -> String {
    let is_word = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if is_word {
        name.to_owned()
    } else {
        format!("\"{name}\"")
    }
}

/// A text as a comment.
pub(super) fn comment(text: &str, indent: &str) -> String {
    let text = text.trim().replace("*/", "* /");
    match text.lines().collect::<Vec<_>>().as_slice() {
        [] => String::new(),
        [line] => format!("{indent}/** {line} */\n"),
        lines => {
            let lines: Vec<String> = lines
                .iter()
                .map(|line| format!("{indent} * {line}").trim_end().to_owned())
                .collect();
            format!("{indent}/**\n{}\n{indent} */\n", lines.join("\n"))
        }
    }
}

/// The declaration of a named type.
pub(super) fn declaration(name: &str, schema: &Value) -> String {
    let told = comment(schema["description"].as_str().unwrap_or_default(), "");
    let value = type_of(schema, "");
    if schema["type"] == "object" && value.starts_with('{') && value.ends_with('}') && !value.starts_with("{ [") {
        format!("{told}export interface {name} {value}\n")
    } else {
        format!("{told}export type {name} = {value};\n")
    }
}

/// The type of a schema. Lines after its first begin with the indent.
pub(super) fn type_of(schema: &Value, indent: &str) -> String {
    if *schema == Value::Bool(false) {
        return "never".to_owned();
    }
    if let Some(reference) = schema["$ref"].as_str() {
        return reference.rsplit('/').next().unwrap_or_default().to_owned();
    }
    for (several, between) in [("oneOf", " | "), ("anyOf", " | "), ("allOf", " & ")] {
        if let Some(all) = schema[several].as_array() {
            let mut parts: Vec<String> = all.iter().map(|one| type_of(one, indent)).collect();
            parts.dedup();
            if between == " & " {
                parts.iter_mut().for_each(|part| *part = grouped(part));
            }
            return parts.join(between);
        }
    }
    if let Some(value) = schema.get("const") {
        return value.to_string();
    }
    if let Some(values) = schema["enum"].as_array() {
        return values.iter().map(Value::to_string).collect::<Vec<_>>().join(" | ");
    }
    let kinds = match &schema["type"] {
        Value::String(kind) => vec![kind.as_str()],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => return "unknown".to_owned(),
    };
    let parts: Vec<String> = kinds.into_iter().map(|kind| simple(kind, schema, indent)).collect();
    parts.join(" | ")
}

/// A schema of this one type.
fn simple(kind: &str, schema: &Value, indent: &str) -> String {
    match kind {
        "integer" | "number" => "number".to_owned(),
        "array" => grouped(&type_of(&schema["items"], indent)) + "[]",
        "object" => object(schema, indent),
        other => other.to_owned(),
    }
}

/// A type that other words can follow.
fn grouped(part: &str) -> String {
    let mut depth = 0_u32;
    let is_several = part.chars().any(|c| {
        match c {
            '{' | '(' => depth += 1,
            '}' | ')' => depth -= 1,
            _ => {}
        }
        depth == 0 && matches!(c, '|' | '&')
    });
    if is_several {
        format!("({part})")
    } else {
        part.to_owned()
    }
}

fn object(schema: &Value, indent: &str) -> String {
    let Some(properties) = schema["properties"].as_object().filter(|all| !all.is_empty()) else {
        return match schema.get("additionalProperties") {
            Some(values) if values.is_object() => format!("{{ [key: string]: {} }}", type_of(values, indent)),
            _ => "Record<string, unknown>".to_owned(),
        };
    };
    let required: Vec<&str> = schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let inner = format!("{indent}  ");
    let mut text = "{\n".to_owned();
    for (name, property) in properties {
        // What can be null has its description beside its other type.
        let told = [&property["description"], &property["oneOf"][0]["description"]];
        let told = told.into_iter().find_map(Value::as_str);
        text.push_str(&comment(told.unwrap_or_default(), &inner));
        let mark = if required.contains(&name.as_str()) { "" } else { "?" };
        text.push_str(&format!(
            "{inner}{}{mark}: {};\n",
            member(name),
            type_of(property, &inner)
        ));
    }
    text + indent + "}"
}
