//! Small batches in a line a record: `chat gen_ai.usage.input_tokens=12 error=true`.
//!
//! A line is a name (of a span or metric; the body of a log record), then attributes. A line that
//! begins with `resource` starts a new resource with the attributes that follow. Values are JSON
//! without spaces, or plain words.

use pdata::Batch;
use serde_json::{Value, json};

use crate::{data, json_of};

/// Spans, one a line.
///
/// ```
/// let batch = testkit::spans("resource service.name=shop\nGET /cart status=200 ok=true");
/// assert_eq!(batch.items(), 1);
/// assert_eq!(testkit::text(&batch), "resource service.name=shop\nGET /cart status=200 ok=true");
/// ```
///
/// # Panics
///
/// When a line cannot be read.
#[must_use]
pub fn spans(lines: &str) -> Batch {
    let span = |name: &str, attributes: Value| json!({"name": name, "attributes": attributes});
    data::traces(&request(lines, "resourceSpans", "scopeSpans", "spans", span))
}

/// Log records, one a line; the name is the body.
#[must_use]
pub fn log_records(lines: &str) -> Batch {
    let record = |body: &str, attributes: Value| json!({"body": {"stringValue": body}, "attributes": attributes});
    data::logs(&request(lines, "resourceLogs", "scopeLogs", "logRecords", record))
}

/// Gauges, one a line, each with one data point that is 1.
#[must_use]
pub fn gauges(lines: &str) -> Batch {
    let gauge = |name: &str, attributes: Value| {
        let point = json!({"attributes": attributes, "asInt": "1"});
        json!({"name": name, "gauge": {"dataPoints": [point]}})
    };
    data::metrics(&request(lines, "resourceMetrics", "scopeMetrics", "metrics", gauge))
}

fn request(
    lines: &str,
    resources: &str,
    scopes: &str,
    records: &str,
    record: impl Fn(&str, Value) -> Value,
) -> String {
    let mut groups: Vec<(Value, Vec<Value>)> = Vec::new();
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (name, attributes) = read(line);
        if name == "resource" {
            groups.push((json!({"attributes": attributes}), Vec::new()));
            continue;
        }
        if groups.is_empty() {
            groups.push((json!({}), Vec::new()));
        }
        let (_, last) = groups.last_mut().unwrap();
        last.push(record(&name, attributes));
    }
    let groups = groups.into_iter().map(|(resource, all)| {
        let scope = json!({"scope": {}, records: all});
        json!({"resource": resource, scopes: [scope]})
    });
    json!({resources: groups.collect::<Vec<_>>()}).to_string()
}

/// The name, and the attributes as OTLP JSON.
fn read(line: &str) -> (String, Value) {
    let mut words = Vec::new();
    let mut attributes = Vec::new();
    for word in line.split_whitespace() {
        match word.split_once('=') {
            Some((key, value)) => attributes.push(json!({"key": key, "value": any_value(value)})),
            None if attributes.is_empty() => words.push(word),
            None => panic!("{word:?} in {line:?} is no attribute: write key=value"),
        }
    }
    (words.join(" "), Value::Array(attributes))
}

fn any_value(text: &str) -> Value {
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Bool(flag)) => json!({"boolValue": flag}),
        Ok(Value::Number(number)) if number.is_i64() => json!({"intValue": number.to_string()}),
        Ok(Value::Number(number)) => json!({"doubleValue": number}),
        Ok(Value::String(word)) => json!({"stringValue": word}),
        _ => json!({"stringValue": text}),
    }
}

/// A batch in the notation it can be written in; what the notation has no words for is left out.
#[must_use]
pub fn text(batch: &Batch) -> String {
    let request = json_of(batch);
    let mut lines = Vec::new();
    for group in each(&request, &["resourceSpans", "resourceLogs", "resourceMetrics"]) {
        let resource = attributes(group.get("resource").unwrap_or(&Value::Null));
        if !resource.is_empty() {
            lines.push(format!("resource{resource}"));
        }
        for scope in each(group, &["scopeSpans", "scopeLogs", "scopeMetrics"]) {
            for record in each(scope, &["spans", "logRecords", "metrics"]) {
                push_record(record, &mut lines);
            }
        }
    }
    lines.join("\n")
}

fn push_record(record: &Value, lines: &mut Vec<String>) {
    let name = record.get("name").and_then(Value::as_str);
    let body = record.get("body").map(plain).unwrap_or_default();
    let name = name.unwrap_or(&body);
    let kinds = ["gauge", "sum", "histogram", "exponentialHistogram", "summary"];
    match kinds.into_iter().find_map(|kind| record.get(kind)) {
        Some(points) => {
            for point in each(points, &["dataPoints"]) {
                lines.push(format!("{name}{}", attributes(point)));
            }
        }
        None => lines.push(format!("{name}{}", attributes(record))),
    }
}

/// The members of the first of the lists that is there.
fn each<'v>(value: &'v Value, keys: &[&str]) -> impl Iterator<Item = &'v Value> {
    let list = keys.iter().find_map(|key| value.get(key)?.as_array());
    list.into_iter().flatten()
}

fn attributes(holder: &Value) -> String {
    let mut all = String::new();
    for attribute in each(holder, &["attributes"]) {
        let key = attribute.get("key").and_then(Value::as_str).unwrap_or_default();
        let value = attribute.get("value").map(plain).unwrap_or_default();
        all.push_str(&format!(" {key}={value}"));
    }
    all
}

/// An `AnyValue` as the notation writes it. Text that would be read as something else is quoted.
fn plain(value: &Value) -> String {
    if let Some(text) = value.get("stringValue").and_then(Value::as_str) {
        let is_plain = !text.is_empty() && serde_json::from_str::<Value>(text).is_err();
        return if is_plain { text.to_owned() } else { json!(text).to_string() };
    }
    if let Some(number) = value.get("intValue").and_then(Value::as_str) {
        return number.to_owned();
    }
    if let Some(number) = value.get("doubleValue").and_then(Value::as_f64) {
        return format!("{number:?}");
    }
    if let Some(flag) = value.get("boolValue") {
        return flag.to_string();
    }
    value.to_string()
}
