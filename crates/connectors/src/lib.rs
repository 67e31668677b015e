//! Where one pipeline feeds another: one folder each, one line each below.

pub mod forward;

use sdk::Registry;

/// Makes every connector in this crate known.
pub fn register(registry: &mut Registry) {
    registry.connector::<forward::Forward>();
}
