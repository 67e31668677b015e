#![doc = include_str!("README.md")]

mod action;
mod config;
mod connector;
mod encode;
mod metrics;
mod names;
mod runs;
mod series;
mod state;
#[cfg(test)]
mod tests;

use std::{
    sync::Arc,
    time::{Duration, UNIX_EPOCH},
};

use genai::{Prices, Source as _};
use sdk::{
    AnyValue, Around, BuildContext, BuildError, Clock, Record, RecordKind, RecordKinds,
    RecordProcessor, Signal, Stability, Verdict,
};
use slo::{Fact, Facts as _, Field, Grain, Weight};

use self::{
    action::{Book, Rulings, weight},
    encode::tag,
    series::Subject,
    state::Desk,
};
pub use self::{
    config::{Config, Told},
    connector::Verdicts,
};
use crate::{
    replay::Recorder,
    shared::{
        Followed, Meeting,
        facts::{self, EvaluationFacts, Once, SpanFacts},
        id, is_known_as_other, kind_of, service_of,
        tracker::{Key, Kind},
        want_gists,
    },
};

/// Nanoseconds in a millisecond.
const MILLI: u64 = 1_000_000;

/// The `slo` processor.
#[derive(Debug)]
pub struct Slo {
    config: Config,
    desk: Arc<Desk>,
    book: Arc<Book>,
    /// Where the runs are followed.
    meeting: Arc<Meeting>,
    prices: Option<Prices>,
    clock: Clock,
}

impl RecordProcessor for Slo {
    const KIND: &'static str = "slo";
    const STABILITY: Stability = Stability::Alpha;
    const SIGNALS: &'static [Signal] = &[Signal::Traces, Signal::Logs];
    type Config = Config;

    fn needs_everything(config: &Config) -> bool {
        !config.behind_sampler
    }

    fn new(config: Config, context: BuildContext) -> Result<Self, BuildError> {
        Self::made(config, context, None)
    }

    fn records(&self) -> RecordKinds {
        RecordKinds::SPAN | RecordKinds::LOG_RECORD
    }

    fn process(&self, record: &mut Record<'_>, around: &Around<'_, '_>) -> Verdict {
        match record.kind() {
            RecordKind::Span => self.span(record, around),
            _ => self.log(record, around),
        }
        Verdict::Keep
    }
}

impl Slo {
    /// One that keeps every verdict with the facts that led to it.
    pub(crate) fn recorded(
        config: Config,
        context: BuildContext,
        recorder: Arc<Recorder>,
    ) -> Result<Self, BuildError> {
        Self::made(config, context, Some(recorder))
    }

    fn made(
        config: Config,
        context: BuildContext,
        recorder: Option<Arc<Recorder>>,
    ) -> Result<Self, BuildError> {
        let runs =
            config.runs().ok_or_else(|| BuildError::from("agent_runs is no id".to_owned()))?;
        want_gists();
        let desk = Desk::of(&context);
        let meeting = Meeting::of(&runs, &context);
        let book = desk.open(&config, &context, &meeting, recorder)?;
        Ok(Self {
            prices: config.compute_cost.then(Prices::bundled),
            clock: context.clock,
            config,
            desk,
            book,
            meeting,
        })
    }

    /// The objectives.
    pub(crate) fn set(&self) -> &slo::Set {
        &self.book.set
    }

    /// The runs that are judged.
    pub(crate) fn followed(&self) -> Option<&dyn Followed> {
        self.meeting.followed()
    }

    fn span(&self, record: &mut Record<'_>, around: &Around<'_, '_>) {
        let mut rulings = Rulings::new();
        let mut reasons = Vec::new();
        self.judge(record, around, &mut rulings, &mut reasons);
        let is_root = self.follow(record, around);
        if let Some(key) = is_root {
            self.stand(key, record, &mut rulings, &mut reasons);
        }
        self.evaluations(record, around);
        if self.config.tags != Told::None && !rulings.is_empty() {
            let board = self.book.board();
            tag(record, &self.book.set, &board, self.config.tags, &rulings, &reasons);
        }
    }

