//! The five kinds of registry entries, alike for reading their settings.

use config::Value;
use sdk::{
    ComponentKind, ConnectorEntry, ErasedConfig, ExporterEntry, ExtensionEntry, ProcessorEntry,
    ReceiverEntry, Registry,
};

/// What the five kinds of registry entries have in common.
pub(super) trait Entry: Copy {
    const KIND: ComponentKind;
    fn find<'r>(registry: &'r Registry, name: &str) -> Option<&'r Self>;
    fn decode(&self, value: &Value) -> Result<Box<dyn ErasedConfig>, config::DecodeErrors>;
    fn name(&self) -> &'static str;
}

macro_rules! entry {
    ($entry:ty, $kind:ident, $find:ident) => {
        impl Entry for $entry {
            const KIND: ComponentKind = ComponentKind::$kind;

            fn find<'r>(registry: &'r Registry, name: &str) -> Option<&'r Self> {
                registry.$find(name)
            }

            fn decode(&self, value: &Value) -> Result<Box<dyn ErasedConfig>, config::DecodeErrors> {
                (self.decode)(value)
            }

            fn name(&self) -> &'static str {
                self.name
            }
        }
    };
}

entry!(ReceiverEntry, Receiver, find_receiver);
entry!(ProcessorEntry, Processor, find_processor);
entry!(ExporterEntry, Exporter, find_exporter);
entry!(ConnectorEntry, Connector, find_connector);
entry!(ExtensionEntry, Extension, find_extension);
