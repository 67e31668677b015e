//! The `nop` exporter has no settings.

pub use sdk::NoSettings as Config;
