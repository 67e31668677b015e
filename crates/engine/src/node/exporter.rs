//! Where telemetry leaves the graph: one exporter, and a way to it for each signal.

use std::{collections::BTreeMap, sync::Arc};

use futures_util::future::join_all;
use sdk::{DynExporter, Error, Id, Signal, StartError};

use crate::deliver::Deliver;

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

    /// Who keeps its queues.
    pub(crate) fn storages(&self) -> impl Iterator<Item = &Id> {
        self.delivers.values().filter_map(|deliver| deliver.storage())
    }

    /// Starts the exporter, then what feeds it. A queue on disk goes on with the store of the elder's, the
    /// exporter whose place this one takes.
    pub(crate) async fn start(&self, elder: Option<&Self>) -> Result<(), StartError> {
        self.exporter.start().await?;
        for (signal, deliver) in &self.delivers {
            if let Some(old) = elder.and_then(|elder| elder.deliver(*signal)) {
                deliver.share_disk(old);
            }
            deliver.start().await?;
        }
        Ok(())
    }

    /// Lets an heir take over the signals that both have.
    pub(crate) fn succeed(&self, heir: &Self) {
        for (signal, old) in &self.delivers {
            if let Some(new) = heir.deliver(*signal) {
                old.succeed(new);
            }
        }
    }

    /// Stops the exporter while what it would send waits; [`ExporterNode::release`] ends that.
    pub(crate) async fn hold(&self) -> Result<(), Error> {
        join_all(self.delivers.values().map(|deliver| deliver.hold())).await;
        self.exporter.shutdown().await
    }

    /// What waits goes on.
    pub(crate) fn release(&self) {
        self.delivers.values().for_each(|deliver| deliver.release());
    }

    /// Returns when everything it was given has ended, in its time, or is in the hands of an heir.
    pub(crate) async fn finish(&self) {
        join_all(self.delivers.values().map(|deliver| deliver.leave())).await;
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
