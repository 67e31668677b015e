//! From a record to a [`Reading`].

mod identity;
mod reading;
mod slots;
mod source;
#[cfg(test)]
mod tests;
mod timing;
mod tokens;

use pdata::AnyValue;

pub(crate) use self::slots::{Slots, is_canonical};
use self::{identity::Identity, slots::Keys};
pub use self::{
    reading::{Authority, FinishReasons, Reading, ReportedCost, Run},
    source::Source,
};
use crate::{
    Accounting, Class, Dialect, Provider, ScopeDialect, Signal,
    operation::Operation,
    table::{CountedOn, Field, FieldSet, Sheet, sheet},
    value,
};

/// Understands one span or log record. `None` for what is not GenAI telemetry.
///
/// `scope` is what [`ScopeDialect::of`] said of the record's scope. Attributes are walked once; a
/// record without a telling key costs a hash per key and allocates nothing.
///
/// ```
/// # use pdata::views::SpanView;
/// # use genai::{ScopeDialect, read};
/// fn input_tokens(scope_name: &[u8], span: &SpanView<'_>) -> Option<u64> {
///     let scope = ScopeDialect::of(scope_name, b"");
///     read(&scope, span)?.usage.input
/// }
/// ```
#[inline]
#[must_use]
pub fn read<'a>(scope: &ScopeDialect, record: &impl Source<'a>) -> Option<Reading<'a>> {
    let mut keys = Keys::new();
    keys.collect(record.attributes());
    if !keys.is_telling && scope.dialect().is_none() {
        return read_by_name(scope, record, &keys);
    }
    read_keys(scope, record, &keys)
}

/// A record that neither its scope nor its keys tell: only MUTX's spans and the events of coding agents
/// are known by name.
fn read_by_name<'a>(
    scope: &ScopeDialect,
    record: &impl Source<'a>,
    keys: &Keys<'a>,
) -> Option<Reading<'a>> {
    let dialect = match record.signal() {
        Signal::Span if record.name().starts_with(b"mutx.") => Dialect::Mutx,
        Signal::Span => return None,
        Signal::Log => {
            if keys.is_empty() && record.name().is_empty() {
                return None;
            }
            let name = event_name(keys, record)?;
            return Some(reading(scope, record, keys, dialect_of_event(name)?, Some(name)));
        }
    };
    Some(reading(scope, record, keys, dialect, None))
}

fn dialect_of_event(name: &[u8]) -> Option<Dialect> {
    let heads: [(&[u8], Dialect); 3] = [
        (b"claude_code.", Dialect::ClaudeCode),
        (b"codex.", Dialect::Codex),
        (b"gemini_cli.", Dialect::GeminiCli),
    ];
    heads.iter().find(|(head, _)| name.starts_with(head)).map(|(_, dialect)| *dialect)
}

/// The name of the event that a log record is: the attribute `event.name` before the field, which
/// Codex fills with a place in its source.
fn event_name<'a>(keys: &Keys<'a>, record: &impl Source<'a>) -> Option<&'a [u8]> {
    keys.any_text(Field::EventName)
        .or_else(|| value::meaningful(record.name()))
        .or_else(|| value::text(record.body()).filter(|body| body.len() <= 64))
}

#[inline(never)]
fn read_keys<'a>(
    scope: &ScopeDialect,
    record: &impl Source<'a>,
    keys: &Keys<'a>,
) -> Option<Reading<'a>> {
    let event = match record.signal() {
        Signal::Log => event_name(keys, record),
        Signal::Span => None,
    };
    let by_event = || event.and_then(dialect_of_event);
    let dialect =
        scope.dialect().or_else(by_event).or_else(|| keys.dialect()).unwrap_or(Dialect::Semconv);
    if !keys.is_telling {
        // The scope alone is not enough: frameworks trace other things too.
        let sheet = sheet(dialect);
        let known = match record.signal() {
            Signal::Span => Operation::by_name(sheet.spans, record.name()).is_some(),
            Signal::Log => {
                event.is_some_and(|event| Operation::by_name(sheet.events, event).is_some())
            }
        };
        if !known {
            return None;
        }
    }
    Some(reading(scope, record, keys, dialect, event))
}

