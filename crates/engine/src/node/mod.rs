//! What batches run through: one file for each kind of node.
//!
//! Nodes know what follows them by its type where that is possible ([`Hop`], [`End`]), so a batch
//! goes from receiver through a pass into an exporter's queue in one future, without a virtual call
//! or an allocation between them.

mod batch_processor;
mod connector;
mod exporter;
mod fan_out;
mod head;
mod pass;
mod receiver;
mod switch;

use std::sync::Arc;

use sdk::{Batch, Consumer, Error, tap::Edge};

pub(crate) use self::{
    batch_processor::BatchNode,
    connector::ConnectorNode,
    exporter::ExporterNode,
    fan_out::FanOut,
    head::{Entrance, Head},
    pass::{Pass, Stage},
    receiver::ReceiverNode,
    switch::{Door, OldWay, Switch},
};
use crate::{deliver::Deliver, ledger::Passage};

/// What comes after a pass: never another pass.
#[derive(Clone)]
pub(crate) enum End {
    /// The way to an exporter, where it is counted what that takes over, and where it can be seen.
    Exporter(Arc<Deliver>, Passage, Arc<Edge>),
    /// A batch processor, a connector, or several of anything.
    Other(Arc<dyn Consumer>),
}

/// What comes after a receiver, a batch processor or a connector.
#[derive(Clone)]
pub(crate) enum Hop {
    /// Fused record processors.
    Pass(Arc<Pass>),
    /// Anything else.
    End(End),
}

/// Takes batches without a virtual call.
pub(crate) trait Station: Send + Sync + 'static {
    /// See [`Consumer::consume`].
    fn send(&self, batch: Batch) -> impl Future<Output = Result<(), Error>> + Send;

    /// See [`Consumer::is_queued`].
    fn is_queued(&self) -> bool;
}

impl Station for End {
    async fn send(&self, batch: Batch) -> Result<(), Error> {
        match self {
            Self::Exporter(deliver, passage, edge) => {
                edge.show(&batch);
                let items = batch.items();
                deliver.consume(batch).await?;
                passage.pass(items);
                Ok(())
            }
            Self::Other(consumer) => consumer.consume(batch).await,
        }
    }

    fn is_queued(&self) -> bool {
        match self {
            Self::Exporter(deliver, ..) => deliver.is_queued(),
            Self::Other(consumer) => consumer.is_queued(),
        }
    }
}

impl Station for Hop {
    async fn send(&self, batch: Batch) -> Result<(), Error> {
        match self {
            Self::Pass(pass) => pass.send(batch).await,
            Self::End(end) => end.send(batch).await,
        }
    }

    fn is_queued(&self) -> bool {
        match self {
            Self::Pass(pass) => pass.is_queued(),
            Self::End(end) => end.is_queued(),
        }
    }
}
