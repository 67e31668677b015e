//! Where telemetry leaves the graph: one exporter, and a way to it for each signal.

use std::{collections::BTreeMap, sync::Arc};

use futures_util::future::join_all;
use sdk::{DynExporter, Error, Signal, StartError};

use crate::{deliver::Deliver, ledger::Account};

/// An exporter in use.
pub(crate) struct ExporterNode {
    exporter: Arc<dyn DynExporter>,
    delivers: BTreeMap<Signal, Arc<Deliver>>,
}

impl ExporterNode {
    pub(crate) fn new(
        exporter: Arc<dyn DynExporter>,
        delivers: BTreeMap<Signal, Arc<Deliver>>,
    ) -> Self {
        Self { exporter, delivers }
    }

    /// The way to it for batches of a signal.
    pub(crate) fn deliver(&self, signal: Signal) -> Option<&Arc<Deliver>> {
        self.delivers.get(&signal)
    }

    /// The loss ledger of each signal.
    pub(crate) fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.delivers.values().map(|deliver| deliver.account())
    }

    /// Starts the exporter, then what feeds it.
    pub(crate) async fn start(&self) -> Result<(), StartError> {
        self.exporter.start().await?;
        for deliver in self.delivers.values() {
            deliver.start().await?;
        }
        Ok(())
    }

    /// Empties the queues of all signals at the same time.
    pub(crate) async fn drain(&self) {
        join_all(self.delivers.values().map(|deliver| deliver.drain())).await;
    }

    /// Closes the exporter, once its queues are empty.
    pub(crate) async fn shutdown(&self) -> Result<(), Error> {
        self.exporter.shutdown().await
    }
}
