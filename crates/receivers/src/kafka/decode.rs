//! A message as a batch.

use std::sync::Arc;

use ::kafka::Message;
use bytes::Bytes;
use pdata::{
    AnyValue, Batch, Context, KeyValue, Signal, json,
    wire::{self, FieldValue, Fields},
};

use super::config::{Encoding, HeaderConfig};

/// The batch in a message, or why there is none.
pub(super) fn batch(
    message: &Message,
    signal: Signal,
    encoding: Encoding,
    headers: &HeaderConfig,
) -> Result<Batch, String> {
    let mut request = match encoding {
        Encoding::OtlpProto => message.payload.clone(),
        Encoding::OtlpJson => {
            let read = json::decode(signal, &message.payload).map_err(|error| error.to_string())?;
            Bytes::from(read)
        }
        Encoding::Raw => log_record(AnyValue::Bytes(&message.payload)),
        Encoding::Text => match std::str::from_utf8(&message.payload) {
            Ok(text) => log_record(AnyValue::Str(text.as_bytes())),
            Err(_) => return Err("the message is not UTF-8".to_owned()),
        },
    };
    let attributes = attributes(message, headers);
    if !attributes.is_empty() {
        request = with_attributes(&request, &attributes);
    }
    let context = Arc::new(Context { transport: "kafka", ..Context::default() });
    Batch::checked(signal, request, context).map_err(|error| error.to_string())
}

/// A request with one log record.
fn log_record(body: AnyValue<'_>) -> Bytes {
    let mut request = Vec::new();
    wire::put_message(&mut request, 1, |resource| {
        wire::put_message(resource, 2, |scope| {
            wire::put_message(scope, 2, |record| {
                wire::put_message(record, 5, |out| body.write(out));
            });
        });
    });
    Bytes::from(request)
}

/// The headers asked for, as the content of a `Resource`: `kafka.header.<name>`, and the value.
fn attributes(message: &Message, config: &HeaderConfig) -> Vec<u8> {
    let mut resource = Vec::new();
    if !config.extract_headers {
        return resource;
    }
    for (name, value) in &message.headers {
        if config.headers.iter().any(|asked| asked == name) {
            let key = format!("kafka.header.{name}");
            wire::put_message(&mut resource, 1, |out| {
                KeyValue::write(key.as_bytes(), AnyValue::Str(value), out);
            });
        }
    }
    resource
}

/// Adds attributes to every resource: another part of it, which the check of the structure joins to
/// the first, as protobuf says. What is malformed ends there as well.
fn with_attributes(request: &[u8], resource: &[u8]) -> Bytes {
    let mut out = Vec::with_capacity(request.len() + resource.len());
    let mut end = 0;
    for field in Fields::new(request) {
        end = field.end;
        match (field.number, field.value) {
            (1, FieldValue::Len(content)) => wire::put_message(&mut out, 1, |out| {
                out.extend_from_slice(content);
                wire::put_len(out, 1, resource);
            }),
            _ => out.extend_from_slice(request.get(field.start..field.end).unwrap_or_default()),
        }
    }
    out.extend_from_slice(request.get(end..).unwrap_or_default());
    Bytes::from(out)
}
