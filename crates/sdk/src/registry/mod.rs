//! Which components exist.

mod entry;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use self::entry::{
    About, ConnectorEntry, ExporterEntry, ExtensionEntry, ProcessorEntry, ProcessorShape,
    ReceiverEntry,
};
use crate::{
    BatchProcessor, ComponentKind, Connector, Exporter, Extension, Receiver, RecordProcessor,
};

/// Every component this binary can build, by kind and name. Explicit on purpose: what is in the
/// binary is what these calls name, in one list that can be read.
#[derive(Debug, Default)]
pub struct Registry {
    receivers: BTreeMap<&'static str, ReceiverEntry>,
    processors: BTreeMap<&'static str, ProcessorEntry>,
    exporters: BTreeMap<&'static str, ExporterEntry>,
    connectors: BTreeMap<&'static str, ConnectorEntry>,
    extensions: BTreeMap<&'static str, ExtensionEntry>,
    aliases: BTreeMap<(ComponentKind, &'static str), &'static str>,
    absent: BTreeMap<(ComponentKind, &'static str), &'static str>,
}

impl Registry {
    /// Adds a receiver. A name given twice means the later one.
    pub fn receiver<R: Receiver>(&mut self) -> &mut Self {
        self.alias(ComponentKind::Receiver, R::ALIASES, R::KIND);
        self.receivers.insert(R::KIND, ReceiverEntry::of::<R>());
        self
    }

    /// Adds a record processor. A name given twice means the later one.
    pub fn record_processor<P: RecordProcessor>(&mut self) -> &mut Self {
        self.alias(ComponentKind::Processor, P::ALIASES, P::KIND);
        self.processors.insert(P::KIND, ProcessorEntry::of_record::<P>());
        self
    }

    /// Adds a batch processor. A name given twice means the later one.
    pub fn batch_processor<P: BatchProcessor>(&mut self) -> &mut Self {
        self.alias(ComponentKind::Processor, P::ALIASES, P::KIND);
        self.processors.insert(P::KIND, ProcessorEntry::of_batch::<P>());
        self
    }

    /// Adds an exporter. A name given twice means the later one.
    pub fn exporter<E: Exporter>(&mut self) -> &mut Self {
        self.alias(ComponentKind::Exporter, E::ALIASES, E::KIND);
        self.exporters.insert(E::KIND, ExporterEntry::of::<E>());
        self
    }

    /// Adds a connector. A name given twice means the later one.
    pub fn connector<C: Connector>(&mut self) -> &mut Self {
        self.alias(ComponentKind::Connector, C::ALIASES, C::KIND);
        self.connectors.insert(C::KIND, ConnectorEntry::of::<C>());
        self
    }

    /// Adds an extension. A name given twice means the later one.
    pub fn extension<E: Extension>(&mut self) -> &mut Self {
        self.alias(ComponentKind::Extension, E::ALIASES, E::KIND);
        self.extensions.insert(E::KIND, ExtensionEntry::of::<E>());
        self
    }

    /// Says what to do instead of components that are known elsewhere and are not here.
    pub fn absent(
        &mut self,
        kind: ComponentKind,
        names: &[&'static str],
        advice: &'static str,
    ) -> &mut Self {
        self.absent.extend(names.iter().map(|name| ((kind, *name), advice)));
        self
    }

    /// What to do instead of a component that is not here; none for a name nobody knows.
    pub fn instead_of(&self, kind: ComponentKind, name: &str) -> Option<&'static str> {
        let mut known = self.absent.iter();
        known.find(|((of, absent), _)| *of == kind && *absent == name).map(|(_, advice)| *advice)
    }

    /// The receiver of that name, old names included.
    pub fn find_receiver(&self, name: &str) -> Option<&ReceiverEntry> {
        self.receivers.get(self.current_name(ComponentKind::Receiver, name))
    }

    /// The processor of that name, old names included.
    pub fn find_processor(&self, name: &str) -> Option<&ProcessorEntry> {
        self.processors.get(self.current_name(ComponentKind::Processor, name))
    }

    /// The exporter of that name, old names included.
    pub fn find_exporter(&self, name: &str) -> Option<&ExporterEntry> {
        self.exporters.get(self.current_name(ComponentKind::Exporter, name))
    }

    /// The connector of that name, old names included.
    pub fn find_connector(&self, name: &str) -> Option<&ConnectorEntry> {
        self.connectors.get(self.current_name(ComponentKind::Connector, name))
    }

    /// The extension of that name, old names included.
    pub fn find_extension(&self, name: &str) -> Option<&ExtensionEntry> {
        self.extensions.get(self.current_name(ComponentKind::Extension, name))
    }

    /// The name a component has now; different from `name` only when that one is an old name.
    pub fn current_name<'a>(&self, kind: ComponentKind, name: &'a str) -> &'a str {
        // The tuple key needs a static name, so the lookup walks; there are a few dozen at most.
        self.aliases
            .iter()
            .find(|((of, old), _)| *of == kind && *old == name)
            .map_or(name, |(_, current)| *current)
    }

    /// Names of one kind with how settled each is, by name; old names left out.
    pub fn names(&self, kind: ComponentKind) -> Vec<&'static str> {
        match kind {
            ComponentKind::Receiver => self.receivers.keys().copied().collect(),
            ComponentKind::Processor => self.processors.keys().copied().collect(),
            ComponentKind::Exporter => self.exporters.keys().copied().collect(),
            ComponentKind::Connector => self.connectors.keys().copied().collect(),
            ComponentKind::Extension => self.extensions.keys().copied().collect(),
        }
    }

    /// Names of one kind that load, old names included.
    pub fn all_names(&self, kind: ComponentKind) -> Vec<&'static str> {
        let old = self.aliases.keys().filter(|(of, _)| *of == kind).map(|(_, old)| *old);
        self.names(kind).into_iter().chain(old).collect()
    }

    /// What settings a component takes; old names included.
    pub fn about(&self, kind: ComponentKind, name: &str) -> Option<About> {
        match kind {
            ComponentKind::Receiver => self.find_receiver(name).map(|entry| entry.about),
            ComponentKind::Processor => self.find_processor(name).map(|entry| entry.about),
            ComponentKind::Exporter => self.find_exporter(name).map(|entry| entry.about),
            ComponentKind::Connector => self.find_connector(name).map(|entry| entry.about),
            ComponentKind::Extension => self.find_extension(name).map(|entry| entry.about),
        }
    }

    fn alias(&mut self, kind: ComponentKind, old: &'static [&'static str], current: &'static str) {
        for name in old {
            self.aliases.insert((kind, name), current);
        }
    }
}
