//! The fakes themselves.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

use sdk::{
    AnyValue, Around, Batch, BatchProcessor, BuildContext, BuildError, Config, Connector,
    Delivered, Delivery, Error, Exporter, Extension, Host, Id, Next, Optional, Outputs, Problems,
    QueueConfig, Receiver, Record, RecordKinds, RecordProcessor, Registry, RetryConfig, Signal,
    StartError, Status, Verdict, async_trait,
};
use serde::{Deserialize, Serialize};

use super::World;

pub(crate) fn registry() -> Registry {
    let mut registry = Registry::default();
    registry
        .receiver::<Source>()
        .receiver::<SpanSource>()
        .record_processor::<Tag>()
        .record_processor::<DropNamed>()
        .batch_processor::<Holder>()
        .exporter::<Sink>()
        .connector::<Bridge>()
        .connector::<ToMetrics>()
        .extension::<Helper>();
    registry
}

/// Whether a fake fails.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Manners {
    fail_new: bool,
    fail_start: bool,
    fail_shutdown: bool,
    limit: i64,
    /// A port that only one at a time can have; none if zero.
    port: u16,
}

impl Config for Manners {
    fn problems(&self) -> Problems {
        let mut problems = Problems::default();
        if self.limit < 0 {
            problems.at("limit", "must not be negative");
        }
        problems
    }
}

/// The name under which a fake appears in events.
struct Actor {
    name: String,
    manners: Manners,
    world: Arc<World>,
    has_port: AtomicBool,
}

impl Actor {
    fn new(manners: Manners, context: &BuildContext) -> Result<Self, BuildError> {
        if manners.fail_new {
            return Err(BuildError("told to".to_owned()));
        }
        let name = format!("{} {}", context.kind, context.id);
        Ok(Self { name, manners, world: World::of(context), has_port: AtomicBool::default() })
    }

    fn start(&self) -> Result<(), StartError> {
        self.world.event(format!("start {}", self.name));
        let port = self.manners.port;
        if port != 0 && !self.world.ports.lock().unwrap().insert(port) {
            return Err(StartError("address already in use".to_owned()));
        }
        self.has_port.store(port != 0, Ordering::Relaxed);
        if self.manners.fail_start { Err(StartError("told to".to_owned())) } else { Ok(()) }
    }

    fn shutdown(&self) -> Result<(), Error> {
        self.world.event(format!("stop {}", self.name));
        if self.has_port.swap(false, Ordering::Relaxed) {
            self.world.ports.lock().unwrap().remove(&self.manners.port);
        }
        if self.manners.fail_shutdown { Err(Error::refused("told to")) } else { Ok(()) }
    }
}

/// A receiver that tests push into.
pub(crate) struct Source(Actor, String);

#[async_trait]
impl Receiver for Source {
    const KIND: &'static str = "source";
    const ALIASES: &'static [&'static str] = &["old_source"];
    const SIGNALS: &'static [Signal] = &Signal::ALL;
    type Config = Manners;

    fn new(config: Manners, context: BuildContext) -> Result<Self, BuildError> {
        Ok(Self(Actor::new(config, &context)?, context.id.to_string()))
    }

    async fn start(&mut self, outputs: Outputs) -> Result<(), StartError> {
        self.0.world.outputs.lock().unwrap().insert(self.1.clone(), outputs);
        self.0.start()
    }

    async fn shutdown(&mut self) -> Result<(), Error> {
        self.0.shutdown()
    }
}

/// A receiver of traces alone.
pub(crate) struct SpanSource;

#[async_trait]
impl Receiver for SpanSource {
    const KIND: &'static str = "span_source";
    const SIGNALS: &'static [Signal] = &[Signal::Traces];
    type Config = Manners;

    fn new(_: Manners, _: BuildContext) -> Result<Self, BuildError> {
        Ok(Self)
    }

    async fn start(&mut self, _: Outputs) -> Result<(), StartError> {
        Ok(())
    }

    async fn shutdown(&mut self) -> Result<(), Error> {
        Ok(())
    }
}

/// Writes its id into the attribute `path` of every span.
pub(crate) struct Tag(Id);

impl RecordProcessor for Tag {
    const KIND: &'static str = "tag";
    type Config = Manners;

