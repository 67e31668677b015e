//! What the fuzz targets do, so that ordinary tests do the same. Not part of the API.

#[cfg(test)]
mod tests;

use std::time::{Duration, UNIX_EPOCH};

use pdata::views::{LogRecordView, SpanView};

use crate::{
    Call, Ledger, Limits, Prices, Pricing, RawUsage, Reading, ScopeDialect, Source, messages,
    profile, read, table::SHEETS,
};

/// Reads `input` as a span and as a log record of the scope that its first byte picks.
///
/// # Panics
///
/// When what was understood contradicts itself.
pub fn read_anything(input: &[u8]) {
    let pick = input.first().map_or(0, |byte| usize::from(*byte));
    let scopes: Vec<&str> = SHEETS.iter().flat_map(|sheet| sheet.scopes).copied().collect();
    let name = scopes.get(pick % (scopes.len() + 1)).copied().unwrap_or_default();
    let scope = ScopeDialect::of(name.trim_end_matches('*').as_bytes(), b"");
    let message = input.get(1..).unwrap_or_default();
    let mut ledger = Ledger::new(Limits { calls: 4, forgotten: 4, ..Limits::default() });
    let span = SpanView::read(message);
    if let Some(reading) = read(&scope, &span) {
        check(&reading);
        let ids = [span.trace_id(), span.span_id(), span.parent_span_id()];
        let times = (span.start_time_unix_nano(), span.end_time_unix_nano());
        let call = Call::new(&reading, &scope).at(ids, times.0, times.1);
        ledger.add(call, Duration::ZERO);
        ledger.add(call, Duration::ZERO);
    }
    let log = LogRecordView::read(message);
    if let Some(reading) = read(&scope, &log) {
        check(&reading);
        let (at, ids) = (log.start(), [log.trace_id(), log.span_id(), &[]]);
        ledger.add(Call::new(&reading, &scope).at(ids, at, at), Duration::ZERO);
    }
    let rebuilt = messages::rebuild(&span, 1 << 10);
    for json in [rebuilt.input, rebuilt.output].into_iter().flatten() {
        assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok(), "not JSON: {json}");
    }
    let mut commits = 0;
    ledger.settle_all(&mut |_| commits += 1);
    assert!(commits <= 2, "{commits} calls out of two records");
    let _ = RawUsage::from_text(message).usage();
}

/// What holds for every reading.
fn check(reading: &Reading<'_>) {
    let usage = &reading.usage;
    let within =
        |part: Option<u64>, whole: Option<u64>| part.is_none() || whole.is_none() || part <= whole;
    assert!(within(usage.cache_read, usage.input), "{usage:?}");
    assert!(within(usage.cache_write, usage.input), "{usage:?}");
    assert!(within(usage.reasoning, usage.output), "{usage:?}");
    if let Some(seconds) = reading.time_to_first_chunk {
        assert!(seconds.is_finite() && seconds >= 0.0);
    }
    if let Some(cost) = reading.cost {
        assert!(cost.usd.is_finite() && cost.usd > 0.0);
    }
    for profile in [profile::Profile::V1_37, profile::Profile::V1_41, profile::Profile::Next] {
        profile::each_attribute(reading, profile, &mut |key, _| assert!(!key.is_empty()));
    }
}

/// Loads `input` as a table of prices and asks it.
///
/// # Panics
///
/// When a price is negative or boundless.
pub fn load_any_table(input: &[u8]) {
    let Ok(prices) = Prices::bundled().with_table(input, "2026-01-01") else { return };
    let usage = crate::Usage { input: Some(1000), output: Some(10), ..crate::Usage::default() };
    for model in [&b"gpt-4o"[..], b"a", b""] {
        let pricing = Pricing {
            provider: None,
            response_model: Some(model),
            request_model: None,
            service_tier: None,
            at: UNIX_EPOCH,
        };
        let cost = prices.cost(prices.rate(&pricing), &usage);
        assert!(cost.is_none_or(|cost| cost >= 0.0 && cost.is_finite()), "{cost:?}");
    }
}
