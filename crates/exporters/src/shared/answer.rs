//! Reading what a backend answered.

use net::status::retry_info;
use pdata::{
    Signal, json,
    schema::{self, Kind, Message},
    wire::{FieldValue, Fields},
};
use sdk::{Code, Delivered, Error, GrpcStatus};
use tonic::Status;

use super::Refusal;

/// Whether the same request may succeed later (OTLP specification, "Failures"): RESOURCE_EXHAUSTED
/// only when the backend said how long to wait.
pub(crate) fn is_retryable(status: &Status) -> bool {
    use tonic::Code as C;
    match status.code() {
        C::Cancelled
        | C::DeadlineExceeded
        | C::Aborted
        | C::OutOfRange
        | C::Unavailable
        | C::DataLoss => true,
        C::ResourceExhausted => retry_info(status).is_some(),
        _ => false,
    }
}

/// The error for a status in answer to a request of so many items; it keeps the status, so that the
/// first client hears the last backend.
pub(crate) fn error_of(status: &Status, items: usize) -> Error {
    let refusal = Refusal::over_grpc(status.code(), status.message(), items);
    let message = bounded(status.message(), MESSAGE_CHARS_MAX);
    let text = format!("rpc error: code = {:?} desc = {message}", status.code());
    let error = if is_retryable(status) { Error::refused(text) } else { Error::permanent(text) };
    // Nobody is to wait and try again with what is too large.
    let details = if refusal.is_too_large() { &[] } else { status.details() };
    let error = error.with_status(GrpcStatus {
        code: Code::from_number(status.code() as i32),
        message: message.to_owned(),
        details: bytes::Bytes::copy_from_slice(details),
    });
    refusal.explain(match retry_info(status).filter(|wait| !wait.is_zero()) {
        Some(wait) => error.retry_after(wait),
        None => error,
    })
}

/// How much of a backend's words goes into our logs.
const MESSAGE_CHARS_MAX: usize = 1024;

fn bounded(text: &str, chars: usize) -> &str {
    text.char_indices().nth(chars).and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

/// What a protobuf response says of items that were not kept.
pub(crate) fn partial_success(response: &[u8]) -> Delivered {
    let mut delivered = Delivered::all();
    let partial = Fields::new(response).find(|field| field.number == 1);
    for field in Fields::new(partial.map_or(&[], |field| field.value.bytes())) {
        match (field.number, field.value) {
            (1, FieldValue::Varint(count)) => {
                delivered.rejected = usize::try_from(count.cast_signed()).unwrap_or(0);
            }
            (2, FieldValue::Len(message)) => {
                let text = String::from_utf8_lossy(message);
                bounded(&text, MESSAGE_CHARS_MAX).clone_into(&mut delivered.message);
            }
            _ => {}
        }
    }
    delivered
}

/// As [`partial_success`], for a response in either encoding; the error says why it is neither.
pub(crate) fn partial_success_of(
    signal: Signal,
    body: &[u8],
    is_json: bool,
) -> Result<Delivered, String> {
    if !is_json {
        let mut fields = Fields::new(body);
        let whole = fields.by_ref().last().map_or(0, |field| field.end);
        if whole != body.len() {
            return Err("the response is not protobuf".to_owned());
        }
        return Ok(partial_success(body));
    }
    if body.is_empty() {
        return Ok(Delivered::all());
    }
    let response = json::decode_message(response_schema(signal), body)
        .map_err(|error| format!("the response is not OTLP JSON: {error}"))?;
    Ok(partial_success(&response))
}

/// The response message of a signal: only the name of the count differs.
fn response_schema(signal: Signal) -> &'static Message {
    match signal {
        Signal::Traces => &TRACES_RESPONSE,
        Signal::Metrics => &METRICS_RESPONSE,
        Signal::Logs => &LOGS_RESPONSE,
        Signal::Profiles => &PROFILES_RESPONSE,
    }
}

macro_rules! response {
    ($response:ident, $partial:ident, $name:literal, $json:literal) => {
        static $partial: Message = Message {
            name: "ExportPartialSuccess",
            fields: &[
                schema::row(1, $name, $json, Kind::Int64, schema::Rule::Single),
                schema::row(2, "error_message", "errorMessage", Kind::String, schema::Rule::Single),
            ],
        };
        static $response: Message = Message {
            name: "ExportServiceResponse",
            fields: &[schema::row(
                1,
                "partial_success",
                "partialSuccess",
                Kind::Message(&$partial),
                schema::Rule::Single,
            )],
        };
    };
}

response!(TRACES_RESPONSE, TRACES_PARTIAL, "rejected_spans", "rejectedSpans");
response!(METRICS_RESPONSE, METRICS_PARTIAL, "rejected_data_points", "rejectedDataPoints");
response!(LOGS_RESPONSE, LOGS_PARTIAL, "rejected_log_records", "rejectedLogRecords");
response!(PROFILES_RESPONSE, PROFILES_PARTIAL, "rejected_profiles", "rejectedProfiles");
