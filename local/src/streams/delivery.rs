//! Passes records to their functions until they are taken, as an event source mapping does: a batch is retried from
//! the record that a function reports as failed, a batch that fails whole is bisected, and a record that keeps
//! failing is abandoned alone.

use super::DeadLetter;
use super::event::{LambdaRecord, batch};
use super::mapping::Mapping;
use crate::functions::{self, Functions};
use crate::patience::Patience;
use serde::Deserialize;
use std::sync::Arc;

/// Passes records to functions.
pub(super) struct Delivery {
    functions: Arc<dyn Functions>,
    mappings: Vec<Mapping>,
    patience: Patience,
}

/// A function's answer for a batch.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Answer {
    batch_item_failures: Vec<Failure>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Failure {
    item_identifier: String,
}

/// The outcome of a batch.
#[derive(Debug, PartialEq, Eq)]
enum BatchOutcome {
    Taken,
    /// All records before this position were taken.
    FailedFrom(usize),
    /// No record is known to have been taken.
    Failed(String),
}

impl Delivery {
    pub(super) fn new(functions: Arc<dyn Functions>, mappings: Vec<Mapping>, patience: Patience) -> Self {
        Self {
            functions,
            mappings,
            patience,
        }
    }

    /// Passes each record to the functions that want it. Returns the records that a function failed to take.
    pub(super) async fn deliver(&self, records: &[LambdaRecord]) -> Vec<DeadLetter> {
        let mut deliveries = Vec::new();
        for mapping in &self.mappings {
            let wanted = mapping.wanted(records);
            deliveries.push(self.deliver_to(mapping, wanted));
        }
        futures::future::join_all(deliveries).await.concat()
    }

    async fn deliver_to(&self, mapping: &Mapping, records: Vec<LambdaRecord>) -> Vec<DeadLetter> {
        let function = mapping.function;
        let mut dead_letters = Vec::new();
        for batch in records.chunks(mapping.batch_size) {
            let call = |records| invoke(&*self.functions, function.binary, records);
            for (record, reason) in deliver_batch(batch, self.patience, call).await {
                let letter = DeadLetter {
                    function: function.logical_id,
                    sequence_number: record.sequence_number,
                    reason,
                };
                tracing::error!(
                    letter.function,
                    letter.sequence_number,
                    letter.reason,
                    "gave up on a record"
                );
                dead_letters.push(letter);
            }
        }
        dead_letters
    }
}

/// One invocation.
async fn invoke(functions: &dyn Functions, binary: &'static str, records: Vec<LambdaRecord>) -> BatchOutcome {
    match functions::invoke(functions, binary, batch(&records)).await {
        Ok(answer) => outcome(answer, &records),
        Err(failure) => BatchOutcome::Failed(failure.to_string()),
    }
}

/// Reads a function's answer. Lambda continues from the first record that the answer names, and treats an answer that
/// it cannot parse as a failure of the whole batch.
fn outcome(answer: serde_json::Value, records: &[LambdaRecord]) -> BatchOutcome {
    let answer = match serde_json::from_value::<Option<Answer>>(answer) {
        Ok(answer) => answer.unwrap_or_default(),
        Err(error) => return BatchOutcome::Failed(error.to_string()),
    };
    let places: Option<Vec<_>> = answer
        .batch_item_failures
        .iter()
        .map(|failure| {
            records
                .iter()
                .position(|record| record.sequence_number == failure.item_identifier)
        })
        .collect();
    match places.map(|places| places.into_iter().min()) {
        Some(None) => BatchOutcome::Taken,
        Some(Some(place)) => BatchOutcome::FailedFrom(place),
        None => BatchOutcome::Failed("the answer names a record that was not handed over".to_owned()),
    }
}

