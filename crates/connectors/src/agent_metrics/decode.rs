//! From a batch to what it says of agents.

use genai::{Authority, Call, Class, Dialect, Reading, ScopeDialect, Source, read};
use pdata::{
    AnyValue,
    views::{Attributes, LogRecordView, LogsView, ScopeView, SpanView, TracesView},
};
use sdk::{Batch, Signal};

use super::{
    config::{Compatibility, Config},
    labels::DIMENSIONS_MAX,
};

/// The outcome that the `agent_runs` processor stamps on the root of a run.
const OUTCOME: &[u8] = b"tollgate.run.outcome";
/// Who tells of runs, and what it says of one that is over.
const RUNS_SCOPE: &[u8] = b"tollgate.agent_runs";
const RUN_OVER: [&[u8]; 2] = [b"tollgate.run.closed", b"tollgate.run.lost"];
/// A span shared by a thousandth of a thousand; a sampler that says less is not believed.
const WEIGHT_MAX: f64 = 1e6;
/// Bits of `Span.flags`: whether it is known where the parent is, and whether that is elsewhere.
const REMOTE: u32 = 0x300;
/// How long a `tracestate` may be.
const TRACE_STATE_MAX: usize = 512;

/// What a resource says, by the place of the attribute in the config.
pub(super) type Dimensions<'a> = [Option<&'a [u8]>; DIMENSIONS_MAX];

/// One thing that a record says.
pub(super) enum Item<'a> {
    /// GenAI telemetry.
    Fact(Box<Fact<'a>>),
    /// A span that only tells what stands above others.
    Link { trace_id: u128, span_id: u64, parent_id: u64, is_remote: bool },
    /// Spans received, by weight, from one resource.
    Spans { dimensions: Dimensions<'a>, weight: f64 },
    /// The end of a run without a trace.
    Run(SessionRun<'a>),
    /// How much waits in a queue.
    Depth { dimensions: Dimensions<'a>, queue: &'a [u8], depth: f64, time: u64 },
}

/// A run that `agent_runs` has followed through log records alone.
pub(super) struct SessionRun<'a> {
    pub(super) dimensions: Dimensions<'a>,
    pub(super) id: &'a [u8],
    pub(super) agent: Option<&'a [u8]>,
    pub(super) outcome: Option<&'a [u8]>,
    /// Nanoseconds since 1970.
    pub(super) start: u64,
    pub(super) end: u64,
}

/// One GenAI span or log record.
pub(super) struct Fact<'a> {
    pub(super) reading: Reading<'a>,
    pub(super) call: Call,
    pub(super) dimensions: Dimensions<'a>,
    pub(super) service: &'a [u8],
    /// How many it stands for.
    pub(super) weight: f64,
    /// Whether it is sent while it runs.
    pub(super) is_pending: bool,
    /// Whether its parent is in another process.
    pub(super) is_remote: bool,
    /// The outcome of the run, where someone has found it already.
    pub(super) outcome: Option<&'a [u8]>,
}

impl Fact<'_> {
    /// The trace; 0 if there is none.
    pub(super) fn trace(&self) -> u128 {
        u128::from_be_bytes(self.call.trace_id)
    }

    /// Whether the signal is the one its dialect is counted on.
    pub(super) fn is_primary(&self) -> bool {
        self.reading.authority == Authority::Primary
    }
}

/// What to look for.
#[derive(Clone, Debug)]
pub(super) struct Decoder {
    dimensions: Vec<String>,
    depth: String,
    queue: String,
    counts_spans: bool,
}

/// What the records of one scope share.
struct Around<'a> {
    dimensions: Dimensions<'a>,
    service: &'a [u8],
    scope: ScopeDialect,
}

impl Decoder {
    pub(super) fn new(config: &Config) -> Self {
        Self {
            dimensions: config.dimensions.clone(),
            depth: config.queues.depth.clone(),
            queue: config.queues.name.clone(),
            counts_spans: config.compatibility.contains(&Compatibility::Mutx),
        }
    }

