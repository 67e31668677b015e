use std::time::Duration;

use super::{CpuTime, Memory, field, parse_cores};

const STAT: &str = "4242 (otel (col) x) S 1 4242 4242 0 -1 4194560 9001 0 12 0 731 69 0 0 20 0 9 0 \
                    88123 1320000000 14000 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 1 0 0";
const STATUS: &str = "Name:\totelcol\nVmPeak:\t 1290000 kB\nVmHWM:\t   61440 kB\nVmRSS:\t   51200 \
                      kB\nThreads:\t9\nCpus_allowed_list:\t0-1\n";

#[test]
fn reads_cpu_time_behind_a_name_with_parentheses() {
    let expected =
        CpuTime { user: Duration::from_millis(7_310), system: Duration::from_millis(690) };
    assert_eq!(CpuTime::parse(STAT), Some(expected));
}

#[test]
fn refuses_a_stat_line_that_ends_early() {
    for stat in ["", "1 (a", "1 (a) S 1 2 3", "1 (a) S 1 1 1 0 -1 0 0 0 0 0 x y"] {
        assert_eq!(CpuTime::parse(stat), None, "{stat}");
    }
}

#[test]
fn subtracts_cpu_times() {
    let time = |user, system| CpuTime {
        user: Duration::from_millis(user),
        system: Duration::from_millis(system),
    };
    assert_eq!(time(70, 30).since(time(20, 10)), time(50, 20));
}

#[test]
fn reads_memory_in_bytes() {
    assert_eq!(Memory::parse(STATUS), Some(Memory { resident: 52_428_800, peak: 62_914_560 }));
    assert_eq!(Memory::parse("VmRSS:\t1 kB\n"), None);
}

#[test]
fn reads_lists_of_cores() {
    assert_eq!(parse_cores("0-2,8"), Some(vec![0, 1, 2, 8]));
    assert_eq!(parse_cores("3"), Some(vec![3]));
    assert_eq!(parse_cores("a-b"), None);
    assert_eq!(field(STATUS, "Cpus_allowed_list"), Some("0-1"));
}

#[cfg(target_os = "linux")]
#[test]
fn reads_this_very_process() {
    let pid = std::process::id();
    assert!(CpuTime::of(pid).is_ok());
    let memory = Memory::of(pid).unwrap();
    assert!(memory.resident > 0 && memory.resident <= memory.peak);
}
