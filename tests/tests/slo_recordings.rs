//! `tollgate slo explain`, `backtest` and `suggest` over recorded telemetry. `UPDATE_EXPECT=1` writes the
//! files anew that outputs are held against; the difference is for people to judge.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::{env, fs};

use acceptance::{Outcome, binary::folder, run, run_on};
use serde_json::{Value, json};

const OBJECTIVES: &str = "data/slo/objectives.yaml";
const TRACE: &str = "data/otlp/openai_agents_tl.traces.pb";

/// Splits at spaces.
fn slo(line: &str) -> Outcome {
    run(&[&["slo"], line.split(' ').collect::<Vec<_>>().as_slice()].concat())
}

/// Runs it with a text on stdin.
fn slo_on(line: &str, input: &str) -> (Option<i32>, String, String) {
    let args = [&["slo"], line.split(' ').collect::<Vec<_>>().as_slice()].concat();
    let (code, stdout, stderr) = run_on(&args, &[], input.as_bytes());
    (code, String::from_utf8(stdout).unwrap(), stderr)
}

/// Holds an output against the file of that name.
fn is_as_expected(name: &str, found: &str) {
    let path = folder().join("data/slo").join(name);
    if env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&path, found).unwrap();
    }
    assert_eq!(found, fs::read_to_string(&path).unwrap_or_default(), "{name}");
}

#[test]
fn explain_says_field_by_field_why() {
    let Outcome { code, stdout, stderr } =
        slo(&format!("explain {TRACE} --objectives {OBJECTIVES}"));
    assert_eq!(code, Some(0), "{stderr}");
    is_as_expected("explain.txt", &stdout);
    // What did not match is shown with the condition that did not hold.
    let line = format!(
        "explain {TRACE} --objectives {OBJECTIVES} --unmatched --objective support-success"
    );
    let unmatched = slo(&line).stdout;
    let condition = "support-success: not judged, because it does not match\n    match    deployment.environment.name: prod: ";
    assert!(unmatched.contains(condition), "{unmatched}");
    assert!(!unmatched.contains("run-budget"), "{unmatched}");
}

#[test]
fn explain_in_json_says_the_same() {
    let Outcome { code, stdout, .. } =
        slo(&format!("explain {TRACE} --objectives {OBJECTIVES} --json"));
    assert_eq!(code, Some(0));
    let list: Vec<Value> = serde_json::from_str(&stdout).unwrap();
    let run = list.iter().find(|one| one["objective"] == "run-budget").unwrap();
    assert_eq!(run["verdict"], "good");
    assert_eq!(run["fields"]["model_calls"], 2);
    assert_eq!(run["fields"]["outcome"], "completed");
    assert_eq!(run["good"][1], json!({"test": "model_calls <= 25", "found": "2", "holds": true}));
    assert_eq!(run["trace_id"].as_str().map(str::len), Some(32));
}

#[test]
fn explain_never_shows_the_value_of_an_attribute() {
    let objectives = "objectives: [{name: a, on: run, match: {service.name: '*'}, good: \
                      attributes.secret == x, target: 95%}]";
    let line = format!("explain {TRACE} --objectives - --unmatched");
    let (code, stdout, stderr) = slo_on(&line, objectives);
    assert_eq!(code, Some(0), "{stderr}");
    assert!(
        stdout.contains("a: unknown, because facts are missing, and missing says so"),
        "{stdout}"
    );
    let span = span("tools", 1, 0, false, r#",{"key":"secret","value":{"stringValue":"hunter2"}}"#);
    let path = env::temp_dir().join(format!("tollgate-secret-{}.json", std::process::id()));
    fs::write(&path, span).unwrap();
    let objectives =
        "objectives: [{name: a, on: tool_call, good: attributes.secret == x, target: 95%}]";
    let line = format!("explain {} --objectives -", path.display());
    let (_, stdout, _) = slo_on(&line, objectives);
    fs::remove_file(&path).unwrap();
    assert!(stdout.contains("a: bad") && !stdout.contains("hunter2"), "{stdout}");
}

#[test]
fn backtest_counts_what_recorded_agents_did() {
    let files: Vec<String> = recordings();
    let line = format!("backtest {} --objectives {OBJECTIVES}", files.join(" "));
    let Outcome { code, stdout, stderr } = slo(&line);
    assert_eq!(code, Some(0), "{stderr}");
    is_as_expected("backtest.txt", &stdout);
    // In whatever order files come.
    let reversed: Vec<String> = files.into_iter().rev().collect();
    assert_eq!(
        slo(&format!("backtest {} --objectives {OBJECTIVES}", reversed.join(" "))).stdout,
        stdout
    );
}

/// All recorded spans of the repository.
fn recordings() -> Vec<String> {
    let mut files: Vec<String> = fs::read_dir(folder().join("data/otlp"))
        .unwrap()
        .map(|entry| format!("data/otlp/{}", entry.unwrap().file_name().to_str().unwrap()))
        .filter(|name| name.contains(".traces."))
        .collect();
    files.sort();
    assert!(files.len() >= 12, "{files:?}");
    files
}

/// A call of a tool as a request in JSON on one line.
fn span(tool: &str, id: u64, at: u64, is_bad: bool, attributes: &str) -> String {
    let (start, end) = ((1_700_000_000 + at) * 1_000_000_000, (1_700_000_001 + at) * 1_000_000_000);
    let status = if is_bad { r#""status":{"code":2},"# } else { "" };
    format!(
        r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{"traceId":"{id:032x}","spanId":"{id:016x}","name":"execute_tool",{status}"startTimeUnixNano":"{start}","endTimeUnixNano":"{end}","attributes":[{{"key":"gen_ai.operation.name","value":{{"stringValue":"execute_tool"}}}},{{"key":"gen_ai.tool.name","value":{{"stringValue":"{tool}"}}}}{attributes}]}}]}}]}}]}}"#
    )
}

