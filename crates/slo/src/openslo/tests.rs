use proptest::prelude::*;

use super::{export, import};
use crate::{
    Period, Ratio, Set, Verdict,
    burn::Severity,
    rules::{Options, rules},
};

/// The objectives of an OpenSLO file without errors.
fn set(text: &str) -> Set {
    let (value, faults) = import(text, "openslo.yaml");
    assert!(!faults.has_errors(), "{faults}");
    let (set, faults) = Set::read(&value, &[]);
    assert!(!faults.has_errors(), "{faults}");
    set
}

fn faults(text: &str) -> String {
    import(text, "openslo.yaml").1.to_string()
}

/// An SLO with these parts of its spec.
fn slo(sli: &str, more: &str) -> String {
    format!(
        "apiVersion: openslo/v1
kind: SLO
metadata: {{name: first-token, labels: {{team: [agents, web]}}, annotations: {{tollgate/owner: ada}}}}
spec:
  service: helpdesk
  description: quick to begin
  {sli}
  timeWindow: [{{duration: 4w, isRolling: true}}]
  budgetingMethod: Occurrences
  {more}
"
    )
}

const THRESHOLD: &str = "indicator: {metadata: {name: t}, spec: {thresholdMetric: {metricSource: {type: tollgate, \
    spec: {on: model_call, match: {gen_ai.request.stream: true}, value: ttft, missing: exclude}}}}}";

fn ratio(good: &str) -> String {
    format!(
        "indicator: {{metadata: {{name: r}}, spec: {{ratioMetric: {{counter: true, {good}, total: \
         {{metricSource: {{type: tollgate, spec: {{on: tool_call}}}}}}}}}}}}"
    )
}

#[test]
fn a_threshold_becomes_a_condition() {
    let set = set(&slo(THRESHOLD, "objectives: [{op: lte, value: 2, target: 0.95}]"));
    let objective = &set.objectives[0];
    assert_eq!(objective.name, "first-token");
    assert_eq!(objective.good.to_string(), "ttft <= 2s");
    assert_eq!(objective.missing, Verdict::Excluded);
    assert_eq!(
        (objective.window.to_string(), objective.target.to_string()),
        ("28d".into(), "0.95".into())
    );
    assert_eq!(
        (objective.service.as_deref(), objective.owner.as_deref()),
        (Some("helpdesk"), Some("ada"))
    );
    assert_eq!(objective.labels, [("team".to_owned(), "agents,web".to_owned())]);
}

#[test]
fn a_ratio_of_good_or_bad_becomes_a_condition() {
    let good = "good: {metricSource: {type: tollgate, spec: {where: not error}}}";
    let bad = "bad: {metricSource: {type: tollgate, spec: {where: error_type == timeout}}}";
    let objectives = "objectives: [{targetPercent: 99.9}]";
    let one = set(&slo(&ratio(good), objectives)).objectives.remove(0);
    assert_eq!(
        (one.good.to_string().as_str(), one.target.to_string().as_str()),
        ("not error", "0.999")
    );
    let other = set(&slo(&ratio(bad), objectives)).objectives.remove(0);
    assert_eq!(other.good.to_string(), "not error_type == timeout");
}

#[test]
fn indicators_are_found_by_name_in_other_documents_and_lists() {
    let sli = "- {apiVersion: openslo/v1, kind: SLI, metadata: {name: mine}, spec: {thresholdMetric: \
               {metricSource: {type: tollgate, spec: {on: run, value: cost}}}}}";
    let text = format!(
        "{}---\n{sli}\n",
        slo("indicatorRef: mine", "objectives: [{op: lt, value: 0.5, target: 0.9}]")
    );
    assert_eq!(set(&text).objectives[0].good.to_string(), "cost < 0.5");
    let lost = slo("indicatorRef: other", "objectives: [{op: lt, value: 0.5, target: 0.9}]");
    let told = faults(&format!("\n---\n{lost}"));
    assert_eq!(
        told,
        "spec.indicatorRef: there is no SLI \"other\": add it to the file (at openslo.yaml:9:17)"
    );
}

