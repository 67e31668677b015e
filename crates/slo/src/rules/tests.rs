use super::{Dialect, Options, RuleKind, rules, sloth};
use crate::{
    Period, Ratio, Set,
    burn::{Preset, tiers},
    objective::Alerts,
};

fn set(text: &str) -> Set {
    let (set, faults) = Set::read(&config::parse(text, "slo.yaml").unwrap(), &[]);
    assert!(!faults.has_errors(), "{faults}");
    set
}

const FILE: &str = "
defaults: {window: 30d, service: helpdesk, owner: agents-team}
objectives:
  - {name: support-success, on: run, good: outcome == completed, target: 95%, traffic: 60/h,
     labels: {tier: gold}}
  - {name: first-token, on: model_call, good: ttft <= 2s, missing: exclude, target: 99.9%,
     window: 28d, group_by: [gen_ai.request.model]}
alerts: {page: {labels: {team: agents}, annotations: {runbook: 'see \"runs\"'}}}
";

/// Golden files: what changes in them is looked at. `UPDATE_GOLDEN=1` writes them.
#[test]
fn the_files_are_the_golden_ones() {
    for dialect in Dialect::ALL {
        let text = rules(&set(FILE), Options::of(dialect)).to_string();
        let path = format!("{}/tests/golden/{}.yaml", env!("CARGO_MANIFEST_DIR"), dialect.name());
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        assert_eq!(text, std::fs::read_to_string(&path).unwrap_or_default(), "{path}");
    }
}

/// Another reader finds in the text what we meant.
#[test]
fn the_text_is_the_yaml_of_the_rules() {
    for dialect in Dialect::ALL {
        let file = rules(&set(FILE), Options::of(dialect));
        let read = config::parse(&file.to_string(), "rules.yaml").unwrap();
        let groups = read.get("groups").unwrap().as_seq().unwrap();
        assert_eq!(groups.len(), file.groups.len());
        for (value, group) in groups.iter().zip(&file.groups) {
            assert_eq!(value.get("name").unwrap().as_str(), Some(group.name.as_str()));
            for (value, rule) in
                value.get("rules").unwrap().as_seq().unwrap().iter().zip(&group.rules)
            {
                assert_eq!(value.get("expr").unwrap().as_str(), Some(rule.expr.as_str()));
                for (name, text) in &rule.labels {
                    assert_eq!(
                        value.get_path(&["labels", name]).unwrap().as_str(),
                        Some(text.as_str())
                    );
                }
                for (name, text) in &rule.annotations {
                    let found = value.get_path(&["annotations", name]).unwrap();
                    assert_eq!(found.as_str(), Some(text.as_str()));
                }
            }
        }
    }
}

#[test]
fn numbers_are_exact_decimals() {
    let text = rules(&set(FILE), Options::default()).to_string();
    assert!(text.contains("> 0.36\n"), "7.2 times 0.05");
    assert!(text.contains("> 0.01344\n"), "13.44 times 0.001");
    assert!(text.contains("vector(0.999)") && text.contains("vector(0.001)"));
    assert!(!text.contains("0000000"), "{text}");
}

#[test]
fn what_is_turned_off_is_not_there() {
    let alerts = |settings: &str| {
        let file = format!(
            "alerts: {settings}\nobjectives:\n- {{name: a, on: run, good: not error, target: 95%}}"
        );
        let file = rules(&set(&file), Options::default());
        let rules = file.groups.iter().flat_map(|group| &group.rules);
        let names = rules.filter_map(|rule| match &rule.kind {
            RuleKind::Alert(name, _) => Some(format!("{name}/{}", rule.labels["slo_severity"])),
            RuleKind::Record(_) => None,
        });
        names.collect::<Vec<_>>()
    };
    assert_eq!(alerts("{preset: none}"), [""; 0]);
    let pages = ["SloHardDown/page", "SloBudgetBurn/page", "SloBudgetBurn/page"];
    assert_eq!(alerts("{ticket: {disable: true}}"), pages);
    assert!(alerts("{page: {disable: true}}").iter().all(|name| name.ends_with("/ticket")));
    assert_eq!(alerts("{}").len(), 8);
}

