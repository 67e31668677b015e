//! How much memory the process has.

use std::fs;

use tikv_jemalloc_ctl::{epoch, stats};

/// Less than this means that the allocator we ask is linked in but not the one in use.
const ALLOCATOR_IN_USE: u64 = 256 << 10;

/// Bytes that the program holds, as its allocator tells; where another allocator is in use, the
/// resident memory; 0 where nobody can tell.
#[must_use]
pub fn used() -> u64 {
    // The statistics are a snapshot that advances on demand.
    let live = epoch::advance().and_then(|_| stats::allocated::read()).unwrap_or(0) as u64;
    if live > ALLOCATOR_IN_USE { live } else { resident().unwrap_or(live) }
}

fn resident() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib << 10)
}