#[test]
fn parts_of_a_composite_have_to_be_good_together() {
    let part = |value: &str, more: &str| {
        format!(
            "{{indicator: {{metadata: {{name: x}}, spec: {{thresholdMetric: {{metricSource: {{type: \
             tollgate, spec: {{on: run, value: {value}}}}}}}}}}}, {more}}}"
        )
    };
    let both = |a: &str, b: &str| {
        let (a, b) = (part("cost", a), part("model_calls", b));
        slo("", &format!("objectives: [{a}, {b}]"))
    };
    let text = both("op: lte, value: 0.5, target: 0.95", "op: lte, value: 25, target: 0.95");
    assert_eq!(set(&text).objectives[0].good.to_string(), "cost <= 0.5 and model_calls <= 25");
    let text = both("op: lte, value: 0.5, target: 0.95", "op: lte, value: 25, target: 0.9");
    assert!(faults(&text).contains("do not have the same target: write an SLO for each"));
    let text = both(
        "op: lte, value: 0.5, target: 0.95, compositeWeight: 2",
        "op: lte, value: 25, target: 0.95",
    );
    assert!(faults(&text).contains("weights of a composite are not counted"));
}

#[test]
fn several_targets_of_one_indicator_are_several_objectives() {
    let objectives =
        "objectives: [{op: lte, value: 1, target: 0.9}, {op: lte, value: 5, target: 0.99}]";
    let set = set(&slo(THRESHOLD, objectives));
    let names: Vec<_> =
        set.objectives.iter().map(|o| (o.name.as_str(), o.good.to_string())).collect();
    assert_eq!(
        names,
        [("first-token-1", "ttft <= 1s".to_owned()), ("first-token-2", "ttft <= 5s".to_owned())]
    );
}

#[test]
fn what_cannot_be_judged_is_told_with_its_remedy() {
    let fine = "objectives: [{op: lte, value: 2, target: 0.95}]";
    let with = |from: &str, to: &str| faults(&slo(THRESHOLD, fine).replace(from, to));
    for (from, to, told) in [
        (
            "type: tollgate",
            "type: Prometheus",
            "a source of Prometheus cannot be judged while it passes: write type: tollgate",
        ),
        (
            "Occurrences",
            "Timeslices",
            "time slices are not counted, events are: write budgetingMethod: Occurrences",
        ),
        ("Occurrences", "RatioTimeslices", "time slices are not counted"),
        ("Occurrences", "Sometimes", "is no budgeting method"),
        ("4w", "1M", "months, quarters and years have no one length: write it in days or weeks"),
        ("4w", "5x", "is no length of time"),
        (
            "isRolling: true",
            "isRolling: false",
            "windows of the calendar are not counted: use a rolling one",
        ),
        ("openslo/v1", "openslo.com/v2alpha", "is not of the version openslo/v1"),
        ("op: lte, ", "", "has no op: write lte, lt, gte or gt"),
        ("op: lte", "op: eq", "has no op"),
        ("value: 2, ", "", "has no value: write the bound"),
        ("target: 0.95", "timeSliceTarget: 0.9, target: 0.95", "time slices are not counted"),
        (
            "target: 0.95",
            "target: 0.95, targetPercent: 95",
            "has not one of target and targetPercent",
        ),
        ("value: ttft", "valu: ttft", "the key is not known: did you mean value?"),
        ("thresholdMetric", "ratioMetric", "has not one of good and bad"),
        ("kind: SLO", "kind: SLI", "there is no SLO"),
        ("kind: SLO", "kid: SLO", "has no kind or no metadata.name"),
        ("spec:\n", "spec: [\n", "yaml:"),
    ] {
        let found = with(from, to);
        assert!(found.contains(told), "{from} -> {to}: {found}");
    }
}

const POLICY: &str = "alertPolicies: [{kind: AlertPolicy, metadata: {name: p}, spec: \
    {conditions: [{kind: AlertCondition, metadata: {name: c}, spec: {severity: page, condition: \
    {kind: burnrate, op: gt, threshold: 2, lookbackWindow: 1h, alertAfter: 5m}}}]}}]";

