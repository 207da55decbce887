//! What `template.yaml` deploys, read for comparison with the code.

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The folder of the repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the crate lies in the repository")
        .to_owned()
}

/// A file of the repository.
pub fn file(path: &str) -> String {
    std::fs::read_to_string(repository().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A function as it is deployed.
#[derive(Debug)]
pub struct Function {
    /// Its name in the template, without the kind: `CreateOrganization`.
    pub name: String,
    /// Method and path of each route that leads to it.
    pub routes: BTreeSet<(String, String)>,
    /// The environment variables it gets; with their values where the template itself tells them.
    pub environment: BTreeMap<String, Option<String>>,
    /// MB.
    pub memory: u64,
    /// How long it may run.
    pub timeout: Duration,
    /// Everything of its role.
    pub role: Value,
}

/// The variables of a function's process: of those that lead to a backend, the ones that it `gets`, with those whose values
/// the template tells in their place.
pub fn variables<'a>(
    gets: &BTreeMap<String, Option<String>>,
    backend: impl IntoIterator<Item = &'a (&'static str, String)>,
) -> BTreeMap<String, String> {
    let lambda = [
        ("MUSTER_LOG", "info"),
        ("AWS_ACCESS_KEY_ID", "local"),
        ("AWS_SECRET_ACCESS_KEY", "local"),
    ];
    let lambda = lambda.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let given = backend
        .into_iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()));
    let given = given.filter(|(name, _)| !name.starts_with("MUSTER_") || gets.contains_key(name));
    let told = gets
        .iter()
        .filter_map(|(name, value)| Some((name.clone(), value.clone()?)));
    lambda.into_iter().chain(given).chain(told).collect()
}

