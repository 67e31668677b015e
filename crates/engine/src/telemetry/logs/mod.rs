//! The collector's log: `tracing` events as lines in the format of the Go collector (C§1.5, C§4.1).
//!
//! Read in this order: [`Logs`] (this file), `entry` (an event, taken down), `encode` (an entry as a
//! line), `sampler` (which lines are left out), `output` (where lines go).

mod encode;
mod entry;
mod output;
mod sampler;
#[cfg(test)]
mod tests;

use std::{
    collections::VecDeque,
    mem,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU8, Ordering},
    },
};

use sdk::Clock;
use tracing::{
    Event, Level, Metadata, Subscriber, callsite,
    level_filters::LevelFilter,
    span::{Attributes, Id, Record},
    subscriber::SetGlobalDefaultError,
};
use tracing_subscriber::{Layer, layer::Context, prelude::*, registry::LookupSpan};

pub(super) use self::entry::Entry;
use self::{encode::Encoder, entry::SpanFields, output::Output, sampler::Sampler};
use super::push::logs::LogSender;
use crate::settings::{LogLevel, LogsSettings};

/// How many lines wait for the log to be opened. Later ones are counted and left out.
const WAITING_MAX: usize = 1_000;

/// Libraries whose own debug and info lines say nothing about telemetry.
const QUIET_LIBRARIES: [&str; 9] =
    ["h2", "hyper", "hyper_util", "mio", "rustls", "tokio", "tonic", "tower", "want"];

/// The log. Cloning shares it. Until [`Logs::open`] lines wait in memory; a later `open` changes
/// settings and outputs from one line to the next, without losing any.
#[derive(Clone)]
pub struct Logs(Arc<Inner>);

struct Inner {
    clock: Clock,
    /// The number of the least important level that is logged; see [`rank`].
    threshold: AtomicU8,
    state: Mutex<State>,
}

enum State {
    Waiting { entries: VecDeque<Entry>, left_out: usize },
    Open(Sink),
}

/// An open log.
struct Sink {
    encoder: Encoder,
    sampler: Option<Sampler>,
    outputs: Vec<Output>,
    line: Vec<u8>,
    /// Who sends records on, beside the outputs.
    senders: Vec<LogSender>,
}

/// The log could not be opened; the text names the setting's value and the reason.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct LogsError(String);

impl Logs {
    /// A log that waits to be opened and takes everything from debug on.
    pub fn new(clock: Clock) -> Self {
        let state = State::Waiting { entries: VecDeque::new(), left_out: 0 };
        let threshold = AtomicU8::new(rank(LevelFilter::DEBUG));
        Self(Arc::new(Inner { clock, threshold, state: Mutex::new(state) }))
    }

    /// Makes this the log of the whole process.
    ///
    /// # Errors
    ///
    /// The process has a log already.
    pub fn install(&self) -> Result<(), SetGlobalDefaultError> {
        tracing::subscriber::set_global_default(tracing_subscriber::registry().with(self.clone()))
    }

    /// Opens the outputs and writes what waited. `resource` is the first field of every line,
    /// unless the settings leave it out.
    ///
    /// # Errors
    ///
    /// An output cannot be opened. The log stays as it was.
    pub fn open(
        &self,
        settings: &LogsSettings,
        resource: &[(String, String)],
    ) -> Result<(), LogsError> {
        self.open_and_send(settings, resource, Vec::new())
    }

    /// As [`Logs::open`], and hands every line to `senders` besides.
    ///
    /// # Errors
    ///
    /// As [`Logs::open`].
    pub fn open_and_send(
        &self,
        settings: &LogsSettings,
        resource: &[(String, String)],
        senders: Vec<LogSender>,
    ) -> Result<(), LogsError> {
        let outputs: Result<_, _> =
            settings.output_paths.iter().map(|path| Output::open(path)).collect();
        let sink = Sink {
            encoder: Encoder::new(settings, resource),
            sampler: settings.sampling.as_ref().map(Sampler::new),
            outputs: outputs?,
            line: Vec::new(),
            senders,
        };
        self.replace(sink, threshold(settings.level));
        Ok(())
    }

