//! Many clients that send more than the backend takes, for a while, and behave: who is refused keeps
//! the data and comes back when told to.
//!
//! [`Storm`] is what is sent, [`Slow`] the backend, [`weather`] sends it and tells how it went.

mod backend;
mod sender;

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{AnyValue, KeyValue, any_value::Value},
    resource::v1::Resource,
    trace::v1::{ResourceSpans, ScopeSpans, Span},
};
use prost::Message as _;
use tokio::{task::JoinSet, time::Instant};

pub use self::backend::Slow;
use self::sender::Sender;

/// What the prompts of requests are long, in turn.
const PROMPTS: [usize; 2] = [2 << 10, 10 << 10];
/// Numbers of requests stand behind this, in so many digits.
const MARK: &[u8] = b"storm-";
const DIGITS: usize = 9;

/// What is sent.
#[derive(Clone, Copy, Debug)]
pub struct Storm {
    /// Clients of each protocol, each on an address of its own, each with one request at a time.
    pub clients: u8,
    /// Each of them makes a request so often.
    pub every: Duration,
    /// For so long.
    pub lasts: Duration,
    /// Spans of a request, each with a prompt.
    pub spans: usize,
}

/// How it went.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Requests that clients made.
    pub made: usize,
    /// Requests that were taken while the storm lasted, and after it.
    pub taken: [usize; 2],
    /// Refusals that said when to come back.
    pub told: usize,
    /// Refusals that may be sent again and did not say when.
    pub untold: usize,
    /// Refusals after which a client must give its data up.
    pub final_refusals: usize,
    /// Connections that broke in the middle.
    pub broken: usize,
    /// How long the taken requests took, in milliseconds, sorted.
    pub latencies: Vec<f64>,
    /// Requests that the backend never saw, and that it saw more than once.
    pub missing: usize,
    /// See `missing`.
    pub repeated: usize,
    /// From the end of the storm until everything was delivered.
    pub drained_in: Duration,
}

impl Report {
    /// The latency that so many percent of the taken requests stayed below, in milliseconds.
    #[must_use]
    pub fn latency(&self, percent: usize) -> f64 {
        let at = self.latencies.len().saturating_mul(percent) / 100;
        self.latencies.get(at.min(self.latencies.len().saturating_sub(1))).copied().unwrap_or(0.0)
    }
}

/// Sends a storm to the two ports of a collector in front of `backend`, which is slow as long as it
/// lasts and fast afterwards, and waits, at most `drain`, until everything arrived.
pub async fn weather(
    storm: Storm,
    [grpc, http]: [SocketAddr; 2],
    backend: &Slow,
    drain: Duration,
) -> Report {
    let bodies = PROMPTS.map(|length| request(storm.spans, length));
    let begun = Instant::now();
    let mut senders = JoinSet::new();
    for client in 0..storm.clients {
        for (is_grpc, to) in [(true, grpc), (false, http)] {
            let from =
                SocketAddr::from((Ipv4Addr::new(127, 0, 1 + u8::from(is_grpc), client + 1), 0));
            let first = (usize::from(client) * 2 + usize::from(is_grpc)) * 1_000_000;
            let sender = Sender::new(is_grpc, [from, to], bodies.clone(), first);
            senders.spawn(sender.run(storm, begun, drain));
        }
    }
    tokio::time::sleep(storm.lasts).await;
    backend.calm_down();
    let calm = Instant::now();
    let (mut report, mut numbers) = (Report::default(), Vec::new());
    while let Some(sent) = senders.join_next().await {
        sent.unwrap().add_to(&mut report, &mut numbers);
    }
    report.latencies.sort_by(f64::total_cmp);
    backend.wait_for(&numbers, calm + drain).await;
    report.drained_in = calm.elapsed();
    (report.missing, report.repeated) = backend.judge(&numbers);
    report
}

/// A request of so many spans with prompts of that length, and the place of its number.
fn request(spans: usize, length: usize) -> (Vec<u8>, usize) {
    let text = |text: String| Some(AnyValue { value: Some(Value::StringValue(text)) });
    let attribute = |key: &str, value: String| KeyValue {
        key: key.to_owned(),
        value: text(value),
        ..KeyValue::default()
    };
    let number = format!("{}{}", String::from_utf8_lossy(MARK), "0".repeat(DIGITS));
    let words = "Plan the trip to the harbour, then tell the crew what to pack. ";
    let span = |at: usize| Span {
        trace_id: vec![7; 16],
        span_id: (at as u64 + 1).to_be_bytes().to_vec(),
        name: "chat".to_owned(),
        attributes: vec![attribute(
            "gen_ai.input.messages",
            words.chars().cycle().take(length).collect(),
        )],
        ..Span::default()
    };
    let scope_spans =
        vec![ScopeSpans { spans: (0..spans).map(span).collect(), ..ScopeSpans::default() }];
    let resource = Some(Resource {
        attributes: vec![attribute("storm.number", number)],
        ..Resource::default()
    });
    let resource_spans = vec![ResourceSpans { resource, scope_spans, ..ResourceSpans::default() }];
    let body = ExportTraceServiceRequest { resource_spans }.encode_to_vec();
    let at = place(&body).expect("the number stands in the request");
    (body, at)
}

/// Where the digits of the number begin: near the start if the resource goes first, near the end if
/// it goes last.
fn place(body: &[u8]) -> Option<usize> {
    let start = body.get(..body.len().min(4 << 10))?;
    let is_mark = |window: &[u8]| window == MARK;
    let at = start.windows(MARK.len()).position(is_mark);
    Some(at.or_else(|| body.windows(MARK.len()).rposition(is_mark))? + MARK.len())
}
