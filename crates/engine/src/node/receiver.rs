//! Where a receiver's batches enter the graph.

use sdk::{Batch, Consumer, Error, async_trait};

use super::{Entrance, Station, Switch};
use crate::observe::ReceiverCounters;

/// Counts what a receiver sends, and hands it on.
pub(crate) struct ReceiverNode {
    counters: ReceiverCounters,
    next: Switch<Entrance>,
}

impl ReceiverNode {
    pub(crate) fn new(counters: ReceiverCounters, next: Entrance) -> Self {
        Self { counters, next: Switch::new(next) }
    }

    /// What it sends to.
    pub(crate) fn next(&self) -> &Switch<Entrance> {
        &self.next
    }
}

#[async_trait]
impl Consumer for ReceiverNode {
    async fn consume(&self, batch: Batch) -> Result<(), Error> {
        let (transport, items) = (batch.context().transport, batch.items());
        let outcome = self.next.get().send(batch).await;
        self.counters.count(transport, items, outcome.is_ok());
        outcome
    }

    fn is_queued(&self) -> bool {
        Station::is_queued(&*self.next.get())
    }
}
