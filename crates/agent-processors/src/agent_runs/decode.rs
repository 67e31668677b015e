//! What a record says of its run.

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    time::SystemTime,
};

use genai::{Call, Prices, Reading};
use pdata::SpanHead;
use sdk::{AnyValue, Clock, Record};

use crate::shared::{
    Digest, Words, id,
    tracker::{Ending, Key, Kind, Outcome, Sighting},
};

/// Status code of a failure.
const ERROR: u64 = 2;
/// Nanoseconds in a millisecond.
const MILLI: u64 = 1_000_000;

/// The ids and times of a span, as they count: those of the span that a pending one stands for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame<'a> {
    /// The ids of trace, span and parent as they stand on the wire.
    pub(super) ids: [&'a [u8]; 3],
    pub(super) span: u64,
    pub(super) parent: u64,
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) is_pending: bool,
}

impl<'a> Frame<'a> {
    /// Reads a span. Logfire sends a span of its own while one runs, whose parent is the one that runs;
    /// others send the span itself without an end, and Datadog numbers its versions.
    #[inline]
    pub(super) fn of(record: &Record<'a>) -> Self {
        let SpanHead { trace_id: trace, span_id: span, parent_span_id: parent, start, end } =
            record.span_head();
        let frame = Self {
            ids: [trace, span, parent],
            span: id(span),
            parent: id(parent),
            start,
            end: end.max(start),
            is_pending: start != 0 && end == 0,
        };
        let attributes = record.attributes();
        // Such a span ends as it starts; of the others most need not be searched for the key.
        if start == end
            && attributes.get(b"logfire.span_type") == Some(AnyValue::Str(b"pending_span"))
        {
            let above = attributes.get(b"logfire.pending_parent_id").and_then(AnyValue::as_str);
            let parent = above.and_then(|hex| str::from_utf8(hex).ok());
            let parent = parent.and_then(|hex| u64::from_str_radix(hex, 16).ok());
            return Self {
                span: frame.parent,
                parent: parent.unwrap_or(0),
                end: start,
                is_pending: true,
                ..frame
            };
        }
        let is_partial = attributes.contains(b"_dd.partial_version");
        Self { is_pending: frame.is_pending || is_partial, ..frame }
    }

    /// The trace it is of.
    pub(super) fn key(&self) -> Option<Key> {
        let [trace, ..] = self.ids;
        Key::trace(trace)
    }

    /// A span that is not GenAI telemetry.
    pub(super) fn link(&self, record: &Record<'_>) -> Sighting<'static> {
        Sighting {
            span: self.span,
            parent: self.parent,
            start: self.start / MILLI,
            end: self.end / MILLI,
            is_pending: self.is_pending,
            // Asked only of what may be the root of a run.
            failed: self.parent == 0 && record.status_code() == ERROR,
            ..Sighting::default()
        }
    }
}

/// A span that is GenAI telemetry.
pub(super) fn span<'a>(
    frame: &Frame<'_>,
    record: &Record<'a>,
    digest: &Digest,
    words: &Words<'a>,
    service: &'a [u8],
) -> Sighting<'a> {
    Sighting {
        span: frame.span,
        parent: frame.parent,
        start: frame.start / MILLI,
        end: frame.end / MILLI,
        is_pending: frame.is_pending,
        ..common(record, digest, words, service)
    }
}

/// A log record that is GenAI telemetry.
pub(super) fn log<'a>(
    record: &Record<'a>,
    reading: &Reading<'a>,
    digest: &Digest,
    service: &'a [u8],
    now: u64,
) -> Sighting<'a> {
    let took = reading.duration.filter(|took| *took > 0.0).map_or(0, |took| (took * 1e3) as u64);
    let call = &digest.call;
    // A record is written when what it tells of has ended.
    let end = if call.start == 0 { now / MILLI } else { call.start / MILLI };
    Sighting {
        span: identity(reading, call),
        parent: id(record.span_id()),
        start: end.saturating_sub(took),
        end,
        is_log: true,
        ..common(record, digest, &Words::of(reading), service)
    }
}

#[inline]
fn common<'a>(
    record: &Record<'a>,
    digest: &Digest,
    words: &Words<'a>,
    service: &'a [u8],
) -> Sighting<'a> {
    Sighting {
        kind: digest.kind,
        failed: digest.failed,
        awaits_human: digest.awaits_human,
        has_usage: digest.call.tokens.is_known(),
        filtered: digest.filtered,
        ending: said_ending(digest.kind, record).unwrap_or(digest.ending),
        name: words.name,
        service,
        conversation: words.conversation,
        run: words.run,
        ..Sighting::default()
    }
}

/// How an agent says in so many words that it ended.
fn said_ending(kind: Kind, record: &Record<'_>) -> Option<Ending> {
    if kind != Kind::Agent {
        return None;
    }
    let reason = record.attributes().get(b"gen_ai.agent.finish_reason")?;
    Some(Ending::said(Outcome::of_finish_reason(reason.as_str()?)?))
}

/// What is the same when a record is sent again, and when a tool call is told of twice.
fn identity(reading: &Reading<'_>, call: &Call) -> u64 {
    let mut hasher = DefaultHasher::new();
    reading.operation.hash(&mut hasher);
    match reading.tool_call_id {
        Some(id) => id.hash(&mut hasher),
        None => {
            let numbers = [call.start, call.scope, call.source, call.response, call.model];
            numbers.hash(&mut hasher);
            (reading.call_id, reading.tool_name).hash(&mut hasher);
        }
    }
    hasher.finish().max(1)
}

/// Completes what is counted for a record, with what is known of its cost.
pub(super) fn price(digest: &mut Digest, words: &Words<'_>, prices: Option<&Prices>, at: u64) {
    if let Some(prices) = prices.filter(|_| digest.is_unpriced) {
        let call = &mut digest.call;
        call.rate = prices.rate(&words.pricing(at));
        if let Some(cost) = prices.cost(call.rate, &call.usage()) {
            (call.cost, call.cost_source) = (cost, call.rate.source());
        }
    }
}

/// The time of day in nanoseconds since 1970.
pub(super) fn nanos(clock: &Clock) -> u64 {
    let now = clock.now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(now.as_nanos()).unwrap_or(u64::MAX)
}

pub(super) fn key(record: &Record<'_>) -> Option<Key> {
    Key::trace(record.trace_id())
}
