#![doc = include_str!("README.md")]

mod config;
mod connector;
mod decode;
mod encode;
mod metrics;
mod names;
mod state;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use genai::Source;
use sdk::{
    Around, BuildContext, BuildError, Clock, Record, RecordKind, RecordKinds, RecordProcessor,
    Signal, Stability, Verdict,
};

pub use self::{config::Config, connector::RunEvents};
use self::{
    decode::Frame,
    state::{Desk, Runs},
};
use crate::shared::{
    Digest, Words, dialect_of, is_known_as_other, read, service_of,
    tracker::{Key, Kind},
    want_readings, with_digest,
};

/// The `agent_runs` processor.
#[derive(Debug)]
pub struct AgentRuns {
    config: Config,
    clock: Clock,
    runs: Arc<Runs>,
    /// Keeps the desk for the connector that may stand beside it.
    _desk: Arc<Desk>,
}

impl RecordProcessor for AgentRuns {
    const KIND: &'static str = "agent_runs";
    const STABILITY: Stability = Stability::Beta;
    const SIGNALS: &'static [Signal] = &[Signal::Traces, Signal::Logs];
    type Config = Config;

    fn new(config: Config, context: BuildContext) -> Result<Self, BuildError> {
        want_readings();
        let desk = Desk::of(&context);
        let runs = desk.open(&config, &context);
        Ok(Self { config, clock: context.clock, runs, _desk: desk })
    }

    fn records(&self) -> RecordKinds {
        RecordKinds::SPAN | RecordKinds::LOG_RECORD
    }

    fn process(&self, record: &mut Record<'_>, around: &Around<'_, '_>) -> Verdict {
        match record.kind() {
            RecordKind::Span => self.span(record, around),
            _ => {
                self.log(record, around);
                Verdict::Keep
            }
        }
    }
}

impl AgentRuns {
    fn span(&self, record: &mut Record<'_>, around: &Around<'_, '_>) -> Verdict {
        let frame = Frame::of(record);
        if let Some(key) = frame.key()
            && frame.span != 0
        {
            let is_root = self.follow(key, &frame, record, around);
            if is_root && !frame.is_pending && self.config.stamp_roots {
                self.stamp(key, frame.span, record);
            }
        }
        if !frame.is_pending {
            return Verdict::Keep;
        }
        self.runs.metrics.pending.add(1);
        if self.config.forward_pending { Verdict::Keep } else { Verdict::Drop }
    }

    /// Takes a span in; tells whether it may be the root of a run.
    fn follow(
        &self,
        key: Key,
        frame: &Frame<'_>,
        record: &Record<'_>,
        around: &Around<'_, '_>,
    ) -> bool {
        let link = || !frame.is_pending && self.runs.link(key, &frame.link(record));
        if is_known_as_other(record) {
            return link();
        }
        let scope = dialect_of(around);
        let kind = with_digest(&scope, record, |digest, words| {
            let service = service_of(around);
            let sighting = decode::span(frame, record, digest, words, service);
            let now = self.runs.now_in(record.state().walk());
            if frame.is_pending {
                self.runs.see(key, &sighting, None, now);
            } else {
                decode::price(digest, words, self.runs.prices.as_ref(), frame.start);
                digest.call.set_service(service);
                digest.call.set_place(frame.ids, frame.start, frame.end);
                self.runs.see(key, &sighting, Some(&digest.call), now);
            }
            sighting.kind
        });
        kind.map_or_else(link, |kind| kind == Kind::Agent || frame.parent == 0)
    }

    fn stamp(&self, key: Key, span: u64, record: &mut Record<'_>) {
        if let Some(run) = self.runs.run(key, span) {
            encode::stamp(record, &run);
            self.runs.metrics.stamped.add(1);
        }
    }

    fn log(&self, record: &Record<'_>, around: &Around<'_, '_>) {
        // What is told of runs is not work of an agent.
        if record.event_name().starts_with(names::EVENTS) {
            return;
        }
        let scope = dialect_of(around);
        let Some(reading) = read(&scope, record) else { return };
        let service = service_of(around);
        let at = Source::start(record);
        let mut digest = Digest::of(&reading, &scope);
        decode::price(&mut digest, &Words::of(&reading), self.runs.prices.as_ref(), at);
        digest.call.set_service(service);
        digest.call.set_place([record.trace_id(), record.span_id(), &[]], at, at);
        let call = &digest.call;
        let key = decode::key(record).or_else(|| Key::session(call.source, call.conversation));
        let Some(key) = key else { return };
        let now = if at == 0 { decode::nanos(&self.clock) } else { at };
        let sighting = decode::log(record, &reading, &digest, service, now);
        self.runs.see(key, &sighting, Some(call), self.runs.now_in(record.state().walk()));
    }
}