    /// Judges what the span itself says.
    fn judge(
        &self,
        record: &Record<'_>,
        around: &Around<'_, '_>,
        rulings: &mut Rulings,
        reasons: &mut Vec<Option<String>>,
    ) {
        let book = &self.book;
        let has_any = !book.on(Grain::Span).is_empty();
        let has_calls = [Grain::ModelCall, Grain::ToolCall, Grain::Agent]
            .iter()
            .any(|grain| !book.on(*grain).is_empty());
        if !has_any && (!has_calls || is_known_as_other(record)) {
            return;
        }
        if record.end_time_unix_nano() == 0 {
            return;
        }
        let facts = SpanFacts::of(record, around, self.prices.as_ref());
        let grain = facts.grain();
        if !has_any && grain.is_none_or(|grain| book.on(grain).is_empty()) {
            return;
        }
        let subject = Subject {
            trace: record.trace_id().first_chunk::<16>().copied().unwrap_or_default(),
            span: id(record.span_id()),
            parent: id(record.parent_span_id()),
            at: record.end_time_unix_nano(),
            weight: self.weight(record),
            service: service_of(around),
            is_partial: false,
        };
        let facts = Once::new(&facts, &book.keys);
        book.judge(grain, &facts, &subject, self.desk.now_in(record.state().walk()), rulings);
        if self.config.tags == Told::None {
            return;
        }
        reasons.reserve(rulings.len());
        for ruling in rulings.iter() {
            let objective = book.set.objectives.get(ruling.objective);
            let is_bad = ruling.verdict == slo::Verdict::Bad;
            let reason = objective.filter(|_| is_bad).and_then(|one| one.reason(&facts));
            reasons.push(reason.map(str::to_owned));
        }
    }

    fn weight(&self, record: &Record<'_>) -> Weight {
        weight(record.trace_state()).unwrap_or_else(|| {
            self.book.board().stats.unreadable_weights += 1;
            Weight::ONE
        })
    }

    /// Notes for its run what objectives ask of it. Answers the trace if the span may be the root of a
    /// run.
    fn follow(&self, record: &Record<'_>, around: &Around<'_, '_>) -> Option<Key> {
        if self.book.on(Grain::Run).is_empty() {
            return None;
        }
        let key = Key::trace(record.trace_id())?;
        let runs = self.meeting.followed()?;
        let (span, parent) = (id(record.span_id()), id(record.parent_span_id()));
        if span == 0 {
            return None;
        }
        let kind = kind_of(record, around);
        let is_root = kind == Some(Kind::Agent) || parent == 0;
        if kind.is_none() {
            // What is not GenAI telemetry counts only as the root of a trace with calls.
            return (parent == 0 && runs.has(key, span)).then(|| {
                self.note_root(runs, key, span, record, around);
                key
            });
        }
        if is_root {
            self.note_root(runs, key, span, record, around);
        }
        self.note_part(runs, (key, span), kind, record, around);
        is_root.then_some(key)
    }

    fn note_root(
        &self,
        runs: &dyn Followed,
        key: Key,
        span: u64,
        record: &Record<'_>,
        around: &Around<'_, '_>,
    ) {
        let facts = SpanFacts::of(record, around, None);
        let keys = &self.book.asked.keys;
        let weight = self.weight(record).units();
        runs.note(key, &mut |notes, limit| {
            let Some(note) = notes.note_mut(span, keys.len() + facts::MORE, limit) else { return };
            for (at, key) in keys.iter().enumerate() {
                note.say(at, facts.attribute(key));
            }
            note.say(keys.len(), facts.field(Field::SpanName));
            note.say(keys.len() + 1, facts.field(Field::ErrorType));
            note.weight = note.weight.max(weight);
        });
    }

