//! How a batch travels from one part of a pipeline to the next.

use std::{collections::BTreeMap, fmt, sync::Arc};

use async_trait::async_trait;
use pdata::{Batch, Signal};

use crate::{Error, PipelineId};

/// Whatever takes batches: a pass of processors, a fan-out, a queue.
#[async_trait]
pub trait Consumer: Send + Sync {
    /// Takes a batch. Success means that the batch is where the config says it must be: delivered,
    /// on disk, or in a queue.
    async fn consume(&self, batch: Batch) -> Result<(), Error>;

    /// Whether success means kept in queues, which are emptied before a stop, on every way from here,
    /// rather than delivered. Whoever holds batches back can then answer early and lose no more than
    /// a queue would; nobody queues unless it says so.
    fn is_queued(&self) -> bool {
        false
    }

    /// Hears what a processor that holds batches tells the loss ledger.
    fn note(&self, _: Note) {}
}

/// What a processor that holds batches ([`crate::BatchProcessor::HOLDS`]) knows alone, in items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    /// Given up, although a client was told that they are taken.
    Lost(usize),
    /// Handed on, although whoever sent them was refused or did not wait for the answer.
    Copied(usize),
}

/// A handle to what follows. Cloning shares it.
#[derive(Clone)]
pub struct Next(Arc<dyn Consumer>);

impl Next {
    /// Wraps a consumer.
    pub fn new(consumer: impl Consumer + 'static) -> Self {
        Self(Arc::new(consumer))
    }

    /// Wraps a consumer that is shared with others.
    pub fn shared(consumer: Arc<dyn Consumer>) -> Self {
        Self(consumer)
    }

    /// Hands a batch on and waits for the answer.
    ///
    /// # Errors
    ///
    /// The batch was not taken; [`Error`] says whether trying again makes sense.
    pub async fn send(&self, batch: Batch) -> Result<(), Error> {
        self.0.consume(batch).await
    }

    /// See [`Consumer::is_queued`].
    pub fn is_queued(&self) -> bool {
        self.0.is_queued()
    }

    /// Tells the loss ledger; see [`Note`].
    pub fn note(&self, note: Note) {
        self.0.note(note);
    }
}

impl fmt::Debug for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Next")
    }
}

/// Where a receiver or connector sends what it has.
#[derive(Clone, Debug, Default)]
pub struct Outputs {
    all: BTreeMap<Signal, Next>,
    pipelines: BTreeMap<PipelineId, Next>,
}

impl Outputs {
    /// For the engine and tests: `all` reaches every pipeline of a signal, `pipelines` each alone.
    pub fn new(all: BTreeMap<Signal, Next>, pipelines: BTreeMap<PipelineId, Next>) -> Self {
        Self { all, pipelines }
    }

    /// Every pipeline of this signal that listens; none when nobody does.
    pub fn get(&self, signal: Signal) -> Option<&Next> {
        self.all.get(&signal)
    }

    /// One pipeline, for connectors that choose.
    pub fn pipeline(&self, id: &PipelineId) -> Option<&Next> {
        self.pipelines.get(id)
    }

    /// Whether success means kept in a queue, whichever pipeline it is; see [`Consumer::is_queued`].
    pub fn is_queued(&self) -> bool {
        self.all.values().all(Next::is_queued)
    }

    /// The signals somebody listens to.
    pub fn signals(&self) -> impl Iterator<Item = Signal> {
        self.all.keys().copied()
    }

    /// The pipelines that listen.
    pub fn pipelines(&self) -> impl Iterator<Item = &PipelineId> {
        self.pipelines.keys()
    }
}
