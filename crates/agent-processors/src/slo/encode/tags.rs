//! What is written on the spans that were judged.

use sdk::{AnyValue, Record};
use slo::{Set, Verdict, ledger::State};

use super::super::{board::Board, book::Ruling, config::Told, names};

/// Writes the verdicts on a span; `reasons` are those of the bad ones.
pub(in super::super) fn tag(
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
