//! OTLP requests: every text of every message, found by the table of messages.

use std::sync::Arc;

use bytes::Bytes;
use pdata::{
    Batch, Signal,
    json::{decode, encode},
    schema::{Kind, Message},
    wire::{self, FieldValue, Fields},
};
use pii::{Context, FieldClass};
use serde::{Deserialize, de::IgnoredAny};

use super::job::Job;

/// Numbers with fewer digits are nobody's.
const DIGITS_MIN: usize = 9;

/// What tells requests in JSON apart.
#[derive(Deserialize)]
struct Top {
    #[serde(rename = "resourceSpans", alias = "resource_spans")]
    spans: Option<IgnoredAny>,
    #[serde(rename = "resourceLogs", alias = "resource_logs")]
    logs: Option<IgnoredAny>,
    #[serde(rename = "resourceMetrics", alias = "resource_metrics")]
    metrics: Option<IgnoredAny>,
}

/// The signal of a request in JSON, if it is one.
pub(in crate::verbs) fn signal_of(document: &[u8]) -> Option<Signal> {
    if document.trim_ascii_start().first() != Some(&b'{') {
        return None;
    }
    let top: Top = serde_json::from_slice(document).ok()?;
    match (top.spans, top.logs, top.metrics) {
        (Some(_), None, None) => Some(Signal::Traces),
        (None, Some(_), None) => Some(Signal::Logs),
        (None, None, Some(_)) => Some(Signal::Metrics),
        _ => None,
    }
}

/// Redacts a request in JSON and writes it in JSON.
pub(super) fn redact_json(
    signal: Signal,
    document: &[u8],
    line: &str,
    job: &mut Job<'_>,
) -> Result<(), String> {
    job.read(document.len());
    let request = decode(signal, document).map_err(|error| format!("this is no OTLP: {error}"))?;
    let checked = pdata::check(signal, request.into()).map_err(|error| error.to_string())?;
    match redacted(signal, &checked.bytes, line, job) {
        None => job.write(document),
        Some(new) => {
            let mut out = Vec::with_capacity(document.len());
            encode(signal, &new, &mut out);
            job.write(&out)
        }
    }
}

/// Redacts a request in protobuf.
pub(super) fn redact_request(
    signal: Signal,
    request: &Bytes,
    job: &mut Job<'_>,
) -> Result<(), String> {
    job.read(request.len());
    match redacted(signal, request, "", job) {
        None => job.write(request),
        Some(new) => job.write(&new),
    }
}

/// The request without private data; `None` if there is none.
fn redacted(signal: Signal, request: &Bytes, line: &str, job: &mut Job<'_>) -> Option<Bytes> {
    let batch = Batch::checked(signal, request.clone(), Arc::new(pdata::Context::default()));
    let processed = batch.ok().and_then(|batch| job.process(&batch));
    // What the processor did is counted by it; here it is only told.
    job.is_told_only = processed.is_some();
    let mut walk = Walk { job, line, path: Vec::new() };
    let walked = walk.message(signal.schema(), request, &Context::default());
    job.is_told_only = false;
    match processed {
        Some(processed) => processed,
        None => walked.map(Bytes::from),
    }
}

struct Walk<'w, 'e> {
    job: &'w mut Job<'e>,
    line: &'w str,
    path: Vec<Step>,
}

/// One step into a message.
struct Step {
    field: &'static str,
    /// Which one of several.
    at: Option<usize>,
    /// The key of an attribute.
    key: Option<Vec<u8>>,
}

