//! Whatever happens, every span ends in exactly one place.

use std::{collections::HashSet, time::Duration};

use proptest::prelude::*;
use sdk::{
    BatchConfig, BatchSizer, Delivery, Error, Optional, PartitionConfig, QueueConfig, RetryConfig,
    Sizer,
};

use super::support::{Bench, Scripted, Step, spans_from, steady, tenant};

/// One request: how long after the one before, how many spans, from which of three tenants.
type Arrival = (u64, usize, u8);

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Take),
        3 => (1..9_000u64).prop_map(|wait| Step::TakeAfter(Duration::from_millis(wait))),
        3 => Just(Step::Refuse),
        1 => (1..20u64).prop_map(|wait| Step::Throttle(Duration::from_secs(wait))),
        1 => Just(Step::Fail(Error::permanent("no"))),
        1 => Just(Step::Never),
    ]
}

fn queue() -> impl Strategy<Value = QueueConfig> {
    let sizer = prop_oneof![Just(Sizer::Requests), Just(Sizer::Items), Just(Sizer::Bytes)];
    let batch = prop_oneof![Just(Optional::None), batch().prop_map(Optional::Some)];
    (1..4i64, 1..40i64, sizer, any::<bool>(), any::<bool>(), batch).prop_map(
        |(num_consumers, queue_size, sizer, block_on_overflow, wait_for_result, batch)| {
            QueueConfig {
                num_consumers,
                queue_size: if sizer == Sizer::Bytes { queue_size * 40 } else { queue_size },
                sizer,
                block_on_overflow,
                wait_for_result,
                storage: None,
                batch,
            }
        },
    )
}

fn batch() -> impl Strategy<Value = BatchConfig> {
    (0..12i64, 0..6i64, any::<bool>(), any::<bool>()).prop_map(|(min, over, bytes, partition)| {
        let unit = if bytes { 40 } else { 1 };
        let keys = if partition { vec!["tenant".to_owned()] } else { Vec::new() };
        BatchConfig {
            min_size: min * unit,
            max_size: if over == 0 { 0 } else { (min + over) * unit },
            sizer: Some(if bytes { BatchSizer::Bytes } else { BatchSizer::Items }),
            partition: PartitionConfig { metadata_keys: keys },
            ..BatchConfig::default()
        }
    })
}

/// Runs it all, drains after `shutdown` milliseconds, and answers the offered span names and the
/// bench.
fn run(
    delivery: Delivery,
    script: Vec<Step>,
    arrivals: Vec<Arrival>,
    shutdown: u64,
) -> (usize, Bench) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let bench = Bench::new(Scripted::new(script), delivery);
        let mut clients = Vec::new();
        let mut offered = 0;
        let arriving = async {
            for (number, (wait, count, who)) in arrivals.into_iter().enumerate() {
                tokio::time::sleep(Duration::from_millis(wait)).await;
                let client = tenant("tenant", &who.to_string());
                clients.push(bench.spawn(spans_from(&format!("s{number}-"), count, client)));
                offered += count;
                tokio::task::yield_now().await;
            }
        };
        drop(tokio::time::timeout(Duration::from_millis(shutdown), arriving).await);
        bench.deliver.drain().await;
        for client in clients {
            drop(client.await.unwrap());
        }
        (offered, bench)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_was_offered_is_sent_or_failed_or_refused(
        queue in prop::option::weighted(0.8, queue()),
        retry in prop::option::of(any::<bool>()),
        script in prop::collection::vec(step(), 0..30),
        arrivals in prop::collection::vec((0..400u64, 0..12usize, 0..3u8), 0..30),
        shutdown in 0..8_000u64,
    ) {
        let answers_early = queue.as_ref().is_some_and(|queue| !queue.wait_for_result);
        let delivery = Delivery {
            timeout: Some(Duration::from_secs(5)),
            queue,
            retry: retry.map(|enabled| RetryConfig { enabled, ..steady() }),
            ..Delivery::default()
        };
        let (offered, bench) = run(delivery, script, arrivals, shutdown);
        let [sent, failed, refused] = bench.ends();
        prop_assert_eq!(sent + failed + refused, offered, "{} {} {}", sent, failed, refused);
        let taken = bench.exporter.taken();
        prop_assert_eq!(taken.len(), sent, "what counts as sent arrived");
        let distinct: HashSet<_> = taken.iter().collect();
        prop_assert_eq!(distinct.len(), taken.len(), "nothing arrived twice");
        prop_assert_eq!(bench.metric("otelcol_exporter_in_flight_requests"), Some(0.0));
        prop_assert!(bench.metric("otelcol_exporter_queue_size").is_none_or(|size| size == 0.0));
        let ledger = |line: &str| bench.metric(&format!("tollgate_exporter_{line}_items")).unwrap() as usize;
        prop_assert_eq!(ledger("offered"), offered);
        prop_assert_eq!(ledger("sent"), sent);
        prop_assert_eq!(ledger("refused") + ledger("lost"), failed + refused);
        prop_assert_eq!(ledger("lost"), if answers_early { failed } else { 0 });
        prop_assert_eq!(ledger("held"), 0, "{:?}", bench.statement());
    }
}
