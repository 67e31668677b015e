//! The load generator: sends a fixed number of requests as fast as they are answered, and reads the
//! subject's CPU time around exactly that.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tokio::io::AsyncWriteExt;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};
use tonic::Code;

use crate::check::check;
use crate::error::Error;
use crate::options::LoadOptions;
use crate::proc::{CpuTime, Memory};
use crate::raw::{Client, EXPORT};
use crate::sink::SinkClient;
use crate::spans::{Planted, Spans};
use crate::stats::percentile;

/// The pool holds about this many bytes of requests, but no fewer than the second and no more than
/// the third number of them.
const POOL: (usize, usize, usize) = (32 << 20, 8, 512);
/// The sink is asked this often whether all has come.
const POLL: Duration = Duration::from_millis(2);
/// All is lost when the sink has counted nothing new for this long.
const SILENCE_MAX: Duration = Duration::from_secs(15);
/// A refused request waits this long, twice as long each time, up to the second value.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(2), Duration::from_millis(64));

/// What one measurement found.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Measurement {
    /// Spans sent, counted by the sink to the last one.
    pub(crate) spans: u64,
    /// CPU time of the subject in its own code, in seconds.
    pub(crate) user_seconds: f64,
    /// CPU time of the subject in the kernel, in seconds.
    pub(crate) system_seconds: f64,
    /// From the first request to the last span in the sink, in seconds.
    pub(crate) wall_seconds: f64,
    /// Median time from a request's first try to its success, in microseconds.
    pub(crate) p50_micros: u64,
    /// The 99th percentile of the same.
    pub(crate) p99_micros: u64,
    /// Tries that were refused for the moment and repeated.
    pub(crate) refused: u64,
    /// The most memory the subject has held, in bytes.
    pub(crate) peak_bytes: u64,
    /// Spans the sink's sample held, all of them right.
    pub(crate) checked: usize,
}

impl Measurement {
    /// CPU-seconds the subject needs for a million spans.
    pub(crate) fn cpu_seconds_a_million(&self) -> f64 {
        (self.user_seconds + self.system_seconds) / self.spans as f64 * 1e6
    }
}

/// Measures once and prints the [`Measurement`] as JSON.
pub(crate) async fn run(options: LoadOptions) -> Result<(), Error> {
    let measurement = measure(&options).await?;
    let json = serde_json::to_string(&measurement).map_err(|e| Error::Failed(e.to_string()))?;
    let mut output = tokio::io::stdout();
    output.write_all(json.as_bytes()).await.map_err(Error::io("print the measurement"))?;
    output.flush().await.map_err(Error::io("print the measurement"))
}

async fn measure(options: &LoadOptions) -> Result<Measurement, Error> {
    let (pool, planted) = pool(options);
    let mut clients = Vec::new();
    for _ in 0..options.connections.min(options.streams) {
        clients.push(Client::connect(&options.endpoint, options.compression).await?);
    }
    let mut sink = SinkClient::connect(&options.sink).await?;
    let per_request = options.per_request as u64;
    let warmup_spans = options.warmup as u64 * per_request;
    send(&clients, &pool, 0..options.warmup, options.streams).await?;
    arrive(&mut sink, warmup_spans).await?;

    let before = CpuTime::of(options.pid)?;
    let start = Instant::now();
    let turns = options.warmup..options.warmup + options.requests;
    let mut sent = send(&clients, &pool, turns, options.streams).await?;
    let spans = options.requests as u64 * per_request;
    arrive(&mut sink, warmup_spans + spans).await?;
    let wall = start.elapsed();
    let cpu = CpuTime::of(options.pid)?.since(before);

    sent.micros.sort_unstable();
    let checked = check(&pool, &sink.sample().await?, options.edit, &planted)?;
    Ok(Measurement {
        spans,
        user_seconds: cpu.user.as_secs_f64(),
        system_seconds: cpu.system.as_secs_f64(),
        wall_seconds: wall.as_secs_f64(),
        p50_micros: percentile(&sent.micros, 50.0).unwrap_or_default(),
        p99_micros: percentile(&sent.micros, 99.0).unwrap_or_default(),
        refused: sent.refused,
        peak_bytes: Memory::of(options.pid)?.peak,
        checked,
    })
}

