//! `muster repair`.

use crate::{End, complain, say};
use aws_config::BehaviorVersion;
use aws_sdk_dynamodb::Client;
use clap::Args;
use jiff::Timestamp;
use muster_domain::OrganizationId;
use muster_store::Store;
use muster_store::repair::{Difference, Options, RepairError, Report};
use std::time::Duration;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Name of the table
    #[arg(long, value_name = "NAME")]
    table: String,
    /// URL of another DynamoDB, such as one that runs locally
    #[arg(long, value_name = "URL")]
    endpoint: Option<String>,
    #[command(flatten)]
    scope: Scope,
    /// Fix the differences; without it, nothing is written
    #[arg(long)]
    fix: bool,
    /// Seconds to wait before differences are checked again; must exceed the time the stream takes to count
    #[arg(long, value_name = "SECONDS", default_value_t = 15)]
    pause: u64,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Scope {
    /// Check one organization
    #[arg(long, value_name = "ORG")]
    organization: Option<OrganizationId>,
    /// Check all organizations; finding them scans the whole table once
    #[arg(long)]
    all: bool,
}

/// Repairs the requested organizations, and prints the differences.
pub(crate) async fn run(arguments: &Arguments) -> End {
    let mut config = aws_config::defaults(BehaviorVersion::latest());
    if let Some(endpoint) = &arguments.endpoint {
        config = config.endpoint_url(endpoint);
    }
    let store = Store::new(Client::new(&config.load().await), &arguments.table);
    match arguments.scope.organization {
        Some(id) => repair(&store, id, arguments).await,
        None => repair_all(&store, arguments).await,
    }
}

async fn repair_all(store: &Store, arguments: &Arguments) -> End {
    let (mut end, mut after) = (End::Clean, None);
    loop {
        let (ids, next) = match store.organizations(after).await {
            Ok(page) => page,
            Err(error) => {
                complain(&error.to_string());
                return End::Trouble;
            }
        };
        for id in ids {
            end = end.max(repair(store, id, arguments).await);
        }
        match next {
            Some(_) => after = next,
            None => return end,
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a command runs now")]
async fn repair(store: &Store, id: OrganizationId, arguments: &Arguments) -> End {
    let options = Options {
        now: Timestamp::now(),
        pause: Duration::from_secs(arguments.pause),
        fix: arguments.fix,
    };
    match store.repair(id, options).await {
        Ok(report) => {
            say(&table(id, &report));
            if report.is_clean() {
                End::Clean
            } else {
                End::Differences
            }
        }
        // It no longer has counters and indexes that could be correct.
        Err(RepairError::Erasing) => {
            say(&format!("{id}: the organization is being erased; nothing to repair\n"));
            End::Clean
        }
        Err(error) => {
            complain(&format!("{id}: {error}"));
            End::Trouble
        }
    }
}

/// A report as a table.
fn table(id: OrganizationId, report: &Report) -> String {
    if report.differences.is_empty() {
        return format!("{id}: no differences\n");
    }
    let header = ["kind", "key", "actual", "expected", "outcome"].map(str::to_owned);
    let rows = report.differences.iter().map(row);
    let rows: Vec<[String; 5]> = std::iter::once(header).chain(rows).collect();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..5).map(width).collect();
    let mut text = match report.differences.len() {
        1 => format!("{id}: 1 difference\n"),
        number => format!("{id}: {number} differences\n"),
    };
    for row in &rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        let line = cells.collect::<Vec<_>>().join("  ");
        text += &format!("  {}\n", line.trim_end());
    }
    if report.more {
        text += "  there are more differences; run the command again\n";
    }
    text
}

fn row(difference: &Difference) -> [String; 5] {
    let Difference {
        kind,
        key,
        actual,
        expected,
        outcome,
    } = difference;
    [
        kind.to_string(),
        key.clone(),
        actual.clone(),
        expected.clone(),
        outcome.to_string(),
    ]
}
