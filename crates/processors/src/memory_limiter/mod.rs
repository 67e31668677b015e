#![doc = include_str!("README.md")]

mod config;
#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use memory::{Change, Limiter};
use sdk::{
    Batch, BatchProcessor, BuildContext, BuildError, Error, Next, Signal, Stability, StartError,
    Status, async_trait,
    telemetry::{Counter, Level},
};
use tokio::task::JoinHandle;

pub use self::config::Config;

/// How long a client that was refused is asked to wait.
const COME_BACK_AFTER: Duration = Duration::from_secs(1);

/// The `memory_limiter` processor.
#[derive(Debug)]
pub struct MemoryLimiter {
    config: Config,
    context: BuildContext,
    limiter: Arc<Limiter>,
    counters: BTreeMap<Signal, (Counter, Counter)>,
    /// The task that measures, in the instance that started it.
    watch: Mutex<Option<JoinHandle<()>>>,
}

#[async_trait]
impl BatchProcessor for MemoryLimiter {
    const KIND: &'static str = "memory_limiter";
    const STABILITY: Stability = Stability::Beta;
    const SIGNALS: &'static [Signal] = &Signal::ALL;
    type Config = Config;

    fn new(config: Config, context: BuildContext) -> Result<Self, BuildError> {
        let limits = config.0.limits_here().map_err(BuildError)?;
        let limiter = context.shared.get_or_insert_with(&context.id, || Limiter::new(limits));
        let counters = counters(&context);
        Ok(Self { config, context, limiter, counters, watch: Mutex::default() })
    }

    async fn start(&self, _next: Next) -> Result<(), StartError> {
        if !self.limiter.begin_watch() {
            return Ok(());
        }
        let (limits, every) = (self.limiter.limits(), self.config.0.check_interval);
        tracing::info!(
            limit_mib = limits.hard >> 20,
            spike_limit_mib = (limits.hard - limits.soft) >> 20,
            check_interval = %every,
            "Memory limiter configured"
        );
        let context = self.context.clone();
        let tell = move |change, used| tell(&context, change, used);
        let task = tokio::spawn(memory::watch(self.limiter.clone(), *every, tell));
        *self.watch.lock().unwrap_or_else(PoisonError::into_inner) = Some(task);
        Ok(())
    }

    async fn process(&self, batch: Batch, next: &Next) -> Result<(), Error> {
        let counters = self.counters.get(&batch.signal());
        let items = batch.items();
        if self.limiter.is_refusing() {
            if let Some((_, refused)) = counters {
                refused.add(items);
            }
            return Err(Error::refused("data refused due to high memory usage")
                .retry_after(COME_BACK_AFTER));
        }
        if let Some((accepted, _)) = counters {
            accepted.add(items);
        }
        next.send(batch).await
    }

    async fn shutdown(&self) -> Result<(), Error> {
        let task = self.watch.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = task {
            task.abort();
            self.limiter.end_watch();
        }
        Ok(())
    }
}

/// Says that something changed.
fn tell(context: &BuildContext, change: Change, used: u64) {
    let message = change.message();
    let cur_mem_mib = used >> 20;
    match change {
        Change::Refuse => {
            tracing::warn!(cur_mem_mib, "{message}");
            context.report(Status::RecoverableError(message.to_owned()));
        }
        Change::Resume => {
            tracing::info!(cur_mem_mib, "{message}");
            context.report(Status::Ok);
        }
    }
}

/// Accepted and refused, for each signal that the Go collector counts.
fn counters(context: &BuildContext) -> BTreeMap<Signal, (Counter, Counter)> {
    let id = context.id.to_string();
    let counter = |what: &str, signal: Signal| {
        let name = format!("otelcol_processor_memory_limiter_{what}_{}", signal.items_name());
        let words = signal.items_name().replace('_', " ");
        let help = format!("Number of {words} {what} by the memory limiter. [Development]");
        context.telemetry.counter(Level::Basic, &name, &help, &[("processor", &id)])
    };
    [Signal::Traces, Signal::Metrics, Signal::Logs]
        .into_iter()
        .map(|signal| (signal, (counter("accepted", signal), counter("refused", signal))))
        .collect()
}
