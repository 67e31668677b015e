//! What is done to any telemetry: one folder each, one line each below.

pub mod attributes;
pub mod batch;
pub mod memory_limiter;
pub mod resource;
mod shared;

use sdk::Registry;

/// Makes every processor in this crate known.
pub fn register(registry: &mut Registry) {
    registry
        .record_processor::<attributes::Attributes>()
        .batch_processor::<batch::BatchRecords>()
        .batch_processor::<memory_limiter::MemoryLimiter>()
        .record_processor::<resource::Resource>();
}
