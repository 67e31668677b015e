//! Starting and stopping: in which order, and what happens when it fails.

use std::time::Duration;

use sdk::{ComponentKind, Error, Status, StatusEvent};

use crate::fakes::{build, started, traces};

const LIFECYCLE: &str = include_str!("../plans/lifecycle.yaml");

#[tokio::test]
async fn starts_from_the_end_and_stops_from_the_beginning() {
    let (mut service, world) = started("order", LIFECYCLE).await;
    let expected = [
        "start extension helper/b",
        "start extension helper/a",
        "start exporter sink",
        "start processor holder/back",
        "start connector bridge",
        "start processor holder/second",
        "start processor holder/first",
        "start receiver source",
        "ready extension helper/b",
        "ready extension helper/a",
    ];
    assert_eq!(world.events(), expected);
    service.shutdown().await.unwrap();
    let expected = [
        "not_ready extension helper/b",
        "not_ready extension helper/a",
        "stop receiver source",
        "stop processor holder/first",
        "stop processor holder/second",
        "stop connector bridge",
        "stop processor holder/back",
        "stop exporter sink",
        "stop extension helper/a",
        "stop extension helper/b",
    ];
    assert_eq!(world.events(), expected);
    service.shutdown().await.unwrap();
    assert_eq!(world.events(), [] as [&str; 0]);
}

#[tokio::test]
async fn a_failed_start_stops_what_was_begun_and_nothing_else() {
    for (world, replaced, by, expected, stops) in [
        (
            "fail_receiver",
            "  source:\n",
            "  source: {fail_start: true}\n",
            "cannot start pipelines: failed to start \"source\" receiver: told to",
            8,
        ),
        (
            "fail_exporter",
            "  sink:\n",
            "  sink: {fail_start: true}\n",
            "cannot start pipelines: failed to start \"sink\" exporter: told to",
            3,
        ),
        (
            "fail_extension",
            "  helper/b:\n",
            "  helper/b: {fail_start: true}\n",
            "failed to start extensions: failed to start \"helper/b\" extension: told to",
            1,
        ),
    ] {
        let (mut service, world) = build(world, &LIFECYCLE.replacen(replaced, by, 1)).unwrap();
        assert_eq!(service.start().await.unwrap_err().to_string(), expected);
        let events = world.events();
        let count = |verb: &str| events.iter().filter(|event| event.starts_with(verb)).count();
        assert_eq!(
            (count("start "), count("stop "), count("ready ")),
            (stops, stops, 0),
            "{events:?}"
        );
    }
}

#[tokio::test]
async fn failures_to_stop_are_collected_and_hold_nothing_up() {
    let yaml = LIFECYCLE.replacen("  source:\n", "  source: {fail_shutdown: true}\n", 1).replacen(
        "  sink:\n",
        "  sink: {fail_shutdown: true}\n",
        1,
    );
    let (mut service, world) = started("fail_stop", &yaml).await;
    assert_eq!(
        service.shutdown().await.unwrap_err().to_string(),
        "failed to shutdown pipelines: \"source\" receiver: told to; \
         failed to shutdown pipelines: \"sink\" exporter: told to"
    );
    assert_eq!(world.events().last().unwrap(), "stop extension helper/b");
}

