//! Pipelines: started from the end of the graph to its start, receivers last; stopped from its start
//! to its end, so that what is on its way still finds where to go (C§3.2).
//!
//! Parts that run already are not started, and parts that stay are not stopped: both belong to the graph
//! before or after as well.

use std::{collections::BTreeSet, fmt};

use futures_util::future::join_all;
use sdk::{ComponentKind, Id, PipelineId, Status};
use tracing::{Instrument as _, Span, info_span};

use super::board::Board;
use crate::{
    build::{Begun, Graph, Parts, Pipeline, address},
    plan::{Step, Target},
};

impl Graph {
    /// Starts everything that does not run.
    ///
    /// # Errors
    ///
    /// The first that fails: `failed to start "id" exporter: …`. The caller then stops what was begun.
    pub(super) async fn start(&self, board: &Board) -> Result<(), String> {
        for (id, exporter) in &self.exporters {
            if exporter.begun.begin() {
                let life = Life::new(Some(board), ComponentKind::Exporter, id);
                let elder = exporter.elder();
                let start = exporter.node.start(elder.as_ref().map(|elder| &elder.node));
                life.start(start, &exporter.begun).await?;
            }
        }
        for pipeline in self.pipelines.iter().rev() {
            // All pipelines a connector feeds come later in the order, so they have started.
            for id in connector_targets(pipeline) {
                let Some(connector) = self.connectors.get(id) else { continue };
                if connector.begun.begin() {
                    let life = Life::new(Some(board), ComponentKind::Connector, id);
                    let start = connector.connector.start(connector.outputs());
                    life.start(start, &connector.begun).await?;
                }
            }
            for processor in pipeline.processors.iter().rev() {
                if processor.begun.begin() {
                    let life = Life::new(Some(board), ComponentKind::Processor, &processor.id)
                        .in_pipeline(&pipeline.plan.id);
                    let start = processor.processor.start(processor.node.next());
                    life.start(start, &processor.begun).await?;
                }
            }
            board_passes(board, pipeline);
        }
        for receiver in &self.receivers {
            if receiver.begun.begin() {
                let life = Life::new(Some(board), ComponentKind::Receiver, &receiver.id);
                let mut running = receiver.receiver.lock().await;
                life.start(running.start(receiver.outputs()), &receiver.begun).await?;
            }
        }
        Ok(())
    }

    /// Stops receivers, then processors and connectors; goes on after failures and collects them.
    pub(super) async fn shutdown_pipelines(
        &self,
        board: Option<&Board>,
        stays: &Parts,
        errors: &mut Vec<String>,
    ) {
        let mut running: BTreeSet<PipelineId> =
            self.pipelines.iter().map(|pipeline| pipeline.plan.id.clone()).collect();
        for pipeline in &self.pipelines {
            let leaving =
                pipeline.processors.iter().filter(|processor| !stays.contains(&address(processor)));
            for processor in leaving {
                if processor.begun.end() {
                    let life = Life::new(board, ComponentKind::Processor, &processor.id)
                        .in_pipeline(&pipeline.plan.id);
                    life.shutdown(processor.processor.shutdown(), errors).await;
                }
            }
            running.remove(&pipeline.plan.id);
            for id in connector_targets(pipeline) {
                let is_done = |from: &PipelineId| !running.contains(from);
                let Some(connector) = self
                    .connectors
                    .get(id)
                    .filter(|connector| !stays.contains(&address(connector)))
                    .filter(|connector| connector.from.iter().all(is_done))
                else {
                    continue;
                };
                if connector.begun.end() {
                    let life = Life::new(board, ComponentKind::Connector, id);
                    life.shutdown(connector.connector.shutdown(), errors).await;
                }
            }
        }
    }

    /// Stops receivers: each finishes what it has begun.
    pub(super) async fn shutdown_receivers(
        &self,
        board: Option<&Board>,
        stays: &Parts,
        errors: &mut Vec<String>,
    ) {
        let leaving = self.receivers.iter().filter(|receiver| !stays.contains(&address(receiver)));
        for receiver in leaving {
            if receiver.begun.end() {
                let life = Life::new(board, ComponentKind::Receiver, &receiver.id);
                let mut running = receiver.receiver.lock().await;
                life.shutdown(running.shutdown(), errors).await;
            }
        }
    }

