//! Looking into OTLP JSON as the `file` exporter writes it.

use serde_json::Value;

/// Everything at the end of a path of lists.
#[must_use]
pub fn each(value: &Value, path: &[&str]) -> Vec<Value> {
    let Some((key, rest)) = path.split_first() else { return vec![value.clone()] };
    let list = value[key].as_array().into_iter().flatten();
    list.flat_map(|value| each(value, rest)).collect()
}

/// The value of an attribute as it stands there, number or text; empty if there is none.
#[must_use]
pub fn text(record: &Value, key: &str) -> String {
    let pairs = record["attributes"].as_array().into_iter().flatten();
    let found = pairs.filter(|pair| pair["key"] == key).map(|pair| &pair["value"]).next();
    let value = found.and_then(|value| value.as_object()?.values().next());
    value.map_or_else(String::new, |value| {
        value.as_str().map_or_else(|| value.to_string(), str::to_owned)
    })
}
