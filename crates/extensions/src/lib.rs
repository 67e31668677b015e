//! What runs beside the pipelines: one folder each, one line each below.

pub mod file_storage;
pub mod health_check;

use sdk::Registry;

/// Makes every component in this crate known.
pub fn register(registry: &mut Registry) {
    registry.extension::<file_storage::FileStorage>();
    registry.extension::<health_check::HealthCheck>();
}
