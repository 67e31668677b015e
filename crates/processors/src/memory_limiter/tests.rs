use std::time::Duration;

use sdk::{BatchProcessor as _, ComponentKind};
use testkit::Sink;

use super::{config::Limits, *};

testkit::batch_processor_contract!(MemoryLimiter, include_str!("README.md"));

const MIB: u64 = 1 << 20;

fn limiter(id: &str, context: &BuildContext) -> MemoryLimiter {
    let context = BuildContext { id: id.parse().unwrap(), ..context.clone() };
    let config = testkit::settings("{check_interval: 1s, limit_mib: 100, spike_limit_mib: 20}");
    MemoryLimiter::new(config, context).unwrap()
}

fn context() -> BuildContext {
    testkit::context(ComponentKind::Processor, "memory_limiter")
}

#[test]
fn limits_follow_from_the_settings() {
    let rows = [
        ("limit_mib: 1000", 1, 800 * MIB, 1000 * MIB),
        ("{limit_mib: 1000, spike_limit_mib: 300}", 1, 700 * MIB, 1000 * MIB),
        ("limit_percentage: 50", 1000, 400, 500),
        ("{limit_percentage: 50, spike_limit_percentage: 30}", 1000, 200, 500),
        ("{limit_mib: 10, limit_percentage: 50}", 1000, 8 * MIB, 10 * MIB),
        ("{limit_percentage: 33, spike_limit_percentage: 1}", 199, 64, 65),
        (
            "{limit_mib: 4294967295, spike_limit_mib: 1}",
            1,
            4_294_967_294 * MIB,
            4_294_967_295 * MIB,
        ),
    ];
    for (yaml, total, soft, hard) in rows {
        let config: Config = testkit::settings(yaml);
        assert_eq!(config.limits(total), Limits { soft, hard }, "{yaml} of {total}");
    }
}

#[test]
fn settings_that_cannot_work_are_refused_in_the_usual_words() {
    let rows = [
        ("limit_mib: 1", "'check_interval' must be greater than zero"),
        ("check_interval: 1s", "'limit_mib' or 'limit_percentage' must be greater than zero"),
        (
            "{check_interval: 1s, limit_percentage: 101}",
            "'limit_percentage' and 'spike_limit_percentage' must be less than or equal to 100",
        ),
        (
            "{check_interval: 1s, limit_mib: 5, spike_limit_mib: 5}",
            "'spike_limit_mib' must be smaller than 'limit_mib'",
        ),
        (
            "{check_interval: 1s, limit_percentage: 5, spike_limit_percentage: 5}",
            "'spike_limit_percentage' must be smaller than 'limit_percentage'",
        ),
        ("{check_interval: -1s, limit_mib: 5}", "'check_interval' must be greater than zero"),
    ];
    for (yaml, text) in rows {
        testkit::check_refused::<Config>(yaml, text);
    }
    let old = "{check_interval: 1s, limit_mib: 5, min_gc_interval_when_soft_limited: 5s}";
    assert_eq!(testkit::fault::<Config>(old), "");
}

#[test]
fn a_limiter_refuses_from_the_soft_limit_on_and_tells_each_change_once() {
    let limiter = Limiter::new(Limits { soft: 80, hard: 100 });
    let rows = [
        (79, None, false),
        (80, Some(Change::Refuse), true),
        (200, None, true),
        (80, None, true),
        (79, Some(Change::Resume), false),
        (0, None, false),
    ];
    for (used, change, is_refusing) in rows {
        assert_eq!((limiter.observe(used), limiter.is_refusing()), (change, is_refusing), "{used}");
    }
}

#[tokio::test]
async fn a_refused_client_may_come_back_and_is_told_when() {
    let limiter = limiter("memory_limiter", &context());
    let sink = Sink::default();
    limiter.process(testkit::spans("a"), &sink.next()).await.unwrap();
    limiter.limiter.observe(u64::MAX);
    let error = limiter.process(testkit::spans("a\nb"), &sink.next()).await.unwrap_err();
    assert_eq!(error.to_string(), "data refused due to high memory usage");
    assert_eq!((error.is_permanent(), error.wait()), (false, Some(Duration::from_secs(1))));
    assert!(error.status().is_none(), "the receiver chooses UNAVAILABLE");
    limiter.limiter.observe(0);
    limiter.process(testkit::spans("c"), &sink.next()).await.unwrap();
    assert_eq!(sink.items(), [1, 1]);
}

#[tokio::test]
async fn pipelines_that_name_the_same_limiter_share_it() {
    let context = context();
    let (one, same) = (limiter("memory_limiter", &context), limiter("memory_limiter", &context));
    let other = limiter("memory_limiter/2", &context);
    one.limiter.observe(u64::MAX);
    let sink = Sink::default();
    assert!(same.process(testkit::log_records("a"), &sink.next()).await.is_err());
    assert!(other.process(testkit::log_records("a"), &sink.next()).await.is_ok());
}

#[tokio::test]
async fn what_is_accepted_and_refused_is_counted_in_items() {
    let context = context();
    let limiter = limiter("memory_limiter", &context);
    let sink = Sink::default();
    let batches =
        [testkit::spans("a\nb"), testkit::log_records("a\nb\nc"), testkit::gauges("a\nb\nc\nd")];
    for used in [0, u64::MAX] {
        limiter.limiter.observe(used);
        for batch in &batches {
            assert_eq!(limiter.process(batch.clone(), &sink.next()).await.is_err(), used > 0);
        }
    }
    for what in ["accepted", "refused"] {
        for (unit, count) in [("spans", 2), ("log_records", 3), ("metric_points", 4)] {
            let name = format!("otelcol_processor_memory_limiter_{what}_{unit}");
            let line = format!("{name}{{processor=\"memory_limiter\"}} {count}");
            assert_eq!(testkit::series(&context, &name), [line]);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn one_task_measures_for_all_and_reports_a_change() {
    let context = context();
    // Below what any process uses, so that the first measurement refuses.
    let tiny = || {
        let config = testkit::settings("{check_interval: 1s, limit_mib: 1}");
        MemoryLimiter::new(config, context.clone()).unwrap()
    };
    let (one, two) = (tiny(), tiny());
    let next = Sink::default().next();
    BatchProcessor::start(&one, next.clone()).await.unwrap();
    BatchProcessor::start(&two, next).await.unwrap();
    assert!(one.watch.lock().unwrap().is_some() && two.watch.lock().unwrap().is_none());
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(two.limiter.is_refusing());
    let statuses = context.host.statuses();
    assert_eq!(statuses.len(), 1, "{statuses:?}");
    let message = "Memory usage is above soft limit. Refusing data.".to_owned();
    assert_eq!(statuses[0].status, Status::RecoverableError(message));
    BatchProcessor::shutdown(&two).await.unwrap();
    assert!(one.limiter.watched.load(Ordering::Relaxed));
    BatchProcessor::shutdown(&one).await.unwrap();
    assert!(!one.limiter.watched.load(Ordering::Relaxed));
}

#[test]
fn memory_is_measured_in_bytes() {
    let total = state::total().unwrap();
    let used = state::used();
    assert!(used > 100 << 10 && used < total, "{used} of {total}");
}
