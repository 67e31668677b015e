//! Another config for a running service: only what changed restarts.
//!
//! 1. [`Service::prepare`] builds what is new around what goes on. Nothing starts.
//! 2. [`Service::change`] starts what is new beside what runs. What cannot start beside it, because a port
//!    is taken, starts again once what leaves has stopped. If it still cannot, what left starts again.
//! 3. What goes on is put onto the new rails, and exporters hand over to their heirs.
//! 4. `retire` lets what leaves end in its time.

use std::sync::{Arc, PoisonError, Weak};

use sdk::{ComponentKind, Id, Overviews};
use tokio::sync::watch;
use tracing::info;

use super::{
    Service, ServiceError, board::Board, extensions::Extensions, overview::overview,
    retire::Leaving,
};
use crate::{
    build::{self, Before, Exporter, Graph, Kept, Prints, Surroundings, address},
    node::OldWay,
    plan::{Plan, plan},
    settings::Settings,
};

/// What another config asks of a running service.
pub enum Change {
    /// Nothing that runs looks different.
    Nothing,
    /// Some parts are to be replaced.
    Parts(Box<Successor>),
    /// The service has to be stopped and another one started; why.
    Everything(&'static str),
}

/// The parts of a service that is to take the place of the running one, those that go on included.
pub struct Successor {
    settings: Arc<Settings>,
    plan: Plan,
    prints: Prints,
    surroundings: Surroundings,
    graph: Graph,
    extensions: Extensions,
}

/// Why a change was not made.
#[derive(Debug)]
pub enum ChangeError {
    /// The new parts do not start. The service runs as before.
    Refused(String),
    /// The new parts do not start, nor do the old ones once more. The service has to be replaced.
    Broken(String),
}

impl Service {
    /// Builds what another config asks for. Opens nothing and starts no task.
    ///
    /// # Errors
    ///
    /// As [`Service::build`].
    pub fn prepare(&self, settings: Arc<Settings>) -> Result<Change, ServiceError> {
        let pipelines = |error| ServiceError(format!("failed to build pipelines: {error}"));
        let plan = plan(&settings).map_err(|faults| pipelines(faults.to_string()))?;
        let own = |settings: &Settings| settings.service.telemetry.metrics.level;
        if own(&settings) != own(&self.settings) {
            return Ok(Change::Everything("the level of own metrics is another one"));
        }
        if settings.service.admission != self.settings.service.admission {
            return Ok(Change::Everything("admission is another one"));
        }
        let prints = Prints::of(&settings, &plan);
        if prints == self.prints && plan == self.plan {
            return Ok(Change::Nothing);
        }
        let kept = self.prints.kept(&prints);
        if self.has_store_that_ends(&kept) {
            return Ok(Change::Everything("the storage of a queue is another one"));
        }
        let surroundings = self.surroundings.after(&kept);
        let before = Before {
            graph: &self.graph,
            extensions: self.extensions.all(),
            kept: &kept,
            leaving: &self.leaving,
        };
        let graph = build::graph(&plan, &settings, &surroundings, Some(before))
            .map_err(|error| pipelines(error.to_string()))?;
        let extensions = build::extensions(&settings, &surroundings, Some(before))
            .and_then(Extensions::new)
            .map_err(|error| ServiceError(format!("failed to build extensions: {error}")))?;
        let next = Successor { settings, plan, prints, surroundings, graph, extensions };
        Ok(Change::Parts(Box::new(next)))
    }

    /// Takes settings over by which nothing that runs looks different.
    pub(super) fn adopt(&mut self, settings: Arc<Settings>) {
        self.settings = settings;
    }

    /// Two queues cannot have the same files open.
    fn has_store_that_ends(&self, kept: &Kept) -> bool {
        self.graph
            .exporters
            .values()
            .flat_map(|exporter| exporter.node.storages())
            .any(|storage| !kept.has(ComponentKind::Extension, storage))
    }

    /// Puts prepared parts in the place of those that leave. Clients of receivers that go on notice
    /// nothing.
    ///
    /// # Errors
    ///
    /// The new parts do not start; [`ChangeError`] says what runs then.
    pub async fn change(&mut self, next: Box<Successor>) -> Result<(), ChangeError> {
        let mut next = *next;
        let all = Board::used(&self.settings).into_iter().chain(Board::used(&next.settings));
        self.board.admit(all);
        if let Err(reason) = self.begin(&next).await {
            self.undo(next).await;
            self.board.admit(Board::used(&self.settings));
            return Err(match self.resume().await {
                Ok(()) => ChangeError::Refused(reason),
                Err(ServiceError(more)) => ChangeError::Broken(format!("{reason}; {more}")),
            });
        }
        let rails = std::mem::take(&mut next.graph.rails);
        let ways: Vec<OldWay> = rails.into_iter().map(|set| set()).collect();
        for heir in next.graph.exporters.values() {
            if let Some(elder) = heir.elder().filter(|elder| !Arc::ptr_eq(elder, heir)) {
                elder.node.succeed(&heir.node);
            }
        }
        next.extensions.ready(&self.extensions.parts()).await;
        self.board.admit(Board::used(&next.settings));
        next.settings.warnings.iter().for_each(super::log_warning);
        self.take_place(next, ways);
        info!("Everything is ready. Begin running and processing data.");
        Ok(())
    }