/// Retries a batch until it is taken. Returns the abandoned records, each with the last reason.
async fn deliver_batch<F: Future<Output = BatchOutcome>>(
    batch: &[LambdaRecord],
    patience: Patience,
    invoke: impl Fn(Vec<LambdaRecord>) -> F,
) -> Vec<(LambdaRecord, String)> {
    let mut given_up = Vec::new();
    let mut batches = vec![batch.to_vec()];
    while let Some(mut batch) = batches.pop() {
        let mut tries = 0;
        while !batch.is_empty() {
            tries += 1;
            let reason = match invoke(batch.clone()).await {
                BatchOutcome::Taken => break,
                BatchOutcome::FailedFrom(place) => {
                    if place > 0 {
                        batch.drain(..place);
                        tries = 1;
                    }
                    "the function reported it as failed".to_owned()
                }
                BatchOutcome::Failed(_) if batch.len() > 1 => {
                    let rest = batch.split_off(batch.len().div_ceil(2));
                    batches.push(rest);
                    tries = 0;
                    continue;
                }
                BatchOutcome::Failed(reason) => reason,
            };
            if tries < patience.tries() {
                tracing::warn!(reason, tries, "a record was not taken, and all others wait for it");
                tokio::time::sleep(Patience::pause(tries)).await;
            } else {
                given_up.push((batch.remove(0), reason));
                tries = 0;
            }
        }
    }
    given_up
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::cell::RefCell;

    fn records(names: &str) -> Vec<LambdaRecord> {
        names
            .chars()
            .map(|name| LambdaRecord {
                sequence_number: name.to_string(),
                json: json!({}),
            })
            .collect()
    }

    fn names(records: &[LambdaRecord]) -> String {
        records.iter().map(|record| record.sequence_number.as_str()).collect()
    }

    /// Passes `abcd`, and returns the batches that the function saw and the records given up.
    async fn handed_over(function: impl Fn(&str, usize) -> BatchOutcome) -> (Vec<String>, String) {
        let seen = RefCell::new(Vec::new());
        let given_up = deliver_batch(&records("abcd"), Patience::Short, |batch| {
            let batch = names(&batch);
            seen.borrow_mut().push(batch.clone());
            std::future::ready(function(&batch, seen.borrow().len()))
        })
        .await;
        let given_up: Vec<_> = given_up.into_iter().map(|(record, _)| record).collect();
        (seen.into_inner(), names(&given_up))
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_taken_is_not_handed_over_again() {
        let (seen, given_up) = handed_over(|_, _| BatchOutcome::Taken).await;
        assert_eq!(seen, ["abcd"]);
        assert_eq!(given_up, "");
    }

    #[tokio::test(start_paused = true)]
    async fn a_failed_record_is_tried_again_with_what_follows() {
        let (seen, given_up) = handed_over(|_, call| match call {
            1 => BatchOutcome::FailedFrom(2),
            2 => BatchOutcome::FailedFrom(0),
            _ => BatchOutcome::Taken,
        })
        .await;
        assert_eq!(seen, ["abcd", "cd", "cd"]);
        assert_eq!(given_up, "");
    }

    #[tokio::test(start_paused = true)]
    async fn a_record_that_keeps_failing_is_given_up_alone() {
        let (seen, given_up) =
            handed_over(|batch, _| batch.find('b').map_or(BatchOutcome::Taken, BatchOutcome::FailedFrom)).await;
        assert_eq!(seen.last().unwrap(), "cd");
        assert_eq!(seen.len(), 1 + 5 + 1);
        assert_eq!(given_up, "b");
    }

    #[tokio::test(start_paused = true)]
    async fn a_batch_that_fails_whole_is_bisected_down_to_the_culprit() {
        let (seen, given_up) = handed_over(|batch, _| {
            if batch.contains('c') {
                BatchOutcome::Failed("no".to_owned())
            } else {
                BatchOutcome::Taken
            }
        })
        .await;
        assert_eq!(seen[..3], ["abcd", "ab", "cd"]);
        assert_eq!(seen.last().unwrap(), "d");
        assert_eq!(given_up, "c");
    }

    #[test]
    fn answers_are_read_as_lambda_reads_them() {
        let records = records("abc");
        let read = |answer| outcome(answer, &records);
        let failed = |names: &[&str]| {
            let failures: Vec<_> = names.iter().map(|name| json!({"itemIdentifier": name})).collect();
            json!({"batchItemFailures": failures})
        };
        assert_eq!(read(json!(null)), BatchOutcome::Taken);
        assert_eq!(read(json!({})), BatchOutcome::Taken);
        assert_eq!(read(failed(&[])), BatchOutcome::Taken);
        assert_eq!(read(failed(&["c", "b"])), BatchOutcome::FailedFrom(1));
        assert!(matches!(read(failed(&["b", ""])), BatchOutcome::Failed(_)));
        assert!(matches!(read(json!("no")), BatchOutcome::Failed(_)));
    }
}
