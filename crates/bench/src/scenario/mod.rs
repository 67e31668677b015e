//! What is measured: scenarios, span sizes, cells, and the collector config of each.

mod rules;
#[cfg(test)]
mod tests;

use std::fmt;

use clap::ValueEnum;

use crate::options::{Compression, Queue};
use crate::subject::Kind;

/// The attribute that the `attributes` scenario deletes. Every generated span has it.
pub(crate) const DELETED_KEY: &str = "gen_ai.conversation.id";
/// The attribute that the `attributes` scenario inserts. No generated span has it.
pub(crate) const INSERTED_KEY: &str = "deployment.environment.name";
/// The value it gets.
pub(crate) const INSERTED_VALUE: &str = "bench";

/// Bytes of requests in flight at once, at most: large requests get fewer streams.
const IN_FLIGHT_BYTES_MAX: usize = 64 << 20;

/// Bytes of requests made before a measurement in which each is sent once, at most, without warm-up.
const DISTINCT_BYTES_MAX: usize = 128 << 20;

/// What stands between receiver and exporter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scenario {
    /// Nothing
    None,
    /// The `attributes` processor: one inserted, one deleted
    Attributes,
    /// The `batch` processor with its defaults
    Batch,
    /// `token_usage` and `agent_runs`; where there are none, `transform` that renames five attributes
    Agents,
    /// Private data replaced, about one finding a kilobyte, every prompt unlike all others
    Redaction,
    /// The same where there is nothing to find
    RedactionClean,
    /// The same with private data, where each span repeats the earlier turns of its run
    RedactionHistory,
    /// As `redaction`, with the Go collector's `redaction` and the same 18 patterns in both
    RedactionRules,
}

/// What the prompts of a scenario hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Content {
    /// Words in any order
    Words,
    /// Chats, none like another
    Clean,
    /// Chats with private data in them
    Private,
    /// Chats with private data, in which each span of a run repeats the turns before it
    History,
}

impl Content {
    /// Whether every request sent has to be a new one: a subject may remember what it has seen.
    pub(crate) fn is_distinct(self) -> bool {
        self != Self::Words
    }
}

/// What the subject may have changed in a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Edit {
    /// Nothing
    None,
    /// One attribute inserted, one deleted
    Attributes,
    /// Any attributes
    Any,
    /// Any attributes, and no private value left in them
    Redacted,
}

/// What `transform` renames; every GenAI span has these.
const RENAMED: [[&str; 2]; 5] = [
    ["gen_ai.provider.name", "gen_ai.system"],
    ["gen_ai.request.model", "llm.request.model"],
    ["gen_ai.response.model", "llm.response.model"],
    ["gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"],
    ["gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"],
];

