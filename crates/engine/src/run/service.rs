//! One config, built and run.

use std::{sync::Arc, thread};

use config::{Severity, Warning};
use net::budget::ByteBudget;
use sdk::{BuildInfo, Clock, Host, Random, Shared, telemetry::Telemetry};
use tracing::{info, warn};

use super::{board::Board, extensions::Extensions, overview::overview};
use crate::{
    build::{self, Graph, Surroundings},
    ledger,
    plan::{Plan, plan},
    settings::Settings,
    telemetry::observe_budget,
};

/// What a service is given from outside.
#[derive(Clone, Debug)]
pub struct ServiceOptions {
    /// What the program is called.
    pub info: BuildInfo,
    /// Where own metrics are kept; new for each service, since the config sets the level.
    pub telemetry: Telemetry,
    /// The time of day.
    pub clock: Clock,
    /// Chance, for jitter and ids.
    pub random: Random,
}

/// Why a service could not be built, started, or stopped cleanly; several reasons with `; ` between.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ServiceError(pub String);

/// All components of one config, wired. Built by [`Service::build`], run from [`Service::start`] to
/// [`Service::shutdown`].
pub struct Service {
    settings: Arc<Settings>,
    info: BuildInfo,
    board: Arc<Board>,
    host: Host,
    extensions: Extensions,
    graph: Graph,
    plan: Plan,
}

impl Service {
    /// Makes and wires everything. Opens nothing and starts no task, so a service can be built
    /// while another one runs.
    ///
    /// # Errors
    ///
    /// `failed to build pipelines: …` or `failed to build extensions: …`
    pub fn build(settings: Arc<Settings>, options: ServiceOptions) -> Result<Self, ServiceError> {
        let plan = plan(&settings)
            .map_err(|faults| ServiceError(format!("failed to build pipelines: {faults}")))?;
        let board = Arc::new(Board::new(Board::used(&settings)));
        let host = Host::new(board.clone());
        let ServiceOptions { info, telemetry, clock, random } = options;
        let shared = Shared::default();
        shared.get_or_insert_global(|| overview(&plan, &settings));
        let limits = settings.service.admission.limits(memory::available());
        let budget = shared.get_or_insert_global(|| ByteBudget::with_limits(limits));
        observe_budget(&telemetry, (*budget).clone());
        let surroundings =
            Surroundings { info, telemetry, clock, random, shared, host: host.clone() };
        let graph = build::graph(&plan, &settings, &surroundings)
            .map_err(|error| ServiceError(format!("failed to build pipelines: {error}")))?;
        let extensions = build::extensions(&settings, &surroundings)
            .and_then(Extensions::new)
            .map_err(|error| ServiceError(format!("failed to build extensions: {error}")))?;
        let info = surroundings.info;
        Ok(Self { settings, info, board, host, extensions, graph, plan })
    }

    /// Starts extensions, then pipelines from the end to the start, receivers last. A failure stops
    /// what was begun before it is reported.
    ///
    /// # Errors
    ///
    /// `failed to start extensions: …` or `cannot start pipelines: failed to start "id" exporter: …`
    pub async fn start(&mut self) -> Result<(), ServiceError> {
        let Err(ServiceError(mut reasons)) = self.start_all().await else { return Ok(()) };
        if let Err(ServiceError(more)) = self.shutdown().await {
            reasons = format!("{reasons}; {more}");
        }
        Err(ServiceError(reasons))
    }

    async fn start_all(&mut self) -> Result<(), ServiceError> {
        let processors = thread::available_parallelism().map_or(1, usize::from);
        info!(Version = %self.info.version, NumCPU = processors, "Starting {}...", self.info.command);
        self.settings.warnings.iter().for_each(log_warning);
        self.extensions
            .start(&self.board, &self.host)
            .await
            .map_err(|error| ServiceError(format!("failed to start extensions: {error}")))?;
        self.graph
            .start(&self.board)
            .await
            .map_err(|error| ServiceError(format!("cannot start pipelines: {error}")))?;
        self.extensions.ready().await;
        info!("Everything is ready. Begin running and processing data.");
        Ok(())
    }

    /// Stops everything in the order of the data: receivers, processors and connectors, queues,
    /// exporters, and at last extensions. Takes as long as the last queue needs to be emptied. What
    /// was never started is left alone; a second call does nothing.
    ///
    /// # Errors
    ///
    /// What components said, all of it; everything is stopped nevertheless.
    pub async fn shutdown(&mut self) -> Result<(), ServiceError> {
        info!("Starting shutdown...");
        let mut errors = Vec::new();
        self.extensions.not_ready().await;
        self.graph.shutdown(&self.board, &mut errors).await;
        self.extensions.shutdown(&self.board, &mut errors).await;
        ledger::close(self.graph.accounts());
        info!("Shutdown complete.");
        if errors.is_empty() { Ok(()) } else { Err(ServiceError(errors.join("; "))) }
    }

    /// Returns once a component said that the whole service has to stop; who and why.
    pub async fn fatal(&self) -> String {
        self.board.fatal().await
    }

    /// Extensions and the status board, as components see them.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// The loss ledger in words: `pipeline "traces": 600 entered = 600 passed to otlp_grpc`.
    pub fn ledger(&self) -> Vec<String> {
        let stated = |account: &ledger::Account| {
            account.statement().map(|statement| format!("{}: {statement}", account.owner()))
        };
        self.graph.accounts().filter_map(stated).collect()
    }

    /// Who feeds whom.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// What it was built from.
    pub fn settings(&self) -> &Arc<Settings> {
        &self.settings
    }
}

/// Logs what was noticed while a config was read, once there is a log.
pub fn log_warning(warning: &Warning) {
    let field = |name: &str| {
        let found = warning.fields.iter().find(|(of, _)| *of == name);
        found.map(|(_, text)| text.as_str())
    };
    let (id, kind) = (field("otelcol.component.id"), field("otelcol.component.kind"));
    let (setting, name) = (field("setting"), field("name"));
    let message = &warning.message;
    match warning.severity {
        Severity::Info => info!(
            otelcol.component.id = id,
            otelcol.component.kind = kind,
            setting,
            name,
            "{message}"
        ),
        Severity::Warn => warn!(
            otelcol.component.id = id,
            otelcol.component.kind = kind,
            setting,
            name,
            "{message}"
        ),
    }
}
