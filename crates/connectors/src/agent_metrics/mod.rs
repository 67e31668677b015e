#![doc = include_str!("README.md")]

mod config;
mod decode;
mod encode;
mod labels;
mod matching;
mod metrics;
mod names;
mod record;
mod runs;
mod series;
mod state;
#[cfg(test)]
mod tests;

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, UNIX_EPOCH},
};

use genai::Prices;
use sdk::{
    Batch, BuildContext, BuildError, Clock, Connector, Error, Outputs, Signal, Stability,
    StartError, WatchedFile, async_trait,
};
use tokio::{sync::watch, task::JoinHandle, time::Instant};

pub use self::config::Config;
use self::{decode::Decoder, encode::Frame, metrics::Metrics, state::State};

/// How often what is due is looked for.
const TICK: Duration = Duration::from_secs(1);
/// Records read before the state is locked for them.
const CHUNK: usize = 64;
/// How long the last metrics are offered at shutdown, once a second.
const LAST_WAIT: Duration = Duration::from_secs(5);

/// The `agent_metrics` connector.
pub struct AgentMetrics {
    shared: Arc<Shared>,
    running: Mutex<Option<Running>>,
}

/// What the pipelines and the task that sends have in common.
struct Shared {
    config: Config,
    decoder: Decoder,
    /// Made at the start, when prices may be read from a file.
    state: Mutex<Option<State>>,
    metrics: Metrics,
    price_file: WatchedFile,
    clock: Clock,
    version: String,
    resource: Vec<u8>,
    began: Instant,
}

struct Running {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

#[async_trait]
impl Connector for AgentMetrics {
    const KIND: &'static str = "agent_metrics";
    const STABILITY: Stability = Stability::Alpha;
    const PAIRS: &'static [(Signal, Signal)] =
        &[(Signal::Traces, Signal::Metrics), (Signal::Logs, Signal::Metrics)];
    type Config = Config;

    fn new(config: Config, context: BuildContext) -> Result<Self, BuildError> {
        let instance = uuid_of(context.random.next_u64(), context.random.next_u64());
        let own = [
            ("service.instance.id", instance.as_str()),
            ("service.name", context.info.command.as_str()),
            ("service.version", context.info.version.as_str()),
        ];
        let own = own.into_iter().filter(|(name, _)| !config.resource.contains_key(*name));
        let said = config.resource.iter().filter(|(_, text)| !text.is_empty());
        let said = said.map(|(name, text)| (name.as_str(), text.as_str()));
        let resource = encode::resource(own.chain(said));
        let shared = Shared {
            decoder: Decoder::new(&config),
            price_file: WatchedFile::new(&config.prices.file, config.prices.max_file_mib),
            config,
            state: Mutex::new(None),
            metrics: Metrics::new(&context),
            clock: context.clock,
            version: context.info.version,
            resource,
            began: Instant::now(),
        };
        Ok(Self { shared: Arc::new(shared), running: Mutex::new(None) })
    }

    async fn start(&self, outputs: Outputs) -> Result<(), StartError> {
        let prices = self.shared.prices().map_err(StartError::from)?;
        let prices = prices.unwrap_or_else(|| self.shared.bundled());
        *self.shared.lock() = Some(State::new(&self.shared.config, prices));
        let (stop, stopped) = watch::channel(false);
        let start = self.shared.unix_nanos();
        let task = tokio::spawn(Arc::clone(&self.shared).run(outputs, stopped, start));
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        *running = Some(Running { stop, task });
        Ok(())
    }

    async fn consume(&self, batch: Batch, _: &Outputs) -> Result<(), Error> {
        self.shared.take(&batch);
        Ok(())
    }

    async fn shutdown(&self) -> Result<(), Error> {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(Running { stop, task }) = running else { return Ok(()) };
        let _ = stop.send(true);
        task.await.map_err(|error| Error::permanent(format!("the last metrics are lost: {error}")))
    }
}

impl fmt::Debug for AgentMetrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AgentMetrics").field("config", &self.shared.config).finish_non_exhaustive()
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Option<State>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in a batch. Reading is done outside of the lock.
    fn take(&self, batch: &Batch) {
        let mut items = Vec::with_capacity(CHUNK);
        self.decoder.read(batch, &mut |item| {
            items.push(item);
            if items.len() >= CHUNK {
                self.add(&mut items);
            }
        });
        self.add(&mut items);
    }

    fn add(&self, items: &mut Vec<decode::Item<'_>>) {
        let now = self.began.elapsed();
        let mut state = self.lock();
        let Some(state) = state.as_mut() else { return };
        // What tells only what is above others has to find the others here.
        let (links, others): (Vec<_>, Vec<_>) =
            items.drain(..).partition(|item| matches!(item, decode::Item::Link { .. }));
        for item in others.into_iter().chain(links) {
            state.add(item, now);
        }
    }

    /// Settles what is due and sends the metrics, until told to stop; then the rest.
    async fn run(
        self: Arc<Self>,
        outputs: Outputs,
        mut stopped: watch::Receiver<bool>,
        start: u64,
    ) {
        let mut last = start;
        let interval = self.config.interval.to_std();
        let mut next = Instant::now() + interval;
        let mut reload = Reload::new(&self.config.prices);
        loop {
            let tick = Instant::now() + TICK;
            tokio::select! {
                _ = stopped.changed() => break,
                () = tokio::time::sleep_until(tick.min(next)) => {}
            }
            reload.start_if_due(&self);
            let is_due = Instant::now() >= next;
            if is_due {
                next += interval;
                // After a pause of the machine once is enough.
                next = next.max(Instant::now());
            }
            let batches = self.settle(is_due, (start, &mut last));
            tokio::select! {
                _ = stopped.changed() => break,
                () = self.send(batches, &outputs, Instant::now() + interval) => {}
            }
        }
        let batches = self.settle_all((start, &mut last));
        self.send_last(batches, &outputs, Instant::now() + LAST_WAIT).await;
    }

