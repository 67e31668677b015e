//! What the engine is given: a runtime, a name, a clock, chance, a log and a metrics page.

use std::{
    fmt::Display,
    hash::{BuildHasher as _, RandomState},
    sync::Arc,
    time::SystemTime,
};

use engine::{
    run::{Environment, RunError, ServiceOptions},
    settings::{LogsSettings, Settings},
    telemetry::{Heap, Logs, MetricsPage, Push, observe_process},
};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use sdk::{
    BuildInfo, Clock, Random,
    telemetry::{Level, Telemetry},
};
use tikv_jemalloc_ctl::{epoch, stats};
use tokio::{
    runtime::{Builder, Runtime},
    time::Instant,
};

use crate::loader::Loader;

/// The runtime everything runs on: one worker for each processor the process may use.
pub(crate) fn runtime() -> Result<Runtime, String> {
    Builder::new_multi_thread()
        .enable_all()
        .thread_name("tollgate")
        .build()
        .map_err(|error| format!("cannot start threads: {error}"))
}

/// Lets the process open as many files as the system allows it, as Go programs do: each connection is
/// one, and shells give only 1,024 unless asked. Where that is not allowed it stays as it is.
pub(crate) fn raise_open_files() {
    let limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum {
        let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
    }
}

/// What this program is called.
pub(crate) fn build_info() -> BuildInfo {
    BuildInfo {
        command: "tollgate".to_owned(),
        description: "Tollgate".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

/// What a service is given: real time, real chance.
pub(crate) fn service_options(telemetry: Telemetry) -> ServiceOptions {
    // The standard library seeds its hashers from the system; that is chance enough for jitter.
    let seed = RandomState::new().hash_one(std::process::id());
    ServiceOptions {
        info: build_info(),
        telemetry,
        clock: Clock::system(),
        random: Random::from_seed(seed),
    }
}

/// Reads the config, and opens and closes what the collector tells about itself.
pub(crate) struct Surroundings {
    loader: Loader,
    logs: Logs,
    pages: Vec<MetricsPage>,
    pushes: Vec<Push>,
    begun: Instant,
    /// What tells this run of a service from others.
    instance: String,
    /// Since when own metrics count.
    since: SystemTime,
}

impl Surroundings {
    /// Reads configs with this loader and writes to this log, which is installed already.
    pub(crate) fn new(loader: Loader, logs: Logs) -> Self {
        Self {
            loader,
            logs,
            pages: Vec::new(),
            pushes: Vec::new(),
            begun: Instant::now(),
            instance: String::new(),
            since: Clock::system().now(),
        }
    }

    async fn show(&mut self, settings: &Settings, telemetry: &Telemetry) -> Result<(), RunError> {
        let own = &settings.service.telemetry;
        let resource = settings.resource.attributes(&build_info(), &self.instance);
        self.open_log(&own.logs, &resource)?;
        if telemetry.level() == Level::None {
            return Ok(());
        }
        for reader in own.prometheus_readers() {
            let page = MetricsPage::bind(reader, telemetry.clone(), &resource)
                .await
                .map_err(|error| RunError(format!("failed to create meter provider: {error}")))?;
            self.pages.push(page);
        }
        for reader in own.periodic_readers() {
            let since = (self.since, Clock::system());
            let push = Push::metrics(reader, telemetry.clone(), &resource, since)
                .map_err(|error| RunError(format!("failed to create meter provider: {error}")))?;
            self.pushes.extend(push);
        }
        Ok(())
    }

    /// Opens the log, and what sends it on.
    fn open_log(
        &mut self,
        logs: &LogsSettings,
        resource: &[(String, String)],
    ) -> Result<(), RunError> {
        let failed = |error: &dyn Display| RunError(format!("failed to create logger: {error}"));
        let mut senders = Vec::new();
        for processor in &logs.processors {
            if let Some((sender, push)) =
                Push::logs(processor, resource).map_err(|error| failed(&error))?
            {
                senders.push(sender);
                self.pushes.push(push);
            }
        }
        self.logs.open_and_send(logs, resource, senders).map_err(|error| failed(&error))
    }
}

#[sdk::async_trait]
impl Environment for Surroundings {
    async fn load(&mut self) -> Result<Arc<Settings>, RunError> {
        self.loader.load().map_err(RunError)
    }

    fn options(&mut self, settings: &Settings) -> ServiceOptions {
        service_options(Telemetry::new(settings.service.telemetry.metrics.level.0))
    }

    async fn open(&mut self, settings: &Settings, telemetry: &Telemetry) -> Result<(), RunError> {
        self.since = Clock::system().now();
        self.instance = uuid::Uuid::new_v4().to_string();
        if telemetry.level() != Level::None {
            observe_process(telemetry, self.begun, heap);
        }
        self.show(settings, telemetry).await
    }

    async fn reopen(
        &mut self,
        old: &Settings,
        new: &Settings,
        telemetry: &Telemetry,
    ) -> Result<(), RunError> {
        if new.has_telemetry_of(old) {
            return Ok(());
        }
        self.close().await;
        let shown = self.show(new, telemetry).await;
        if shown.is_err() {
            self.close().await;
            self.show(old, telemetry).await?;
        }
        shown
    }

    async fn close(&mut self) {
        for page in self.pages.drain(..) {
            page.shutdown().await;
        }
        for push in self.pushes.drain(..) {
            push.shutdown().await;
        }
    }
}

/// What the allocator says; its numbers are a snapshot that advances on demand.
fn heap() -> Heap {
    let read = |value: Result<usize, tikv_jemalloc_ctl::Error>| value.unwrap_or(0) as u64;
    let _ = epoch::advance();
    Heap {
        allocated: read(stats::allocated::read()),
        allocated_ever: None,
        mapped: read(stats::mapped::read()),
    }
}
