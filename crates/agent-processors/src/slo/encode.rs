//! Verdicts as attributes of spans and as log records, counts as OTLP metrics.

use std::{collections::HashMap, sync::Arc};

use pdata::{
    BatchBuilder, KeyValue, RawRecord,
    wire::{VARINT, put_fixed64, put_len, put_message, put_tag, put_varint},
};
use sdk::{AnyValue, Batch, Context, Record, Signal};
use slo::{Objective, Period, Set, Verdict, ledger::State, verdict::Counts};

use super::{
    action::Ruling,
    config::Told,
    names,
    series::{Board, Exemplar, Group, Sheet, Tale},
};

/// The content of a `Resource` message with these attributes.
pub(super) fn resource(attributes: &[(&str, &str)]) -> Vec<u8> {
    let mut out = Vec::new();
    for (key, text) in attributes {
        put(&mut out, 1, key, AnyValue::Str(text.as_bytes()));
    }
    out
}

/// An attribute in the field of that number.
fn put(out: &mut Vec<u8>, number: u32, key: &str, value: AnyValue<'_>) {
    put_message(out, number, |out| KeyValue::write(key.as_bytes(), value, out));
}

/// The content of an `InstrumentationScope` message.
fn scope(version: &str) -> Vec<u8> {
    let mut out = Vec::new();
    put_len(&mut out, 1, b"tollgate.slo");
    put_len(&mut out, 2, version.as_bytes());
    out
}

/// Writes the verdicts on a span; `reasons` are those of the bad ones.
pub(super) fn tag(
    record: &mut Record<'_>,
    set: &Set,
    board: &Board,
    told: Told,
    rulings: &[Ruling],
    reasons: &[Option<String>],
) {
    let verdicts = rulings.iter().map(|ruling| ruling.verdict);
    let Some(worst) = verdicts.reduce(Verdict::worse) else { return };
    if told == Told::Bad && !matches!(worst, Verdict::Bad | Verdict::Unknown) {
        return;
    }
    let mut order: Vec<&Ruling> = rulings.iter().collect();
    let name = |ruling: &Ruling| {
        set.objectives.get(ruling.objective).map_or("", |objective| objective.name.as_str())
    };
    order.sort_unstable_by_key(|ruling| name(ruling));
    let text = |ruling: &&Ruling| AnyValue::Str(name(ruling).as_bytes());
    let evaluated = record.alloc_array(order.iter().map(text));
    let is_bad = |ruling: &&&Ruling| ruling.verdict == Verdict::Bad;
    let bad = record.alloc_array(order.iter().filter(is_bad).map(text));
    let mut attributes = record.attributes_mut();
    attributes.set(names::VERDICT.as_bytes(), AnyValue::Str(worst.name().as_bytes()));
    attributes.set(names::EVALUATED, evaluated);
    if worst == Verdict::Bad {
        attributes.set(names::BAD, bad);
        let severities = order.iter().filter(is_bad).filter_map(|ruling| {
            set.objectives.get(ruling.objective).map(|objective| objective.severity)
        });
        if let Some(severity) = severities.max() {
            let severity = AnyValue::Str(severity.name().as_bytes());
            attributes.set(names::SEVERITY.as_bytes(), severity);
        }
        // The first one in the order of the config.
        let all = rulings.iter().zip(reasons).filter(|(_, reason)| reason.is_some());
        if let Some((_, Some(reason))) = all.min_by_key(|(ruling, _)| ruling.objective) {
            attributes.set(names::REASON.as_bytes(), AnyValue::Str(reason.as_bytes()));
        }
    }
    let states = rulings.iter().filter_map(|ruling| board.sheets.get(ruling.objective));
    let known = states.map(|sheet| sheet.state).filter(|state| *state != State::Unknown);
    if let Some(state) = known.max() {
        attributes.set(names::BUDGET_STATE, AnyValue::Str(state.name().as_bytes()));
    }
}

/// `INFO` and `WARN`.
const INFO: (u64, &[u8]) = (9, b"INFO");
const WARN: (u64, &[u8]) = (13, b"WARN");

