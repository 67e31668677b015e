use std::time::Duration;

use super::*;

#[tokio::test(start_paused = true)]
async fn uptime_and_heap_are_read_for_each_scrape() {
    let telemetry = Telemetry::new(Level::Normal);
    let heap = || Heap { allocated: 10, allocated_ever: Some(30), mapped: 40 };
    observe_process(&telemetry, Instant::now(), heap);
    tokio::time::advance(Duration::from_millis(1500)).await;
    let page = String::from_utf8(telemetry.render()).unwrap();
    for line in [
        "# TYPE otelcol_process_uptime counter",
        "otelcol_process_uptime 1.5",
        "otelcol_process_runtime_heap_alloc_bytes 10",
        "otelcol_process_runtime_total_alloc_bytes 30",
        "otelcol_process_runtime_total_sys_memory_bytes 40",
    ] {
        assert!(page.lines().any(|shown| shown == line), "{line}\n{page}");
    }
}

#[tokio::test]
async fn what_the_allocator_does_not_count_is_not_shown() {
    let telemetry = Telemetry::new(Level::Normal);
    observe_process(&telemetry, Instant::now(), Heap::default);
    let page = String::from_utf8(telemetry.render()).unwrap();
    assert!(!page.contains("total_alloc_bytes"), "{page}");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn linux_tells_cpu_seconds_and_resident_memory() {
    let telemetry = Telemetry::new(Level::Normal);
    observe_process(&telemetry, Instant::now(), Heap::default);
    let page = String::from_utf8(telemetry.render()).unwrap();
    assert!(page.contains("# TYPE otelcol_process_cpu_seconds counter\n"), "{page}");
    let resident = page.lines().find_map(|line| line.strip_prefix("otelcol_process_memory_rss "));
    assert!(resident.unwrap().parse::<f64>().unwrap() > 100_000.0, "{page}");
}

#[cfg(target_os = "linux")]
#[test]
fn names_with_spaces_and_parentheses_do_not_shift_the_fields() {
    let stat = "7 (a (b) c) S 1 2 3 4 5 6 7 8 9 10 250 50 0 0 20";
    assert_eq!(cpu_seconds(stat), Some(3.0));
    assert_eq!(cpu_seconds("7 (short) S 1"), None);
    assert_eq!(resident_bytes("Name:\tx\nVmRSS:\t    12 kB\n"), Some(12 * 1024));
    assert_eq!(resident_bytes("Name:\tx\n"), None);
}
