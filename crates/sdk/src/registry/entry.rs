//! A component without its types: how to read its settings and how to make it.

use std::{any::type_name, fmt, sync::Arc};

use ::config::{DecodeErrors, Error, Mode, Shape, Value};
use pdata::Signal;

use crate::{
    BatchProcessor, BuildContext, BuildError, Config, Connector, Delivery, DynBatchProcessor,
    DynConnector, DynExporter, DynExtension, DynReceiver, DynRecordProcessor, ErasedConfig,
    Exporter, Extension, Receiver, RecordProcessor, Stability,
};

/// Lays the user's settings over the defaults; errors name the keys below `path`.
type Decode = fn(&Value) -> Result<Box<dyn ErasedConfig>, DecodeErrors>;
/// Makes a component from settings that [`Decode`] of the same entry gave.
type Make<T> = fn(&dyn ErasedConfig, BuildContext) -> Result<T, BuildError>;

/// As [`Make`]; an exporter is also told which signals are used.
type MakeExporter =
    fn(&dyn ErasedConfig, &[Signal], BuildContext) -> Result<Arc<dyn DynExporter>, BuildError>;

/// What settings a component takes.
#[derive(Clone, Copy)]
pub struct About {
    /// Which keys there are, and of which kinds.
    pub shape: fn() -> Shape,
    /// The defaults.
    pub defaults: fn(Mode) -> Result<Value, Error>,
}

impl About {
    fn of<C: Config>() -> Self {
        Self {
            shape: ::config::shape::<C>,
            defaults: |mode| ::config::to_value(&C::default(), mode),
        }
    }
}

/// A receiver.
#[derive(Clone, Copy)]
#[expect(missing_docs, reason = "the same three facts as on the trait, and two functions")]
pub struct ReceiverEntry {
    pub name: &'static str,
    pub stability: Stability,
    pub signals: &'static [Signal],
    pub decode: Decode,
    pub about: About,
    pub make: Make<Box<dyn DynReceiver>>,
}

/// A processor of either shape.
#[derive(Clone, Copy)]
#[expect(missing_docs, reason = "the same three facts as on the trait, and two functions")]
pub struct ProcessorEntry {
    /// Whether `make` gives [`ProcessorShape::Record`], which is fused with its neighbours.
    pub is_record: bool,
    /// Whether it leaves out whole records by chance.
    pub samples: bool,
    /// Whether it must not stand behind one that does.
    pub needs_everything: fn(&dyn ErasedConfig) -> Result<bool, BuildError>,
    pub name: &'static str,
    pub stability: Stability,
    pub signals: &'static [Signal],
    pub decode: Decode,
    pub about: About,
    pub make: Make<ProcessorShape>,
}

/// A processor that was made.
#[derive(Clone)]
pub enum ProcessorShape {
    /// To be fused into a pass.
    Record(Arc<dyn DynRecordProcessor>),
    /// A node of its own.
    Batch(Arc<dyn DynBatchProcessor>),
}

/// An exporter.
#[derive(Clone, Copy)]
#[expect(missing_docs, reason = "the same three facts as on the trait, and its functions")]
pub struct ExporterEntry {
    pub name: &'static str,
    pub stability: Stability,
    pub signals: &'static [Signal],
    pub decode: Decode,
    pub about: About,
    /// See [`Exporter::EXCLUSIVE`].
    pub is_exclusive: bool,
    pub delivery: fn(&dyn ErasedConfig, Signal) -> Result<Delivery, BuildError>,
    pub make: MakeExporter,
}

/// A connector.
#[derive(Clone, Copy)]
#[expect(missing_docs, reason = "the same three facts as on the trait, and two functions")]
pub struct ConnectorEntry {
    pub name: &'static str,
    pub stability: Stability,
    pub pairs: &'static [(Signal, Signal)],
    pub decode: Decode,
    pub about: About,
    pub make: Make<Arc<dyn DynConnector>>,
}

