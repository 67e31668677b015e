//! Everything this binary can build: one line for each kind of component.

use sdk::Registry;

use crate::absent;

/// The components in this binary.
pub(crate) fn registry() -> Registry {
    let mut registry = Registry::default();
    receivers::register(&mut registry);
    processors::register(&mut registry);
    agent_processors::register(&mut registry);
    exporters::register(&mut registry);
    connectors::register(&mut registry);
    extensions::register(&mut registry);
    absent::register(&mut registry);
    registry
}
