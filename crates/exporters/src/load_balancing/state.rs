//! The backends as they are now, and the task that keeps an eye on them.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures_util::future::join_all;
use net::client::{ClientError, GrpcClient};
use pdata::{Batch, BatchBuilder, RawRecord, Signal, for_each_record};
use sdk::{BuildContext, StartError, Status};
use tokio::{
    sync::Notify,
    time::{MissedTickBehavior, interval},
};

use super::{
    client::{Backend, Health},
    config::Config,
    matching::{Matcher, Recent, choose},
    metrics::Metrics,
    resolver::Resolver,
};
use crate::shared;

/// What exports and tasks share.
pub(super) struct State {
    pub(super) config: Config,
    pub(super) metrics: Arc<Metrics>,
    context: BuildContext,
    agent: String,
    matchers: Vec<(Signal, Matcher)>,
    backends: Mutex<Arc<[Arc<Backend>]>>,
    /// Rung when a backend did not answer.
    pub(super) alarm: Notify,
}

/// A batch for one backend.
pub(super) type Part = (Arc<Backend>, Batch);

impl State {
    pub(super) fn new(
        config: Config,
        matchers: Vec<(Signal, Matcher)>,
        context: BuildContext,
    ) -> Self {
        let metrics = Metrics::new(&context, Resolver::name(&config.resolver));
        let agent = shared::user_agent(&context.info);
        let backends = Mutex::new(Arc::from([]));
        Self { config, metrics, context, agent, matchers, backends, alarm: Notify::new() }
    }

    /// The backends, by name.
    pub(super) fn backends(&self) -> Arc<[Arc<Backend>]> {
        self.backends.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// These are the backends from now on. Those that were there before stay as they are, with their
    /// connections and what is known of them. `names` are sorted, each once.
    pub(super) fn replace(&self, names: Vec<String>) -> Result<(), StartError> {
        let before = self.backends();
        if before.iter().map(|backend| &backend.name).eq(&names) {
            return Ok(());
        }
        let known = |name: &String| {
            before.iter().find(|backend| backend.name == *name).map(|known| Ok(known.clone()))
        };
        let made = names.into_iter().map(|name| known(&name).unwrap_or_else(|| self.make(name)));
        let after: Arc<[_]> = made.collect::<Result<Vec<_>, StartError>>()?.into();
        let has = |backend: &Arc<Backend>| after.iter().any(|other| Arc::ptr_eq(other, backend));
        before.iter().filter(|backend| !has(backend)).for_each(|backend| backend.leave());
        tracing::info!(
            exporter = %self.context.id,
            backends = after.len(),
            before = before.len(),
            "The backends of the load balancer changed."
        );
        self.metrics.updates.add(1);
        self.metrics.backends.set(i64::try_from(after.len()).unwrap_or(i64::MAX));
        *self.backends.lock().unwrap_or_else(PoisonError::into_inner) = after;
        self.tell();
        Ok(())
    }

    fn make(&self, name: String) -> Result<Arc<Backend>, StartError> {
        let config = self.config.client_of(&name);
        let client = shared::secured_client(&config, &self.agent, &self.context.host)?;
        let series = self.metrics.of(&name);
        let backend = Backend::new(name, client, series);
        backend.connect();
        Ok(Arc::new(backend))
    }

    /// Whether the settings make a client at all, as far as that needs no files and no extension.
    pub(super) fn check(&self) -> Result<(), ClientError> {
        let client = self.config.client_of("backend:4317");
        client.client_options(&self.agent).and_then(GrpcClient::with_options).map(drop)
    }

    /// A batch by backend; every record is in exactly one part. A batch for one backend is the very
    /// same bytes, compressed as they came. None without any backend.
    pub(super) fn parts(&self, batch: &Batch) -> Option<Vec<Part>> {
        let backends = self.backends();
        let (signal, mut recent) = (batch.signal(), Recent::default());
        let matcher =
            self.matchers.iter().find(|(of, _)| *of == signal).map(|(_, matcher)| matcher);
        let is_out: Vec<_> =
            backends.iter().map(|backend| backend.health() == Health::Out).collect();
        // With nobody left, everybody is asked as if all were there.
        let all_out = is_out.iter().all(|out| *out);
        let names: Vec<_> = backends
            .iter()
            .zip(is_out)
            .enumerate()
            .filter(|(_, (_, out))| all_out || !out)
            .map(|(at, (backend, _))| (at, backend.hash))
            .collect();
        let first = names.first()?.0;
        let mut builders: Vec<Option<BatchBuilder<'_>>> = Vec::new();
        builders.resize_with(backends.len(), || None);
        if names.len() > 1 {
            for_each_record(signal, batch.bytes(), &mut |record: RawRecord<'_>| {
                let key = matcher.map_or(0, |matcher| matcher.key(&record, &mut recent));
                let at = choose(key, names.iter().copied()).unwrap_or(first);
                if let Some(builder) = builders.get_mut(at) {
                    builder.get_or_insert_with(|| BatchBuilder::new(signal)).push(&record);
                }
            });
        }
        let filled: Vec<_> =
            builders.into_iter().zip(backends.iter()).filter(|(some, _)| some.is_some()).collect();
        if filled.len() <= 1 {
            let only = filled.first().map(|(_, backend)| *backend).or(backends.get(first))?;
            return Some(vec![(only.clone(), batch.clone())]);
        }
        let parts = filled.into_iter().filter_map(|(builder, backend)| {
            Some((backend.clone(), builder?.build(batch.context().clone())))
        });
        Some(parts.collect())
    }