#[test]
fn extensions_that_cannot_be_ordered_are_refused() {
    for (world, by, expected) in [
        (
            "circle",
            "  helper/b: {needs: [helper/a]}\n",
            "failed to build extensions: unable to order extensions by dependencies, cycle found among [\"helper/a\", \"helper/b\"]",
        ),
        (
            "missing",
            "  helper/b: {needs: [helper/c]}\n",
            "failed to build extensions: unable to find extension \"helper/c\" on which extension \"helper/b\" depends",
        ),
    ] {
        let yaml = LIFECYCLE.replacen("  helper/b:\n", by, 1);
        assert_eq!(build(world, &yaml).err().unwrap().to_string(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_drain_loses_nothing() {
    let (mut service, world) = started("drain", include_str!("../plans/queue.yaml")).await;
    for number in 0..50 {
        world.push("source", traces(&[&number.to_string()])).await.unwrap();
    }
    service.shutdown().await.unwrap();
    let mut names: Vec<u32> = world
        .received()
        .into_iter()
        .flat_map(|(_, names)| names)
        .map(|name| name.parse().unwrap())
        .collect();
    names.sort_unstable();
    let expected: Vec<u32> = (0..50).flat_map(|number| [number, number]).collect();
    assert_eq!(names, expected);
    assert_eq!(world.events().last().unwrap(), "stop exporter sink");
}

#[tokio::test(start_paused = true)]
async fn a_refusal_travels_back_to_the_receiver_with_its_wait() {
    let yaml = "receivers: {source: }\nprocessors: {tag: , holder: }\nexporters: {sink: }\n\
                service: {pipelines: {traces: {receivers: [source], processors: [tag, holder], exporters: [sink]}}}";
    let (mut service, world) = started("refusal", yaml).await;
    world.script("sink", [Error::refused("slow down").retry_after(Duration::from_secs(7))]);
    let error = world.push("source", traces(&["x"])).await.unwrap_err();
    assert_eq!(error.wait(), Some(Duration::from_secs(7)));
    service.shutdown().await.unwrap();
}

#[tokio::test]
async fn the_board_shows_every_component_and_what_extensions_offer() {
    let (mut service, world) = started("board", LIFECYCLE).await;
    let statuses = world.host().statuses();
    assert_eq!(statuses.len(), 8);
    assert!(statuses.iter().all(|event| event.status == Status::Ok), "{statuses:?}");
    let offered = world.host().capabilities(&"helper/a".parse().unwrap()).unwrap();
    assert_eq!(offered.get::<String>().as_deref(), Some("extension helper/a"));
    let sink =
        |status| StatusEvent { kind: ComponentKind::Exporter, id: "sink".parse().unwrap(), status };
    let now = || {
        let all = world.host().statuses();
        all.into_iter().find(|event| event.kind == ComponentKind::Exporter).unwrap().status
    };
    world.host().report(sink(Status::PermanentError("gone".to_owned())));
    world.host().report(sink(Status::Ok));
    assert_eq!(now(), Status::PermanentError("gone".to_owned()));
    let stranger = StatusEvent { id: "stranger".parse().unwrap(), ..sink(Status::Ok) };
    world.host().report(stranger);
    assert_eq!(world.host().statuses().len(), 8);
    service.shutdown().await.unwrap();
    assert!(world.host().statuses().iter().all(|event| event.status == Status::Stopped));
}

#[tokio::test]
async fn receivers_and_processors_are_counted() {
    let yaml = "receivers: {source: }\nprocessors: {drop/a: , tag: , drop/resource: , holder: }\nexporters: {sink: }\n\
                service: {pipelines: {\
                traces: {receivers: [source], processors: [drop/a, tag, holder], exporters: [sink]}, \
                traces/2: {receivers: [source], processors: [drop/resource], exporters: [sink]}}}";
    let options = crate::fakes::options("counted");
    let telemetry = options.telemetry.clone();
    let mut service = engine::run::Service::build(crate::fakes::settings(yaml), options).unwrap();
    service.start().await.unwrap();
    let world = crate::fakes::World::named("counted");
    world.push("source", traces(&["a", "x", "y"])).await.unwrap();
    world.script("sink", [Error::refused("no")]);
    world.push("source", traces(&["z"])).await.unwrap_err();
    let page = String::from_utf8(telemetry.render()).unwrap();
    for line in [
        "# HELP otelcol_receiver_accepted_spans Number of spans successfully pushed into the pipeline. [Alpha]",
        "otelcol_receiver_accepted_spans{receiver=\"source\",transport=\"grpc\"} 3",
        "otelcol_receiver_refused_spans{receiver=\"source\",transport=\"grpc\"} 1",
        "otelcol_receiver_failed_spans{receiver=\"source\",transport=\"grpc\"} 0",
        "otelcol_processor_incoming_items{otel_signal=\"traces\",processor=\"drop/a\"} 4",
        "otelcol_processor_outgoing_items{otel_signal=\"traces\",processor=\"drop/a\"} 3",
        "otelcol_processor_incoming_items{otel_signal=\"traces\",processor=\"tag\"} 3",
        "otelcol_processor_outgoing_items{otel_signal=\"traces\",processor=\"holder\"} 3",
        "otelcol_processor_incoming_items{otel_signal=\"traces\",processor=\"drop/resource\"} 4",
        "otelcol_processor_outgoing_items{otel_signal=\"traces\",processor=\"drop/resource\"} 0",
    ] {
        assert!(page.contains(line), "{line}\n{page}");
    }
    service.shutdown().await.unwrap();
}
