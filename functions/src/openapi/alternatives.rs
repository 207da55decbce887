//! Fields of which a body has at most one. The document tells each choice as an object of its own, so that types refuse what the route
//! refuses.

use serde_json::{Map, Value, json};

/// Fields of a schema that exclude each other.
struct Alternatives {
    schema: &'static str,
    fields: [&'static str; 2],
    /// Whether a body has one of them.
    is_required: bool,
}

const ALTERNATIVES: [Alternatives; 2] = [
    Alternatives {
        schema: "AddMemberRequest",
        fields: ["email", "contact"],
        is_required: true,
    },
    Alternatives {
        schema: "PutContactRequest",
        fields: ["subject", "user"],
        is_required: false,
    },
];

impl Alternatives {
    /// The schema of a body without the one field, and with the other one if one is required.
    fn choice(&self, whole: &Map<String, Value>, chosen: &str, excluded: &str) -> Option<Value> {
        let mut choice = whole.clone();
        choice.remove("description");
        let properties = choice.get_mut("properties")?.as_object_mut()?;
        properties.insert(excluded.to_owned(), Value::Bool(false));
        if self.is_required {
            // Null says the same as an absent field, which then is the excluded one.
            let given = properties.get(chosen)?.pointer("/oneOf/0")?.clone();
            properties.insert(chosen.to_owned(), given);
            choice.get_mut("required")?.as_array_mut()?.push(json!(chosen));
        }
        Some(Value::Object(choice))
    }

    fn of(&self, whole: &Map<String, Value>) -> Option<Value> {
        let [one, other] = self.fields;
        let choices = [self.choice(whole, one, other)?, self.choice(whole, other, one)?];
        // A body with neither field fits both.
        let word = if self.is_required { "oneOf" } else { "anyOf" };
        Some(json!({ "description": whole.get("description")?, word: choices }))
    }
}

/// Tells the choices in the schemas of bodies.
pub(super) fn tell(document: &mut Value) {
    for alternatives in ALTERNATIVES {
        let schema = document.pointer_mut(&format!("/components/schemas/{}", alternatives.schema));
        if let Some(schema) = schema
            && let Some(told) = schema.as_object().and_then(|whole| alternatives.of(whole))
        {
            *schema = told;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_choice_excludes_the_field_of_the_other_one() {
        let document = super::super::document();
        for Alternatives { schema, fields, .. } in ALTERNATIVES {
            let schema = &document["components"]["schemas"][schema];
            let choices = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array());
            let choices = choices.expect("the schema is a choice");
            let excluded: Vec<&str> = choices
                .iter()
                .flat_map(|choice| fields.into_iter().filter(|field| choice["properties"][field] == false))
                .collect();
            assert_eq!(excluded, [fields[1], fields[0]]);
        }
    }
}