/// Verdicts as one batch of log records, each under the service it is about. `now` is nanoseconds since
/// 1970.
pub(super) fn verdicts(tales: &[Tale], set: &Set, board: &Board, version: &str, now: u64) -> Batch {
    let records: Vec<Vec<u8>> = tales.iter().map(|tale| record(tale, set, board, now)).collect();
    let mut of_all = Vec::new();
    put_len(&mut of_all, 1, &scope(version));
    let scope: Arc<[u8]> = of_all.into();
    let mut resources: HashMap<&[u8], Arc<[u8]>> = HashMap::new();
    let mut builder = BatchBuilder::new(Signal::Logs);
    for (tale, raw) in tales.iter().zip(&records) {
        let resource = resources.entry(&tale.service).or_insert_with(|| around(&tale.service));
        let (resource, scope) = (resource.clone(), scope.clone());
        builder.push(&RawRecord { resource, scope, metric: None, raw });
    }
    builder.build(Arc::new(Context::default()))
}

fn around(service: &[u8]) -> Arc<[u8]> {
    let mut out = Vec::new();
    put_message(&mut out, 1, |out| {
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
    put_fixed64(&mut out, 1, if tale.at == 0 { now } else { tale.at });
    put_tag(&mut out, 2, VARINT);
    put_varint(&mut out, number);
    put_len(&mut out, 3, word);
    put_message(&mut out, 5, |out| {
        AnyValue::Str(names::EVALUATION.as_bytes()).write(out);
    });
    let mut attribute = |key: &str, value: AnyValue<'_>| put(&mut out, 6, key, value);
    attributes(tale, set, board, &mut attribute);
    if tale.trace != [0; 16] {
        put_len(&mut out, 9, &tale.trace);
        if tale.span != 0 {
            put_len(&mut out, 10, &tale.span.to_be_bytes());
        }
    }
    put_fixed64(&mut out, 11, now);
    put_len(&mut out, 12, names::EVALUATION.as_bytes());
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

/// `AGGREGATION_TEMPORALITY_CUMULATIVE`.
const CUMULATIVE: u64 = 2;
/// Objectives in one batch: a backend that refuses one point refuses its batch.
const OBJECTIVES: usize = 100;
/// The windows that burn rates are told of, in hours.
const BURN_HOURS: [u32; 2] = [1, 6];

/// Name, help, unit and value of what does not change.
type Constant<'c> = (&'c str, &'c str, &'c str, &'c dyn Fn(&Objective) -> f64);

/// What all points share.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame<'f> {
    /// The content of a `Resource` message.
    pub(super) resource: &'f [u8],
    pub(super) version: &'f str,
    /// When counting began, nanoseconds since 1970.
    pub(super) start: u64,
    /// The time of the points, nanoseconds since 1970.
    pub(super) time: u64,
    /// Whether nothing comes after.
    pub(super) is_last: bool,
}

/// Everything as it stands, in batches of bounded size.
pub(super) fn counts(board: &mut Board, set: &Set, frame: &Frame<'_>) -> Vec<Batch> {
    let objectives = set.objectives.chunks(OBJECTIVES);
    let sheets = board.sheets.chunks_mut(OBJECTIVES);
    objectives.zip(sheets).map(|(objectives, sheets)| batch(objectives, sheets, frame)).collect()
}

fn batch(objectives: &[Objective], sheets: &mut [Sheet], frame: &Frame<'_>) -> Batch {
    let mut metrics = Vec::new();
    let out = &mut metrics;
    metric(out, names::EVENTS, "Events judged, by verdict.", "{event}", true, |out| {
        for (objective, sheet) in objectives.iter().zip(sheets.iter_mut()) {
            for group in &mut sheet.groups {
                events(out, objective, group, frame);
            }
        }
    });
    let gauges: [Constant<'_>; 2] = [
        (names::TARGET, "The part of the events that has to be good.", "1", &|one| {
            one.target.to_f64()
        }),
        (names::WINDOW, "The window that the target is about.", "s", &|one| {
            one.window.as_seconds() as f64
        }),
    ];
    for (name, help, unit, value) in gauges {
        metric(out, name, help, unit, false, |out| {
            for objective in objectives {
                point(out, frame, objective, &[], value(objective));
            }
        });
    }
    metric(out, names::INFO, "Words about an objective.", "", false, |out| {
        for objective in objectives {
            let words = [
                ("slo.on", Some(objective.on.name())),
                ("slo.owner", objective.owner.as_deref()),
                ("slo.service", objective.service.as_deref()),
                ("slo.severity", Some(objective.severity.name())),
            ];
            let words = words.into_iter().filter_map(|(key, word)| Some((key, word?)));
            point(out, frame, objective, &words.collect::<Vec<_>>(), 1.0);
        }
    });
    budgets(out, objectives, sheets, frame);
    let mut out = Vec::with_capacity(metrics.len() + frame.resource.len() + 64);
    put_message(&mut out, 1, |out| {
        put_len(out, 1, frame.resource);
        put_message(out, 2, |out| {
            put_len(out, 1, &scope(frame.version));
            out.extend_from_slice(&metrics);
        });
    });
    Batch::written(Signal::Metrics, out.into(), Arc::new(Context::default()))
}

/// What this process knows of budgets; Prometheus knows it of all of them together.
fn budgets(out: &mut Vec<u8>, objectives: &[Objective], sheets: &[Sheet], frame: &Frame<'_>) {
    let now = frame.time / 1_000_000_000;
    let both = || objectives.iter().zip(sheets);
    if both().any(|(objective, sheet)| sheet.budget.remaining(objective.target, now).is_some()) {
        let help = "What is left of the budget, by what this process counted; 1 is all.";
        metric(out, names::REMAINING, help, "1", false, |out| {
            for (objective, sheet) in both() {
                if let Some(left) = sheet.budget.remaining(objective.target, now) {
                    point(out, frame, objective, &[], left.to_f64());
                }
            }
        });
    }
    let burn = |hours: u32, objective: &Objective, sheet: &Sheet| {
        sheet.budget.burn_rate(Period::hours(hours), objective.target, now)
    };
    if both().any(|(objective, sheet)| burn(6, objective, sheet).is_some()) {
        let help = "How fast the budget is used, by what this process counted.";
        metric(out, names::BURN, help, "1", false, |out| {
            for ((objective, sheet), hours) in both().flat_map(|one| BURN_HOURS.map(|h| (one, h))) {
                if let Some(rate) = burn(hours, objective, sheet) {
                    let window = format!("{hours}h");
                    let labels = [(names::WINDOW, window.as_str())];
                    point(out, frame, objective, &labels, rate.to_f64());
                }
            }
        });
    }
}

fn metric(
    out: &mut Vec<u8>,
    name: &str,
    help: &str,
    unit: &str,
    is_sum: bool,
    points: impl FnOnce(&mut Vec<u8>),
) {
    put_message(out, 2, |out| {
        put_len(out, 1, name.as_bytes());
        put_len(out, 2, help.as_bytes());
        put_len(out, 3, unit.as_bytes());
        put_message(out, if is_sum { 7 } else { 5 }, |out| {
            points(out);
            if is_sum {
                put_tag(out, 2, VARINT);
                put_varint(out, CUMULATIVE);
                put_tag(out, 3, VARINT);
                put_varint(out, 1);
            }
        });
    });
}

/// A series for each verdict. Each begins at zero, or its first event would be invisible to who looks at
/// differences.
fn events(out: &mut Vec<u8>, objective: &Objective, group: &mut Group, frame: &Frame<'_>) {
    let begins = !group.was_zero && !frame.is_last;
    group.was_zero = true;
    let shown = if begins { Counts::default() } else { *group.counter.shown() };
    for verdict in Verdict::ALL {
        put_message(out, 1, |out| {
            put_fixed64(out, 2, frame.start);
            put_fixed64(out, 3, frame.time);
            put_fixed64(out, 4, shown.value(verdict).to_bits());
            put(out, 7, names::NAME, AnyValue::Str(objective.name.as_bytes()));
            put(out, 7, names::VERDICT, AnyValue::Str(verdict.name().as_bytes()));
            for (key, value) in objective.group_by.iter().zip(&group.values) {
                if !value.is_empty() {
                    let key = format!("{}{key}", names::GROUP);
                    put(out, 7, &key, AnyValue::Str(value.as_bytes()));
                }
            }
            if let Some(exemplar) = &group.exemplar
                && verdict == Verdict::Bad
                && !begins
            {
                put_message(out, 5, |out| put_exemplar(out, exemplar));
            }
        });
    }
}

fn put_exemplar(out: &mut Vec<u8>, exemplar: &Exemplar) {
    put_fixed64(out, 2, exemplar.at);
    put_fixed64(out, 3, exemplar.weight.ratio().to_f64().to_bits());
    if exemplar.span != 0 {
        put_len(out, 4, &exemplar.span.to_be_bytes());
    }
    put_len(out, 5, &exemplar.trace);
}

fn point(
    out: &mut Vec<u8>,
    frame: &Frame<'_>,
    objective: &Objective,
    labels: &[(&str, &str)],
    value: f64,
) {
    put_message(out, 1, |out| {
        put_fixed64(out, 3, frame.time);
        put_fixed64(out, 4, value.to_bits());
        put(out, 7, names::NAME, AnyValue::Str(objective.name.as_bytes()));
        for (key, text) in labels {
            put(out, 7, key, AnyValue::Str(text.as_bytes()));
        }
    });
}
