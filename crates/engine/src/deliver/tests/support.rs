//! A scripted exporter, batches of named spans, and captured log lines.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::FutureExt as _;
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    trace::v1::{ResourceSpans, ScopeSpans, Span},
};
use prost::Message as _;
use sdk::{
    Batch, BatchConfig, Capabilities, Consumer as _, Context, Delivered, Delivery, DynExporter,
    Error, Host, HostApi, Id, Optional, QueueConfig, Random, RetryConfig, Signal, StartError,
    StatusEvent, async_trait,
    telemetry::{Level, Telemetry},
};
use tokio::{
    sync::Semaphore,
    task::JoinHandle,
    time::{Instant, sleep},
};
use tracing::{Event, Subscriber, field, subscriber::DefaultGuard};
use tracing_subscriber::{Layer, layer, prelude::*};

use crate::{
    deliver::{Deliver, DeliverContext, Troubles},
    ledger::Ledger,
};

/// What the exporter does at one attempt.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Take,
    TakeAfter(Duration),
    Partly(usize, &'static str),
    Refuse,
    Throttle(Duration),
    Fail(Error),
    /// Takes so many spans, and refuses the others.
    TakeSome(usize),
    Never,
    Panic,
}

/// One attempt.
#[derive(Clone, Debug)]
pub(super) struct Attempt {
    /// Since the exporter was made.
    pub(super) at: Duration,
    pub(super) spans: Vec<String>,
    pub(super) bytes: usize,
    pub(super) context: Arc<Context>,
}

/// Follows its script, then takes everything. While its gate is shut, every export waits there.
pub(super) struct Scripted {
    script: Mutex<VecDeque<Step>>,
    attempts: Mutex<Vec<Attempt>>,
    taken: Mutex<Vec<String>>,
    /// Exports under way now, and the most there ever were.
    running: Mutex<(usize, usize)>,
    gate: Option<Semaphore>,
    /// A request with more bytes is too large.
    bytes_max: usize,
    began: Instant,
}

impl Scripted {
    pub(super) fn new(script: impl IntoIterator<Item = Step>) -> Arc<Self> {
        Arc::new(Self::with(script, None))
    }

    pub(super) fn gated() -> Arc<Self> {
        Arc::new(Self::with([], Some(Semaphore::new(0))))
    }

    /// Takes nothing of more bytes; what is refused for that is no step of the script.
    pub(super) fn narrow(bytes_max: usize, script: impl IntoIterator<Item = Step>) -> Arc<Self> {
        Arc::new(Self { bytes_max, ..Self::with(script, None) })
    }

    fn with(script: impl IntoIterator<Item = Step>, gate: Option<Semaphore>) -> Self {
        Self {
            script: Mutex::new(script.into_iter().collect()),
            attempts: Mutex::default(),
            taken: Mutex::default(),
            running: Mutex::default(),
            gate,
            bytes_max: usize::MAX,
            began: Instant::now(),
        }
    }

    /// Lets that many exports through.
    pub(super) fn open(&self, exports: usize) {
        self.gate.as_ref().unwrap().add_permits(exports);
    }

    pub(super) fn attempts(&self) -> Vec<Attempt> {
        self.attempts.lock().unwrap().clone()
    }

    /// When the attempts were, in seconds.
    pub(super) fn times(&self) -> Vec<f64> {
        self.attempts().iter().map(|attempt| attempt.at.as_secs_f64()).collect()
    }

    /// How many spans each attempt had.
    pub(super) fn sizes(&self) -> Vec<usize> {
        self.attempts().iter().map(|attempt| attempt.spans.len()).collect()
    }

    /// The spans that arrived.
    pub(super) fn taken(&self) -> Vec<String> {
        self.taken.lock().unwrap().clone()
    }

    pub(super) fn most_at_once(&self) -> usize {
        self.running.lock().unwrap().1
    }

    async fn play(&self, step: Step) -> Result<Delivered, Error> {
        match step {
            Step::Take => {}
            Step::TakeAfter(wait) => sleep(wait).await,
            Step::Partly(rejected, message) => {
                return Ok(Delivered { rejected, message: message.to_owned() });
            }
            Step::Refuse => return Err(Error::refused("busy")),
            Step::Throttle(wait) => return Err(Error::refused("busy").retry_after(wait)),
            Step::Fail(error) => return Err(error),
            // Only the batch says which are the others: see `export`.
            Step::TakeSome(_) => return Err(Error::refused("busy")),
            Step::Never => std::future::pending().await,
            Step::Panic => panic!("the script says so"),
        }
        Ok(Delivered::all())
    }
}

#[async_trait]
impl DynExporter for Scripted {
    async fn start(&self) -> Result<(), StartError> {
        Ok(())
    }