#[test]
fn alerts_of_one_window_are_taken_over_and_warned_about() {
    let objectives = "objectives: [{op: lte, value: 2, target: 0.95}]";
    let text = slo(THRESHOLD, &format!("{objectives}\n  {POLICY}"));
    let (value, faults) = import(&text, "openslo.yaml");
    let right = faults.to_string();
    assert!(right.contains("warning: it has one window, and goes on for most of it"), "{right}");
    assert!(right.lines().count() == 1 && !faults.has_errors(), "{right}");
    let (set, faults) = Set::read(&value, &[]);
    assert!(!faults.has_errors(), "{faults}");
    let single = set.objectives[0].burn_alerts[0];
    assert_eq!((single.factor, single.window), (Ratio::whole(2), Period::hours(1)));
    assert_eq!((single.hold, single.severity), (Some(Period::minutes(5)), Severity::Page));
    let rules = rules(&set, Options::default()).to_string();
    assert!(rules.contains("{slo_name=\"first-token\"} > 0.1\n    for: 5m"), "{rules}");
    let told = |from: &str, to: &str| import(&text.replace(from, to), "openslo.yaml").1.to_string();
    for (from, to, expected) in [
        ("op: gt", "op: lte", "warning: it would alert while the burn rate is low: it is taken"),
        ("y: page", "y: sev2", "warning: \"sev2\" is a ticket here: write page or ticket"),
        ("kind: burnrate", "kind: other", "is not of the kind burnrate"),
        ("threshold: 2", "threshold: many", "has no threshold"),
        ("lookbackWindow: 1h, ", "", "has no lookbackWindow"),
        ("[{kind: AlertPolicy", "[{alertPolicyRef: lost", "there is no AlertPolicy \"lost\""),
        ("[{kind: AlertCond", "[{conditionRef: lost, kind: A", "no AlertCondition \"lost\""),
        ("{conditions", "{notificationTargets: [], conditions", "whom to notify is not taken over"),
    ] {
        let found = told(from, to);
        assert!(found.contains(expected), "{from}: {found}");
    }
}

/// What targets say of themselves is judged where all targets are.
#[test]
fn faults_found_later_point_into_the_file_they_came_from() {
    let (value, _) =
        import(&slo(THRESHOLD, "objectives: [{op: lte, value: 2, target: 1.0}]"), "openslo.yaml");
    let (_, faults) = Set::read(&value, &[]);
    assert_eq!(
        faults.to_string(),
        "objectives[0].target: a target of 100% leaves no budget, and no burn rate: write less, such \
         as 99.9% (at openslo.yaml:10:44)"
    );
}

const OURS: &str = r#"
objectives:
  - name: a
    on: run
    match: { gen_ai.agent.name: ["support*", x], attributes.tier: 3, span_name: "job *" }
    good: outcome in [completed, guardrail] and cost <= $0.50
    exclude: error_type == "a b"
    outcomes: { timeout: excluded }
    target: 97.5%
    window: 30d
    owner: ada
    service: s
    description: "two\nlines"
    labels: { tier: gold }
    traffic: 100/d
    burn_alerts: [{burn_rate: 14.4, window: 1h, for: 5m}, {burn_rate: 2, window: 1d, severity: ticket}]
    severity: ticket
  - name: b
    on: evaluation
    match: { gen_ai.evaluation.name: relevance }
    good: score >= 70%
    deadline: 24h
    missing: exclude
    target: 0.1
    group_by: [gen_ai.agent.name, attributes.user_id]
    allow_high_cardinality: true
    max_groups: 7
"#;

#[test]
fn what_is_exported_is_imported_as_it_was() {
    let (ours, faults) = Set::read(&config::parse(OURS, "slo.yaml").unwrap(), &[]);
    assert!(!faults.has_errors(), "{faults}");
    let text = config::to_yaml(&export(&ours));
    assert_eq!(set(&text).objectives, ours.objectives, "{text}");
}

proptest! {
    #[test]
    fn any_objective_survives_the_way_there_and_back(
        on in prop::sample::select(vec!["run", "model_call", "tool_call", "span"]),
        permille in 1..1_000_u32, days in 1..366_u32, hourly in prop::option::of(1..5_000_u32),
        missing in prop::sample::select(vec!["exclude", "bad", "good", "unknown"]),
        agent in "[a-z*\"' :{}#-]{1,12}", seconds in 1..100_u32,
    ) {
        let quoted = agent.replace('\'', "''");
        let traffic = hourly.map_or(String::new(), |n| format!("traffic: {n}/d, "));
        let text = format!(
            "objectives:\n- {{name: a, on: {on}, match: {{gen_ai.agent.name: '{quoted}'}}, good: duration <= \
             {seconds}s or not error, missing: {missing}, {traffic}target: {}, window: {days}d}}",
            f64::from(permille) / 1000.0
        );
        let (ours, faults) = Set::read(&config::parse(&text, "slo.yaml").unwrap(), &[]);
        prop_assert!(!faults.has_errors(), "{}", faults);
        let text = config::to_yaml(&export(&ours));
        prop_assert_eq!(&set(&text).objectives, &ours.objectives, "{}", text);
    }

    #[test]
    fn any_text_is_imported_or_refused(text in "\\PC*") {
        let _ = import(&text, "x");
    }
}