#[test]
fn labels_of_users_do_not_hide_ours() {
    let file =
        "objectives:\n- {name: a, on: run, good: not error, target: 95%, labels: {slo_name: b}}";
    let (_, faults) = Set::read(&config::parse(file, "slo.yaml").unwrap(), &[]);
    assert_eq!(
        faults.to_string(),
        "objectives[0].labels.slo_name: is a label that rules write themselves: name it otherwise \
         (at slo.yaml:2:71)"
    );
}

/// A slow group would leave gaps in what a quick alert reads.
#[test]
fn an_alert_on_the_whole_period_reads_what_its_own_group_records() {
    let file = "objectives:\n- {name: a, on: run, good: not error, target: 99%, window: 1d, \
                burn_alerts: [{burn_rate: 2, window: 1d}]}";
    let file = rules(&set(file), Options::default());
    let recorded = |at: usize| {
        let name = RuleKind::Record("slo:bad_ratio:increase1d".to_owned());
        file.groups[at].rules.iter().filter(|rule| rule.kind == name).count()
    };
    assert_eq!((recorded(0), recorded(1)), (1, 0));
}

#[test]
fn cheap_rules_add_up_counts_of_five_minutes() {
    let options = Options { is_cheap: true, ..Options::default() };
    let text = rules(&set(FILE), options).to_string();
    let expected = "sum by (slo_name, slo_verdict) (sum_over_time(slo:events:increase5m{slo_name=\"support-success\"}[30d:5m]))";
    assert!(text.contains(expected), "{text}");
}

/// Sloth's own example of a service with 99.9 %: names, formulas and numbers as Sloth writes them.
#[test]
fn sloths_example_gives_sloths_rules() {
    let query = |matchers: &str| format!("sum(rate(http_count{{{matchers}}}[{{{{.window}}}}]))");
    let spec = sloth::Spec {
        service: "myservice".to_owned(),
        name: "requests-availability".to_owned(),
        percent: 99.9,
        percent_text: "99.9".to_owned(),
        days: 30,
        labels: Vec::new(),
        error_query: query("job=\"myservice\",code=~\"(5..|429)\""),
        total_query: query("job=\"myservice\""),
        tiers: tiers(Preset::Google30, Ratio::decimal("0.999").unwrap(), Period::days(30), None, 0),
    };
    let groups = sloth::groups_of(&spec, &Alerts::default());
    let names: Vec<&str> = groups.iter().map(|group| group.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "sloth-slo-sli-recordings-myservice-requests-availability",
            "sloth-slo-meta-recordings-myservice-requests-availability",
            "sloth-slo-alerts-myservice-requests-availability",
        ]
    );
    let all: Vec<_> = groups.iter().flat_map(|group| &group.rules).collect();
    let expr = |at: usize| all[at].expr.as_str();
    assert_eq!(all.len(), 8 + 7 + 2);
    assert_eq!(
        expr(0),
        "(sum(rate(http_count{job=\"myservice\",code=~\"(5..|429)\"}[5m])))\n/\n\
         (sum(rate(http_count{job=\"myservice\"}[5m])))"
    );
    assert_eq!(expr(8), "vector(0.9990000000000001)");
    assert_eq!(expr(9), "vector(1-0.9990000000000001)");
    assert_eq!(expr(10), "vector(30)");
    for factor in ["14.4", "6"] {
        assert!(
            expr(15).contains(&format!("> ({factor} * 0.0009999999999999432)")),
            "{}",
            expr(15)
        );
    }
    for factor in ["3", "1"] {
        assert!(
            expr(16).contains(&format!("> ({factor} * 0.0009999999999999432)")),
            "{}",
            expr(16)
        );
    }
}
