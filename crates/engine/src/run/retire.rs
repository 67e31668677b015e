//! What leaves a running service ends in its time, beside what has taken its place.

use std::time::Duration;

use futures_util::future::join_all;
use sdk::ComponentKind;
use tokio::{select, sync::watch, time::sleep};
use tracing::{Instrument as _, error};

use super::{extensions::Extensions, pipelines::Life};
use crate::{
    build::{Graph, Parts, Surroundings, address},
    node::OldWay,
};

/// How often it is looked whether batches are still on an old way.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// A graph whose place another one has taken.
pub(super) struct Leaving {
    pub(super) graph: Graph,
    pub(super) extensions: Extensions,
    /// Its part of the own metrics ends with it.
    pub(super) surroundings: Surroundings,
    /// What goes on, of the graph and of the extensions.
    pub(super) stays: (Parts, Parts),
    /// What led into it from what goes on.
    pub(super) ways: Vec<OldWay>,
}

impl Leaving {
    /// Closes ports: receivers, extensions, exporters that listen.
    pub(super) async fn close(&self) {
        let mut errors = Vec::new();
        self.graph.shutdown_receivers(None, &self.stays.0, &mut errors).await;
        let exporters = self.graph.exporters.values();
        for exporter in exporters.filter(|exporter| !self.stays.0.contains(&address(exporter))) {
            if exporter.is_exclusive && exporter.begun.end() {
                errors.extend(exporter.node.hold().await.err().map(|error| error.to_string()));
            }
        }
        self.extensions.shutdown(None, &self.stays.1, &mut errors).await;
        tell(&errors);
    }

    /// Receivers first, then, when nothing is on its way any more, processors and connectors in the order
    /// of the data, then exporters as soon as nothing needs them. Those without an heir send what they
    /// have, with all retries, unless there is no time.
    pub(super) async fn end(self, hurry: watch::Receiver<bool>) {
        let Self { graph, extensions, surroundings, stays: (stays, other_stays), ways } = self;
        let mut errors = Vec::new();
        graph.shutdown_receivers(None, &stays, &mut errors).await;
        while ways.iter().any(OldWay::is_used) {
            sleep(LOOK_EVERY).await;
        }
        graph.shutdown_pipelines(None, &stays, &mut errors).await;
        let leaving =
            graph.exporters.iter().filter(|(_, exporter)| !stays.contains(&address(exporter)));
        let ended = leaving.map(|(id, exporter)| {
            let mut hurry = hurry.clone();
            let life = Life::new(None, ComponentKind::Exporter, id);
            let span = life.span();
            let end = async move {
                let mut errors = Vec::new();
                let no_time = async { drop(hurry.wait_for(|hurry| *hurry).await) };
                select! {
                    biased;
                    () = exporter.node.finish() => {}
                    () = no_time => exporter.node.drain().await,
                }
                if exporter.begun.end() {
                    life.shutdown(exporter.node.shutdown(), &mut errors).await;
                }
                errors
            };
            end.instrument(span)
        });
        errors.extend(join_all(ended).await.into_iter().flatten());
        extensions.shutdown(None, &other_stays, &mut errors).await;
        tell(&errors);
        drop(surroundings);
    }
}

/// Logs what did not stop cleanly.
pub(super) fn tell(errors: &[String]) {
    if !errors.is_empty() {
        error!(error = errors.join("; "), "service did not stop cleanly");
    }
}
