//! Runs as attributes, events as log records.

use std::{collections::HashMap, sync::Arc};

use pdata::{BatchBuilder, KeyValue, RawRecord, wire};
use sdk::{AnyValue, Batch, Context, Record, Signal};
use smallvec::SmallVec;

use super::names;
use crate::shared::tracker::{Event, Run, What};

/// `INFO` and `WARN`.
const INFO: (u64, &[u8]) = (9, b"INFO");
const WARN: (u64, &[u8]) = (13, b"WARN");

/// Calls `put` with every attribute of a run.
pub(super) fn each_total(run: &Run, put: &mut dyn FnMut(&'static [u8], AnyValue<'static>)) {
    let int = |count: u64| AnyValue::Int(i64::try_from(count).unwrap_or(i64::MAX));
    put(names::OUTCOME, AnyValue::Str(run.outcome.name().as_bytes()));
    put(names::CERTAIN, AnyValue::Bool(run.is_certain));
    put(names::MODEL_CALLS, int(run.sums.calls()));
    put(names::TOOL_CALLS, int(run.tool_calls.into()));
    put(names::TOOL_FAILURES, int(run.tool_failures.into()));
    put(names::ERRORS, int(run.errors()));
    put(names::AGENTS, int(run.agents.into()));
    let usage = run.sums.usage();
    let tokens = [
        (names::INPUT, usage.input),
        (names::OUTPUT, usage.output),
        (names::CACHE_READ, usage.cache_read),
        (names::CACHE_WRITE, usage.cache_write),
        (names::REASONING, usage.reasoning),
    ];
    for (key, count) in tokens {
        if let Some(count) = count {
            put(key, int(count));
        }
    }
    // A cost of which nothing is known is left out, never 0.
    let priced = run.sums.calls().saturating_sub(run.sums.unpriced());
    if run.sums.cost() > 0.0 || (priced > 0 && usage.is_known() && run.sums.unpriced() == 0) {
        put(names::COST, AnyValue::Double(run.sums.cost()));
    }
    let rare = [
        (names::MODEL_FAILURES, run.sums.failed()),
        (names::TOOLS_UNRECOVERED, run.unrecovered.into()),
        (names::UNPRICED, run.sums.unpriced()),
        (names::WITHOUT_USAGE, run.sums.without_usage()),
    ];
    for (key, count) in rare.into_iter().filter(|(_, count)| *count > 0) {
        put(key, int(count));
    }
    if run.sums.estimated {
        put(names::ESTIMATED, AnyValue::Bool(true));
    }
    if run.waited > 0 {
        put(names::WAITED, seconds(run.waited));
    }
}

/// Writes the totals of a run on its root.
pub(super) fn stamp(record: &mut Record<'_>, run: &Run) {
    let mut totals = SmallVec::<[(&[u8], AnyValue<'_>); 20]>::new();
    each_total(run, &mut |key, value| totals.push((key, value)));
    record.attributes_mut().set_all(&totals);
}

/// Events as one batch of log records, each under the service it came from. `now` is nanoseconds since
/// 1970.
pub(super) fn events(events: &[Event], version: &str, now: u64) -> Batch {
    let mut records = Vec::with_capacity(events.len());
    for event in events {
        records.push(record(event, now));
    }
    let scope = scope(version);
    let mut resources: HashMap<&[u8], Arc<[u8]>> = HashMap::new();
    let mut builder = BatchBuilder::new(Signal::Logs);
    for (event, raw) in events.iter().zip(&records) {
        let resource = resources.entry(&event.service).or_insert_with(|| resource(&event.service));
        let (resource, scope) = (resource.clone(), scope.clone());
        builder.push(&RawRecord { resource, scope, metric: None, raw });
    }
    builder.build(Arc::new(Context::default()))
}

/// The id of a run: its trace and root, or its session and when that began.
pub(super) fn run_id(event: &Event) -> String {
    let [high, low] = event.key.parts();
    if event.key.is_session() {
        return format!("{:016x}-{:x}", high.rotate_left(32) ^ low, event.begun);
    }
    match event.run.root {
        0 => format!("{high:016x}{low:016x}"),
        root => format!("{high:016x}{low:016x}-{root:016x}"),
    }
}

fn record(event: &Event, now: u64) -> Vec<u8> {
    let mut out = Vec::with_capacity(512);
    let run = &event.run;
    let (name, happened) = match event.what {
        What::Started => (names::STARTED, run.start),
        What::StateChanged(..) => (names::STATE_CHANGED, 0),
        What::Closed => (names::CLOSED, run.end),
        What::Lost(_) => (names::LOST, 0),
        What::Amended | What::Nested => (names::AMENDED, 0),
    };
    let time = if happened == 0 { now } else { happened.saturating_mul(1_000_000) };
    let (number, word) = if matches!(event.what, What::Lost(_)) { WARN } else { INFO };
    wire::put_fixed64(&mut out, 1, time);
    wire::put_tag(&mut out, 2, wire::VARINT);
    wire::put_varint(&mut out, number);
    wire::put_len(&mut out, 3, word);
    wire::put_message(&mut out, 5, |out| AnyValue::Str(name.as_bytes()).write(out));
    let mut put = |key: &[u8], value: AnyValue<'_>| {
        wire::put_message(&mut out, 6, |out| KeyValue::write(key, value, out));
    };
    let id = run_id(event);
    let text = |text: &[u8]| -> Option<Vec<u8>> { (!text.is_empty()).then(|| text.to_vec()) };
    put(
        names::ID,
        AnyValue::Str(if event.run_id.is_empty() { id.as_bytes() } else { &event.run_id }),
    );
    for (key, value) in [
        (&b"gen_ai.agent.name"[..], text(&event.agent)),
        (b"gen_ai.conversation.id", text(&event.conversation)),
    ] {
        if let Some(value) = value {
            put(key, AnyValue::Str(&value));
        }
    }
    match event.what {
        What::Started => {}
        What::StateChanged(from, to) => {
            put(names::STATE_FROM, AnyValue::Str(from.name().as_bytes()));
            put(names::STATE_TO, AnyValue::Str(to.name().as_bytes()));
        }
        What::Closed | What::Lost(_) | What::Amended => {
            if let What::Lost(loss) = event.what {
                put(names::REASON, AnyValue::Str(loss.name().as_bytes()));
            }
            put(names::DURATION, seconds(run.duration()));
            each_total(run, &mut |key, value| put(key, value));
        }
        What::Nested => put(names::REASON, AnyValue::Str(b"nested")),
    }
    if let Some(trace) = event.key.trace_id() {
        wire::put_len(&mut out, 9, &trace);
        if run.root != 0 {
            wire::put_len(&mut out, 10, &run.root.to_be_bytes());
        }
    }
    wire::put_fixed64(&mut out, 11, now);
    wire::put_len(&mut out, 12, name.as_bytes());
    out
}

fn resource(service: &[u8]) -> Arc<[u8]> {
    let mut out = Vec::new();
    wire::put_message(&mut out, 1, |out| {
        if !service.is_empty() {
            wire::put_message(out, 1, |out| {
                KeyValue::write(b"service.name", AnyValue::Str(service), out);
            });
        }
    });
    out.into()
}

fn scope(version: &str) -> Arc<[u8]> {
    let mut out = Vec::new();
    wire::put_message(&mut out, 1, |out| {
        wire::put_len(out, 1, b"tollgate.agent_runs");
        wire::put_len(out, 2, version.as_bytes());
    });
    out.into()
}

fn seconds(millis: u64) -> AnyValue<'static> {
    AnyValue::Double(millis as f64 / 1000.0)
}