    async fn export(&self, batch: Batch) -> Result<Delivered, Error> {
        let spans = names(&batch);
        self.attempts.lock().unwrap().push(Attempt {
            at: self.began.elapsed(),
            spans: spans.clone(),
            bytes: batch.bytes().len(),
            context: batch.context().clone(),
        });
        {
            let mut running = self.running.lock().unwrap();
            running.0 += 1;
            running.1 = running.1.max(running.0);
        }
        if let Some(gate) = &self.gate {
            gate.acquire().await.unwrap().forget();
        }
        let step = if batch.bytes().len() > self.bytes_max {
            Step::Fail(Error::refused("too large").too_large())
        } else {
            self.script.lock().unwrap().pop_front().unwrap_or(Step::Take)
        };
        let mut outcome = self.play(step.clone()).await;
        if let (Step::TakeSome(some), Err(error)) = (step, &outcome) {
            self.taken.lock().unwrap().extend(spans.iter().take(some).cloned());
            let rest = pdata::split(&batch, pdata::Limit::Items(some)).split_off(1);
            let rest = pdata::concat(&rest, batch.context().clone()).unwrap();
            outcome = Err(error.clone().with_rest(rest, Delivered::all()));
        }
        self.running.lock().unwrap().0 -= 1;
        if outcome.is_ok() {
            self.taken.lock().unwrap().extend(spans);
        }
        outcome
    }

    async fn shutdown(&self) -> Result<(), Error> {
        Ok(())
    }
}

/// A service without extensions.
pub(super) struct NoHost;

impl HostApi for NoHost {
    fn capabilities(&self, _: &Id) -> Option<Capabilities> {
        None
    }

    fn report(&self, _: StatusEvent) {}

    fn statuses(&self) -> Vec<StatusEvent> {
        Vec::new()
    }
}

/// A delivery under test.
pub(super) struct Bench {
    pub(super) deliver: Arc<Deliver>,
    pub(super) exporter: Arc<Scripted>,
    pub(super) telemetry: Telemetry,
    pub(super) ledger: Ledger,
    host: Host,
}

impl Bench {
    pub(super) fn new(exporter: Arc<Scripted>, delivery: Delivery) -> Self {
        Self::at(Level::Normal, exporter, delivery)
    }

    /// One whose exporter's status the host hears.
    pub(super) fn with_host(
        exporter: Arc<Scripted>,
        delivery: Delivery,
        host: Arc<dyn HostApi>,
    ) -> Self {
        Self::made(exporter, delivery, Telemetry::new(Level::Normal), Host::new(host), None)
    }

    pub(super) fn at(level: Level, exporter: Arc<Scripted>, delivery: Delivery) -> Self {
        let telemetry = Telemetry::new(level);
        let bench = Self::made(exporter, delivery, telemetry, Host::new(Arc::new(NoHost)), None);
        // Without a disk there is nothing to wait for.
        bench.deliver.start().now_or_never().unwrap().unwrap();
        bench
    }

    fn made(
        exporter: Arc<Scripted>,
        delivery: Delivery,
        telemetry: Telemetry,
        host: Host,
        ledger: Option<Ledger>,
    ) -> Self {
        let ledger = ledger.unwrap_or_else(|| Ledger::new(&telemetry));
        let id: Id = "otlp/backend".parse().unwrap();
        let context = DeliverContext {
            troubles: Arc::new(Troubles::new(id.clone(), host.clone())),
            id,
            telemetry: telemetry.clone(),
            random: Random::from_seed(1),
            host: host.clone(),
            ledger: ledger.clone(),
        };
        let deliver = Deliver::new(exporter.clone(), delivery, Signal::Traces, context);
        Self { deliver, exporter, telemetry, ledger, host }
    }

    /// What takes this one's place.
    pub(super) async fn replaced(&self, exporter: Arc<Scripted>, delivery: Delivery) -> Self {
        let (telemetry, ledger) = (self.telemetry.scope(), Some(self.ledger.clone()));
        let heir = Self::made(exporter, delivery, telemetry, self.host.clone(), ledger);
        heir.deliver.share_disk(&self.deliver);
        heir.deliver.start().await.unwrap();
        self.deliver.succeed(&heir.deliver);
        heir
    }

    /// The loss ledger in words.
    pub(super) fn statement(&self) -> String {
        let stated = self
            .ledger
            .accounts()
            .iter()
            .filter_map(|account| account.statement())
            .collect::<Vec<_>>();
        stated.join("; ")
    }

    /// One whose queue is on disk, if the host has one.
    pub(super) async fn on_disk(
        exporter: Arc<Scripted>,
        delivery: Delivery,
        host: Host,
    ) -> Result<Self, StartError> {
        let bench = Self::made(exporter, delivery, Telemetry::new(Level::Normal), host, None);
        bench.deliver.start().await?;
        Ok(bench)
    }

