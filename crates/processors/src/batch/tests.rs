use std::{sync::Arc, time::Duration};

use pdata::{Context, Metadata};
use sdk::{Batch, BuildContext, ComponentKind, Error, Next};
use testkit::{Answer, Sink};
use tokio::{
    task::{JoinHandle, yield_now},
    time::{Instant, advance, timeout},
};

use super::*;

testkit::batch_processor_contract!(BatchRecords, include_str!("README.md"));

/// A processor, what follows it, and its context.
struct Bench {
    processor: Arc<BatchRecords>,
    sink: Sink,
    context: BuildContext,
}

impl Bench {
    fn new(yaml: &str) -> Self {
        let context = testkit::context(ComponentKind::Processor, "batch");
        let config: Config = testkit::settings(yaml);
        assert_eq!(sdk::Config::problems(&config).to_string(), "");
        let processor = Arc::new(BatchRecords::new(config, context.clone()).unwrap());
        Self { processor, sink: Sink::default(), context }
    }

    async fn process(&self, batch: Batch) -> Result<(), Error> {
        let next: Next = self.sink.next();
        BatchProcessor::process(&*self.processor, batch, &next).await
    }

    /// Sends from a client of its own, which has got as far as it can when this returns.
    async fn client(&self, batch: Batch) -> JoinHandle<Result<(), Error>> {
        let (processor, next) = (self.processor.clone(), self.sink.next());
        let client =
            tokio::spawn(async move { BatchProcessor::process(&*processor, batch, &next).await });
        settle().await;
        client
    }

    async fn stop(&self) {
        BatchProcessor::shutdown(&*self.processor).await.unwrap();
    }
}

/// Lets every task run until it waits.
async fn settle() {
    for _ in 0..10 {
        yield_now().await;
    }
}

fn spans(count: usize) -> Batch {
    testkit::spans(&"s\n".repeat(count))
}

fn from_tenant(batch: Batch, tenant: &str) -> Batch {
    let mut metadata = Metadata::default();
    metadata.add("X-Tenant", tenant.to_owned());
    metadata.add("secret", "s".to_owned());
    batch.with_context(Arc::new(Context { metadata, transport: "grpc", ..Context::default() }))
}

#[tokio::test(start_paused = true)]
async fn a_batch_leaves_when_its_first_item_is_old_enough() {
    let bench = Bench::new("timeout: 10s");
    let started = Instant::now();
    let first = bench.client(spans(1)).await;
    advance(Duration::from_secs(6)).await;
    let second = bench.client(spans(2)).await;
    advance(Duration::from_millis(3_999)).await;
    settle().await;
    assert!(bench.sink.items().is_empty() && !first.is_finished());
    advance(Duration::from_millis(1)).await;
    assert!(first.await.unwrap().is_ok() && second.await.unwrap().is_ok());
    assert_eq!((bench.sink.items(), started.elapsed()), (vec![3], Duration::from_secs(10)));
}

