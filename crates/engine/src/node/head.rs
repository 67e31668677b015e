//! Where batches enter a pipeline.

use std::sync::Arc;

use sdk::{Batch, Consumer, Error, Next, async_trait, tap::Edge};

use super::{FanOut, Hop, Station};
use crate::ledger::PipelineAccount;

/// The begin of a pipeline: from here on its account follows the items.
#[derive(Clone)]
pub(crate) struct Head {
    account: Arc<PipelineAccount>,
    edge: Arc<Edge>,
    next: Hop,
}

/// What a receiver or a connector sends to: the pipelines of one signal.
#[derive(Clone)]
pub(crate) enum Entrance {
    /// A single pipeline.
    One(Head),
    /// Several of them, or none.
    Several(Arc<FanOut<Head>>),
}

impl Head {
    pub(crate) fn new(account: Arc<PipelineAccount>, edge: Arc<Edge>, next: Hop) -> Self {
        Self { account, edge, next }
    }
}

impl Station for Head {
    async fn send(&self, batch: Batch) -> Result<(), Error> {
        self.edge.show(&batch);
        let entered = self.account.enter(batch.items());
        self.next.send(batch).await?;
        entered.taken();
        Ok(())
    }

    fn is_queued(&self) -> bool {
        Station::is_queued(&self.next)
    }
}

impl Entrance {
    /// One of several pipelines as it is, all behind a fan-out.
    pub(crate) fn new(mut heads: Vec<Head>) -> Self {
        match (heads.len(), heads.pop()) {
            (1, Some(only)) => Self::One(only),
            (_, last) => {
                let heads = heads.into_iter().chain(last).collect();
                Self::Several(Arc::new(FanOut::new(heads, None)))
            }
        }
    }

    /// For those who know nothing of nodes.
    pub(crate) fn to_next(&self) -> Next {
        Next::new(self.clone())
    }
}

impl Station for Entrance {
    async fn send(&self, batch: Batch) -> Result<(), Error> {
        match self {
            Self::One(head) => head.send(batch).await,
            Self::Several(heads) => heads.consume(batch).await,
        }
    }

    fn is_queued(&self) -> bool {
        match self {
            Self::One(head) => head.is_queued(),
            Self::Several(heads) => heads.is_queued(),
        }
    }
}

#[async_trait]
impl Consumer for Entrance {
    async fn consume(&self, batch: Batch) -> Result<(), Error> {
        self.send(batch).await
    }

    fn is_queued(&self) -> bool {
        Station::is_queued(self)
    }
}
