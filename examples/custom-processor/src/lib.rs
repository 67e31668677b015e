//! A processor written outside of Tollgate: CONTRIBUTING.md's six steps, with `sdk` alone.

pub mod drop_debug_logs;

use sdk::Registry;

/// Makes the processors of this crate known; a binary calls this beside Tollgate's own.
pub fn register(registry: &mut Registry) {
    registry.record_processor::<drop_debug_logs::DropDebugLogs>();
}
