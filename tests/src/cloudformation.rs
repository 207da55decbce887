//! What CloudFormation makes of a template's functions (`Ref`, `Fn::Sub` and the like), with the names that the embedded
//! services have. It knows what Muster's policies are written with, and stops at anything else.

use crate::deployment::{file, repository};
use serde_json::{Map, Value, json};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;

const REGION: &str = "us-east-1";
const ACCOUNT: &str = "000000000000";

/// The table that is deployed.
pub const TABLE: &str = "arn:aws:dynamodb:us-east-1:000000000000:table/muster";
/// The sender of all mail.
pub const SENDER: &str = "no-reply@muster.example";

/// Parameters that have no default, or another value here: traced, so that what this takes is looked at as well.
const PARAMETERS: [(&str, &str); 7] = [
    ("Stage", "dev"),
    ("MailIdentity", "muster.example"),
    ("MailFrom", SENDER),
    ("AppUrl", "https://app.example"),
    ("Tracing", "Active"),
    ("Issuer", "https://issuer.example"),
    ("PageClientId", "page"),
];

/// Names that CloudFormation makes up, and that are fixed here: what the embedded services are called.
const NAMES: [(&str, &str); 4] = [
    ("AWS::DynamoDB::Table", "muster"),
    ("AWS::S3::Bucket", "muster-exports"),
    ("AWS::SES::ConfigurationSet", "muster"),
    ("AWS::SecretsManager::Secret/LinkSecret", "muster/link-secret"),
];

/// A stack: a template with its parameters.
#[derive(Debug)]
pub struct Stack {
    template: Value,
    parameters: BTreeMap<String, Value>,
    /// The nested ones that were asked for.
    nested: RefCell<BTreeMap<String, Rc<Stack>>>,
}

impl Stack {
    /// The product's, from its template as it is written or as SAM expands it.
    #[must_use]
    pub fn new(template: Value) -> Self {
        Self::given(template, &[])
    }

    /// The same with these values of parameters.
    #[must_use]
    pub fn given(template: Value, parameters: &[(&str, &str)]) -> Self {
        let given = PARAMETERS.iter().chain(parameters);
        let given = given.map(|(name, value)| ((*name).to_owned(), json!(value)));
        Self::with(template, given.collect())
    }

    fn with(template: Value, given: BTreeMap<String, Value>) -> Self {
        let known = template["Parameters"].as_object().cloned().unwrap_or_default();
        let mut parameters: BTreeMap<String, Value> = known
            .into_iter()
            .filter_map(|(name, parameter)| Some((name, parameter.get("Default")?.clone())))
            .collect();
        parameters.extend(given);
        Self {
            template,
            parameters,
            nested: RefCell::default(),
        }
    }

