//! `agent_runs` and `slo` behind each other, their connector, and what comes out.

use std::collections::BTreeMap;

use sdk::{Batch, BuildContext, ComponentKind, Connector, NoSettings, RecordProcessor, Signal};
use serde_json::Value;
use testkit::Sink;
use tokio::time::{Duration, advance};

use agent_processors::{
    agent_runs::AgentRuns,
    slo::{Slo, Verdicts},
};

/// The attributes of a record, by key, values as plain JSON.
pub(crate) type Attributes = BTreeMap<String, Value>;

/// One log record that tells of a verdict.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Told {
    pub(crate) trace: String,
    pub(crate) span: String,
    pub(crate) attributes: Attributes,
}

impl Told {
    pub(crate) fn text(&self, key: &str) -> &str {
        self.attributes.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    /// `name verdict reason`.
    pub(crate) fn line(&self) -> String {
        let words = ["slo.name", "slo.verdict", "slo.reason"].map(|key| self.text(key));
        words.join(" ").trim_end().to_owned()
    }
}

pub(crate) struct Rig {
    pub(crate) context: BuildContext,
    runs: AgentRuns,
    slo: Slo,
    connector: Verdicts,
    sink: Sink,
}

impl Rig {
    /// With these objectives, one a line in braces, and `agent_runs` as it comes.
    pub(crate) async fn new(objectives: &str) -> Self {
        Self::with("", "", objectives).await
    }

    pub(crate) async fn with(runs: &str, slo: &str, objectives: &str) -> Self {
        let lines = objectives.lines().map(str::trim).filter(|line| !line.is_empty());
        let list: String = lines.map(|line| format!("\n- {line}")).collect();
        let context = testkit::context(ComponentKind::Processor, "slo");
        let of_runs = BuildContext { id: "agent_runs".parse().unwrap(), ..context.clone() };
        let connector = Verdicts::new(NoSettings {}, context.clone()).unwrap();
        let runs = AgentRuns::new(testkit::settings(runs), of_runs).unwrap();
        let yaml = format!("{slo}\nobjectives:{list}\n");
        let slo = Slo::new(testkit::settings(&yaml), context.clone()).unwrap();
        let sink = Sink::default();
        let outputs = sink.outputs_for(&[Signal::Logs, Signal::Metrics]);
        Connector::start(&connector, outputs).await.unwrap();
        Self { context, runs, slo, connector, sink }
    }

    /// What becomes of a batch.
    pub(crate) fn pass(&self, batch: &Batch) -> Batch {
        testkit::apply(&self.slo, &testkit::apply(&self.runs, batch))
    }

    /// Lets time go by, in steps in which timers run.
    pub(crate) async fn wait(&self, seconds: u64) {
        for _ in 0..seconds * 2 {
            self.step(500).await;
        }
    }

    /// Lets so many milliseconds go by at once.
    pub(crate) async fn step(&self, millis: u64) {
        advance(Duration::from_millis(millis)).await;
        for _ in 0..8 {
            tokio::task::yield_now().await;
        }
    }

    /// The verdicts told and the counts shown since the last call.
    pub(crate) fn take(&self) -> (Vec<Told>, Counts) {
        let mut told = Vec::new();
        let mut counts = Counts::default();
        for batch in self.sink.take() {
            let request = testkit::json_of(&batch);
            match batch.signal() {
                Signal::Logs => told.extend(verdicts(&request)),
                _ => counts.read(&request),
            }
        }
        (told, counts)
    }

    /// The verdicts told since the last call.
    pub(crate) fn told(&self) -> Vec<Told> {
        self.take().0
    }

    /// Stops, and what was told since the last call.
    pub(crate) async fn stop(&self) -> (Vec<Told>, Counts) {
        Connector::shutdown(&self.connector).await.unwrap();
        self.take()
    }

    /// An own metric, by its name after `otelcol_processor_slo_`.
    pub(crate) fn metric(&self, name: &str) -> f64 {
        let all = testkit::series(&self.context, &format!("otelcol_processor_slo_{name}"));
        all.iter().map(|line| line.rsplit(' ').next().unwrap().parse::<f64>().unwrap()).sum()
    }
}

/// The last value of each series, by the name of the metric and its attributes.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Counts {
    pub(crate) values: BTreeMap<String, f64>,
    /// Every value that was shown, in order.
    pub(crate) shown: BTreeMap<String, Vec<f64>>,
    /// The traces of exemplars.
    pub(crate) exemplars: BTreeMap<String, String>,
}

