//! Verdicts as log records.

use std::{collections::HashMap, sync::Arc};

use pdata::{BatchBuilder, RawRecord, wire};
use sdk::{AnyValue, Batch, Context, Signal};
use slo::{Set, Verdict};

use super::{
    super::{
        board::{Board, Tale},
        names,
    },
    put, scope,
};

/// `INFO` and `WARN`.
const INFO: (u64, &[u8]) = (9, b"INFO");
const WARN: (u64, &[u8]) = (13, b"WARN");

/// Verdicts as one batch of log records, each under the service it is about. `now` is nanoseconds since
/// 1970.
pub(in super::super) fn verdicts(
    tales: &[Tale],
    set: &Set,
    board: &Board,
    version: &str,
    now: u64,
) -> Batch {
    let records: Vec<Vec<u8>> = tales.iter().map(|tale| record(tale, set, board, now)).collect();
    let mut around = Vec::new();
    wire::put_len(&mut around, 1, &scope(version));
    let scope: Arc<[u8]> = around.into();
    let mut resources: HashMap<&[u8], Arc<[u8]>> = HashMap::new();
    let mut builder = BatchBuilder::new(Signal::Logs);
    for (tale, raw) in tales.iter().zip(&records) {
        let resource = resources.entry(&tale.service).or_insert_with(|| resource(&tale.service));
        let (resource, scope) = (resource.clone(), scope.clone());
        builder.push(&RawRecord { resource, scope, metric: None, raw });
    }
    builder.build(Arc::new(Context::default()))
}

fn resource(service: &[u8]) -> Arc<[u8]> {
    let mut out = Vec::new();
    wire::put_message(&mut out, 1, |out| {
        if !service.is_empty() {
            put(out, 1, "service.name", AnyValue::Str(service));
        }
    });
    out.into()
}

fn record(tale: &Tale, set: &Set, board: &Board, now: u64) -> Vec<u8> {
    let mut out = Vec::with_capacity(512);
    let is_bad = tale.change.to == Verdict::Bad;
    let (number, word) = if is_bad { WARN } else { INFO };
    wire::put_fixed64(&mut out, 1, if tale.at == 0 { now } else { tale.at });
    wire::put_tag(&mut out, 2, wire::VARINT);
    wire::put_varint(&mut out, number);
    wire::put_len(&mut out, 3, word);
    wire::put_message(&mut out, 5, |out| {
        AnyValue::Str(names::EVALUATION.as_bytes()).write(out);
    });
    let mut attribute = |key: &str, value: AnyValue<'_>| put(&mut out, 6, key, value);
    attributes(tale, set, board, &mut attribute);
    if tale.trace != [0; 16] {
        wire::put_len(&mut out, 9, &tale.trace);
        if tale.span != 0 {
            wire::put_len(&mut out, 10, &tale.span.to_be_bytes());
        }
    }
    wire::put_fixed64(&mut out, 11, now);
    wire::put_len(&mut out, 12, names::EVALUATION.as_bytes());
    out
}

fn attributes(tale: &Tale, set: &Set, board: &Board, put: &mut dyn FnMut(&str, AnyValue<'_>)) {
    let Some(objective) = set.objectives.get(tale.objective) else { return };
    let text = |text: &'static str| AnyValue::Str(text.as_bytes());
    put(names::NAME, AnyValue::Str(objective.name.as_bytes()));
    put(names::VERDICT, text(tale.change.to.name()));
    if let Some(before) = tale.change.from {
        put(names::AMENDED, AnyValue::Bool(true));
        put(names::BEFORE, text(before.name()));
    }
    for (key, flag) in [(names::EARLY, tale.change.is_early), (names::PARTIAL, tale.is_partial)] {
        if flag {
            put(key, AnyValue::Bool(true));
        }
    }
    if let Some(reason) = &tale.reason {
        put(names::REASON, AnyValue::Str(reason.as_bytes()));
    }
    if let Some((_, number, operator)) = objective.good.threshold() {
        if let Some(value) = tale.value {
            put(names::VALUE, AnyValue::Double(value));
        }
        if let Some(unit) = number.unit() {
            put(names::UNIT, text(unit.code()));
        }
        put(names::THRESHOLD, AnyValue::Double(number.value().to_f64()));
        put(names::OPERATOR, text(operator));
    }
    put(names::TARGET, AnyValue::Double(objective.target.to_f64()));
    put(names::WINDOW, AnyValue::Str(objective.window.to_string().as_bytes()));
    put(names::WEIGHT, AnyValue::Double(tale.weight.ratio().to_f64()));
    if tale.change.to == Verdict::Bad {
        put(names::SEVERITY, text(objective.severity.name()));
    }
    let group =
        board.sheets.get(tale.objective).and_then(|sheet| sheet.groups.get(tale.group as usize));
    for (key, value) in objective.group_by.iter().zip(group.into_iter().flat_map(|g| &g.values)) {
        if !value.is_empty() {
            put(&format!("{}{key}", names::GROUP), AnyValue::Str(value.as_bytes()));
        }
    }
    for (key, value) in [("gen_ai.agent.name", &tale.agent), (names::OUTCOME, &tale.outcome)] {
        if let Some(value) = value {
            put(key, AnyValue::Str(value));
        }
    }
}
