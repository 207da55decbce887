//! A stream's records as Lambda hands them to a function.

use aws_sdk_dynamodbstreams::types::{AttributeValue, Record, StreamRecord};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// One record, as it stands in a Lambda event.
#[derive(Debug, Clone)]
pub(super) struct LambdaRecord {
    /// Identifies the record in a partial-batch answer.
    pub(super) sequence_number: String,
    /// The record's JSON.
    pub(super) json: Value,
}

impl LambdaRecord {
    /// Converts what the stream gave; a record without a sequence number is none.
    pub(super) fn new(record: &Record, stream_arn: &str) -> Option<Self> {
        let change = record.dynamodb()?;
        Some(Self {
            sequence_number: change.sequence_number()?.to_owned(),
            json: json!({
                "eventID": record.event_id(),
                "eventName": record.event_name().map(|name| name.as_str()),
                "eventVersion": record.event_version(),
                "eventSource": record.event_source(),
                "awsRegion": record.aws_region(),
                "dynamodb": change_json(change),
                "eventSourceARN": stream_arn,
            }),
        })
    }
}

/// The event for a batch of records.
pub(super) fn batch(records: &[LambdaRecord]) -> Value {
    let records: Vec<_> = records.iter().map(|record| &record.json).collect();
    json!({ "Records": records })
}

fn change_json(change: &StreamRecord) -> Value {
    let mut json = json!({
        "SequenceNumber": change.sequence_number(),
        "SizeBytes": change.size_bytes(),
        "StreamViewType": change.stream_view_type().map(|view| view.as_str()),
        "ApproximateCreationDateTime":
            change.approximate_creation_date_time().map(|at| at.secs()),
    });
    let images = [
        ("Keys", change.keys()),
        ("NewImage", change.new_image()),
        ("OldImage", change.old_image()),
    ];
    if let Some(json) = json.as_object_mut() {
        for (name, image) in images {
            json.extend(image.map(|image| (name.to_owned(), item_json(image))));
        }
    }
    json
}

fn item_json(item: &HashMap<String, AttributeValue>) -> Value {
    let item: Map<_, _> = item
        .iter()
        .map(|(name, value)| (name.clone(), value_json(value)))
        .collect();
    item.into()
}

/// DynamoDB's own JSON for a value.
fn value_json(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => json!({"S": text}),
        AttributeValue::N(number) => json!({"N": number}),
        AttributeValue::Bool(flag) => json!({"BOOL": flag}),
        AttributeValue::B(bytes) => json!({"B": STANDARD.encode(bytes)}),
        AttributeValue::M(map) => json!({"M": item_json(map)}),
        AttributeValue::L(list) => {
            json!({"L": list.iter().map(value_json).collect::<Vec<_>>()})
        }
        AttributeValue::Ss(texts) => json!({"SS": texts}),
        AttributeValue::Ns(numbers) => json!({"NS": numbers}),
        AttributeValue::Bs(sets) => {
            json!({"BS": sets.iter().map(|bytes| STANDARD.encode(bytes)).collect::<Vec<_>>()})
        }
        // The type is open-ended; what is left of it is null, and whatever comes later.
        _ => json!({"NULL": true}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_dynamodbstreams::primitives::{Blob, DateTime};
    use aws_sdk_dynamodbstreams::types::{OperationType, StreamViewType};

    #[test]
    fn a_record_becomes_the_documented_json() {
        let image = HashMap::from([
            ("s".to_owned(), AttributeValue::S("a".into())),
            ("n".to_owned(), AttributeValue::N("1.5".into())),
            ("b".to_owned(), AttributeValue::B(Blob::new(b"hi".to_vec()))),
            ("t".to_owned(), AttributeValue::Bool(true)),
            ("0".to_owned(), AttributeValue::Null(true)),
            (
                "l".to_owned(),
                AttributeValue::L(vec![AttributeValue::Ss(vec!["x".into()])]),
            ),
            (
                "m".to_owned(),
                AttributeValue::M(HashMap::from([("n".to_owned(), AttributeValue::Ns(vec!["1".into()]))])),
            ),
        ]);
        let change = StreamRecord::builder()
            .sequence_number("100")
            .size_bytes(12)
            .stream_view_type(StreamViewType::NewAndOldImages)
            .approximate_creation_date_time(DateTime::from_secs(7))
            .keys("PK", AttributeValue::S("k".into()))
            .set_new_image(Some(image))
            .build();
        let record = Record::builder()
            .event_id("e")
            .event_name(OperationType::Insert)
            .event_version("1.1")
            .event_source("aws:dynamodb")
            .aws_region("local")
            .dynamodb(change)
            .build();
        let record = LambdaRecord::new(&record, "arn").unwrap();
        assert_eq!(record.sequence_number, "100");
        assert_eq!(
            batch(&[record]),
            json!({"Records": [{
                "eventID": "e",
                "eventName": "INSERT",
                "eventVersion": "1.1",
                "eventSource": "aws:dynamodb",
                "awsRegion": "local",
                "eventSourceARN": "arn",
                "dynamodb": {
                    "SequenceNumber": "100",
                    "SizeBytes": 12,
                    "StreamViewType": "NEW_AND_OLD_IMAGES",
                    "ApproximateCreationDateTime": 7,
                    "Keys": {"PK": {"S": "k"}},
                    "NewImage": {
                        "s": {"S": "a"},
                        "n": {"N": "1.5"},
                        "b": {"B": "aGk="},
                        "t": {"BOOL": true},
                        "0": {"NULL": true},
                        "l": {"L": [{"SS": ["x"]}]},
                        "m": {"M": {"n": {"NS": ["1"]}}},
                    },
                },
            }]})
        );
    }
}