    fn new(config: Manners, context: BuildContext) -> Result<Self, BuildError> {
        Actor::new(config, &context)?;
        Ok(Self(context.id))
    }

    fn records(&self) -> RecordKinds {
        RecordKinds::SPAN
    }

    fn process(&self, record: &mut Record<'_>, _: &Around<'_, '_>) -> Verdict {
        let mut path = match record.attributes().get(b"path") {
            Some(AnyValue::Str(path)) => [path, b","].concat(),
            _ => Vec::new(),
        };
        path.extend_from_slice(self.0.to_string().as_bytes());
        record.attributes_mut().set(b"path", AnyValue::Str(&path));
        Verdict::Keep
    }
}

/// Drops spans with the name of its id; `resource` drops everything.
pub(crate) struct DropNamed(Id);

impl RecordProcessor for DropNamed {
    const KIND: &'static str = "drop";
    type Config = Manners;

    fn new(_: Manners, context: BuildContext) -> Result<Self, BuildError> {
        Ok(Self(context.id))
    }

    fn records(&self) -> RecordKinds {
        if self.0.name() == "resource" { RecordKinds::RESOURCE } else { RecordKinds::SPAN }
    }

    fn process(&self, record: &mut Record<'_>, _: &Around<'_, '_>) -> Verdict {
        match self.0.name() {
            "resource" => Verdict::Drop,
            name if record.name() == name.as_bytes() => Verdict::Drop,
            _ => Verdict::Keep,
        }
    }
}

/// Keeps every batch until it is stopped, if its name is `keep`.
pub(crate) struct Holder {
    actor: Actor,
    keeps: bool,
    next: Mutex<Option<Next>>,
    kept: Mutex<Vec<Batch>>,
}

#[async_trait]
impl BatchProcessor for Holder {
    const KIND: &'static str = "holder";
    const HOLDS: bool = true;
    type Config = Manners;

    fn new(config: Manners, context: BuildContext) -> Result<Self, BuildError> {
        Ok(Self {
            keeps: context.id.name() == "keep",
            actor: Actor::new(config, &context)?,
            next: Mutex::default(),
            kept: Mutex::default(),
        })
    }

    async fn start(&self, next: Next) -> Result<(), StartError> {
        *self.next.lock().unwrap() = Some(next);
        self.actor.start()
    }

    async fn process(&self, batch: Batch, next: &Next) -> Result<(), Error> {
        if self.keeps {
            self.kept.lock().unwrap().push(batch);
            return Ok(());
        }
        next.send(batch).await
    }

    async fn shutdown(&self) -> Result<(), Error> {
        let next = self.next.lock().unwrap().clone();
        let kept = std::mem::take(&mut *self.kept.lock().unwrap());
        for batch in kept {
            next.as_ref().unwrap().send(batch).await?;
        }
        self.actor.shutdown()
    }
}

/// Settings of a [`Sink`].
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct SinkConfig {
    fail_start: bool,
    fail_shutdown: bool,
    fatal: String,
    sending_queue: Optional<QueueConfig>,
    retry_on_failure: Optional<RetryConfig>,
}

impl Default for SinkConfig {
    fn default() -> Self {
        Self {
            fail_start: false,
            fail_shutdown: false,
            fatal: String::new(),
            sending_queue: Optional::Default(QueueConfig::default()),
            retry_on_failure: Optional::Default(RetryConfig::default()),
        }
    }
}

impl Config for SinkConfig {
    fn problems(&self) -> Problems {
        let mut problems = Problems::default();
        if let Some(queue) = self.sending_queue.as_ref() {
            problems.nest("sending_queue", queue.problems());
        }
        problems
    }
}

/// An exporter that keeps what it gets, unless scripted to fail.
pub(crate) struct Sink {
    actor: Actor,
    id: Id,
    fatal: String,
    context: BuildContext,
}

