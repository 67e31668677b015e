//! What the page shows, seen as its readers see it.

mod accumulation;
mod limits;
mod names;
mod pages;
mod reader;
mod scrapes;

use sdk::{Batch, BuildContext, ComponentKind, Delivered, Exporter as _, Signal};
use serde_json::{Value, json};
use testkit::{HttpAnswer, check_refused, exchange, settings};

use super::{Config, Prometheus};

testkit::exporter_contract!(Prometheus, include_str!("../README.md"), "endpoint: 127.0.0.1:0");

/// An exporter that listens, and what it was made with.
struct Running {
    exporter: Prometheus,
    context: BuildContext,
}

impl Running {
    async fn start(yaml: &str) -> Self {
        let context = testkit::context(ComponentKind::Exporter, "prometheus");
        let config = settings(&format!("endpoint: 127.0.0.1:0\n{yaml}"));
        let exporter = Prometheus::new(config, &[Signal::Metrics], context.clone()).unwrap();
        exporter.start().await.unwrap();
        Self { exporter, context }
    }

    /// Exports a batch and gives what of it is not shown: how many points and why.
    async fn take(&self, batch: Batch) -> Vec<(u64, &'static str)> {
        let counts = || self.exporter.dropped.iter().map(|(_, counter, _)| counter.value());
        let before: Vec<_> = counts().collect();
        assert_eq!(self.exporter.export(batch).await.unwrap(), Delivered::all());
        let more = counts().zip(before).map(|(after, before)| after - before);
        let reasons = self.exporter.dropped.iter().map(|(reason, ..)| reason.name());
        more.zip(reasons).filter(|(points, _)| *points > 0).collect()
    }

    async fn get(&self, path: &str, headers: &[&str]) -> HttpAnswer {
        let address = self.exporter.address().unwrap();
        exchange(&address, &format!("GET {path}"), headers, b"").await
    }

    async fn page(&self) -> String {
        text(&self.get("/metrics", &[]).await)
    }

    async fn open_metrics(&self) -> String {
        text(&self.get("/metrics", &["accept: application/openmetrics-text"]).await)
    }
}

fn text(answer: &HttpAnswer) -> String {
    assert_eq!(answer.status, 200, "{answer:?}");
    String::from_utf8(answer.body.to_vec()).unwrap()
}

/// The page after these batches.
async fn shown(yaml: &str, batches: &[Batch]) -> String {
    let running = Running::start(yaml).await;
    for batch in batches {
        running.take(batch.clone()).await;
    }
    running.page().await
}

fn attributes(pairs: &[(&str, &str)]) -> Value {
    pairs.iter().map(|(key, value)| json!({"key": key, "value": {"stringValue": value}})).collect()
}

/// A batch of metrics that one scope of one resource sent.
fn sent(resource: &[(&str, &str)], metrics: &[Value]) -> Batch {
    let scope = json!({"scope": {}, "metrics": metrics});
    let resource = json!({"attributes": attributes(resource)});
    let request = json!({"resource": resource, "scopeMetrics": [scope]});
    testkit::metrics(&json!({"resourceMetrics": [request]}).to_string())
}

fn number(labels: &[(&str, &str)], start: u64, time: u64, value: i64) -> Value {
    json!({"attributes": attributes(labels), "asInt": value.to_string(),
           "startTimeUnixNano": start.to_string(), "timeUnixNano": time.to_string()})
}

fn gauge(name: &str, points: &[Value]) -> Value {
    json!({"name": name, "description": "Help.", "gauge": {"dataPoints": points}})
}

/// A monotonic sum; temporality 1 is delta, 2 is cumulative.
fn counter(name: &str, temporality: u8, points: &[Value]) -> Value {
    json!({"name": name, "description": "Help.", "sum": {"isMonotonic": true,
           "aggregationTemporality": temporality, "dataPoints": points}})
}

fn deltas(points: &[Value]) -> Batch {
    sent(&[], &[counter("c", 1, points)])
}

fn totals(points: &[Value]) -> Batch {
    sent(&[], &[counter("c", 2, points)])
}

fn histogram(temporality: u8, bounds: &[f64], counts: &[u64], [start, time]: [u64; 2]) -> Value {
    let counts: Vec<_> = counts.iter().map(u64::to_string).collect();
    let text = |bound: &f64| bound.to_string().replace("inf", "Infinity");
    let bounds: Vec<_> = bounds.iter().map(text).collect();
    json!({"name": "h", "unit": "s", "description": "Help.", "histogram": {
        "aggregationTemporality": temporality, "dataPoints": [{
            "explicitBounds": bounds, "bucketCounts": counts, "sum": 1.5, "count": "0",
            "startTimeUnixNano": start.to_string(), "timeUnixNano": time.to_string()}]}})
}

/// The lines of a page that are samples.
fn samples(page: &str) -> Vec<&str> {
    page.lines().filter(|line| !line.starts_with('#')).collect()
}