impl Counts {
    fn read(&mut self, request: &Value) {
        for resource in list(request, "resourceMetrics") {
            for metric in list(resource, "scopeMetrics").flat_map(|scope| list(scope, "metrics")) {
                let data = metric.get("sum").or_else(|| metric.get("gauge")).unwrap();
                for point in list(data, "dataPoints") {
                    let labels = list(point, "attributes").map(|pair| {
                        let key = pair["key"].as_str().unwrap();
                        format!("{key}={}", pair["value"]["stringValue"].as_str().unwrap())
                    });
                    let labels: Vec<String> = labels.collect();
                    let key = format!("{} {}", metric["name"].as_str().unwrap(), labels.join(" "));
                    let value = point["asDouble"].as_f64().unwrap_or_default();
                    self.values.insert(key.clone(), value);
                    self.shown.entry(key.clone()).or_default().push(value);
                    if let Some(exemplar) = list(point, "exemplars").next() {
                        self.exemplars
                            .insert(key, exemplar["traceId"].as_str().unwrap().to_owned());
                    }
                }
            }
        }
    }

    /// `good/bad/excluded/unknown` of an objective, all groups together.
    pub(crate) fn of(&self, name: &str) -> String {
        let of = |verdict: &str| {
            let start = format!("slo.events slo.name={name} slo.verdict={verdict}");
            let all = self.values.iter().filter(|(key, _)| {
                key.strip_prefix(&start)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
            });
            all.map(|(_, value)| value).sum::<f64>()
        };
        ["good", "bad", "excluded", "unknown"].map(|verdict| of(verdict).to_string()).join("/")
    }
}

fn verdicts(request: &Value) -> Vec<Told> {
    let resources = list(request, "resourceLogs");
    let scopes = resources.flat_map(|resource| list(resource, "scopeLogs"));
    let records = scopes.flat_map(|scope| list(scope, "logRecords"));
    let told = records.map(|record| {
        assert_eq!(record["eventName"], "slo.evaluation");
        let word = |key: &str| record[key].as_str().unwrap_or_default().to_owned();
        let pairs = list(record, "attributes").map(|pair| {
            let value = pair["value"].as_object().unwrap().values().next().unwrap().clone();
            (pair["key"].as_str().unwrap().to_owned(), value)
        });
        Told { trace: word("traceId"), span: word("spanId"), attributes: pairs.collect() }
    });
    told.collect()
}

fn list<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> + use<'v> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

/// `tag` of a span; a list as its words with blanks between.
pub(crate) fn tag(batch: &Batch, span: u64, key: &str) -> String {
    let request = testkit::json_of(batch);
    let resources = list(&request, "resourceSpans");
    let scopes = resources.flat_map(|resource| list(resource, "scopeSpans"));
    let mut spans = scopes.flat_map(|scope| list(scope, "spans"));
    let span = spans.find(|one| one["spanId"] == hex(span)).unwrap();
    let value = list(span, "attributes").find(|pair| pair["key"] == key);
    let Some(value) = value.map(|pair| &pair["value"]) else { return String::new() };
    match value["arrayValue"]["values"].as_array() {
        Some(all) => {
            all.iter().map(|one| one["stringValue"].as_str().unwrap()).collect::<Vec<_>>().join(" ")
        }
        None => value["stringValue"].as_str().unwrap_or_default().to_owned(),
    }
}

/// A request with one span a line: `id parent start end key=value …`; ids are numbers, parent 0 is none,
/// times are seconds, an end of `-` has not come. A line `service name` begins a new resource. All spans
/// are of trace `trace`; the key `name` is the name of the span, `status` is an error whatever its value, `state`
/// its tracestate, as `ot:th:c`.
pub(crate) fn trace(trace: u64, lines: &str) -> Batch {
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
        let mut tracestate = String::new();
        let (mut attributes, mut name) = (Vec::new(), "span");
        for (key, value) in pairs {
            if key == "name" {
                name = value;
                continue;
            }
            if key == "state" {
                tracestate = value.replacen(':', "=", 1);
                continue;
            }
            if key == "status" {
                status = serde_json::json!({"code": 2});
                continue;
            }
            let value = match (value.parse::<u64>(), value.parse::<f64>(), value.parse::<bool>()) {
                (Ok(number), ..) => serde_json::json!({"intValue": number.to_string()}),
                (_, Ok(number), _) => serde_json::json!({"doubleValue": number}),
                (.., Ok(flag)) => serde_json::json!({"boolValue": flag}),
                _ => serde_json::json!({"stringValue": value}),
            };
            attributes.push(serde_json::json!({"key": key, "value": value}));
        }
        let hex = |id: &str| format!("{:016x}", id.parse::<u64>().unwrap());
        resources.last_mut().unwrap().1.push(serde_json::json!({
            "traceId": format!("{trace:032x}"),
            "spanId": hex(id),
            "parentSpanId": if parent == "0" { String::new() } else { hex(parent) },
            "name": name,
            "traceState": tracestate,
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
pub(crate) fn hex(id: u64) -> String {
    format!("{id:016x}")
}
