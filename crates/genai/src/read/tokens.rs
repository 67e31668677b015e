//! From the keys found to tokens and cost.

use pdata::AnyValue;

use super::{ReportedCost, slots::Slots};
use crate::{
    Accounting, Class, CostSource, Dialect, Inclusion, Provider, RawUsage, ScopeDialect, Usage,
    pick::{Scalar, pick, pick_value},
    table::{Field, Rule, sheet},
    usage::Reported,
    value,
};

/// The tokens of a record, and what a body says about their cost.
pub(super) struct Tokens {
    pub(super) usage: Usage,
    pub(super) accounting: Accounting,
    pub(super) cost: Option<f64>,
}

/// Reads the tokens.
pub(super) fn tokens(
    slots: &Slots<'_, '_>,
    scope: &ScopeDialect,
    dialect: Dialect,
    provider: Option<Provider<'_>>,
) -> Tokens {
    let mut reported = plain(slots);
    let mut shape = None;
    let mut cost = None;
    let bodies = [Field::UsageBody, Field::MoreUsage];
    for body in bodies.into_iter().flat_map(|field| slots.all(field)) {
        if is_full(&reported.usage) {
            break;
        }
        let raw = RawUsage::from_value(body);
        cost = cost.or(raw.cost);
        if !reported.usage.is_known() && raw.reported.usage.is_known() {
            shape = Some(raw.shape.inclusion());
        }
        fill(&mut reported, &raw.reported);
    }
    if !reported.usage.is_known() {
        return Tokens { usage: Usage::default(), accounting: Accounting::Verified, cost };
    }
    if let Some(accounting) = settled(slots) {
        return Tokens { usage: reported.usage, accounting, cost };
    }
    let usage = &reported.usage;
    let parts = [usage.cache_read, usage.cache_write, usage.reasoning, reported.tool_use];
    let rules = sheet(dialect).inclusion;
    // Without parts and total only a rule that the output leaves reasoning out says anything.
    let says = |rule: &Rule| usage.total.is_some() || rule.inclusion.output_without_reasoning;
    if shape.is_none() && parts.iter().all(Option::is_none) && !rules.iter().any(says) {
        return Tokens { usage: *usage, accounting: Accounting::Verified, cost };
    }
    let rule = rule(slots, scope, rules, provider).or(shape).unwrap_or_default();
    let (usage, accounting) = reported.settle(rule);
    Tokens { usage, accounting, cost }
}

/// What has keys of its own.
fn plain(slots: &Slots<'_, '_>) -> Reported {
    let count = |field| slots.count(field);
    let cache_write_1h = count(Field::CacheWrite1h);
    let split = || {
        let short = count(Field::CacheWrite5m);
        (short.is_some() || cache_write_1h.is_some())
            .then(|| short.unwrap_or(0).saturating_add(cache_write_1h.unwrap_or(0)))
    };
    Reported {
        usage: Usage {
            input: count(Field::Input),
            output: count(Field::Output),
            cache_read: count(Field::CacheRead),
            cache_write: count(Field::CacheWrite).or_else(split),
            cache_write_1h,
            reasoning: count(Field::Reasoning),
            audio_input: count(Field::AudioInput),
            audio_output: count(Field::AudioOutput),
            image_input: count(Field::ImageInput),
            image_output: count(Field::ImageOutput),
            total: count(Field::Total),
            web_searches: count(Field::WebSearches),
        },
        tool_use: count(Field::ToolUse),
    }
}

/// Whether a body could add nothing that is priced.
fn is_full(usage: &Usage) -> bool {
    usage.is_known()
        && usage.cache_read.is_some()
        && usage.cache_write.is_some()
        && usage.cache_write_1h.is_some()
        && usage.reasoning.is_some()
}

/// Takes what is missing. A total is taken only from a body that means the same input.
fn fill(reported: &mut Reported, more: &Reported) {
    let (usage, from) = (&mut reported.usage, &more.usage);
    let same = usage.input.is_none() || usage.input == from.input;
    usage.input = usage.input.or(from.input);
    usage.output = usage.output.or(from.output);
    usage.cache_read = usage.cache_read.or(from.cache_read);
    usage.cache_write = usage.cache_write.or(from.cache_write);
    usage.cache_write_1h = usage.cache_write_1h.or(from.cache_write_1h);
    usage.reasoning = usage.reasoning.or(from.reasoning);
    usage.audio_input = usage.audio_input.or(from.audio_input);
    usage.audio_output = usage.audio_output.or(from.audio_output);
    usage.image_input = usage.image_input.or(from.image_input);
    usage.image_output = usage.image_output.or(from.image_output);
    usage.web_searches = usage.web_searches.or(from.web_searches);
    usage.total = usage.total.or(from.total.filter(|_| same));
    reported.tool_use = reported.tool_use.or(more.tool_use);
}

