//! A dashboard for Grafana, made of objectives: what is promised, what is left of the budget, how
//! fast it burns beside the alerts' thresholds, and what was judged.
//!
//! It reads what the rules of the dialect `native` record, and the counter itself.

mod panels;
#[cfg(test)]
mod tests;

use serde_json::{Value, json};

use crate::objective::Set;

/// How wide the page is, in Grafana's columns.
const WIDTH: u32 = 24;
/// The version of the dashboard model; newer Grafana converts it when it loads it.
const SCHEMA: u32 = 38;

/// The dashboard of a set, in the JSON that Grafana imports. The same objectives give the same text.
#[must_use]
pub fn dashboard(set: &Set) -> Value {
    let mut page = Page::default();
    panels::overview(&mut page);
    for objective in &set.objectives {
        let inner = panels::objective(objective, &set.alerts);
        page.row(&format!("Objective {}", objective.name), inner);
    }
    json!({
        "uid": "tollgate-slo",
        "title": "Service level objectives of agents",
        "description": "Made by tollgate slo dashboard. Change the objectives, not this file.",
        "tags": ["tollgate", "slo"],
        "schemaVersion": SCHEMA,
        "editable": true,
        "timezone": "browser",
        "refresh": "1m",
        "time": {"from": "now-24h", "to": "now"},
        "templating": {"list": [
            {
                "name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus",
                "hide": 0, "multi": false, "includeAll": false,
            },
            {
                "name": "objective", "label": "Objective", "type": "query", "datasource": source(),
                "query": {"query": "label_values(slo:objective:ratio, slo_name)", "refId": "objectives"},
                "definition": "label_values(slo:objective:ratio, slo_name)",
                "refresh": 2, "sort": 1, "multi": true, "includeAll": true, "allValue": ".*",
                "current": {"selected": true, "text": ["All"], "value": ["$__all"]},
            },
        ]},
        "panels": page.panels,
    })
}

/// Every query of a dashboard with the title of its panel, variables as they are written.
#[must_use]
pub fn queries(dashboard: &Value) -> Vec<(String, String)> {
    let list = |value: &Value, key: &str| {
        value.get(key).and_then(Value::as_array).cloned().unwrap_or_default()
    };
    let text = |value: &Value, key: &str| {
        value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let mut found = Vec::new();
    for panel in list(dashboard, "panels") {
        let title = text(&panel, "title");
        for target in list(&panel, "targets") {
            found.push((title.clone(), text(&target, "expr")));
        }
        let inner = queries(&panel);
        found.extend(inner.into_iter().map(|(name, expr)| (format!("{title}: {name}"), expr)));
    }
    found
}

/// Whichever Prometheus is chosen on the page.
fn source() -> Value {
    json!({"type": "prometheus", "uid": "${datasource}"})
}

/// Panels with their places.
#[derive(Default)]
struct Page {
    panels: Vec<Value>,
    id: u32,
    y: u32,
}

impl Page {
    /// Adds panels beside each other, all equally wide.
    fn beside(&mut self, height: u32, panels: Vec<Value>) {
        let placed = self.placed(height, panels, self.y);
        self.panels.extend(placed);
        self.y += height;
    }

    /// Adds panels under a title that opens.
    fn row(&mut self, title: &str, panels: Vec<Value>) {
        self.id += 1;
        let id = self.id;
        let inner = self.placed(9, panels, self.y + 1);
        self.panels.push(json!({
            "id": id, "type": "row", "title": title, "collapsed": true, "panels": inner,
            "gridPos": {"x": 0, "y": self.y, "w": WIDTH, "h": 1},
        }));
        self.y += 1;
    }

    fn placed(&mut self, height: u32, panels: Vec<Value>, y: u32) -> Vec<Value> {
        let width = u32::try_from(panels.len()).map_or(WIDTH, |count| WIDTH / count.max(1));
        let places = (0..).map(|number| number * width);
        let mut placed = Vec::new();
        for (mut panel, x) in panels.into_iter().zip(places) {
            self.id += 1;
            if let Value::Object(fields) = &mut panel {
                fields.insert("id".to_owned(), self.id.into());
                let place = json!({"x": x, "y": y, "w": width, "h": height});
                fields.insert("gridPos".to_owned(), place);
            }
            placed.push(panel);
        }
        placed
    }
}
