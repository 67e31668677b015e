//! A reading kept beside its record, for whoever reads the same record next.

use pdata::{AnyValue, Array};

use super::{Authority, FinishReasons, Reading, Run};
use crate::{Accounting, Class, Dialect, Provider, Signal, Usage, operation_of, table::FieldSet};

/// A [`Reading`] that borrows nothing: where it quotes the record, the places are kept.
#[derive(Clone, Copy, Debug)]
pub struct Kept {
    /// What is no text.
    plain: Reading<'static>,
    texts: [Place; TEXTS],
}

/// How many texts a reading has that stand in the record.
const TEXTS: usize = 19;

/// Where a text stands in the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    start: u32,
    end: u32,
}

impl Place {
    /// Of a text that is not there.
    const NONE: Self = Self { start: u32::MAX, end: 0 };

    /// The place of a text; none if it stands elsewhere.
    #[inline]
    fn of(text: Option<&[u8]>, raw: &[u8]) -> Option<Self> {
        let Some(text) = text else { return Some(Self::NONE) };
        let start = text.as_ptr().addr().checked_sub(raw.as_ptr().addr())?;
        let end = start.checked_add(text.len()).filter(|end| *end <= raw.len())?;
        Some(Self { start: u32::try_from(start).ok()?, end: u32::try_from(end).ok()? })
    }

    #[inline]
    fn text(self, raw: &[u8]) -> Option<&[u8]> {
        raw.get(self.start as usize..self.end as usize)
    }
}

impl Kept {
    /// Room for a reading.
    pub const EMPTY: Self = Self { plain: NOTHING, texts: [Place::NONE; TEXTS] };

    /// Keeps a reading of a record whose content as it came is `raw`, in place of the one before. Tells
    /// whether it could: not if something it says stands elsewhere, because it was written later.
    ///
    /// Field by field, because a copy of something this large that was just put together has to wait for
    /// all its parts.
    #[must_use]
    pub fn keep(&mut self, reading: &Reading<'_>, raw: &[u8]) -> bool {
        let plain = &mut self.plain;
        let (operation, written) = match operation_of(reading.operation) {
            Some((_, name)) if name.as_bytes() == reading.operation => (name.as_bytes(), None),
            _ if reading.operation.is_empty() => (&b""[..], None),
            _ => (&b""[..], Some(reading.operation)),
        };
        let (provider, other) = match reading.provider {
            Some(Provider::Known(name)) => (Some(Provider::Known(name)), None),
            Some(Provider::Other(name)) => (None, Some(name)),
            None => (None, None),
        };
        (plain.operation, plain.provider) = (operation, provider);
        let (reasons, list) = match reading.finish_reasons.0 {
            AnyValue::Empty => (None, None),
            AnyValue::Str(text) => (Some(text), None),
            AnyValue::Array(list) => (None, Some(list.0)),
            _ => return false,
        };
        copy_plain(reading, plain);
        let texts = [
            written,
            other,
            reasons,
            list,
            reading.framework,
            reading.request_model,
            reading.response_model,
            reading.response_id,
            reading.call_id,
            reading.service_tier,
            reading.agent_name,
            reading.agent_id,
            reading.workflow_name,
            reading.tool_name,
            reading.tool_call_id,
            reading.conversation_id,
            reading.error_type,
            reading.run.id,
            reading.run.name,
        ];
        for (place, text) in self.texts.iter_mut().zip(texts) {
            match Place::of(text, raw) {
                Some(found) => *place = found,
                None => return false,
            }
        }
        true
    }

    /// The reading, of the same record.
    #[must_use]
    pub fn reading<'a>(&self, raw: &'a [u8]) -> Reading<'a> {
        let text = |place: Place| place.text(raw);
        let [written, other, reasons, list, framework, request_model, response_model, rest @ ..] =
            self.texts;
        let [response_id, call_id, service_tier, agent_name, agent_id, rest @ ..] = rest;
        let [workflow_name, tool_name, tool_call_id, conversation_id, error_type, id, name] = rest;
        Reading {
            operation: text(written).unwrap_or(self.plain.operation),
            provider: self.plain.provider.or_else(|| text(other).map(Provider::Other)),
            finish_reasons: FinishReasons(match (text(reasons), text(list)) {
                (Some(text), _) => AnyValue::Str(text),
                (None, Some(list)) => AnyValue::Array(Array(list)),
                (None, None) => AnyValue::Empty,
            }),
            framework: text(framework),
            request_model: text(request_model),
            response_model: text(response_model),
            response_id: text(response_id),
            call_id: text(call_id),
            service_tier: text(service_tier),
            agent_name: text(agent_name),
            agent_id: text(agent_id),
            workflow_name: text(workflow_name),
            tool_name: text(tool_name),
            tool_call_id: text(tool_call_id),
            conversation_id: text(conversation_id),
            error_type: text(error_type),
            run: Run { id: text(id), name: text(name), ..self.plain.run },
            ..self.plain
        }
    }
}

/// Copies what of a reading is no text.
#[inline]
fn copy_plain(reading: &Reading<'_>, into: &mut Reading<'static>) {
    into.dialect = reading.dialect;
    into.signal = reading.signal;
    into.class = reading.class;
    into.attempt = reading.attempt;
    into.usage = reading.usage;
    into.accounting = reading.accounting;
    into.cost = reading.cost;
    into.stream = reading.stream;
    into.time_to_first_chunk = reading.time_to_first_chunk;
    into.run.may_be_root = reading.run.may_be_root;
    into.failed = reading.failed;
    into.awaits_human = reading.awaits_human;
    into.cache_hit = reading.cache_hit;
    into.authority = reading.authority;
    into.server_side = reading.server_side;
    into.gateway = reading.gateway;
    into.lifetime = reading.lifetime;
    into.duration = reading.duration;
    into.trust = reading.trust;
    into.as_it_came = reading.as_it_came;
}

/// A reading that says nothing.
const NOTHING: Reading<'static> = Reading {
    dialect: Dialect::Semconv,
    signal: Signal::Span,
    class: Class::Other,
    operation: b"",
    provider: None,
    framework: None,
    request_model: None,
    response_model: None,
    response_id: None,
    call_id: None,
    attempt: None,
    usage: NO_TOKENS,
    accounting: Accounting::Verified,
    cost: None,
    service_tier: None,
    stream: None,
    time_to_first_chunk: None,
    finish_reasons: FinishReasons(AnyValue::Empty),
    agent_name: None,
    agent_id: None,
    workflow_name: None,
    tool_name: None,
    tool_call_id: None,
    conversation_id: None,
    run: Run { id: None, name: None, may_be_root: false },
    error_type: None,
    failed: false,
    awaits_human: false,
    cache_hit: false,
    authority: Authority::Primary,
    server_side: false,
    gateway: false,
    lifetime: false,
    duration: None,
    trust: 0,
    as_it_came: FieldSet::NONE,
};

const NO_TOKENS: Usage = Usage {
    input: None,
    output: None,
    cache_read: None,
    cache_write: None,
    cache_write_1h: None,
    reasoning: None,
    audio_input: None,
    audio_output: None,
    image_input: None,
    image_output: None,
    total: None,
    web_searches: None,
};
