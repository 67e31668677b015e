#![doc = include_str!("README.md")]

mod config;
#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use memory::{Change, Limiter};
use net::{
    middleware::ServerMiddleware,
    status::{Status as GrpcStatus, status_with_retry_info},
};
use sdk::{
    BuildContext, BuildError, Capabilities, Error, Extension, Host, Stability, StartError, Status,
    async_trait,
    telemetry::{Counter, Level},
};
use tokio::task::JoinHandle;

pub use self::config::Config;

/// How long a client that was refused is asked to wait.
const COME_BACK_AFTER: Duration = Duration::from_secs(1);

/// The `memory_limiter` extension.
#[derive(Debug)]
pub struct MemoryLimiter {
    config: Config,
    context: BuildContext,
    gate: Arc<Gate>,
    watch: Option<JoinHandle<()>>,
}

/// What servers ask.
#[derive(Debug)]
struct Gate {
    limiter: Arc<Limiter>,
    refused: Counter,
}

impl ServerMiddleware for Gate {
    fn admit(&self) -> Result<(), GrpcStatus> {
        if !self.limiter.is_refusing() {
            return Ok(());
        }
        self.refused.add(1);
        // The Go collector's code; without RetryInfo clients would take it for final (OTLP, "gRPC
        // throttling").
        let status = GrpcStatus::resource_exhausted("data refused due to high memory usage");
        Err(status_with_retry_info(&status, COME_BACK_AFTER))
    }
}

#[async_trait]
impl Extension for MemoryLimiter {
    const KIND: &'static str = "memory_limiter";
    const STABILITY: Stability = Stability::Beta;
    type Config = Config;

    fn new(config: Config, context: BuildContext) -> Result<Self, BuildError> {
        let limits = config.0.limits_here().map_err(BuildError)?;
        let limiter = Arc::new(Limiter::new(limits));
        let id = context.id.to_string();
        let refused = context.telemetry.counter(
            Level::Basic,
            "tollgate_memory_limiter_refused_requests",
            "Number of requests refused by the memory limiter before they were read. [Development]",
            &[("extension", &id)],
        );
        Ok(Self { config, context, gate: Arc::new(Gate { limiter, refused }), watch: None })
    }

    fn provide(&self, capabilities: &mut Capabilities) {
        capabilities.insert::<Arc<dyn ServerMiddleware>>(self.gate.clone());
    }

    async fn start(&mut self, _: Host) -> Result<(), StartError> {
        let (limits, every) = (self.gate.limiter.limits(), self.config.0.check_interval);
        tracing::info!(
            limit_mib = limits.hard >> 20,
            spike_limit_mib = (limits.hard - limits.soft) >> 20,
            check_interval = %every,
            "Memory limiter configured"
        );
        let context = self.context.clone();
        let tell = move |change, used| tell(&context, change, used);
        self.watch = Some(tokio::spawn(memory::watch(self.gate.limiter.clone(), *every, tell)));
        Ok(())
    }

    async fn shutdown(&mut self) -> Result<(), Error> {
        if let Some(watch) = self.watch.take() {
            watch.abort();
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
