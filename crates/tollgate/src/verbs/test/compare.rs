//! What came beside what should.
//!
//! Batches are put together, so how telemetry was batched does not matter; attributes are compared as the
//! sets they are. All else has to be equal, order included.

use std::{collections::BTreeMap, sync::Arc};

use pdata::{Batch, Context, json};
use serde_json::Value;

use super::{
    diff::diff,
    file::{Otlp, TestFile, decode},
};

/// Stands for any value.
const ANY: &str = "<any>";

/// All requests in one: `resourceSpans`, `resourceLogs` and `resourceMetrics`, each joined.
type Joined = BTreeMap<String, Vec<Value>>;

/// What should come, all requests in one.
pub(super) fn expected(file: &TestFile, requests: &[Otlp]) -> Result<Value, String> {
    let mut joined = Joined::new();
    for Otlp { otlp, file: path } in requests {
        for request in file.requests(otlp, path)? {
            // As it would come; where `<any>` stands for a number, it stays as it is written.
            let value = match decode(&request, &Arc::new(Context::default())) {
                Ok(batch) => canonical(&batch),
                Err(reason) if !request.contains(ANY) => return Err(reason),
                Err(_) => serde_json::from_str(&request).map_err(|error| error.to_string())?,
            };
            join(&mut joined, value);
        }
    }
    Ok(finish(joined))
}

/// Where what came differs from what should; none where it does not.
pub(super) fn difference(expected: &Value, batches: &[Batch]) -> Option<String> {
    let mut joined = Joined::new();
    batches
        .iter()
        .filter(|batch| !batch.is_empty())
        .for_each(|batch| join(&mut joined, canonical(batch)));
    let mut came = finish(joined);
    let mut expected = expected.clone();
    settle(&mut expected, &mut came);
    let text = |value: &Value| match value.as_object().is_some_and(serde_json::Map::is_empty) {
        true => "nothing".to_owned(),
        // A value always has a text.
        false => serde_json::to_string_pretty(value).unwrap_or_default(),
    };
    (expected != came).then(|| diff(&text(&expected), &text(&came)))
}

fn canonical(batch: &Batch) -> Value {
    let mut text = Vec::new();
    json::encode(batch.signal(), batch.bytes(), &mut text);
    serde_json::from_slice(&text).unwrap_or_default()
}

fn join(joined: &mut Joined, request: Value) {
    let Value::Object(fields) = request else { return };
    for (name, value) in fields {
        if let Value::Array(items) = value {
            joined.entry(name).or_default().extend(items);
        }
    }
}

fn finish(joined: Joined) -> Value {
    let fields = joined.into_iter().filter(|(_, items)| !items.is_empty());
    let mut all: Value = fields.map(|(name, items)| (name, Value::Array(items))).collect();
    drop_empty(&mut all);
    sort_attributes(&mut all);
    all
}

/// Takes out messages and lists without anything in them, which mean the same as none. An attribute without
/// a value is something else.
fn drop_empty(value: &mut Value) {
    let is_empty = |value: &Value| match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    };
    match value {
        Value::Array(items) => items.iter_mut().for_each(drop_empty),
        Value::Object(fields) => {
            fields.values_mut().for_each(drop_empty);
            fields.retain(|name, value| name == "value" || !is_empty(value));
        }
        _ => {}
    }
}

/// Sorts whatever is a list of keys with values.
fn sort_attributes(value: &mut Value) {
    let key = |item: &Value| item.get("key").and_then(Value::as_str).map(str::to_owned);
    match value {
        Value::Array(items) => {
            items.iter_mut().for_each(sort_attributes);
            if items.iter().all(|item| key(item).is_some()) {
                items.sort_by_key(key);
            }
        }
        Value::Object(fields) => fields.values_mut().for_each(sort_attributes),
        _ => {}
    }
}

/// Makes equal what counts as equal: `<any>` and whatever stands in its place, a number and its text.
fn settle(expected: &mut Value, came: &mut Value) {
    match (&mut *expected, &mut *came) {
        (Value::Array(expected), Value::Array(came)) => {
            expected.iter_mut().zip(came).for_each(|(expected, came)| settle(expected, came));
        }
        (Value::Object(expected), Value::Object(came)) => {
            for (name, expected) in expected.iter_mut() {
                if let Some(came) = came.get_mut(name) {
                    settle(expected, came);
                }
            }
        }
        (Value::String(any), _) if any == ANY => *came = expected.clone(),
        (Value::Number(number), Value::String(text)) if number.to_string() == *text => {
            *expected = came.clone();
        }
        _ => {}
    }
}
