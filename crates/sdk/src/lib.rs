//! The plugin surface: how a component is written, configured and registered.
//!
//! Write one of the typed traits ([`RecordProcessor`], [`BatchProcessor`], [`Exporter`],
//! [`Receiver`], [`Connector`], [`Extension`]), give it a [`Config`], and name it in a [`Registry`]. The engine
//! does the rest: it decodes and checks the settings, wires the graph, counts, queues, retries and
//! drains. Read in this order: [`Config`], [`RecordProcessor`], [`Error`], [`Next`], [`Registry`].

mod build;
mod component;
mod config;
mod connector;
mod consumer;
mod delivery;
mod error;
mod exporter;
mod extension;
mod file;
mod overview;
mod processor;
mod receiver;
mod registry;
mod storage;
pub mod tap;
pub mod telemetry;

pub use self::{
    build::{BuildContext, BuildInfo, Clock, Host, HostApi, Random, Shared, Status, StatusEvent},
    component::{ComponentKind, Stability},
    config::{Config, ErasedConfig, NoSettings},
    connector::{Connector, DynConnector},
    consumer::{Consumer, Next, Note, Outputs},
    delivery::{
        BatchConfig, BatchSizer, Delivered, Delivery, Destination, PartitionConfig, QueueConfig,
        RetryConfig, Sizer,
    },
    error::{BuildError, Code, Error, GrpcStatus, Rest, StartError},
    exporter::{DynExporter, Exporter},
    extension::{Capabilities, DynExtension, Extension},
    file::{FileContent, WatchedFile},
    overview::{GateOverview, Overview, Overviews, PipelineOverview},
    processor::{BatchProcessor, DynBatchProcessor, DynRecordProcessor, RecordProcessor},
    receiver::{DynReceiver, Receiver},
    registry::{
        About, ConnectorEntry, ExporterEntry, ExtensionEntry, ProcessorEntry, ProcessorShape,
        ReceiverEntry, Registry,
    },
    storage::{Entry, OpenStore, Storage, Store},
};
// What authors meet in every signature, so that a component needs only this crate.
pub use ::config::{
    Duration, Id, MapList, Opaque, Optional, PipelineId, Problems, StringList, Value,
};
pub use async_trait::async_trait;
pub use pdata::{
    AnyValue, Around, Batch, Context, Record, RecordKind, RecordKinds, Signal, Verdict,
};