    pub(super) async fn consume(&self, batch: Batch) -> Result<(), Error> {
        self.deliver.consume(batch).await
    }

    /// Consumes in a task of its own.
    pub(super) fn spawn(&self, batch: Batch) -> JoinHandle<Result<(), Error>> {
        let deliver = self.deliver.clone();
        tokio::spawn(async move { deliver.consume(batch).await })
    }

    /// The value of a series on the metrics page; its labels are left out.
    pub(super) fn metric(&self, name: &str) -> Option<f64> {
        let page = String::from_utf8(self.telemetry.render()).unwrap();
        let mut values = page.lines().filter_map(|line| {
            let (series, value) = line.rsplit_once(' ')?;
            (series.split('{').next() == Some(name)).then(|| value.parse::<f64>().unwrap())
        });
        let first = values.next()?;
        Some(first + values.sum::<f64>())
    }

    pub(super) fn page(&self) -> String {
        String::from_utf8(self.telemetry.render()).unwrap()
    }

    /// Spans by how they ended: sent, failed, not enqueued.
    pub(super) fn ends(&self) -> [usize; 3] {
        ["sent", "send_failed", "enqueue_failed"].map(|end| {
            self.metric(&format!("otelcol_exporter_{end}_spans")).unwrap_or_default() as usize
        })
    }
}

/// Lets everything that can run without the clock run.
pub(super) async fn settle() {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
}

pub(super) fn queued(queue: QueueConfig) -> Delivery {
    Delivery { queue: Some(queue), ..Delivery::default() }
}

pub(super) fn batched(batch: BatchConfig) -> Delivery {
    queued(QueueConfig { batch: Optional::Some(batch), ..QueueConfig::default() })
}

/// Retries without chance.
pub(super) fn steady() -> RetryConfig {
    RetryConfig { randomization_factor: 0.0, ..RetryConfig::default() }
}

/// Spans called `a0`, `a1`, …
pub(super) fn spans(prefix: &str, count: usize) -> Batch {
    spans_from(prefix, count, Context::default())
}

pub(super) fn spans_from(prefix: &str, count: usize, context: Context) -> Batch {
    let span = |number| Span { name: format!("{prefix}{number}"), ..Span::default() };
    let scope = ScopeSpans { spans: (0..count).map(span).collect(), ..ScopeSpans::default() };
    let resource = ResourceSpans { scope_spans: vec![scope], ..ResourceSpans::default() };
    let request = ExportTraceServiceRequest { resource_spans: vec![resource] };
    Batch::checked(Signal::Traces, request.encode_to_vec().into(), Arc::new(context)).unwrap()
}

/// A client with one header.
pub(super) fn tenant(key: &str, value: &str) -> Context {
    let mut context = Context::default();
    context.metadata.add(key, value.to_owned());
    context.metadata.add("x-noise", "n".to_owned());
    context
}

/// The names of the spans of a batch, read by prost.
pub(super) fn names(batch: &Batch) -> Vec<String> {
    let request = ExportTraceServiceRequest::decode(&batch.bytes()[..]).unwrap();
    let scopes = request.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
    scopes.flat_map(|scope| scope.spans).map(|span| span.name).collect()
}

/// The log lines of this thread, as `level message {fields}` without the component's own fields.
#[derive(Clone, Default)]
pub(super) struct Logs(Arc<Mutex<Vec<String>>>);

impl Logs {
    pub(super) fn capture() -> (Self, DefaultGuard) {
        crate::listeners::keep_listening();
        let logs = Self::default();
        let guard =
            tracing::subscriber::set_default(tracing_subscriber::registry().with(logs.clone()));
        (logs, guard)
    }

    pub(super) fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

impl<S: Subscriber> Layer<S> for Logs {
    fn on_event(&self, event: &Event<'_>, _: layer::Context<'_, S>) {
        if !event.metadata().target().starts_with("engine") {
            return;
        }
        let mut line = Line::default();
        event.record(&mut line);
        let level = event.metadata().level().as_str().to_lowercase();
        let Line { message, fields } = line;
        self.0.lock().unwrap().push(format!("{level} {message} {{{}}}", fields.join(", ")));
    }
}

/// A message and the other fields.
#[derive(Default)]
struct Line {
    message: String,
    fields: Vec<String>,
}

impl field::Visit for Line {
    fn record_debug(&mut self, field: &field::Field, value: &dyn fmt::Debug) {
        match field.name() {
            "message" if self.message.is_empty() => self.message = format!("{value:?}"),
            name if name.starts_with("otelcol.") => {}
            name => self.fields.push(format!("{name}: {value:?}")),
        }
    }
}
