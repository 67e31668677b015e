//! Extensions: started before all pipelines, in the order of their dependencies, stopped after them
//! in reverse.

use std::sync::Arc;

use sdk::{BuildError, Capabilities, ComponentKind, Host, Id, Status};
use tracing::{Instrument as _, info, info_span};

use super::board::Board;
use crate::build::{Extension, Parts, address};

/// The extensions of a service, each after those it depends on.
pub(super) struct Extensions {
    all: Vec<Arc<Extension>>,
}

impl Extensions {
    /// Puts them in order; among those that do not depend on each other the config's stays.
    ///
    /// # Errors
    ///
    /// One depends on an extension that is not there, or on itself in a circle.
    pub(super) fn new(mut waiting: Vec<Arc<Extension>>) -> Result<Self, BuildError> {
        let mut all: Vec<Arc<Extension>> = Vec::with_capacity(waiting.len());
        for extension in &waiting {
            let is_missing = |needed: &&Id| !waiting.iter().any(|other| other.id == **needed);
            if let Some(missing) = extension.needs.iter().find(is_missing) {
                return Err(BuildError(format!(
                    "unable to find extension {:?} on which extension {:?} depends",
                    missing.to_string(),
                    extension.id.to_string()
                )));
            }
        }
        while !waiting.is_empty() {
            let is_ready = |extension: &Arc<Extension>| {
                extension.needs.iter().all(|needed| all.iter().any(|made| made.id == *needed))
            };
            let Some(at) = waiting.iter().position(is_ready) else {
                let ids: Vec<_> =
                    waiting.iter().map(|extension| extension.id.to_string()).collect();
                return Err(BuildError(format!(
                    "unable to order extensions by dependencies, cycle found among {ids:?}"
                )));
            };
            all.push(waiting.remove(at));
        }
        Ok(Self { all })
    }

    /// All of them, in order.
    pub(super) fn all(&self) -> &[Arc<Extension>] {
        &self.all
    }

    /// What it consists of.
    pub(super) fn parts(&self) -> Parts {
        self.all.iter().map(address).collect()
    }

    /// Starts those that do not run, one after the other, and asks each what it offers.
    pub(super) async fn start(&self, board: &Board, host: &Host) -> Result<(), String> {
        for extension in self.all.iter().filter(|extension| !extension.begun.is_on()) {
            let (id, kind) = (&extension.id, ComponentKind::Extension);
            extension.begun.begin();
            let span = span(id);
            span.in_scope(|| info!("Extension is starting..."));
            board.begin(kind, id);
            let mut running = extension.extension.lock().await;
            if let Err(error) = running.start(host.clone()).instrument(span.clone()).await {
                extension.begun.fail();
                board.set(kind, id, Status::PermanentError(error.to_string()));
                return Err(format!("failed to start {:?} extension: {error}", id.to_string()));
            }
            let mut capabilities = Capabilities::default();
            running.provide(&mut capabilities);
            drop(running);
            board.offer(id, capabilities);
            board.started(kind, id);
            span.in_scope(|| info!("Extension started."));
        }
        Ok(())
    }

    /// Stops what failed to start, so that it may be started again.
    pub(super) async fn stop_failed(&self) {
        for extension in self.all.iter().filter(|extension| extension.begun.has_failed()) {
            extension.begun.end();
            drop(extension.extension.lock().await.shutdown().await);
        }
    }

    /// All pipelines run. Those that ran before have heard.
    pub(super) async fn ready(&self, before: &Parts) {
        for extension in self.all.iter().filter(|extension| !before.contains(&address(extension))) {
            extension.extension.lock().await.ready().instrument(span(&extension.id)).await;
        }
    }

    /// The pipelines are about to stop.
    pub(super) async fn not_ready(&self) {
        for extension in self.all.iter().filter(|extension| extension.begun.is_on()) {
            extension.extension.lock().await.not_ready().instrument(span(&extension.id)).await;
        }
    }

    /// Stops those whose start was tried, the last first, but for those that stay. Without a board nobody
    /// is told: another one of the id runs already.
    pub(super) async fn shutdown(
        &self,
        board: Option<&Board>,
        stays: &Parts,
        errors: &mut Vec<String>,
    ) {
        let set = |id: &Id, status| {
            if let Some(board) = board {
                board.set(ComponentKind::Extension, id, status);
            }
        };
        let leaving = self.all.iter().filter(|extension| !stays.contains(&address(extension)));
        for extension in leaving.rev() {
            if !extension.begun.end() {
                continue;
            }
            let id = &extension.id;
            set(id, Status::Stopping);
            let outcome = extension.extension.lock().await.shutdown().instrument(span(id)).await;
            let status = match &outcome {
                Ok(()) => Status::Stopped,
                Err(error) => Status::PermanentError(error.to_string()),
            };
            set(id, status);
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
