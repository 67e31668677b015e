//! `slo suggest`: what could be promised, by what was recorded.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use agent_processors::slo::Config;
use serde_json::{Value, json};
use slo::{
    Facts as _, Field, Ratio, Verdict,
    suggest::{Suggestion, bound, target, traffic},
};

use super::{
    recording::{Recording, moment},
    source,
};

/// What may be promised: its name and its condition, in which a bound stands for what is measured.
struct Candidate {
    name: &'static str,
    on: &'static str,
    /// The field that is bounded, and what its bound is written with in front and behind.
    bounded: Option<(Field, &'static str, &'static str)>,
    good: &'static str,
    more: &'static str,
}

const fn kept(name: &'static str, on: &'static str, good: &'static str) -> Candidate {
    Candidate { name, on, bounded: None, good, more: "" }
}

const fn bounded(
    name: &'static str,
    on: &'static str,
    field: Field,
    good: &'static str,
    [before, behind]: [&'static str; 2],
) -> Candidate {
    let more = "    missing: exclude\n";
    Candidate { name, on, bounded: Some((field, before, behind)), good, more }
}

const CANDIDATES: [Candidate; 11] = [
    kept("runs-complete", "run", "outcome == completed"),
    kept("model-calls-succeed", "model_call", "not error"),
    kept("tools-succeed", "tool_call", "not error"),
    bounded("run-duration", "run", Field::ActiveDuration, "active_duration <= ", ["", "s"]),
    bounded("run-response-start", "run", Field::ResponseStart, "response_start <= ", ["", "s"]),
    bounded("run-model-calls", "run", Field::ModelCalls, "model_calls <= ", ["", ""]),
    bounded(
        "run-repeated-tool-calls",
        "run",
        Field::RepeatedToolCalls,
        "repeated_tool_calls <= ",
        ["", ""],
    ),
    bounded("run-tokens", "run", Field::TokensTotal, "tokens.total <= ", ["", " tokens"]),
    bounded("run-cost", "run", Field::Cost, "cost <= ", ["$", ""]),
    bounded("model-duration", "model_call", Field::Duration, "duration <= ", ["", "s"]),
    bounded("first-token", "model_call", Field::Ttft, "ttft <= ", ["", "s"]),
];
/// Far above whatever is measured.
const FAR: u32 = 1_000_000_000;

/// A promise that could be made.
struct Promise {
    name: String,
    on: String,
    good: String,
    more: &'static str,
    target: Ratio,
    events: u64,
    kept: u64,
    /// Events an hour, where enough was seen to say.
    hourly: Option<f64>,
    /// What is promised now.
    now: Option<Ratio>,
}

/// What to promise, and what nothing is known of.
struct Found {
    promises: Vec<Promise>,
    without: Vec<String>,
}

pub(super) fn perform(
    files: &[PathBuf],
    objectives: Option<&Path>,
    part: &str,
    is_json: bool,
) -> Result<ExitCode, String> {
    let part = Ratio::decimal(part.trim_end_matches('%')).and_then(|number| {
        if part.ends_with('%') { number.over(Ratio::whole(100)) } else { Some(number) }
    });
    let part = part
        .filter(|part| *part > Ratio::ZERO && *part < Ratio::ONE)
        .ok_or("--target is a part, such as 95% or 0.95")?;
    let (recording, found) = match objectives {
        Some(path) => {
            let recording = Recording::judge(files, source::settings(path)?)?;
            let found = of_objectives(&recording);
            (recording, found)
        }
        None => {
            let recording = Recording::judge(files, candidates()?)?;
            let found = of_candidates(&recording, part);
            (recording, found)
        }
    };
    let text =
        if is_json { format!("{:#}\n", as_json(&found)) } else { as_text(&recording, &found) };
    super::super::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// The candidates as a file of objectives, with bounds that nothing reaches.
fn candidates() -> Result<Config, String> {
    let mut text = "objectives:\n".to_owned();
    for Candidate { name, on, bounded, good, more } in &CANDIDATES {
        let (before, behind) = bounded.map_or(("", ""), |(_, before, behind)| (before, behind));
        let bound = bounded.map_or_else(String::new, |_| FAR.to_string());
        // Writing to a string does not fail.
        let _ = write!(
            text,
            "  - name: {name}\n    on: {on}\n    good: {good}{before}{bound}{behind}\n    target: 99%\n{more}"
        );
    }
    let value = config::parse(&text, "candidates").map_err(|error| error.to_string())?;
    Ok(source::config_of(&value))
}

fn of_candidates(recording: &Recording, part: Ratio) -> Found {
    let mut found = Found { promises: Vec::new(), without: Vec::new() };
    for (at, candidate) in CANDIDATES.iter().enumerate() {
        let promise = match candidate.bounded {
            None => measured(recording, at).and_then(|(events, kept)| {
                let Suggestion { target, .. } = target(kept, events - kept)?;
                Some((candidate.good.to_owned(), target, events, kept))
            }),
            Some((field, before, behind)) => {
                let facts = recording
                    .judged
                    .iter()
                    .filter(|one| one.objective == at && one.verdict.is_some());
                let mut values: Vec<f64> =
                    facts.filter_map(|one| one.facts.field(field).number()).collect();
                bound(&mut values, part).map(|bound| {
                    let kept = values.iter().filter(|value| **value <= bound).count() as u64;
                    let good = format!("{}{before}{bound}{behind}", candidate.good);
                    (good, part, values.len() as u64, kept)
                })
            }
        };
        let Some((good, target, events, kept)) = promise else {
            found.without.push(candidate.name.to_owned());
            continue;
        };
        let hourly = hourly(recording, events);
        let Candidate { name, on, more, .. } = *candidate;
        let (name, on) = (name.to_owned(), on.to_owned());
        found.promises.push(Promise {
            name,
            on,
            good,
            more,
            target,
            events,
            kept,
            hourly,
            now: None,
        });
    }
    found
}

/// Targets for objectives that there are.
fn of_objectives(recording: &Recording) -> Found {
    let mut found = Found { promises: Vec::new(), without: Vec::new() };
    for (at, objective) in recording.set.objectives.iter().enumerate() {
        let suggestion = measured(recording, at)
            .and_then(|(events, kept)| Some((events, kept, target(kept, events - kept)?)));
        let Some((events, kept, suggestion)) = suggestion else {
            found.without.push(objective.name.clone());
            continue;
        };
        found.promises.push(Promise {
            name: objective.name.clone(),
            on: objective.on.name().to_owned(),
            good: objective.good.to_string(),
            more: "",
            target: suggestion.target,
            events,
            kept,
            hourly: hourly(recording, events),
            now: Some(objective.target),
        });
    }
    found
}

/// Good and bad ones, and the good ones of them.
fn measured(recording: &Recording, at: usize) -> Option<(u64, u64)> {
    let count = |verdict| {
        let is =
            |one: &&agent_processors::Judged| one.objective == at && one.verdict == Some(verdict);
        recording.judged.iter().filter(is).count() as u64
    };
    let (good, bad) = (count(Verdict::Good), count(Verdict::Bad));
    (good + bad > 0).then_some((good + bad, good))
}

/// Events an hour, if an hour or more was recorded.
fn hourly(recording: &Recording, events: u64) -> Option<f64> {
    let (first, last) = recording.seconds()?;
    let seconds = last.saturating_sub(first);
    let traffic = (seconds >= 3_600).then(|| traffic(events, seconds)).flatten()?;
    Some(traffic.events_per_hour().to_f64())
}

/// Two digits of it, as objectives write it.
fn traffic_text(hourly: f64) -> String {
    let (number, unit) = if hourly >= 1.0 { (hourly, 'h') } else { (hourly * 24.0, 'd') };
    format!("{number:.0}/{unit}").replace("0/d", "1/d")
}

fn percent(part: Ratio) -> String {
    format!("{}%", part.times(Ratio::whole(100)).unwrap_or_default())
}

/// A file of objectives, what it is based on beside each.
fn as_text(recording: &Recording, found: &Found) -> String {
    let mut text = match recording.seconds() {
        Some((first, last)) => {
            format!(
                "# From {} records between {} and {}.\n",
                recording.records,
                moment(first),
                moment(last)
            )
        }
        None => format!(
            "# {} records, and no run, call of a model or call of a tool in them.\n",
            recording.records
        ),
    };
    if !found.promises.is_empty() {
        text.push_str("objectives:\n");
    }
    for promise in &found.promises {
        let Promise { name, on, good, more, target, events, kept, .. } = promise;
        let now = promise.now.map(|now| format!("; {} now", percent(now))).unwrap_or_default();
        // Writing to a string does not fail.
        let _ = write!(
            text,
            "  - name: {name}  # good: {kept} of {events}{now}\n    on: {on}\n    good: {good}\n    target: {}\n{more}",
            percent(*target)
        );
        if let Some(hourly) = promise.hourly {
            let _ = writeln!(text, "    traffic: {}", traffic_text(hourly));
        }
    }
    for name in &found.without {
        let _ = writeln!(text, "# {name}: too little is known to promise anything.");
    }
    text
}

fn as_json(found: &Found) -> Value {
    let promise = |promise: &Promise| {
        json!({
            "name": promise.name, "on": promise.on, "good": promise.good, "target": promise.target.to_f64(),
            "target_now": promise.now.map(Ratio::to_f64), "events": promise.events, "kept": promise.kept,
            "traffic": promise.hourly.map(traffic_text),
        })
    };
    json!({
        "objectives": found.promises.iter().map(promise).collect::<Vec<_>>(),
        "without_data": found.without,
    })
}
