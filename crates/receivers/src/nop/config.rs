//! The `nop` receiver has no settings.

pub use sdk::NoSettings as Config;