    /// Its resources of one of these types, by their names.
    pub fn resources<'a>(&'a self, types: &'a [&str]) -> impl Iterator<Item = (&'a String, &'a Value)> {
        let all = self.template["Resources"]
            .as_object()
            .expect("a template has resources");
        all.iter()
            .filter(move |(_, resource)| types.contains(&text(&resource["Type"])))
    }

    /// Whether a resource is made.
    #[must_use]
    pub fn is_made(&self, resource: &Value) -> bool {
        resource.get("Condition").is_none_or(|name| self.condition(text(name)))
    }

    /// The value with everything in it worked out.
    ///
    /// # Panics
    /// If something in it is not known here.
    #[must_use]
    pub fn resolve(&self, value: &Value) -> Value {
        match value {
            Value::Array(values) => {
                let values = values.iter().map(|value| self.resolve(value));
                values.filter(|value| !value.is_null()).collect()
            }
            Value::Object(fields) => self.intrinsic(fields).unwrap_or_else(|| {
                let fields = fields.iter().map(|(name, value)| (name.clone(), self.resolve(value)));
                Value::Object(fields.filter(|(_, value)| !value.is_null()).collect())
            }),
            plain => plain.clone(),
        }
    }

    fn intrinsic(&self, fields: &Map<String, Value>) -> Option<Value> {
        let (name, argument) = fields.iter().next().filter(|_| fields.len() == 1)?;
        let argument_at = |place: usize| &argument[place];
        let value = match name.as_str() {
            "Ref" => self.reference(text(argument)),
            "Fn::GetAtt" => match argument.as_str().and_then(|path| path.split_once('.')) {
                Some((resource, attribute)) => self.attribute(resource, attribute),
                None => self.attribute(text(argument_at(0)), text(argument_at(1))),
            },
            "Fn::Sub" => json!(self.substituted(text(argument))),
            "Fn::If" => {
                let place = if self.condition(text(argument_at(0))) { 1 } else { 2 };
                self.resolve(argument_at(place))
            }
            other if other.starts_with("Fn::") => panic!("{other} is not known here"),
            _ => return None,
        };
        Some(value)
    }

    fn reference(&self, name: &str) -> Value {
        match name {
            "AWS::NoValue" => Value::Null,
            "AWS::Partition" => json!("aws"),
            "AWS::Region" => json!(REGION),
            "AWS::AccountId" => json!(ACCOUNT),
            "AWS::StackName" => json!("muster"),
            _ => match self.parameters.get(name) {
                Some(value) => value.clone(),
                None => self.physical(name, "Ref"),
            },
        }
    }

    fn attribute(&self, resource: &str, attribute: &str) -> Value {
        let Some(output) = attribute.strip_prefix("Outputs.") else {
            return self.physical(resource, attribute);
        };
        let known = self.nested.borrow().get(resource).cloned();
        let nested = known.unwrap_or_else(|| {
            let nested = Rc::new(self.nest(&self.resource(resource)["Properties"]));
            self.nested.borrow_mut().insert(resource.to_owned(), nested.clone());
            nested
        });
        nested.resolve(&nested.template["Outputs"][output]["Value"])
    }

    fn nest(&self, properties: &Value) -> Self {
        // In the expanded template the place is a whole path.
        let place = Path::new(text(&properties["TemplateURL"]));
        let place = place.strip_prefix(repository()).unwrap_or(place);
        let template = serde_saphyr::from_str(&file(&place.to_string_lossy())).expect("a nested template is YAML");
        let given = self.resolve(&properties["Parameters"]);
        let given = given.as_object().cloned().unwrap_or_default();
        Self::with(template, given.into_iter().collect())
    }

    fn resource(&self, name: &str) -> &Value {
        let resource = &self.template["Resources"][name];
        assert!(resource.is_object(), "there is no resource {name}");
        resource
    }

    /// A resource as AWS knows it once it is made.
    fn physical(&self, id: &str, attribute: &str) -> Value {
        let resource = self.resource(id);
        let kind = text(&resource["Type"]);
        let fixed = NAMES
            .iter()
            .find(|(of, _)| *of == kind || *of == format!("{kind}/{id}"));
        let name = fixed.map_or(id, |(_, name)| *name);
        let arn = |service: &str, rest: &str| json!(format!("arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}"));
        match (kind, attribute) {
            ("AWS::DynamoDB::Table", "Arn") => arn("dynamodb", &format!("table/{name}")),
            ("AWS::DynamoDB::Table", "StreamArn") => arn("dynamodb", &format!("table/{name}/stream/2026-11-21")),
            ("AWS::S3::Bucket", "Arn") => json!(format!("arn:aws:s3:::{name}")),
            ("AWS::SecretsManager::Secret", "Ref") => arn("secretsmanager", &format!("secret:{name}")),
            ("AWS::SQS::Queue", "Arn") => arn("sqs", name),
            ("AWS::Logs::LogGroup", "Arn") => {
                let name = self.resolve(&resource["Properties"]["LogGroupName"]);
                arn("logs", &format!("log-group:{}:*", text(&name)))
            }
            ("AWS::SES::ConfigurationSet" | "AWS::S3::Bucket" | "AWS::DynamoDB::Table", "Ref") => json!(name),
            ("AWS::Serverless::Function" | "AWS::Lambda::Function", "Arn") => arn("lambda", &format!("function:{id}")),
            ("AWS::IAM::Role", "Ref") => json!(id),
            _ => panic!("{attribute} of {kind} is not known here"),
        }
    }

    fn substituted(&self, pattern: &str) -> String {
        let mut parts = pattern.split("${");
        let mut whole = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (name, rest) = part.split_once('}').expect("a placeholder ends");
            let value = match name.split_once('.') {
                Some((resource, attribute)) => self.attribute(resource, attribute),
                None => self.reference(name),
            };
            whole.push_str(text(&value));
            whole.push_str(rest);
        }
        whole
    }

    fn condition(&self, name: &str) -> bool {
        let condition = &self.template["Conditions"][name];
        assert!(condition.is_object(), "there is no condition {name}");
        self.holds(condition)
    }

    fn holds(&self, condition: &Value) -> bool {
        let fields = condition.as_object().expect("a condition is an object");
        let (name, argument) = fields.iter().next().expect("a condition says something");
        let each = argument.as_array().map(Vec::as_slice).unwrap_or_default();
        match name.as_str() {
            "Condition" => self.condition(text(argument)),
            "Fn::Equals" => self.resolve(&each[0]) == self.resolve(&each[1]),
            "Fn::Not" => !self.holds(&each[0]),
            "Fn::And" => each.iter().all(|one| self.holds(one)),
            other => panic!("{other} is not known here"),
        }
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stack() -> Stack {
        Stack::new(serde_saphyr::from_str(&file("template.yaml")).unwrap())
    }

    #[test]
    fn outputs_of_nested_stacks_are_what_the_embedded_services_are_called() {
        let output = |stack_of: &str, name: &str| {
            stack().resolve(&json!({ "Fn::GetAtt": [stack_of, format!("Outputs.{name}")] }))
        };
        assert_eq!(output("Table", "Arn"), TABLE);
        assert_eq!(output("Files", "ExportBucketArn"), "arn:aws:s3:::muster-exports");
        assert_eq!(
            output("Mail", "IdentityArn"),
            "arn:aws:ses:us-east-1:000000000000:identity/muster.example"
        );
        assert_eq!(
            output("Secrets", "LinkSecretArn"),
            "arn:aws:secretsmanager:us-east-1:000000000000:secret:muster/link-secret"
        );
    }

    #[test]
    fn what_is_switched_off_is_not_made_and_leaves_no_trace() {
        let stack = stack();
        let resource = |name: &str| stack.is_made(stack.resource(name));
        assert!(resource("TracePolicy") && !resource("Identity"));
        let chosen =
            json!([{ "Fn::If": ["NamedSender", "named", { "Ref": "AWS::NoValue" }] }, { "Fn::If": ["Traced", 1, 2] }]);
        assert_eq!(stack.resolve(&chosen), json!([1]));
        let path = json!({ "Fn::Sub": "${Table.Outputs.Arn}/index/due of ${AWS::StackName}" });
        assert_eq!(stack.resolve(&path), format!("{TABLE}/index/due of muster"));
    }
}