    /// Starts what is new: beside what leaves, if that can be.
    async fn begin(&self, next: &Successor) -> Result<(), String> {
        if !next.has_exclusive_heir() {
            let begun = next.start(&self.board, &self.host).await;
            if begun.is_ok() || !self.has_leaving(next) {
                return begun;
            }
            next.graph.stop_failed().await;
            next.extensions.stop_failed().await;
        }
        self.make_way(next).await;
        next.start(&self.board, &self.host).await
    }

    fn has_leaving(&self, next: &Successor) -> bool {
        let (graph, extensions) = (next.graph.parts(), next.extensions.parts());
        let leaves = |at: usize| !graph.contains(&at) && !extensions.contains(&at);
        self.graph.parts().into_iter().chain(self.extensions.parts()).any(leaves)
    }

    /// Stops what leaves and may hold a port or a file that is needed.
    async fn make_way(&self, next: &Successor) {
        let stays = next.graph.parts();
        let mut errors = Vec::new();
        self.graph.shutdown_receivers(None, &stays, &mut errors).await;
        let exporters = self.graph.exporters.values();
        for exporter in exporters.filter(|exporter| !stays.contains(&address(exporter))) {
            if exporter.is_exclusive && exporter.begun.end() {
                errors.extend(exporter.node.hold().await.err().map(|error| error.to_string()));
            }
        }
        self.extensions.shutdown(None, &next.extensions.parts(), &mut errors).await;
        super::retire::tell(&errors);
    }

    /// Ends the new parts again. What came to them meanwhile goes on with the old ones.
    async fn undo(&self, next: Successor) {
        for exporter in next.graph.exporters.values() {
            let elder = exporter.elder().filter(|elder| !Arc::ptr_eq(elder, exporter));
            if let Some(elder) = elder {
                exporter.node.succeed(&elder.node);
            }
        }
        let Successor { surroundings, graph, extensions, .. } = next;
        let stays = (self.graph.parts(), self.extensions.parts());
        let leaving = Leaving { graph, extensions, surroundings, stays, ways: Vec::new() };
        // Ports first: the old parts may need them.
        leaving.close().await;
        self.retire(leaving);
    }

    /// Starts once more what was stopped to make way.
    async fn resume(&self) -> Result<(), ServiceError> {
        let fail = |error| ServiceError(format!("the last config does not start again: {error}"));
        self.extensions.start(&self.board, &self.host).await.map_err(fail)?;
        self.graph.start(&self.board).await.map_err(fail)?;
        self.graph.exporters.values().for_each(|exporter| exporter.node.release());
        Ok(())
    }

    fn take_place(&mut self, next: Successor, ways: Vec<OldWay>) {
        let Successor { settings, plan, prints, surroundings, graph, extensions } = next;
        let stays = (graph.parts(), extensions.parts());
        let overviews = surroundings.shared.get_or_insert_global(Overviews::default);
        overviews.set(overview(&plan, &settings));
        self.settings = settings;
        self.plan = plan;
        self.prints = prints;
        let graph = std::mem::replace(&mut self.graph, graph);
        let extensions = std::mem::replace(&mut self.extensions, extensions);
        let surroundings = std::mem::replace(&mut self.surroundings, surroundings);
        self.leaving.retain(|(_, exporter)| exporter.strong_count() > 0);
        let is_leaving = |exporter: &Arc<Exporter>| !stays.0.contains(&address(exporter));
        let exporters = graph.exporters.iter().filter(|(_, exporter)| is_leaving(exporter));
        let weak = exporters.map(|(id, exporter)| (id.clone(), Arc::downgrade(exporter)));
        self.leaving.extend(weak);
        self.retire(Leaving { graph, extensions, surroundings, stays, ways });
    }

    fn retire(&self, leaving: Leaving) {
        let mut retired = self.retired.lock().unwrap_or_else(PoisonError::into_inner);
        while retired.try_join_next().is_some() {}
        retired.spawn(leaving.end(self.hurry.subscribe()));
    }

    /// Waits until everything that left has ended; at once now.
    pub(super) async fn end_retired(&self) {
        self.hurry.send_replace(true);
        let retired = {
            let mut retired = self.retired.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *retired)
        };
        retired.join_all().await;
    }
}

impl Successor {
    async fn start(&self, board: &Board, host: &sdk::Host) -> Result<(), String> {
        let failed = |error| format!("failed to start extensions: {error}");
        self.extensions.start(board, host).await.map_err(failed)?;
        self.graph.start(board).await.map_err(|error| format!("cannot start pipelines: {error}"))
    }

    /// Whether an exporter is to follow one that has to stop first.
    fn has_exclusive_heir(&self) -> bool {
        self.graph.exporters.values().any(|exporter| {
            exporter.is_exclusive && !exporter.begun.is_on() && exporter.elder().is_some()
        })
    }
}

/// Exporters that left and still have something to send, by id.
pub(super) type LeavingExporters = Vec<(Id, Weak<Exporter>)>;

/// Tells what left to end at once.
pub(super) type Hurry = watch::Sender<bool>;