#[async_trait]
impl Exporter for Sink {
    const KIND: &'static str = "sink";
    const ALIASES: &'static [&'static str] = &["hole"];
    type Config = SinkConfig;

    fn delivery(config: &SinkConfig, _: Signal) -> Delivery {
        Delivery {
            queue: config.sending_queue.clone().into_option(),
            retry: config.retry_on_failure.clone().into_option(),
            ..Delivery::default()
        }
    }

    fn new(config: SinkConfig, _: &[Signal], context: BuildContext) -> Result<Self, BuildError> {
        let SinkConfig { fail_start, fail_shutdown, fatal, .. } = config;
        let manners = Manners { fail_start, fail_shutdown, ..Manners::default() };
        let (actor, id) = (Actor::new(manners, &context)?, context.id.clone());
        Ok(Self { actor, id, fatal, context })
    }

    async fn start(&self) -> Result<(), StartError> {
        self.actor.start()
    }

    async fn export(&self, batch: Batch) -> Result<Delivered, Error> {
        let id = self.id.to_string();
        if !self.fatal.is_empty() {
            self.context.report(Status::FatalError(self.fatal.clone()));
        }
        let failure =
            self.actor.world.scripts.lock().unwrap().get_mut(&id).and_then(|all| all.pop_front());
        if let Some(error) = failure {
            return Err(error);
        }
        self.actor.world.received.lock().unwrap().push((id, batch));
        Ok(Delivered::all())
    }

    async fn shutdown(&self) -> Result<(), Error> {
        self.actor.shutdown()
    }
}

/// Hands every batch to all pipelines of its signal.
pub(crate) struct Bridge(Actor);

#[async_trait]
impl Connector for Bridge {
    const KIND: &'static str = "bridge";
    const PAIRS: &'static [(Signal, Signal)] =
        &[(Signal::Traces, Signal::Traces), (Signal::Logs, Signal::Logs)];
    type Config = Manners;

    fn new(config: Manners, context: BuildContext) -> Result<Self, BuildError> {
        Ok(Self(Actor::new(config, &context)?))
    }

    async fn start(&self, _: Outputs) -> Result<(), StartError> {
        self.0.start()
    }

    async fn consume(&self, batch: Batch, outputs: &Outputs) -> Result<(), Error> {
        match outputs.get(batch.signal()) {
            Some(next) => next.send(batch).await,
            None => Ok(()),
        }
    }

    async fn shutdown(&self) -> Result<(), Error> {
        self.0.shutdown()
    }
}

/// Turns each batch into an empty batch of metrics.
pub(crate) struct ToMetrics(Actor);

#[async_trait]
impl Connector for ToMetrics {
    const KIND: &'static str = "to_metrics";
    const PAIRS: &'static [(Signal, Signal)] =
        &[(Signal::Traces, Signal::Metrics), (Signal::Logs, Signal::Metrics)];
    type Config = Manners;

    fn new(config: Manners, context: BuildContext) -> Result<Self, BuildError> {
        Ok(Self(Actor::new(config, &context)?))
    }

    async fn consume(&self, batch: Batch, outputs: &Outputs) -> Result<(), Error> {
        let made = Batch::written(Signal::Metrics, Default::default(), batch.context().clone());
        let [signal] = *outputs.signals().collect::<Vec<_>>() else {
            return Err(Error::permanent("leads to one signal"));
        };
        outputs.get(signal).unwrap().send(made).await
    }

    async fn shutdown(&self) -> Result<(), Error> {
        self.0.shutdown()
    }
}

/// Settings of a [`Helper`].
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct HelperConfig {
    needs: Vec<Id>,
    fail_start: bool,
}

impl Config for HelperConfig {}

/// An extension that offers its id as a text.
pub(crate) struct Helper(Actor, Vec<Id>);

#[async_trait]
impl Extension for Helper {
    const KIND: &'static str = "helper";
    type Config = HelperConfig;

    fn new(config: HelperConfig, context: BuildContext) -> Result<Self, BuildError> {
        let manners = Manners { fail_start: config.fail_start, ..Manners::default() };
        Ok(Self(Actor::new(manners, &context)?, config.needs))
    }

    fn dependencies(&self) -> Vec<Id> {
        self.1.clone()
    }

    fn provide(&self, capabilities: &mut sdk::Capabilities) {
        capabilities.insert(self.0.name.clone());
    }

    async fn start(&mut self, _: Host) -> Result<(), StartError> {
        self.0.start()
    }

    async fn ready(&self) {
        self.0.world.event(format!("ready {}", self.0.name));
    }

    async fn not_ready(&self) {
        self.0.world.event(format!("not_ready {}", self.0.name));
    }

    async fn shutdown(&mut self) -> Result<(), Error> {
        self.0.shutdown()
    }
}
