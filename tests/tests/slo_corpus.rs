//! Traces that were judged by hand, held against the processors `agent_runs` and `slo`
//! (`data/slo/corpus`): as they are, sent again, and in the other order.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what fails here fails the test")]

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::PathBuf,
    process::Command,
};

use acceptance::binary::{folder, path};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{AnyValue, KeyValue, any_value::Value as Attribute},
    trace::v1::{ResourceSpans, ScopeSpans, Span},
};
use prost::Message as _;
use serde_json::Value;

/// Verdicts with their counts, by objective.
type Verdicts = BTreeMap<String, BTreeMap<String, u64>>;

fn corpus() -> PathBuf {
    folder().join("data/slo/corpus")
}

/// What was judged by hand: `good`, `2 good, 1 bad`.
fn by_hand(verdicts: &Value) -> Verdicts {
    let counts = |text: &str| {
        let one = |part: &str| match part.trim().split_once(' ') {
            Some((count, verdict)) => (verdict.to_owned(), count.parse().unwrap()),
            None => (part.trim().to_owned(), 1),
        };
        text.split(',').map(one).collect()
    };
    let verdicts = verdicts.as_object().unwrap().iter();
    verdicts.map(|(name, text)| (name.clone(), counts(text.as_str().unwrap()))).collect()
}

/// What the processors say of these files, one after the other.
fn judged(files: &[&str]) -> Verdicts {
    let objectives = corpus().join("objectives.yaml");
    let mut args = vec!["slo", "backtest"];
    args.extend(files);
    args.extend(["--objectives", objectives.to_str().unwrap(), "--json"]);
    // Without a deadline: a debug build needs seconds for a hundred thousand spans, where others
    // work as well.
    let outcome = Command::new(path()).args(&args).output().unwrap();
    let said = String::from_utf8_lossy(&outcome.stderr);
    assert!(outcome.status.success(), "{files:?}: {said}");
    let report: Value = serde_json::from_slice(&outcome.stdout).unwrap();
    let mut found = Verdicts::new();
    for result in report["results"].as_array().unwrap() {
        let mut counts = BTreeMap::new();
        for verdict in ["good", "bad", "excluded", "unknown"] {
            let count = result[verdict].as_f64().unwrap();
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
            if count > 0.0 {
                counts.insert(verdict.to_owned(), count as u64);
            }
        }
        if !counts.is_empty() {
            found.insert(result["objective"].as_str().unwrap().to_owned(), counts);
        }
    }
    found
}

fn cases() -> Vec<(String, Value)> {
    let text = fs::read_to_string(corpus().join("verdicts.json")).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    all.as_object().unwrap().iter().map(|(name, case)| (name.clone(), case.clone())).collect()
}

