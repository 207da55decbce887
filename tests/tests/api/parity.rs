//! Code, template, samples, binaries and OpenAPI document name the same functions, and a role allows what its function does.

use muster_domain::Language;
use muster_edge::Config;
use muster_functions::routes::{BACKGROUND, ROUTES, Route, Trait};
use muster_tests::cloudformation::Stack;
use muster_tests::deployment::{file, functions, repository};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The calls of each binary, as the code has them.
fn coded() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let routes = ROUTES.iter().map(|route| (route.binary, route.calls));
    let background = BACKGROUND.iter().map(|function| (function.binary, function.calls));
    routes
        .chain(background)
        .map(|(binary, calls)| (binary, calls.iter().copied().collect()))
        .collect()
}

/// The names of a folder's files with this ending.
fn files(folder: &str, ending: &str) -> BTreeSet<String> {
    let entries = std::fs::read_dir(repository().join(folder)).unwrap();
    entries
        .filter_map(|entry| Some(entry.unwrap().file_name().to_str()?.strip_suffix(ending)?.to_owned()))
        .collect()
}

/// The binaries that the manifest says have no tests, and so no test program.
fn built_without_tests() -> BTreeSet<String> {
    let manifest = file("functions/Cargo.toml");
    let binaries = manifest.split("[[bin]]").skip(1);
    let untested = binaries.filter(|binary| binary.contains("test = false"));
    untested
        .filter_map(|binary| Some(binary.split_once("name = \"")?.1.split_once('"')?.0.to_owned()))
        .collect()
}

#[test]
fn each_function_of_the_code_has_one_binary_one_sample_and_one_function_in_the_template() {
    let coded: BTreeSet<String> = coded().keys().map(|binary| (*binary).to_owned()).collect();
    assert_eq!(files("functions/src/bin", ".rs"), coded);
    assert_eq!(built_without_tests(), coded);
    assert_eq!(files("events", ".json"), coded);
    let deployed = functions();
    assert_eq!(deployed.keys().cloned().collect::<BTreeSet<_>>(), coded);
    for (binary, function) in deployed {
        let words = binary.split('-').map(|word| word[..1].to_uppercase() + &word[1..]);
        assert_eq!(function.name, words.collect::<String>());
    }
}

#[test]
fn the_template_leads_each_route_to_the_function_that_answers_it() {
    let owned = |binary: &str, method: &str, path: &str| (binary.to_owned(), method.to_owned(), path.to_owned());
    let coded: Vec<_> = ROUTES
        .iter()
        .flat_map(|r| r.methods().map(move |method| owned(r.binary, method, r.path)))
        .collect();
    let all = coded.len();
    let mut coded: BTreeSet<_> = coded.into_iter().collect();
    assert_eq!(coded.len(), all, "a route is there twice");
    // Preflights: the same as `$default`, with limits of its own.
    coded.insert(owned("not-found", "OPTIONS", "/{proxy+}"));
    let deployed: BTreeSet<_> = functions()
        .iter()
        .flat_map(|(binary, function)| {
            function
                .routes
                .iter()
                .map(move |(method, path)| owned(binary, method, path))
        })
        .collect();
    assert_eq!(deployed, coded);
}

#[test]
fn the_openapi_document_describes_each_route_of_the_api_and_no_other() {
    let document: Value = serde_json::from_str(&file("infra/openapi.json")).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let described: BTreeSet<_> = paths
        .iter()
        .flat_map(|(path, methods)| {
            methods
                .as_object()
                .unwrap()
                .iter()
                .map(move |(method, operation)| (path, method, operation))
        })
        .filter(|(_, _, operation)| operation["operationId"].is_string())
        .map(|(path, method, operation)| {
            let id = operation["operationId"].as_str().unwrap();
            (id.replace('_', "-"), method.to_uppercase(), path.clone())
        })
        .collect();
    let described_ones = ["/v1/", "/access/", "/.well-known/"];
    let is_described = |path: &str| described_ones.iter().any(|begins| path.starts_with(begins));
    let api = ROUTES.iter().filter(|route| is_described(route.path));
    let mut named = BTreeSet::new();
    let coded: BTreeSet<_> = api
        .map(|route| {
            // The second route of a function is the one of a single organization.
            let name = match named.insert(route.binary) {
                true => route.binary.to_owned(),
                false => format!("{}-in-organization", route.binary),
            };
            (name, route.method.to_owned(), route.path.to_owned())
        })
        .collect();
    assert_eq!(described, coded);
}

