//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::scenario::{Content, Edit, Scenario, Size};
use crate::subject::Kind;

/// Spans a request that a full run measures.
const PER_REQUEST: [usize; 3] = [10, 100, 1_000];

/// The whole command line.
#[derive(Debug, Parser)]
#[command(name = "bench", version, about)]
pub(crate) struct Options {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The part this process plays.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Measure the subjects and print the tables
    Run(Box<RunOptions>),
    /// Send spans and measure the subject (started by `run`)
    Load(LoadOptions),
    /// Take spans and count them (started by `run`)
    Sink,
    /// Forward bytes (started by `run`)
    Proxy(ProxyOptions),
}

/// What `run` measures.
#[derive(Args, Clone, Debug)]
pub(crate) struct RunOptions {
    /// Only 0.5 KB spans, 100 a request, for a short run
    #[arg(long, conflicts_with = "full")]
    pub(crate) quick: bool,
    /// More and longer rounds, for numbers to publish
    #[arg(long)]
    pub(crate) full: bool,
    /// Only these scenarios
    #[arg(long, value_delimiter = ',')]
    pub(crate) scenario: Vec<Scenario>,
    /// Only these span sizes
    #[arg(long, value_delimiter = ',')]
    pub(crate) size: Vec<Size>,
    /// Only these numbers of spans a request
    #[arg(long, value_delimiter = ',', value_parser = parse_count)]
    pub(crate) per_request: Vec<usize>,
    /// Only these subjects
    #[arg(long, value_delimiter = ',')]
    pub(crate) subject: Vec<Kind>,
    /// About how long the byte proxy takes for one measurement; every subject gets that same work
    #[arg(long, value_parser = parse_seconds)]
    pub(crate) seconds: Option<f64>,
    /// How often each subject is measured, in turn
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) rounds: Option<u32>,
    /// The exporter's sending queue
    #[arg(long, value_enum, default_value_t = Queue::Default)]
    pub(crate) queue: Queue,
    /// How requests are compressed on both sides of the subject; the byte proxy takes part without only
    #[arg(long, value_enum, default_value_t = Compression::None)]
    pub(crate) compression: Compression,
    /// Connections from the load generator
    #[arg(long, default_value_t = 4, value_parser = parse_count)]
    pub(crate) connections: usize,
    /// Requests in flight at once, over all connections
    #[arg(long, default_value_t = 32, value_parser = parse_count)]
    pub(crate) streams: usize,
    /// The Tollgate binary
    #[arg(long, default_value = "target/release/tollgate")]
    pub(crate) tollgate: PathBuf,
    /// The Go collector binary
    #[arg(long, default_value = "target/peers/otelcol")]
    pub(crate) otelcol: PathBuf,
    /// Write the page here as well
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
}

impl RunOptions {
    /// The scenarios to measure.
    pub(crate) fn scenarios(&self) -> Vec<Scenario> {
        given_or(&self.scenario, Scenario::value_variants())
    }

    /// The span sizes to measure.
    pub(crate) fn sizes(&self) -> Vec<Size> {
        given_or(&self.size, if self.quick { &[Size::Small] } else { Size::value_variants() })
    }

    /// The numbers of spans a request to measure.
    pub(crate) fn per_requests(&self) -> Vec<usize> {
        given_or(&self.per_request, if self.quick { &[100] } else { &PER_REQUEST })
    }

    /// The subjects to measure, in the order of their turns.
    pub(crate) fn subjects(&self) -> Vec<Kind> {
        let mut subjects = given_or(&self.subject, Kind::value_variants());
        // It does not look into what it forwards, so it would only say what a byte costs.
        subjects.retain(|kind| *kind != Kind::Proxy || self.compression == Compression::None);
        subjects
    }

    /// How often each subject is measured.
    pub(crate) fn rounds(&self) -> u32 {
        self.rounds.unwrap_or(if self.full { 5 } else { 3 })
    }

    /// About how long the byte proxy takes for one measurement, in seconds.
    pub(crate) fn seconds(&self) -> f64 {
        self.seconds.unwrap_or(if self.full { 2.0 } else { 1.0 })
    }
}

/// What the user named, or else the preset.
fn given_or<T: Clone>(given: &[T], preset: &[T]) -> Vec<T> {
    if given.is_empty() { preset.to_vec() } else { given.to_vec() }
}

/// What `load` sends, and where.
#[derive(Args, Clone, Debug)]
pub(crate) struct LoadOptions {
    /// The URL of the subject
    #[arg(long)]
    pub(crate) endpoint: String,
    /// The URL of the sink
    #[arg(long)]
    pub(crate) sink: String,
    /// The process id of the subject
    #[arg(long)]
    pub(crate) pid: u32,
    /// The kind of span
    #[arg(long)]
    pub(crate) size: Size,
    /// Spans a request
    #[arg(long, value_parser = parse_count)]
    pub(crate) per_request: usize,
    /// Requests to measure
    #[arg(long, value_parser = parse_count)]
    pub(crate) requests: usize,
    /// Requests before that, not measured
    #[arg(long)]
    pub(crate) warmup: usize,
    /// Connections
    #[arg(long, value_parser = parse_count)]
    pub(crate) connections: usize,
    /// Requests in flight at once
    #[arg(long, value_parser = parse_count)]
    pub(crate) streams: usize,
    /// What the subject was asked to change
    #[arg(long)]
    pub(crate) edit: Edit,
    /// What the prompts hold
    #[arg(long)]
    pub(crate) content: Content,
    /// How requests are compressed
    #[arg(long, value_enum, default_value_t = Compression::None)]
    pub(crate) compression: Compression,
}

/// Where `proxy` forwards to.
#[derive(Args, Clone, Debug)]
pub(crate) struct ProxyOptions {
    /// The URL of the sink
    #[arg(long)]
    pub(crate) sink: String,
}

/// The exporter's sending queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Queue {
    /// As the collector has it: 1,000 requests, in memory; a full queue refuses
    Default,
    /// As default, but a full queue makes the sender wait
    Blocking,
    /// None: an answer means that the sink has answered
    Off,
}

/// How requests are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Compression {
    /// Not at all
    None,
    /// By flate2 at its default level, 6, as SDKs do; collectors at their own
    Gzip,
    /// By zstd at its default level, 3; collectors at their own
    Zstd,
}

impl Compression {
    /// The value of the exporter's setting.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }
}

/// A count from 1 to 10 million; bounds what a typing mistake can start.
fn parse_count(text: &str) -> Result<usize, String> {
    match text.replace('_', "").parse() {
        Ok(count @ 1..=10_000_000) => Ok(count),
        _ => Err("expected a whole number from 1 to 10000000".to_owned()),
    }
}

/// A duration from 0.05 to 600 seconds.
fn parse_seconds(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(seconds) if (0.05..=600.0).contains(&seconds) => Ok(seconds),
        _ => Err("expected a number of seconds from 0.05 to 600".to_owned()),
    }
}
