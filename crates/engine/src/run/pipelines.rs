//! Pipelines: started from the end of the graph to its start, receivers last; stopped from its start
//! to its end, so that what is on its way still finds where to go (C§3.2).

use std::{collections::BTreeSet, fmt};

use futures_util::future::join_all;
use sdk::{ComponentKind, Id, PipelineId, Status};
use tracing::{Instrument as _, Span, info_span};

use super::board::Board;
use crate::{
    build::{Graph, Pipeline},
    plan::Target,
};

impl Graph {
    /// Starts everything.
    ///
    /// # Errors
    ///
    /// The first that fails: `failed to start "id" exporter: …`. The caller then calls
    /// [`Graph::shutdown`], which stops what was begun.
    pub(super) async fn start(&mut self, board: &Board) -> Result<(), String> {
        for (id, exporter) in &mut self.exporters {
            let life = Life::new(board, ComponentKind::Exporter, id);
            exporter.begun = true;
            life.start(exporter.node.start()).await?;
        }
        let Self { pipelines, connectors, .. } = self;
        for pipeline in pipelines.iter_mut().rev() {
            // All pipelines a connector feeds come later in the order, so they have started.
            for id in connector_targets(pipeline) {
                let Some(connector) = connectors.get_mut(id).filter(|connector| !connector.begun)
                else {
                    continue;
                };
                let life = Life::new(board, ComponentKind::Connector, id);
                connector.begun = true;
                life.start(connector.connector.start(connector.outputs.clone())).await?;
            }
            for processor in pipeline.processors.iter_mut().rev() {
                let life = Life::new(board, ComponentKind::Processor, &processor.id)
                    .in_pipeline(&pipeline.plan.id);
                processor.begun = true;
                life.start(processor.processor.start(processor.next.clone())).await?;
            }
            board_passes(board, pipeline);
        }
        for receiver in &mut self.receivers {
            let life = Life::new(board, ComponentKind::Receiver, &receiver.id);
            receiver.begun = true;
            life.start(receiver.receiver.start(receiver.outputs.clone())).await?;
        }
        Ok(())
    }

    /// Stops whatever was begun; goes on after failures and collects them.
    pub(super) async fn shutdown(&mut self, board: &Board, errors: &mut Vec<String>) {
        for receiver in self.receivers.iter_mut().filter(|receiver| receiver.begun) {
            receiver.begun = false;
            let life = Life::new(board, ComponentKind::Receiver, &receiver.id);
            life.shutdown(receiver.receiver.shutdown(), errors).await;
        }
        let mut running: BTreeSet<PipelineId> =
            self.pipelines.iter().map(|pipeline| pipeline.plan.id.clone()).collect();
        let Self { pipelines, connectors, .. } = self;
        for pipeline in pipelines {
            for processor in pipeline.processors.iter_mut().filter(|processor| processor.begun) {
                processor.begun = false;
                let life = Life::new(board, ComponentKind::Processor, &processor.id)
                    .in_pipeline(&pipeline.plan.id);
                life.shutdown(processor.processor.shutdown(), errors).await;
            }
            running.remove(&pipeline.plan.id);
            for id in connector_targets(pipeline) {
                let is_done = |from: &PipelineId| !running.contains(from);
                let Some(connector) = connectors
                    .get_mut(id)
                    .filter(|connector| connector.begun && connector.from.iter().all(is_done))
                else {
                    continue;
                };
                connector.begun = false;
                let life = Life::new(board, ComponentKind::Connector, id);
                life.shutdown(connector.connector.shutdown(), errors).await;
            }
        }
        self.shutdown_exporters(board, errors).await;
    }

    /// All queues are emptied at the same time, each against its own backend; then exporters close.
    async fn shutdown_exporters(&mut self, board: &Board, errors: &mut Vec<String>) {
        let begun = self.exporters.iter().filter(|(_, exporter)| exporter.begun);
        let drains = begun.map(|(id, exporter)| {
            board.set(ComponentKind::Exporter, id, Status::Stopping);
            let life = Life::new(board, ComponentKind::Exporter, id);
            exporter.node.drain().instrument(life.span)
        });
        join_all(drains).await;
        for (id, exporter) in self.exporters.iter_mut().filter(|(_, exporter)| exporter.begun) {
            exporter.begun = false;
            let life = Life::new(board, ComponentKind::Exporter, id);
            life.shutdown(exporter.node.shutdown(), errors).await;
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
        if let crate::plan::Step::Pass(ids) = step {
            for id in ids {
                board.set(ComponentKind::Processor, id, Status::Ok);
            }
        }
    }
}

/// One component, seen by the log and the status board.
struct Life<'b> {
    board: &'b Board,
    kind: ComponentKind,
    id: &'b Id,
    span: Span,
}

impl<'b> Life<'b> {
    fn new(board: &'b Board, kind: ComponentKind, id: &'b Id) -> Self {
        let span = info_span!(
            "component",
            otelcol.component.id = %id,
            otelcol.component.kind = kind.name(),
            otelcol.pipeline.id = tracing::field::Empty,
            otelcol.signal = tracing::field::Empty,
        );
        Self { board, kind, id, span }
    }

    fn in_pipeline(self, pipeline: &PipelineId) -> Self {
        self.span.record("otelcol.pipeline.id", tracing::field::display(pipeline));
        self.span.record("otelcol.signal", pipeline.signal().as_str());
        self
    }

    async fn start<E: fmt::Display>(
        self,
        start: impl Future<Output = Result<(), E>>,
    ) -> Result<(), String> {
        let Self { board, kind, id, span } = self;
        board.set(kind, id, Status::Starting);
        match start.instrument(span).await {
            Ok(()) => {
                board.started(kind, id);
                Ok(())
            }
            Err(error) => {
                board.set(kind, id, Status::PermanentError(error.to_string()));
                Err(format!("failed to start {:?} {kind}: {error}", id.to_string()))
            }
        }
    }

    async fn shutdown<E: fmt::Display>(
        self,
        shutdown: impl Future<Output = Result<(), E>>,
        errors: &mut Vec<String>,
    ) {
        let Self { board, kind, id, span } = self;
        board.set(kind, id, Status::Stopping);
        match shutdown.instrument(span).await {
            Ok(()) => board.set(kind, id, Status::Stopped),
            Err(error) => {
                board.set(kind, id, Status::PermanentError(error.to_string()));
                let id = id.to_string();
                errors.push(format!("failed to shutdown pipelines: {id:?} {kind}: {error}"));
            }
        }
    }
}
