//! What is done to any telemetry: one folder each, one line each below.

pub mod attributes;
pub mod resource;
mod shared;

use sdk::Registry;

/// Makes every processor in this crate known.
pub fn register(registry: &mut Registry) {
    registry.record_processor::<attributes::Attributes>().record_processor::<resource::Resource>();
}