impl Scenario {
    /// The title of the scenario's table.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::None => "No processor",
            Self::Attributes => "One attribute added, one removed",
            Self::Batch => "Batch processor",
            Self::Agents => {
                "Token usage and agent runs (Go: `transform` that renames five attributes)"
            }
            Self::Redaction => {
                "Private data replaced, about one finding a KB, no prompt like another (Go: `redaction` with 18 rules)"
            }
            Self::RedactionClean => "The same, nothing to find",
            Self::RedactionHistory => {
                "The same with findings, each span repeats the earlier turns of its run"
            }
            Self::RedactionRules => "The same with findings, `redaction` with 18 patterns in both",
        }
    }

    /// What the subject changes in a span.
    pub(crate) fn edit(self, kind: Kind) -> Edit {
        match self {
            _ if matches!(kind, Kind::Proxy | Kind::PassThrough) => Edit::None,
            Self::None | Self::Batch | Self::RedactionClean => Edit::None,
            Self::Attributes => Edit::Attributes,
            Self::Agents => Edit::Any,
            Self::Redaction | Self::RedactionHistory | Self::RedactionRules => Edit::Redacted,
        }
    }

    /// What the prompts hold.
    pub(crate) fn content(self) -> Content {
        match self {
            Self::None | Self::Attributes | Self::Batch | Self::Agents => Content::Words,
            Self::Redaction | Self::RedactionRules => Content::Private,
            Self::RedactionClean => Content::Clean,
            Self::RedactionHistory => Content::History,
        }
    }

    /// Whether spans of this size say anything in this scenario.
    pub(crate) fn takes(self, size: Size) -> bool {
        match size {
            // What is no GenAI span matters to those who look for GenAI spans.
            Size::Http => matches!(self, Self::None | Self::Agents),
            // Without content there are no earlier turns.
            Size::Small => self != Self::RedactionHistory,
            Size::Prompt2 | Size::Prompt10 => true,
        }
    }

    /// Whether a subject has something to do in this scenario that another row does not show.
    pub(crate) fn has(self, kind: Kind) -> bool {
        kind != Kind::PassThrough || self.content().is_distinct()
    }

    /// The processors' section of the config, and their place in the pipeline.
    fn processors(self, kind: Kind) -> (String, &'static str) {
        match self {
            _ if kind == Kind::PassThrough => (String::new(), "[]"),
            Self::None => (String::new(), "[]"),
            Self::Attributes => (
                format!(
                    "processors:
  attributes:
    actions:
      - {{key: {INSERTED_KEY}, value: {INSERTED_VALUE}, action: insert}}
      - {{key: {DELETED_KEY}, action: delete}}
"
                ),
                "[attributes]",
            ),
            Self::Batch => ("processors:\n  batch:\n".to_owned(), "[batch]"),
            Self::Agents if kind == Kind::Tollgate => (
                "processors:\n  token_usage:\n  agent_runs:\n".to_owned(),
                "[token_usage, agent_runs]",
            ),
            Self::Agents => (transform(), "[transform]"),
            Self::RedactionRules => (rules::redaction(), "[redaction]"),
            Self::Redaction | Self::RedactionClean | Self::RedactionHistory => match kind {
                Kind::Otelcol => (rules::redaction(), "[redaction]"),
                _ => ("processors:\n  pii_redaction:\n".to_owned(), "[pii_redaction]"),
            },
        }
    }
}

/// The Go collector's way to the five attributes.
fn transform() -> String {
    let mut section =
        "processors:\n  transform:\n    trace_statements:\n      - context: span\n        statements:\n"
            .to_owned();
    for [from, to] in RENAMED {
        section.push_str(&format!(
            "          - set(attributes[\"{to}\"], attributes[\"{from}\"]) where attributes[\"{from}\"] != nil\n          \
             - delete_key(attributes, \"{from}\")\n"
        ));
    }
    section
}

impl fmt::Display for Scenario {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_name(self, formatter)
    }
}

impl fmt::Display for Content {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_name(self, formatter)
    }
}

impl fmt::Display for Edit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_name(self, formatter)
    }
}

/// The kind of span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Size {
    /// A GenAI span without content
    #[value(name = "0.5kb")]
    Small,
    /// The same with a prompt of about 2 KB
    #[value(name = "2kb")]
    Prompt2,
    /// The same with a prompt of about 10 KB
    #[value(name = "10kb")]
    Prompt10,
    /// A span of an HTTP server, of the same size as the first and with as many attributes
    #[value(name = "http")]
    Http,
}

impl Size {
    /// The median size of an encoded span, in bytes, and so the aim of the generator.
    pub(crate) fn span_bytes(self) -> usize {
        535 + self.prompt_bytes()
    }

    /// The median size of the prompt attribute, in bytes; 0 for none.
    pub(crate) fn prompt_bytes(self) -> usize {
        match self {
            Self::Small | Self::Http => 0,
            Self::Prompt2 => 2 << 10,
            Self::Prompt10 => 10 << 10,
        }
    }

    /// For people.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Small => "0.5 KB",
            Self::Prompt2 => "2 KB prompt",
            Self::Prompt10 => "10 KB prompt",
            Self::Http => "0.5 KB, HTTP",
        }
    }
}

