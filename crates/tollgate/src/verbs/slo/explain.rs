//! `slo explain`: why each thing in a recording was judged as it was, field by field.

use std::{fmt::Write as _, path::Path, process::ExitCode};

use agent_processors::Judged;
use serde_json::{Value, json};
use slo::{
    Fact, Facts as _, Known, Truth, Verdict,
    explain::{Explanation, explain},
    expr::Step,
    fields::FIELDS,
};

use super::{
    recording::{Recording, hex, moment},
    source,
};

/// What is explained, and how.
pub(super) struct Wanted<'w> {
    /// Only this objective.
    pub(super) objective: Option<&'w str>,
    /// What no objective matches as well.
    pub(super) has_unmatched: bool,
    /// For programs.
    pub(super) is_json: bool,
}

pub(super) fn perform(
    trace: &Path,
    objectives: &Path,
    wanted: &Wanted<'_>,
) -> Result<ExitCode, String> {
    let config = source::settings(objectives)?;
    let recording = Recording::judge(&[trace.to_path_buf()], config)?;
    if let Some(name) = wanted.objective
        && recording.set.get(name).is_none()
    {
        let names = recording.set.objectives.iter().map(|one| one.name.as_str());
        let near = config::suggest(name, names).map(|near| format!("; did you mean {near}?"));
        return Err(format!("no objective is called {name:?}{}", near.unwrap_or_default()));
    }
    let shown: Vec<(&Judged, Explanation)> = recording
        .judged
        .iter()
        .filter(|one| one.verdict.is_some() || wanted.has_unmatched)
        .filter_map(|one| {
            let objective = recording.set.objectives.get(one.objective)?;
            let is_wanted = wanted.objective.is_none_or(|name| name == objective.name);
            is_wanted.then(|| (one, explain(objective, &one.facts)))
        })
        .collect();
    let text = if wanted.is_json {
        let list: Vec<Value> =
            shown.iter().map(|(one, why)| as_json(&recording, one, why)).collect();
        format!("{:#}\n", Value::from(list))
    } else {
        as_text(&recording, &shown)
    };
    super::super::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn as_text(recording: &Recording, shown: &[(&Judged, Explanation)]) -> String {
    let mut text = String::new();
    let mut last = None;
    for (one, why) in shown {
        let on =
            recording.set.objectives.get(one.objective).map_or("", |objective| objective.on.name());
        let subject = (one.trace, one.span, on);
        if last.replace(subject) != Some(subject) {
            let partial = if one.is_partial { ", whose root never came" } else { "" };
            // Writing to a string does not fail.
            let _ = writeln!(
                text,
                "{on} {} of trace {} at {}{partial}\n  known: {}",
                hex(&one.span.to_be_bytes()),
                hex(&one.trace),
                moment(one.at / 1_000_000_000),
                known(&one.facts),
            );
        }
        for line in why.to_string().lines() {
            let _ = writeln!(text, "  {line}");
        }
        if let Some(before) = one.before {
            let _ = writeln!(text, "    before   {before}; what came later changed that");
        }
    }
    let unmatched = recording.judged.iter().filter(|one| one.verdict.is_none()).count();
    let judged = recording.judged.len() - unmatched;
    let _ = writeln!(
        text,
        "{} records: {judged} verdicts; {unmatched} times an objective did not match (--unmatched shows why)",
        recording.records
    );
    text
}

/// Every field that is known.
fn known(facts: &Known) -> String {
    let fields = FIELDS.iter().filter_map(|row| {
        let found = word(facts.field(row.field))?;
        Some(format!("{} {found}", row.name))
    });
    fields.collect::<Vec<_>>().join(", ")
}

/// A fact in words; none if it is missing.
fn word(fact: Fact<'_>) -> Option<String> {
    Some(match fact {
        Fact::Missing => return None,
        Fact::Bool(flag) => if flag { "yes" } else { "no" }.to_owned(),
        Fact::Int(number) => number.to_string(),
        Fact::Float(number) => number.to_string(),
        Fact::Nanos(_) => format!("{}s", fact.number().unwrap_or_default()),
        Fact::Text(text) => String::from_utf8_lossy(text).into_owned(),
        Fact::List => "a list".to_owned(),
    })
}

fn as_json(recording: &Recording, one: &Judged, why: &Explanation) -> Value {
    let facts = FIELDS.iter().filter_map(|row| {
        let value = match one.facts.field(row.field) {
            Fact::Missing => return None,
            Fact::Bool(flag) => json!(flag),
            Fact::Int(number) => json!(number),
            fact @ (Fact::Float(_) | Fact::Nanos(_)) => json!(fact.number()),
            fact => json!(word(fact)),
        };
        Some((row.name.to_owned(), value))
    });
    let steps = |steps: &[Step]| -> Vec<Value> {
        let step = |step: &Step| json!({"test": step.test, "found": step.found, "holds": holds(step.truth)});
        steps.iter().map(step).collect()
    };
    let conditions = why.matching.iter();
    let conditions =
        conditions.map(|(text, truth)| json!({"condition": text, "holds": holds(*truth)}));
    json!({
        "objective": why.objective,
        "on": recording.set.objectives.get(one.objective).map(|objective| objective.on.name()),
        "trace_id": hex(&one.trace),
        "span_id": hex(&one.span.to_be_bytes()),
        "time": moment(one.at / 1_000_000_000),
        "verdict": why.verdict.map(Verdict::name),
        "because": why.because,
        "reason": why.reason,
        "early": why.is_bad_early,
        "partial": one.is_partial,
        "before": one.before.map(Verdict::name),
        "weight": one.weight.ratio().to_f64(),
        "fields": facts.collect::<serde_json::Map<_, _>>(),
        "match": conditions.collect::<Vec<_>>(),
        "exclude": why.exclude.as_ref().map(|(_, list)| steps(list)),
        "good": steps(&why.good.1),
    })
}

/// Yes, no, or not known.
const fn holds(truth: Truth) -> Option<bool> {
    match truth {
        Truth::True => Some(true),
        Truth::False => Some(false),
        Truth::Unknown => None,
    }
}
