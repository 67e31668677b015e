//! `slo backtest`: what objectives and alerts would have done on recordings.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use agent_processors::Judged;
use serde_json::{Value, json};
use slo::{
    Fact, Facts as _, Objective, Ratio, Verdict,
    backtest::{Event, Fired, Report, backtest},
};

use super::{
    recording::{Recording, hex, moment},
    source,
    table::Table,
};

/// Reasons of one objective that are told, most frequent first.
const REASONS_MAX: usize = 5;

pub(super) fn perform(
    files: &[PathBuf],
    objectives: &Path,
    is_json: bool,
) -> Result<ExitCode, String> {
    let recording = Recording::judge(files, source::settings(objectives)?)?;
    let groups: Vec<String> = recording.judged.iter().map(|one| group(&recording, one)).collect();
    let events = recording.judged.iter().zip(&groups).filter_map(|(one, group)| {
        Some(Event {
            at: one.at / 1_000_000_000,
            objective: &recording.set.objectives.get(one.objective)?.name,
            group,
            verdict: one.verdict?,
            weight: one.weight,
        })
    });
    let report = backtest(&recording.set, events).map_err(|error| error.to_string())?;
    let reasons = reasons(&recording);
    let text = if is_json {
        format!("{:#}\n", as_json(&recording, &report, &reasons))
    } else {
        as_text(&recording, &report, &reasons)
    };
    super::super::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// The values of the attributes by which an objective counts apart.
fn group(recording: &Recording, one: &Judged) -> String {
    let keys =
        recording.set.objectives.get(one.objective).map_or(&[][..], |it| it.group_by.as_slice());
    let value = |key: &String| match one.facts.attribute(key) {
        Fact::Text(text) => String::from_utf8_lossy(text).into_owned(),
        Fact::Int(number) => number.to_string(),
        Fact::Bool(flag) => flag.to_string(),
        _ => String::new(),
    };
    keys.iter().map(value).collect::<Vec<_>>().join(", ")
}

/// Why an objective was broken: how many times, and a trace.
type Reasons = BTreeMap<usize, Vec<(String, usize, [u8; 16])>>;

fn reasons(recording: &Recording) -> Reasons {
    let mut found: BTreeMap<usize, BTreeMap<&str, (usize, [u8; 16])>> = BTreeMap::new();
    for one in recording.judged.iter().filter(|one| one.verdict == Some(Verdict::Bad)) {
        let objective = recording.set.objectives.get(one.objective);
        let reason = objective.and_then(|it| it.reason(&one.facts)).unwrap_or("missing facts");
        found.entry(one.objective).or_default().entry(reason).or_insert((0, one.trace)).0 += 1;
    }
    let sorted = |reasons: BTreeMap<&str, (usize, [u8; 16])>| {
        let mut list: Vec<_> = reasons
            .into_iter()
            .map(|(why, (count, trace))| (why.to_owned(), count, trace))
            .collect();
        list.sort_by_key(|(_, count, _)| std::cmp::Reverse(*count));
        list.truncate(REASONS_MAX);
        list
    };
    found.into_iter().map(|(at, reasons)| (at, sorted(reasons))).collect()
}

fn as_text(recording: &Recording, report: &Report, reasons: &Reasons) -> String {
    let mut table = Table::new(&[
        "objective",
        "target",
        "good",
        "bad",
        "excluded",
        "unknown",
        "budget left",
        "alerts",
    ]);
    for result in &report.results {
        let [good, bad, excluded, unknown] =
            Verdict::ALL.map(|verdict| result.counts.events(verdict).to_string());
        let left = result.remaining.map_or_else(|| "unknown".to_owned(), percent);
        let title = title(&result.objective, &result.group);
        let alerts = result.fired.len().to_string();
        table.row([title, percent(result.target), good, bad, excluded, unknown, left, alerts]);
    }
    let mut text = match recording.seconds() {
        Some((first, last)) => {
            format!("{} records from {} to {}\n\n", recording.records, moment(first), moment(last))
        }
        None => {
            format!("{} records, and nothing in them that an objective judges\n", recording.records)
        }
    };
    text.push_str(&table.to_string());
    for (at, list) in reasons {
        let name = recording.set.objectives.get(*at).map_or("", |one| one.name.as_str());
        for (reason, count, trace) in list {
            // Writing to a string does not fail.
            let _ = writeln!(text, "{name}: {count} times {reason}, such as trace {}", hex(trace));
        }
    }
    for result in &report.results {
        for Fired { alert, severity, tier, from, until } in &result.fired {
            let until = until.map_or_else(
                || "firing at the end".to_owned(),
                |at| format!("until {}", moment(at)),
            );
            let title = title(&result.objective, &result.group);
            let _ = writeln!(
                text,
                "{title}: {severity} {alert} (tier {tier}) from {}, {until}",
                moment(*from)
            );
        }
    }
    text
}

fn title(objective: &str, group: &str) -> String {
    if group.is_empty() { objective.to_owned() } else { format!("{objective} [{group}]") }
}

/// In percent, with at most two digits behind the point.
fn percent(part: Ratio) -> String {
    let hundredths = part.times(Ratio::whole(10_000)).map_or(0, Ratio::floor);
    format!("{}%", Ratio::new(hundredths, 100).unwrap_or_default())
}

fn as_json(recording: &Recording, report: &Report, reasons: &Reasons) -> Value {
    let told = |fired: &Fired| {
        json!({
            "alert": fired.alert, "severity": fired.severity.name(), "tier": fired.tier,
            "from": moment(fired.from), "until": fired.until.map(moment),
        })
    };
    let why = |name: &str| -> Vec<Value> {
        let at = recording.set.objectives.iter().position(|one: &Objective| one.name == name);
        let list = at.and_then(|at| reasons.get(&at)).map_or(&[][..], Vec::as_slice);
        list.iter()
            .map(|(reason, count, trace)| json!({"reason": reason, "count": count, "trace_id": hex(trace)}))
            .collect()
    };
    let results: Vec<Value> = report
        .results
        .iter()
        .map(|result| {
            let [good, bad, excluded, unknown] =
                Verdict::ALL.map(|verdict| result.counts.events(verdict).to_f64());
            json!({
                "objective": result.objective, "group": result.group, "target": result.target.to_f64(),
                "good": good, "bad": bad, "excluded": excluded, "unknown": unknown,
                "budget_left": result.remaining.map(Ratio::to_f64),
                "alerts": result.fired.iter().map(told).collect::<Vec<_>>(),
                "reasons": why(&result.objective),
            })
        })
        .collect();
    let times = recording.seconds();
    json!({
        "records": recording.records,
        "from": times.map(|(first, _)| moment(first)),
        "to": times.map(|(_, last)| moment(last)),
        "results": results,
    })
}