#[tokio::test(start_paused = true)]
async fn a_batch_leaves_at_once_when_it_is_large_enough() {
    let bench = Bench::new("{timeout: 10s, send_batch_size: 5}");
    let started = Instant::now();
    let first = bench.client(spans(3)).await;
    assert!(bench.sink.items().is_empty());
    bench.process(spans(3)).await.unwrap();
    assert!(first.await.unwrap().is_ok());
    assert_eq!(bench.sink.items(), [6]);
    assert_eq!(started.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_batch_over_the_largest_size_is_split() {
    let bench = Bench::new("{timeout: 10s, send_batch_size: 4, send_batch_max_size: 4}");
    bench.process(spans(10)).await.unwrap();
    assert_eq!(bench.sink.items(), [4, 4, 2]);
}

#[tokio::test(start_paused = true)]
async fn without_a_timeout_or_a_size_nothing_waits() {
    for yaml in [
        "timeout: 0s",
        "send_batch_size: 0",
        "{timeout: 0s, send_batch_size: 2, send_batch_max_size: 2}",
    ] {
        let bench = Bench::new(yaml);
        let started = Instant::now();
        bench.process(spans(3)).await.unwrap();
        let expected = if yaml.contains("max") { vec![2, 1] } else { vec![3] };
        assert_eq!(bench.sink.items(), expected, "{yaml}");
        assert_eq!(started.elapsed(), Duration::ZERO, "{yaml}");
    }
}

#[tokio::test(start_paused = true)]
async fn equal_resources_stay_apart_and_in_order() {
    let bench = Bench::new("{timeout: 10s, send_batch_size: 2}");
    let first = bench.client(testkit::spans("resource a=1\nx")).await;
    bench.process(testkit::spans("resource a=1\ny")).await.unwrap();
    assert!(first.await.unwrap().is_ok());
    let sent = bench.sink.batches();
    assert_eq!(testkit::text(&sent[0]), "resource a=1\nx\nresource a=1\ny");
}

#[tokio::test(start_paused = true)]
async fn requests_share_a_batch_only_with_the_same_metadata() {
    let bench = Bench::new("{timeout: 1s, metadata_keys: [x-tenant]}");
    let clients = [
        bench.client(from_tenant(spans(1), "a")).await,
        bench.client(from_tenant(spans(2), "b")).await,
        bench.client(from_tenant(spans(3), "a")).await,
        bench.client(spans(5)).await,
    ];
    for client in clients {
        client.await.unwrap().unwrap();
    }
    let mut sent: Vec<_> = bench
        .sink
        .batches()
        .iter()
        .map(|batch| (batch.context().metadata.get("x-tenant").join(","), batch.items()))
        .collect();
    sent.sort();
    let expected = [(String::new(), 5), ("a".to_owned(), 4), ("b".to_owned(), 2)];
    assert_eq!(sent, expected);
    let kept =
        bench.sink.batches().iter().all(|batch| batch.context().metadata.get("secret").is_empty());
    assert!(kept, "only the keys named go along");
    let cardinality =
        testkit::series(&bench.context, "otelcol_processor_batch_metadata_cardinality");
    assert_eq!(
        cardinality,
        [r#"otelcol_processor_batch_metadata_cardinality{processor="batch"} 3"#]
    );
}

#[tokio::test(start_paused = true)]
async fn one_combination_of_metadata_too_many_is_refused() {
    let yaml = "{timeout: 1s, metadata_keys: [x-tenant], metadata_cardinality_limit: 2}";
    let bench = Bench::new(yaml);
    for tenant in ["a", "b"] {
        bench.process(from_tenant(spans(1), tenant)).await.unwrap();
    }
    let error = bench.process(from_tenant(spans(1), "c")).await.unwrap_err();
    assert!(error.is_permanent());
    assert_eq!(error.message(), "too many batcher metadata-value combinations");
    bench.process(from_tenant(spans(1), "a")).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn every_client_of_a_batch_hears_that_it_failed() {
    let bench = Bench::new("{timeout: 1s, send_batch_size: 3}");
    let failure = Error::refused("backend is down").retry_after(Duration::from_secs(7));
    bench.sink.answer([Answer::Fail(failure)]);
    let clients = [bench.client(spans(1)).await, bench.client(spans(1)).await];
    let third = bench.process(spans(1)).await;
    let mut outcomes = vec![third];
    for client in clients {
        outcomes.push(client.await.unwrap());
    }
    for outcome in outcomes {
        let error = outcome.unwrap_err();
        assert_eq!(error.to_string(), "backend is down");
        assert_eq!((error.is_permanent(), error.wait()), (false, Some(Duration::from_secs(7))));
    }
    bench.process(spans(3)).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn all_parts_are_sent_even_if_one_fails() {
    let bench = Bench::new("{timeout: 1s, send_batch_size: 2, send_batch_max_size: 2}");
    bench.sink.answer([Answer::Take, Answer::Fail(Error::permanent("bad part"))]);
    let error = bench.process(spans(6)).await.unwrap_err();
    assert!(error.is_permanent());
    assert_eq!(bench.sink.items(), [2, 2, 2]);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_wait_hears_success_before_the_batch_left() {
    let bench = Bench::new("{timeout: 1s, wait_for_result: false}");
    bench.sink.answer([Answer::Fail(Error::permanent("lost"))]);
    bench.process(spans(2)).await.unwrap();
    assert!(bench.sink.items().is_empty());
    bench.sink.received(1).await;
    assert_eq!(bench.sink.items(), [2]);
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_after_clients_heard_success_is_sent_again_until_it_is_taken() {
    let bench = Bench::new("{timeout: 1s, send_batch_max_size: 8192, wait_for_result: false}");
    let refused = || Answer::Fail(Error::refused("queue is full"));
    bench.sink.answer([refused(), refused(), refused()]);
    bench.process(spans(2)).await.unwrap();
    bench.sink.received(4).await;
    assert_eq!(bench.sink.items(), [2, 2, 2, 2], "three refusals, then taken");
    bench.stop().await;
    assert_eq!(bench.sink.items().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_client_waits_unless_what_follows_queues() {
    let bench = Bench::new("{timeout: 1s}");
    bench
        .sink
        .answer([Answer::Fail(Error::permanent("lost")), Answer::Fail(Error::permanent("lost"))]);
    bench.process(spans(2)).await.unwrap_err();
    let bench = Bench { sink: bench.sink.clone().queued(), ..Bench::new("{timeout: 1s}") };
    bench.process(spans(2)).await.unwrap();
    bench.sink.received(2).await;
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_waits_until_a_full_queue_has_room_again() {
    let bench = Bench::new("{timeout: 1s, wait_for_result: false}");
    bench.sink.answer((0..5).map(|_| Answer::Fail(Error::refused("queue is full"))));
    bench.process(spans(2)).await.unwrap();
    bench.sink.received(1).await;
    bench.stop().await;
    assert_eq!(bench.sink.items().len(), 6, "five refusals, then taken");
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_ends_the_insisting_with_a_last_try() {
    let bench = Bench::new("{timeout: 1s, wait_for_result: false}");
    bench.sink.answer((0..1000).map(|_| Answer::Fail(Error::refused("away"))));
    bench.process(spans(2)).await.unwrap();
    bench.sink.received(2).await;
    let started = Instant::now();
    bench.stop().await;
    assert!(started.elapsed() <= Duration::from_secs(7), "{:?}", started.elapsed());
}

#[tokio::test(start_paused = true)]
async fn stopping_hands_on_what_is_held_without_waiting_for_the_timeout() {
    for wait_for_result in [true, false] {
        let bench = Bench::new(&format!("{{timeout: 1h, wait_for_result: {wait_for_result}}}"));
        let started = Instant::now();
        let clients = [bench.client(spans(1)).await, bench.client(spans(2)).await];
        bench.stop().await;
        for client in clients {
            client.await.unwrap().unwrap();
        }
        assert_eq!(bench.sink.items(), [3]);
        assert_eq!(started.elapsed(), Duration::ZERO, "wait_for_result: {wait_for_result}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_consumer_holds_clients_back() {
    let bench = Bench::new("{timeout: 1s, send_batch_size: 1, wait_for_result: false}");
    bench.sink.answer([Answer::Hang]);
    // One is on its way, sixteen wait in front of it.
    for _ in 0..=ARRIVALS_MAX {
        bench.process(spans(1)).await.unwrap();
        settle().await;
    }
    let held_back = timeout(Duration::from_secs(60), bench.process(spans(1))).await;
    assert!(held_back.is_err());
    assert_eq!(bench.sink.items(), [1]);
}

#[tokio::test(start_paused = true)]
async fn what_a_request_holds_is_given_back_before_its_client_hears() {
    let bench = Bench::new("timeout: 1s");
    let admitted = Arc::new(());
    let holds = vec![pdata::Hold::new(admitted.clone())];
    let batch = spans(1).with_context(Arc::new(Context { holds, ..Context::default() }));
    bench.process(batch).await.unwrap();
    drop(bench.sink.take());
    assert_eq!(Arc::strong_count(&admitted), 1);
}

#[tokio::test(start_paused = true)]
async fn triggers_and_sizes_are_counted() {
    let bench = Bench::new("{timeout: 1s, send_batch_size: 4}");
    bench.process(spans(4)).await.unwrap();
    bench.process(spans(2)).await.unwrap();
    let one = |name: &str| testkit::series(&bench.context, name).join("\n");
    let start = "otelcol_processor_batch_";
    for (name, value) in [
        ("batch_size_trigger_send", 1),
        ("timeout_trigger_send", 1),
        ("batch_send_size_count", 2),
        ("batch_send_size_sum", 6),
        ("batch_send_size_bytes_count", 2),
    ] {
        let line = format!("{start}{name}{{processor=\"batch\"}} {value}");
        assert_eq!(one(&format!("{start}{name}{{")), line);
    }
}

#[test]
fn settings_that_cannot_work_are_refused_in_the_usual_words() {
    let rows = [
        ("timeout: -1s", "timeout must be greater or equal to 0"),
        (
            "{send_batch_size: 10, send_batch_max_size: 9}",
            "send_batch_max_size must be greater or equal to send_batch_size",
        ),
        ("metadata_keys: [a, A]", "duplicate entry in metadata_keys: \"a\" (case-insensitive)"),
        ("send_batch_max_size: 1000", "send_batch_max_size must be greater"),
        ("send_batch_size: -1", "send_batch_size"),
    ];
    for (yaml, text) in rows {
        testkit::check_refused::<Config>(yaml, text);
    }
}