    /// Hands out what the records of a batch say, in order.
    pub(super) fn read<'a>(&self, batch: &'a Batch, visit: &mut dyn FnMut(Item<'a>)) {
        match batch.signal() {
            Signal::Traces => self.traces(batch.bytes(), visit),
            Signal::Logs => self.logs(batch.bytes(), visit),
            Signal::Metrics | Signal::Profiles => {}
        }
    }

    fn traces<'a>(&self, bytes: &'a [u8], visit: &mut dyn FnMut(Item<'a>)) {
        for resource in TracesView::read(bytes).resource_spans() {
            let attributes = resource.resource().attributes();
            let mut weights = 0.0;
            for scope in resource.scope_spans() {
                let around = self.around(attributes, &scope.scope());
                for span in scope.spans() {
                    let weight = weight(span.trace_state());
                    weights += weight;
                    self.depth(&around, span.attributes(), span.end_time_unix_nano(), visit);
                    visit(self.span(&around, &span, weight));
                }
            }
            if self.counts_spans && weights > 0.0 {
                visit(Item::Spans { dimensions: self.dimensions(attributes), weight: weights });
            }
        }
    }

    fn logs<'a>(&self, bytes: &'a [u8], visit: &mut dyn FnMut(Item<'a>)) {
        for resource in LogsView::read(bytes).resource_logs() {
            let attributes = resource.resource().attributes();
            for scope in resource.scope_logs() {
                let around = self.around(attributes, &scope.scope());
                for record in scope.log_records() {
                    self.depth(&around, record.attributes(), record.start(), visit);
                    if scope.scope().name() == RUNS_SCOPE {
                        session_run(&around, &record)
                            .into_iter()
                            .map(Item::Run)
                            .for_each(&mut *visit);
                    } else if let Some(fact) = log(&around, &record) {
                        visit(Item::Fact(Box::new(fact)));
                    }
                }
            }
        }
    }

    fn around<'a>(&self, resource: Attributes<'a>, scope: &ScopeView<'a>) -> Around<'a> {
        let service = resource.iter().find(|pair| pair.key == b"service.name");
        Around {
            dimensions: self.dimensions(resource),
            service: service.and_then(|pair| pair.value().as_str()).unwrap_or_default(),
            scope: ScopeDialect::of(scope.name(), scope.version()),
        }
    }

    fn dimensions<'a>(&self, resource: Attributes<'a>) -> Dimensions<'a> {
        let mut dimensions = Dimensions::default();
        for pair in resource.iter() {
            let place = self.dimensions.iter().position(|name| name.as_bytes() == pair.key);
            if let Some(slot) = place.and_then(|place| dimensions.get_mut(place))
                && slot.is_none()
            {
                *slot = pair.value().as_str();
            }
        }
        dimensions
    }

    fn depth<'a>(
        &self,
        around: &Around<'a>,
        attributes: Attributes<'a>,
        time: u64,
        visit: &mut dyn FnMut(Item<'a>),
    ) {
        if self.depth.is_empty() {
            return;
        }
        let find = |key: &str| attributes.iter().find(|pair| pair.key == key.as_bytes());
        let Some(value) = find(&self.depth) else { return };
        let depth = match value.value() {
            AnyValue::Int(number) => number as f64,
            AnyValue::Double(number) => number,
            _ => return,
        };
        if depth.is_finite() && depth >= 0.0 {
            let queue = find(&self.queue).and_then(|pair| pair.value().as_str());
            let queue = queue.unwrap_or_default();
            visit(Item::Depth { dimensions: around.dimensions, queue, depth, time });
        }
    }

    fn span<'a>(&self, around: &Around<'a>, span: &SpanView<'a>, weight: f64) -> Item<'a> {
        let Some(reading) = read(&around.scope, span) else {
            let number = |id: &[u8]| id.first_chunk::<8>().map_or(0, |id| u64::from_be_bytes(*id));
            let trace = span.trace_id().first_chunk::<16>();
            return Item::Link {
                trace_id: trace.map_or(0, |id| u128::from_be_bytes(*id)),
                span_id: number(span.span_id()),
                parent_id: number(span.parent_span_id()),
                is_remote: span.flags() & REMOTE == REMOTE,
            };
        };
        let ids = [span.trace_id(), span.span_id(), span.parent_span_id()];
        let (start, end) = (span.start_time_unix_nano(), span.end_time_unix_nano());
        let text =
            |key: &[u8]| span.attributes().iter().find(|pair| pair.key == key)?.value().as_str();
        let is_run = matches!(reading.class, Class::Agent | Class::Workflow);
        let is_marked = reading.dialect == Dialect::PydanticAi
            && text(b"logfire.span_type") == Some(b"pending_span");
        Item::Fact(Box::new(Fact {
            call: Call::new(&reading, &around.scope)
                .at(ids, start, end)
                .from_service(around.service),
            outcome: if is_run { text(OUTCOME) } else { None },
            reading,
            dimensions: around.dimensions,
            service: around.service,
            weight,
            is_pending: end == 0 || is_marked,
            is_remote: span.flags() & REMOTE == REMOTE,
        }))
    }
}