#[test]
fn each_role_allows_exactly_the_calls_that_the_code_names() {
    let deployed = functions();
    for (binary, calls) in coded() {
        let allowed = deployed[binary].allowed();
        let allowed: BTreeSet<&str> = allowed.iter().map(String::as_str).collect();
        assert_eq!(allowed, calls, "{binary}");
    }
}

#[test]
fn a_role_is_for_lambda_alone_and_holds_nothing_beside_log_calls_and_what_lambda_does_for_it() {
    for (binary, function) in functions() {
        let role = function.role.as_object().unwrap();
        let parts: Vec<&str> = role.keys().map(String::as_str).collect();
        assert_eq!(parts, ["AssumeRolePolicyDocument", "Policies"], "{binary}");
        let trust = json!([{ "Effect": "Allow", "Principal": { "Service": "lambda.amazonaws.com" }, "Action": "sts:AssumeRole" }]);
        assert_eq!(role["AssumeRolePolicyDocument"]["Statement"], trust, "{binary}");

        let calls = !coded()[binary.as_str()].is_empty();
        let stream = ["deliver-mail", "finish-work"].contains(&binary.as_str());
        let failures = binary == "note-feedback";
        let expected = [
            ("log", true),
            ("calls", calls),
            ("stream", stream),
            ("failures", failures),
        ];
        let expected: Vec<&str> = expected.iter().filter(|(_, has)| *has).map(|(name, _)| *name).collect();
        assert_eq!(function.policies(), expected, "{binary}");

        let log = json!([{
            "Sid": "Log", "Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": { "Fn::GetAtt": [format!("{}Log", function.name), "Arn"] },
        }]);
        assert_eq!(json!(function.statements("log")), log, "{binary}");
        for statement in ["stream", "failures"]
            .iter()
            .flat_map(|policy| function.statements(policy))
        {
            let actions = statement["Action"].to_string();
            assert!(
                !actions.contains('*') && statement["Resource"].is_object(),
                "{binary}: {statement}"
            );
        }
    }
}

/// The functions whose answers come in pages, by what the document says that they take: a cursor, or a search's page.
fn paging() -> BTreeSet<String> {
    let document: Value = serde_json::from_str(&file("infra/openapi.json")).unwrap();
    let takes_page = |operation: &Value| {
        let schema = operation.pointer("/requestBody/content/application~1json/schema/$ref");
        let schema = schema.and_then(Value::as_str).and_then(|name| name.strip_prefix('#'));
        schema.is_some_and(|place| document.pointer(place).unwrap()["properties"]["page"].is_object())
    };
    let takes_cursor = |operation: &Value| {
        let parameters = operation["parameters"].as_array();
        parameters.is_some_and(|all| all.iter().any(|parameter| parameter["name"] == "cursor"))
    };
    let methods = document["paths"].as_object().unwrap().values();
    let operations = methods.flat_map(|methods| methods.as_object().unwrap().values());
    operations
        .filter(|operation| takes_page(operation) || takes_cursor(operation))
        .filter_map(|operation| Some(operation["operationId"].as_str()?.replace('_', "-")))
        .collect()
}

