//! What each function's role allows, by the template's policies and as AWS decides: iam-rs evaluates them.

use crate::cloudformation::Stack;
use crate::deployment::file;
use crate::permissions::{Needed, RETURN_VALUES};
use iam_rs::{Arn, Context, ContextValue, Decision, IAMPolicy, IAMRequest, PolicyEvaluator, Principal, PrincipalId};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// As `template.yaml` has them; worked out once a process.
pub static WRITTEN: LazyLock<Roles> = LazyLock::new(|| {
    let template = serde_saphyr::from_str(&file("template.yaml")).expect("the template is YAML");
    Roles::of(template)
});

/// A statement of a role, from a policy of its own or of many roles.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// The policy's name.
    pub policy: String,
    /// What it says, with all ARNs worked out.
    pub says: Value,
}

/// A function's role.
#[derive(Debug)]
pub struct Role {
    /// All its statements.
    pub statements: Vec<Statement>,
    /// What Lambda itself does with the role, besides what the function's code calls.
    pub by_lambda: Vec<Needed>,
    evaluator: PolicyEvaluator,
}

impl Role {
    /// Whether it allows this.
    #[must_use]
    pub fn allows(&self, needed: &Needed) -> bool {
        decide(&self.evaluator, needed) == Decision::Allow
    }

    /// Whether it would allow something without one of its policies.
    pub fn without(&self, policy: &str) -> impl Fn(&Needed) -> bool + use<> {
        let rest = self.statements.iter().filter(|statement| statement.policy != policy);
        let evaluator = evaluator(rest.map(|statement| &statement.says));
        move |needed| decide(&evaluator, needed) == Decision::Allow
    }
}

/// Whether one statement, an `Allow`, allows this by itself.
#[must_use]
pub fn alone_allows(statement: &Value, needed: &Needed) -> bool {
    decide(&evaluator([statement]), needed) == Decision::Allow
}

fn evaluator<'a>(statements: impl IntoIterator<Item = &'a Value>) -> PolicyEvaluator {
    let statements: Vec<&Value> = statements.into_iter().collect();
    let policy = json!({ "Version": "2012-10-17", "Statement": statements });
    let policy = IAMPolicy::from_json(&policy.to_string());
    PolicyEvaluator::with_policies(vec![policy.expect("a policy that can be read")])
}

fn decide(evaluator: &PolicyEvaluator, needed: &Needed) -> Decision {
    let mut context = Context::new();
    for (key, values) in &needed.context {
        // A single value and a set of one are two things to IAM; `ForAnyValue` and `ForAllValues` are for sets.
        let value = match values.as_slice() {
            [value] if key.starts_with("ses:") || key == RETURN_VALUES => ContextValue::String(value.clone()),
            _ => ContextValue::StringList(values.clone()),
        };
        context.insert(key.clone(), value);
    }
    let role = Principal::Aws(PrincipalId::String(
        "arn:aws:iam::000000000000:role/function".to_owned(),
    ));
    let resource = Arn::parse(&needed.resource).unwrap_or_else(|error| panic!("{needed:?}: {error}"));
    let request = IAMRequest::new_with_context(role, needed.action.as_str(), resource, context);
    let result = evaluator.evaluate(&request);
    result.unwrap_or_else(|error| panic!("{needed:?}: {error}")).decision
}

/// The roles of all functions, by their binaries.
#[derive(Debug)]
pub struct Roles {
    /// Each function's.
    pub by_binary: BTreeMap<String, Role>,
    /// Those that are no function's, each with what it allows.
    pub others: BTreeMap<String, Vec<Value>>,
}

impl Roles {
    /// Those of a template, as it is written or as SAM expands it.
    ///
    /// # Panics
    /// If something in them is not known here.
    #[must_use]
    pub fn of(template: Value) -> Self {
        let stack = Stack::new(template);
        let mut statements = statements(&stack);
        let functions = stack.resources(&["AWS::Serverless::Function", "AWS::Lambda::Function"]);
        let role = |(id, function): (&String, &Value)| {
            let role = &function["Properties"]["Role"]["Fn::GetAtt"][0];
            let role = statements.remove(role.as_str().expect("a function has a role"));
            let statements = role.unwrap_or_else(|| panic!("{id} shares its role"));
            let role = Role {
                evaluator: evaluator(statements.iter().map(|statement| &statement.says)),
                by_lambda: by_lambda(&stack, id, &function["Properties"]),
                statements,
            };
            (binary(id), role)
        };
        let by_binary = functions.map(role).collect();
        let says = |statements: Vec<Statement>| statements.into_iter().map(|statement| statement.says).collect();
        let others = statements.into_iter().map(|(id, of)| (id, says(of))).collect();
        Self { by_binary, others }
    }

    /// The role of a binary.
    ///
    /// # Panics
    /// If the template has no function of it.
    #[must_use]
    pub fn of_binary(&self, binary: &str) -> &Role {
        let role = self.by_binary.get(binary);
        role.unwrap_or_else(|| panic!("the template has no function for {binary}"))
    }
}

