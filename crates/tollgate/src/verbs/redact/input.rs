//! What the input is.

use std::io::{self, Read};

use bytes::Bytes;
use pdata::{Signal, check};
use serde::de::IgnoredAny;

use super::{DOCUMENT_MAX, otlp};
use crate::cli::{Format, Redact};

/// What is read at once, in bytes.
pub(super) const READ: usize = 64 << 10;

/// An input, as far as it had to be read to know what it is.
pub(in crate::verbs) enum Shape {
    /// Text: its beginning, and where the rest is.
    Text(Vec<u8>, Box<dyn Read>),
    /// JSON lines likewise.
    Lines(Vec<u8>, Box<dyn Read>),
    /// A JSON document.
    Json(Vec<u8>),
    /// An OTLP request in JSON.
    OtlpJson(Signal, Vec<u8>),
    /// An OTLP request in protobuf, checked.
    OtlpProto(Signal, Bytes),
}

/// Finds out what an input is, or checks that it is what the flags say.
pub(in crate::verbs) fn look(mut input: Box<dyn Read>, options: &Redact) -> Result<Shape, String> {
    match options.format {
        Format::Text => Ok(Shape::Text(Vec::new(), input)),
        Format::JsonLines => Ok(Shape::Lines(Vec::new(), input)),
        Format::Json => {
            let document = whole(Vec::new(), input)?;
            parse(&document).map_err(|error| format!("this is no JSON: {error}"))?;
            Ok(Shape::Json(document))
        }
        Format::OtlpJson => {
            let document = whole(Vec::new(), input)?;
            match options.signal.or_else(|| otlp::signal_of(&document)) {
                Some(signal) => Ok(Shape::OtlpJson(signal, document)),
                None => Err("this is no OTLP in JSON: it has no resourceSpans, resourceLogs or \
                             resourceMetrics"
                    .to_owned()),
            }
        }
        Format::OtlpProto => {
            let request = whole(Vec::new(), input)?;
            request_of(request.into(), options.signal).map_err(|_| {
                "this is no OTLP in protobuf; --signal says which signal it holds".to_owned()
            })
        }
        Format::Auto => {
            let head = head(&mut *input)?;
            guess(head, input, options.signal)
        }
    }
}

fn guess(head: Vec<u8>, input: Box<dyn Read>, signal: Option<Signal>) -> Result<Shape, String> {
    // The tag of every OTLP request's only field is a line feed; what follows in binary is not text.
    let is_binary = |byte: &u8| *byte < 9 || matches!(byte, 14..=26);
    if head.first() == Some(&b'\n') && head.iter().take(READ).any(is_binary) {
        let request = whole(head, input)?;
        return Ok(match request_of(request.into(), signal) {
            Ok(shape) => shape,
            Err(request) => Shape::Text(request.into(), Box::new(io::empty())),
        });
    }
    if !matches!(head.trim_ascii_start().first(), Some(b'{' | b'[')) {
        return Ok(Shape::Text(head, input));
    }
    let start = head.len() - head.trim_ascii_start().len();
    let text = head.get(start..).unwrap_or_default();
    let line = memchr::memchr(b'\n', text).map(|end| text.split_at(end));
    if let Some((line, behind)) = line
        && parse(line).is_ok()
        && !behind.trim_ascii().is_empty()
    {
        return Ok(Shape::Lines(head, input));
    }
    let document = whole(head, input)?;
    match parse(&document) {
        Ok(()) => Ok(match otlp::signal_of(&document) {
            Some(signal) => Shape::OtlpJson(signal, document),
            None => Shape::Json(document),
        }),
        Err(_) => Ok(Shape::Text(document, Box::new(io::empty()))),
    }
}

/// Reads the first line, or a bound's worth of it, or all there is.
fn head(input: &mut dyn Read) -> Result<Vec<u8>, String> {
    let mut head = Vec::new();
    let mut searched = 0;
    loop {
        let behind = head.get(searched..).unwrap_or_default();
        // What stands behind the first line tells JSON lines from a document.
        let is_enough = memchr::memchr(b'\n', behind)
            .is_some_and(|end| behind.get(end..).is_some_and(|rest| !rest.trim_ascii().is_empty()));
        if is_enough || head.len() >= DOCUMENT_MAX {
            return Ok(head);
        }
        // A line feed that was seen is looked at again until something follows it.
        searched = memchr::memchr(b'\n', behind).map_or(head.len(), |end| searched + end);
        let is_json = matches!(head.trim_ascii_start().first(), None | Some(b'{' | b'['));
        if !is_json && !head.starts_with(b"\n") || read(input, &mut head)? == 0 {
            return Ok(head);
        }
    }
}

/// Appends what one read gives; 0 at the end.
pub(in crate::verbs) fn read(input: &mut dyn Read, to: &mut Vec<u8>) -> Result<usize, String> {
    let start = to.len();
    to.resize(start + READ, 0);
    loop {
        let room = to.get_mut(start..).unwrap_or_default();
        match input.read(room) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.to_string()),
            Ok(count) => {
                to.truncate(start + count);
                return Ok(count);
            }
        }
    }
}

/// Reads a document to its end.
fn whole(mut head: Vec<u8>, mut input: Box<dyn Read>) -> Result<Vec<u8>, String> {
    while read(&mut *input, &mut head)? > 0 {
        if head.len() > DOCUMENT_MAX {
            return Err(too_long());
        }
    }
    Ok(head)
}

/// What to say of a document that is too long.
pub(super) fn too_long() -> String {
    format!(
        "a document of more than {} MiB; use JSON lines, or --format text for lines of text",
        DOCUMENT_MAX >> 20
    )
}

/// Whether a text is one JSON document.
pub(super) fn parse(text: &[u8]) -> Result<(), serde_json::Error> {
    serde_json::from_slice::<IgnoredAny>(text).map(drop)
}

/// The request and its signal, or the bytes if they are no request.
fn request_of(bytes: Bytes, signal: Option<Signal>) -> Result<Shape, Bytes> {
    let signals = [Signal::Traces, Signal::Logs, Signal::Metrics];
    for candidate in signals.into_iter().filter(|it| signal.is_none_or(|signal| signal == *it)) {
        match check(candidate, bytes.clone()) {
            Ok(checked) if checked.counts.items > 0 => {
                return Ok(Shape::OtlpProto(candidate, checked.bytes));
            }
            _ => {}
        }
    }
    Err(bytes)
}