#[test]
fn each_function_gets_the_environment_it_needs_and_no_more() {
    let paging = paging();
    assert!(
        paging.contains("list-members") && paging.contains("search-subjects"),
        "{paging:?}"
    );
    for (binary, function) in functions() {
        let value = |name: &str| {
            function
                .environment
                .contains_key(name)
                .then(|| "https://value.example".to_owned())
        };
        let config = Config::read(|name| match name {
            "MUSTER_MAIL_FROM" => value(name).map(|_| "team@acme.example".to_owned()),
            "MUSTER_SUPPORT_EMAIL" => value(name).map(|_| "help@acme.example".to_owned()),
            "MUSTER_LANGUAGE" => value(name).map(|_| "de".to_owned()),
            "MUSTER_ACCENT_COLOR" => value(name).map(|_| "#ffe600".to_owned()),
            "MUSTER_MAILS_PER_SECOND" | "MUSTER_MAIL_DELIVERERS" => value(name).map(|_| "2".to_owned()),
            _ => value(name),
        });
        let config = config.map_err(|error| (&binary, error)).unwrap();
        let calls = &coded()[binary.as_str()];
        let opens_links = calls.contains("secretsmanager:GetSecretValue");
        let mails = calls.contains("ses:SendRawEmail");
        assert_eq!(config.link_secret_id.is_some(), opens_links, "{binary}");
        let files = calls.contains("s3:GetObject");
        assert_eq!(config.export_bucket.is_some(), files, "{binary}");
        assert_eq!(config.mail_from.is_some(), mails, "{binary}");
        assert_eq!(
            config.mail_interval.as_secs(),
            u64::from(mails),
            "{binary}: two share two a second"
        );
        assert_eq!(config.mail_configuration_set.is_some(), mails, "{binary}");
        let brand = &config.brand;
        for is_set in [
            brand.logo.is_some(),
            brand.postal_line.is_some(),
            brand.support.is_some(),
            brand.product.as_str() == "https://value.example",
            brand.accent.as_str() == "#ffe600",
            config.language == Language::German,
            config.mail_templates.is_some(),
        ] {
            assert_eq!(is_set, mails, "{binary}: {brand:?}");
        }
        let tells = Route::of(&binary).is_some_and(|route| route.has(Trait::TellsApiUrl));
        assert_eq!(config.api_url.is_some(), tells, "{binary}");
        assert_eq!(config.cursor_key.is_some(), paging.contains(&binary), "{binary}");
        assert!(function.environment.contains_key("MUSTER_LOG"), "{binary}");
    }
}

/// Lanes multiply what a function does at once, so only a function whose processes are bounded has more than one for each shard.
#[test]
fn where_nothing_is_reserved_the_shards_bound_background_functions() {
    for (reserved, mail, work) in [
        ("true", "2", "5"),
        ("true", "0", "5"),
        ("true", "2", "0"),
        ("true", "0", "0"),
        ("false", "2", "5"),
    ] {
        let template: Value = serde_saphyr::from_str(&file("template.yaml")).unwrap();
        let parameters = [
            ("ReserveConcurrency", reserved),
            ("MailConcurrency", mail),
            ("WorkConcurrency", work),
        ];
        let stack = Stack::given(template, &parameters);
        for name in ["DeliverMailFunction", "FinishWorkFunction"] {
            let mut functions = stack.resources(&["AWS::Serverless::Function"]);
            let (_, function) = functions.find(|(found, _)| *found == name).unwrap();
            let properties = &function["Properties"];
            let factor = stack.resolve(&properties["Events"]["Stream"]["Properties"]["ParallelizationFactor"]);
            let limit = stack.resolve(&properties["ReservedConcurrentExecutions"]);
            let is_bounded = limit.to_string().trim_matches('"').parse::<u64>().is_ok();
            assert_eq!(factor == 2, is_bounded, "{name}: {parameters:?}");
            assert!(factor == 1 || factor == 2, "{name}: {parameters:?}");
        }
    }
}

/// Each process that sends mail keeps to its part of the rate, so there must not be more of them than each is told.
#[test]
fn no_more_processes_send_mail_than_share_its_rate() {
    /// Of a new table with on-demand throughput.
    const SHARDS: u64 = 4;
    let number = |value: &Value| -> Option<u64> { value.to_string().trim_matches('"').parse().ok() };
    for (reserved, concurrency) in [
        ("true", "2"),
        ("true", "3"),
        ("true", "0"),
        ("false", "2"),
        ("false", "0"),
    ] {
        let template: Value = serde_saphyr::from_str(&file("template.yaml")).unwrap();
        let parameters = [("ReserveConcurrency", reserved), ("MailConcurrency", concurrency)];
        let stack = Stack::given(template, &parameters);
        let mut functions = stack.resources(&["AWS::Serverless::Function"]);
        let (_, function) = functions.find(|(name, _)| *name == "DeliverMailFunction").unwrap();
        let properties = &function["Properties"];
        let resolved = |value: &Value| number(&stack.resolve(value));
        let factor = resolved(&properties["Events"]["Stream"]["Properties"]["ParallelizationFactor"]).unwrap();
        let limit = resolved(&properties["ReservedConcurrentExecutions"]).unwrap_or(u64::MAX);
        let sharing = resolved(&properties["Environment"]["Variables"]["MUSTER_MAIL_DELIVERERS"]);
        assert_eq!(sharing, Some(limit.min(SHARDS * factor)), "{parameters:?}");
    }
}
