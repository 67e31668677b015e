//! What is done to telemetry on its way.

use async_trait::async_trait;
use pdata::{Around, Batch, Record, RecordKinds, Signal, Verdict};

use crate::{BuildContext, BuildError, Config, Error, Next, Stability, StartError};

/// Traces, metrics and logs: what most processors handle.
const COMMON_SIGNALS: &[Signal] = &[Signal::Traces, Signal::Metrics, Signal::Logs];

/// Sees one record at a time and keeps, edits or drops it. Most processors are one of these.
///
/// Neighbouring record processors are fused by the engine into one pass: each record is opened
/// once, offered to each of them in order, and written once. There is one instance in each
/// pipeline, called from many tasks at once.
pub trait RecordProcessor: Send + Sync + Sized + 'static {
    /// The name users write in YAML; equal to the folder name.
    const KIND: &'static str;
    /// Old names that load too, with a warning.
    const ALIASES: &'static [&'static str] = &[];
    /// How settled it is.
    const STABILITY: Stability = Stability::Beta;
    /// What it can process.
    const SIGNALS: &'static [Signal] = COMMON_SIGNALS;
    /// Whether it leaves out whole records by chance, as samplers do.
    const SAMPLES: bool = false;
    /// Its settings.
    type Config: Config;

    /// Whether it must see every record, and so must not stand behind one that samples.
    fn needs_everything(_config: &Self::Config) -> bool {
        false
    }

    /// Makes the processor from settings that have no problems.
    fn new(config: Self::Config, context: BuildContext) -> Result<Self, BuildError>;

    /// Which records it wants to see; the others are not opened for it.
    fn records(&self) -> RecordKinds;

    /// Looks at one record, edits it if need be, and says whether it stays.
    fn process(&self, record: &mut Record<'_>, around: &Around<'_, '_>) -> Verdict;
}

/// [`RecordProcessor`] without its types.
pub trait DynRecordProcessor: Send + Sync {
    /// See [`RecordProcessor::records`].
    fn records(&self) -> RecordKinds;
    /// See [`RecordProcessor::process`].
    fn process(&self, record: &mut Record<'_>, around: &Around<'_, '_>) -> Verdict;
}

impl<P: RecordProcessor> DynRecordProcessor for P {
    fn records(&self) -> RecordKinds {
        RecordProcessor::records(self)
    }

    fn process(&self, record: &mut Record<'_>, around: &Around<'_, '_>) -> Verdict {
        RecordProcessor::process(self, record, around)
    }
}

/// Sees whole batches and has a handle to what follows: it may hold, split, merge or refuse them.
/// There is one instance in each pipeline.
#[async_trait]
pub trait BatchProcessor: Send + Sync + Sized + 'static {
    /// The name users write in YAML; equal to the folder name.
    const KIND: &'static str;
    /// Old names that load too, with a warning.
    const ALIASES: &'static [&'static str] = &[];
    /// How settled it is.
    const STABILITY: Stability = Stability::Beta;
    /// What it can process.
    const SIGNALS: &'static [Signal] = COMMON_SIGNALS;
    /// Whether batches may stay with it after it has answered. What one that does not hold has neither
    /// handed on nor refused when it answers counts as dropped on purpose; one that does tells
    /// [`Next::note`] what it loses and what it hands on twice.
    const HOLDS: bool = false;
    /// Whether it leaves out whole records by chance, as samplers do.
    const SAMPLES: bool = false;
    /// Its settings.
    type Config: Config;

    /// Whether it must see every record, and so must not stand behind one that samples.
    fn needs_everything(_config: &Self::Config) -> bool {
        false
    }

    /// Makes the processor from settings that have no problems. No tasks, no I/O.
    fn new(config: Self::Config, context: BuildContext) -> Result<Self, BuildError>;

    /// Starts its own tasks, if it has any.
    async fn start(&self, _next: Next) -> Result<(), StartError> {
        Ok(())
    }

    /// Takes one batch. What it answers is what the client hears.
    async fn process(&self, batch: Batch, next: &Next) -> Result<(), Error>;

    /// Hands on what it still holds. Nothing new comes once this is called.
    async fn shutdown(&self) -> Result<(), Error> {
        Ok(())
    }
}

/// [`BatchProcessor`] without its types.
#[async_trait]
pub trait DynBatchProcessor: Send + Sync {
    /// See [`BatchProcessor::HOLDS`].
    fn holds(&self) -> bool;
    /// See [`BatchProcessor::start`].
    async fn start(&self, next: Next) -> Result<(), StartError>;
    /// See [`BatchProcessor::process`].
    async fn process(&self, batch: Batch, next: &Next) -> Result<(), Error>;
    /// See [`BatchProcessor::shutdown`].
    async fn shutdown(&self) -> Result<(), Error>;
}

#[async_trait]
impl<P: BatchProcessor> DynBatchProcessor for P {
    fn holds(&self) -> bool {
        P::HOLDS
    }

    async fn start(&self, next: Next) -> Result<(), StartError> {
        BatchProcessor::start(self, next).await
    }

    async fn process(&self, batch: Batch, next: &Next) -> Result<(), Error> {
        BatchProcessor::process(self, batch, next).await
    }

    async fn shutdown(&self) -> Result<(), Error> {
        BatchProcessor::shutdown(self).await
    }
}
