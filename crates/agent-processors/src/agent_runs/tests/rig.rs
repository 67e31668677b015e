//! Processors and connector of one id, and what comes out of them.

use std::collections::{BTreeMap, BTreeSet};

use sdk::{Batch, BuildContext, ComponentKind, Connector, NoSettings, RecordProcessor, Signal};
use serde_json::Value;
use testkit::Sink;
use tokio::time::{Duration, advance};

use super::super::{AgentRuns, RunEvents};

/// The attributes of a record, by key, values as plain JSON.
pub(super) type Attributes = BTreeMap<String, Value>;

/// One log record that tells of a run.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) name: String,
    pub(super) trace: String,
    pub(super) span: String,
    pub(super) service: String,
    pub(super) attributes: Attributes,
}

impl Told {
    pub(super) fn text(&self, key: &str) -> &str {
        self.attributes.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn count(&self, key: &str) -> u64 {
        count(&self.attributes, key)
    }
}

pub(super) fn count(attributes: &Attributes, key: &str) -> u64 {
    attributes.get(key).and_then(Value::as_u64).unwrap_or_default()
}

pub(super) struct Rig {
    pub(super) context: BuildContext,
    processor: AgentRuns,
    connector: RunEvents,
    sink: Sink,
}

impl Rig {
    pub(super) async fn new(yaml: &str) -> Self {
        let sink = Sink::default();
        Self::with_sink(yaml, sink).await
    }

    pub(super) async fn with_sink(yaml: &str, sink: Sink) -> Self {
        let context = testkit::context(ComponentKind::Processor, "agent_runs");
        let connector = RunEvents::new(NoSettings {}, context.clone()).unwrap();
        let processor = AgentRuns::new(testkit::settings(yaml), context.clone()).unwrap();
        Connector::start(&connector, sink.outputs_for(&[Signal::Logs])).await.unwrap();
        Self { context, processor, connector, sink }
    }

    /// What becomes of a batch.
    pub(super) fn pass(&self, batch: &Batch) -> Batch {
        testkit::apply(&self.processor, batch)
    }

    /// Lets time go by, in steps in which timers run.
    pub(super) async fn wait(&self, seconds: u64) {
        for _ in 0..seconds {
            advance(Duration::from_secs(1)).await;
            for _ in 0..8 {
                tokio::task::yield_now().await;
            }
        }
    }

    /// What was told since the last call.
    pub(super) fn told(&self) -> Vec<Told> {
        self.sink.take().iter().flat_map(told).collect()
    }

    /// Stops, and what was told since the last call.
    pub(super) async fn stop(&self) -> Vec<Told> {
        Connector::shutdown(&self.connector).await.unwrap();
        self.told()
    }