    /// What parts say stands in as long as the root has not come.
    fn note_part(
        &self,
        runs: &dyn Followed,
        (key, span): (Key, u64),
        kind: Option<Kind>,
        record: &Record<'_>,
        around: &Around<'_, '_>,
    ) {
        let asked = &self.book.asked;
        let tool = (asked.tools && kind == Some(Kind::Tool)).then(|| arguments(record)).flatten();
        let chunk = (asked.chunks && kind == Some(Kind::Call))
            .then(|| first_chunk(record, around))
            .flatten();
        let tracestate = record.trace_state();
        let weight = if tracestate.is_empty() { 0 } else { self.weight(record).units() };
        let (own, resource) = (record.attributes(), around.resource.attributes());
        runs.note(key, &mut |notes, limit| {
            if let Some(hash) = tool {
                notes.keep_tool(span, hash, limit);
            }
            if let Some(at) = chunk {
                notes.keep_chunk(span, at, limit);
            }
            let Some(note) = notes.note_mut(0, asked.keys.len() + facts::MORE, limit) else {
                return;
            };
            note.weight = note.weight.max(weight);
            for (at, key) in asked.keys.iter().enumerate() {
                let key = key.as_bytes();
                let value = own.get(key).or_else(|| resource.get(key));
                note.say(at, value.map_or(Fact::Missing, facts::fact));
            }
        });
    }

    /// What is said of the run that a span is the root of.
    fn stand(
        &self,
        key: Key,
        record: &Record<'_>,
        rulings: &mut Rulings,
        reasons: &mut Vec<Option<String>>,
    ) {
        let Some(runs) = self.meeting.followed() else { return };
        if self.config.tags == Told::None || record.end_time_unix_nano() == 0 {
            return;
        }
        let root = id(record.span_id());
        runs.look(key, &mut |view, notes| {
            for (ruling, reason) in self.book.standing(view, notes, root) {
                rulings.push(ruling);
                reasons.push((!reason.is_empty()).then_some(reason));
            }
        });
    }

    /// Evaluation results among the events of a span.
    fn evaluations(&self, record: &Record<'_>, around: &Around<'_, '_>) {
        if self.book.on(Grain::Evaluation).is_empty() {
            return;
        }
        for event in record.events() {
            let Some(facts) = EvaluationFacts::of_event(&event, around) else { continue };
            let made = match event.time_unix_nano() {
                0 => record.end_time_unix_nano(),
                made => made,
            };
            self.evaluate(&facts, made, record, self.weight(record), around);
        }
    }

    fn log(&self, record: &Record<'_>, around: &Around<'_, '_>) {
        if self.book.on(Grain::Evaluation).is_empty() {
            return;
        }
        if let Some(facts) = EvaluationFacts::of_log(record, around) {
            self.evaluate(&facts, record.start(), record, Weight::ONE, around);
        }
    }

    fn evaluate(
        &self,
        facts: &EvaluationFacts<'_>,
        made: u64,
        record: &Record<'_>,
        weight: Weight,
        around: &Around<'_, '_>,
    ) {
        let subject = Subject {
            trace: record.trace_id().first_chunk::<16>().copied().unwrap_or_default(),
            span: id(record.span_id()),
            parent: 0,
            at: if made == 0 { self.time() } else { made },
            weight,
            service: service_of(around),
            is_partial: false,
        };
        self.book.evaluate(facts, &subject, Duration::from_nanos(made), self.desk.now());
    }

    fn time(&self) -> u64 {
        let since = self.clock.now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
    }
}

/// Tool and arguments of a call, hashed; none if it does not tell its arguments.
fn arguments(record: &Record<'_>) -> Option<u64> {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};

    let keys: [&[u8]; 5] = [
        b"gen_ai.tool.call.arguments",
        b"gen_ai.tool.arguments",
        b"tool.parameters",
        b"input.value",
        b"traceloop.entity.input",
    ];
    let attributes = record.attributes();
    let said = keys.iter().find_map(|key| attributes.get(key))?;
    let mut hasher = DefaultHasher::new();
    let name = attributes.get(b"gen_ai.tool.name").and_then(AnyValue::as_str);
    name.unwrap_or_else(|| record.name()).hash(&mut hasher);
    let mut bytes = Vec::new();
    said.write(&mut bytes);
    bytes.hash(&mut hasher);
    Some(hasher.finish())
}

/// When the first chunk of a streamed answer came, milliseconds since 1970.
fn first_chunk(record: &Record<'_>, around: &Around<'_, '_>) -> Option<u64> {
    let facts = SpanFacts::of(record, around, None);
    let seconds = facts.field(Field::Ttft).number()?;
    let start = record.start_time_unix_nano() / MILLI;
    (seconds >= 0.0).then(|| start.saturating_add((seconds * 1e3) as u64))
}
