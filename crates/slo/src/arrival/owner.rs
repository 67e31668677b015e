//! Which replica judges a trace.

use super::seen::mix;

/// The replica, of `replicas`, that judges the trace: the one with the highest score for it. When
/// replicas come or go, only the traces of those that did are moved. `None` without replicas.
#[must_use]
pub fn owner(trace_id: &[u8], replicas: u32) -> Option<u32> {
    let trace = trace_id.iter().fold(0, |hash, byte| mix(hash ^ u64::from(*byte)));
    (0..replicas).max_by_key(|replica| mix(trace ^ mix(u64::from(*replica) + 1)))
}