    /// Writes what still waits to the standard error output, for a program that ends before it
    /// could open its log. Does nothing to an open log.
    pub fn open_fallback(&self) {
        if matches!(&*self.lock(), State::Open(_)) {
            return;
        }
        let encoder = Encoder::new(&LogsSettings::default(), &[]);
        let outputs = vec![Output::stderr()];
        let (line, senders) = (Vec::new(), Vec::new());
        let sink = Sink { encoder, sampler: None, outputs, line, senders };
        self.replace(sink, LevelFilter::DEBUG);
    }

    fn replace(&self, sink: Sink, threshold: LevelFilter) {
        let mut state = self.lock();
        self.0.threshold.store(rank(threshold), Ordering::Relaxed);
        let before = mem::replace(&mut *state, State::Open(sink));
        if let (State::Waiting { entries, left_out }, State::Open(sink)) = (before, &mut *state) {
            let wanted = entries.into_iter().filter(|entry| threshold >= entry.level);
            wanted.for_each(|entry| sink.write(&entry));
            if left_out > 0 {
                sink.write(&Entry::left_out(self.0.clock.now(), left_out));
            }
        }
        drop(state);
        // Call sites remember whether they are enabled.
        callsite::rebuild_interest_cache();
    }

    fn take(&self, entry: Entry) {
        match &mut *self.lock() {
            State::Open(sink) => {
                if sink.wants(&entry) {
                    sink.write(&entry);
                }
            }
            State::Waiting { entries, .. } if entries.len() < WAITING_MAX => {
                entries.push_back(entry);
            }
            State::Waiting { left_out, .. } => *left_out += 1,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wants(&self, metadata: &Metadata<'_>) -> bool {
        let level = *metadata.level();
        let crate_name = metadata.target().split("::").next().unwrap_or_default();
        rank(LevelFilter::from_level(level)) <= self.0.threshold.load(Ordering::Relaxed)
            && (level <= Level::WARN || !QUIET_LIBRARIES.contains(&crate_name))
    }
}

impl Sink {
    fn wants(&mut self, entry: &Entry) -> bool {
        self.sampler.as_mut().is_none_or(|sampler| sampler.wants(entry))
    }

    fn write(&mut self, entry: &Entry) {
        self.line.clear();
        self.encoder.encode(entry, &mut self.line);
        for output in &mut self.outputs {
            output.write(&self.line);
        }
        self.senders.iter().for_each(|sender| sender.send(entry));
    }
}

impl<S> Layer<S> for Logs
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        self.wants(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        let threshold = self.0.threshold.load(Ordering::Relaxed);
        LEVELS.into_iter().find(|level| rank(*level) == threshold)
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(SpanFields::of(|visitor| attributes.record(visitor)));
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<SpanFields>()
        {
            fields.add(|visitor| values.record(visitor));
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut entry = Entry::of(event, self.0.clock.now());
        for span in context.event_scope(event).into_iter().flatten() {
            if let Some(fields) = span.extensions().get::<SpanFields>() {
                entry.inherit(fields);
            }
        }
        self.take(entry);
    }
}

/// From nothing to the least important lines that are ever written.
const LEVELS: [LevelFilter; 5] = [
    LevelFilter::OFF,
    LevelFilter::ERROR,
    LevelFilter::WARN,
    LevelFilter::INFO,
    LevelFilter::DEBUG,
];

/// The place of a level among [`LEVELS`]; past the end for traces, which are never written.
fn rank(level: LevelFilter) -> u8 {
    LEVELS.into_iter().zip(0..).find(|(of, _)| *of == level).map_or(u8::MAX, |(_, rank)| rank)
}

/// Nothing here is worse than an error.
fn threshold(level: LogLevel) -> LevelFilter {
    match level {
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Dpanic | LogLevel::Panic | LogLevel::Fatal => LevelFilter::OFF,
    }
}
