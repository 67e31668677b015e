//! Merging and splitting behind the queue.

use std::{sync::Arc, time::Duration};

use sdk::{
    Batch, BatchConfig, BatchSizer, Context, Error, Optional, PartitionConfig, QueueConfig, Signal,
    Sizer,
};

use super::support::{
    Bench, Logs, Scripted, Step, batched, names, queued, settle, spans, spans_from, tenant,
};

/// Items; flushes after 200 ms.
fn sizes(min_size: i64, max_size: i64) -> BatchConfig {
    BatchConfig { min_size, max_size, ..BatchConfig::default() }
}

fn bytes(min_size: i64, max_size: i64) -> BatchConfig {
    BatchConfig { sizer: Some(BatchSizer::Bytes), ..sizes(min_size, max_size) }
}

fn by(keys: &[&str]) -> PartitionConfig {
    PartitionConfig { metadata_keys: keys.iter().map(|&key| key.to_owned()).collect() }
}

/// `wait_for_result` with batching.
fn waiting(batch: BatchConfig) -> sdk::Delivery {
    let batch = Optional::Some(batch);
    queued(QueueConfig { wait_for_result: true, batch, ..QueueConfig::default() })
}

#[tokio::test(start_paused = true)]
async fn a_batch_leaves_when_it_reaches_the_min_size() {
    let bench = Bench::new(Scripted::new([]), batched(sizes(5, 0)));
    bench.consume(spans("a", 2)).await.unwrap();
    bench.consume(spans("b", 2)).await.unwrap();
    settle().await;
    assert!(bench.exporter.attempts().is_empty());
    bench.consume(spans("c", 4)).await.unwrap();
    settle().await;
    assert_eq!(bench.exporter.times(), [0.0]);
    assert_eq!(bench.exporter.taken(), ["a0", "a1", "b0", "b1", "c0", "c1", "c2", "c3"]);
}

#[tokio::test(start_paused = true)]
async fn a_request_of_the_min_size_is_not_held() {
    for min_size in [0, 3] {
        let bench = Bench::new(Scripted::new([]), batched(sizes(min_size, 0)));
        bench.consume(spans("a", 3)).await.unwrap();
        settle().await;
        assert_eq!(bench.exporter.sizes(), [3]);
    }
}

#[tokio::test(start_paused = true)]
async fn the_flush_timer_runs_from_the_first_item() {
    let bench = Bench::new(Scripted::new([]), batched(sizes(100, 0)));
    bench.consume(spans("a", 1)).await.unwrap();
    tokio::time::sleep(Duration::from_millis(150)).await;
    bench.consume(spans("b", 1)).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    bench.consume(spans("c", 1)).await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let times: Vec<_> =
        bench.exporter.times().iter().map(|at| (at * 1000.0).round() as i64).collect();
    assert!((200..=202).contains(&times[0]), "{times:?}");
    assert!((450..=453).contains(&times[1]), "{times:?}");
    assert_eq!(bench.exporter.sizes(), [2, 1]);
}

#[tokio::test(start_paused = true)]
async fn no_batch_is_larger_than_the_max_size_and_the_rest_waits() {
    let bench = Bench::new(Scripted::new([]), batched(sizes(4, 4)));
    bench.consume(spans("a", 2)).await.unwrap();
    bench.consume(spans("b", 9)).await.unwrap();
    settle().await;
    assert_eq!(bench.exporter.sizes(), [4, 4]);
    assert_eq!(bench.exporter.attempts()[0].spans, ["a0", "a1", "b0", "b1"]);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(bench.exporter.sizes(), [4, 4, 3]);
    bench.consume(spans("c", 4)).await.unwrap();
    settle().await;
    assert_eq!(bench.exporter.sizes(), [4, 4, 3, 4]);
    assert_eq!(bench.ends(), [15, 0, 0]);
}

#[tokio::test(start_paused = true)]
async fn the_bytes_sizer_measures_protobuf() {
    let one = i64::try_from(spans("a", 1).bytes().len()).unwrap();
    let bench = Bench::new(Scripted::new([]), batched(bytes(2 * one, 3 * one)));
    bench.consume(spans("a", 1)).await.unwrap();
    settle().await;
    assert!(bench.exporter.attempts().is_empty());
    bench.consume(spans("b", 1)).await.unwrap();
    settle().await;
    assert_eq!(bench.exporter.sizes(), [2]);
    bench.consume(spans("c", 30)).await.unwrap();
    bench.deliver.drain().await;
    assert!(bench.exporter.attempts().iter().all(|a| a.bytes as i64 <= 3 * one));
    assert_eq!(bench.exporter.taken().len(), 32);
    assert_eq!(bench.ends(), [32, 0, 0]);
}

