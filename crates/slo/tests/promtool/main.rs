//! The generated rules, evaluated by Prometheus itself (`promtool test rules`), beside a count by
//! hand in exact fractions.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test; what is wrong should fail it, and what is skipped should be said"
)]

mod counts;
mod mutations;
mod period;
mod predict;
mod random;
mod side_by_side;
mod tool;

use std::collections::BTreeMap;

use slo::{
    Ratio, Set,
    rules::{Dialect, File, Options, rules},
};

use counts::{Events, Traffic};

/// Objectives, what happened, and how it is checked.
struct Case {
    set: Set,
    file: File,
    /// Minutes between samples, and between evaluations.
    step: u32,
    traffic: Vec<Traffic>,
}

impl Case {
    fn new(text: &str, step: u32, traffic: Vec<Traffic>) -> Self {
        let (set, faults) = Set::read(&config::parse(text, "slo.yaml").unwrap(), &[]);
        assert!(!faults.has_errors(), "{faults}\n{text}");
        let file = rules(&set, Options::of(Dialect::Native));
        Self { set, file, step, traffic }
    }

    /// The file for `promtool test rules`, with everything that is predicted.
    fn test_file(&self, rules_path: &str) -> String {
        let mut out = format!(
            "rule_files: [{rules_path}]\nevaluation_interval: {0}m\ntests:\n- interval: {0}m\n  \
             input_series:\n",
            self.step
        );
        self.traffic.iter().for_each(|traffic| out += &traffic.series());
        out += "  promql_expr_test:\n";
        let samples = predict::ratios(self);
        samples.iter().for_each(|sample| out += &sample.to_string());
        out += "  alert_rule_test:\n";
        predict::alerts(self).iter().for_each(|alert| out += &alert.to_string());
        out
    }
}

/// A value at a time.
struct Sample {
    minute: u32,
    expr: String,
    labels: String,
    value: Option<Ratio>,
}

impl std::fmt::Display for Sample {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "  - eval_time: {}m\n    expr: '{}'", self.minute, self.expr)?;
        match self.value {
            Some(value) => writeln!(
                f,
                "    exp_samples: [{{labels: '{{{}}}', value: {:e}}}]",
                self.labels,
                value.to_f64()
            ),
            None => writeln!(f, "    exp_samples: []"),
        }
    }
}

/// The alerts of one name that fire at a time.
struct Firing {
    minute: u32,
    name: &'static str,
    alerts: Vec<Alert>,
}

/// Labels and annotations.
type Alert = (BTreeMap<String, String>, BTreeMap<String, String>);

impl std::fmt::Display for Firing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let map = |map: &BTreeMap<String, String>| {
            let items = map.iter().map(|(name, text)| format!("{name}: {text:?}"));
            items.collect::<Vec<_>>().join(", ")
        };
        writeln!(f, "  - eval_time: {}m\n    alertname: {}", self.minute, self.name)?;
        writeln!(f, "    exp_alerts:")?;
        for (labels, annotations) in &self.alerts {
            writeln!(f, "    - exp_labels: {{{}}}", map(labels))?;
            writeln!(f, "      exp_annotations: {{{}}}", map(annotations))?;
        }
        Ok(())
    }
}

/// Events of each step.
fn steady(steps: usize, good: u64, bad: u64) -> Vec<Events> {
    vec![Events { good, bad, unknown: 0 }; steps]
}
