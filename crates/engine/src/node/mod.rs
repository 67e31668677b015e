//! What batches run through: one file for each kind of node.
//!
//! Nodes know what follows them by its type where that is possible ([`Hop`], [`End`]), so a batch
//! goes from receiver through a pass into an exporter's queue in one future, without a virtual call
//! or an allocation between them.

mod batch_processor;
mod connector;
mod exporter;
mod fan_out;
mod pass;
mod receiver;

use std::sync::Arc;

use sdk::{Batch, Consumer, Error, Next};

pub(crate) use self::{
    batch_processor::BatchNode,
    connector::ConnectorNode,
    exporter::ExporterNode,
    fan_out::FanOut,
    pass::{Pass, Stage},
    receiver::ReceiverNode,
};
use crate::deliver::Deliver;

/// What comes after a pass: never another pass.
#[derive(Clone)]
pub(crate) enum End {
    /// The way to an exporter.
    Exporter(Arc<Deliver>),
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
            Self::Exporter(deliver) => deliver.consume(batch).await,
            Self::Other(consumer) => consumer.consume(batch).await,
        }
    }

    fn is_queued(&self) -> bool {
        match self {
            Self::Exporter(deliver) => deliver.is_queued(),
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

impl Hop {
    /// For those who know nothing of nodes.
    pub(crate) fn to_next(&self) -> Next {
        match self {
            Self::Pass(pass) => Next::shared(pass.clone()),
            Self::End(End::Exporter(deliver)) => Next::shared(deliver.clone()),
            Self::End(End::Other(consumer)) => Next::shared(consumer.clone()),
        }
    }
}