/// Distinct requests, encoded once, and the private values in their spans. Where the subject may
/// remember texts, there is one for every request that is sent.
fn pool(options: &LoadOptions) -> (Arc<[Bytes]>, Planted) {
    let (bytes, min, max) = POOL;
    let request_bytes = options.size.span_bytes() * options.per_request;
    let count = match options.content.is_distinct() {
        true => options.warmup + options.requests,
        false => (bytes / request_bytes).clamp(min, max),
    };
    let mut spans = Spans::new(options.size, options.content, 7);
    let pool = (0..count).map(|_| spans.request(options.per_request)).collect();
    (pool, spans.planted())
}

/// What became of the requests sent.
#[derive(Debug, Default)]
struct Sent {
    /// How long each took, in microseconds.
    micros: Vec<u64>,
    /// Tries refused.
    refused: u64,
}

/// Sends the requests of the pool whose turn it is, `streams` at once, each until it succeeds.
async fn send(
    clients: &[Client],
    pool: &Arc<[Bytes]>,
    turns: Range<usize>,
    streams: usize,
) -> Result<Sent, Error> {
    let (count, end) = (turns.len(), turns.end);
    let next = Arc::new(AtomicUsize::new(turns.start));
    let refused = Arc::new(AtomicU64::new(0));
    let mut tasks = JoinSet::new();
    for client in clients.iter().cycle().take(streams) {
        let (mut client, pool) = (client.clone(), Arc::clone(pool));
        let (next, refused) = (Arc::clone(&next), Arc::clone(&refused));
        tasks.spawn(async move {
            let mut micros = Vec::with_capacity(count / streams + 1);
            loop {
                let turn = next.fetch_add(1, Ordering::Relaxed);
                let Some(request) = pool.get(turn % pool.len()).filter(|_| turn < end) else {
                    return Ok(micros);
                };
                let start = Instant::now();
                deliver(&mut client, request, &refused).await?;
                micros.push(u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX));
            }
        });
    }
    let mut micros = Vec::with_capacity(count);
    while let Some(done) = tasks.join_next().await {
        let done: Result<Vec<u64>, Error> =
            done.map_err(|error| Error::Failed(format!("a stream ended early: {error}")))?;
        micros.extend(done?);
    }
    Ok(Sent { micros, refused: refused.load(Ordering::Relaxed) })
}

/// Sends one request until it is taken. A full queue or a spent budget is no failure: it says
/// "not now", and the request is tried again, as an SDK would.
async fn deliver(client: &mut Client, request: &Bytes, refused: &AtomicU64) -> Result<(), Error> {
    let (mut backoff, backoff_max) = BACKOFF;
    loop {
        let answer = client.call(EXPORT, request.clone()).await;
        match answer {
            // Field 1 of the response, `partial_success`, would say that spans were rejected; the
            // Go collector sets it to an empty message.
            Ok(answer) if matches!(*answer, [] | [0x0a, 0]) => return Ok(()),
            Ok(answer) => {
                return Err(Error::Failed(format!("the subject rejected spans: {answer:02x?}")));
            }
            Err(status) if matches!(status.code(), Code::Unavailable | Code::ResourceExhausted) => {
                refused.fetch_add(1, Ordering::Relaxed);
                sleep(backoff).await;
                backoff = backoff_max.min(backoff * 2);
            }
            Err(status) => return Err(Error::refused("export to the subject")(status)),
        }
    }
}

/// Waits until the sink has counted `expected` spans, and fails when more come or some never do.
async fn arrive(sink: &mut SinkClient, expected: u64) -> Result<(), Error> {
    let (mut seen, mut heard) = (0, Instant::now());
    loop {
        let counts = sink.counts().await?;
        if counts.malformed > 0 {
            return Err(Error::Failed(format!("{} requests were malformed", counts.malformed)));
        }
        if counts.spans > expected {
            let extra = counts.spans - expected;
            return Err(Error::Failed(format!("{extra} spans more came than were sent")));
        }
        if counts.spans == expected {
            return Ok(());
        }
        if counts.spans > seen {
            (seen, heard) = (counts.spans, Instant::now());
        }
        if heard.elapsed() > SILENCE_MAX {
            let lost = expected - counts.spans;
            return Err(Error::Failed(format!("{lost} of {expected} spans never came")));
        }
        sleep(POLL).await;
    }
}
