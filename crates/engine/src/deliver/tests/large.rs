//! What is too large for the backend goes in pieces.

use std::{sync::Arc, time::Duration};

use proptest::prelude::*;
use sdk::{Batch, Context, Delivery, Error, QueueConfig};

use super::support::{Bench, Logs, Scripted, Step, queued, settle, spans, steady};

fn retrying() -> Delivery {
    Delivery { retry: Some(steady()), ..Delivery::default() }
}

/// Spans with names of these lengths.
fn of_lengths(lengths: &[usize]) -> Batch {
    let single: Vec<_> =
        lengths.iter().map(|length| spans(&"n".repeat(length.saturating_sub(1)), 1)).collect();
    pdata::concat(&single, Arc::new(Context::default())).unwrap()
}

fn bytes_of(count: usize) -> usize {
    spans("a", count).bytes().len()
}

#[tokio::test(start_paused = true)]
async fn a_batch_is_halved_until_it_is_taken_with_retries_and_without() {
    for delivery in [retrying(), Delivery::default()] {
        let bench = Bench::new(Scripted::narrow(bytes_of(2), []), delivery);
        bench.consume(spans("a", 7)).await.unwrap();
        assert_eq!(bench.exporter.sizes(), [7, 4, 2, 2, 3, 2, 1]);
        assert_eq!(bench.exporter.taken(), ["a0", "a1", "a2", "a3", "a4", "a5", "a6"]);
        assert_eq!(bench.exporter.times(), [0.0; 7]);
        assert_eq!(bench.ends(), [7, 0, 0]);
        assert_eq!(bench.statement(), "7 offered = 7 sent");
        assert_eq!(bench.metric("otelcol_exporter_in_flight_requests"), Some(0.0));
    }
}

#[tokio::test(start_paused = true)]
async fn only_what_is_too_large_alone_is_given_up_and_the_log_says_how_large_it_is() {
    let (logs, _guard) = Logs::capture();
    let delivery = Delivery { retry: Some(steady()), ..queued(QueueConfig::default()) };
    let bench = Bench::new(Scripted::narrow(100, []), delivery);
    let large = of_lengths(&[1, 200, 1, 150]);
    let largest = of_lengths(&[200]).bytes().len();
    bench.consume(large).await.unwrap();
    bench.deliver.drain().await;
    assert_eq!(bench.exporter.taken().len(), 2);
    assert_eq!(bench.ends(), [2, 2, 0]);
    let expected = [
        format!(
            "error A request that cannot be split is larger than the destination takes. Raise its limit, or have \
             less recorded. {{dropped_items: 2, largest_bytes: {largest}}}"
        ),
        "error Exporting failed. Dropping data. {error: not retryable error: Permanent error: too large, \
         dropped_items: 2}"
            .to_owned(),
    ];
    assert_eq!(logs.lines(), expected);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_waits_hears_that_a_part_was_lost() {
    let bench = Bench::new(Scripted::narrow(100, []), retrying());
    let error = bench.consume(of_lengths(&[1, 200, 1])).await.unwrap_err();
    assert!(error.is_permanent());
    assert_eq!(bench.ends(), [2, 1, 0]);
    assert_eq!(bench.statement(), "3 offered = 2 sent + 1 refused");
}

#[tokio::test(start_paused = true)]
async fn pieces_are_retried_each_and_given_up_together() {
    let script = [Step::Refuse, Step::Take, Step::Refuse];
    let bench = Bench::new(Scripted::narrow(bytes_of(2), script), retrying());
    bench.consume(spans("a", 4)).await.unwrap();
    assert_eq!(bench.exporter.sizes(), [4, 2, 2, 2, 2]);
    // The second piece begins with the first wait again.
    let times: Vec<_> = bench.exporter.times().iter().map(|time| time.round()).collect();
    assert_eq!(times, [0.0, 0.0, 5.0, 5.0, 10.0]);

    let bench = Bench::new(Scripted::narrow(bytes_of(2), vec![Step::Refuse; 99]), retrying());
    let error = bench.consume(spans("a", 8)).await.unwrap_err();
    assert_eq!(error.to_string(), "no more retries left: busy");
    assert!(!error.is_permanent());
    assert!(*bench.exporter.times().last().unwrap() <= 300.0, "one time limit for all pieces");
    assert_eq!(bench.ends(), [0, 8, 0]);
}

#[tokio::test(start_paused = true)]
async fn what_was_taken_of_a_batch_is_not_in_the_halves_of_the_rest() {
    let too_large = Step::Fail(Error::permanent("too large").too_large());
    let script = [Step::TakeSome(2), too_large, Step::Take, Step::Take];
    let bench = Bench::new(Scripted::new(script), retrying());
    bench.consume(spans("a", 6)).await.unwrap();
    assert_eq!(bench.exporter.sizes(), [6, 4, 2, 2]);
    assert_eq!(bench.exporter.taken(), ["a0", "a1", "a2", "a3", "a4", "a5"]);
    assert_eq!(bench.ends(), [6, 0, 0]);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_leaves_between_pieces_leaves_the_others_counted() {
    let script = [Step::Take, Step::Never];
    let bench = Bench::new(Scripted::narrow(bytes_of(2), script), retrying());
    let client = bench.spawn(spans("a", 8));
    settle().await;
    client.abort();
    settle().await;
    assert_eq!(bench.ends(), [2, 6, 0]);
    assert_eq!(bench.metric("otelcol_exporter_in_flight_requests"), Some(0.0));
}

#[tokio::test(start_paused = true)]
async fn the_pieces_that_are_left_go_to_who_takes_the_exporters_place() {
    let delivery = || Delivery { retry: Some(steady()), ..queued(QueueConfig::default()) };
    let script = [Step::Take, Step::Refuse];
    let old = Bench::new(Scripted::narrow(bytes_of(2), script), delivery());
    old.consume(spans("a", 8)).await.unwrap();
    settle().await;
    let new = old.replaced(Scripted::new([]), delivery()).await;
    old.deliver.leave().await;
    new.deliver.drain().await;
    assert_eq!(old.exporter.taken(), ["a0", "a1"]);
    assert_eq!(new.exporter.taken(), ["a2", "a3", "a4", "a5", "a6", "a7"]);
    assert_eq!(new.statement(), "8 offered = 8 sent");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn whatever_the_limit_each_span_is_sent_once_or_failed_in_few_requests(
        lengths in prop::collection::vec(1..80usize, 1..40),
        bytes_max in 0..200usize,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(async {
            let bench = Bench::new(Scripted::narrow(bytes_max, []), retrying());
            let outcome = bench.consume(of_lengths(&lengths)).await;
            let fit = |length: &&usize| of_lengths(&[**length]).bytes().len() <= bytes_max;
            let fitting = lengths.iter().filter(fit).count();
            prop_assert_eq!(bench.exporter.taken().len(), fitting);
            prop_assert_eq!(bench.ends(), [fitting, lengths.len() - fitting, 0]);
            prop_assert_eq!(outcome.is_ok(), fitting == lengths.len());
            prop_assert!(bench.exporter.times().len() < 2 * lengths.len());
            tokio::time::sleep(Duration::ZERO).await;
            Ok(())
        })?;
    }
}
