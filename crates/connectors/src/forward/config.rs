//! Settings of the `forward` connector: there are none.

pub use sdk::NoSettings as Config;
