//! The loss ledger adds up through fan-outs, connectors, drops, refusals and what is held.

use sdk::{Error, Signal};

use crate::fakes::{started, traces};

const PIPELINES: &str = "\
receivers: {source: }
processors: {tag: , drop/a: , drop/resource: , holder/keep: }
exporters: {sink: , sink/2: , sink/3: }
connectors: {bridge: }
service:
  pipelines:
    traces: {receivers: [source], processors: [tag, drop/a], exporters: [sink, sink/2, bridge]}
    traces/bridged: {receivers: [bridge], processors: [holder/keep], exporters: [sink/3]}
    traces/none: {receivers: [source], processors: [drop/resource], exporters: [sink/3]}
";

#[tokio::test]
async fn every_account_adds_up() {
    let (mut service, world) = started("ledger", PIPELINES).await;
    world.push("source", traces(&["a", "b", "c"])).await.unwrap();
    world.script("sink/2", [Error::refused("busy")]);
    world.push("source", traces(&["a", "d"])).await.unwrap_err();
    world.script("sink/2", [Error::permanent("no")]);
    world.push("source", traces(&["e"])).await.unwrap_err();
    let held = service.ledger();
    assert_eq!(
        held,
        [
            "pipeline \"traces\": 6 entered + 8 copied = 4 passed to sink + 2 passed to sink/2 + 4 passed \
             to bridge + 1 dropped by drop/a + 3 refused",
            "pipeline \"traces/bridged\": 4 entered = 4 held",
            "pipeline \"traces/none\": 6 entered = 6 dropped by drop/resource",
            "exporter \"sink\", traces: 4 offered = 4 sent",
            "exporter \"sink/2\", traces: 4 offered = 2 sent + 2 refused",
        ]
    );
    service.shutdown().await.unwrap();
    let last = service.ledger();
    assert_eq!(last[1], "pipeline \"traces/bridged\": 4 entered = 4 passed to sink/3");
    assert_eq!(last[5], "exporter \"sink/3\", traces: 4 offered = 4 sent");
}

#[tokio::test]
async fn a_client_that_goes_away_keeps_what_it_sent() {
    let yaml = "receivers: {source: }\nexporters: {sink: }\nservice:\n  pipelines:\n    traces: \
                {receivers: [source], exporters: [sink]}\n";
    let (mut service, world) = started("ledger_gone", yaml).await;
    let outputs = world.outputs("source");
    let next = outputs.get(Signal::Traces).unwrap();
    // Never polled to its end.
    drop(futures_util::FutureExt::now_or_never(async {
        tokio::join!(next.send(traces(&["a"])), std::future::pending::<()>())
    }));
    next.send(traces(&["b", "c"])).await.unwrap();
    service.shutdown().await.unwrap();
    assert!(
        service.ledger().iter().all(|account| !account.contains("held")),
        "{:?}",
        service.ledger()
    );
}
