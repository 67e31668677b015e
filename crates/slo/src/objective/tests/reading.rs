use std::time::Duration;

use super::set;
use crate::{
    Grain, Period, Ratio, Verdict,
    burn::{Preset, Severity},
};

const FILE: &str = r#"
runs:
  root: { gen_ai.operation.name: [invoke_workflow, invoke_agent] }
  close: { after_root: 5s, idle: 10m, max_age: 6h }
  limits: { runs: 50_000, memory: 256MiB, spans_per_run: 20_000 }
  wait: { span_name: "human_approval*" }
defaults: { window: 30d, owner: agents-team }
objectives:
  - name: support-success
    on: run
    match: &support { gen_ai.agent.name: "support*", deployment.environment.name: prod }
    good: outcome == completed
    target: 95%
  - name: first-token
    on: model_call
    match: { gen_ai.request.stream: true }
    good: ttft <= 2s
    missing: exclude
    target: 0.95
    window: 4w
    group_by: [gen_ai.request.model]
    max_groups: 10
  - name: run-budget
    on: run
    match: *support
    good: cost <= 0.50 and model_calls <= 25 and repeated_tool_calls <= 3
    target: 97%
    severity: ticket
    traffic: 6/h
  - name: answer-quality
    on: evaluation
    match: { gen_ai.evaluation.name: relevance }
    good: score >= 0.7
    deadline: 24h
    target: 99.9%
    labels: { tier: 1 }
alerts: { preset: agent, min_events: 10, page: { labels: { team: agents } }, ticket: { disable: true } }
"#;

#[test]
fn a_whole_file_is_read() {
    let set = set(FILE);
    assert_eq!(set.runs.close.idle, Duration::from_secs(600));
    assert!(set.runs.root.is_some() && set.runs.wait.is_some());
    assert_eq!(set.alerts.preset, Preset::Agent);
    assert_eq!(set.alerts.page.labels, [("team".to_owned(), "agents".to_owned())]);
    assert!(set.alerts.route(Severity::Ticket).disable);
    let names: Vec<_> = set.objectives.iter().map(|o| (o.name.as_str(), o.on)).collect();
    assert_eq!(
        names,
        [
            ("support-success", Grain::Run),
            ("first-token", Grain::ModelCall),
            ("run-budget", Grain::Run),
            ("answer-quality", Grain::Evaluation),
        ]
    );
    let first = &set.objectives[0];
    assert_eq!((first.window, first.owner.as_deref()), (Period::days(30), Some("agents-team")));
    assert_eq!(first.budget(), Ratio::new(1, 20).unwrap());
    assert!(first.needs_root());
    let second = &set.objectives[1];
    assert_eq!((second.window, second.missing), (Period::days(28), Verdict::Excluded));
    assert_eq!(
        (second.group_by.as_slice(), second.max_groups),
        (&["gen_ai.request.model".to_owned()][..], 10)
    );
    let third = set.get("run-budget").unwrap();
    assert!(third.good.can_fail_early() && !third.needs_root());
    assert_eq!(third.tiers(&set.alerts)[0].min_events, 3, "half of the six expected in an hour");
    let fourth = &set.objectives[3];
    assert_eq!(fourth.labels, [("tier".to_owned(), "1".to_owned())]);
    assert_eq!(fourth.deadline, Some(Period::days(1)));
    assert_eq!(fourth.target, Ratio::new(999, 1000).unwrap());
}

#[test]
fn anything_that_is_yaml_is_read_or_refused() {
    for text in [
        "",
        "null",
        "[]",
        "objectives: {}",
        "objectives: [1, a, [], {}]",
        "runs: 3\nalerts: []",
        "objectives: [{name: {}, on: [], good: {}, target: {}, match: 3, window: [], group_by: {}}]",
        "objectives: [{good: 3, target: .nan, on: run, name: a}]",
        "objectives: [{good: true, target: 1e400, on: run, name: a}]",
        "defaults: {window: {}, owner: []}\nobjectives: [{}]",
        "runs: {limits: {runs: 0, memory: -1, spans_per_run: x}, close: {idle: -5s}, wait: 3}",
    ] {
        let (_, faults) = super::read(text);
        assert!(faults.has_errors(), "{text}");
    }
}

/// The example of the documentation is a file without errors.
#[test]
fn the_example_of_the_documentation_is_read() {
    let document = include_str!("../../../../../docs/slo.md");
    let example = document.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    let (set, faults) = super::read(example);
    assert!(!faults.has_errors(), "{faults}");
    assert_eq!(set.objectives.len(), 5);
}