/// Every function, by its binary.
pub fn functions() -> BTreeMap<String, Function> {
    let template: Value = serde_saphyr::from_str(&file("template.yaml")).expect("the template is YAML");
    let globals = &template["Globals"]["Function"];
    let declared = |place: &Value| {
        place["Environment"]["Variables"]
            .as_object()
            .map(|variables| variables.clone().into_iter().collect::<BTreeMap<String, Value>>())
            .unwrap_or_default()
    };
    let resources = template["Resources"].as_object().expect("the template has resources");
    let functions = resources
        .iter()
        .filter(|(_, resource)| resource["Type"] == "AWS::Serverless::Function");
    let read = |(name, resource): (&String, &Value)| {
        let name = name.strip_suffix("Function").expect("a function is called so");
        let properties = &resource["Properties"];
        let code = text(&properties["CodeUri"]);
        let binary = code
            .strip_prefix("target/lambda/")
            .and_then(|rest| rest.strip_suffix("/bootstrap.zip"));
        assert_eq!(
            properties["Role"],
            json!({ "Fn::GetAtt": [format!("{name}Role"), "Arn"] })
        );
        let mut environment = declared(globals);
        environment.extend(declared(properties));
        let timeout = properties.get("Timeout").unwrap_or(&globals["Timeout"]);
        let memory = properties.get("MemorySize").unwrap_or(&globals["MemorySize"]);
        let function = Function {
            name: name.to_owned(),
            routes: routes(properties),
            environment: environment
                .into_iter()
                .map(|(name, value)| (name, value.as_str().map(str::to_owned)))
                .collect(),
            memory: memory.as_u64().expect("memory is a number"),
            timeout: Duration::from_secs(timeout.as_u64().expect("a timeout is a number")),
            role: resources[&format!("{name}Role")]["Properties"].clone(),
        };
        let binary = binary.unwrap_or_else(|| panic!("{code} is no package"));
        (binary.to_owned(), function)
    };
    functions.map(read).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

fn routes(properties: &Value) -> BTreeSet<(String, String)> {
    let events = properties["Events"].as_object().expect("a function has events");
    let http = events.values().filter(|event| event["Type"] == "HttpApi");
    http.map(|event| {
        let properties = &event["Properties"];
        (
            text(&properties["Method"]).to_owned(),
            text(&properties["Path"]).to_owned(),
        )
    })
    .collect()
}

/// The condition that allows an action as a part of a transaction only.
fn inside_a_transaction() -> Value {
    json!({ "ForAnyValue:StringEquals": { "dynamodb:EnclosingOperation": ["TransactWriteItems"] } })
}

/// The condition that keeps an action from naming anything of an item but its key.
fn keys_alone() -> Value {
    json!({ "ForAllValues:StringEquals": { "dynamodb:Attributes": ["PK", "SK"] } })
}

impl Function {
    /// The statements of one of its role's policies; none if the role has no such policy.
    pub fn statements(&self, policy: &str) -> Vec<Value> {
        let policies = self.role["Policies"].as_array().expect("a role has policies");
        policies
            .iter()
            .filter(|p| p["PolicyName"] == policy)
            .flat_map(|p| p["PolicyDocument"]["Statement"].as_array().cloned().unwrap_or_default())
            .collect()
    }

    /// The names of its role's policies.
    pub fn policies(&self) -> Vec<&str> {
        let policies = self.role["Policies"].as_array().expect("a role has policies");
        policies.iter().map(|p| text(&p["PolicyName"])).collect()
    }

    /// The AWS calls that its role allows its code, named as [`crate::permissions::needed`] names them.
    ///
    /// # Panics
    /// If a statement is not of a form that is known here, down to its resource.
    pub fn allowed(&self) -> BTreeSet<String> {
        let mut allowed = BTreeSet::new();
        for statement in self.statements("calls") {
            assert_eq!(statement["Effect"], "Allow", "{statement:#}");
            for action in statement["Action"].as_array().expect("a list of actions") {
                allowed.insert(call(text(action), &statement["Resource"], &statement["Condition"]));
            }
        }
        allowed
    }
}

/// The call that a statement allows by an action.
fn call(action: &str, resource: &Value, condition: &Value) -> String {
    let table = json!({ "Fn::GetAtt": ["Table", "Outputs.Arn"] });
    let secret = json!({ "Fn::GetAtt": ["Secrets", "Outputs.LinkSecretArn"] });
    let mail = json!([{ "Fn::GetAtt": ["Mail", "Outputs.IdentityArn"] }, { "Fn::GetAtt": ["Mail", "Outputs.ConfigurationSetArn"] }]);
    let sender = json!({ "StringEquals": { "ses:FromAddress": { "Ref": "MailFrom" } } });
    let files = json!({ "Fn::Sub": "${Files.Outputs.ExportBucketArn}/exports/*" });
    let index = ["by_activity", "by_user", "due"]
        .into_iter()
        .find(|index| *resource == json!({ "Fn::Sub": format!("${{Table.Outputs.Arn}}/index/{index}") }));
    match action {
        "dynamodb:BatchGetItem" | "dynamodb:Query" if *resource == table && condition.is_null() => action.to_owned(),
        // Which attributes is shown by the calls themselves: see `permissions`.
        "dynamodb:UpdateItem" if *resource == table && *condition != inside_a_transaction() => action.to_owned(),
        // It writes without a transaction, so it may name nothing of an item but its key: then it deletes.
        "dynamodb:BatchWriteItem" if *resource == table && *condition == keys_alone() => action.to_owned(),
        "dynamodb:Query" if index.is_some() && condition.is_null() => format!("{action} {}", index.unwrap_or_default()),
        "secretsmanager:GetSecretValue" if *resource == secret && condition.is_null() => action.to_owned(),
        "s3:GetObject" | "s3:PutObject" | "s3:DeleteObject" if *resource == files && condition.is_null() => {
            action.to_owned()
        }
        "ses:SendRawEmail" if *resource == mail && *condition == sender => action.to_owned(),
        _ if *resource == table && *condition == inside_a_transaction() => {
            let part = action.strip_prefix("dynamodb:").unwrap_or(action);
            format!("dynamodb:TransactWriteItems {part}")
        }
        _ => panic!("a role allows {action} on {resource} if {condition}"),
    }
}
