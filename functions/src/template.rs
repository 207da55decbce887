//! The parts of `template.yaml` that follow from the route table: a function, a role and a log group for each route, the limits of
//! single routes, and the lists of roles that policies are attached to. Tests write them between marks in the file, and fail when they are stale.

use crate::routes::{Access, BACKGROUND, ROUTES, Route, Trait, operations};
use std::collections::BTreeSet;
use std::fmt::Write as _;

const TABLE: &str = r#"{"Fn::GetAtt": [Table, Outputs.Arn]}"#;
/// Attributes that recording a member's activity writes.
const ACTIVITY: &str = "PK, SK, last_active_at, activity_sk, noted, subject";
/// Attributes that recording a member's activity, or the use of an API key, writes.
const ACTIVITY_AND_USE: &str = "PK, SK, last_active_at, activity_sk, noted, subject, last_used_at";
/// This does not allow the reads in a transaction, so those are named one by one.
const IN_TRANSACTION: &str = r#"{"ForAnyValue:StringEquals": {"dynamodb:EnclosingOperation": [TransactWriteItems]}}"#;
const CURSOR_KEY: &str =
    r#"MUSTER_CURSOR_KEY: {"Fn::Sub": "{{resolve:secretsmanager:${Secrets.Outputs.CursorKeyArn}:SecretString}}"}"#;
/// What the team page signs users in with.
const PAGE: [&str; 2] = [
    "MUSTER_PAGE_CLIENT_ID: {Ref: PageClientId}",
    r#"MUSTER_PAGE_TOKEN_ORIGIN: {"Fn::If": [UserPoolHasDomain, {"Fn::GetAtt": [Identity, Outputs.SignInPage]}, {Ref: PageTokenOrigin}]}"#,
];

/// The logical name of a function's resources.
fn name(binary: &str) -> String {
    let words = binary.split('-').map(|word| {
        let (first, rest) = word.split_at(1);
        first.to_uppercase() + rest
    });
    words.collect()
}

/// A function's settings beyond the common ones, with the reason.
fn limits(route: &Route, is_bulk: bool) -> &'static str {
    if route.answers_file {
        "      # Ten pages are read one after the other, and a workbook is packed.\n      MemorySize: 512\n"
    } else if is_bulk {
        "      # A hundred rows can be more than a partition of the table takes in ten seconds.\n      Timeout: 29\n"
    } else {
        ""
    }
}

