//! The metrics of the process itself (C§4.3).

#[cfg(target_os = "linux")]
use std::fs;

use sdk::telemetry::{FloatCounter, Gauge, Level, Telemetry};
use tokio::time::Instant;

/// How many ticks of `/proc/self/stat` make a second: fixed by the kernel's interface.
#[cfg(target_os = "linux")]
const TICKS_A_SECOND: f64 = 100.0;

/// What an allocator knows, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Heap {
    /// Allocated and not yet freed.
    pub allocated: u64,
    /// Allocated since the process began; none if the allocator does not count that.
    pub allocated_ever: Option<u64>,
    /// Taken from the system for the heap.
    pub mapped: u64,
}

/// Adds the process's metrics, read anew for each scrape. `heap` asks the allocator, which belongs
/// to the binary; `begun` is when the process began. On other systems than Linux there are no CPU
/// seconds and no resident memory.
pub fn observe_process(
    telemetry: &Telemetry,
    begun: Instant,
    heap: impl Fn() -> Heap + Send + Sync + 'static,
) {
    let counter = |name: &str, help: &str| telemetry.float_counter(Level::Basic, name, help, &[]);
    let gauge = |name: &str, help: &str| telemetry.gauge(Level::Basic, name, help, &[]);
    let uptime = counter("otelcol_process_uptime", "Uptime of the process. [Alpha]");
    let allocated = gauge(
        "otelcol_process_runtime_heap_alloc_bytes",
        "Bytes of allocated heap objects. [Alpha]",
    );
    let mapped = gauge(
        "otelcol_process_runtime_total_sys_memory_bytes",
        "Total bytes of memory obtained from the system. [Alpha]",
    );
    // Defined by the first value, so that no allocator shows a zero that is not true.
    let ever = heap().allocated_ever.map(|_| {
        counter(
            "otelcol_process_runtime_total_alloc_bytes",
            "Cumulative bytes allocated for heap objects. [Alpha]",
        )
    });
    let system = System::new(counter, gauge);
    telemetry.on_scrape(move || {
        uptime.raise_to(begun.elapsed().as_secs_f64());
        let heap = heap();
        allocated.set(clamped(heap.allocated));
        mapped.set(clamped(heap.mapped));
        if let (Some(counter), Some(bytes)) = (&ever, heap.allocated_ever) {
            counter.raise_to(bytes as f64);
        }
        system.refresh();
    });
}

fn clamped(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

/// What only the operating system knows.
struct System {
    #[cfg(target_os = "linux")]
    cpu: FloatCounter,
    #[cfg(target_os = "linux")]
    resident: Gauge,
}

#[cfg(target_os = "linux")]
impl System {
    fn new(
        counter: impl Fn(&str, &str) -> FloatCounter,
        gauge: impl Fn(&str, &str) -> Gauge,
    ) -> Self {
        Self {
            cpu: counter(
                "otelcol_process_cpu_seconds",
                "Total CPU user and system time in seconds. [Alpha]",
            ),
            resident: gauge(
                "otelcol_process_memory_rss",
                "Total physical memory (resident set size). [Alpha]",
            ),
        }
    }

    /// A file that cannot be read leaves the value as it was.
    fn refresh(&self) {
        if let Some(seconds) =
            fs::read_to_string("/proc/self/stat").ok().as_deref().and_then(cpu_seconds)
        {
            self.cpu.raise_to(seconds);
        }
        if let Some(bytes) =
            fs::read_to_string("/proc/self/status").ok().as_deref().and_then(resident_bytes)
        {
            self.resident.set(bytes);
        }
    }
}

#[cfg(not(target_os = "linux"))]
impl System {
    fn new(_: impl Fn(&str, &str) -> FloatCounter, _: impl Fn(&str, &str) -> Gauge) -> Self {
        Self {}
    }

    fn refresh(&self) {}
}

/// User and system time of all threads: fields 14 and 15 of `proc_pid_stat(5)`. The second field is
/// a name in parentheses that may itself hold spaces and parentheses.
#[cfg(target_os = "linux")]
fn cpu_seconds(stat: &str) -> Option<f64> {
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut ticks = after_name.split_ascii_whitespace().skip(11).map(str::parse::<u64>);
    let (user, system) = (ticks.next()?.ok()?, ticks.next()?.ok()?);
    Some((user + system) as f64 / TICKS_A_SECOND)
}

/// `VmRSS:   1234 kB` of `proc_pid_status(5)`.
#[cfg(target_os = "linux")]
fn resident_bytes(status: &str) -> Option<i64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: i64 = line.split_ascii_whitespace().next()?.parse().ok()?;
    kibibytes.checked_mul(1024)
}

#[cfg(test)]
mod tests;
