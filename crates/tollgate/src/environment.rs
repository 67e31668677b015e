//! What the engine is given: a runtime, a name, a clock, chance, a log and a metrics page.

use std::{
    hash::{BuildHasher as _, RandomState},
    sync::Arc,
};

use engine::{
    run::{Environment, RunError, ServiceOptions},
    settings::Settings,
};
use sdk::{BuildInfo, Clock, Random, telemetry::Telemetry};
use tokio::runtime::{Builder, Runtime};

use crate::loader::Loader;

/// The runtime everything runs on: one worker for each processor the process may use.
pub(crate) fn runtime() -> Result<Runtime, String> {
    Builder::new_multi_thread()
        .enable_all()
        .thread_name("tollgate")
        .build()
        .map_err(|error| format!("cannot start threads: {error}"))
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
}

impl Surroundings {
    /// Reads configs with this loader.
    pub(crate) fn new(loader: Loader) -> Self {
        Self { loader }
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

    async fn open(&mut self, _settings: &Settings, _telemetry: &Telemetry) -> Result<(), RunError> {
        Ok(())
    }

    async fn close(&mut self) {}
}