#[tokio::test(start_paused = true)]
async fn the_queues_sizer_is_the_batchs_where_that_names_none() {
    let batch = Optional::Some(sizes(1 << 20, 1 << 20));
    let size = spans("a", 1).bytes().len();
    let config =
        QueueConfig { sizer: Sizer::Bytes, queue_size: 1 << 21, batch, ..QueueConfig::default() };
    let bench = Bench::new(Scripted::new([]), queued(config));
    for number in 0..(1 << 20) / size / 100 + 1 {
        bench.consume(spans(&format!("s{number:06}-"), 100)).await.unwrap();
    }
    settle().await;
    assert_eq!(bench.exporter.attempts().len(), 1, "a mebibyte, not a million spans");
    bench.deliver.drain().await;
}

#[tokio::test(start_paused = true)]
async fn an_item_larger_than_the_max_bytes_is_dropped_and_counted() {
    let (logs, _guard) = Logs::capture();
    let long = "x".repeat(500);
    let bench = Bench::new(Scripted::new([]), waiting(bytes(1, 200)));
    let error = bench.consume(spans(&long, 1)).await.unwrap_err();
    assert!(error.is_permanent());
    let text = "one span size is greater than max size, dropping items: 1";
    assert_eq!(error.message(), text);
    bench.consume(spans("fits", 1)).await.unwrap();
    assert_eq!(bench.ends(), [1, 1, 0]);
    assert!(logs.lines().contains(&format!("error {text} {{dropped_items: 1}}")));
}

#[tokio::test(start_paused = true)]
async fn requests_with_different_metadata_share_no_batch() {
    let config = BatchConfig { partition: by(&["X-Tenant"]), ..sizes(4, 0) };
    let bench = Bench::new(Scripted::new([]), batched(config));
    for (name, key, value) in
        [("a", "x-tenant", "1"), ("b", "X-TENANT", "2"), ("c", "X-Tenant", "1"), ("d", "y", "1")]
    {
        bench.consume(spans_from(name, 2, tenant(key, value))).await.unwrap();
    }
    settle().await;
    assert_eq!(bench.exporter.taken(), ["a0", "a1", "c0", "c1"]);
    tokio::time::sleep(Duration::from_secs(1)).await;
    let seen: Vec<_> = bench
        .exporter
        .attempts()
        .iter()
        .map(|attempt| {
            let metadata = &attempt.context.metadata;
            (attempt.spans.len(), metadata.get("x-tenant").to_vec(), metadata.iter().count())
        })
        .collect();
    let row = |count, value: &[&str], keys| {
        (count, value.iter().map(|&value| value.to_owned()).collect::<Vec<_>>(), keys)
    };
    assert_eq!(seen, [row(4, &["1"], 1), row(2, &["2"], 1), row(2, &[], 0)]);
}

#[tokio::test(start_paused = true)]
async fn one_partition_too_many_sends_the_oldest_early() {
    let batch = Optional::Some(BatchConfig { partition: by(&["id"]), ..sizes(100, 0) });
    let config = QueueConfig { queue_size: 20_000, batch, ..QueueConfig::default() };
    let bench = Bench::new(Scripted::new([]), queued(config));
    for number in 0..=10_000 {
        let client = tenant("id", &number.to_string());
        bench.consume(spans_from(&format!("s{number}-"), 1, client)).await.unwrap();
        if number % 500 == 0 {
            settle().await;
        }
        tokio::task::yield_now().await;
    }
    settle().await;
    assert_eq!(bench.exporter.taken(), ["s0-0"]);
    bench.deliver.drain().await;
    assert_eq!(bench.ends(), [10_001, 0, 0]);
}