#[test]
fn every_trace_is_judged_as_by_hand() {
    let all = cases();
    assert!(all.len() >= 40, "{} traces", all.len());
    let mut wrong = Vec::new();
    for (name, case) in &all {
        let why = case["why"].as_str().unwrap();
        assert!(why.len() > 20, "{name}: no reason");
        let file = corpus().join(name);
        let expected = by_hand(&case["verdicts"]);
        let found = judged(&[file.to_str().unwrap()]);
        if found != expected {
            wrong.push(format!("{name} ({why})\n  by hand {expected:?}\n  judged  {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_trace_of_the_folder_was_judged_by_hand_and_every_verdict_is_there() {
    let all = cases();
    let told: BTreeSet<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
    for entry in fs::read_dir(corpus()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let is_other = ["verdicts.json", "objectives.yaml", "README.md"].contains(&name.as_str());
        assert!(is_other || told.contains(name.as_str()), "{name}");
    }
    let mut seen: BTreeSet<(String, String)> = BTreeSet::new();
    for (_, case) in &all {
        for (objective, counts) in by_hand(&case["verdicts"]) {
            seen.extend(counts.into_keys().map(|verdict| (objective.clone(), verdict)));
        }
    }
    let has = |objective: &str, verdict: &str| seen.contains(&(objective.into(), verdict.into()));
    let objectives: BTreeSet<&String> = seen.iter().map(|(objective, _)| objective).collect();
    assert_eq!(objectives.len(), 12, "{objectives:?}");
    for objective in objectives {
        assert!(has(objective, "good") && has(objective, "bad"), "{objective}");
    }
    for verdict in ["excluded", "unknown"] {
        assert!(seen.iter().filter(|(_, seen)| seen == verdict).count() >= 3, "{verdict}");
    }
}

/// All traces at once are the sum of each; sent again and in the other order, they still are.
#[test]
fn repetition_and_order_change_no_total() {
    let all = cases();
    let mut sum = Verdicts::new();
    let mut files = Vec::new();
    for (name, case) in &all {
        for (objective, counts) in by_hand(&case["verdicts"]) {
            for (verdict, count) in counts {
                *sum.entry(objective.clone()).or_default().entry(verdict).or_default() += count;
            }
        }
        files.push(corpus().join(name).to_str().unwrap().to_owned());
    }
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    assert_eq!(judged(&files), sum);
    let reversed: Vec<&str> = files.iter().rev().copied().collect();
    assert_eq!(judged(&reversed), sum);
    assert_eq!(judged(&[files.clone(), reversed].concat()), sum, "sent twice");
    // The requests of each file in the other order as well.
    for name in files.iter().filter(|name| name.ends_with(".jsonl")) {
        let text = fs::read_to_string(name).unwrap();
        let turned: String = text.lines().rev().map(|line| format!("{line}\n")).collect();
        let path = env::temp_dir().join(format!("tollgate-turned-{}.jsonl", std::process::id()));
        fs::write(&path, turned).unwrap();
        let found = judged(&[path.to_str().unwrap()]);
        fs::remove_file(&path).unwrap();
        assert_eq!(found, judged(&[name]), "{name}");
    }
}

/// A run of a hundred thousand calls: each is judged, and the run is bad by its bound.
#[test]
fn a_run_of_a_hundred_thousand_calls_is_judged() {
    const CALLS: u64 = 100_000;
    const START: u64 = 1_764_000_000_000_000_000;
    let attribute = |key: &str, value: Attribute| KeyValue {
        key: key.to_owned(),
        value: Some(AnyValue { value: Some(value) }),
        ..KeyValue::default()
    };
    let text = |key: &str, value: &str| attribute(key, Attribute::StringValue(value.to_owned()));
    let span = |id: u64, parent: &[u8], end: u64, attributes: Vec<KeyValue>| Span {
        trace_id: vec![0xaa; 16],
        span_id: id.to_be_bytes().to_vec(),
        parent_span_id: parent.to_vec(),
        name: "x".to_owned(),
        start_time_unix_nano: START,
        end_time_unix_nano: START + end * 1_000_000,
        attributes,
        ..Span::default()
    };
    let call = |id: u64| {
        vec![
            text("gen_ai.operation.name", "chat"),
            text("gen_ai.request.model", "m"),
            text("gen_ai.response.id", &format!("r{id}")),
            attribute("gen_ai.usage.input_tokens", Attribute::IntValue(1)),
        ]
    };
    let below = 1_u64.to_be_bytes();
    let mut spans: Vec<Span> =
        (0..CALLS).map(|at| span(at + 2, &below, at / 100 + 1, call(at))).collect();
    spans.push(span(1, &[], 2_000, vec![text("gen_ai.operation.name", "invoke_agent")]));
    let scope = ScopeSpans { spans, ..ScopeSpans::default() };
    let resource = ResourceSpans { scope_spans: vec![scope], ..ResourceSpans::default() };
    let request = ExportTraceServiceRequest { resource_spans: vec![resource] };
    let path = env::temp_dir().join(format!("tollgate-huge-{}.pb", std::process::id()));
    fs::write(&path, request.encode_to_vec()).unwrap();
    let found = judged(&[path.to_str().unwrap()]);
    fs::remove_file(&path).unwrap();
    let counts = |verdict: &str, count| BTreeMap::from([(verdict.to_owned(), count)]);
    assert_eq!(found["calls"], counts("good", CALLS));
    assert_eq!(found["untruncated"], counts("unknown", CALLS));
    assert_eq!(found["frugal"], counts("bad", 1));
    assert_eq!(found["tokens"], counts("bad", 1));
    assert_eq!(found["success"], counts("good", 1));
    assert_eq!(found["quick"], counts("good", 1));
}