/// An extension.
#[derive(Clone, Copy)]
#[expect(missing_docs, reason = "the same two facts as on the trait, and two functions")]
pub struct ExtensionEntry {
    pub name: &'static str,
    pub stability: Stability,
    pub decode: Decode,
    pub about: About,
    pub make: Make<Box<dyn DynExtension>>,
}

impl ReceiverEntry {
    pub(super) fn of<R: Receiver>() -> Self {
        Self {
            name: R::KIND,
            stability: R::STABILITY,
            signals: R::SIGNALS,
            decode: decode::<R::Config>,
            about: About::of::<R::Config>(),
            make: |config, context| Ok(Box::new(R::new(typed(config)?, context)?)),
        }
    }
}

impl ProcessorEntry {
    pub(super) fn of_record<P: RecordProcessor>() -> Self {
        Self {
            is_record: true,
            samples: P::SAMPLES,
            needs_everything: |config| Ok(P::needs_everything(&typed(config)?)),
            name: P::KIND,
            stability: P::STABILITY,
            signals: P::SIGNALS,
            decode: decode::<P::Config>,
            about: About::of::<P::Config>(),
            make: |config, context| {
                Ok(ProcessorShape::Record(Arc::new(P::new(typed(config)?, context)?)))
            },
        }
    }

    pub(super) fn of_batch<P: BatchProcessor>() -> Self {
        Self {
            is_record: false,
            samples: P::SAMPLES,
            needs_everything: |config| Ok(P::needs_everything(&typed(config)?)),
            name: P::KIND,
            stability: P::STABILITY,
            signals: P::SIGNALS,
            decode: decode::<P::Config>,
            about: About::of::<P::Config>(),
            make: |config, context| {
                Ok(ProcessorShape::Batch(Arc::new(P::new(typed(config)?, context)?)))
            },
        }
    }
}

impl ExporterEntry {
    pub(super) fn of<E: Exporter>() -> Self {
        Self {
            name: E::KIND,
            stability: E::STABILITY,
            signals: E::SIGNALS,
            decode: decode::<E::Config>,
            about: About::of::<E::Config>(),
            is_exclusive: E::EXCLUSIVE,
            delivery: |config, signal| Ok(E::delivery(&typed(config)?, signal)),
            make: |config, signals, context| {
                Ok(Arc::new(E::new(typed(config)?, signals, context)?))
            },
        }
    }
}

impl ConnectorEntry {
    pub(super) fn of<C: Connector>() -> Self {
        Self {
            name: C::KIND,
            stability: C::STABILITY,
            pairs: C::PAIRS,
            decode: decode::<C::Config>,
            about: About::of::<C::Config>(),
            make: |config, context| Ok(Arc::new(C::new(typed(config)?, context)?)),
        }
    }
}

impl ExtensionEntry {
    pub(super) fn of<E: Extension>() -> Self {
        Self {
            name: E::KIND,
            stability: E::STABILITY,
            decode: decode::<E::Config>,
            about: About::of::<E::Config>(),
            make: |config, context| Ok(Box::new(E::new(typed(config)?, context)?)),
        }
    }
}

fn decode<C: Config>(value: &Value) -> Result<Box<dyn ErasedConfig>, DecodeErrors> {
    Ok(Box::new(::config::decode::<C>(value, "")?))
}

fn typed<C: Config>(config: &dyn ErasedConfig) -> Result<C, BuildError> {
    config
        .as_any()
        .downcast_ref::<C>()
        .cloned()
        .ok_or_else(|| BuildError(format!("settings are not of type `{}`", type_name::<C>())))
}

macro_rules! debug_by_name {
    ($($entry:ty),*) => {$(
        impl fmt::Debug for $entry {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($entry), self.name)
            }
        }
    )*};
}

impl fmt::Debug for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("About")
    }
}

debug_by_name!(ReceiverEntry, ProcessorEntry, ExporterEntry, ConnectorEntry, ExtensionEntry);

impl fmt::Debug for ProcessorShape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Record(_) => "Record",
            Self::Batch(_) => "Batch",
        })
    }
}