    /// Stops what failed to start, so that it may be started again.
    pub(super) async fn stop_failed(&self) {
        let failed = self.receivers.iter().filter(|receiver| receiver.begun.has_failed());
        for receiver in failed {
            receiver.begun.end();
            drop(receiver.receiver.lock().await.shutdown().await);
        }
        for exporter in self.exporters.values().filter(|exporter| exporter.begun.has_failed()) {
            exporter.begun.end();
            drop(exporter.node.shutdown().await);
        }
    }

    /// All queues are emptied at the same time, each against its own backend; then exporters close.
    pub(super) async fn shutdown_exporters(&self, board: &Board, errors: &mut Vec<String>) {
        let is_begun = |begun: &Begun| begun.is_on() || begun.has_failed();
        let begun = self.exporters.iter().filter(|(_, exporter)| is_begun(&exporter.begun));
        let drains = begun.map(|(id, exporter)| {
            board.set(ComponentKind::Exporter, id, Status::Stopping);
            let life = Life::new(Some(board), ComponentKind::Exporter, id);
            exporter.node.drain().instrument(life.span)
        });
        join_all(drains).await;
        for (id, exporter) in &self.exporters {
            if exporter.begun.end() {
                let life = Life::new(Some(board), ComponentKind::Exporter, id);
                life.shutdown(exporter.node.shutdown(), errors).await;
            }
        }
    }
}

fn connector_targets(pipeline: &Pipeline) -> impl Iterator<Item = &Id> {
    pipeline.plan.targets.iter().filter_map(|target| match target {
        Target::Connector(id) => Some(id),
        Target::Exporter(_) => None,
    })
}

/// Record processors have nothing to start: they are fine as soon as their pipeline is.
fn board_passes(board: &Board, pipeline: &Pipeline) {
    for step in &pipeline.plan.steps {
        if let Step::Pass(ids) = step {
            for id in ids {
                board.set(ComponentKind::Processor, id, Status::Ok);
            }
        }
    }
}

/// One component, seen by the log and the status board; by the log alone when another one of its id runs
/// already.
pub(super) struct Life<'b> {
    board: Option<&'b Board>,
    kind: ComponentKind,
    id: &'b Id,
    span: Span,
}

impl<'b> Life<'b> {
    pub(super) fn new(board: Option<&'b Board>, kind: ComponentKind, id: &'b Id) -> Self {
        let span = info_span!(
            "component",
            otelcol.component.id = %id,
            otelcol.component.kind = kind.name(),
            otelcol.pipeline.id = tracing::field::Empty,
            otelcol.signal = tracing::field::Empty,
        );
        Self { board, kind, id, span }
    }

    /// What its log lines are about.
    pub(super) fn span(&self) -> Span {
        self.span.clone()
    }

    fn in_pipeline(self, pipeline: &PipelineId) -> Self {
        self.span.record("otelcol.pipeline.id", tracing::field::display(pipeline));
        self.span.record("otelcol.signal", pipeline.signal().as_str());
        self
    }

    async fn start<E: fmt::Display>(
        self,
        start: impl Future<Output = Result<(), E>>,
        begun: &Begun,
    ) -> Result<(), String> {
        let Self { board, kind, id, span } = self;
        if let Some(board) = board {
            board.begin(kind, id);
        }
        match start.instrument(span).await {
            Ok(()) => {
                if let Some(board) = board {
                    board.started(kind, id);
                }
                Ok(())
            }
            Err(error) => {
                begun.fail();
                if let Some(board) = board {
                    board.set(kind, id, Status::PermanentError(error.to_string()));
                }
                Err(format!("failed to start {:?} {kind}: {error}", id.to_string()))
            }
        }
    }

    pub(super) async fn shutdown<E: fmt::Display>(
        self,
        shutdown: impl Future<Output = Result<(), E>>,
        errors: &mut Vec<String>,
    ) {
        let Self { board, kind, id, span } = self;
        let set = |status| {
            if let Some(board) = board {
                board.set(kind, id, status);
            }
        };
        set(Status::Stopping);
        match shutdown.instrument(span).await {
            Ok(()) => set(Status::Stopped),
            Err(error) => {
                set(Status::PermanentError(error.to_string()));
                let id = id.to_string();
                errors.push(format!("failed to shutdown pipelines: {id:?} {kind}: {error}"));
            }
        }
    }
}
