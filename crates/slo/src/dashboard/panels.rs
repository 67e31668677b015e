//! The panels, one function each.

use serde_json::{Value, json};

use super::{Page, source};
use crate::{Objective, Period, Ratio, burn::Severity, objective::Alerts, rules::group_label};

/// The matcher of the objectives that are chosen on the page.
const CHOSEN: &str = "slo_name=~\"$objective\"";

/// What is shown of all objectives.
pub(super) fn overview(page: &mut Page) {
    page.beside(8, vec![table()]);
    page.beside(8, vec![budget(), burn()]);
    page.beside(8, vec![verdicts(), failures()]);
    page.beside(8, vec![unknown(), alerts()]);
}

/// One query.
struct Query {
    expr: String,
    legend: String,
    is_instant: bool,
    has_exemplars: bool,
}

impl Query {
    fn range(expr: impl Into<String>, legend: impl Into<String>) -> Self {
        Self { expr: expr.into(), legend: legend.into(), is_instant: false, has_exemplars: false }
    }

    fn instant(expr: impl Into<String>) -> Self {
        Self { is_instant: true, ..Self::range(expr, "") }
    }

    fn with_exemplars(self) -> Self {
        Self { has_exemplars: true, ..self }
    }

    fn json(self, place: usize) -> Value {
        // A, B, C and so on, as Grafana calls them.
        let letter = u8::try_from(place).map_or('Z', |place| char::from(b'A' + place.min(25)));
        json!({
            "refId": letter.to_string(),
            "datasource": source(),
            "editorMode": "code",
            "expr": self.expr,
            "legendFormat": self.legend,
            "instant": self.is_instant,
            "range": !self.is_instant,
            "format": if self.is_instant { "table" } else { "time_series" },
            "exemplar": self.has_exemplars,
        })
    }
}

fn panel(kind: &str, title: &str, meaning: &str, queries: Vec<Query>, field: &Value) -> Value {
    let targets: Vec<Value> =
        queries.into_iter().enumerate().map(|(place, query)| query.json(place)).collect();
    json!({
        "type": kind,
        "title": title,
        "description": meaning,
        "datasource": source(),
        "targets": targets,
        "fieldConfig": {"defaults": field, "overrides": []},
        "options": {},
    })
}

/// Red at nothing left, orange in the last quarter.
fn budget_colours() -> Value {
    json!({"mode": "absolute", "steps": [
        {"color": "red", "value": null}, {"color": "orange", "value": 0}, {"color": "green", "value": 0.25},
    ]})
}

fn table() -> Value {
    let by_name = |what: &str, series: &str| format!("{what} by (slo_name) ({series}{{{CHOSEN}}})");
    let target = by_name("max", "slo:objective:ratio");
    let left = by_name("min", "slo:budget_remaining:ratio");
    let budget = by_name("max", "slo:error_budget:ratio");
    let queries = vec![
        Query::instant(target.clone()),
        Query::instant(format!("1 - (1 - {left}) * on (slo_name) {budget}")),
        Query::instant(left),
        Query::instant(by_name("max", "slo:burn_rate:increase1h")),
        Query::instant(format!(
            "count by (slo_name) (ALERTS{{alertstate=\"firing\",{CHOSEN}}}) or {target} * 0"
        )),
    ];
    let mut table = panel(
        "table",
        "Objectives",
        "Each objective over its own window; of several groups, the worst.",
        queries,
        &json!({"unit": "percentunit", "decimals": 2}),
    );
    let column = |name: &str, properties: Value| json!({"matcher": {"id": "byName", "options": name}, "properties": properties});
    let overrides = json!([
        column(
            "Budget left",
            json!([
                {"id": "thresholds", "value": budget_colours()},
                {"id": "custom.cellOptions", "value": {"type": "color-background"}},
            ])
        ),
        column("Burn rate, 1h", json!([{"id": "unit", "value": "none"}])),
        column("Alerts", json!([{"id": "unit", "value": "none"}, {"id": "decimals", "value": 0}])),
    ]);
    let transformations = json!([
        {"id": "merge", "options": {}},
        {"id": "organize", "options": {
            "excludeByName": {"Time": true},
            "renameByName": {
                "slo_name": "Objective", "Value #A": "Target", "Value #B": "Kept", "Value #C": "Budget left",
                "Value #D": "Burn rate, 1h", "Value #E": "Alerts",
            },
        }},
    ]);
    if let Some(fields) = table.get_mut("fieldConfig").and_then(Value::as_object_mut) {
        fields.insert("overrides".to_owned(), overrides);
    }
    if let Some(fields) = table.as_object_mut() {
        fields.insert("transformations".to_owned(), transformations);
    }
    table
}

fn budget() -> Value {
    let expr = format!("min by (slo_name) (slo:budget_remaining:ratio{{{CHOSEN}}})");
    let field = json!({"unit": "percentunit", "max": 1, "thresholds": budget_colours()});
    let meaning = "The part of the budget of the objective's window that is left; below 0 more was bad than was promised.";
    panel("timeseries", "Budget left", meaning, vec![Query::range(expr, "{{slo_name}}")], &field)
}

fn burn() -> Value {
    let expr = format!("max by (slo_name) (slo:burn_rate:increase1h{{{CHOSEN}}})");
    let meaning = "How many times faster than promised the budget is used, over the last hour; at 1 it lasts exactly its window.";
    let queries = vec![Query::range(expr, "{{slo_name}}")];
    panel("timeseries", "Burn rate, 1 hour", meaning, queries, &json!({"min": 0}))
}

