//! A stream's records as Lambda passes them to a function.

use dynoxide::actions::get_records::Record;
use serde_json::{Value, json};

/// One record, as in a Lambda event.
#[derive(Debug, Clone)]
pub(super) struct LambdaRecord {
    /// Identifies the record in a partial-batch answer.
    pub(super) sequence_number: String,
    /// The record's JSON.
    pub(super) json: Value,
}

impl LambdaRecord {
    /// Converts a record of the stream, which has the form of Lambda's except for the stream's name.
    ///
    /// # Errors
    /// It has no JSON.
    pub(super) fn new(record: &Record, stream_arn: &str) -> serde_json::Result<Self> {
        let mut json = serde_json::to_value(record)?;
        if let Some(fields) = json.as_object_mut() {
            fields.insert("eventSourceARN".to_owned(), stream_arn.into());
        }
        Ok(Self {
            sequence_number: record.dynamodb.sequence_number.clone(),
            json,
        })
    }

    /// Identifies the record wherever it is stored.
    pub(super) fn event_id(&self) -> &str {
        let id = self.json.get("eventID").and_then(Value::as_str);
        id.unwrap_or_default()
    }
}

/// The event for a batch of records.
pub(super) fn batch(records: &[LambdaRecord]) -> Value {
    let records: Vec<_> = records.iter().map(|record| &record.json).collect();
    json!({ "Records": records })
}

#[cfg(test)]
mod tests {
    use super::*;
    use dynoxide::actions::get_records::StreamRecord;

    #[test]
    fn a_record_becomes_the_documented_json() {
        let image = json!({
            "s": {"S": "a"},
            "n": {"N": "1.5"},
            "b": {"B": "aGk="},
            "t": {"BOOL": true},
            "0": {"NULL": true},
            "l": {"L": [{"SS": ["x"]}]},
            "m": {"M": {"n": {"NS": ["1"]}}},
        });
        let record = Record {
            event_id: "e".to_owned(),
            event_name: "INSERT".to_owned(),
            event_version: "1.1".to_owned(),
            event_source: "aws:dynamodb".to_owned(),
            aws_region: "local".to_owned(),
            dynamodb: StreamRecord {
                keys: serde_json::from_value(json!({"PK": {"S": "k"}})).unwrap(),
                new_image: serde_json::from_value(image.clone()).unwrap(),
                old_image: None,
                sequence_number: "100".to_owned(),
                size_bytes: 12,
                stream_view_type: "NEW_AND_OLD_IMAGES".to_owned(),
                approximate_creation_date_time: 7.0,
            },
            user_identity: None,
        };
        let record = LambdaRecord::new(&record, "arn").unwrap();
        assert_eq!(record.sequence_number, "100");
        assert_eq!(record.event_id(), "e");
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
                    "ApproximateCreationDateTime": 7.0,
                    "Keys": {"PK": {"S": "k"}},
                    "NewImage": image,
                },
            }]})
        );
    }
}