    /// Sends what can be sent until `deadline`; settling must not wait longer.
    async fn send(&self, batches: Vec<Batch>, outputs: &Outputs, deadline: Instant) {
        for batch in batches {
            if let Err(error) = send(batch, outputs, deadline).await {
                self.metrics.failed.add(1);
                tracing::warn!(%error, "metrics of agents were not taken; the next ones hold the same and more");
            }
        }
    }

    fn settle(&self, is_due: bool, (start, last): (u64, &mut u64)) -> Vec<Batch> {
        let now = self.began.elapsed();
        let mut state = self.lock();
        let Some(state) = state.as_mut() else { return Vec::new() };
        state.settle(now);
        self.metrics.refresh(state);
        if !is_due {
            return Vec::new();
        }
        state.measure(now);
        let frame = self.frame(start, last, false);
        encode::batches(&mut state.store, &state.labels, &frame)
    }

    fn settle_all(&self, (start, last): (u64, &mut u64)) -> Vec<Batch> {
        let now = self.began.elapsed();
        let mut state = self.lock();
        let Some(state) = state.as_mut() else { return Vec::new() };
        state.settle_all();
        state.measure(now);
        self.metrics.refresh(state);
        let frame = self.frame(start, last, true);
        encode::batches(&mut state.store, &state.labels, &frame)
    }

    fn frame<'s>(&'s self, start: u64, last: &mut u64, is_last: bool) -> Frame<'s> {
        // A clock that was set back must not make points older than those before.
        *last = self.unix_nanos().max(last.saturating_add(1));
        Frame {
            resource: &self.resource,
            scope: (AgentMetrics::KIND, &self.version),
            start,
            time: *last,
            is_last,
        }
    }

    fn unix_nanos(&self) -> u64 {
        let since = self.clock.now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
    }

    /// Offers each batch until it is taken, refused for good, or `deadline` is over.
    async fn send_last(&self, batches: Vec<Batch>, outputs: &Outputs, deadline: Instant) {
        for batch in batches {
            while let Err(error) = send(batch.clone(), outputs, deadline).await {
                if error.is_permanent() || Instant::now() + TICK >= deadline {
                    self.metrics.failed.add(1);
                    let items = batch.items();
                    tracing::error!(%error, items, "the last metrics of agents were not taken");
                    break;
                }
                tokio::time::sleep(TICK).await;
            }
        }
    }

    fn bundled(&self) -> Prices {
        Prices::bundled().with_aliases(self.config.prices.aliases.clone())
    }

    /// The prices of the file, if there is one and it is another than before.
    fn prices(&self) -> Result<Option<Prices>, String> {
        let path = &self.config.prices.file;
        if path.is_empty() {
            return Ok(None);
        }
        let read = || -> Result<Option<Prices>, String> {
            let Some(found) = self.price_file.changed()? else { return Ok(None) };
            let prices = self.bundled().with_table(&found.bytes, "");
            prices.map(Some).map_err(|error| error.to_string())
        };
        read().map_err(|error| format!("prices of {path:?} cannot be used: {error}"))
    }

    /// Takes the prices of the file if it is another one than before.
    fn reload_prices(&self) {
        match self.prices() {
            Ok(None) => {}
            Ok(Some(prices)) => {
                if let Some(state) = self.lock().as_mut() {
                    state.set_prices(prices);
                }
                self.metrics.prices_loaded.add(1);
                tracing::info!(file = self.config.prices.file, "prices loaded");
            }
            Err(error) => {
                self.metrics.prices_failed.add(1);
                tracing::error!(error, "prices stay as they were");
            }
        }
    }
}

/// When the file of prices is looked at again.
struct Reload {
    interval: Duration,
    /// None if never.
    next: Option<Instant>,
    running: Option<JoinHandle<()>>,
}

impl Reload {
    fn new(config: &config::PricesConfig) -> Self {
        let interval = config.reload_interval.to_std();
        let has_next = !config.file.is_empty() && !interval.is_zero();
        let next = has_next.then(|| Instant::now().checked_add(interval)).flatten();
        Self { interval, next, running: None }
    }

    /// Looks in a thread that may wait for a disk, one at a time, so that no metrics wait for it.
    fn start_if_due(&mut self, shared: &Arc<Shared>) {
        let now = Instant::now();
        let is_due = self.next.is_some_and(|next| now >= next);
        if !is_due || self.running.as_ref().is_some_and(|running| !running.is_finished()) {
            return;
        }
        self.next = now.checked_add(self.interval);
        let shared = Arc::clone(shared);
        self.running = Some(tokio::task::spawn_blocking(move || shared.reload_prices()));
    }
}

async fn send(batch: Batch, outputs: &Outputs, deadline: Instant) -> Result<(), Error> {
    let Some(next) = outputs.get(Signal::Metrics) else { return Ok(()) };
    let answer = tokio::time::timeout_at(deadline, next.send(batch)).await;
    answer.unwrap_or_else(|_| Err(Error::refused("no answer in time")))
}

/// A random UUID, version 4.
fn uuid_of(high: u64, low: u64) -> String {
    let high = high & !0xf000 | 0x4000;
    let low = low & !(0b11 << 62) | 0b10 << 62;
    let (a, b, c) = (high >> 32, high >> 16 & 0xffff, high & 0xffff);
    format!("{a:08x}-{b:04x}-{c:04x}-{:04x}-{:012x}", low >> 48, low & 0xffff_ffff_ffff)
}
