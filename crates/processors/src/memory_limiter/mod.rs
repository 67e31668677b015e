#![doc = include_str!("README.md")]

mod config;
mod state;
#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError, atomic::Ordering},
    time::Duration,
};

use sdk::{
    Batch, BatchProcessor, BuildContext, BuildError, Error, Next, Signal, Stability, StartError,
    Status, async_trait,
    telemetry::{Counter, Level},
};
use tokio::{task::JoinHandle, time::interval};

pub use self::config::Config;
use self::state::{Change, Limiter};

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
        let total = state::total();
        if config.limit_mib == 0 && total.is_none() {
            return Err(BuildError(
                "the memory of this machine cannot be told, so 'limit_percentage' has no meaning; \
                 set 'limit_mib'"
                    .to_owned(),
            ));
        }
        let limits = config.limits(total.unwrap_or_default());
        let limiter = context.shared.get_or_insert_with(&context.id, || Limiter::new(limits));
        let counters = counters(&context);
        Ok(Self { config, context, limiter, counters, watch: Mutex::default() })
    }

    async fn start(&self, _next: Next) -> Result<(), StartError> {
        if self.limiter.watched.swap(true, Ordering::Relaxed) {
            return Ok(());
        }
        let limits = self.config.limits(state::total().unwrap_or_default());
        tracing::info!(
            limit_mib = limits.hard >> 20,
            spike_limit_mib = (limits.hard - limits.soft) >> 20,
            check_interval = %self.config.check_interval,
            "Memory limiter configured"
        );
        let task = tokio::spawn(watch(
            self.limiter.clone(),
            *self.config.check_interval,
            self.context.clone(),
        ));
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
            self.limiter.watched.store(false, Ordering::Relaxed);
        }
        Ok(())
    }
}

/// Measures, and says when something changes.
async fn watch(limiter: Arc<Limiter>, every: Duration, context: BuildContext) {
    let mut ticks = interval(every);
    loop {
        ticks.tick().await;
        let used = state::used();
        match limiter.observe(used) {
            Some(Change::Refuse) => {
                let message = "Memory usage is above soft limit. Refusing data.";
                tracing::warn!(cur_mem_mib = used >> 20, "{message}");
                context.report(Status::RecoverableError(message.to_owned()));
            }
            Some(Change::Resume) => {
                tracing::info!(
                    cur_mem_mib = used >> 20,
                    "Memory usage back within limits. Resuming normal operation."
                );
                context.report(Status::Ok);
            }
            None => {}
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
