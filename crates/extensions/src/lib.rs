//! What runs beside the pipelines: one folder each, one line each below.

pub mod health_check;

use sdk::Registry;

/// Makes every component in this crate known.
pub fn register(registry: &mut Registry) {
    registry.extension::<health_check::HealthCheck>();
}