/// `CreateOrganizationFunction` is of `create-organization`.
fn binary(id: &str) -> String {
    let name = id.strip_suffix("Function").expect("a function is called so");
    let mut binary = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !binary.is_empty() {
            binary.push('-');
        }
        binary.push(letter.to_ascii_lowercase());
    }
    binary
}

/// All statements of each role: of its own policies, and of those that name it.
fn statements(stack: &Stack) -> BTreeMap<String, Vec<Statement>> {
    let mut roles: BTreeMap<String, Vec<Statement>> = BTreeMap::new();
    for (id, role) in stack.resources(&["AWS::IAM::Role"]) {
        let policies = role["Properties"]["Policies"].as_array().cloned().unwrap_or_default();
        let named = policies.iter().map(|policy| (text(&policy["PolicyName"]), policy));
        let own = named
            .flat_map(|(name, policy)| worked_out(stack, name, policy))
            .collect();
        roles.insert(id.clone(), own);
        let foreign = stack.resolve(&role["Properties"]["ManagedPolicyArns"]);
        let none = foreign.as_array().is_none_or(Vec::is_empty);
        assert!(none, "{id} has {foreign}, which only AWS knows");
    }
    for (id, policy) in stack.resources(&["AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"]) {
        if !stack.is_made(policy) {
            continue;
        }
        let properties = &policy["Properties"];
        for role in stack
            .resolve(&properties["Roles"])
            .as_array()
            .expect("a policy has roles")
        {
            let role = roles.get_mut(text(role)).expect("a role of this template");
            role.extend(worked_out(stack, id, properties));
        }
    }
    roles
}

fn worked_out(stack: &Stack, policy: &str, properties: &Value) -> Vec<Statement> {
    let statements = stack.resolve(&properties["PolicyDocument"]["Statement"]);
    let statements = statements.as_array().expect("a policy has statements").clone();
    let of = |says| Statement {
        policy: policy.to_owned(),
        says,
    };
    statements.into_iter().map(of).collect()
}

/// What Lambda does in a function's name, of which no test can see anything: it writes the log, reads the table's stream
/// for it and sets aside what it gives up, and sends traces. Taken from what the function is deployed with.
fn by_lambda(stack: &Stack, id: &str, function: &Value) -> Vec<Needed> {
    let log = stack.resolve(&json!({ "Fn::GetAtt": [function["LoggingConfig"]["LogGroup"]["Ref"], "Arn"] }));
    let log = text(&log).replace(":*", ":log-stream:2026/11/21/[1]0");
    let mut needed: Vec<Needed> = ["CreateLogStream", "PutLogEvents"]
        .map(|action| Needed::new(format!("logs:{action}"), &log))
        .into();
    for source in sources(stack, id, function) {
        let stream = source
            .get("Stream")
            .or(source.get("EventSourceArn"))
            .expect("a source is a stream");
        let stream = stack.resolve(stream);
        for action in ["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"] {
            needed.push(Needed::new(format!("dynamodb:{action}"), text(&stream)));
        }
        let queue = stack.resolve(&source["DestinationConfig"]["OnFailure"]["Destination"]);
        needed.push(Needed::new("sqs:SendMessage", text(&queue)));
    }
    for destination in given_up(stack, id, function) {
        needed.push(Needed::new("sqs:SendMessage", text(&stack.resolve(destination))));
    }
    // Globals of the template as it is written are not in the function.
    if stack.resolve(&json!({ "Ref": "Tracing" })) == "Active" {
        let anything = "arn:aws:xray:us-east-1:000000000000:group/default";
        needed.extend(["PutTraceSegments", "PutTelemetryRecords"].map(|a| Needed::new(format!("xray:{a}"), anything)));
    }
    needed
}

/// Where what a function fails at goes, for one that is invoked without being waited for.
fn given_up<'a>(stack: &'a Stack, id: &str, function: &'a Value) -> Vec<&'a Value> {
    let expanded = stack.resources(&["AWS::Lambda::EventInvokeConfig"]);
    let expanded = expanded.map(|(_, config)| &config["Properties"]);
    let expanded = expanded.filter(|config| config["FunctionName"]["Ref"] == id);
    let configs = [&function["EventInvokeConfig"]].into_iter().chain(expanded);
    let destinations = configs.map(|config| &config["DestinationConfig"]["OnFailure"]["Destination"]);
    destinations.filter(|destination| !destination.is_null()).collect()
}

/// The event source mappings of a function.
fn sources<'a>(stack: &'a Stack, id: &str, function: &'a Value) -> Vec<&'a Value> {
    let written = function["Events"]
        .as_object()
        .into_iter()
        .flat_map(|events| events.values());
    let written = written.filter(|event| event["Type"] == "DynamoDB");
    let expanded = stack.resources(&["AWS::Lambda::EventSourceMapping"]);
    let expanded = expanded.map(|(_, mapping)| mapping);
    let expanded = expanded.filter(|mapping| mapping["Properties"]["FunctionName"]["Ref"] == id);
    written.chain(expanded).map(|source| &source["Properties"]).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}
