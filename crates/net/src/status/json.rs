//! A status as the JSON form of `google.rpc.Status`.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use prost::Message;
use tonic::Status;

use super::retry::{ProtoDuration, RETRY_INFO_TYPE, RetryInfo};
use super::rpc::{Any, rpc_status};

/// `status` as JSON: `{"code":3,"message":"…","details":[{"@type":…}]}`, empty parts left out.
/// `RetryInfo` is written in its own JSON form; a detail of a type we do not know cannot be, so it is
/// written as its type and its base64 bytes.
#[must_use]
pub fn rpc_status_json(status: &Status) -> Bytes {
    let rpc = rpc_status(status);
    let mut json = String::with_capacity(64 + rpc.message.len());
    json.push('{');
    if rpc.code != 0 {
        push(&mut json, format_args!("\"code\":{}", rpc.code));
    }
    if !rpc.message.is_empty() {
        comma(&mut json);
        json.push_str("\"message\":");
        quote(&mut json, &rpc.message);
    }
    if !rpc.details.is_empty() {
        comma(&mut json);
        json.push_str("\"details\":[");
        for (index, any) in rpc.details.iter().enumerate() {
            if index > 0 {
                json.push(',');
            }
            detail(&mut json, any);
        }
        json.push(']');
    }
    json.push('}');
    Bytes::from(json)
}

fn detail(json: &mut String, any: &Any) {
    json.push_str("{\"@type\":");
    quote(json, &any.type_url);
    match RetryInfo::decode(any.value.clone()) {
        Ok(info) if any.type_name() == RETRY_INFO_TYPE => {
            if let Some(delay) = info.retry_delay {
                push(json, format_args!(",\"retryDelay\":\"{}\"", seconds(delay)));
            }
        }
        _ => push(json, format_args!(",\"value\":\"{}\"", STANDARD.encode(&any.value))),
    }
    json.push('}');
}

/// A duration in protobuf's JSON form: seconds with 0, 3, 6 or 9 digits after the point.
fn seconds(delay: ProtoDuration) -> String {
    let nanos = delay.nanos.unsigned_abs();
    let sign = if delay.seconds < 0 || delay.nanos < 0 { "-" } else { "" };
    let whole = delay.seconds.unsigned_abs();
    match nanos {
        0 => format!("{sign}{whole}s"),
        _ if nanos.is_multiple_of(1_000_000) => format!("{sign}{whole}.{:03}s", nanos / 1_000_000),
        _ if nanos.is_multiple_of(1_000) => format!("{sign}{whole}.{:06}s", nanos / 1_000),
        _ => format!("{sign}{whole}.{nanos:09}s"),
    }
}

fn comma(json: &mut String) {
    if !json.ends_with('{') {
        json.push(',');
    }
}

fn push(json: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = json.write_fmt(text);
}

fn quote(json: &mut String, text: &str) {
    json.push('"');
    for character in text.chars() {
        match character {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '\r' => json.push_str("\\r"),
            '\t' => json.push_str("\\t"),
            other if u32::from(other) < 0x20 => {
                push(json, format_args!("\\u{:04x}", u32::from(other)));
            }
            other => json.push(other),
        }
    }
    json.push('"');
}
