//! What a graph is made of. Parts are shared by the graphs before and after a reload where they go on.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Weak,
        atomic::{AtomicU8, Ordering},
    },
};

use sdk::{
    DynBatchProcessor, DynConnector, DynExtension, DynReceiver, DynRecordProcessor, Id, Next,
    Outputs, PipelineId, Signal,
};
use tokio::sync::Mutex;

use crate::{
    node::{BatchNode, Door, ExporterNode, OldWay, ReceiverNode},
    plan::PipelinePlan,
};

/// Every instance of the pipelines, wired.
#[derive(Default)]
pub(crate) struct Graph {
    pub(crate) receivers: Vec<Arc<Receiver>>,
    /// In the order of the plan: each before those it feeds.
    pub(crate) pipelines: Vec<Pipeline>,
    pub(crate) connectors: BTreeMap<Id, Arc<Connector>>,
    pub(crate) exporters: BTreeMap<Id, Arc<Exporter>>,
    /// What puts the parts that go on onto the rails of this graph; empty unless it takes another's place.
    pub(crate) rails: Vec<Rail>,
}

/// Puts a part that goes on onto new rails.
pub(crate) type Rail = Box<dyn FnOnce() -> OldWay + Send + Sync>;

/// Parts by their addresses.
pub(crate) type Parts = BTreeSet<usize>;

/// Whether the start of a part was tried, so that it has to be stopped.
#[derive(Debug, Default)]
pub(crate) struct Begun(AtomicU8);

/// How far a part is.
const OFF: u8 = 0;
const ON: u8 = 1;
const FAILED: u8 = 2;

/// An exporter with the ways to it.
pub(crate) struct Exporter {
    pub(crate) node: ExporterNode,
    /// Whether it cannot run beside the one whose place it takes.
    pub(crate) is_exclusive: bool,
    /// Whose place it takes.
    pub(crate) elder: Option<Weak<Self>>,
    pub(crate) begun: Begun,
}

/// A receiver and what it feeds.
pub(crate) struct Receiver {
    pub(crate) id: Id,
    pub(crate) receiver: Mutex<Box<dyn DynReceiver>>,
    pub(crate) nodes: BTreeMap<Signal, Arc<ReceiverNode>>,
    pub(crate) begun: Begun,
}

/// The parts of a pipeline that are more than wiring.
pub(crate) struct Pipeline {
    pub(crate) plan: PipelinePlan,
    /// Batch processors in order. They have a life of their own.
    pub(crate) processors: Vec<Arc<Processor>>,
    /// Record processors in order. They have state at most.
    pub(crate) records: Vec<(Id, Arc<dyn DynRecordProcessor>)>,
}

/// A batch processor and what it feeds.
pub(crate) struct Processor {
    pub(crate) id: Id,
    pub(crate) processor: Arc<dyn DynBatchProcessor>,
    pub(crate) node: Arc<BatchNode>,
    pub(crate) begun: Begun,
}

/// A connector and what it feeds.
pub(crate) struct Connector {
    pub(crate) connector: Arc<dyn DynConnector>,
    pub(crate) doors: Doors,
    /// Pipelines that end in it.
    pub(crate) from: Vec<PipelineId>,
    pub(crate) begun: Begun,
}

/// What a connector's own tasks send to.
#[derive(Default)]
pub(crate) struct Doors {
    pub(crate) all: BTreeMap<Signal, Arc<Door>>,
    pub(crate) each: BTreeMap<PipelineId, Arc<Door>>,
}

/// An extension and those it needs.
pub(crate) struct Extension {
    pub(crate) id: Id,
    pub(crate) needs: Vec<Id>,
    pub(crate) extension: Mutex<Box<dyn DynExtension>>,
    pub(crate) begun: Begun,
}

impl Begun {
    /// Notes that it begins; false if it runs.
    pub(crate) fn begin(&self) -> bool {
        self.0.swap(ON, Ordering::AcqRel) != ON
    }

    /// Notes that it did not start. It has to be stopped all the same, before it may begin again.
    pub(crate) fn fail(&self) {
        self.0.store(FAILED, Ordering::Release);
    }

    /// Notes that it ends; false if it had not begun.
    pub(crate) fn end(&self) -> bool {
        self.0.swap(OFF, Ordering::AcqRel) != OFF
    }

    /// Whether it has begun, and did not fail.
    pub(crate) fn is_on(&self) -> bool {
        self.0.load(Ordering::Acquire) == ON
    }

    /// Whether it has begun and failed.
    pub(crate) fn has_failed(&self) -> bool {
        self.0.load(Ordering::Acquire) == FAILED
    }
}

impl Graph {
    /// What it consists of.
    pub(crate) fn parts(&self) -> Parts {
        let receivers = self.receivers.iter().map(address);
        let processors =
            self.pipelines.iter().flat_map(|pipeline| &pipeline.processors).map(address);
        let connectors = self.connectors.values().map(address);
        let exporters = self.exporters.values().map(address);
        receivers.chain(processors).chain(connectors).chain(exporters).collect()
    }
}

/// What tells a part from all others while both are there.
pub(crate) fn address<T>(part: &Arc<T>) -> usize {
    Arc::as_ptr(part).addr()
}

impl Exporter {
    /// The exporter whose place it takes, while that is there.
    pub(crate) fn elder(&self) -> Option<Arc<Self>> {
        self.elder.as_ref().and_then(Weak::upgrade)
    }
}

impl Receiver {
    /// What the receiver sees of what it feeds.
    pub(crate) fn outputs(&self) -> Outputs {
        let nodes = self.nodes.iter();
        let all = nodes.map(|(signal, node)| (*signal, Next::shared(node.clone())));
        Outputs::new(all.collect(), BTreeMap::new())
    }
}

impl Connector {
    /// What the connector sees of what it feeds.
    pub(crate) fn outputs(&self) -> Outputs {
        let all = self.doors.all.iter().map(|(signal, door)| (*signal, Next::shared(door.clone())));
        let each =
            self.doors.each.iter().map(|(id, door)| (id.clone(), Next::shared(door.clone())));
        Outputs::new(all.collect(), each.collect())
    }
}
