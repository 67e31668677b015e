//! What the queue takes, refuses, holds and gives back.

use std::{sync::Arc, time::Duration};

use sdk::{Code, Delivery, Error, GrpcStatus, QueueConfig, Sizer};

use super::support::{Bench, Logs, NoHost, Scripted, Step, queued, settle, spans, steady};
use crate::deliver::{Deliver, channel::Channel};

fn one_consumer(queue_size: i64) -> QueueConfig {
    QueueConfig { num_consumers: 1, queue_size, ..QueueConfig::default() }
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_refuses_until_an_export_ends() {
    let (logs, _guard) = Logs::capture();
    let bench = Bench::new(Scripted::gated(), queued(one_consumer(2)));
    bench.consume(spans("a", 1)).await.unwrap();
    bench.consume(spans("b", 1)).await.unwrap();
    settle().await;
    let error = bench.consume(spans("c", 5)).await.unwrap_err();
    assert_eq!(error.to_string(), "sending queue is full");
    assert!(!error.is_permanent() && error.wait().is_none());
    assert_eq!(
        logs.lines(),
        [
            "error Exporting failed. Rejecting data. {error: sending queue is full, rejected_items: 5}"
        ]
    );
    bench.exporter.open(1);
    settle().await;
    bench.consume(spans("d", 1)).await.unwrap();
    bench.exporter.open(9);
    bench.deliver.drain().await;
    assert_eq!(bench.exporter.taken(), ["a0", "b0", "d0"]);
    assert_eq!(bench.ends(), [3, 0, 5]);
}

#[tokio::test(start_paused = true)]
async fn room_is_held_through_retries() {
    let delivery = Delivery { retry: Some(steady()), ..queued(one_consumer(1)) };
    let bench = Bench::new(Scripted::new([Step::Refuse]), delivery);
    bench.consume(spans("a", 1)).await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(bench.consume(spans("b", 1)).await.is_err());
    tokio::time::sleep(Duration::from_secs(5)).await;
    bench.consume(spans("c", 1)).await.unwrap();
    bench.deliver.drain().await;
    assert_eq!(bench.exporter.taken(), ["a0", "c0"]);
}

#[tokio::test(start_paused = true)]
async fn each_sizer_measures_in_its_unit() {
    let bytes = i64::try_from(spans("a", 3).bytes().len()).unwrap();
    for (sizer, queue_size, unit) in
        [(Sizer::Requests, 1, 1), (Sizer::Items, 5, 3), (Sizer::Bytes, bytes * 2 - 1, bytes)]
    {
        let config = QueueConfig { sizer, ..one_consumer(queue_size) };
        let bench = Bench::new(Scripted::gated(), queued(config));
        bench.consume(spans("a", 3)).await.unwrap();
        settle().await;
        assert_eq!(bench.metric("otelcol_exporter_queue_size"), Some(unit as f64), "{sizer:?}");
        assert_eq!(bench.metric("otelcol_exporter_queue_capacity"), Some(queue_size as f64));
        assert!(bench.consume(spans("b", 3)).await.is_err(), "{sizer:?}");
        bench.exporter.open(9);
        bench.deliver.drain().await;
        assert_eq!(bench.metric("otelcol_exporter_queue_size"), Some(0.0), "{sizer:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_can_never_fit_is_refused_even_when_others_would_wait() {
    for block_on_overflow in [false, true] {
        let config = QueueConfig { sizer: Sizer::Items, block_on_overflow, ..one_consumer(5) };
        let bench = Bench::new(Scripted::new([]), queued(config));
        let error = bench.consume(spans("a", 6)).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "Permanent error: element size too large: 6 items do not fit into a queue of 5"
        );
        assert!(error.is_permanent(), "trying again never helps");
        bench.consume(spans("b", 5)).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn what_has_no_size_is_taken_and_dropped() {
    for wait_for_result in [false, true] {
        let config = QueueConfig { sizer: Sizer::Items, wait_for_result, ..one_consumer(5) };
        let bench = Bench::new(Scripted::new([]), queued(config));
        bench.consume(spans("a", 0)).await.unwrap();
        bench.deliver.drain().await;
        assert!(bench.exporter.attempts().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn blocked_clients_get_in_one_by_one_and_in_order() {
    let config = QueueConfig { block_on_overflow: true, ..one_consumer(1) };
    let bench = Bench::new(Scripted::gated(), queued(config));
    bench.consume(spans("a", 1)).await.unwrap();
    let blocked = ["b", "c", "d"].map(|name| bench.spawn(spans(name, 1)));
    settle().await;
    assert!(blocked.iter().all(|client| !client.is_finished()));
    bench.exporter.open(1);
    settle().await;
    let taken = blocked.iter().map(|client| client.is_finished()).collect::<Vec<_>>();
    assert_eq!(taken, [true, false, false]);
    bench.exporter.open(9);
    for client in blocked {
        client.await.unwrap().unwrap();
    }
    bench.deliver.drain().await;
    assert_eq!(bench.exporter.taken(), ["a0", "b0", "c0", "d0"]);
}

#[tokio::test(start_paused = true)]
async fn a_blocked_client_that_leaves_takes_no_room_with_it() {
    let config = QueueConfig { block_on_overflow: true, ..one_consumer(1) };
    let bench = Bench::new(Scripted::gated(), queued(config));
    bench.consume(spans("a", 1)).await.unwrap();
    let leaving = bench.spawn(spans("b", 1));
    settle().await;
    leaving.abort();
    settle().await;
    bench.exporter.open(1);
    settle().await;
    bench.consume(spans("c", 1)).await.unwrap();
    bench.exporter.open(9);
    bench.deliver.drain().await;
    assert_eq!(bench.exporter.taken(), ["a0", "c0"]);
}

#[tokio::test(start_paused = true)]
async fn blocked_clients_are_refused_at_shutdown() {
    let config = QueueConfig { block_on_overflow: true, ..one_consumer(1) };
    let bench = Bench::new(Scripted::gated(), queued(config));
    bench.consume(spans("a", 1)).await.unwrap();
    let blocked = bench.spawn(spans("b", 1));
    settle().await;
    bench.exporter.open(9);
    bench.deliver.drain().await;
    let error = blocked.await.unwrap().unwrap_err();
    assert!(error.to_string().starts_with("sending queue is stopped"), "{error}");
    assert_eq!(bench.ends(), [1, 0, 1]);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_waits_for_the_result_hears_it() {
    let (logs, _guard) = Logs::capture();
    let status = GrpcStatus {
        code: Code::ResourceExhausted,
        message: "quota".to_owned(),
        details: bytes::Bytes::new(),
    };
    let failure = Error::refused("quota").with_status(status.clone());
    let config = QueueConfig { wait_for_result: true, ..QueueConfig::default() };
    let script = [Step::TakeAfter(Duration::from_secs(3)), Step::Fail(failure)];
    let bench = Bench::new(Scripted::new(script), queued(config));
    let waiting = bench.spawn(spans("a", 1));
    settle().await;
    assert!(!waiting.is_finished());
    waiting.await.unwrap().unwrap();
    let error = bench.consume(spans("b", 4)).await.unwrap_err();
    assert_eq!((error.to_string().as_str(), error.status()), ("quota", Some(&status)));
    assert_eq!(bench.ends(), [1, 4, 0], "a failed export is no failure to enqueue");
    assert_eq!(
        logs.lines(),
        ["error Exporting failed. Rejecting data. {error: quota, rejected_items: 4}"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_waiting_client_that_leaves_does_not_stop_the_delivery() {
    let config = QueueConfig { wait_for_result: true, ..QueueConfig::default() };
    let bench = Bench::new(Scripted::gated(), queued(config));
    let leaving = bench.spawn(spans("a", 1));
    settle().await;
    leaving.abort();
    bench.exporter.open(1);
    bench.deliver.drain().await;
    assert_eq!(bench.exporter.taken(), ["a0"]);
}

#[tokio::test(start_paused = true)]
async fn as_many_exports_run_at_once_as_there_are_consumers() {
    let config = QueueConfig { num_consumers: 3, ..QueueConfig::default() };
    let bench = Bench::new(Scripted::gated(), queued(config));
    for number in 0..8 {
        bench.consume(spans(&format!("s{number}-"), 1)).await.unwrap();
    }
    settle().await;
    assert_eq!(bench.exporter.attempts().len(), 3);
    bench.exporter.open(8);
    bench.deliver.drain().await;
    assert_eq!((bench.exporter.most_at_once(), bench.exporter.taken().len()), (3, 8));
}

#[tokio::test(start_paused = true)]
async fn the_context_of_the_client_travels_along() {
    let bench = Bench::new(Scripted::new([]), queued(QueueConfig::default()));
    let context = super::support::tenant("x-tenant", "a");
    bench.consume(super::support::spans_from("a", 1, context)).await.unwrap();
    bench.deliver.drain().await;
    assert_eq!(bench.exporter.attempts()[0].context.metadata.get("X-Tenant"), ["a"]);
}

#[tokio::test(start_paused = true)]
async fn an_exporter_that_panics_fails_that_batch_only() {
    let bench = Bench::new(Scripted::new([Step::Panic]), queued(one_consumer(5)));
    bench.consume(spans("a", 2)).await.unwrap();
    bench.consume(spans("b", 1)).await.unwrap();
    bench.deliver.drain().await;
    assert_eq!(bench.exporter.taken(), ["b0"]);
    assert_eq!(bench.ends(), [1, 2, 0]);
    assert_eq!(bench.metric("otelcol_exporter_in_flight_requests"), Some(0.0));
}

#[tokio::test(start_paused = true)]
async fn nothing_is_taken_after_the_drain() {
    let bench = Bench::new(Scripted::new([]), queued(QueueConfig::default()));
    bench.deliver.drain().await;
    bench.deliver.drain().await;
    assert!(bench.consume(spans("a", 1)).await.is_err());
    assert_eq!(bench.ends(), [0, 0, 1]);
}

#[tokio::test(start_paused = true)]
async fn a_drain_empties_a_queue_that_was_never_started() {
    let exporter = Scripted::new([]);
    let bench = Bench::new(exporter, queued(QueueConfig::default()));
    let (id, host): (sdk::Id, _) = ("otlp".parse().unwrap(), sdk::Host::new(Arc::new(NoHost)));
    let context = crate::deliver::DeliverContext {
        troubles: Arc::new(crate::deliver::Troubles::new(id.clone(), host.clone())),
        id,
        telemetry: bench.telemetry.clone(),
        random: sdk::Random::from_seed(1),
        host,
        ledger: bench.ledger.clone(),
    };
    let config = queued(QueueConfig::default());
    let idle = Deliver::new(bench.exporter.clone(), config, sdk::Signal::Traces, context);
    sdk::Consumer::consume(&*idle, spans("a", 1)).await.unwrap();
    idle.drain().await;
    assert_eq!(bench.exporter.taken(), ["a0"]);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_delivery_still_sends_what_it_took() {
    let bench = Bench::new(Scripted::new([]), queued(QueueConfig::default()));
    bench.consume(spans("a", 1)).await.unwrap();
    let Bench { deliver, exporter, .. } = bench;
    drop(deliver);
    settle().await;
    assert_eq!(exporter.taken(), ["a0"]);
}

#[tokio::test(start_paused = true)]
async fn the_reader_that_went_idle_last_is_woken_first() {
    let channel = Arc::new(Channel::new());
    let readers = [0, 1, 2].map(|reader| {
        let channel = channel.clone();
        tokio::spawn(async move { channel.pop(reader).await })
    });
    settle().await;
    channel.push("first").unwrap();
    settle().await;
    let woken = readers.iter().map(|reader| reader.is_finished()).collect::<Vec<_>>();
    assert_eq!(woken, [false, false, true]);
    channel.close();
    assert_eq!(channel.push("late"), Err("late"));
    let mut ends = Vec::new();
    for reader in readers {
        ends.push(reader.await.unwrap());
    }
    assert_eq!(ends, [None, None, Some("first")]);
}
