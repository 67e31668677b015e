//! Where one pipeline ends in a connector.

use std::sync::Arc;

use sdk::{Batch, Consumer, DynConnector, Error, Outputs, async_trait, tap::Edge};

use crate::ledger::Passage;

/// Hands batches of one signal to a connector together with the pipelines they may go to.
pub(crate) struct ConnectorNode {
    connector: Arc<dyn DynConnector>,
    outputs: Outputs,
    passage: Passage,
    edge: Arc<Edge>,
}

impl ConnectorNode {
    pub(crate) fn new(
        connector: Arc<dyn DynConnector>,
        outputs: Outputs,
        passage: Passage,
        edge: Arc<Edge>,
    ) -> Self {
        Self { connector, outputs, passage, edge }
    }
}

#[async_trait]
impl Consumer for ConnectorNode {
    async fn consume(&self, batch: Batch) -> Result<(), Error> {
        self.edge.show(&batch);
        let items = batch.items();
        self.connector.consume(batch, &self.outputs).await?;
        self.passage.pass(items);
        Ok(())
    }

    fn is_queued(&self) -> bool {
        self.outputs.is_queued()
    }
}
