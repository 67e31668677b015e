use std::time::Duration;

use sdk::{BatchProcessor as _, ComponentKind};
use testkit::Sink;

use super::*;

testkit::batch_processor_contract!(MemoryLimiter, include_str!("README.md"));

fn limiter(id: &str, context: &BuildContext) -> MemoryLimiter {
    let context = BuildContext { id: id.parse().unwrap(), ..context.clone() };
    let config = testkit::settings("{check_interval: 1s, limit_mib: 100, spike_limit_mib: 20}");
    MemoryLimiter::new(config, context).unwrap()
}

fn context() -> BuildContext {
    testkit::context(ComponentKind::Processor, "memory_limiter")
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
    assert!(!one.limiter.begin_watch(), "whoever began it goes on");
    BatchProcessor::shutdown(&one).await.unwrap();
    assert!(one.limiter.begin_watch());
}