impl fmt::Display for Size {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_name(self, formatter)
    }
}

/// Writes a value as it is named on the command line.
fn write_name(value: &impl ValueEnum, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    match value.to_possible_value() {
        Some(name) => formatter.write_str(name.get_name()),
        None => Err(fmt::Error),
    }
}

/// One thing to measure: all subjects do the same in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cell {
    /// What stands between receiver and exporter.
    pub(crate) scenario: Scenario,
    /// The kind of span.
    pub(crate) size: Size,
    /// Spans a request.
    pub(crate) per_request: usize,
}

impl Cell {
    /// The size of a request, in bytes, about.
    pub(crate) fn request_bytes(self) -> usize {
        self.size.span_bytes() * self.per_request
    }

    /// Requests that keep the byte proxy busy for about `seconds`: a fixed cost a request and a
    /// fixed cost a byte, so that the work is the same in every run and on every machine.
    pub(crate) fn requests(self, seconds: f64) -> usize {
        const SECONDS_A_REQUEST: f64 = 50e-6;
        const SECONDS_A_BYTE: f64 = 1e-9;
        let cost = SECONDS_A_REQUEST + SECONDS_A_BYTE * self.request_bytes() as f64;
        // At least a few requests for each stream, or the percentiles would mean nothing.
        let count = ((seconds / cost) as usize).max(64);
        match self.scenario.content().is_distinct() {
            true => count.min((DISTINCT_BYTES_MAX / self.request_bytes()).max(16)),
            false => count,
        }
    }

    /// Requests in flight at once when `wanted` are asked for.
    pub(crate) fn streams(self, wanted: usize) -> usize {
        wanted.min((IN_FLIGHT_BYTES_MAX / self.request_bytes()).max(4))
    }

    /// For the log.
    pub(crate) fn title(self) -> String {
        format!("{} · {} · {} a request", self.scenario, self.size.title(), self.per_request)
    }
}

/// The ports of a subject and its sink, all on 127.0.0.1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ports {
    /// Where the subject takes OTLP over gRPC.
    pub(crate) receiver: u16,
    /// Where the subject shows its own metrics.
    pub(crate) metrics: u16,
    /// Where the sink listens.
    pub(crate) sink: u16,
}

/// The collector config, the same text for every collector, but for the scenario that only one of
/// them has processors for.
///
/// Four settings are not defaults, and only so that every cell runs to its end: the compression that
/// the comparison asks for, the receiver's size limit (a request of 1,000 spans with 10 KB is over
/// 4 MiB), the exporter's timeout (no second delivery on a slow machine), and the metrics port
/// (free, so nothing else on the machine collides). Own telemetry stays at its default level.
pub(crate) fn config(
    kind: Kind,
    scenario: Scenario,
    (queue, compression): (Queue, Compression),
    ports: Ports,
) -> String {
    let compression = compression.name();
    let Ports { receiver, metrics, sink } = ports;
    let (section, names) = scenario.processors(kind);
    let queue = match queue {
        Queue::Default => "",
        Queue::Blocking => "    sending_queue: {block_on_overflow: true}\n",
        Queue::Off => "    sending_queue: {enabled: false}\n",
    };
    format!(
        "receivers:
  otlp:
    protocols:
      grpc:
        endpoint: 127.0.0.1:{receiver}
        max_recv_msg_size_mib: 64
{section}exporters:
  otlp:
    endpoint: 127.0.0.1:{sink}
    compression: {compression}
    timeout: 60s
    tls: {{insecure: true}}
{queue}service:
  telemetry:
    metrics:
      readers:
        - pull: {{exporter: {{prometheus: {{host: 127.0.0.1, port: {metrics}}}}}}}
  pipelines:
    traces: {{receivers: [otlp], processors: {names}, exporters: [otlp]}}
"
    )
}
