//! Counts as OTLP metrics.

use std::sync::Arc;

use pdata::wire::{VARINT, put_fixed64, put_len, put_message, put_tag, put_varint};
use sdk::{AnyValue, Batch, Context, Signal};
use slo::{Objective, Period, Set, Verdict, verdict::Counts};

use super::{
    super::{
        board::{Board, Exemplar, Group, Sheet},
        names,
    },
    put, scope,
};

/// `AGGREGATION_TEMPORALITY_CUMULATIVE`.
const CUMULATIVE: u64 = 2;
/// Objectives in one batch: a backend that refuses one point refuses its batch.
const OBJECTIVES: usize = 100;
/// The windows that burn rates are told of, in hours.
const BURN_HOURS: [u32; 2] = [1, 6];

/// What all points share.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Frame<'f> {
    /// The content of a `Resource` message.
    pub(in super::super) resource: &'f [u8],
    pub(in super::super) version: &'f str,
    /// When counting began, nanoseconds since 1970.
    pub(in super::super) start: u64,
    /// The time of the points, nanoseconds since 1970.
    pub(in super::super) time: u64,
    /// Whether nothing comes after.
    pub(in super::super) is_last: bool,
}

/// Everything as it stands, in batches of bounded size.
pub(in super::super) fn counts(board: &mut Board, set: &Set, frame: &Frame<'_>) -> Vec<Batch> {
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
    let gauges: [(&str, &str, &str, &dyn Fn(&Objective) -> f64); 2] = [
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
