//! Traces stay whole behind two `load_balancing` instances while a backend dies and comes back.
//!
//! What "whole" can mean is what this test measures. A backend is dead from one moment to another, and
//! the instances know it a little later. A trace whose spans all leave outside of those two windows is
//! on one backend. One that is in flight in a window has at most two parts, before and after; each span
//! is on one backend all the same.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "what fails here fails the test, and the share that moved is to be seen"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    time::Duration,
};

use acceptance::{Collector, Connection, ledger::accounts, telemetry::TRACES, within_deadline};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    trace::v1::{ResourceSpans, ScopeSpans, Span},
};
use prost::Message as _;
use serde_json::Value;
use tonic::Code;

/// Traces of each phase, and spans of each.
const TRACES_A_PHASE: u64 = 120;
const SPANS: u64 = 4;
/// The backend that dies and comes back.
const MORTAL: usize = 1;

fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("load_balancing");
    drop(fs::remove_dir_all(&folder));
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// A port that is free now, and stays the backend's when it comes back.
fn port() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// A Tollgate that writes what it takes to a file, before it answers.
struct Behind {
    address: SocketAddr,
    file: PathBuf,
    running: Option<Collector>,
}

impl Behind {
    fn new(folder: &Path, number: usize) -> Self {
        let (address, file) = (port(), folder.join(format!("{number}.jsonl")));
        Self { address, file, running: None }
    }

    async fn start(&mut self) {
        let config = format!(
            "receivers: {{otlp: {{protocols: {{grpc: {{endpoint: '{}'}}}}}}}}\n\
             exporters: {{file: {{path: '{}', append: true, flush_interval: 1ms}}}}\n\
             service:\n  telemetry: {{metrics: {{level: none}}}}\n  \
             pipelines: {{traces: {{receivers: [otlp], exporters: [file]}}}}\n",
            self.address,
            self.file.display()
        );
        self.running = Some(Collector::start(&config).await);
    }

    /// The spans that are in its file now, by trace.
    fn spans(&self) -> BTreeMap<u64, BTreeSet<u64>> {
        let mut spans: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        let text = fs::read_to_string(&self.file).unwrap_or_default();
        for line in text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
            let mut found = Vec::new();
            collect(&line, &mut found);
            for (trace, span) in found {
                spans.entry(trace).or_default().insert(span);
            }
        }
        spans
    }
}

/// Every `(traceId, spanId)` anywhere in a request.
fn collect(value: &Value, found: &mut Vec<(u64, u64)>) {
    let number = |key: &str| value.get(key).and_then(Value::as_str);
    if let (Some(trace), Some(span)) = (number("traceId"), number("spanId")) {
        let read = |hex: &str| u64::from_str_radix(hex, 16).unwrap();
        found.push((read(&trace[16..]) - 1, read(span)));
    }
    match value {
        Value::Array(all) => all.iter().for_each(|value| collect(value, found)),
        Value::Object(map) => map.values().for_each(|value| collect(value, found)),
        _ => {}
    }
}

/// One request with a span of each of these traces.
fn request(traces: impl Iterator<Item = u64>, span: u64) -> Vec<u8> {
    let span = |trace: u64| Span {
        // An id of zeros is none.
        trace_id: u128::from(trace + 1).to_be_bytes().to_vec(),
        span_id: (trace * SPANS + span + 1).to_be_bytes().to_vec(),
        name: "step".to_owned(),
        ..Span::default()
    };
    let spans = traces.map(span).collect();
    let scope_spans = vec![ScopeSpans { spans, ..ScopeSpans::default() }];
    let resource_spans = vec![ResourceSpans { scope_spans, ..ResourceSpans::default() }];
    ExportTraceServiceRequest { resource_spans }.encode_to_vec()
}

/// Two instances in front, each with one client.
struct Front {
    clients: Vec<Connection>,
    instances: Vec<Collector>,
}

impl Front {
    async fn start(behind: &[Behind]) -> Self {
        let names: Vec<_> = behind.iter().map(|behind| behind.address.to_string()).collect();
        let mut front = Self { clients: Vec::new(), instances: Vec::new() };
        for turn in 0..2 {
            // The order of the list does not matter.
            let mut names = names.clone();
            names.rotate_left(turn);
            let config = format!(
                "receivers: {{otlp: {{protocols: {{grpc: {{endpoint: '127.0.0.1:0'}}}}}}}}\n\
                 exporters:\n  load_balancing:\n    routing_key: traceID\n    \
                 protocol: {{otlp: {{tls: {{insecure: true}}, timeout: 2s, sending_queue: {{enabled: false}}, \
                 retry_on_failure: {{initial_interval: 50ms, max_interval: 200ms}}}}}}\n    \
                 resolver: {{static: {{hostnames: {names:?}}}}}\n    \
                 health: {{failures: 3, interval: 100ms, timeout: 1s}}\n\
                 service:\n  telemetry: {{metrics: {{level: none}}}}\n  \
                 pipelines: {{traces: {{receivers: [otlp], exporters: [load_balancing]}}}}\n"
            );
            let instance = Collector::start(&config).await;
            front.clients.push(Connection::open(instance.grpc().await).await);
            front.instances.push(instance);
        }
        front
    }

