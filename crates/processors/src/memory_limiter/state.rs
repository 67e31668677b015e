//! How much memory there is, how much is used, and whether that is too much.

use std::{
    fs,
    sync::atomic::{AtomicBool, Ordering},
};

use tikv_jemalloc_ctl::{epoch, stats};

use super::config::Limits;

/// Whether data is refused; shared by all pipelines that name the same limiter.
#[derive(Debug)]
pub(super) struct Limiter {
    limits: Limits,
    refusing: AtomicBool,
    /// Whether a task measures already.
    pub(super) watched: AtomicBool,
}

/// What a measurement changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// From now on data is refused.
    Refuse,
    /// From now on data is taken again.
    Resume,
}

impl Limiter {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, refusing: AtomicBool::new(false), watched: AtomicBool::new(false) }
    }

    pub(super) fn is_refusing(&self) -> bool {
        self.refusing.load(Ordering::Relaxed)
    }

    /// Takes a measurement.
    pub(super) fn observe(&self, used: u64) -> Option<Change> {
        let refuse = used >= self.limits.soft;
        let before = self.refusing.swap(refuse, Ordering::Relaxed);
        match (before, refuse) {
            (false, true) => Some(Change::Refuse),
            (true, false) => Some(Change::Resume),
            _ => None,
        }
    }
}

/// Bytes that the program holds, as its allocator tells; where another allocator is in use, the
/// resident memory.
pub(super) fn used() -> u64 {
    // The statistics are a snapshot that advances on demand.
    let live = epoch::advance().and_then(|_| stats::allocated::read()).unwrap_or(0) as u64;
    if live > ALLOCATOR_IN_USE { live } else { resident().unwrap_or(live) }
}

/// Less than this means that the allocator we ask is linked in but not the one in use.
const ALLOCATOR_IN_USE: u64 = 256 << 10;

fn resident() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib << 10)
}

/// Bytes of memory that this process may have: the cgroup's limit, else all there is.
pub(super) fn total() -> Option<u64> {
    let limit = |path: &str| fs::read_to_string(path).ok()?.trim().parse::<u64>().ok();
    let all = fs::read_to_string("/proc/meminfo").ok().and_then(|text| {
        let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
        line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib << 10)
    });
    // A cgroup without a limit says `max` (version 2) or a number beyond all memory (version 1).
    let cgroup = limit("/sys/fs/cgroup/memory.max")
        .or_else(|| limit("/sys/fs/cgroup/memory/memory.limit_in_bytes"));
    match (cgroup, all) {
        (Some(cgroup), Some(all)) => Some(cgroup.min(all)),
        (cgroup, all) => cgroup.or(all),
    }
}
