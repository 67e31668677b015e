//! Where one pipeline feeds another: one folder each, one line each below.

pub mod agent_metrics;
pub mod forward;

use sdk::Registry;

/// Makes every connector in this crate known.
pub fn register(registry: &mut Registry) {
    registry.connector::<agent_metrics::AgentMetrics>();
    registry.connector::<forward::Forward>();
}
