//! One config, built and run.

use std::{
    sync::{Arc, Mutex},
    thread,
};

use config::{Severity, Warning};
use net::budget::ByteBudget;
use sdk::{BuildInfo, Clock, Host, Overviews, Random, Shared, telemetry::Telemetry};
use tokio::task::JoinSet;
use tracing::{info, warn};

use super::{
    board::Board,
    change::{Hurry, LeavingExporters},
    extensions::Extensions,
    overview::overview,
};
use crate::{
    build::{self, Graph, Parts, Prints, Surroundings},
    ledger::{self, Ledger},
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
    pub(super) settings: Arc<Settings>,
    pub(super) surroundings: Surroundings,
    pub(super) board: Arc<Board>,
    pub(super) host: Host,
    pub(super) extensions: Extensions,
    pub(super) graph: Graph,
    pub(super) plan: Plan,
    /// How everything in use looks.
    pub(super) prints: Prints,
    pub(super) leaving: LeavingExporters,
    /// Ends what left earlier. One task for each reload whose leaving parts still end.
    pub(super) retired: Mutex<JoinSet<()>>,
    pub(super) hurry: Hurry,
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
        shared.get_or_insert_global(Overviews::default).set(overview(&plan, &settings));
        let limits = settings.service.admission.limits(memory::available());
        let budget = shared.get_or_insert_global(|| ByteBudget::with_limits(limits));
        observe_budget(&telemetry, (*budget).clone());
        let (ledger, scopes) = (Ledger::new(&telemetry), Arc::default());
        let host_of_all = host.clone();
        let surroundings = Surroundings {
            info,
            telemetry,
            clock,
            random,
            shared,
            host: host_of_all,
            ledger,
            scopes,
        };
        let graph = build::graph(&plan, &settings, &surroundings, None)
            .map_err(|error| ServiceError(format!("failed to build pipelines: {error}")))?;
        let extensions = build::extensions(&settings, &surroundings, None)
            .and_then(Extensions::new)
            .map_err(|error| ServiceError(format!("failed to build extensions: {error}")))?;
        let prints = Prints::of(&settings, &plan);
        Ok(Self {
            settings,
            surroundings,
            board,
            host,
            extensions,
            graph,
            plan,
            prints,
            leaving: LeavingExporters::new(),
            retired: Mutex::default(),
            hurry: Hurry::new(false),
        })
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
        let info = &self.surroundings.info;
        info!(Version = %info.version, NumCPU = processors, "Starting {}...", info.command);
        self.settings.warnings.iter().for_each(log_warning);
        info!("Starting extensions...");
        self.extensions
            .start(&self.board, &self.host)
            .await
            .map_err(|error| ServiceError(format!("failed to start extensions: {error}")))?;
        self.graph
            .start(&self.board)
            .await
            .map_err(|error| ServiceError(format!("cannot start pipelines: {error}")))?;
        self.extensions.ready(&Parts::new()).await;
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
        let (board, nothing) = (Some(&*self.board), Parts::new());
        self.graph.shutdown_receivers(board, &nothing, &mut errors).await;
        self.graph.shutdown_pipelines(board, &nothing, &mut errors).await;
        // What left earlier may still send to what goes on, so that comes later.
        self.end_retired().await;
        self.graph.shutdown_exporters(&self.board, &mut errors).await;
        info!("Stopping extensions...");
        self.extensions.shutdown(board, &nothing, &mut errors).await;
        ledger::close(&self.surroundings.ledger);
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
        let accounts = self.surroundings.ledger.accounts();
        let stated = accounts.iter().filter_map(|account| {
            account.statement().map(|statement| format!("{}: {statement}", account.owner()))
        });
        stated.collect()
    }

    /// Who feeds whom.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Where its metrics are kept.
    pub(super) fn telemetry(&self) -> &Telemetry {
        &self.surroundings.telemetry
    }

    /// The time of day.
    pub(super) fn now(&self) -> std::time::SystemTime {
        self.surroundings.clock.now()
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