#[tokio::test(start_paused = true)]
async fn every_client_of_a_batch_hears_how_it_went() {
    let script = [Step::Take, Step::Fail(Error::refused("quota"))];
    let bench = Bench::new(Scripted::new(script), waiting(sizes(4, 0)));
    let (first, second) = (bench.spawn(spans("a", 2)), bench.spawn(spans("b", 2)));
    first.await.unwrap().unwrap();
    second.await.unwrap().unwrap();
    let (third, fourth) = (bench.spawn(spans("c", 2)), bench.spawn(spans("d", 2)));
    for client in [third, fourth] {
        assert_eq!(client.await.unwrap().unwrap_err().to_string(), "quota");
    }
    assert_eq!(bench.ends(), [4, 4, 0]);
}

#[tokio::test(start_paused = true)]
async fn the_client_of_a_split_request_hears_of_the_part_that_failed() {
    let script = [Step::Take, Step::Fail(Error::refused("quota")), Step::Take];
    let bench = Bench::new(Scripted::new(script), waiting(sizes(4, 4)));
    let (small, large) = (bench.spawn(spans("a", 2)), bench.spawn(spans("b", 8)));
    small.await.unwrap().unwrap();
    assert_eq!(large.await.unwrap().unwrap_err().to_string(), "quota");
    assert_eq!(bench.ends(), [6, 4, 0]);
}

#[tokio::test(start_paused = true)]
async fn as_many_batches_are_sent_at_once_as_there_are_consumers() {
    let batch = Optional::Some(sizes(1, 1));
    let config = QueueConfig { num_consumers: 2, batch, ..QueueConfig::default() };
    let bench = Bench::new(Scripted::gated(), queued(config));
    bench.consume(spans("a", 7)).await.unwrap();
    settle().await;
    assert_eq!(bench.exporter.attempts().len(), 2);
    bench.exporter.open(7);
    bench.deliver.drain().await;
    assert_eq!((bench.exporter.most_at_once(), bench.exporter.taken().len()), (2, 7));
}

#[tokio::test(start_paused = true)]
async fn room_is_held_until_the_last_part_is_delivered() {
    let batch = Optional::Some(sizes(2, 2));
    let config = QueueConfig { queue_size: 1, batch, ..QueueConfig::default() };
    let bench = Bench::new(Scripted::gated(), queued(config));
    bench.consume(spans("a", 4)).await.unwrap();
    settle().await;
    bench.exporter.open(1);
    settle().await;
    assert!(bench.consume(spans("b", 1)).await.is_err());
    bench.exporter.open(1);
    settle().await;
    bench.consume(spans("c", 1)).await.unwrap();
    bench.exporter.open(1);
    bench.deliver.drain().await;
    assert_eq!(bench.ends(), [5, 0, 1]);
}

#[tokio::test(start_paused = true)]
async fn a_drain_sends_what_still_waits_to_grow() {
    let bench = Bench::new(Scripted::new([]), batched(sizes(100, 0)));
    bench.consume(spans("a", 3)).await.unwrap();
    bench.deliver.drain().await;
    assert_eq!(bench.exporter.times(), [0.0]);
    assert_eq!(bench.exporter.taken(), ["a0", "a1", "a2"]);
}

#[tokio::test(start_paused = true)]
async fn what_a_client_holds_is_held_until_its_batch_is_delivered() {
    let held = Arc::new(());
    let mut context = Context::default();
    context.holds.push(pdata::Hold::new(held.clone()));
    let bench = Bench::new(Scripted::gated(), batched(sizes(4, 4)));
    bench.consume(spans_from("a", 6, context)).await.unwrap();
    settle().await;
    assert!(Arc::strong_count(&held) > 1);
    bench.exporter.open(9);
    bench.deliver.drain().await;
    let Bench { deliver, exporter, .. } = bench;
    drop((deliver, exporter));
    assert_eq!(Arc::strong_count(&held), 1);
}

#[tokio::test(start_paused = true)]
async fn profiles_are_sent_as_they_came() {
    let bench = Bench::new(Scripted::new([]), batched(sizes(100, 100)));
    let profiles = Batch::written(Signal::Profiles, bytes::Bytes::new(), Arc::default());
    bench.consume(profiles).await.unwrap();
    settle().await;
    assert_eq!(bench.exporter.times(), [0.0]);
}

#[test]
fn the_helper_reads_names_back() {
    assert_eq!(names(&spans("a", 2)), ["a0", "a1"]);
}