fn environment(route: &Route, has_pages: bool) -> String {
    let mut variables = Vec::new();
    if route.has(Trait::TellsApiUrl) {
        variables.push("MUSTER_API_URL: {Ref: ApiUrl}");
    }
    if route.has(Trait::IsTeamPage) {
        variables.extend(PAGE);
    }
    if has_pages {
        variables.push(CURSOR_KEY);
    }
    if route.may("s3:GetObject") {
        variables.push(r#"MUSTER_EXPORT_BUCKET: {"Fn::GetAtt": [Files, Outputs.ExportBucket]}"#);
    }
    if route.may("secretsmanager:GetSecretValue") {
        variables.push(r#"MUSTER_LINK_SECRET_ID: {"Fn::GetAtt": [Secrets, Outputs.LinkSecretArn]}"#);
    }
    if variables.is_empty() {
        return String::new();
    }
    let lines: String = variables
        .iter()
        .map(|variable| format!("          {variable}\n"))
        .collect();
    format!("      Environment:\n        Variables:\n{lines}")
}

/// The events of a function: one for each method and path that leads to it.
fn events(binary: &str) -> String {
    let routes: Vec<&Route> = ROUTES.iter().filter(|route| route.binary == binary).collect();
    let mut text = String::from("      Events:\n");
    for (n, route) in routes.iter().enumerate() {
        let last = route.path.rsplit('/').next().filter(|_| n > 0);
        let part = last.map(|part| name(part.trim_matches(['{', '}']))).unwrap_or_default();
        for method in route.methods() {
            let head = if method == "HEAD" { "Head" } else { "" };
            event(&mut text, &format!("{head}{part}Route"), method, route.path);
        }
    }
    if routes.iter().any(|route| route.path == "$default") {
        text.push_str(
            "        # With CORS, API Gateway answers preflights unless a route takes them, and `$default` takes them. Here they have\n        \
             # a route of their own, which is not limited as what strangers reach is. It adds its fields to the 204.\n",
        );
        event(&mut text, "OptionsRoute", "OPTIONS", "/{proxy+}");
    }
    text
}

fn event(text: &mut String, name: &str, method: &str, path: &str) {
    let _ = writeln!(
        text,
        "        {name}:\n          Type: HttpApi\n          Properties: {{ApiId: {{Ref: Api}}, Method: {method}, Path: {path:?}}}"
    );
}

fn statement(sid: &str, actions: &str, resource: &str, condition: Option<&str>) -> String {
    let condition = condition.map(|condition| format!("                Condition: {condition}\n"));
    format!(
        "              - Sid: {sid}\n                Effect: Allow\n                Action: [{actions}]\n                Resource: {resource}\n{}",
        condition.unwrap_or_default()
    )
}

/// The policy statements of a route's function: the calls it may make.
fn statements(route: &Route) -> String {
    let mut text = String::new();
    let quoted = |action: &str| format!("{action:?}");
    if route.may("dynamodb:BatchGetItem") {
        text += &statement("Read", &quoted("dynamodb:BatchGetItem"), TABLE, None);
    }
    for call in route.calls {
        let (sid, resource) = match *call {
            "dynamodb:Query" => ("List", TABLE.to_owned()),
            "dynamodb:Query by_user" => ("ByUser", index("by_user")),
            "dynamodb:Query by_activity" => ("ByActivity", index("by_activity")),
            _ => continue,
        };
        text += &statement(sid, &quoted("dynamodb:Query"), &resource, None);
    }
    let parts = route
        .calls
        .iter()
        .filter_map(|call| call.strip_prefix("dynamodb:TransactWriteItems "));
    let parts: Vec<String> = parts.map(|part| quoted(&format!("dynamodb:{part}"))).collect();
    if !parts.is_empty() {
        text += &statement("Write", &parts.join(", "), TABLE, Some(IN_TRANSACTION));
    }
    if route.may("dynamodb:UpdateItem") {
        let attributes = match route.access {
            // Verifying a key is not activity of the caller. Only the use of the key is recorded.
            Access::User => "PK, SK, last_used_at",
            _ if route.access.takes_keys() => ACTIVITY_AND_USE,
            _ => ACTIVITY,
        };
        let condition = format!(
            r#"{{"ForAllValues:StringEquals": {{"dynamodb:Attributes": [{attributes}]}}, StringEqualsIfExists: {{"dynamodb:ReturnValues": [NONE]}}}}"#
        );
        text += &statement("Touch", &quoted("dynamodb:UpdateItem"), TABLE, Some(&condition));
    }
    if route.may("secretsmanager:GetSecretValue") {
        let secret = r#"{"Fn::GetAtt": [Secrets, Outputs.LinkSecretArn]}"#;
        text += &statement("LinkSecret", &quoted("secretsmanager:GetSecretValue"), secret, None);
    }
    if route.may("s3:GetObject") {
        // A link opens only files that the function that made it may read.
        let files = r#"{"Fn::Sub": "${Files.Outputs.ExportBucketArn}/exports/*"}"#;
        text += &statement("Fetch", &quoted("s3:GetObject"), files, None);
    }
    text
}

fn index(name: &str) -> String {
    format!(r#"{{"Fn::Sub": "${{Table.Outputs.Arn}}/index/{name}"}}"#)
}

fn policy(name: &str, statements: &str) -> String {
    format!(
        "        - PolicyName: {name}\n          PolicyDocument:\n            Version: \"2012-10-17\"\n            Statement:\n{statements}"
    )
}

/// The condition under which a function is deployed, if there is one.
fn condition(traits: &[Trait]) -> Option<&'static str> {
    traits.contains(&Trait::IsTeamPage).then_some("HasPage")
}

/// The function, the role and the log group of a route.
fn resources(route: &Route, has_pages: bool, is_bulk: bool) -> String {
    let Route { binary, .. } = route;
    let name = name(binary);
    let log = statement(
        "Log",
        r#""logs:CreateLogStream", "logs:PutLogEvents""#,
        &format!(r#"{{"Fn::GetAtt": [{name}Log, Arn]}}"#),
        None,
    );
    let calls = statements(route);
    let calls = if calls.is_empty() {
        calls
    } else {
        policy("calls", &calls)
    };
    let condition = condition(route.traits).map(|name| format!("    Condition: {name}\n"));
    let condition = condition.unwrap_or_default();
    format!(
        r#"  {name}Function:
    Type: AWS::Serverless::Function
{condition}    Properties:
      CodeUri: target/lambda/{binary}/bootstrap.zip
      Role: {{"Fn::GetAtt": [{name}Role, Arn]}}
      LoggingConfig: {{LogGroup: {{Ref: {name}Log}}}}
{}{}{}  {name}Role:
    Type: AWS::IAM::Role
{condition}    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{{Effect: Allow, Principal: {{Service: lambda.amazonaws.com}}, Action: "sts:AssumeRole"}}]
      Policies:
{}{calls}  {name}Log:
    Type: AWS::Logs::LogGroup
{condition}    Properties:
      LogGroupName: {{"Fn::Sub": "/muster/${{AWS::StackName}}/{binary}"}}
      RetentionInDays: {{Ref: LogRetentionDays}}
"#,
        limits(route, is_bulk),
        environment(route, has_pages),
        events(binary),
        policy("log", &log),
    )
}

/// Every route's resources.
fn all_resources() -> String {
    let mut written = BTreeSet::new();
    let mut text = String::new();
    for (route, operation) in operations() {
        if written.insert(route.binary) {
            text += &resources(route, operation.has_pages(), operation.is_bulk());
            text.push('\n');
        }
    }
    text
}

/// A function, as the lists of roles need it.
struct Callee {
    binary: &'static str,
    calls: &'static [&'static str],
    traits: &'static [Trait],
    takes_posts: bool,
}

impl Callee {
    fn reads_table(&self) -> bool {
        self.calls.iter().any(|call| call.starts_with("dynamodb:"))
    }

    fn writes(&self) -> bool {
        self.calls
            .iter()
            .any(|call| call.starts_with("dynamodb:TransactWriteItems"))
    }

    fn has(&self, one: Trait) -> bool {
        self.traits.contains(&one)
    }
}

/// The functions that a policy's list of roles names.
fn listed(policy: &str, function: &Callee) -> bool {
    let only_reads = function.reads_table() && !function.writes();
    let stays = function.has(Trait::StaysInOrganizations);
    let changes = function.writes() && !stays;
    let (reads_events, reads_addresses) = (function.has(Trait::ReadsEvents), function.has(Trait::ReadsAddresses));
    let claims = function.has(Trait::ClaimsAddresses);
    match policy {
        "OrganizationsPolicy" => (only_reads && !reads_events && !reads_addresses) || stays,
        "EventsReaderPolicy" => only_reads && reads_events,
        "AddressesReaderPolicy" => only_reads && reads_addresses,
        "EventsUnreadPolicy" => changes && !reads_events,
        "AddressesUnreadPolicy" => changes && claims,
        "NoAddressesPolicy" => changes && !reads_addresses && !claims,
        "NoKeptAnswersPolicy" => changes && !function.takes_posts,
        "TracePolicy" => true,
        _ => false,
    }
}

const LISTS: [&str; 8] = [
    "OrganizationsPolicy",
    "EventsReaderPolicy",
    "AddressesReaderPolicy",
    "EventsUnreadPolicy",
    "AddressesUnreadPolicy",
    "NoAddressesPolicy",
    "NoKeptAnswersPolicy",
    "TracePolicy",
];

/// The settings of routes with a limit of their own: those that strangers reach, and those that cost more than their requests. Files of the
/// team page are neither: a visit asks for a dozen of them at once, and each costs no more than its request.
fn route_settings() -> String {
    let is_limited = |route: &&Route| route.access == Access::Public && !route.has(Trait::IsTeamPage);
    let strangers = ROUTES.iter().filter(is_limited);
    let costly = ROUTES.iter().filter(|route| route.has(Trait::IsLimited));
    let mut text = String::from("        # What a stranger can reach.\n");
    rates(&mut text, strangers, "PublicRate");
    text.push_str(
        "        # What any user with an account can create without bound, and what goes out under the deployment's name.\n",
    );
    rates(&mut text, costly, "MailRate");
    text
}

fn rates<'a>(text: &mut String, routes: impl Iterator<Item = &'a Route>, rate: &str) {
    for route in routes {
        for method in route.methods() {
            let key = match route.path {
                "$default" => route.path.to_owned(),
                path => format!("{method} {path}"),
            };
            let _ = writeln!(
                text,
                "        {key:?}: {{ThrottlingRateLimit: {{Ref: {rate}}}, ThrottlingBurstLimit: {{Ref: {rate}}}}}"
            );
        }
    }
}

