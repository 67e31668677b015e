//! A processor that takes whole batches.

use std::sync::Arc;

use sdk::{Batch, Consumer, DynBatchProcessor, Error, Next, async_trait, telemetry::Counter};

use super::{Hop, Station};
use crate::observe::ProcessorCounters;

/// Hands batches to a processor together with what follows.
pub(crate) struct BatchNode {
    processor: Arc<dyn DynBatchProcessor>,
    incoming: Counter,
    next: Next,
}

impl BatchNode {
    pub(crate) fn new(
        processor: Arc<dyn DynBatchProcessor>,
        counters: ProcessorCounters,
        next: Hop,
    ) -> Self {
        let ProcessorCounters { incoming, outgoing } = counters;
        Self { processor, incoming, next: Next::new(Outgoing { counter: outgoing, next }) }
    }

    /// What the processor sends to, from tasks of its own as well.
    pub(crate) fn next(&self) -> Next {
        self.next.clone()
    }
}

#[async_trait]
impl Consumer for BatchNode {
    async fn consume(&self, batch: Batch) -> Result<(), Error> {
        self.incoming.add(batch.items());
        self.processor.process(batch, &self.next).await
    }

    fn is_queued(&self) -> bool {
        self.next.is_queued()
    }
}

/// What follows a processor, counted.
struct Outgoing {
    counter: Counter,
    next: Hop,
}

#[async_trait]
impl Consumer for Outgoing {
    async fn consume(&self, batch: Batch) -> Result<(), Error> {
        self.counter.add(batch.items());
        self.next.send(batch).await
    }

    fn is_queued(&self) -> bool {
        self.next.is_queued()
    }
}
