#![doc = include_str!("README.md")]

mod client;
mod config;
mod matching;
mod metrics;
mod resolver;
mod state;
#[cfg(test)]
mod tests;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures_util::future::join_all;
use sdk::{
    Batch, BuildContext, BuildError, Delivered, Delivery, Destination, Error, Exporter, Signal,
    StartError, async_trait,
};
use tokio::{task::JoinSet, time::Instant};

pub use self::config::{
    CloudMapConfig, Config, DnsConfig, HealthConfig, K8sConfig, OtlpConfig, ProtocolConfig,
    ResolverConfig, RoutingKey, StaticConfig,
};
use self::{
    client::{Failed, Health},
    matching::Matcher,
    resolver::Resolver,
    state::{Part, State},
};

/// A batch is sent so often at most before the engine waits and tries again.
const HOPS_MAX: usize = 3;

/// The `load_balancing` exporter.
#[derive(Debug)]
pub struct LoadBalancing {
    state: Arc<State>,
    tasks: Mutex<JoinSet<()>>,
}

#[async_trait]
impl Exporter for LoadBalancing {
    const KIND: &'static str = "load_balancing";
    const ALIASES: &'static [&'static str] = &["loadbalancing"];
    type Config = Config;

    fn delivery(config: &Config, _: Signal) -> Delivery {
        Delivery {
            // Each attempt has its own time, kept here: ended from outside, it could not say which
            // backends took their part.
            timeout: None,
            queue: config.queue().cloned(),
            retry: config.retry().cloned(),
            destination: Destination::default(),
        }
    }

    fn new(config: Config, signals: &[Signal], context: BuildContext) -> Result<Self, BuildError> {
        let matcher = |signal: &Signal| {
            let key = config.routing_key.of(*signal)?;
            Ok((*signal, Matcher::new(*signal, key, &config.routing_attributes)))
        };
        let matchers = signals.iter().map(matcher).collect::<Result<_, String>>()?;
        let state = Arc::new(State::new(config, matchers, context));
        state.check().map_err(|error| BuildError(error.to_string()))?;
        Ok(Self { state, tasks: Mutex::default() })
    }

    async fn start(&self) -> Result<(), StartError> {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        match Resolver::new(&self.state.config.resolver) {
            Resolver::Static(names) => {
                self.state.replace(names)?;
                self.state.metrics.resolution(true);
            }
            dns @ Resolver::Dns { .. } => {
                tasks.spawn(dns.keep(self.state.clone()));
            }
        }
        tasks.spawn(self.state.clone().keep());
        Ok(())
    }

    async fn export(&self, batch: Batch) -> Result<Delivered, Error> {
        let parts = self.state.parts(&batch).ok_or_else(none_known)?;
        let mut trip = Trip::new(&self.state, batch);
        trip.go(parts).await;
        trip.end()
    }

    async fn shutdown(&self) -> Result<(), Error> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).abort_all();
        Ok(())
    }
}

/// One batch on its way to its backends.
struct Trip<'s> {
    state: &'s State,
    batch: Batch,
    deadline: Option<Instant>,
    delivered: Delivered,
    failed: Vec<(Error, Batch)>,
    /// Whether anything was taken.
    is_partial: bool,
}

impl<'s> Trip<'s> {
    fn new(state: &'s State, batch: Batch) -> Self {
        let limit = state.config.timeout.to_std();
        let deadline = if limit.is_zero() { None } else { Instant::now().checked_add(limit) };
        let (delivered, failed) = (Delivered::all(), Vec::new());
        Self { state, batch, deadline, delivered, failed, is_partial: false }
    }

    /// Sends the parts. What a backend did not answer is sent again once it is known whether the
    /// backend answers: to it if so, else to those who have its share then.
    async fn go(&mut self, mut parts: Vec<Part>) {
        for hop in 1..=HOPS_MAX {
            let limit = self.time_left();
            let sent =
                join_all(parts.iter().map(|(backend, part)| backend.send(part, limit))).await;
            let mut unanswered = Vec::new();
            for ((backend, part), outcome) in parts.into_iter().zip(sent) {
                match outcome {
                    Ok(delivered) => self.take(delivered),
                    Err(Failed { error, is_unanswered }) => {
                        if is_unanswered {
                            self.state.alarm.notify_one();
                        }
                        if is_unanswered && hop < HOPS_MAX && self.has_time() {
                            unanswered.push((backend, part));
                        } else {
                            self.failed.push((error, part));
                        }
                    }
                }
            }
            if unanswered.is_empty() {
                return;
            }
            parts = self.again(unanswered).await;
        }
    }

    /// Where the parts go that were not answered, when that is known.
    async fn again(&mut self, unanswered: Vec<Part>) -> Vec<Part> {
        let limit = self.state.verdict_limit().min(self.left().unwrap_or(Duration::MAX));
        join_all(unanswered.iter().map(|(backend, _)| backend.verdict(limit))).await;
        let mut parts = Vec::new();
        for (backend, part) in unanswered {
            if backend.health() != Health::Out {
                parts.push((backend, part));
                continue;
            }
            let moved = self.state.parts(&part).unwrap_or_default();
            let is_elsewhere = |(other, _): &&Part| !Arc::ptr_eq(other, &backend);
            let rerouted = moved.iter().filter(is_elsewhere).map(|(_, part)| part.items()).sum();
            self.state.metrics.rerouted.add(rerouted);
            parts.extend(moved);
        }
        parts
    }

    /// The time that an attempt may take now.
    fn time_left(&self) -> Option<Duration> {
        let attempt = self.state.config.protocol.otlp.delivery.attempt_timeout();
        attempt.into_iter().chain(self.left()).min()
    }

    /// The time that is left for the whole batch.
    fn left(&self) -> Option<Duration> {
        self.deadline.map(|end| end.saturating_duration_since(Instant::now()))
    }

    fn has_time(&self) -> bool {
        self.deadline.is_none_or(|end| Instant::now() < end)
    }

    fn take(&mut self, delivered: Delivered) {
        self.is_partial = true;
        self.delivered.rejected += delivered.rejected;
        if self.delivered.message.is_empty() {
            self.delivered.message = delivered.message;
        }
    }

    /// What became of it. As long as a part may still go through, all that failed is tried again.
    fn end(self) -> Result<Delivered, Error> {
        let any_retryable = self.failed.iter().any(|(error, _)| !error.is_permanent());
        let (errors, rest): (Vec<_>, Vec<_>) = self.failed.into_iter().unzip();
        let heard = errors.into_iter().filter(|error| !(any_retryable && error.is_permanent()));
        let Some(error) = Error::combined(heard) else { return Ok(self.delivered) };
        if !self.is_partial {
            return Err(error);
        }
        match pdata::concat(&rest, self.batch.context().clone()) {
            Ok(rest) => Err(error.with_rest(rest, self.delivered)),
            // Parts of one batch are of one signal.
            Err(_) => Err(error),
        }
    }
}

fn none_known() -> Error {
    Error::refused("no backend is known yet")
}