/// Ten calls a minute: two clean hours, an hour in which all fail, a clean one.
fn outage() -> String {
    let lines = (0..240 * 10_u64).map(|n| {
        let at = n * 6;
        span("search", n + 1, at, (120 * 60..180 * 60).contains(&at), "") + "\n"
    });
    lines.collect()
}

const TOOLS: &str = "objectives: [{name: tools, on: tool_call, good: not error, target: 95%, \
                     window: 30d, group_by: [gen_ai.tool.name]}]";

#[test]
fn backtest_says_which_alerts_would_have_fired_when() {
    let path = env::temp_dir().join(format!("tollgate-outage-{}.jsonl", std::process::id()));
    fs::write(&path, outage()).unwrap();
    let line = format!("backtest {} --objectives -", path.display());
    let (code, stdout, stderr) = slo_on(&line, TOOLS);
    let (_, json, _) = slo_on(&format!("{line} --json"), TOOLS);
    fs::remove_file(&path).unwrap();
    assert_eq!(code, Some(0), "{stderr}");
    is_as_expected("outage.txt", &stdout);
    let report: Value = serde_json::from_str(&json).unwrap();
    let result = &report["results"][0];
    assert_eq!((&result["good"], &result["bad"]), (&json!(1800.0), &json!(600.0)));
    // A quarter of all is bad where a twentieth may be: five budgets, so minus four are left.
    assert_eq!(result["budget_left"], json!(-4.0));
    assert_eq!(result["alerts"][0]["alert"], "SloHardDown");
    // The outage begins at 00:13:20. At 00:22:00 thirteen of the last hundred were good, a minute later three.
    assert_eq!(result["alerts"][0]["from"], "2023-11-15T00:23:00Z");
    assert_eq!(result["reasons"][0]["reason"], "error");
    assert_eq!(result["reasons"][0]["count"], 600);
}

#[test]
fn suggest_writes_objectives_that_check_accepts_and_that_would_have_been_kept() {
    let files = recordings().join(" ");
    let Outcome { code, stdout, stderr } = slo(&format!("suggest {files}"));
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    is_as_expected("suggest.txt", &stdout);
    let (code, _, stderr) = slo_on("check -", &stdout);
    assert_eq!(code, Some(0), "{stderr}");
    let (_, report, _) = slo_on(&format!("backtest {files} --objectives - --json"), &stdout);
    let report: Value = serde_json::from_str(&report).unwrap();
    let results = report["results"].as_array().unwrap();
    assert!(results.len() >= 8, "{report:#}");
    for result in results {
        assert!(result["budget_left"].as_f64().unwrap() >= 0.0, "{result:#}");
    }
    // Targets of objectives that there are.
    let (_, targets, _) =
        slo_on("suggest - --objectives data/slo/objectives.yaml --json", &outage());
    let targets: Value = serde_json::from_str(&targets).unwrap();
    let tools = targets["objectives"].as_array().unwrap().iter().find(|one| one["name"] == "tools");
    assert_eq!(tools.unwrap()["events"], 2_400);
    assert_eq!(tools.unwrap()["target_now"], 0.98);
    assert_eq!(tools.unwrap()["target"], 0.7, "three quarters, as bad as that can be meant");
    assert_eq!(tools.unwrap()["traffic"], "600/h");
}

#[test]
fn every_form_of_a_recording_is_read_and_what_is_none_is_refused() {
    let count = |input: &[u8]| {
        let objectives = folder().join(OBJECTIVES);
        let args = ["slo", "backtest", "-", "--objectives", objectives.to_str().unwrap(), "--json"];
        let (code, stdout, stderr) = run_on(&args, &[], input);
        let json: Value = serde_json::from_slice(&stdout).unwrap_or_default();
        (code, json["records"].as_u64(), stderr)
    };
    let one = span("search", 1, 0, false, "");
    let (code, records, stderr) = count(one.as_bytes());
    assert_eq!((code, records), (Some(0), Some(1)), "{stderr}");
    let (_, records, _) = count(format!("{one}\n\n{}\n", span("a", 2, 0, false, "")).as_bytes());
    assert_eq!(records, Some(2), "JSON lines");
    let protobuf = fs::read(folder().join(TRACE)).unwrap();
    assert_eq!(count(&protobuf).1, Some(5), "protobuf");
    let (code, _, stderr) = count(b"hello");
    assert_eq!(code, Some(1));
    assert!(stderr.contains("stdin: this is no OTLP"), "{stderr}");
    let (code, _, stderr) = count(format!("{one}\n{{\"a\":1}}\n").as_bytes());
    assert_eq!(code, Some(1));
    assert!(stderr.contains("stdin: line 2: this is no OTLP"), "{stderr}");
    for (line, reason) in [
        (
            "backtest no-such-file --objectives data/slo/objectives.yaml",
            "no-such-file: No such file",
        ),
        ("backtest data/otlp-json/trace.json", "--objectives <FILE>"),
        (
            "explain data/otlp-json/trace.json --objectives data/slo/objectives.yaml --objective tols",
            "did you mean tools?",
        ),
        (
            "explain data/otlp-json/trace.json --objectives data/slo/bad/unknown_field.yaml",
            "the objectives have faults",
        ),
        (
            "suggest data/otlp-json/trace.json --target 100%",
            "--target is a part, such as 95% or 0.95",
        ),
    ] {
        let Outcome { code, stdout, stderr } = slo(line);
        assert_eq!((code, stdout.as_str()), (Some(1), ""), "{line}: {stderr}");
        assert!(stderr.contains(reason), "{line}: {stderr}");
    }
}
