//! What is done to the telemetry of AI agents: one folder each, one line each below.
//!
//! This crate uses only `sdk`, `pdata` and the pure crates, as anyone outside could.

use sdk::Registry;

/// Makes every processor in this crate known.
pub fn register(registry: &mut Registry) {
    let _ = registry;
}