    /// An own metric, by its name after `otelcol_processor_agent_runs_` and its labels.
    pub(super) fn metric(&self, start: &str) -> f64 {
        let all = testkit::series(&self.context, &format!("otelcol_processor_agent_runs_{start}"));
        all.iter().map(|line| line.rsplit(' ').next().unwrap().parse::<f64>().unwrap()).sum()
    }
}

/// Names of what was told, in order, without what starts them all.
pub(super) fn names(told: &[Told]) -> Vec<String> {
    told.iter().map(|told| told.name.replace("tollgate.run.", "")).collect()
}

/// What is told of each run in the end.
pub(super) fn last(told: &[Told]) -> Vec<Told> {
    let mut runs: BTreeMap<(String, String, String), Told> = BTreeMap::new();
    let mut nested = BTreeSet::new();
    for told in told {
        let session = if told.trace.is_empty() { told.text("tollgate.run.id") } else { "" };
        let key = (told.trace.clone(), told.span.clone(), session.to_owned());
        match told.name.as_str() {
            "tollgate.run.amended" if told.text("tollgate.run.reason") == "nested" => {
                nested.insert(key);
            }
            "tollgate.run.closed" | "tollgate.run.lost" | "tollgate.run.amended" => {
                runs.insert(key, told.clone());
            }
            _ => {}
        }
    }
    nested.iter().for_each(|key| drop(runs.remove(key)));
    runs.into_values().collect()
}

/// The records of a batch of logs.
fn told(batch: &Batch) -> Vec<Told> {
    let request = testkit::json_of(batch);
    let mut all = Vec::new();
    for resource in list(&request, "resourceLogs") {
        let service = attributes(&resource["resource"]);
        for scope in list(resource, "scopeLogs") {
            assert_eq!(scope["scope"]["name"], "tollgate.agent_runs");
            all.extend(list(scope, "logRecords").map(|record| Told {
                name: word(record, "eventName"),
                trace: word(record, "traceId"),
                span: word(record, "spanId"),
                service: service.get("service.name").map(plain_word).unwrap_or_default(),
                attributes: attributes(record),
            }));
        }
    }
    all
}

/// The attributes of every span of a batch, by span id.
pub(super) fn spans(batch: &Batch) -> BTreeMap<String, Attributes> {
    let request = testkit::json_of(batch);
    let resources = list(&request, "resourceSpans");
    let scopes = resources.flat_map(|resource| list(resource, "scopeSpans"));
    let spans = scopes.flat_map(|scope| list(scope, "spans"));
    spans.map(|span| (word(span, "spanId"), attributes(span))).collect()
}

fn list<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> + use<'v> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

fn word(value: &Value, key: &str) -> String {
    value.get(key).map(plain_word).unwrap_or_default()
}

fn plain_word(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn attributes(holder: &Value) -> Attributes {
    let pairs = list(holder, "attributes");
    pairs.map(|pair| (word(pair, "key"), plain(&pair["value"]))).collect()
}

fn plain(value: &Value) -> Value {
    if let Some(number) = value.get("intValue").and_then(Value::as_str) {
        return number.parse::<u64>().unwrap().into();
    }
    let keys = ["stringValue", "doubleValue", "boolValue"];
    keys.iter().find_map(|key| value.get(*key).cloned()).unwrap_or(Value::Null)
}

/// A request with one span a line: `id parent start end key=value …`; ids are numbers, parent 0 is none,
/// times are seconds, an end of `-` has not come. A line `service name` begins a new resource. All spans
/// are of trace `trace`; the key `name` is the name of the span, `status` is an error whatever its value.
pub(super) fn trace(trace: u8, lines: &str) -> Batch {
    let mut resources: Vec<(String, Vec<Value>)> = vec![("shop".to_owned(), Vec::new())];
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let mut words = line.split_whitespace();
        let mut next = || words.next().unwrap();
        let id = next();
        if id == "service" {
            resources.push((next().to_owned(), Vec::new()));
            continue;
        }
        let (parent, start, end) = (next(), next(), next());
        let pairs = words.filter_map(|word| word.split_once('='));
        let mut status = serde_json::json!({});
        let (mut attributes, mut name) = (Vec::new(), "span");
        for (key, value) in pairs {
            if key == "name" {
                name = value;
                continue;
            }
            if key == "status" {
                status = serde_json::json!({"code": 2});
                continue;
            }
            let value = match value.parse::<u64>() {
                Ok(number) => serde_json::json!({"intValue": number.to_string()}),
                Err(_) => serde_json::json!({"stringValue": value}),
            };
            attributes.push(serde_json::json!({"key": key, "value": value}));
        }
        let hex = |id: &str| format!("{:016x}", id.parse::<u64>().unwrap());
        resources.last_mut().unwrap().1.push(serde_json::json!({
            "traceId": format!("{trace:032x}"),
            "spanId": hex(id),
            "parentSpanId": if parent == "0" { String::new() } else { hex(parent) },
            "name": name,
            "startTimeUnixNano": nanos(start),
            "endTimeUnixNano": if end == "-" { "0".to_owned() } else { nanos(end) },
            "status": status,
            "attributes": attributes,
        }));
    }
    let groups = resources.into_iter().filter(|(_, spans)| !spans.is_empty());
    let groups = groups.map(|(service, spans)| {
        let name = serde_json::json!({"key": "service.name", "value": {"stringValue": service}});
        serde_json::json!({"resource": {"attributes": [name]}, "scopeSpans": [{"spans": spans}]})
    });
    testkit::traces(&serde_json::json!({"resourceSpans": groups.collect::<Vec<_>>()}).to_string())
}

/// Seconds, with up to three digits behind the point, after the time of day in tests.
fn nanos(seconds: &str) -> String {
    let millis = (seconds.parse::<f64>().unwrap() * 1000.0).round() as u64;
    ((testkit::NOW * 1000 + millis) * 1_000_000).to_string()
}

/// The id of a span as it stands in what was told.
pub(super) fn hex(id: u64) -> String {
    format!("{id:016x}")
}
