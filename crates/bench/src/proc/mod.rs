//! What the kernel says about a process: CPU time and resident memory, from `/proc`.

#[cfg(test)]
mod tests;

use std::fs;
use std::time::Duration;

use crate::error::Error;

/// Clock ticks a second in `/proc/<pid>/stat`. Linux fixes it at 100 for user space on every
/// architecture Tollgate is built for.
const TICKS_A_SECOND: u64 = 100;

/// CPU time a process has used, all threads together, ended ones included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct CpuTime {
    /// In its own code.
    pub(crate) user: Duration,
    /// In the kernel for it.
    pub(crate) system: Duration,
}

impl CpuTime {
    /// Reads the CPU time of the process `pid`, to the clock tick (10 ms).
    pub(crate) fn of(pid: u32) -> Result<Self, Error> {
        let path = format!("/proc/{pid}/stat");
        let text = read(&path)?;
        Self::parse(&text).ok_or_else(|| Error::Failed(format!("{path} has no CPU times")))
    }

    /// Reads fields 14 and 15 (`utime`, `stime`) of a `stat` line. The name in field 2 may hold
    /// spaces and parentheses, so fields are counted from the last one closed.
    fn parse(stat: &str) -> Option<Self> {
        let (_, fields) = stat.rsplit_once(')')?;
        let mut fields = fields.split_ascii_whitespace().skip(11);
        let mut next = || Some(ticks(fields.next()?.parse().ok()?));
        Some(Self { user: next()?, system: next()? })
    }

    /// The time used since `earlier`.
    pub(crate) fn since(self, earlier: Self) -> Self {
        Self {
            user: self.user.saturating_sub(earlier.user),
            system: self.system.saturating_sub(earlier.system),
        }
    }
}

fn ticks(count: u64) -> Duration {
    Duration::from_millis(count.saturating_mul(1_000 / TICKS_A_SECOND))
}

/// Resident memory of a process, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Memory {
    /// Now (`VmRSS`).
    pub(crate) resident: u64,
    /// At most so far (`VmHWM`).
    pub(crate) peak: u64,
}

impl Memory {
    /// Reads the memory of the process `pid`.
    pub(crate) fn of(pid: u32) -> Result<Self, Error> {
        let path = format!("/proc/{pid}/status");
        let text = read(&path)?;
        Self::parse(&text).ok_or_else(|| Error::Failed(format!("{path} has no memory lines")))
    }

    fn parse(status: &str) -> Option<Self> {
        let bytes = |key| {
            let kilobytes: u64 = field(status, key)?.strip_suffix("kB")?.trim().parse().ok()?;
            kilobytes.checked_mul(1_024)
        };
        Some(Self { resident: bytes("VmRSS")?, peak: bytes("VmHWM")? })
    }
}

/// The cores this process may run on.
pub(crate) fn allowed_cores() -> Result<Vec<usize>, Error> {
    let path = "/proc/self/status";
    let text = read(path)?;
    field(&text, "Cpus_allowed_list")
        .and_then(parse_cores)
        .ok_or_else(|| Error::Failed(format!("{path} has no list of cores")))
}

/// Reads a list such as `0-3,8`.
fn parse_cores(list: &str) -> Option<Vec<usize>> {
    let mut cores = Vec::new();
    for part in list.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        cores.extend(first.parse::<usize>().ok()?..=last.parse().ok()?);
    }
    Some(cores)
}

/// The value of the line `key:` in a `status` or `cpuinfo` text.
pub(crate) fn field<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        (name.trim() == key).then(|| value.trim())
    })
}

/// Reads a file of `/proc`.
pub(crate) fn read(path: &str) -> Result<String, Error> {
    fs::read_to_string(path).map_err(Error::io(format!("read {path}")))
}
