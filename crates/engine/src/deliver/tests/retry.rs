//! When an attempt follows a failed one, and when none does.

use std::time::Duration;

use proptest::prelude::*;
use sdk::{Delivery, Error, QueueConfig, Random, RetryConfig};
use tokio::time::Instant;

use super::support::{Bench, Logs, Scripted, Step, queued, settle, spans, steady};
use crate::deliver::retry::Backoff;

fn seconds(seconds: f64) -> sdk::Duration {
    Duration::from_secs_f64(seconds).into()
}

/// Retries in the client's time, so that `consume` returns when all is over.
fn waiting(retry: RetryConfig) -> Delivery {
    Delivery { retry: Some(retry), ..Delivery::default() }
}

#[tokio::test(start_paused = true)]
async fn waits_follow_the_settings() {
    let plain = RetryConfig { max_elapsed_time: seconds(0.0), ..steady() };
    let rows = [
        ("defaults", plain.clone(), vec![5.0, 7.5, 11.25, 16.875, 25.3125, 30.0, 30.0]),
        ("no growth", RetryConfig { multiplier: 1.0, ..plain.clone() }, vec![5.0, 5.0, 5.0]),
        (
            "shrinking",
            RetryConfig { initial_interval: seconds(8.0), multiplier: 0.5, ..plain.clone() },
            vec![8.0, 4.0, 2.0, 1.0],
        ),
        (
            "the first wait may be longer than the longest",
            RetryConfig {
                initial_interval: seconds(10.0),
                max_interval: seconds(4.0),
                ..plain.clone()
            },
            vec![10.0, 4.0, 4.0],
        ),
        (
            "a multiplier of zero starts over",
            RetryConfig { multiplier: 0.0, ..plain.clone() },
            vec![5.0, 5.0, 5.0],
        ),
        (
            "no interval does not spin",
            RetryConfig { initial_interval: seconds(0.0), ..plain },
            vec![0.001, 0.001],
        ),
    ];
    for (name, retry, waits) in rows {
        let exporter = Scripted::new(vec![Step::Refuse; waits.len()]);
        let bench = Bench::new(exporter, waiting(retry));
        bench.consume(spans("a", 1)).await.unwrap();
        let times = bench.exporter.times();
        let gaps: Vec<_> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert_eq!(gaps.len(), waits.len(), "{name}");
        for (gap, wait) in gaps.iter().zip(&waits) {
            assert!((gap - wait).abs() < 0.0015, "{name}: {gaps:?}");
        }
    }
}

proptest! {
    #[test]
    fn chance_spreads_each_wait_around_its_base_and_follows_the_seed(
        seed: u64,
        factor in 0.0..=1.0f64,
    ) {
        let config = RetryConfig {
            randomization_factor: factor,
            max_elapsed_time: seconds(0.0),
            ..RetryConfig::default()
        };
        let waits = || {
            let random = Random::from_seed(seed);
            let mut backoff = Backoff::new(&config);
            [5.0, 7.5, 11.25, 16.875, 25.3125, 30.0, 30.0]
                .map(|base| (base, backoff.next_wait(&random, None).unwrap().as_secs_f64()))
        };
        for (base, wait) in waits() {
            prop_assert!(wait >= base * (1.0 - factor) - 1e-6, "{wait} of {base}");
            prop_assert!(wait <= base * (1.0 + factor) + 1e-6, "{wait} of {base}");
        }
        prop_assert_eq!(waits(), waits());
    }
}