/// The roles that a policy is attached to.
fn roles(policy: &str) -> String {
    let routes = ROUTES.iter().map(|route| Callee {
        binary: route.binary,
        calls: route.calls,
        traits: route.traits,
        takes_posts: route.method == "POST",
    });
    let background = BACKGROUND.iter().map(|function| Callee {
        binary: function.binary,
        calls: function.calls,
        traits: function.traits,
        takes_posts: false,
    });
    let mut written = BTreeSet::new();
    let mut text = String::new();
    for function in routes.chain(background) {
        if listed(policy, &function) && written.insert(function.binary) {
            let role = format!("{{Ref: {}Role}}", name(function.binary));
            let role = match condition(function.traits) {
                Some(condition) => format!(r#"{{"Fn::If": [{condition}, {role}, {{Ref: AWS::NoValue}}]}}"#),
                None => role,
            };
            let _ = writeln!(text, "        - {role}");
        }
    }
    text
}

mod tests {
    use super::*;
    use crate::generated::{assert_current, read, replaced};

    #[test]
    fn the_template_has_what_the_route_table_says() {
        let path = "../template.yaml";
        let mut expected = replaced(&read(path), "functions", &all_resources());
        expected = replaced(&expected, "route settings", &route_settings());
        for policy in LISTS {
            expected = replaced(&expected, &format!("roles of {policy}"), &roles(policy));
        }
        assert_current(path, &expected, "template");
    }
}