fn verdicts() -> Value {
    let expr =
        format!("sum by (slo_verdict) (increase(slo_events_total{{{CHOSEN}}}[$__rate_interval]))");
    let field = json!({"min": 0, "custom": {
        "drawStyle": "bars", "fillOpacity": 80, "stacking": {"mode": "normal", "group": "A"},
    }});
    let meaning = "Everything that was judged. Good and bad make the ratio; what matched is the sum of all four.";
    panel("timeseries", "Verdicts", meaning, vec![Query::range(expr, "{{slo_verdict}}")], &field)
}

fn failures() -> Value {
    let bad = format!(
        "sum by (slo_name) (rate(slo_events_total{{{CHOSEN},slo_verdict=\"bad\"}}[$__rate_interval]))"
    );
    let query = Query::range(bad, "{{slo_name}}").with_exemplars();
    let meaning = "Bad ones a second. A dot is one of them: its trace id leads to the run.";
    panel("timeseries", "Bad ones", meaning, vec![query], &json!({"unit": "cps", "min": 0}))
}

fn unknown() -> Value {
    let sum = |matcher: &str| {
        format!("sum by (slo_name) (increase(slo_events_total{{{CHOSEN}{matcher}}}[1h]))")
    };
    let expr = format!("{} / ({} > 0)", sum(",slo_verdict=\"unknown\""), sum(""));
    let meaning = "The part of the last hour that could not be judged since facts are missing: a price, a root, an evaluation.";
    let field = json!({"unit": "percentunit", "min": 0, "max": 1});
    let queries = vec![Query::range(expr, "{{slo_name}}")];
    panel("timeseries", "Not to be judged", meaning, queries, &field)
}

fn alerts() -> Value {
    let expr = format!(
        "max by (slo_name, alertname, slo_severity, slo_burn_tier) (ALERTS{{alertname=~\"Slo.*\",{CHOSEN}}})"
    );
    let legend = "{{slo_name}} {{slo_severity}} {{alertname}} {{slo_burn_tier}}";
    let meaning = "When alerts fired, or were about to.";
    panel("state-timeline", "Alerts", meaning, vec![Query::range(expr, legend)], &json!({}))
}

/// What is shown of one objective: each pair of windows beside the threshold of its alert, and the
/// events of its own window.
pub(super) fn objective(objective: &Objective, alerts: &Alerts) -> Vec<Value> {
    let calls = [(Severity::Page, "Pages"), (Severity::Ticket, "Tickets")];
    let mut panels: Vec<Value> = calls
        .into_iter()
        .filter_map(|(severity, title)| windows(objective, alerts, severity, title))
        .collect();
    panels.push(events(objective));
    panels
}

fn windows(
    objective: &Objective,
    alerts: &Alerts,
    severity: Severity,
    title: &str,
) -> Option<Value> {
    let tiers = objective.tiers(alerts);
    let tiers: Vec<_> = tiers.iter().filter(|tier| tier.severity == severity).collect();
    if tiers.is_empty() || alerts.route(severity).disable {
        return None;
    }
    let groups: String =
        objective.group_by.iter().map(|key| format!(" {{{{{}}}}}", group_label(key))).collect();
    let ratio = |window: Period| {
        let name = &objective.name;
        let expr = format!("slo:bad_ratio:increase{window}{{slo_name=\"{name}\"}}");
        Query::range(expr, format!("{window}{groups}"))
    };
    let mut shown: Vec<Period> = tiers.iter().flat_map(|tier| [tier.long, tier.short]).collect();
    shown.sort();
    shown.dedup();
    let queries = shown.into_iter().map(ratio).collect();
    let said: Vec<String> = tiers
        .iter()
        .map(|tier| {
            let threshold = tier.threshold(objective.target).unwrap_or_default();
            format!("{} and {} above {}", tier.long, tier.short, percent(threshold))
        })
        .collect();
    let mut steps = vec![json!({"color": "transparent", "value": null})];
    let mut bounds: Vec<f64> = tiers
        .iter()
        .filter_map(|tier| tier.threshold(objective.target))
        .map(Ratio::to_f64)
        .collect();
    bounds.sort_by(f64::total_cmp);
    steps.extend(bounds.into_iter().map(|bound| json!({"color": "red", "value": bound})));
    let field = json!({
        "unit": "percentunit", "min": 0,
        "thresholds": {"mode": "absolute", "steps": steps},
        "custom": {"thresholdsStyle": {"mode": "line"}},
    });
    let meaning = format!("Bad ones of good and bad ones. Alerts: {}.", said.join("; "));
    Some(panel("timeseries", title, &meaning, queries, &field))
}

fn events(objective: &Objective) -> Value {
    let Objective { name, on, window, .. } = objective;
    let by = std::iter::once("slo_verdict".to_owned())
        .chain(objective.group_by.iter().map(|key| group_label(key)))
        .collect::<Vec<_>>();
    let expr =
        format!("sum by ({}) (slo:events:increase{window}{{slo_name=\"{name}\"}})", by.join(", "));
    let legend: Vec<String> = by.iter().map(|label| format!("{{{{{label}}}}}")).collect();
    let promise = format!(
        "{} of {on} in {window}, good: {}. Bad ones: TraceQL {{ span.slo.bad = \"{name}\" }}.{}",
        percent(objective.target),
        objective.good,
        objective.description.as_ref().map(|text| format!(" {text}")).unwrap_or_default(),
    );
    let queries = vec![Query::range(expr, legend.join(" "))];
    panel("timeseries", &format!("Events of {window}"), &promise, queries, &json!({"min": 0}))
}

fn percent(part: Ratio) -> String {
    format!("{}%", part.times(Ratio::whole(100)).unwrap_or_default())
}