impl Walk<'_, '_> {
    /// A message without private data; `None` if there is none. The check bounds how deep this goes.
    fn message(
        &mut self,
        message: &'static Message,
        content: &[u8],
        context: &Context<'_>,
    ) -> Option<Vec<u8>> {
        let mut counts: Vec<(u32, usize)> = Vec::new();
        let (mut out, mut copied) = (Vec::new(), 0);
        for field in Fields::new(content) {
            let Some(known) = message.field(field.number) else { continue };
            let at = count(&mut counts, field.number);
            let is_list = known.rule == pdata::schema::Rule::Repeated;
            self.path.push(Step { field: known.json, at: is_list.then_some(at), key: None });
            let new = self.field(message, known.kind, &field, context);
            self.path.pop();
            if let Some(new) = new {
                out.extend_from_slice(content.get(copied..field.start).unwrap_or_default());
                out.extend_from_slice(&new);
                copied = field.end;
            }
        }
        if copied == 0 {
            return None;
        }
        out.extend_from_slice(content.get(copied..).unwrap_or_default());
        Some(out)
    }

    /// A whole field without private data, tag included; `None` if there is none.
    fn field(
        &mut self,
        message: &'static Message,
        kind: Kind,
        field: &wire::Field<'_>,
        context: &Context<'_>,
    ) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        match (kind, field.value) {
            (Kind::Message(inner), FieldValue::Len(content)) => {
                let key = key_of(inner, content);
                let new = match key {
                    Some(key) => {
                        if let Some(step) = self.path.last_mut() {
                            step.key = Some(key.to_vec());
                        }
                        self.message(inner, content, &Context::of_key(key))?
                    }
                    None => self.message(inner, content, context)?,
                };
                wire::put_len(&mut out, field.number, &new);
            }
            (Kind::String, FieldValue::Len(text)) => {
                // A key is not the value that it names.
                let context = if key_field(message) == Some(field.number) {
                    Context::default()
                } else {
                    *context
                };
                let new = self.text(text, &context)?;
                wire::put_len(&mut out, field.number, &new);
            }
            (Kind::Bytes, FieldValue::Len(bytes))
                if message.name == "AnyValue" && std::str::from_utf8(bytes).is_ok() =>
            {
                let new = self.text(bytes, context)?;
                wire::put_len(&mut out, field.number, &new);
            }
            (Kind::Int64, FieldValue::Varint(number)) if message.name == "AnyValue" => {
                let text = number.cast_signed().to_string();
                if text.len() < DIGITS_MIN || context.class == FieldClass::Structural {
                    return None;
                }
                let new = self.text(text.as_bytes(), context)?;
                // A number that is replaced becomes a text: `string_value` of the same message.
                wire::put_len(&mut out, 1, &new);
            }
            _ => return None,
        }
        Some(out)
    }

    fn text(&mut self, text: &[u8], context: &Context<'_>) -> Option<Vec<u8>> {
        let found = self.job.scan(text, context);
        if found.is_empty() {
            return None;
        }
        let (line, path) = (self.line, &self.path);
        self.job.tell(text, &found, |job, _| format!("{line}: {}", path_text(path, job)));
        self.job.replace(text, context, &found)
    }
}

/// How often a field number came before.
fn count(counts: &mut Vec<(u32, usize)>, number: u32) -> usize {
    match counts.iter_mut().find(|(known, _)| *known == number) {
        Some((_, count)) => {
            *count += 1;
            *count
        }
        None => {
            counts.push((number, 0));
            0
        }
    }
}

/// The field with the key, in messages that are key and value.
fn key_field(message: &Message) -> Option<u32> {
    (message.name == "KeyValue").then_some(1)
}

fn key_of<'a>(message: &Message, content: &'a [u8]) -> Option<&'a [u8]> {
    let number = key_field(message)?;
    let key = Fields::new(content).filter(|field| field.number == number).last();
    Some(key.map_or(&[], |field| field.value.bytes()))
}

/// `resourceSpans[0].scopeSpans[0].spans[2].attributes["user.email"].value.stringValue`.
fn path_text(path: &[Step], job: &Job<'_>) -> String {
    let mut text = String::new();
    for step in path {
        if !text.is_empty() {
            text.push('.');
        }
        text.push_str(step.field);
        match (&step.key, step.at) {
            (Some(key), _) => text.push_str(&format!("[\"{}\"]", job.shown(key))),
            (None, Some(at)) => text.push_str(&format!("[{at}]")),
            (None, None) => {}
        }
    }
    text
}