fn log<'a>(around: &Around<'a>, record: &LogRecordView<'a>) -> Option<Fact<'a>> {
    let reading = read(&around.scope, record)?;
    let end = record.start();
    // A record is written when the work is done.
    let took = reading.duration.filter(|took| took.is_finite() && *took > 0.0).unwrap_or(0.0);
    let start = end.saturating_sub((took * 1e9) as u64);
    let ids = [record.trace_id(), record.span_id(), &[]];
    Some(Fact {
        call: Call::new(&reading, &around.scope).at(ids, start, end).from_service(around.service),
        reading,
        dimensions: around.dimensions,
        service: around.service,
        weight: 1.0,
        is_pending: false,
        is_remote: false,
        outcome: None,
    })
}

/// A run in a trace is known by its root; an event tells of those that have none.
fn session_run<'a>(around: &Around<'a>, record: &LogRecordView<'a>) -> Option<SessionRun<'a>> {
    if !RUN_OVER.contains(&record.event_name()) || !record.trace_id().is_empty() {
        return None;
    }
    let get = |key: &[u8]| record.attributes().iter().find(|pair| pair.key == key);
    let text = |key: &[u8]| get(key).and_then(|pair| pair.value().as_str());
    let took = get(b"tollgate.run.duration").and_then(|pair| pair.value().as_double());
    let took = took.filter(|took| took.is_finite() && *took > 0.0).unwrap_or(0.0);
    let end = record.start();
    Some(SessionRun {
        dimensions: around.dimensions,
        id: text(b"tollgate.run.id").filter(|id| !id.is_empty())?,
        agent: text(b"gen_ai.agent.name"),
        outcome: text(OUTCOME),
        start: end.saturating_sub((took * 1e9) as u64),
        end,
    })
}

/// How many spans one of a sample stands for, by the rejection threshold in `tracestate`
/// (`ot=th:8` says every second was kept). 1 where nothing, or nothing sound, is said.
///
/// Source: "TraceState: Probability Sampling", OpenTelemetry specification.
pub(super) fn weight(trace_state: &[u8]) -> f64 {
    if trace_state.is_empty() || trace_state.len() > TRACE_STATE_MAX {
        return 1.0;
    }
    let members = trace_state.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
    let own = members.filter_map(|member| member.strip_prefix(b"ot=")).next();
    let mut fields = own.unwrap_or_default().split(|byte| *byte == b';');
    let threshold = fields.find_map(|field| field.strip_prefix(b"th:")).and_then(threshold);
    threshold.map_or(1.0, |threshold| {
        let all = (1u64 << 56) as f64;
        (all / ((1u64 << 56) - threshold) as f64).min(WEIGHT_MAX)
    })
}

/// 1 to 14 hexadecimal digits of a fraction, as 56 bits.
fn threshold(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || digits.len() > 14 {
        return None;
    }
    let mut number = 0;
    for at in 0..14 {
        let digit = match digits.get(at) {
            None => 0,
            Some(digit @ b'0'..=b'9') => digit - b'0',
            Some(digit @ b'a'..=b'f') => digit - b'a' + 10,
            Some(_) => return None,
        };
        number = number << 4 | u64::from(digit);
    }
    Some(number)
}
