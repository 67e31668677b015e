//! Extensions: started before all pipelines, in the order of their dependencies, stopped after them
//! in reverse.

use sdk::{BuildError, Capabilities, ComponentKind, Host, Id, Status};
use tracing::{Instrument as _, info, info_span};

use super::board::Board;
use crate::build::NamedExtensions;

/// The extensions of a service, each after those it depends on.
pub(super) struct Extensions {
    all: NamedExtensions,
    /// How many starts were tried, from the front.
    begun: usize,
}

impl Extensions {
    /// Puts them in order; among those that do not depend on each other the config's stays.
    ///
    /// # Errors
    ///
    /// One depends on an extension that is not there, or on itself in a circle.
    pub(super) fn new(made: NamedExtensions) -> Result<Self, BuildError> {
        let mut waiting: Vec<_> = made
            .into_iter()
            .map(|(id, extension)| (extension.dependencies(), id, extension))
            .collect();
        let mut all = NamedExtensions::with_capacity(waiting.len());
        for (needed, id, _) in &waiting {
            if let Some(missing) =
                needed.iter().find(|needed| !waiting.iter().any(|(_, id, _)| id == *needed))
            {
                return Err(BuildError(format!(
                    "unable to find extension {:?} on which extension {:?} depends",
                    missing.to_string(),
                    id.to_string()
                )));
            }
        }
        while !waiting.is_empty() {
            let is_ready = |needed: &[Id]| {
                needed.iter().all(|needed| all.iter().any(|(started, _)| started == needed))
            };
            let Some(at) = waiting.iter().position(|(needed, _, _)| is_ready(needed)) else {
                let ids: Vec<_> = waiting.iter().map(|(_, id, _)| id.to_string()).collect();
                return Err(BuildError(format!(
                    "unable to order extensions by dependencies, cycle found among {ids:?}"
                )));
            };
            let (_, id, extension) = waiting.remove(at);
            all.push((id, extension));
        }
        Ok(Self { all, begun: 0 })
    }

    /// Starts them one after the other, and asks each what it offers.
    pub(super) async fn start(&mut self, board: &Board, host: &Host) -> Result<(), String> {
        info!("Starting extensions...");
        for (id, extension) in &mut self.all {
            self.begun += 1;
            let kind = ComponentKind::Extension;
            let span = span(id);
            span.in_scope(|| info!("Extension is starting..."));
            board.set(kind, id, Status::Starting);
            if let Err(error) = extension.start(host.clone()).instrument(span.clone()).await {
                board.set(kind, id, Status::PermanentError(error.to_string()));
                return Err(format!("failed to start {:?} extension: {error}", id.to_string()));
            }
            let mut capabilities = Capabilities::default();
            extension.provide(&mut capabilities);
            board.offer(id, capabilities);
            board.started(kind, id);
            span.in_scope(|| info!("Extension started."));
        }
        Ok(())
    }

    /// All pipelines run.
    pub(super) async fn ready(&self) {
        for (id, extension) in self.all.iter().take(self.begun) {
            extension.ready().instrument(span(id)).await;
        }
    }

    /// The pipelines are about to stop.
    pub(super) async fn not_ready(&self) {
        for (id, extension) in self.all.iter().take(self.begun) {
            extension.not_ready().instrument(span(id)).await;
        }
    }

    /// Stops those whose start was tried, the last first.
    pub(super) async fn shutdown(&mut self, board: &Board, errors: &mut Vec<String>) {
        info!("Stopping extensions...");
        let begun = std::mem::take(&mut self.begun);
        for (id, extension) in self.all.iter_mut().take(begun).rev() {
            board.set(ComponentKind::Extension, id, Status::Stopping);
            let outcome = extension.shutdown().instrument(span(id)).await;
            let status = match &outcome {
                Ok(()) => Status::Stopped,
                Err(error) => Status::PermanentError(error.to_string()),
            };
            board.set(ComponentKind::Extension, id, status);
            if let Err(error) = outcome {
                let id = id.to_string();
                errors.push(format!("failed to shutdown extensions: {id:?} extension: {error}"));
            }
        }
    }
}

fn span(id: &Id) -> tracing::Span {
    info_span!("component", otelcol.component.id = %id, otelcol.component.kind = "extension")
}
