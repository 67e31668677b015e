//! Batches from OTLP JSON, and back.

use std::sync::Arc;

use pdata::{Batch, Context, Signal, json};
use serde_json::Value;

/// A batch of traces from an OTLP JSON request.
///
/// # Panics
///
/// When the text is no OTLP JSON.
#[must_use]
pub fn traces(request: &str) -> Batch {
    from(Signal::Traces, request)
}

/// As [`traces`], for metrics.
#[must_use]
pub fn metrics(request: &str) -> Batch {
    from(Signal::Metrics, request)
}

/// As [`traces`], for logs.
#[must_use]
pub fn logs(request: &str) -> Batch {
    from(Signal::Logs, request)
}

/// As [`traces`], for the signal that the top key names.
#[must_use]
pub fn batch(request: &str) -> Batch {
    from(signal_of(request), request)
}

/// As [`traces`], for any signal.
#[must_use]
pub fn from(signal: Signal, request: &str) -> Batch {
    let bytes = json::decode(signal, request.as_bytes())
        .unwrap_or_else(|error| panic!("not OTLP JSON: {error}\n{request}"));
    Batch::checked(signal, bytes.into(), Arc::new(Context::default())).unwrap()
}

/// The signal of an OTLP JSON request, by its top key.
///
/// # Panics
///
/// When it has none of the four.
#[must_use]
pub fn signal_of(request: &str) -> Signal {
    let value: Value = serde_json::from_str(request)
        .unwrap_or_else(|error| panic!("not JSON: {error}\n{request}"));
    let keys = ["resourceSpans", "resourceMetrics", "resourceLogs", "resourceProfiles"];
    let place = keys.iter().position(|key| value.get(key).is_some());
    place
        .and_then(|place| Signal::ALL.get(place).copied())
        .unwrap_or_else(|| panic!("no top key of OTLP JSON: {request}"))
}

/// The batch as OTLP JSON, for comparing.
#[must_use]
pub fn json_of(batch: &Batch) -> Value {
    let mut text = Vec::new();
    json::encode(batch.signal(), batch.bytes(), &mut text);
    serde_json::from_slice(&text).unwrap()
}
