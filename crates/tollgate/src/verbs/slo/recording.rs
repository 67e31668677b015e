//! Recorded telemetry, judged as it would be in a pipeline.

use std::{
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
};

use agent_processors::{Judged, Replay, slo::Config};
use pdata::{Batch, Signal, json};
use slo::{Grain, Set};

use super::name_of;
use crate::{
    cli::Redact,
    verbs::redact::{
        input::{Shape, look, read},
        open,
        otlp::signal_of,
    },
};

/// The longest line that is read, in bytes.
const LINE_MAX: usize = 64 << 20;

/// What was judged.
pub(super) struct Recording {
    /// By what.
    pub(super) set: Set,
    /// Everything, of what changed only the last; in the order of time.
    pub(super) judged: Vec<Judged>,
    /// Spans and log records read.
    pub(super) records: usize,
}

impl Recording {
    /// Reads files and judges what is in them: OTLP requests in protobuf or JSON, or JSON lines.
    pub(super) fn judge(files: &[PathBuf], config: Config) -> Result<Self, String> {
        let mut replay = Replay::new(config).map_err(|error| error.to_string())?;
        let mut records = 0;
        for file in files {
            let mut add = |signal: Signal, request: Vec<u8>| -> Result<(), String> {
                let batch = Batch::checked(signal, request.into(), Arc::default())
                    .map_err(|error| error.to_string())?;
                if signal != Signal::Metrics {
                    records += batch.items();
                }
                replay.add(&batch);
                Ok(())
            };
            requests(file, &mut add).map_err(|error| format!("{}: {error}", name_of(file)))?;
        }
        let set = replay.set().clone();
        Ok(Self { judged: last(&set, replay.finish()), set, records })
    }

    /// Whether something in it is what an objective judges.
    pub(super) fn seconds(&self) -> Option<(u64, u64)> {
        let times = || self.judged.iter().map(|one| one.at / 1_000_000_000);
        times().min().zip(times().max())
    }
}

/// Of what changed the last verdict counts: it comes where the one before stood.
fn last(set: &Set, judged: Vec<Judged>) -> Vec<Judged> {
    let mut kept: Vec<Judged> = Vec::with_capacity(judged.len());
    let mut places = std::collections::HashMap::new();
    for one in judged {
        let is_run =
            set.objectives.get(one.objective).is_some_and(|objective| objective.on == Grain::Run);
        let key = (one.objective, one.trace, one.span);
        let known = places.get(&key).copied().filter(|_| is_run || one.before.is_some());
        match known.and_then(|at: usize| kept.get_mut(at)) {
            Some(place) => *place = one,
            None => {
                places.insert(key, kept.len());
                kept.push(one);
            }
        }
    }
    kept.sort_by_key(|one| (one.at, one.trace, one.span, one.objective));
    kept
}

/// Hands on every request of a file.
fn requests(
    file: &Path,
    add: &mut dyn FnMut(Signal, Vec<u8>) -> Result<(), String>,
) -> Result<(), String> {
    let name =
        if super::is_stdin(file) { "-".to_owned() } else { file.to_string_lossy().into_owned() };
    let input =
        open(&name).map_err(|error| error.trim_start_matches(&format!("{name}: ")).to_owned())?;
    match look(input, &Redact::default())? {
        Shape::OtlpProto(signal, request) => add(signal, request.into()),
        Shape::OtlpJson(signal, document) => add(signal, decoded(signal, &document)?),
        Shape::Lines(head, rest) => lines(head, rest, add),
        Shape::Json(_) | Shape::Text(..) => {
            Err("this is no OTLP: neither a request in protobuf or JSON, nor lines of such in JSON"
                .to_owned())
        }
    }
}

/// Hands on the request of each line; a line that is none is an error with its number.
fn lines(
    mut head: Vec<u8>,
    mut rest: Box<dyn Read>,
    add: &mut dyn FnMut(Signal, Vec<u8>) -> Result<(), String>,
) -> Result<(), String> {
    let mut number = 0;
    loop {
        let mut start = 0;
        while let Some(end) = memchr::memchr(b'\n', head.get(start..).unwrap_or_default()) {
            number += 1;
            line(head.get(start..start + end).unwrap_or_default(), number, add)?;
            start += end + 1;
        }
        head.drain(..start);
        if head.len() > LINE_MAX {
            return Err(format!("line {} has more than {} MiB", number + 1, LINE_MAX >> 20));
        }
        if read(&mut *rest, &mut head)? == 0 {
            return line(&head, number + 1, add);
        }
    }
}

fn line(
    text: &[u8],
    number: usize,
    add: &mut dyn FnMut(Signal, Vec<u8>) -> Result<(), String>,
) -> Result<(), String> {
    let text = text.trim_ascii();
    if text.is_empty() {
        return Ok(());
    }
    let fail = |error: String| format!("line {number}: {error}");
    let signal = signal_of(text).ok_or_else(|| fail("this is no OTLP".to_owned()))?;
    add(signal, decoded(signal, text).map_err(fail)?).map_err(fail)
}

fn decoded(signal: Signal, document: &[u8]) -> Result<Vec<u8>, String> {
    json::decode(signal, document).map_err(|error| format!("this is no OTLP: {error}"))
}

/// An id as it is written.
pub(super) fn hex(id: &[u8]) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A moment as it is written, to the second.
pub(super) fn moment(seconds: u64) -> String {
    i64::try_from(seconds)
        .ok()
        .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok())
        .map_or_else(|| seconds.to_string(), |time| time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}