/// Whether a collector before has brought the counts to the meaning of the conventions, and how sure
/// it was.
fn settled(slots: &Slots<'_, '_>) -> Option<Accounting> {
    let name = slots.text(Field::Settled)?;
    let known = [Accounting::Verified, Accounting::Assumed];
    known.into_iter().find(|accounting| accounting.name().as_bytes() == name)
}

/// Who a collector before noted as saying what it cost.
fn noted_source(slots: &Slots<'_, '_>) -> Option<CostSource> {
    let name = slots.text(Field::CostSource)?;
    let known = [CostSource::Computed, CostSource::Sdk, CostSource::Gateway, CostSource::Provider];
    known.into_iter().find(|source| source.name().as_bytes() == name)
}

/// What the dialect's sheet says of such counts.
fn rule(
    slots: &Slots<'_, '_>,
    scope: &ScopeDialect,
    rules: &[Rule],
    provider: Option<Provider<'_>>,
) -> Option<Inclusion> {
    let rules = rules.iter().enumerate();
    let provider = provider.map_or(&b""[..], Provider::as_bytes);
    let mut holding = rules.filter(|(at, rule)| {
        scope.has_rule(*at, rule)
            && provider.starts_with(rule.provider.as_bytes())
            && (rule.unless.is_empty() || !slots.has_key(rule.unless))
    });
    holding.next().map(|(_, rule)| rule.inclusion)
}

/// What the record says it cost. A cost of 0 is one that could not be computed.
pub(super) fn cost(slots: &Slots<'_, '_>, by_provider: Option<f64>) -> Option<ReportedCost> {
    if let Some(usd) = by_provider {
        return Some(ReportedCost { usd, source: CostSource::Provider });
    }
    let of = |dialect| match dialect {
        Dialect::LiteLlm => CostSource::Gateway,
        _ => CostSource::Sdk,
    };
    let plain = slots.slot(Field::Cost).and_then(|slot| {
        let usd = value::number(slot.value)?;
        let source = noted_source(slots).unwrap_or_else(|| of(slot.meaning.dialect));
        Some(ReportedCost { usd, source })
    });
    plain.or_else(|| {
        let slot = slots.slot(Field::CostBody)?;
        let usd = cost_in(slot.value)?;
        Some(ReportedCost { usd, source: of(slot.meaning.dialect) })
    })
}

/// A total cost in a body: LiteLLM's `response_cost`, Langfuse's `total`, MLflow's `total_cost`.
fn cost_in(body: AnyValue<'_>) -> Option<f64> {
    let (mut total, mut parts) = (None, None);
    let mut take = |key: &[u8], number: Option<f64>| {
        let Some(number) = number else { return };
        match key {
            b"response_cost" | b"total" | b"total_cost" => total = total.or(Some(number)),
            b"input" | b"output" | b"input_cost" | b"output_cost" => {
                parts = Some(parts.unwrap_or(0.0) + number);
            }
            _ => {}
        }
    };
    match body {
        AnyValue::Str(text) => pick(text, &mut |path, scalar| {
            let (Scalar::Word(word) | Scalar::Text(word)) = scalar;
            if let [key] = path {
                take(key, value::number(AnyValue::Str(word)));
            }
        }),
        body => pick_value(body, &mut |path, scalar| {
            if let [key] = path {
                take(key, value::number(scalar));
            }
        }),
    }
    total.or(parts).filter(|usd| *usd > 0.0)
}

/// Whether the tokens of this record are the last step's only, so that they stand for nothing.
pub(super) fn is_last_step_only(slots: &Slots<'_, '_>, dialect: Dialect, class: Class) -> bool {
    dialect == Dialect::Vercel
        && matches!(class, Class::Agent | Class::Aggregate)
        && !slots.has_key("ai.usage.inputTokenDetails.")
}
