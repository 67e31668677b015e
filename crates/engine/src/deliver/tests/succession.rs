//! One delivery takes the place of another: nothing is lost, sent twice or forgotten by the ledger.

use sdk::{BatchConfig, Error, Optional, QueueConfig};

use super::support::{Bench, Scripted, Step, batched, queued, settle, spans, steady};

fn one_at_a_time(queue_size: i64) -> QueueConfig {
    QueueConfig { num_consumers: 1, queue_size, ..QueueConfig::default() }
}

/// With retries that never end.
fn patient(queue: QueueConfig) -> sdk::Delivery {
    let mut delivery = queued(queue);
    let mut retry = steady();
    retry.max_elapsed_time = sdk::Duration::from_secs(0);
    delivery.retry = Some(retry);
    delivery
}

#[tokio::test(start_paused = true)]
async fn what_the_old_backend_refuses_the_new_one_gets() {
    let old =
        Bench::new(Scripted::new(std::iter::repeat_n(Step::Refuse, 3)), patient(one_at_a_time(10)));
    for name in ["a", "b", "c"] {
        old.consume(spans(name, 2)).await.unwrap();
    }
    settle().await;
    let new = old.replaced(Scripted::new([]), patient(one_at_a_time(10))).await;
    old.consume(spans("d", 1)).await.unwrap();
    new.deliver.drain().await;
    let mut taken = new.exporter.taken();
    taken.sort();
    assert_eq!(taken, ["a0", "a1", "b0", "b1", "c0", "c1", "d0"]);
    assert!(old.exporter.taken().is_empty());
    assert_eq!(new.statement(), "7 offered = 7 sent");
}

#[tokio::test(start_paused = true)]
async fn an_attempt_under_way_is_left_to_end() {
    let old = Bench::new(Scripted::gated(), patient(one_at_a_time(10)));
    old.consume(spans("a", 1)).await.unwrap();
    old.consume(spans("b", 1)).await.unwrap();
    settle().await;
    let new = old.replaced(Scripted::new([]), patient(one_at_a_time(10))).await;
    settle().await;
    assert!(new.exporter.taken().is_empty());
    old.exporter.open(1);
    old.deliver.leave().await;
    new.deliver.drain().await;
    assert_eq!(
        (old.exporter.taken(), new.exporter.taken()),
        (vec!["a0".into()], vec!["b0".into()])
    );
    assert_eq!(new.statement(), "2 offered = 2 sent");
}

#[tokio::test(start_paused = true)]
async fn both_queues_together_stay_within_the_bound() {
    let refusing = || Scripted::new(std::iter::repeat_n(Step::Refuse, 100));
    let old = Bench::new(refusing(), patient(one_at_a_time(3)));
    old.consume(spans("a", 1)).await.unwrap();
    old.consume(spans("b", 1)).await.unwrap();
    settle().await;
    let new = old.replaced(refusing(), patient(one_at_a_time(3))).await;
    new.consume(spans("c", 1)).await.unwrap();
    let error = new.consume(spans("d", 1)).await.unwrap_err();
    assert_eq!(error.to_string(), "sending queue is full");
    // A second heir is in the same place.
    let last = new.replaced(Scripted::gated(), patient(one_at_a_time(3))).await;
    last.consume(spans("e", 1)).await.unwrap_err();
    last.exporter.open(100);
    last.deliver.drain().await;
    let mut taken = last.exporter.taken();
    taken.sort();
    assert_eq!(taken, ["a0", "b0", "c0"]);
    assert_eq!(last.statement(), "5 offered = 3 sent + 2 refused");
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_for_room_or_for_the_outcome_is_answered_by_the_heir() {
    let config = || {
        let queue = one_at_a_time(1);
        QueueConfig { block_on_overflow: true, wait_for_result: true, ..queue }
    };
    let old = Bench::new(Scripted::new([Step::Refuse]), patient(config()));
    let sent = old.spawn(spans("a", 1));
    settle().await;
    let waiting = old.spawn(spans("b", 1));
    settle().await;
    let no = Step::Fail(Error::permanent("no"));
    let new = old.replaced(Scripted::new([Step::Take, no]), patient(config())).await;
    sent.await.unwrap().unwrap();
    assert!(waiting.await.unwrap().unwrap_err().to_string().contains("no"));
    assert_eq!(new.exporter.taken(), ["a0"]);
    // "b" was offered to both.
    assert_eq!(new.statement(), "3 offered = 1 sent + 2 refused");
}

#[tokio::test(start_paused = true)]
async fn batches_in_the_making_are_the_heirs() {
    let mut delivery =
        batched(BatchConfig { min_size: 100, max_size: 2, ..BatchConfig::default() });
    delivery.queue.as_mut().unwrap().batch =
        Optional::Some(BatchConfig { min_size: 100, ..BatchConfig::default() });
    let old = Bench::new(Scripted::new([Step::Refuse]), delivery.clone());
    old.consume(spans("a", 3)).await.unwrap();
    old.consume(spans("b", 1)).await.unwrap();
    settle().await;
    let new = old.replaced(Scripted::new([]), delivery).await;
    new.deliver.drain().await;
    assert_eq!(new.exporter.taken(), ["a0", "a1", "a2", "b0"]);
    assert_eq!(new.statement(), "4 offered = 4 sent");
}

#[tokio::test(start_paused = true)]
async fn what_is_held_waits_and_goes_on() {
    let bench = Bench::new(Scripted::new([]), patient(one_at_a_time(10)));
    bench.deliver.hold().await;
    bench.consume(spans("a", 1)).await.unwrap();
    settle().await;
    assert!(bench.exporter.attempts().is_empty());
    bench.deliver.release();
    settle().await;
    assert_eq!(bench.exporter.taken(), ["a0"]);
}