fn reading<'a>(
    scope: &ScopeDialect,
    record: &impl Source<'a>,
    keys: &Keys<'a>,
    dialect: Dialect,
    event: Option<&'a [u8]>,
) -> Reading<'a> {
    let mut slots = keys.slots(dialect);
    slots.sort();
    let slots = &slots;
    let sheet = sheet(dialect);
    let mut as_it_came = FieldSet::default();
    let request_model = plain_text(slots, Field::RequestModel, &mut as_it_came)
        .map(|model| if dialect == Dialect::Mutx { without_route(model) } else { model });
    let response_model = plain_text(slots, Field::ResponseModel, &mut as_it_came);
    let provider = provider(slots, response_model.or(request_model), &mut as_it_came);
    let tokens = tokens::tokens(slots, scope, dialect, provider);
    let is_call = tokens.usage.is_known() && request_model.or(response_model).is_some();
    let operation = match record.signal() {
        Signal::Span => Operation::of_span(slots, sheet, || record.name(), is_call),
        Signal::Log => Operation::of_event(slots, sheet, event, is_call),
    };
    let class = operation.class;
    let is_part = tokens::is_last_step_only(slots, dialect, class);
    let usage = if is_part { crate::Usage::default() } else { tokens.usage };
    note_counts(slots, &usage, &mut as_it_came);
    operation.note(&mut as_it_came);
    let failed = record.is_error() || failed_in_words(slots);
    let error_type = error_type(slots, record, failed, &mut as_it_came);
    let Identity { response_id, agent_name, workflow_name, tool_name } =
        Identity::of(slots, class, record, &mut as_it_came);
    let finish_reasons = finish_reasons(slots, &mut as_it_came);
    Reading {
        dialect,
        signal: record.signal(),
        class,
        operation: operation.name,
        provider,
        framework: slots.framework,
        request_model,
        response_model,
        response_id,
        call_id: slots.text(Field::CallId),
        attempt: slots.count(Field::Attempt),
        usage,
        accounting: if usage.is_known() { tokens.accounting } else { Accounting::Verified },
        cost: tokens::cost(slots, tokens.cost),
        service_tier: slots.text(Field::ServiceTier),
        stream: slots.flag(Field::Stream),
        time_to_first_chunk: timing::first_chunk(slots, record, dialect, class),
        finish_reasons,
        agent_name,
        agent_id: plain_text(slots, Field::AgentId, &mut as_it_came),
        workflow_name,
        tool_name,
        tool_call_id: plain_text(slots, Field::ToolCallId, &mut as_it_came),
        conversation_id: plain_text(slots, Field::Conversation, &mut as_it_came),
        run: run(slots, class, [workflow_name, agent_name]),
        error_type,
        failed: failed || error_type.is_some(),
        awaits_human: operation.name == b"blocked_on_user",
        cache_hit: slots.flag(Field::CacheHit) == Some(true),
        authority: authority(sheet, record.signal(), event),
        server_side: dialect == Dialect::Vllm || (class == Class::Leaf && record.is_server()),
        gateway: dialect == Dialect::LiteLlm,
        lifetime: dialect == Dialect::Strands && class == Class::Agent,
        duration: timing::duration(slots),
        trust: scope.trust(dialect),
        as_it_came,
    }
}

fn run<'a>(slots: &Slots<'_, 'a>, class: Class, names: [Option<&'a [u8]>; 2]) -> Run<'a> {
    let [workflow, agent] = names;
    Run {
        id: slots.text(Field::RunId),
        name: workflow.filter(|_| class == Class::Workflow).or(agent),
        may_be_root: matches!(class, Class::Agent | Class::Workflow),
    }
}

/// Which signal of its scope this is.
fn authority(sheet: &Sheet, signal: Signal, event: Option<&[u8]>) -> Authority {
    let listed = event.is_some_and(|event| Operation::by_name(sheet.events, event).is_some());
    let counted = match (sheet.counted_on, signal) {
        (CountedOn::Spans, Signal::Span) => true,
        (CountedOn::Logs, Signal::Log) => listed,
        _ => false,
    };
    if counted { Authority::Primary } else { Authority::Secondary }
}

