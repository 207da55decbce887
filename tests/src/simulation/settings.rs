//! What the template says of the functions that no request starts.

use crate::cloudformation::Stack;
use crate::deployment::file;
use serde_json::Value;
use std::time::Duration;

/// Shards of the stream of a new table with on-demand throughput.
const SHARDS: usize = 4;

/// A mapping of the table's stream to a function.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Source {
    /// Most records of a batch.
    pub(super) batch: usize,
    /// How long records wait for more of them.
    pub(super) window: Duration,
    /// Batches that can be on their way at once: so many of each shard, by partition key.
    pub(super) lanes: usize,
    /// How often a record is handed back before it is a dead letter.
    pub(super) retries: u64,
    /// How old a record gets before it is a dead letter.
    pub(super) age: Duration,
    /// How long a batch may take.
    pub(super) limit: Duration,
    /// How many processes the function has.
    pub(super) concurrency: usize,
}

/// The template.
#[derive(Debug)]
pub(super) struct Settings(Stack);

impl Settings {
    /// Reads the template, with these values of parameters and the defaults of the rest.
    pub(super) fn read(parameters: &[(&str, &str)]) -> Self {
        let template = serde_saphyr::from_str(&file("template.yaml")).expect("the template is YAML");
        Self(Stack::given(template, parameters))
    }

    fn function(&self, binary: &str) -> &Value {
        let mut functions = self.0.resources(&["AWS::Serverless::Function"]);
        let code = format!("target/lambda/{binary}/bootstrap.zip");
        let found = functions.find(|(_, function)| function["Properties"]["CodeUri"] == code.as_str());
        &found
            .unwrap_or_else(|| panic!("the template has no function for {binary}"))
            .1["Properties"]
    }

    fn number(&self, value: &Value) -> Option<u64> {
        let resolved = self.0.resolve(value);
        resolved.as_u64().or_else(|| resolved.as_str()?.parse().ok())
    }

    /// The time between two mails of one process.
    pub(super) fn mail_interval(&self) -> Duration {
        let variables = &self.function("deliver-mail")["Environment"]["Variables"];
        let number = |name: &str| u32::try_from(self.number(&variables[name]).expect("a number")).expect("a few");
        let [sharing, rate] = ["MUSTER_MAIL_DELIVERERS", "MUSTER_MAILS_PER_SECOND"].map(number);
        Duration::from_secs(1) * sharing / rate
    }

    /// How many processes of a function run at once; none if nothing is reserved for it.
    pub(super) fn concurrency(&self, binary: &str) -> Option<usize> {
        self.number(&self.function(binary)["ReservedConcurrentExecutions"])
            .map(whole)
    }

    /// How long a function may run.
    pub(super) fn timeout(&self, binary: &str) -> Duration {
        Duration::from_secs(self.number(&self.function(binary)["Timeout"]).expect("a time limit"))
    }

    /// How often Lambda tries an event again at which a function failed.
    pub(super) fn retries(&self, binary: &str) -> u64 {
        let retries = self.number(&self.function(binary)["EventInvokeConfig"]["MaximumRetryAttempts"]);
        retries.expect("a number of retries")
    }

    /// The mapping of the stream to a function.
    pub(super) fn source(&self, binary: &str) -> Source {
        let mapping = &self.function(binary)["Events"]["Stream"]["Properties"];
        let number = |name: &str| self.number(&mapping[name]);
        let lanes = SHARDS * whole(number("ParallelizationFactor").unwrap_or(1));
        Source {
            batch: whole(number("BatchSize").expect("a size of batches")),
            // Without a window, Lambda waits for nothing.
            window: Duration::from_secs(number("MaximumBatchingWindowInSeconds").unwrap_or_default()),
            lanes,
            retries: number("MaximumRetryAttempts").expect("a number of retries"),
            age: Duration::from_secs(number("MaximumRecordAgeInSeconds").expect("an age")),
            limit: self.timeout(binary),
            concurrency: self.concurrency(binary).unwrap_or(lanes),
        }
    }
}

fn whole(number: u64) -> usize {
    usize::try_from(number).expect("a few")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_simulated_is_what_the_template_says() {
        let settings = Settings::read(&[]);
        let work = Source {
            batch: 25,
            window: Duration::ZERO,
            lanes: 8,
            retries: 10,
            age: Duration::from_secs(20 * 3_600),
            limit: Duration::from_secs(300),
            concurrency: 5,
        };
        assert_eq!(settings.source("finish-work"), work);
        let mail = Source {
            batch: 10,
            concurrency: 2,
            ..work
        };
        assert_eq!(settings.source("deliver-mail"), mail);
        assert_eq!(settings.mail_interval(), Duration::from_secs(2) / 14);
        assert_eq!(settings.timeout("expire"), Duration::from_secs(50));
        assert_eq!(
            (settings.concurrency("note-feedback"), settings.retries("note-feedback")),
            (Some(2), 2)
        );
        let dev = Settings::read(&[("ReserveConcurrency", "false"), ("MailsPerSecond", "1")]);
        let mail = dev.source("deliver-mail");
        assert_eq!((mail.lanes, mail.concurrency), (4, 4), "a lane for each shard");
        assert_eq!(dev.mail_interval(), Duration::from_secs(4));
    }
}
