//! The plugin surface: how a component is written, configured and registered.
