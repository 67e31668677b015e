//! JSON documents, which stay JSON and keep their spaces.

use std::io::Read;

use pii::Context;

use super::{DOCUMENT_MAX, input, job::Job, otlp, place::Place};

/// Redacts a document; `line` is told before paths.
pub(super) fn redact(document: &[u8], line: &str, job: &mut Job<'_>) -> Result<(), String> {
    if job.cuts {
        return Err("the operators drop and truncate would break JSON; use another one".to_owned());
    }
    job.read(document.len());
    let context = Context::default();
    let found = job.scan(document, &context);
    let mut place = Place::new(document);
    job.tell(document, &found, |job, at| format!("{line}: {}", place.path(at, job)));
    match job.replace(document, &context, &found) {
        Some(new) => job.write(&new),
        None => job.write(document),
    }
}

/// Redacts a document a line. A line that is no JSON is text.
pub(super) fn redact_lines(
    head: Vec<u8>,
    mut rest: Box<dyn Read>,
    job: &mut Job<'_>,
) -> Result<(), String> {
    let (mut held, mut number, mut searched) = (head, 0, 0);
    loop {
        let fresh = held.get(searched..).unwrap_or_default();
        if let Some(end) = memchr::memchr(b'\n', fresh) {
            let line: Vec<u8> = held.drain(..searched + end + 1).collect();
            (searched, number) = (0, number + 1);
            redact_line(&line, number, job)?;
            continue;
        }
        searched = held.len();
        if held.len() > DOCUMENT_MAX {
            return Err(input::too_long());
        }
        job.flush()?;
        if input::read(&mut *rest, &mut held)? == 0 {
            return redact_line(&held, number + 1, job);
        }
    }
}

fn redact_line(line: &[u8], number: usize, job: &mut Job<'_>) -> Result<(), String> {
    let text = line.trim_ascii();
    let place = format!(":{number}");
    match otlp::signal_of(text) {
        Some(signal) => {
            otlp::redact_json(signal, text, &place, job)?;
            job.write(b"\n")
        }
        None => redact(line, &place, job),
    }
}