#[tokio::test(start_paused = true)]
async fn gives_up_when_the_next_attempt_would_come_too_late() {
    // The limit in seconds, and when the attempts are with waits of 5 s each.
    let rows = [
        (10.0, vec![0.0, 5.0, 10.0]),
        (9.999, vec![0.0, 5.0]),
        (5.0, vec![0.0, 5.0]),
        (14.0, vec![0.0, 5.0, 10.0]),
    ];
    for (limit, times) in rows {
        let retry = RetryConfig { multiplier: 1.0, max_elapsed_time: seconds(limit), ..steady() };
        let bench = Bench::new(Scripted::new(vec![Step::Refuse; 9]), waiting(retry));
        let began = Instant::now();
        let error = bench.consume(spans("a", 3)).await.unwrap_err();
        assert_eq!(error.to_string(), "no more retries left: busy");
        assert!(!error.is_permanent());
        let rounded: Vec<_> = bench.exporter.times().iter().map(|time| time.round()).collect();
        assert_eq!(rounded, times, "{limit}");
        let waited = began.elapsed().as_secs_f64();
        assert!(waited < times.last().unwrap() + 0.01, "gave up at once: {waited}");
        assert_eq!(bench.ends(), [0, 3, 0]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_throttled_exporter_waits_as_long_as_it_is_asked_to() {
    for (asked, wait) in [(7, 7.0), (1, 5.0), (90, 90.0)] {
        let asked = Duration::from_secs(asked);
        let bench = Bench::new(Scripted::new([Step::Throttle(asked)]), waiting(steady()));
        bench.consume(spans("a", 1)).await.unwrap();
        assert_eq!(bench.exporter.times()[1].round(), wait);
    }
}

#[tokio::test(start_paused = true)]
async fn a_throttle_past_the_time_to_give_up_ends_at_once_and_keeps_the_wait() {
    let asked = Duration::from_secs(301);
    let bench = Bench::new(Scripted::new([Step::Throttle(asked)]), waiting(steady()));
    let error = bench.consume(spans("a", 1)).await.unwrap_err();
    assert_eq!(error.to_string(), "no more retries left: Throttle (5m1s), error: busy");
    assert_eq!(error.wait(), Some(asked));
    assert_eq!(bench.exporter.times(), [0.0]);
}

#[tokio::test(start_paused = true)]
async fn a_permanent_error_is_not_retried() {
    let error = Error::permanent("bad request");
    let bench = Bench::new(Scripted::new([Step::Fail(error)]), waiting(steady()));
    let error = bench.consume(spans("a", 1)).await.unwrap_err();
    assert!(error.is_permanent());
    assert_eq!(error.to_string(), "not retryable error: Permanent error: bad request");
    assert_eq!(bench.exporter.times().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn without_retries_the_first_error_is_the_last() {
    let off = RetryConfig { enabled: false, ..RetryConfig::default() };
    for retry in [None, Some(off)] {
        let delivery = Delivery { retry, ..Delivery::default() };
        let bench = Bench::new(Scripted::new([Step::Refuse]), delivery);
        assert_eq!(bench.consume(spans("a", 1)).await.unwrap_err().to_string(), "busy");
        assert_eq!(bench.exporter.times().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_takes_too_long_is_ended_and_retried() {
    let delivery = Delivery { timeout: Some(Duration::from_secs(5)), ..waiting(steady()) };
    let bench = Bench::new(Scripted::new([Step::Never, Step::Take]), delivery);
    bench.consume(spans("a", 1)).await.unwrap();
    let times: Vec<_> = bench.exporter.times().iter().map(|time| time.round()).collect();
    assert_eq!(times, [0.0, 10.0]);
}

#[tokio::test(start_paused = true)]
async fn a_timeout_says_so_with_its_status() {
    let delivery = Delivery { timeout: Some(Duration::from_secs(5)), ..Delivery::default() };
    let bench = Bench::new(Scripted::new([Step::Never]), delivery);
    let error = bench.consume(spans("a", 1)).await.unwrap_err();
    assert_eq!(error.to_string(), "context deadline exceeded: no answer within 5s");
    assert_eq!(error.status().unwrap().code, sdk::Code::DeadlineExceeded);
    assert!(!error.is_permanent());
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_ends_the_wait_with_a_last_attempt() {
    let (logs, _guard) = Logs::capture();
    let delivery = Delivery { retry: Some(steady()), ..queued(QueueConfig::default()) };
    let bench = Bench::new(Scripted::new(vec![Step::Refuse; 9]), delivery);
    bench.consume(spans("a", 2)).await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let began = Instant::now();
    bench.deliver.drain().await;
    assert_eq!(began.elapsed(), Duration::ZERO);
    assert_eq!(bench.exporter.times().len(), 2);
    assert_eq!(bench.ends(), [0, 2, 0]);
    assert_eq!(
        logs.lines(),
        [
            "info Exporting failed. Will retry the request after interval. \
             {error: busy, interval: 5s}",
            "error Exporting failed. Dropping data. \
             {error: interrupted due to shutdown: busy, dropped_items: 2}",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_queued_at_shutdown_gets_one_attempt_each() {
    let one = QueueConfig { num_consumers: 1, ..QueueConfig::default() };
    let delivery = Delivery { retry: Some(steady()), ..queued(one) };
    let script = [Step::Refuse, Step::Take, Step::Refuse, Step::Take];
    let bench = Bench::new(Scripted::new(script), delivery);
    for name in ["a", "b", "c", "d"] {
        bench.consume(spans(name, 1)).await.unwrap();
    }
    settle().await;
    assert_eq!(bench.exporter.times().len(), 1, "the only consumer waits to retry");
    bench.deliver.drain().await;
    assert_eq!(bench.exporter.times().len(), 5, "the one that waited gets a last one");
    assert_eq!(bench.exporter.taken(), ["a0", "c0", "d0"]);
    assert_eq!(bench.ends(), [3, 1, 0]);
}

#[tokio::test(start_paused = true)]
async fn what_was_taken_is_not_sent_again_when_the_rest_is() {
    let bench =
        Bench::new(Scripted::new([Step::TakeSome(2), Step::TakeSome(1)]), waiting(steady()));
    bench.consume(spans("a", 5)).await.unwrap();
    assert_eq!(bench.exporter.sizes(), [5, 3, 2]);
    assert_eq!(bench.exporter.taken(), ["a0", "a1", "a2", "a3", "a4"]);
    assert_eq!(bench.ends(), [5, 0, 0]);
}

#[tokio::test(start_paused = true)]
async fn only_what_was_not_taken_counts_as_failed() {
    let bench = Bench::new(Scripted::new([Step::TakeSome(2)]), Delivery::default());
    bench.consume(spans("a", 5)).await.unwrap_err();
    assert_eq!(bench.ends(), [2, 3, 0]);
}
