//! `redact`: text, JSON and OTLP without private data; `reveal`: what was encrypted opened again.
//!
//! Read in this order: this file, [`input`] (what it is), [`job`] (one text), then [`text`], [`json`]
//! and [`otlp`] (where the texts are), [`policy`] and [`report`].

pub(super) mod input;
mod job;
mod json;
pub(super) mod otlp;
mod place;
mod policy;
mod report;
mod reveal;
mod text;

use std::{fs::File, io, path::Path, process::ExitCode};

pub(super) use self::reveal::reveal;
use self::{input::Shape, job::Job};
use crate::cli::{Redact, Request};

/// The longest document that is read as a whole, in bytes.
const DOCUMENT_MAX: usize = 64 << 20;
/// How the process ends when something was found and that is to be a failure.
const FOUND: u8 = 2;

/// Reads, redacts and writes; the report goes to stderr.
pub(super) fn redact(request: &Request, options: &Redact) -> Result<ExitCode, String> {
    let processor = policy::processor(request, options)?;
    let engine;
    let mut job = match &processor {
        Some(processor) => Job::of_processor(processor, options)?,
        None => {
            engine = policy::engine(options)?;
            Job::new(&engine, options)?
        }
    };
    for name in names(&options.files) {
        let input = open(&name)?;
        job.begin(&name);
        run(input, options, &mut job).map_err(|error| format!("{name}: {error}"))?;
    }
    let found = job.finish()?;
    let is_failure = options.fail_on_findings && found > 0;
    Ok(if is_failure { ExitCode::from(FOUND) } else { ExitCode::SUCCESS })
}

fn run(input: Box<dyn io::Read>, options: &Redact, job: &mut Job<'_>) -> Result<(), String> {
    match input::look(input, options)? {
        Shape::Text(head, rest) => text::redact(head, rest, job),
        Shape::Lines(head, rest) => json::redact_lines(head, rest, job),
        Shape::Json(document) => json::redact(&document, "", job),
        Shape::OtlpJson(signal, document) => otlp::redact_json(signal, &document, "", job),
        Shape::OtlpProto(signal, request) => otlp::redact_request(signal, &request, job),
    }
}

/// What is to be read, by name.
fn names(files: &[std::path::PathBuf]) -> Vec<String> {
    match files.is_empty() {
        true => vec!["-".to_owned()],
        false => files.iter().map(|file| file.to_string_lossy().into_owned()).collect(),
    }
}

/// Opens a file, or stdin by the name `-`.
pub(super) fn open(name: &str) -> Result<Box<dyn io::Read>, String> {
    if name == "-" {
        return Ok(Box::new(io::stdin()));
    }
    let file = File::open(Path::new(name)).map_err(|error| format!("{name}: {error}"))?;
    Ok(Box::new(file))
}