fn plain_text<'a>(
    slots: &Slots<'_, 'a>,
    field: Field,
    as_it_came: &mut FieldSet,
) -> Option<&'a [u8]> {
    let slot = slots.slot(field)?;
    let text = slot.text()?;
    if slot.is_canonical() && slot.value.as_str().is_some_and(|came| came.len() == text.len()) {
        as_it_came.insert(field);
    }
    Some(text)
}

/// `openai/gpt-4o` without the provider, which MUTX puts before every model.
fn without_route(model: &[u8]) -> &[u8] {
    let slash = model.iter().position(|byte| *byte == b'/');
    let parts = slash.and_then(|at| Some((model.get(..at)?, model.get(at + 1..)?)));
    match parts.map(|(head, name)| (Provider::of(head), name)) {
        Some((Some(Provider::Known(_)), name)) => name,
        _ => model,
    }
}

fn provider<'a>(
    slots: &Slots<'_, 'a>,
    model: Option<&'a [u8]>,
    as_it_came: &mut FieldSet,
) -> Option<Provider<'a>> {
    let named = slots.text(Field::Provider).and_then(Provider::of);
    if let (Some(Provider::Known(name)), Some(slot)) = (named, slots.slot(Field::Provider))
        && slot.meaning.row.key == "gen_ai.provider.name"
        && slot.value == AnyValue::Str(name.as_bytes())
    {
        as_it_came.insert(Field::Provider);
    }
    named.or_else(|| slots.text(Field::System).and_then(Provider::of)).or_else(|| {
        let model = str::from_utf8(model?).ok()?;
        let inferred = crate::routed_provider(model).or_else(|| crate::infer_provider(model));
        inferred.map(Provider::Known)
    })
}

fn note_counts(slots: &Slots<'_, '_>, usage: &crate::Usage, as_it_came: &mut FieldSet) {
    let counts = [
        (Field::Input, usage.input),
        (Field::Output, usage.output),
        (Field::CacheRead, usage.cache_read),
        (Field::Reasoning, usage.reasoning),
    ];
    for (field, count) in counts {
        let stands = |count: u64| {
            slots.slot(field).is_some_and(|slot| {
                slot.is_canonical() && slot.value.as_int().map(i64::cast_unsigned) == Some(count)
            })
        };
        if count.is_some_and(stands) {
            as_it_came.insert(field);
        }
    }
}

fn finish_reasons<'a>(slots: &Slots<'_, 'a>, as_it_came: &mut FieldSet) -> FinishReasons<'a> {
    let Some(slot) = slots.slot(Field::FinishReasons) else { return FinishReasons::default() };
    if slot.is_canonical() && matches!(slot.value, AnyValue::Array(_)) {
        as_it_came.insert(Field::FinishReasons);
    }
    if slot.meaning.row.form == crate::table::Form::Quoted {
        return FinishReasons(value::quoted(slot.value).map_or(AnyValue::Empty, AnyValue::Str));
    }
    FinishReasons(slot.value)
}

/// `success=false`, `status=error`.
fn failed_in_words(slots: &Slots<'_, '_>) -> bool {
    let Some(slot) = slots.slot(Field::Success) else { return false };
    match value::flag(slot.value) {
        Some(success) => !success,
        None => matches!(value::text(slot.value), Some(b"error" | b"failure" | b"failed")),
    }
}

fn error_type<'a>(
    slots: &Slots<'_, 'a>,
    record: &impl Source<'a>,
    failed: bool,
    as_it_came: &mut FieldSet,
) -> Option<&'a [u8]> {
    plain_text(slots, Field::ErrorType, as_it_came).or_else(|| {
        if !failed {
            return None;
        }
        let mut events = record.events().take(timing::EVENTS_MAX);
        let exception = events.find(|event| event.name() == b"exception")?;
        value::text(exception.attributes().get(b"exception.type")?)
    })
}