    /// Sends the given spans of these traces, through both instances in turn, and waits until every one
    /// of them is taken.
    async fn send(&self, traces: std::ops::Range<u64>, spans: std::ops::Range<u64>) {
        for (at, span) in spans.enumerate() {
            for part in 0..4 {
                let client = &self.clients[(at + part as usize) % self.clients.len()];
                let message = request(traces.clone().filter(|trace| trace % 4 == part), span);
                let answer = within_deadline("an answer", client.export(TRACES, &message)).await;
                assert_eq!(answer.code(), Code::Ok, "{:?}", answer.status);
            }
        }
    }
}

/// On which backends each of these traces is, once so many spans of each are in their files: a backend
/// answers a moment before its file is flushed.
async fn places(
    behind: &[Behind],
    traces: std::ops::Range<u64>,
    count: u64,
) -> BTreeMap<u64, Vec<usize>> {
    within_deadline("spans in files", async {
        let mut looks = tokio::time::interval(Duration::from_millis(5));
        loop {
            looks.tick().await;
            let spans: Vec<_> = behind.iter().map(Behind::spans).collect();
            let whole = |trace: &u64| {
                let of = spans.iter().filter_map(|spans| spans.get(trace));
                of.flatten().collect::<BTreeSet<_>>().len() as u64
            };
            if traces.clone().all(|trace| whole(&trace) == count) {
                let at = |trace: u64| {
                    (0..spans.len()).filter(|at| spans[*at].contains_key(&trace)).collect()
                };
                return traces.clone().map(|trace| (trace, at(trace))).collect();
            }
        }
    })
    .await
}

fn assert_whole(places: &BTreeMap<u64, Vec<usize>>) {
    let split: Vec<_> = places.iter().filter(|(_, at)| at.len() != 1).collect();
    assert!(split.is_empty(), "{split:?}");
}

/// Says how many of the traces in flight at a moment have a part on each side of it, which is the share
/// that moved: those of the backend that died or came back, and no other.
fn tell(moment: &str, places: &BTreeMap<u64, Vec<usize>>) {
    let (split, whole): (Vec<_>, Vec<_>) = places.values().partition(|at| at.len() > 1);
    let all = places.len();
    println!(
        "in flight at the {moment}: {} of {all} traces moved ({:.1} %) and have two parts; {} did not and are whole",
        split.len(),
        100.0 * split.len() as f64 / all as f64,
        whole.len()
    );
    assert!(split.iter().all(|at| at.len() == 2 && at.contains(&MORTAL)), "{split:?}");
    // A third, within what chance allows.
    assert!((all / 6..all / 2).contains(&split.len()), "{} of {all}", split.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_trace_is_whole_on_one_backend_while_a_backend_dies_and_returns() {
    let folder = folder();
    let mut behind: Vec<_> = (0..3).map(|number| Behind::new(&folder, number)).collect();
    for backend in &mut behind {
        backend.start().await;
    }
    let front = Front::start(&behind).await;
    let n = TRACES_A_PHASE;

    // All three are there.
    front.send(0..n, 0..SPANS).await;
    let before = places(&behind, 0..n, SPANS).await;
    assert_whole(&before);
    // Half of the spans of these are sent when a backend dies, the other half while it is dead.
    let at_death = n..2 * n;
    front.send(at_death.clone(), 0..SPANS / 2).await;
    drop(places(&behind, at_death.clone(), SPANS / 2).await);
    let dying = behind[MORTAL].running.take().unwrap();
    dying.signal("KILL");
    dying.end().await;
    front.send(at_death.clone(), SPANS / 2..SPANS).await;
    for instance in &front.instances {
        instance.line("A backend does not answer.").await;
    }
    let dead = 2 * n..3 * n;
    front.send(dead.clone(), 0..SPANS).await;
    let during = places(&behind, dead, SPANS).await;
    assert_whole(&during);
    // It comes back on its port between the halves of these.
    let at_return = 3 * n..4 * n;
    front.send(at_return.clone(), 0..SPANS / 2).await;
    behind[MORTAL].start().await;
    for instance in &front.instances {
        instance.line("A backend answers again and has its share.").await;
    }
    front.send(at_return.clone(), SPANS / 2..SPANS).await;
    front.send(4 * n..5 * n, 0..SPANS).await;
    let after = places(&behind, 4 * n..5 * n, SPANS).await;
    assert_whole(&after);

    tell("death", &places(&behind, at_death, SPANS).await);
    tell("return", &places(&behind, at_return, SPANS).await);
    let share = |places: &BTreeMap<u64, Vec<usize>>| {
        places.values().filter(|at| at.as_slice() == [MORTAL]).count()
    };
    let shares = [&before, &during, &after].map(share);
    println!(
        "the backend has {} of {n} traces before, {} while dead, {} after",
        shares[0], shares[1], shares[2]
    );
    assert_eq!(shares[1], 0);
    assert!(shares[0] > 0 && shares[2] > 0);
    for instance in front.instances {
        let log = instance.stop().await;
        let account = accounts(&log).remove("exporter \"load_balancing\", traces").unwrap();
        assert_eq!(account.get("offered"), account.get("sent"), "{account:?}");
    }
}