    /// How long at most it takes to know whether a backend answers.
    pub(super) fn verdict_limit(&self) -> Duration {
        let health = &self.config.health;
        (health.interval.to_std() + health.timeout.to_std()) * (health.failures.min(100) + 1)
    }

    /// Asks the backends that did not answer, until dropped.
    pub(super) async fn keep(self: Arc<Self>) {
        let health = self.config.health.clone();
        let signal = self.matchers.first().map_or(Signal::Traces, |(signal, _)| *signal);
        let mut ticks = interval(health.interval.to_std());
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let backends = self.backends();
            let silent: Vec<_> =
                backends.iter().filter(|backend| backend.health() != Health::Up).collect();
            if silent.is_empty() {
                self.alarm.notified().await;
                continue;
            }
            let asked = silent.iter().map(async |backend| {
                let changed = backend.ask(signal, health.timeout.to_std(), health.failures).await;
                (backend, changed)
            });
            let asked = join_all(asked).await;
            let changed: Vec<_> = asked.into_iter().filter(|(_, changed)| *changed).collect();
            for (backend, _) in &changed {
                self.log(backend);
            }
            if !changed.is_empty() {
                self.tell();
            }
        }
    }

    fn log(&self, backend: &Backend) {
        let (exporter, endpoint) = (&self.context.id, &backend.name);
        match backend.health() {
            Health::Out => tracing::warn!(
                %exporter,
                endpoint,
                "A backend does not answer. Its share goes to the others until it does."
            ),
            Health::Up | Health::Suspect => {
                tracing::info!(%exporter, endpoint, "A backend answers again and has its share.");
            }
        }
    }

    /// Brings the gauge and the status up to date.
    fn tell(&self) {
        let backends = self.backends();
        let out = backends.iter().filter(|backend| backend.health() == Health::Out);
        let out: Vec<_> = out.map(|backend| backend.name.as_str()).collect();
        self.metrics.out.set(i64::try_from(out.len()).unwrap_or(i64::MAX));
        self.context.report(match out.as_slice() {
            [] => Status::Ok,
            some => {
                let first = some.iter().take(3).copied().collect::<Vec<_>>().join(", ");
                let (some, all) = (some.len(), backends.len());
                Status::RecoverableError(format!("{some} of {all} backends do not answer: {first}"))
            }
        });
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State").field("resolver", &self.metrics.resolver()).finish_non_exhaustive()
    }
}
