//! Compares what functions called while the tests ran with what the roles of the expanded template allow: all of it is
//! allowed, and nothing more.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a check that prints what it finds, and cannot go on when something is wrong"
)]

use clap::Parser;
use muster_tests::calls::{Used, noted};
use muster_tests::permissions::{LEADING_KEYS, Needed};
use muster_tests::privilege::{all_faults, attempts, grants};
use muster_tests::roles::{Role, Roles, WRITTEN};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

/// Compares calls that were noted by tests with the roles of a template.
#[derive(Parser)]
struct Options {
    /// The folder that `MUSTER_RECORD_CALLS` named when the tests ran.
    calls: PathBuf,
    /// The template as SAM expands it.
    template: PathBuf,
    /// Shows the kinds of partitions that each function used as well.
    #[arg(long)]
    partitions: bool,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let text = std::fs::read_to_string(&options.template).expect("the template can be read");
    let roles = Roles::of(serde_json::from_str(&text).expect("the template is JSON"));
    let (calls, used) = noted(&options.calls).expect("the noted calls can be read");
    assert!(calls > 0, "nothing was noted in {}", options.calls.display());
    if options.partitions {
        partitions(&roles, &used);
    }
    tell(&roles, calls, &used);

    let mut faults = all_faults(&roles, &used);
    faults.extend(differences(&roles));
    for (binary, role) in &roles.by_binary {
        let allowed = attempts(role).into_iter().filter(|attempt| role.allows(attempt));
        faults.extend(allowed.map(|attempt| format!("{binary}: allowed beside what its role says: {attempt:?}")));
    }
    for fault in &faults {
        println!("FAULT {fault}");
    }
    if faults.is_empty() {
        println!("All needed is allowed, all allowed is needed, and nothing next to it is allowed.");
    }
    ExitCode::from(u8::from(!faults.is_empty()))
}

fn tell(roles: &Roles, calls: usize, used: &BTreeSet<Used>) {
    let sum = |count: fn(&Role) -> usize| roles.by_binary.values().map(count).sum::<usize>();
    let actions: BTreeSet<&str> = used.iter().map(|used| used.needed.action.as_str()).collect();
    let functions: BTreeSet<&str> = used.iter().map(|used| used.binary.as_str()).collect();
    println!(
        "{calls:8} calls by {} functions, for which they needed",
        functions.len()
    );
    println!("{:8} different permissions of {} actions", used.len(), actions.len());
    println!(
        "{:8} more are needed by Lambda in their names",
        sum(|role| role.by_lambda.len())
    );
    println!(
        "{:8} roles have {} statements, which allow",
        roles.by_binary.len(),
        sum(|role| role.statements.len())
    );
    println!("{:8} times one action on one resource", sum(|role| grants(role).len()));
    println!(
        "{:8} attempts were made at what lies next to that",
        sum(|role| attempts(role).len())
    );
}

/// Where the tests were judged by other policies than the expanded template has, and roles that are no function's.
fn differences(roles: &Roles) -> Vec<String> {
    let statements = |roles: &Roles, binary: &str| roles.by_binary.get(binary).map(|role| role.statements.clone());
    let binaries: BTreeSet<&String> = roles.by_binary.keys().chain(WRITTEN.by_binary.keys()).collect();
    let differ = |binary: &&String| statements(roles, binary) != statements(&WRITTEN, binary);
    let differ = binaries.into_iter().filter(differ);
    let differ = differ.map(|binary| format!("{binary}: its role is another in the expanded template"));
    // SAM makes roles for those who invoke functions.
    let invokes = |statement: &Value| {
        statement["Action"] == "lambda:InvokeFunction"
            && statement["Resource"].as_str().is_some_and(|arn| !arn.contains('*'))
    };
    let others = roles.others.iter().filter(|(_, says)| !says.iter().all(invokes));
    let others = others.map(|(id, says)| format!("{id} is no function's, and does more than invoke one: {says:?}"));
    differ.chain(others).collect()
}

/// Which kinds of partitions each function used, by action.
fn partitions(roles: &Roles, used: &BTreeSet<Used>) {
    for binary in roles.by_binary.keys() {
        let own = used
            .iter()
            .filter(|used| used.binary == *binary)
            .map(|used| &used.needed);
        let on_table: Vec<&Needed> = own
            .filter(|needed| needed.resource.ends_with(":table/muster"))
            .collect();
        let actions: BTreeSet<&str> = on_table.iter().map(|needed| needed.action.as_str()).collect();
        for action in actions {
            let of_action = on_table.iter().filter(|needed| needed.action == action);
            // Of a part of a transaction its own key; the set of all keys holds others as well.
            let keys = of_action.filter_map(|needed| needed.context.get(LEADING_KEYS));
            let keys = keys.filter(|keys| keys.len() == 1 || !action.ends_with("Item") || action.contains("Batch"));
            let kinds: BTreeSet<&str> = keys.flatten().map(String::as_str).collect();
            println!("{binary} {action} {kinds:?}");
        }
    }
}
